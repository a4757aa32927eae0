//! Experiments with Geoplanning, which has a public test system: `https://apitest.geoplanning.net`.
//!
//! They touch nobody's plan: activities go only into rounds of a resource that the experiment has
//! added itself, in the year 2031.

use serde_json::{Value, json};

use crate::observe::exchange::Exchange;
use crate::settle::experiment::{Experiment, Subject, Traces, elsewhere, outcome};
use crate::settle::lab::{Ask, Lab, Told, Untold, delete, get, patch, post, put};

pub(crate) const SUBJECT: Subject = Subject {
    vendor: "geoplanning",
    sign_in: |lab, account| {
        let given = |name| account.get(name).cloned().ok_or(Untold::Needs(name));
        let login = given("GEOPLANNING_LOGIN")?;
        lab.basic(login, given("GEOPLANNING_PASSWORD")?);
        lab.always("accept", format!("{MEDIA_TYPE};charset=UTF-8"));
        lab.always("content-type", format!("{MEDIA_TYPE};charset=UTF-8"));
        lab.expect("checking the login", get("/login/check"))
            .map(drop)
    },
    in_the_sandbox: &[
        ("fid", "GP-40"),
        ("enumerableType", "Skill"),
        ("simpleActivity", "41"),
        ("simpleActivityFid", "r-123"),
    ],
    experiments: EXPERIMENTS,
};

const MEDIA_TYPE: &str = "application/vnd.geoplanning-v3.0+json";

const ONE_ACTIVITY: Option<Traces> = Some(Traces {
    leaves: "one unassigned activity",
    undone: "the activity is deleted",
});

const ONE_CUSTOMER: Option<Traces> = Some(Traces {
    leaves: "one customer",
    undone: "the customer is deleted",
});

const ONE_RESOURCE: Option<Traces> = Some(Traces {
    leaves: "one resource",
    undone: "the resource is deleted",
});

const ONE_ROUND: Option<Traces> = Some(Traces {
    leaves: "a resource with a round in 2031, and up to two activities",
    undone: "activities and resource are deleted, and the round with its resource",
});

const A_SIMPLE_ACTIVITY: Option<Traces> = Some(Traces {
    leaves: "the simple activity that `simpleActivity` and `simpleActivityFid` name, changed",
    undone: "it is updated with what was read before",
});

