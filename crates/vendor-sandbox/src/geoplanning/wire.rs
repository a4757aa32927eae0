//! How the service spells things: requests taken apart, dates, envelopes.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Iso8601;
use time::macros::format_description;
use time::{OffsetDateTime, Time, UtcOffset};

use crate::exchange::{Call, Response};

use super::world::Table;

/// The `Content-Type` of every response.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";

/// What `Accept` and `Content-Type` of every request have to name.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.geoplanning-v3.0+json";

/// A call that has passed authentication, headers and contract.
#[derive(Debug)]
pub(crate) struct CheckedCall<'a> {
    pub(crate) call: &'a Call,
    pub(crate) now: OffsetDateTime,
}

/// Which thing a call is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name<'a> {
    Id(i64),
    ForeignId(&'a str),
}

impl<'a> CheckedCall<'a> {
    /// The thing that the path or the query names. Nothing has the id -1.
    pub(crate) fn name(&self) -> Name<'a> {
        let path = &self.call.path;
        let reference = value(path, "ref").or(self.query("fid"));
        match reference {
            Some(reference) => Name::ForeignId(reference),
            None => Name::Id(self.id()),
        }
    }

    /// The id in the path.
    pub(crate) fn id(&self) -> i64 {
        let id = value(&self.call.path, "id");
        id.and_then(|id| id.parse().ok()).unwrap_or(-1)
    }

    /// Refuses to look up what look-ups do not find yet.
    pub(crate) fn demand_visible<T>(
        &self,
        table: &Table<T>,
        id: i64,
        thing: &str,
    ) -> Result<(), Response> {
        match table.is_visible(id, self.now) {
            true => Ok(()),
            false => Err(no_such(thing)),
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&'a str> {
        value(&self.call.query, name)
    }

    /// Whether `fields` asks for this one, in any of its repetitions or in the first alone.
    pub(crate) fn asks_for(&self, field: &str, repeated: bool) -> bool {
        let query = self.call.query.iter();
        let mut fields = query.filter(|(name, _)| name == "fields");
        match repeated {
            true => fields.any(|(_, value)| value == field),
            false => fields.next().is_some_and(|(_, value)| value == field),
        }
    }

    /// The body. Its contract is kept, so what cannot be read is a number that is out of range.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Response> {
        serde_json::from_slice(&self.call.body)
            .map_err(|error| refused(400, &format!("the body cannot be read: {error}")))
    }
}

fn value<'a>(pairs: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

/// A response with what was asked for, under its name.
pub(crate) fn found(name: &str, what: Value) -> Response {
    envelope(200, 0, None, Some((name, what)))
}

/// A refusal: the envelope alone, with the HTTP status as its code.
pub(crate) fn refused(status: u16, message: &str) -> Response {
    envelope(status, i64::from(status), Some(message), None)
}

pub(crate) fn no_such(thing: &str) -> Response {
    refused(404, &format!("there is no such {thing}"))
}

/// An envelope with any status and code.
pub(crate) fn envelope(
    status: u16,
    code: i64,
    message: Option<&str>,
    what: Option<(&str, Value)>,
) -> Response {
    let mut body = json!({ "status": { "code": code, "message": message } });
    if let Some((name, what)) = what {
        body[name] = what;
    }
    Response::new(status)
        .header("Content-Type", CONTENT_TYPE)
        .body(without_nulls(body).to_string())
}

/// What is not there is left out: the service writes no null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(elements) => elements.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// An instant as the service writes it: in UTC, with milliseconds.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at.format(FORMAT).unwrap_or_default()
}

/// An instant that a caller wrote as ISO 8601, in UTC.
pub(crate) fn read_instant(text: &str, field: &str) -> Result<OffsetDateTime, Response> {
    let parsed = OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok();
    parsed
        .and_then(|local| local.checked_to_offset(UtcOffset::UTC))
        .ok_or_else(|| not_an_instant(field))
}

/// A day that a caller wrote as the midnight at which it begins there, as midnight UTC.
pub(crate) fn read_day(text: &str, field: &str) -> Result<OffsetDateTime, Response> {
    let parsed = OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok();
    let local = parsed.ok_or_else(|| not_an_instant(field))?;
    if local.time() != Time::MIDNIGHT {
        let text = format!("field `{field}` must be the midnight at which a day begins");
        return Err(refused(400, &text));
    }
    Ok(local.date().midnight().assume_utc())
}

/// An instant that a caller wrote as epoch milliseconds.
pub(crate) fn read_epoch(milliseconds: i64, field: &str) -> Result<OffsetDateTime, Response> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .map_err(|_| not_an_instant(field))
}

fn not_an_instant(field: &str) -> Response {
    refused(400, &format!("field `{field}` must be an instant"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn instants_are_written_in_utc_with_milliseconds() {
        let written = instant(datetime!(2015-07-13 09:48:34 UTC));
        assert_eq!(written, "2015-07-13T09:48:34.000Z");
    }

    #[test]
    fn instants_are_read_with_any_offset_and_from_milliseconds() {
        let read = |text| read_instant(text, "date").unwrap();
        assert_eq!(
            read("2015-07-13T00:00:00.000+02:00"),
            datetime!(2015-07-12 22:00 UTC)
        );
        assert_eq!(
            read("2015-07-13T10:00:00Z"),
            datetime!(2015-07-13 10:00 UTC)
        );
        let due = read_epoch(1_472_767_140_000, "dueDate").unwrap();
        assert_eq!(due, datetime!(2016-09-01 21:59 UTC));
        assert!(read_epoch(i64::MAX, "dueDate").is_err());
        assert!(read_instant("9999-12-31T23:59:59-02:00", "date").is_err());
    }

    #[test]
    fn nothing_is_written_for_what_is_not_there() {
        let response = found("thing", json!({ "a": null, "b": [{ "c": null, "d": 0 }] }));
        assert_eq!(
            response.body,
            r#"{"status":{"code":0},"thing":{"b":[{"d":0}]}}"#
        );
    }
}
