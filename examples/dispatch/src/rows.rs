//! From a line of the CSV file to a mission, or to all that is wrong with the line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ocean_geomission::{NewMission, Recipient};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::error::Error;

/// A mission and the line that it comes from.
#[derive(Debug)]
pub struct Row {
    pub line: u64,
    pub mission: NewMission,
}

/// Something that is wrong with a line.
#[derive(Debug)]
pub struct Problem {
    pub line: u64,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

/// The columns of the file. Times are local, such as `2026-12-01 08:30`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    id: String,
    vehicle: String,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    expires: Option<String>,
    #[serde(default)]
    street: Option<String>,
    #[serde(default)]
    postal_code: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    comment: Option<String>,
}

/// Reads all rows, and finds all problems of all rows.
pub fn read(file: &Path, zone: &TimeZone) -> Result<(Vec<Row>, Vec<Problem>), Error> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut problems = Vec::new();
    let mut lines = BTreeMap::new();
    let headers = reader.headers()?.clone();
    if let Err(error) = blank(headers.len()).deserialize::<Columns>(Some(&headers)) {
        let error = without_position(&error);
        let what = format!("the columns' names, separated by commas: {error}");
        problems.push(Problem { line: 1, what });
        return Ok((rows, problems));
    }
    for record in reader.records() {
        let position = |at: Option<&csv::Position>| at.map_or(0, csv::Position::line);
        let read = record.map_err(|error| (position(error.position()), error));
        let read = read.and_then(|record| {
            let line = position(record.position());
            let columns = record.deserialize::<Columns>(Some(&headers));
            columns
                .map(|columns| (line, columns))
                .map_err(|error| (line, error))
        });
        let (line, columns) = match read {
            Ok(read) => read,
            Err((line, error)) => {
                let what = without_position(&error);
                problems.push(Problem { line, what });
                continue;
            }
        };
        let (mission, wrong) = mission(columns, zone);
        if let Some(first) = lines.insert(mission.id.clone(), line) {
            problems.push(Problem {
                line,
                what: format!("line {first} already has this id"),
            });
            continue;
        }
        let is_good = wrong.is_empty();
        problems.extend(wrong.into_iter().map(|what| Problem { line, what }));
        if is_good {
            rows.push(Row { line, mission });
        }
    }
    Ok((rows, problems))
}

/// A row with nothing in it, which fits unless the columns' names are wrong.
fn blank(columns: usize) -> csv::StringRecord {
    vec![""; columns].into()
}

fn without_position(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} columns instead of {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".into(),
        _ => "not CSV".into(),
    }
}

fn mission(columns: Columns, zone: &TimeZone) -> (NewMission, Vec<String>) {
    let mut wrong = Vec::new();
    let mut local = |column: &str, text: Option<String>| -> Option<OffsetDateTime> {
        let text = text.filter(|text| !text.is_empty())?;
        instant(&text, zone)
            .map_err(|what| wrong.push(format!("{column}: {what}")))
            .ok()
    };
    let scheduled_at = local("at", columns.at);
    let expires_at = local("expires", columns.expires);
    let mut mission = NewMission::new(columns.id);
    mission.recipient = Some(Recipient::vehicle(columns.vehicle));
    mission.scheduled_at = scheduled_at;
    mission.expires_at = expires_at;
    mission.street = filled(columns.street);
    mission.postal_code = filled(columns.postal_code);
    mission.city = filled(columns.city);
    mission.comment = filled(columns.comment);
    mission.send = Some(true);
    if let Err(violations) = mission.validate() {
        wrong.extend(violations.iter().map(ToString::to_string));
    }
    (mission, wrong)
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The instant that a clock on the wall shows as `text`. Twice a year there is none, or there are
/// two: then a person has to decide.
fn instant(text: &str, zone: &TimeZone) -> Result<OffsetDateTime, String> {
    // Nothing else is read: an offset that is ignored sends people at another time.
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| DateTime::strptime(format, text).ok())
        .ok_or("not a local time such as 2026-12-01 08:30")?;
    let at = zone.to_ambiguous_zoned(local).unambiguous().map_err(|_| {
        "the clocks change at this time: it doesn't exist, or exists twice".to_owned()
    })?;
    OffsetDateTime::from_unix_timestamp(at.timestamp().as_second())
        .map_err(|_| "too far from the present".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read_text(text: &str) -> (Vec<Row>, Vec<String>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let (rows, problems) = read(file.path(), &TimeZone::get("Europe/Paris").unwrap()).unwrap();
        (rows, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn local_times_become_instants() {
        let (rows, problems) = read_text("id,vehicle,at\nM-1,VAN-07,2026-12-01 08:30\n");
        assert_eq!(problems, [""; 0]);
        let at = rows[0].mission.scheduled_at.unwrap();
        assert_eq!(at.unix_timestamp(), 1_796_110_200);
    }

    #[test]
    fn a_time_with_an_offset_or_a_zone_and_a_day_without_a_time_are_refused() {
        for at in [
            "2026-12-01 09:00+05:00",
            "2026-12-01T09:00Z",
            "2026-12-01T09:00[America/New_York]",
            "2026-12-01",
        ] {
            let (rows, problems) = read_text(&format!("id,vehicle,at\nM-1,VAN-07,{at}\n"));
            assert_eq!(rows.len(), 0, "{at}");
            assert_eq!(
                problems,
                ["2: at: not a local time such as 2026-12-01 08:30"]
            );
        }
    }

    #[test]
    fn a_header_of_other_columns_is_one_problem() {
        let (_, problems) = read_text("id;vehicle\nM-1;VAN-07\nM-2;VAN-07\n");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("1: "), "{problems:?}");
        for header in ["", "id\nM-1\nM-2\n", "id,vehicle,colour\nM-1,VAN-07,red\n"] {
            assert_eq!(read_text(header).1.len(), 1, "{header}");
        }
    }

    #[test]
    fn the_hour_that_does_not_exist_and_the_one_that_exists_twice_are_left_to_a_person() {
        let (_, problems) =
            read_text("id,vehicle,at\nM-1,VAN-07,2026-03-29 02:30\nM-2,VAN-07,2026-10-25 02:30\n");
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("2: at: the clocks change"));
        assert!(problems[1].starts_with("3: at: the clocks change"));
    }

    #[test]
    fn every_problem_of_every_row_is_found_with_its_line() {
        let (rows, problems) = read_text(
            "id,vehicle,at,expires\n,,soon,later\nM-2,VAN-07,,\nM-2,VAN-08,,\nM-3,VAN-07\n",
        );
        assert_eq!(rows.len(), 1);
        let lines: Vec<_> = problems
            .iter()
            .map(|problem| problem.split(':').next().unwrap())
            .collect();
        assert_eq!(lines, ["2", "2", "2", "2", "4", "5"]);
    }
}
