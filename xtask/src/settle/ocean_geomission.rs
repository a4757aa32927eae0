//! Experiments with Océan Géomission.
//!
//! A mission that is sent appears on the screen of `--with nomVeh=…` until it is deleted, seconds
//! later: name a vehicle that nobody is driving. A tenant that does not read the parameters of a POST
//! from its query needs `--with place=form` or `--with place=json`.

use serde_json::{Value, json};

use crate::observe::exchange::Exchange;
use crate::settle::experiment::{Experiment, Subject, Traces, elsewhere, outcome};
use crate::settle::lab::{Ask, Lab, Told, Untold, get, post};

pub(crate) const SUBJECT: Subject = Subject {
    vendor: "ocean-geomission",
    sign_in: |lab, account| {
        let given = |name| account.get(name).cloned().ok_or(Untold::Needs(name));
        let login = given("OCEAN_GEOMISSION_LOGIN")?;
        let password = given("OCEAN_GEOMISSION_PASSWORD")?;
        lab.keep("login", login);
        lab.keep("password", password);
        let token = log_in(lab)?;
        lab.always("x-auth-token", token);
        Ok(())
    },
    in_the_sandbox: &[("nomVeh", "VAN-07")],
    experiments: EXPERIMENTS,
};

const LOG_IN: &str = "/restapi/auth/authenticate2";
const CREATE: &str = "/restapi/geomission/ajoutMission";
const MODIFY: &str = "/restapi/geomission/modifierMission";
const STATUS: &str = "/restapi/geomission/statutMission";
const DELETE: &str = "/restapi/geomission/supprimerMission";

const ONE_MISSION: Option<Traces> = Some(Traces {
    leaves: "one mission that is prepared and not sent",
    undone: "the mission is deleted",
});

const ONE_MISSION_SENT: Option<Traces> = Some(Traces {
    leaves: "one mission, perhaps on the vehicle's screen",
    undone: "the mission is deleted",
});

