//! Responses in the spelling of the settings: units, dates, names, order.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use crate::exchange::Response;

use super::{Dates, Settings, TimeUnit};

/// The members that hold a date.
const DATES: [&str; 12] = [
    "actualEndDate",
    "actualStartDate",
    "computedEndDate",
    "computedStartDate",
    "creationDate",
    "dueDate",
    "end",
    "endDate",
    "preAssignedDate",
    "start",
    "startDate",
    "assignDate",
];

impl Settings {
    /// A response as these settings have it spelled.
    pub(super) fn spelt(&self, response: Response) -> Response {
        if self.has_usual_spelling() {
            return response;
        }
        match serde_json::from_slice(&response.body) {
            Ok(Value::Object(body)) => {
                let body = self.object(body);
                response.body(Value::Object(body).to_string())
            }
            _ => response,
        }
    }

    /// Whether responses are spelled as this module's own code writes them.
    fn has_usual_spelling(&self) -> bool {
        let usual = Self::default();
        self.task_duration == usual.task_duration
            && self.simple_duration == usual.simple_duration
            && self.default_duration == usual.default_duration
            && self.dates == usual.dates
            && self.lower_case == usual.lower_case
            && self.resource_foreign_id == usual.resource_foreign_id
            && self.success_message == usual.success_message
            && self.hours_in_order == usual.hours_in_order
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.object(object)),
            Value::Array(elements) => elements.into_iter().map(|it| self.value(it)).collect(),
            other => other,
        }
    }

    fn object(&self, object: Map<String, Value>) -> Map<String, Value> {
        let is_simple = object.get("subtype") == Some(&Value::from("simpleactivity"));
        let is_type = object.contains_key("metaType");
        let members = object.into_iter().map(|(name, value)| {
            let value = self.value(value);
            let value = match (name.as_str(), value) {
                ("task", Value::Object(task)) => Value::Object(self.task(task)),
                ("resource", Value::Object(resource)) => Value::Object(self.resource(resource)),
                ("status", Value::Object(status)) => Value::Object(self.envelope(status)),
                ("duration", value) if is_simple && self.simple_duration == TimeUnit::Seconds => {
                    times(value, 60)
                }
                ("defaultDuration", value) if self.default_duration == TimeUnit::Seconds => {
                    times(value, 60)
                }
                (_, value) if is_type && self.lower_case => lower_case(value, &name),
                (name, Value::String(text))
                    if self.dates == Dates::EpochMilliseconds && DATES.contains(&name) =>
                {
                    epoch(text)
                }
                (_, value) => value,
            };
            (name, value)
        });
        members.collect()
    }

    fn task(&self, mut task: Map<String, Value>) -> Map<String, Value> {
        if self.task_duration == TimeUnit::Minutes
            && let Some(seconds) = task.get("duration").and_then(Value::as_i64)
        {
            task.insert("duration".to_owned(), Value::from(seconds / 60));
        }
        if self.hours_in_order
            && let Some(Value::Array(hours)) = task.get_mut("openingHours")
        {
            hours.sort_by_key(|hour| (hour["weekDay"].as_i64(), hour["from"].as_i64()));
        }
        task
    }

    fn resource(&self, mut resource: Map<String, Value>) -> Map<String, Value> {
        if self.resource_foreign_id
            && let Some(fid) = resource.remove("fid")
        {
            resource.insert("foreignId".to_owned(), fid);
        }
        resource
    }

    fn envelope(&self, mut status: Map<String, Value>) -> Map<String, Value> {
        if self.success_message && status.get("code") == Some(&Value::from(0)) {
            status.insert("message".to_owned(), Value::from("OK"));
        }
        status
    }
}

fn times(value: Value, factor: i64) -> Value {
    match value.as_i64() {
        Some(number) => Value::from(number.saturating_mul(factor)),
        None => value,
    }
}

/// The enumerations of an activity type in lower case.
fn lower_case(value: Value, name: &str) -> Value {
    match (name, value) {
        ("metaType" | "resourceActivityType", Value::String(text)) => text.to_lowercase().into(),
        ("roles", Value::Array(roles)) => {
            let roles = roles.iter().filter_map(Value::as_str);
            roles.map(str::to_lowercase).collect()
        }
        (_, value) => value,
    }
}

fn epoch(text: String) -> Value {
    match OffsetDateTime::parse(&text, &Iso8601::DEFAULT) {
        Ok(at) => Value::from(at.unix_timestamp().saturating_mul(1_000)),
        Err(_) => Value::from(text),
    }
}