const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        finding: "G-01",
        name: "task-duration",
        question: "In which unit does a task's duration come back?",
        does: "Adds an activity of 35 minutes and looks at the response.",
        writes: ONE_ACTIVITY,
        outcomes: &[
            outcome("in seconds", "2100 comes back", "{}"),
            outcome(
                "in minutes",
                "35 comes back",
                r#"{"task_duration": "minutes"}"#,
            ),
        ],
        run: |lab| {
            let activity = add_activity(lab, &json!({ "duration": 35 }))?;
            in_unit(&activity["task"]["duration"])
        },
    },
    Experiment {
        finding: "G-02",
        name: "simple-duration",
        question: "In which unit does a simple activity's duration come back?",
        does: "Updates a simple activity to 35 minutes and reads it.",
        writes: A_SIMPLE_ACTIVITY,
        outcomes: &[
            outcome("in minutes", "35 comes back", "{}"),
            outcome(
                "in seconds",
                "2100 comes back",
                r#"{"simple_duration": "seconds"}"#,
            ),
        ],
        run: |lab| {
            let activity = update_simple_activity(lab)?;
            in_unit(&activity["duration"])
        },
    },
    Experiment {
        finding: "G-04",
        name: "default-duration",
        question: "In which unit is an activity type's default duration?",
        does: "Lists the activity types.",
        writes: None,
        outcomes: &[
            outcome(
                "in minutes",
                "none is more than 1440, the minutes of a day",
                "{}",
            ),
            outcome(
                "in seconds",
                "one is more than 1440",
                r#"{"default_duration": "seconds"}"#,
            ),
        ],
        run: |lab| {
            let types = list(lab, "/activity/types", "activityTypes")?;
            let durations = types.iter().filter_map(|it| it["defaultDuration"].as_i64());
            match durations.max() {
                None => Err(Untold::Unclear("no type has a default duration")),
                Some(..=1440) => Ok("in minutes"),
                Some(_) => Ok("in seconds"),
            }
        },
    },
    Experiment {
        finding: "G-06",
        name: "response-dates",
        question: "How do responses write a date?",
        does: "Reads the activity that `fid` names and looks at `creationDate`.",
        writes: None,
        outcomes: &[
            outcome("as text", "the date is a JSON string", "{}"),
            outcome(
                "as a number",
                "the date is a JSON number",
                r#"{"dates": "epoch_milliseconds"}"#,
            ),
        ],
        run: |lab| {
            let ask = get("/activity").query("fid", lab.with("fid")?);
            let activity = one(lab.expect("reading an activity", ask)?, "activity")?;
            match &activity["task"]["creationDate"] {
                Value::String(_) => Ok("as text"),
                Value::Number(_) => Ok("as a number"),
                _ => Err(Untold::Unclear("the activity has no `creationDate`")),
            }
        },
    },
    Experiment {
        finding: "G-08",
        name: "order-of-hours",
        question: "In which order do a task's opening hours come back?",
        does: "Adds an activity with the hours of four days and looks at the response.",
        writes: ONE_ACTIVITY,
        outcomes: &[
            outcome(
                "in another one",
                "the days differ from those sent, in their order",
                "{}",
            ),
            outcome(
                "in the order of the week",
                "the days are those sent",
                r#"{"hours_in_order": true}"#,
            ),
        ],
        run: |lab| {
            let hours = (0..4).map(|day| json!({ "weekDay": day, "from": 480, "to": 960 }));
            let hours = Value::from_iter(hours);
            let activity = add_activity(lab, &json!({ "openingHours": hours }))?;
            let hours = activity["task"]["openingHours"].as_array();
            let days = hours.map(|hours| hours.iter().map(|it| it["weekDay"].as_i64()));
            match days.map(Vec::from_iter) {
                Some(days) if days.len() != 4 => Err(Untold::Unclear("not all of them come back")),
                Some(days) if days.is_sorted() => Ok("in the order of the week"),
                Some(_) => Ok("in another one"),
                None => Err(Untold::Unclear("they do not come back")),
            }
        },
    },
    Experiment {
        finding: "G-09",
        name: "customer-hours",
        question: "Do a customer's opening hours come back?",
        does: "Adds a customer with opening hours and reads it.",
        writes: ONE_CUSTOMER,
        outcomes: &[
            outcome("they do not", "the customer has no `openingHours`", "{}"),
            outcome(
                "they do",
                "the customer has `openingHours`",
                r#"{"returns_customer_hours": true}"#,
            ),
        ],
        run: |lab| {
            let name = lab.name();
            let hours = json!([{ "day": 1, "begin": 480, "end": 960 }]);
            add_customer(lab, &name, hours)?;
            let customer = lab.expect("reading", get(format!("/customers/ref/{name}")))?;
            let hours = &one(customer, "customer")?["openingHours"];
            Ok(
                match hours.as_array().is_some_and(|hours| !hours.is_empty()) {
                    true => "they do",
                    false => "they do not",
                },
            )
        },
    },
    Experiment {
        finding: "G-10",
        name: "preassigned-listed",
        question: "Does the list of statuses have one of the type `PREASSIGNED`?",
        does: "Lists the activity statuses.",
        writes: None,
        outcomes: &[
            outcome("it has", "a status is of that type", "{}"),
            outcome(
                "it has not",
                "no status is of that type",
                r#"{"lists_preassigned": false}"#,
            ),
        ],
        run: |lab| {
            let statuses = list(lab, "/activity/status", "activityStatus")?;
            let mut types = statuses.iter().map(|status| &status["type"]);
            Ok(match types.any(|it| *it == "PREASSIGNED") {
                true => "it has",
                false => "it has not",
            })
        },
    },
    Experiment {
        finding: "G-12",
        name: "case-of-enumerations",
        question: "In which case are the enumerations of an activity type?",
        does: "Lists the activity types and looks at `metaType`.",
        writes: None,
        outcomes: &[
            outcome("in upper case", "no meta type has a small letter", "{}"),
            outcome(
                "in lower case",
                "one has a small letter",
                r#"{"lower_case": true}"#,
            ),
        ],
        run: |lab| {
            let types = list(lab, "/activity/types", "activityTypes")?;
            let mut metas = types
                .iter()
                .filter_map(|it| it["metaType"].as_str())
                .peekable();
            if metas.peek().is_none() {
                return Err(Untold::Unclear("no type has a meta type"));
            }
            Ok(match metas.any(|it| it.contains(char::is_lowercase)) {
                true => "in lower case",
                false => "in upper case",
            })
        },
    },
    Experiment {
        finding: "G-16",
        name: "resource-key",
        question: "What is a resource's foreign id called?",
        does: "Adds a resource and looks at the response.",
        writes: ONE_RESOURCE,
        outcomes: &[
            outcome("`fid`", "the resource has a member of that name", "{}"),
            outcome(
                "`foreignId`",
                "the resource has a member of that name",
                r#"{"resource_foreign_id": true}"#,
            ),
        ],
        run: |lab| {
            let resource = add_resource(lab, &json!({}))?;
            match (resource.get("fid"), resource.get("foreignId")) {
                (Some(_), _) => Ok("`fid`"),
                (None, Some(_)) => Ok("`foreignId`"),
                (None, None) => Err(Untold::Unclear("the resource has none")),
            }
        },
    },
    Experiment {
        finding: "G-18",
        name: "stale-key",
        question: "How is an action on a stale key refused?",
        does: "Plans an activity with a round's key, and another one with the same key.",
        writes: ONE_ROUND,
        outcomes: &[
            outcome("by a 409", "that status", "{}"),
            outcome("by a 400", "that status", r#"{"stale_key_status": 400}"#),
            outcome(
                "by a code in a success",
                "a 2xx whose code is not 0",
                r#"{"stale_key_status": 200}"#,
            ),
            elsewhere("not at all", "a success"),
        ],
        run: |lab| {
            let (round, key) = add_round(lab)?;
            let first = add_activity(lab, &json!({}))?;
            let second = add_activity(lab, &json!({}))?;
            lab.expect("planning", plan(&first, &round, &key))?;
            let response = lab.send(plan(&second, &round, &key))?;
            let code = response.json().unwrap_or_default()["status"]["code"].take();
            match response.status {
                409 => Ok("by a 409"),
                400 => Ok("by a 400"),
                200..300 if code != 0 => Ok("by a code in a success"),
                200..300 => Ok("not at all"),
                other => Err(Untold::Refused("planning", other)),
            }
        },
    },
    Experiment {
        finding: "G-19",
        name: "changed-activity",
        question: "Does the response to a finished activity show it?",
        does: "Plans, starts and finishes an activity.",
        writes: ONE_ROUND,
        outcomes: &[
            outcome("it does not", "the round's activities are empty", "{}"),
            outcome(
                "it does",
                "the round has activities",
                r#"{"shows_changed_activities": true}"#,
            ),
        ],
        run: |lab| {
            let (round, key) = add_round(lab)?;
            let activity = add_activity(lab, &json!({}))?;
            let planned = lab.expect("planning", plan(&activity, &round, &key))?;
            let started = step(&activity, "start", &round, &key_of(&planned)?);
            let started = lab.expect("starting", started)?;
            let finished = step(&activity, "finish", &round, &key_of(&started)?);
            let finished = lab.expect("finishing", finished)?;
            let body = finished.json().unwrap_or_default();
            match body
                .pointer("/rounds/0/activities")
                .and_then(Value::as_array)
            {
                Some(activities) if activities.is_empty() => Ok("it does not"),
                Some(_) => Ok("it does"),
                None => Err(Untold::Unclear("the response has no round with activities")),
            }
        },
    },
    Experiment {
        finding: "G-21",
        name: "creation-status",
        question: "Which status does an addition have?",
        does: "Adds a customer.",
        writes: ONE_CUSTOMER,
        outcomes: &[
            outcome("200", "that status", "{}"),
            outcome("201", "that status", r#"{"created_status": 201}"#),
        ],
        run: |lab| {
            let name = lab.name();
            let added = add_customer(lab, &name, json!([]))?;
            match added.status {
                200 => Ok("200"),
                201 => Ok("201"),
                other => Err(Untold::Refused("adding", other)),
            }
        },
    },
    Experiment {
        finding: "G-22",
        name: "stray-body",
        question: "Does a 204 announce a body?",
        does: "Adds a customer and deletes it.",
        writes: ONE_CUSTOMER,
        outcomes: &[
            outcome("it does", "its `Content-Length` is not 0", "{}"),
            outcome(
                "it does not",
                "it has no `Content-Length`, or 0",
                r#"{"stray_null": false}"#,
            ),
        ],
        run: |lab| {
            let name = lab.name();
            add_customer(lab, &name, json!([]))?;
            let deleted = lab.expect("deleting", delete(format!("/customers/ref/{name}")))?;
            let mut headers = deleted.headers.iter();
            let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            match (deleted.status, length) {
                (204, Some((_, length))) if length != "0" => Ok("it does"),
                (204, _) => Ok("it does not"),
                (other, _) => Err(Untold::Refused("deleting", other)),
            }
        },
    },
    Experiment {
        finding: "G-23",
        name: "absent-array",
        question: "What does an update do to an array that it leaves out?",
        does: "Adds an activity with an order, and updates it without orders.",
        writes: ONE_ACTIVITY,
        outcomes: &[
            outcome("it keeps it", "the order is still there", "{}"),
            outcome(
                "it clears it",
                "the order is gone",
                r#"{"clears_absent_arrays": true}"#,
            ),
        ],
        run: |lab| {
            let order = json!([{ "name": "Sand", "unit": "t", "amount": 1 }]);
            let activity = add_activity(lab, &json!({ "orders": order }))?;
            let updated = update_activity(lab, &activity, &json!({}))?;
            let orders = updated["task"]["orders"].as_array();
            Ok(match orders.is_some_and(|orders| !orders.is_empty()) {
                true => "it keeps it",
                false => "it clears it",
            })
        },
    },
    Experiment {
        finding: "G-25",
        name: "charset-mandatory",
        question: "Does the media type need its charset?",
        does: "Checks the login with both headers without a charset.",
        writes: None,
        outcomes: &[
            outcome("it does", "a 4xx", r#"{"charset_required": true}"#),
            outcome("it does not", "a success", "{}"),
        ],
        run: |lab| {
            let ask = get("/login/check")
                .header("accept", Some(MEDIA_TYPE))
                .header("content-type", Some(MEDIA_TYPE));
            match lab.send(ask)?.status {
                200..300 => Ok("it does not"),
                400..500 => Ok("it does"),
                other => Err(Untold::Refused("checking the login", other)),
            }
        },
    },
    Experiment {
        finding: "G-26",
        name: "error-body",
        question: "Does a refusal have the envelope?",
        does: "Reads a resource that there is none of.",
        writes: None,
        outcomes: &[
            outcome("it has", "the body has `status.code`", "{}"),
            outcome(
                "it has not",
                "the body is something else, or empty",
                r#"{"error_bodies": false}"#,
            ),
            elsewhere("there is no refusal", "a 2xx"),
        ],
        run: |lab| {
            let name = lab.name();
            let response = lab.send(get("/resources").query("fid", name))?;
            let body = response.json().unwrap_or_default();
            Ok(match (response.is_success(), &body["status"]["code"]) {
                (true, _) => "there is no refusal",
                (false, Value::Number(_)) => "it has",
                (false, _) => "it has not",
            })
        },
    },
    Experiment {
        finding: "G-27",
        name: "repeated-fields",
        question: "Does each of several `fields` count?",
        does: "Reads the user's own resource with `fields` twice.",
        writes: None,
        outcomes: &[
            outcome("each does", "both addresses come back", "{}"),
            outcome(
                "one does",
                "one of them comes back",
                r#"{"repeated_fields": false}"#,
            ),
            elsewhere("none does", "neither comes back"),
        ],
        run: |lab| {
            let resource = own_resource(lab)?;
            let both = [&resource["startAddress"], &resource["endAddress"]];
            Ok(match both.map(Value::is_object) {
                [true, true] => "each does",
                [false, false] => "none does",
                _ => "one does",
            })
        },
    },
    Experiment {
        finding: "G-31",
        name: "internal-resource",
        question: "Does a resource come back as `internal` that was sent as not internal?",
        does: "Adds a resource with `internal` false and looks at the response.",
        writes: ONE_RESOURCE,
        outcomes: &[
            outcome(
                "it may",
                "`internal` is true",
                r#"{"always_internal": true}"#,
            ),
            outcome("it does not", "`internal` is false", "{}"),
        ],
        run: |lab| {
            let resource = add_resource(lab, &json!({ "internal": false }))?;
            match resource["internal"] {
                Value::Bool(true) => Ok("it may"),
                Value::Bool(false) => Ok("it does not"),
                _ => Err(Untold::Unclear("the resource has no `internal`")),
            }
        },
    },
    Experiment {
        finding: "G-32",
        name: "type-found-by",
        question: "What finds an activity's type?",
        does: "Adds an activity with the foreign id of one type and the name of another.",
        writes: ONE_ACTIVITY,
        outcomes: &[
            outcome(
                "its foreign id",
                "the type of that foreign id comes back",
                "{}",
            ),
            outcome(
                "its name",
                "the type of that name comes back",
                r#"{"type_found_by": "name"}"#,
            ),
            elsewhere("neither: it is refused", "a 4xx"),
        ],
        run: type_found_by,
    },
    Experiment {
        finding: "G-34",
        name: "updated-enumerables",
        question: "Does an update change a task's enumerables?",
        does: "Adds an activity, and updates it with an enumerable of the type `enumerableType`.",
        writes: ONE_ACTIVITY,
        outcomes: &[
            outcome("it does", "the enumerable is there", "{}"),
            outcome(
                "it does not",
                "it is not there",
                r#"{"updates_enumerables": false}"#,
            ),
        ],
        run: |lab| {
            let of_type = lab.with("enumerableType")?;
            let name = lab.name();
            let activity = add_activity(lab, &json!({}))?;
            let enumerable = json!([{ "name": name, "type": of_type }]);
            let updated = update_activity(lab, &activity, &json!({ "enumerables": enumerable }))?;
            let enumerables = updated["task"]["enumerables"].as_array();
            let has_it = |all: &Vec<Value>| all.iter().any(|it| it["name"] == *name);
            Ok(match enumerables.is_some_and(has_it) {
                true => "it does",
                false => "it does not",
            })
        },
    },
    Experiment {
        finding: "G-35",
        name: "simple-foreign-id",
        question: "Does a simple activity's foreign id come back?",
        does: "Updates a simple activity with its foreign id and reads it.",
        writes: A_SIMPLE_ACTIVITY,
        outcomes: &[
            outcome("it does not", "the activity has no `foreignId`", "{}"),
            outcome(
                "it does",
                "the activity has a `foreignId`",
                r#"{"returns_simple_foreign_id": true}"#,
            ),
        ],
        run: |lab| {
            let activity = update_simple_activity(lab)?;
            Ok(match activity.get("foreignId") {
                Some(_) => "it does",
                None => "it does not",
            })
        },
    },
    Experiment {
        finding: "G-36",
        name: "status-of-rejection",
        question: "Of which type is the status that a rejection names?",
        does: "Plans an activity, and rejects it with a status of the documented type, then of its own.",
        writes: ONE_ROUND,
        outcomes: &[
            outcome("`REJECTED_NO_MOVE`", "only that status is accepted", "{}"),
            outcome(
                "`WORKING`",
                "that status is accepted",
                r#"{"reject_status": "documented"}"#,
            ),
        ],
        run: |lab| {
            let statuses = list(lab, "/activity/status", "activityStatus")?;
            let id_of = |of_type: &str| {
                let mut of_type = statuses.iter().filter(|it| it["type"] == of_type);
                let id = of_type.next().map(|status| status["id"].clone());
                id.ok_or(Untold::Unclear("there is no such status"))
            };
            let (documented, own) = (id_of("WORKING")?, id_of("REJECTED_NO_MOVE")?);
            let (round, key) = add_round(lab)?;
            let activity = add_activity(lab, &json!({}))?;
            let planned = lab.expect("planning", plan(&activity, &round, &key))?;
            let key = key_of(&planned)?;
            let mut works = |status: &Value| {
                let body = json!({
                    "round": { "id": round, "hashKey": key },
                    "status": { "id": status },
                    "date": AT_TEN,
                });
                let id = &activity["id"];
                let rejected =
                    lab.send(patch(format!("/activity/{id}/rejectnowork")).json(&body))?;
                Ok(rejected.is_success())
            };
            match works(&documented)? {
                true => Ok("`WORKING`"),
                false if works(&own)? => Ok("`REJECTED_NO_MOVE`"),
                false => Err(Untold::Unclear("neither is accepted")),
            }
        },
    },
    Experiment {
        finding: "G-42",
        name: "poi-distance",
        question: "In which unit is the distance to a point of interest?",
        does: "Lists the points closest to a place in Brussels, and compares their distances with \
               their coordinates.",
        writes: None,
        outcomes: &[
            outcome(
                "in metres",
                "it is about the distance as the crow flies",
                "{}",
            ),
            outcome(
                "in kilometres",
                "it is about a thousandth of that",
                r#"{"poi_distance": "kilometres"}"#,
            ),
        ],
        run: poi_distance,
    },
    Experiment {
        finding: "G-43",
        name: "message-of-success",
        question: "Does a success have a `status.message`?",
        does: "Checks the login.",
        writes: None,
        outcomes: &[
            outcome("it has none", "the member is absent, null or empty", "{}"),
            outcome(
                "it has one",
                "the member is a text",
                r#"{"success_message": true}"#,
            ),
        ],
        run: |lab| {
            let checked = lab.expect("checking the login", get("/login/check"))?;
            let message = checked.json().unwrap_or_default()["status"]["message"].take();
            Ok(
                match message.as_str().is_some_and(|text| !text.is_empty()) {
                    true => "it has one",
                    false => "it has none",
                },
            )
        },
    },
    Experiment {
        finding: "G-47",
        name: "day-of-round",
        question: "Which day does a round's date mean if it is not midnight in UTC?",
        does: "Adds a round for 22:00 UTC, which is midnight two hours east.",
        writes: ONE_ROUND,
        outcomes: &[
            elsewhere("the calendar day in UTC", "the round starts on that day"),
            outcome(
                "the 24 hours from then on",
                "the round starts on the next day",
                "{}",
            ),
            outcome("none: it is refused", "a 4xx", r#"{"strict_days": true}"#),
        ],
        run: |lab| {
            let resource = add_resource(lab, &json!({}))?;
            let body = json!({ "resourceId": resource["id"], "date": "2031-01-14T22:00:00Z" });
            let added = lab.send(post("/rounds").json(&body))?;
            if (400..500).contains(&added.status) {
                return Ok("none: it is refused");
            }
            let round = one(added, "round")?;
            match round["startDate"].as_str().unwrap_or_default() {
                day if day.starts_with("2031-01-15") => Ok("the 24 hours from then on"),
                day if day.starts_with("2031-01-14") => Ok("the calendar day in UTC"),
                _ => Err(Untold::Unclear("the round has no start on either day")),
            }
        },
    },
    Experiment {
        finding: "G-48",
        name: "second-addition",
        question: "What does a second addition with one foreign id do?",
        does: "Adds a customer twice.",
        writes: Some(Traces {
            leaves: "up to two customers",
            undone: "the customer is deleted until there is none",
        }),
        outcomes: &[
            outcome("it adds a second one", "a success with another id", "{}"),
            outcome("it is refused", "a 4xx", r#"{"duplicates": "refuse"}"#),
            elsewhere("it returns the first one", "a success with the same id"),
        ],
        run: |lab| {
            let name = lab.name();
            let ask = new_customer(lab, &name, json!([]));
            let first = one(lab.expect("adding", ask.clone())?, "customer")?;
            let second = lab.send(ask)?;
            if (400..500).contains(&second.status) {
                return Ok("it is refused");
            }
            Ok(match one(second, "customer")?["id"] == first["id"] {
                true => "it returns the first one",
                false => "it adds a second one",
            })
        },
    },
];

/// When actions take place.
const AT_TEN: &str = "2031-01-15T10:00:00Z";

fn brussels() -> Value {
    json!({
        "longitude": 4.3525,
        "latitude": 50.8467,
        "country": "BE",
        "postcode": "1000",
        "locality": "Bruxelles",
        "street": "Grand-Place",
    })
}

/// 35 minutes in one unit or the other.
fn in_unit(duration: &Value) -> Told {
    match duration.as_i64() {
        Some(2100) => Ok("in seconds"),
        Some(35) => Ok("in minutes"),
        _ => Err(Untold::Unclear("neither 35 nor 2100 comes back")),
    }
}

/// What a response has under a name.
fn one(response: Exchange, name: &str) -> Result<Value, Untold> {
    let thing = response.json().unwrap_or_default()[name].take();
    match thing.is_object() {
        true => Ok(thing),
        false => Err(Untold::Unclear("the response lacks what was asked for")),
    }
}

/// The elements of a list.
fn list(lab: &mut Lab, path: &str, name: &str) -> Result<Vec<Value>, Untold> {
    let response = lab.expect("reading a list", get(path))?;
    match response.json().unwrap_or_default()[name].take() {
        Value::Array(elements) => Ok(elements),
        _ => Err(Untold::Unclear("the response has no list")),
    }
}

/// An object with some of its members replaced.
fn with(mut object: Value, members: &Value) -> Value {
    if let (Some(object), Some(members)) = (object.as_object_mut(), members.as_object()) {
        object.extend(members.clone());
    }
    object
}

/// Adds an activity that will be deleted.
fn add_activity(lab: &mut Lab, members: &Value) -> Result<Value, Untold> {
    let name = lab.name();
    lab.will_delete([delete("/activity").query("fid", &name)]);
    let task = json!({ "name": name, "foreignId": name, "duration": 30, "address": brussels() });
    let body = json!({ "subtype": "assignment", "task": with(task, members) });
    one(
        lab.expect("adding an activity", post("/activity/").json(&body))?,
        "activity",
    )
}

/// Updates an activity that was added, and reads it.
fn update_activity(lab: &mut Lab, activity: &Value, members: &Value) -> Result<Value, Untold> {
    let name = &activity["task"]["foreignId"];
    let task = json!({ "name": name, "foreignId": name, "duration": 30, "address": brussels() });
    let body = json!({ "subtype": "assignment", "task": with(task, members) });
    let path = format!("/activity/{}", activity["id"]);
    lab.expect("updating an activity", put(&path).json(&body))?;
    one(lab.expect("reading an activity", get(&path))?, "activity")
}

/// Updates the user's simple activity to 35 minutes, reads it, and will put it back.
fn update_simple_activity(lab: &mut Lab) -> Result<Value, Untold> {
    let path = format!("/activity/{}", lab.with("simpleActivity")?);
    let foreign_id = lab.with("simpleActivityFid")?;
    let before = one(lab.expect("reading the activity", get(&path))?, "activity")?;
    if before["subtype"] != "simpleactivity" {
        return Err(Untold::Unclear("`simpleActivity` is none"));
    }
    let mut body = json!({ "subtype": "simpleactivity", "foreignId": foreign_id });
    for name in ["name", "description"] {
        if let Some(value) = before.get(name) {
            body[name] = value.clone();
        }
    }
    if let Some(of_type) = before.get("type") {
        body["type"] = json!({ "fid": of_type["fid"], "name": of_type["name"] });
    }
    if let Some(Value::Object(address)) = before.get("address") {
        let mut address = address.clone();
        address.remove("id");
        body["address"] = Value::Object(address);
    }
    let of_35_minutes = with(body.clone(), &json!({ "duration": 35 }));
    // Until the unit is known, what was read is put back as it is.
    let duration = json!({ "duration": before["duration"] });
    lab.will_restore(put(&path).json(&with(body.clone(), &duration)));
    lab.expect("updating the activity", put(&path).json(&of_35_minutes))?;
    let after = one(lab.expect("reading the activity", get(&path))?, "activity")?;
    if after["duration"] == 2100 {
        let minutes = before["duration"].as_i64().unwrap_or_default() / 60;
        let duration = json!({ "duration": minutes });
        lab.will_restore_instead(put(&path).json(&with(body, &duration)));
    }
    Ok(after)
}

/// A customer that will be deleted.
fn new_customer(lab: &mut Lab, name: &str, hours: Value) -> Ask {
    lab.will_delete([delete(format!("/customers/ref/{name}"))]);
    post("/customers").json(&json!({
        "foreignId": name,
        "name": name,
        "address": with(brussels(), &json!({ "number": "1" })),
        "openingHours": hours,
    }))
}

fn add_customer(lab: &mut Lab, name: &str, hours: Value) -> Result<Exchange, Untold> {
    let customer = new_customer(lab, name, hours);
    lab.expect("adding a customer", customer)
}

/// Adds a resource that will be deleted.
fn add_resource(lab: &mut Lab, members: &Value) -> Result<Value, Untold> {
    let name = lab.name();
    lab.will_delete([delete("/resources").query("fid", &name)]);
    let resource = json!({
        "fid": name,
        "name": name,
        "startAddress": brussels(),
        "endAddress": brussels(),
    });
    let ask = post("/resources").json(&with(resource, members));
    one(lab.expect("adding a resource", ask)?, "resource")
}

/// The resource of the user whose account it is.
fn own_resource(lab: &mut Lab) -> Result<Value, Untold> {
    let user = one(
        lab.expect("checking the login", get("/login/check"))?,
        "userData",
    )?;
    let id = user["resourceId"].as_i64();
    let id = id.ok_or(Untold::Unclear("the user has no resource"))?;
    let ask = get(format!("/resources/{id}"))
        .query("fields", "startAddress")
        .query("fields", "endAddress");
    one(lab.expect("reading the resource", ask)?, "resource")
}

/// Adds a round of a new resource. Returns its id and its key.
fn add_round(lab: &mut Lab) -> Result<(Value, Value), Untold> {
    let resource = add_resource(lab, &json!({}))?;
    let body = json!({ "resourceId": resource["id"], "date": "2031-01-15T00:00:00Z" });
    let mut round = one(
        lab.expect("adding a round", post("/rounds").json(&body))?,
        "round",
    )?;
    Ok((round["id"].take(), round["hashKey"].take()))
}

fn plan(activity: &Value, round: &Value, key: &Value) -> Ask {
    let body = json!({
        "round": { "id": round, "hashKey": key },
        "date": AT_TEN,
        "activityIndex": 0,
    });
    patch(format!("/activity/{}/plan", activity["id"])).json(&body)
}

fn step(activity: &Value, step: &str, round: &Value, key: &Value) -> Ask {
    let body = json!({ "round": { "id": round, "hashKey": key }, "date": AT_TEN });
    patch(format!("/activity/{}/{step}", activity["id"])).json(&body)
}

/// The key of the round that an action has changed.
fn key_of(changed: &Exchange) -> Result<Value, Untold> {
    let body = changed.json().unwrap_or_default();
    let key = body.pointer("/rounds/0/hashKey").cloned();
    key.ok_or(Untold::Unclear("the response has no key"))
}

fn type_found_by(lab: &mut Lab) -> Told {
    /// The bit of types that tasks may have.
    const FOR_TASKS: i64 = 1;
    let types = list(lab, "/activity/types", "activityTypes")?;
    let fits = |it: &&Value| it["targetActivityMask"].as_i64().unwrap_or_default() & FOR_TASKS > 0;
    let mut types = types.iter().filter(fits);
    let (Some(one_type), Some(other)) = (types.next(), types.next()) else {
        return Err(Untold::Unclear("there are not two types for tasks"));
    };
    let name = lab.name();
    lab.will_delete([delete("/activity").query("fid", &name)]);
    let body = json!({
        "subtype": "assignment",
        "type": { "fid": one_type["fid"], "name": other["name"] },
        "task": { "name": name, "foreignId": name, "duration": 30, "address": brussels() },
    });
    let added = lab.send(post("/activity/").json(&body))?;
    if (400..500).contains(&added.status) {
        return Ok("neither: it is refused");
    }
    let found = one(added, "activity")?["type"]["fid"].take();
    match found {
        fid if fid == one_type["fid"] => Ok("its foreign id"),
        fid if fid == other["fid"] => Ok("its name"),
        _ => Err(Untold::Unclear("another type comes back")),
    }
}

fn poi_distance(lab: &mut Lab) -> Told {
    let here = (4.3525_f64, 50.8467_f64);
    let ask = get("/pois/closest")
        .query("longitude", here.0)
        .query("latitude", here.1);
    let response = lab.expect("listing points", ask)?;
    let pois = response.json().unwrap_or_default()["pois"].take();
    let pois = pois.as_array().map_or(&[][..], Vec::as_slice);
    let mut ratios = pois.iter().filter_map(|poi| {
        let there = (
            poi["address"]["longitude"].as_f64()?,
            poi["address"]["latitude"].as_f64()?,
        );
        let metres = metres(here, there);
        (metres > 1_000.0).then_some(poi["distance"].as_f64()? / metres)
    });
    match ratios.next_back() {
        None => Err(Untold::Unclear(
            "no point with a distance is a kilometre away",
        )),
        Some(0.5..2.0) => Ok("in metres"),
        Some(0.0005..0.002) => Ok("in kilometres"),
        Some(_) => Err(Untold::Unclear("the distance is in neither unit")),
    }
}

/// The way between two places on Earth, as the crow flies. Longitude and latitude in degrees.
fn metres(from: (f64, f64), to: (f64, f64)) -> f64 {
    const EARTH_RADIUS: f64 = 6_371_000.0;
    let half = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
    let latitudes = from.1.to_radians().cos() * to.1.to_radians().cos();
    let haversine = half(from.1, to.1) + latitudes * half(from.0, to.0);
    2.0 * EARTH_RADIUS * haversine.sqrt().min(1.0).asin()
}
