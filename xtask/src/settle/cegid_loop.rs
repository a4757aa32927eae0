//! Experiments with Cegid Loop. All of them read: the two lists can do nothing else.
//!
//! They read the folder that `--with codeDossier=…` names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::observe::exchange::Exchange;
use crate::settle::experiment::{Experiment, Subject, elsewhere, outcome};
use crate::settle::lab::{Ask, Lab, Told, Untold, get};

pub(crate) const SUBJECT: Subject = Subject {
    vendor: "cegid-loop",
    sign_in: |lab, account| {
        let given = |name| account.get(name).cloned().ok_or(Untold::Needs(name));
        let key = given("CEGID_LOOP_API_KEY")?;
        let secret = given("CEGID_LOOP_API_SECRET")?;
        lab.always(
            "ocp-apim-subscription-key",
            given("CEGID_LOOP_SUBSCRIPTION_KEY")?,
        );
        lab.always("x-apikey", format!("{key}:{secret}"));
        lab.always("accept", "application/json".to_owned());
        lab.always("content-type", "application/json".to_owned());
        Ok(())
    },
    in_the_sandbox: &[("codeDossier", "cabinet")],
    experiments: EXPERIMENTS,
};

const LETTERS: &str = "/LettresDeMissions";
const ACTIVITIES: &str = "/giActivitesMission";

/// A filter that every row passes: one may be mandatory.
const EVERY_ROW: &str = "objectId!=\"\"";

const TABLES: &str = r#"{"spelling": "tables"}"#;