const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        finding: "O-01",
        name: "status-date",
        question: "What is the date of a status called?",
        does: "Creates a mission and reads its status.",
        writes: ONE_MISSION,
        outcomes: &[
            outcome("`time`", "the status has a member of that name", "{}"),
            outcome(
                "`timestring`",
                "the status has a member of that name",
                r#"{"time_field": "timestring"}"#,
            ),
        ],
        run: |lab| {
            let status = status_of_new(lab)?;
            match (status.get("time"), status.get("timestring")) {
                (Some(_), _) => Ok("`time`"),
                (None, Some(_)) => Ok("`timestring`"),
                (None, None) => Err(Untold::Unclear("the status has no date")),
            }
        },
    },
    Experiment {
        finding: "O-02",
        name: "expiry-format",
        question: "Is there a space in `jourHeurePeremp`?",
        does: "Creates a mission with the space, and another one without it.",
        writes: Some(Traces {
            leaves: "one or two missions that are prepared and not sent",
            undone: "the missions are deleted",
        }),
        outcomes: &[
            outcome("there is", "only the mission with a space is created", "{}"),
            outcome(
                "there is none",
                "only the mission without a space is created",
                r#"{"expiry": "joined"}"#,
            ),
            elsewhere("there may be", "both missions are created"),
        ],
        run: |lab| {
            let mut works = |expiry: &str| {
                let name = lab.name();
                let ask = creation(lab, &name).query("jourHeurePeremp", expiry);
                Ok(lab.send(placed(lab, ask))?.is_success())
            };
            match (works("01/02/2031 18:00")?, works("01/02/203118:00")?) {
                (true, false) => Ok("there is"),
                (false, true) => Ok("there is none"),
                (true, true) => Ok("there may be"),
                (false, false) => Err(Untold::Unclear("neither mission is created")),
            }
        },
    },
    Experiment {
        finding: "O-03",
        name: "customer-mandatory",
        question: "Does this account have to name a customer?",
        does: "Reads the status of a mission that there is none of, without `customerId`.",
        writes: None,
        outcomes: &[
            outcome("it need not", "a 404, or a success", "{}"),
            outcome("it has to", "a 400 or 403", r#"{"customers": [21, 22]}"#),
        ],
        run: |lab| {
            let name = lab.name();
            match lab.send(get(STATUS).query("idMission", name))?.status {
                200..300 | 404 => Ok("it need not"),
                400 | 403 => Ok("it has to"),
                other => Err(Untold::Refused("reading a status", other)),
            }
        },
    },
    Experiment {
        finding: "O-05",
        name: "external-id",
        question: "What is `externalMissionId`?",
        does: "Creates a mission and reads its status.",
        writes: ONE_MISSION,
        outcomes: &[
            outcome(
                "the service's own identifier",
                "it is not what was sent as `idMission`",
                "{}",
            ),
            outcome(
                "the `idMission`",
                "it is what was sent as `idMission`",
                r#"{"external_id": "id_mission"}"#,
            ),
        ],
        run: |lab| {
            let name = lab.name();
            create(lab, &name)?;
            let status = status(lab, &name)?;
            match status.get("externalMissionId") {
                Some(Value::String(id)) if *id == name => Ok("the `idMission`"),
                Some(_) => Ok("the service's own identifier"),
                None => Err(Untold::Unclear("the status has none")),
            }
        },
    },
    Experiment {
        finding: "O-06",
        name: "unknown-mission",
        question: "How does the service say that there is no such mission?",
        does: "Reads the status of a mission that there is none of.",
        writes: None,
        outcomes: &[
            outcome("by a 404", "that status", "{}"),
            outcome(
                "behind a success",
                "a 2xx",
                r#"{"unknown_mission_status": 200}"#,
            ),
            outcome(
                "by a 400",
                "that status",
                r#"{"unknown_mission_status": 400}"#,
            ),
        ],
        run: |lab| {
            let name = lab.name();
            match lab.send(get(STATUS).query("idMission", name))?.status {
                404 => Ok("by a 404"),
                200..300 => Ok("behind a success"),
                400 => Ok("by a 400"),
                other => Err(Untold::Refused("reading a status", other)),
            }
        },
    },
    Experiment {
        finding: "O-08",
        name: "place-of-parameters",
        question: "Where does a POST have its parameters?",
        does: "Creates a mission by a query, one by a form and one by JSON.",
        writes: Some(Traces {
            leaves: "up to three missions that are prepared and not sent",
            undone: "the missions are deleted",
        }),
        outcomes: &[
            outcome(
                "in the query alone",
                "only that mission is there",
                r#"{"parameters_in": "query"}"#,
            ),
            outcome(
                "in a form alone",
                "only that mission is there",
                r#"{"parameters_in": "form"}"#,
            ),
            outcome(
                "in JSON alone",
                "only that mission is there",
                r#"{"parameters_in": "json"}"#,
            ),
            outcome("anywhere", "all three missions are there", "{}"),
            elsewhere(
                "in two of the three places",
                "two of the missions are there",
            ),
        ],
        run: place_of_parameters,
    },
    Experiment {
        finding: "O-10",
        name: "earlier-token",
        question: "Does a token outlive the next log-in?",
        does: "Logs in twice and calls with the first token.",
        writes: None,
        outcomes: &[
            outcome("it does", "the call is not a 401", "{}"),
            outcome("it does not", "the call is a 401", r#"{"one_token": true}"#),
        ],
        run: |lab| {
            let first = log_in(lab)?;
            let second = log_in(lab)?;
            lab.always("x-auth-token", second);
            let name = lab.name();
            let ask = get(STATUS).query("idMission", name);
            match lab.send(ask.header("x-auth-token", Some(&first)))?.status {
                401 => Ok("it does not"),
                _ => Ok("it does"),
            }
        },
    },
    Experiment {
        finding: "O-15",
        name: "status-code-type",
        question: "What is the JSON type of `statusCode`?",
        does: "Creates a mission and reads its status.",
        writes: ONE_MISSION,
        outcomes: &[
            outcome("a string", "the member is a JSON string", "{}"),
            outcome(
                "a number",
                "the member is a JSON number",
                r#"{"numeric_status_codes": true}"#,
            ),
        ],
        run: |lab| match status_of_new(lab)?.get("statusCode") {
            Some(Value::String(_)) => Ok("a string"),
            Some(Value::Number(_)) => Ok("a number"),
            _ => Err(Untold::Unclear("the status has none")),
        },
    },
    Experiment {
        finding: "O-16",
        name: "second-creation",
        question: "What does a second creation with one `idMission` do?",
        does: "Creates a mission twice, and deletes it once.",
        writes: Some(Traces {
            leaves: "up to two missions that are prepared and not sent",
            undone: "the mission is deleted until there is none",
        }),
        outcomes: &[
            outcome(
                "it may add a second mission",
                "one is left after the deletion",
                r#"{"duplicates": "second"}"#,
            ),
            outcome(
                "it replaces the first mission",
                "none is left after the deletion",
                r#"{"duplicates": "overwrite"}"#,
            ),
            outcome("it is refused", "the second creation is a 4xx", "{}"),
        ],
        run: |lab| {
            let name = lab.name();
            create(lab, &name)?;
            let again = post(CREATE).query("idMission", &name);
            match lab.send(placed(lab, again))?.status {
                200..300 => {}
                400..500 => return Ok("it is refused"),
                other => return Err(Untold::Refused("creating again", other)),
            }
            let deletion = post(DELETE).query("idMission", &name);
            lab.expect("deleting", placed(lab, deletion))?;
            let left = lab.send(get(STATUS).query("idMission", &name))?;
            Ok(match shows_a_mission(&left) {
                true => "it may add a second mission",
                false => "it replaces the first mission",
            })
        },
    },
    Experiment {
        finding: "O-17",
        name: "left-out-parameter",
        question: "What becomes of a parameter that a modification leaves out?",
        does: "Prepares a mission for a vehicle, and modifies it with `aEnvoyer` alone.",
        writes: ONE_MISSION_SENT,
        outcomes: &[
            outcome(
                "it is cleared",
                "the mission is not sent, as it has no recipient",
                r#"{"modification": "replaces"}"#,
            ),
            outcome(
                "it keeps its value",
                "the mission is sent to the vehicle",
                "{}",
            ),
        ],
        run: |lab| {
            let name = lab.name();
            let vehicle = lab.with("nomVeh")?;
            let ask = creation(lab, &name).query("nomVeh", vehicle);
            lab.expect("creating", placed(lab, ask.query("aEnvoyer", false)))?;
            let before = status(lab, &name)?;
            let ask = post(MODIFY).query("idMission", &name);
            lab.send(placed(lab, ask.query("aEnvoyer", true)))?;
            let after = status(lab, &name)?;
            Ok(match code(&before)? == code(&after)? {
                true => "it is cleared",
                false => "it keeps its value",
            })
        },
    },
    Experiment {
        finding: "O-18",
        name: "sending-by-default",
        question: "Is a mission sent that has no `aEnvoyer`?",
        does: "Creates a mission with `aEnvoyer=false` and one without it, and compares.",
        writes: Some(Traces {
            leaves: "two missions, one perhaps on the vehicle's screen",
            undone: "the missions are deleted",
        }),
        outcomes: &[
            outcome("it is only prepared", "both have the same status", "{}"),
            outcome(
                "it is sent",
                "their statuses differ",
                r#"{"sends_by_default": true}"#,
            ),
        ],
        run: |lab| {
            let vehicle = lab.with("nomVeh")?;
            let prepared = lab.name();
            let ask = creation(lab, &prepared).query("nomVeh", &vehicle);
            lab.expect("creating", placed(lab, ask.query("aEnvoyer", false)))?;
            let open = lab.name();
            let ask = creation(lab, &open).query("nomVeh", &vehicle);
            lab.expect("creating", placed(lab, ask))?;
            let prepared = status(lab, &prepared)?;
            let open = status(lab, &open)?;
            Ok(match code(&prepared)? == code(&open)? {
                true => "it is only prepared",
                false => "it is sent",
            })
        },
    },
    Experiment {
        finding: "O-19",
        name: "visible-at-once",
        question: "Can a new mission be looked up at once?",
        does: "Creates a mission and reads its status.",
        writes: ONE_MISSION,
        outcomes: &[
            outcome("it can", "the status shows the mission", "{}"),
            outcome(
                "not yet",
                "the status shows no mission",
                r#"{"visible_after": 3600}"#,
            ),
        ],
        run: |lab| {
            let name = lab.name();
            create(lab, &name)?;
            let status = lab.send(get(STATUS).query("idMission", &name))?;
            Ok(match shows_a_mission(&status) {
                true => "it can",
                false => "not yet",
            })
        },
    },
];

fn place_of_parameters(lab: &mut Lab) -> Told {
    let mut works = |place: fn(Ask) -> Ask| {
        let name = lab.name();
        let ask = creation(lab, &name);
        // A success is no proof: the service may pass over a body.
        let created = lab.send(place(ask))?.is_success();
        let status = lab.send(get(STATUS).query("idMission", &name))?;
        Ok(created && shows_a_mission(&status))
    };
    let places = [
        works(|ask| ask)?,
        works(Ask::in_form)?,
        works(Ask::in_json)?,
    ];
    match places {
        [true, false, false] => Ok("in the query alone"),
        [false, true, false] => Ok("in a form alone"),
        [false, false, true] => Ok("in JSON alone"),
        [true, true, true] => Ok("anywhere"),
        [false, false, false] => Err(Untold::Unclear("none of the missions is there")),
        _ => Ok("in two of the three places"),
    }
}

/// Logs in and returns the token.
fn log_in(lab: &mut Lab) -> Result<String, Untold> {
    let account = json!({ "login": lab.kept("login"), "password": lab.kept("password") });
    let ask = post(LOG_IN).json(&account);
    let ask = ask
        .header("content-type", Some("application/json"))
        .header("x-auth-token", None);
    let response = lab.expect("logging in", ask)?;
    let token = response.json().unwrap_or_default()["token"].take();
    let token = token.as_str().map(str::to_owned);
    token.ok_or(Untold::Unclear("the log-in has no token"))
}

/// A creation that will be undone.
fn creation(lab: &mut Lab, name: &str) -> Ask {
    let deletion = post(DELETE).query("idMission", name);
    lab.will_delete([
        deletion.clone(),
        deletion.clone().in_form(),
        deletion.in_json(),
    ]);
    post(CREATE).query("idMission", name)
}

/// A call with its parameters where the tenant reads them.
fn placed(lab: &Lab, ask: Ask) -> Ask {
    match lab.may_have("place") {
        Some("form") => ask.in_form(),
        Some("json") => ask.in_json(),
        _ => ask,
    }
}

fn create(lab: &mut Lab, name: &str) -> Result<Exchange, Untold> {
    let ask = creation(lab, name);
    lab.expect("creating", placed(lab, ask))
}

fn status(lab: &mut Lab, name: &str) -> Result<Value, Untold> {
    let ask = get(STATUS).query("idMission", name);
    let status = lab.expect("reading a status", ask)?;
    Ok(status.json().unwrap_or_default())
}

/// Creates a mission and reads its status.
fn status_of_new(lab: &mut Lab) -> Result<Value, Untold> {
    let name = lab.name();
    create(lab, &name)?;
    status(lab, &name)
}

/// What tells two statuses apart.
fn code(status: &Value) -> Result<&Value, Untold> {
    let code = status.get("statusCode").or(status.get("status"));
    code.ok_or(Untold::Unclear("the status has no code"))
}

/// Whether a response to a status call shows a mission, and not only says something.
fn shows_a_mission(status: &Exchange) -> bool {
    let body = status.json().unwrap_or_default();
    let members = ["statusCode", "status", "externalMissionId"];
    status.is_success() && members.iter().any(|name| !body[*name].is_null())
}