const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        finding: "C-01",
        name: "activity-name",
        question: "What is the field called that says what an activity is?",
        does: "Reads one activity.",
        writes: None,
        outcomes: &[
            outcome("`activite`", "the row has a member of that name", "{}"),
            outcome("`Libelle`", "the row has a member of that name", TABLES),
            elsewhere("`libelle`", "the row has a member of that name"),
        ],
        run: |lab| {
            let row = one(lab, ACTIVITIES)?;
            first_member(&row, &["activite", "Libelle", "libelle"])
                .and_then(|found| told(found, &["`activite`", "`Libelle`", "`libelle`"]))
        },
    },
    Experiment {
        finding: "C-02",
        name: "letter-status-name",
        question: "What is the field of a letter's status called?",
        does: "Reads one letter.",
        writes: None,
        outcomes: &[
            outcome("`statut`", "the row has a member of that name", "{}"),
            outcome("`status`", "the row has a member of that name", TABLES),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            first_member(&row, &["statut", "status"])
                .and_then(|found| told(found, &["`statut`", "`status`"]))
        },
    },
    Experiment {
        finding: "C-03",
        name: "enumeration-type",
        question: "What is the JSON type of an enumeration?",
        does: "Reads one letter and looks at its status.",
        writes: None,
        outcomes: &[
            outcome("an integer", "the status is a JSON number", "{}"),
            outcome("a string", "the status is a JSON string", TABLES),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            match member(&row, &["statut", "status"]) {
                Some(Value::Number(_)) => Ok("an integer"),
                Some(Value::String(_)) => Ok("a string"),
                _ => Err(Untold::Unclear("the letter has no status")),
            }
        },
    },
    Experiment {
        finding: "C-07",
        name: "reference-type",
        question: "What is the JSON type of a reference?",
        does: "Reads one letter and looks at its client.",
        writes: None,
        outcomes: &[
            outcome("an object", "`entite` is a JSON object", "{}"),
            outcome("a string", "`entite` is a JSON string", TABLES),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            match member(&row, &["entite"]) {
                Some(Value::Object(_)) => Ok("an object"),
                Some(Value::String(_)) => Ok("a string"),
                _ => Err(Untold::Unclear("the letter has no `entite`")),
            }
        },
    },
    Experiment {
        finding: "C-09",
        name: "letter-description-case",
        question: "How is the field of a letter's description spelled?",
        does: "Reads one letter.",
        writes: None,
        outcomes: &[
            outcome("`description`", "the row has a member of that name", "{}"),
            outcome("`Description`", "the row has a member of that name", TABLES),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            first_member(&row, &["description", "Description"])
                .and_then(|found| told(found, &["`description`", "`Description`"]))
        },
    },
    Experiment {
        finding: "C-10",
        name: "letter-template-name",
        question: "What is the field of a letter's template called?",
        does: "Reads one letter.",
        writes: None,
        outcomes: &[
            outcome("`modele`", "the row has a member of that name", "{}"),
            outcome(
                "`dateEnmodelevoiPdf`",
                "the row has a member of that name",
                TABLES,
            ),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            first_member(&row, &["modele", "dateEnmodelevoiPdf"])
                .and_then(|found| told(found, &["`modele`", "`dateEnmodelevoiPdf`"]))
        },
    },
    Experiment {
        finding: "C-12",
        name: "absent-date",
        question: "How is a date written that there is none of?",
        does: "Reads up to 100 letters and looks at `dateSignature`.",
        writes: None,
        outcomes: &[
            outcome("as `null`", "a row has the member, and it is `null`", "{}"),
            outcome(
                "not at all",
                "a row lacks the member",
                r#"{"absent": "left_out"}"#,
            ),
            outcome(
                "as `\"\"`",
                "a row has the member, and it is empty",
                r#"{"absent": "empty"}"#,
            ),
        ],
        run: |lab| {
            let rows = rows(&lab.expect("reading letters", list(lab, LETTERS)?)?)?;
            let dates: Vec<_> = rows.iter().map(|row| row.get("dateSignature")).collect();
            if dates.contains(&Some(&Value::Null)) {
                Ok("as `null`")
            } else if dates.contains(&Some(&Value::from(""))) {
                Ok("as `\"\"`")
            } else if dates.contains(&None) {
                Ok("not at all")
            } else {
                Err(Untold::Unclear("every letter that was read is signed"))
            }
        },
    },
    Experiment {
        finding: "C-13",
        name: "day-as-instant",
        question: "At which hour does a day stand that is written as an instant?",
        does: "Reads one letter and looks at `dateDebExercice`.",
        writes: None,
        outcomes: &[
            outcome(
                "at another hour than midnight in UTC",
                "the time is not 00:00:00",
                "{}",
            ),
            outcome(
                "at midnight in UTC",
                "the time is 00:00:00",
                r#"{"days_at_midnight": true}"#,
            ),
        ],
        run: |lab| {
            let row = one(lab, LETTERS)?;
            let date = row["dateDebExercice"].as_str().unwrap_or_default();
            match date.split_once('T') {
                Some((_, time)) if time.starts_with("00:00:00") => Ok("at midnight in UTC"),
                Some(_) => Ok("at another hour than midnight in UTC"),
                None => Err(Untold::Unclear("the letter has no such date with a time")),
            }
        },
    },
    Experiment {
        finding: "C-14",
        name: "filter-mandatory",
        question: "Is a list without a filter read?",
        does: "Requests one letter without a filter.",
        writes: None,
        outcomes: &[
            outcome("it is", "a success", "{}"),
            outcome("it is refused", "a 4xx", r#"{"filter_required": true}"#),
        ],
        run: |lab| {
            let ask = unfiltered(lab, LETTERS)?.query("take", 1);
            accepted(lab, ask, ["it is", "it is refused"])
        },
    },
    Experiment {
        finding: "C-15",
        name: "single-quotes",
        question: "May a filter have strings in single quotes?",
        does: "Requests one letter with such a filter, after one in double quotes.",
        writes: None,
        outcomes: &[
            outcome(
                "they are read",
                "a success with the same number of rows",
                "{}",
            ),
            outcome(
                "they are not read",
                "a 4xx, or other rows",
                r#"{"single_quotes": false}"#,
            ),
        ],
        run: |lab| {
            let double = lab.expect(
                "a filter in double quotes",
                list(lab, LETTERS)?.query("take", 1),
            )?;
            let single = unfiltered(lab, LETTERS)?
                .query("filter", "objectId!=''")
                .query("take", 1);
            let single = lab.send(single)?;
            let same = single.is_success() && rows(&single)?.len() == rows(&double)?.len();
            Ok(if same {
                "they are read"
            } else {
                "they are not read"
            })
        },
    },
    Experiment {
        finding: "C-16",
        name: "content-type",
        question: "Which `Content-Type` is accepted?",
        does: "Requests one letter with `application/json`, and with `application-json`.",
        writes: None,
        outcomes: &[
            outcome(
                "`application/json`, among others",
                "a success with both",
                "{}",
            ),
            outcome(
                "`application-json` alone",
                "a success with that one only",
                r#"{"content_type": "application-json"}"#,
            ),
            outcome(
                "`application/json` alone",
                "a success with that one only",
                r#"{"content_type": "application/json"}"#,
            ),
        ],
        run: |lab| {
            let mut works = |media_type: &str| {
                let ask = list(lab, LETTERS)?.query("take", 1);
                let ask = ask.header("content-type", Some(media_type));
                Ok(lab.send(ask)?.is_success())
            };
            match (works("application/json")?, works("application-json")?) {
                (true, true) => Ok("`application/json`, among others"),
                (true, false) => Ok("`application/json` alone"),
                (false, true) => Ok("`application-json` alone"),
                (false, false) => Err(Untold::Unclear("neither is accepted")),
            }
        },
    },
    Experiment {
        finding: "C-17",
        name: "list-envelope",
        question: "What is a list wrapped in?",
        does: "Requests one letter.",
        writes: None,
        outcomes: &[
            outcome("in nothing", "the body is a JSON array", "{}"),
            outcome(
                "in `data`",
                "the body is an object with `data`",
                r#"{"envelope": "wrapped"}"#,
            ),
        ],
        run: |lab| {
            let response = lab.expect("reading letters", list(lab, LETTERS)?.query("take", 1))?;
            match response.json() {
                Some(Value::Array(_)) => Ok("in nothing"),
                Some(Value::Object(body)) if body.contains_key("data") => Ok("in `data`"),
                _ => Err(Untold::Unclear("the body is neither")),
            }
        },
    },
    Experiment {
        finding: "C-19",
        name: "hours-with-fraction",
        question: "Do hours have a fraction?",
        does: "Reads up to 100 activities and looks at `unite`.",
        writes: None,
        outcomes: &[
            outcome(
                "they do",
                "an activity has hours that are no whole number",
                "{}",
            ),
            outcome(
                "they do not",
                "all of them are whole numbers",
                r#"{"whole_hours": true}"#,
            ),
        ],
        run: |lab| {
            let rows = rows(&lab.expect("reading activities", list(lab, ACTIVITIES)?)?)?;
            let hours: Vec<f64> = rows
                .iter()
                .filter_map(|row| row["unite"].as_f64())
                .collect();
            match hours.iter().any(|hours| hours.fract() != 0.0) {
                true => Ok("they do"),
                false if hours.len() > 1 => Ok("they do not"),
                false => Err(Untold::Unclear("there are not two activities with hours")),
            }
        },
    },
    Experiment {
        finding: "C-20",
        name: "filter-escapes",
        question: "Does a filter find an accent and an apostrophe that are written `\\uXXXX`?",
        does: "Reads up to 100 activities, and filters by the text of one that has either.",
        writes: None,
        outcomes: &[
            outcome("it does", "the row is among those found", "{}"),
            outcome(
                "it does not",
                "a 4xx, or the row is missing",
                r#"{"filter_escapes": false}"#,
            ),
        ],
        run: filter_escapes,
    },
    Experiment {
        finding: "C-21",
        name: "skip-beyond-end",
        question: "What does a `skip` beyond the end return?",
        does: "Requests letters with `skip=2147483647`.",
        writes: None,
        outcomes: &[
            outcome("no rows", "a success with an empty list", "{}"),
            outcome("rows", "a success with rows", r#"{"ignores_skip": true}"#),
            elsewhere("a refusal", "a 4xx"),
        ],
        run: |lab| {
            let response = lab.send(list(lab, LETTERS)?.query("skip", i32::MAX))?;
            match response.status {
                200..300 if rows(&response)?.is_empty() => Ok("no rows"),
                200..300 => Ok("rows"),
                400..500 => Ok("a refusal"),
                other => Err(Untold::Refused("skipping", other)),
            }
        },
    },
    Experiment {
        finding: "C-22",
        name: "take-above-100",
        question: "How many rows does a `take` above 100 return?",
        does: "Requests activities with `take=150`.",
        writes: None,
        outcomes: &[
            outcome("100 at most", "a success with exactly 100 rows", "{}"),
            outcome(
                "more than 100",
                "a success with more rows",
                r#"{"max_rows": 1000}"#,
            ),
            outcome(
                "fewer than 100",
                "fewer, although `skip` leads to more",
                r#"{"max_rows": 50}"#,
            ),
            elsewhere("none: it is refused", "a 4xx"),
        ],
        run: |lab| {
            let response = lab.send(list(lab, ACTIVITIES)?.query("take", 150))?;
            if (400..500).contains(&response.status) {
                return Ok("none: it is refused");
            }
            match rows(&response)?.len() {
                100 => Ok("100 at most"),
                101.. => Ok("more than 100"),
                count => {
                    let next = list(lab, ACTIVITIES)?.query("skip", count).query("take", 1);
                    let next = lab.expect("reading on", next)?;
                    match rows(&next)?.is_empty() {
                        true => Err(Untold::Unclear("the folder has fewer than 100 activities")),
                        false => Ok("fewer than 100"),
                    }
                }
            }
        },
    },
    Experiment {
        finding: "C-23",
        name: "select-two-fields",
        question: "How are two fields of a `select` joined?",
        does: "Requests one letter with two fields, joined by `&&` and by a comma.",
        writes: None,
        outcomes: &[
            outcome(
                "by `&&`",
                "both fields come, and no other",
                r#"{"select": "ampersands"}"#,
            ),
            outcome(
                "by a comma",
                "both fields come, and no other",
                r#"{"select": "comma"}"#,
            ),
            outcome("by either", "both fields come in both ways", "{}"),
            elsewhere("by neither", "in neither way do just the two come"),
        ],
        run: |lab| {
            let mut works = |select: &str| {
                let ask = list(lab, LETTERS)?.query("take", 1).query("select", select);
                let response = lab.send(ask)?;
                if !response.is_success() {
                    return Ok(false);
                }
                let row = rows(&response)?.into_iter().next();
                let row = row.ok_or(Untold::Unclear("there is no letter"))?;
                let names = row
                    .as_object()
                    .map(|row| row.keys().map(String::as_str).collect());
                Ok(names == Some(BTreeSet::from(["objectId", "revisionId"])))
            };
            let ampersands = works("objectId&&revisionId")?;
            Ok(match (ampersands, works("objectId,revisionId")?) {
                (true, true) => "by either",
                (true, false) => "by `&&`",
                (false, true) => "by a comma",
                (false, false) => "by neither",
            })
        },
    },
    Experiment {
        finding: "C-24",
        name: "revisions",
        question: "Do revisions grow through all rows, or does each row count its own?",
        does: "Reads up to 100 letters and compares their `revisionId`.",
        writes: None,
        outcomes: &[
            outcome(
                "one counter for all rows",
                "no revision occurs twice, and all have one width",
                "{}",
            ),
            outcome(
                "each row has its own",
                "a revision occurs twice",
                r#"{"revisions": "per_row"}"#,
            ),
        ],
        run: |lab| {
            let rows = rows(&lab.expect("reading letters", list(lab, LETTERS)?)?)?;
            let revisions: Vec<_> = rows
                .iter()
                .filter_map(|row| row["revisionId"].as_str())
                .collect();
            let distinct: BTreeSet<_> = revisions.iter().collect();
            let widths: BTreeSet<_> = revisions.iter().map(|it| it.len()).collect();
            match revisions.len() {
                0 | 1 => Err(Untold::Unclear("there are not two letters with a revision")),
                count if distinct.len() < count => Ok("each row has its own"),
                _ if widths.len() == 1 => Ok("one counter for all rows"),
                _ => Err(Untold::Unclear("the revisions have no order as text")),
            }
        },
    },
    Experiment {
        finding: "C-25",
        name: "sort-descending",
        question: "Does `:desc` sort a list downwards?",
        does: "Reads ten letters by `objectId`, and ten by `objectId:desc`.",
        writes: None,
        outcomes: &[
            outcome(
                "it does",
                "each `objectId` is less than the one before",
                "{}",
            ),
            outcome(
                "it does not",
                "one is greater, or both lists are one",
                r#"{"ignores_sort": true}"#,
            ),
            elsewhere("it is refused", "a 4xx"),
        ],
        run: |lab| {
            let mut sorted = |order: &str| {
                let ask = list(lab, LETTERS)?.query("sort", order).query("take", 10);
                lab.send(ask)
            };
            let upwards = ids(&rows(&sorted("objectId")?)?);
            let downwards = sorted("objectId:desc")?;
            if (400..500).contains(&downwards.status) {
                return Ok("it is refused");
            }
            let downwards = ids(&rows(&downwards)?);
            match downwards.len() {
                0..3 => Err(Untold::Unclear("there are not three letters")),
                _ if downwards == upwards => Ok("it does not"),
                _ if downwards.is_sorted_by(|one, next| one > next) => Ok("it does"),
                _ => Ok("it does not"),
            }
        },
    },
];

fn filter_escapes(lab: &mut Lab) -> Told {
    let all = rows(&lab.expect("reading activities", list(lab, ACTIVITIES)?)?)?;
    let texts = all
        .iter()
        .filter_map(|row| member(row, &["activite", "Libelle", "libelle"])?.as_str());
    let special = |text: &&str| text.contains('\'') || !text.is_ascii();
    let text = texts
        .clone()
        // Both in one text are better than either.
        .find(|text| text.contains('\'') && !text.is_ascii())
        .or(texts.clone().find(special))
        .ok_or(Untold::Unclear("no activity that was read has either"))?;
    let escaped: String = text
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(letter) if letter.is_ascii_alphanumeric() || letter == b' ' => {
                char::from(letter).to_string()
            }
            _ => format!("\\u{unit:04X}"),
        })
        .collect();
    let ask = unfiltered(lab, ACTIVITIES)?;
    let response = lab.send(ask.query("filter", format!("activite==\"{escaped}\"")))?;
    let found = response.is_success() && {
        let rows = rows(&response)?;
        let mut texts = rows
            .iter()
            .filter_map(|row| member(row, &["activite", "Libelle", "libelle"])?.as_str());
        texts.any(|found| found == text)
    };
    Ok(if found { "it does" } else { "it does not" })
}

/// A call that reads a list, with no filter yet.
fn unfiltered(lab: &Lab, path: &str) -> Result<Ask, Untold> {
    Ok(get(path).query("codeDossier", lab.with("codeDossier")?))
}

/// A call that reads a list, whether a filter is mandatory or not.
fn list(lab: &Lab, path: &str) -> Result<Ask, Untold> {
    Ok(unfiltered(lab, path)?.query("filter", EVERY_ROW))
}

/// The first row of a list.
fn one(lab: &mut Lab, path: &str) -> Result<Value, Untold> {
    let response = lab.expect("reading a list", list(lab, path)?.query("take", 1))?;
    let row = rows(&response)?.into_iter().next();
    row.ok_or(Untold::Unclear("the list is empty"))
}

/// The rows of a response, whatever it is wrapped in.
fn rows(response: &Exchange) -> Result<Vec<Value>, Untold> {
    let rows = match response.json() {
        Some(Value::Array(rows)) => Some(rows),
        Some(Value::Object(mut body)) => match body.remove("data") {
            Some(Value::Array(rows)) => Some(rows),
            Some(Value::Null) => Some(Vec::new()),
            _ => None,
        },
        Some(Value::Null) => Some(Vec::new()),
        None if response.body.is_empty() => Some(Vec::new()),
        _ => None,
    };
    rows.ok_or(Untold::Unclear("the body is no list"))
}

fn ids(rows: &[Value]) -> Vec<String> {
    let ids = rows.iter().filter_map(|row| row["objectId"].as_str());
    ids.map(str::to_owned).collect()
}

/// The member that a row has under one of these names.
fn member<'a>(row: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| row.get(name))
}

/// Which of these names a row has a member of.
fn first_member(row: &Value, names: &[&str]) -> Result<usize, Untold> {
    let found = names.iter().position(|name| row.get(name).is_some());
    found.ok_or(Untold::Unclear("the row has no such member"))
}

fn told(index: usize, outcomes: &[&'static str]) -> Told {
    let outcome = outcomes.get(index).copied();
    outcome.ok_or(Untold::Unclear("the row has no such member"))
}

/// Whether a call is accepted or refused.
fn accepted(lab: &mut Lab, ask: Ask, outcomes: [&'static str; 2]) -> Told {
    let [is, is_not] = outcomes;
    match lab.send(ask)?.status {
        200..300 => Ok(is),
        400..500 => Ok(is_not),
        other => Err(Untold::Refused("reading", other)),
    }
}
