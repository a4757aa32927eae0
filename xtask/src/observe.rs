//! `cargo xtask observe`: compares what a real service sends with what the pages say.
//!
//! It looks at exchanges that were saved, at the calls of a program that it stands in front of, or
//! at reading calls of its own. A report holds names, types, lengths and documented values, and
//! never another value: it can be shown to anybody.
//!
//! Reading order: `exchange.rs` (a call and its response), `saved.rs` and `recorder.rs` (where
//! exchanges come from), `compare.rs` (what is to be said about one), `report.rs` (what is said
//! about all), `example.rs` (what becomes an example of a page).

pub(crate) mod compare;
pub(crate) mod example;
pub(crate) mod exchange;
mod recorder;
mod report;
mod saved;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::crates::{self, Parameters};
use crate::error::{Error, Result};
use crate::observe::exchange::Exchange;
use crate::observe::recorder::Recorder;
use crate::page::Vendor;
use crate::pages;
use crate::problem::Problem;

/// How long the command waits between two calls of its own.
const PACE: Duration = Duration::from_millis(500);

const USAGE: &str = "\
Usage: cargo xtask observe <vendor> [--saved PATH]... [--listen] [--with NAME=VALUE]... [--examples]

Without options it makes the vendor's reading calls itself, with the account that the client's
`from_env` reads. A call whose parameters are not given by --with is left out.

  --saved PATH       look at a HAR file, or at a folder of NAME.request and NAME.response files
  --listen           stand in front of the service for a program of yours, until Ctrl-C
  --with NAME=VALUE  a parameter of the calls, by its name on the wire, such as idMission=M-1
  --examples         print an example of each operation as well, to be pasted into its page";

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
struct Options {
    saved: Vec<PathBuf>,
    listen: bool,
    with: Parameters,
    examples: bool,
}

impl Options {
    fn read(arguments: &[&str]) -> Option<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--listen" => options.listen = true,
                "--examples" => options.examples = true,
                "--saved" => options.saved.push(PathBuf::from(arguments.next()?)),
                "--with" => {
                    let (name, value) = arguments.next()?.split_once('=')?;
                    options.with.insert(name.to_owned(), value.to_owned());
                }
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Observes the vendor `name` and prints the report.
pub(crate) fn run(root: &Path, name: &str, arguments: &[&str]) -> Result<Vec<Problem>> {
    let options = Options::read(arguments).ok_or(Error::Usage(USAGE))?;
    let (vendor, exchanges) = observe(root, name, &options)?;
    crate::say(&compare::all(&vendor, &exchanges).to_string());
    if options.examples {
        let today = time::OffsetDateTime::now_utc().date();
        crate::say(&example::all(&vendor, &exchanges, today));
    }
    Ok(Vec::new())
}

/// The pages of a vendor, and what was exchanged with it.
fn observe(root: &Path, name: &str, options: &Options) -> Result<(Vendor, Vec<Exchange>)> {
    let (vendor, problems) = pages::read(name, &pages::texts(root, name)?);
    if let Some(problem) = problems.first() {
        return Err(Error::Page(problem.to_string()));
    }
    let mut exchanges = Vec::new();
    for path in &options.saved {
        exchanges.extend(saved::read(path)?);
    }
    if options.saved.is_empty() {
        exchanges = record(&vendor, options)?;
    }
    Ok((vendor, exchanges))
}

/// Records calls to the service that the environment names, or to the vendor's own.
fn record(pages: &Vendor, options: &Options) -> Result<Vec<Exchange>> {
    let no_such = || Error::NoSuchVendor(pages.name.clone());
    let vendor = crates::named(&pages.name).ok_or_else(no_such)?;
    let service = match std::env::var(vendor.base_url_variable()) {
        Ok(url) => url,
        Err(_) => pages
            .service
            .base_urls
            .first()
            .cloned()
            .ok_or_else(no_such)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::file("the runtime"))?;
    runtime.block_on(async {
        let recorder = Recorder::start(&service).await?;
        if options.listen {
            crate::say(&format!(
                "set {} to {} and run your program; Ctrl-C ends with the report",
                vendor.base_url_variable(),
                recorder.url()
            ));
            tokio::signal::ctrl_c()
                .await
                .map_err(Error::file("Ctrl-C"))?;
        } else {
            let calls = (vendor.read)(recorder.url(), &options.with)?;
            for (call, future) in calls {
                crate::say(&format!("calling {call}"));
                // What went wrong is in the exchange.
                let _ = future.await;
                tokio::time::sleep(PACE).await;
            }
        }
        Ok(recorder.exchanges())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::observe::exchange::Exchange;
    use vendor_sandbox::ocean_geomission::OceanGeomission;

    fn ocean() -> (Vendor, Vec<Problem>) {
        let name = "ocean-geomission";
        pages::read(name, &pages::texts(crate::root(), name).unwrap())
    }

    /// What the report says of these exchanges with the Océan pages.
    fn report_of(exchanges: &[Exchange]) -> String {
        let (vendor, problems) = ocean();
        assert!(problems.is_empty());
        compare::all(&vendor, exchanges).to_string()
    }

    /// What it says of one.
    fn report(method: &str, path: &str, status: u16, body: &str) -> String {
        let exchange = Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            headers: vec![("X-Trace".to_owned(), "canary-header".to_owned())],
            body: body.as_bytes().to_vec(),
            duration: Some(Duration::from_millis(12)),
        };
        let report = report_of(&[exchange]);
        assert!(!report.contains("canary"), "{report}");
        report
    }

    const STATUS: &str = "/ocean/restapi/geomission/statutMission";

    #[test]
    fn a_field_that_no_page_has_is_told_with_its_shape_and_not_its_value() {
        let body = json!({"status": "ok", "driver": "canary-name", "canary name": 1}).to_string();
        let report = report("GET", STATUS, 200, &body);
        assert!(
            report.contains(
                "mission_status: `driver` is not part of the contract, \
                 and came as string of 11 characters (once)"
            ),
            "{report}"
        );
        assert!(report.contains("mission_status: `*` is not part of the contract"));
        assert!(report.contains("docs/ocean-geomission/missions.md:"));
    }

    #[test]
    fn a_field_whose_name_is_an_address_or_a_person_is_told_without_it() {
        let body = json!({"status": "ok", "canary.person@x.fr": 1, "jean.canary": ""}).to_string();
        let report = report("GET", STATUS, 200, &body);
        for name in ["person", "jean", "fr`"] {
            assert!(!report.contains(name), "{report}");
        }
        for shape in ["integer", "string of 0 characters"] {
            let told = format!("`*` is not part of the contract, and came as {shape} (once)");
            assert!(report.contains(&told), "{report}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_told() {
        let report = report("GET", STATUS, 200, &json!({"status": 17}).to_string());
        assert!(
            report.contains("`status` must be a string, and came as integer"),
            "{report}"
        );
    }

    #[test]
    fn a_documented_field_that_never_came_is_told() {
        let report = report("GET", STATUS, 200, &json!({"status": "ok"}).to_string());
        let (_, missing) = report.split_once("never seen:").unwrap();
        assert!(missing.contains("mission_status: `complement`"), "{report}");
        assert!(!missing.contains("`status`"), "{report}");
    }

    #[test]
    fn an_undocumented_status_and_an_error_body_are_told() {
        let body = json!({"oceanStatus": "canary-code", "message": "canary words"}).to_string();
        let report = report("GET", STATUS, 418, &body);
        assert!(
            report.contains("mission_status: the status 418 is not documented"),
            "{report}"
        );
        assert!(
            report.contains(
                "an error of 418 is {message: string of 12 characters, \
                 oceanStatus: string of 11 characters}"
            ),
            "{report}"
        );
    }

    #[test]
    fn a_call_that_no_page_has_is_told_without_its_data() {
        let report = report("GET", "/ocean/restapi/individus/canary-name", 200, "{}");
        assert!(
            report.contains("GET /*/restapi/*/*: 200 (once)"),
            "{report}"
        );
    }

    #[test]
    fn a_saved_method_and_header_are_told_only_if_they_look_like_ones() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
        write("1.request", "canary-Dupont /x HTTP/1.1\n\n").unwrap();
        write("1.response", "HTTP/1.1 200 OK\n\n{}").unwrap();
        write("2.request", &format!("GET {STATUS} HTTP/1.1\n\n")).unwrap();
        let headers = "Mme canary: 1\ncanary@x.fr: 2\nX-Request-Id: 3";
        let response = format!("HTTP/1.1 200 OK\n{headers}\n\n{{}}");
        write("2.response", &response).unwrap();
        let report = report_of(&saved::read(folder.path()).unwrap());
        assert!(!report.contains("canary"), "{report}");
        assert!(report.contains("  * /*: 200 (once)\n"), "{report}");
        assert!(
            report.contains("mission_status: *, x-request-id\n"),
            "{report}"
        );
    }

    #[test]
    fn options_are_read_from_the_command_line() {
        let options = Options::read(&["--saved", "x.har", "--with", "idMission=M-1"]).unwrap();
        assert_eq!(options.saved, [PathBuf::from("x.har")]);
        assert_eq!(options.with["idMission"], "M-1");
        assert_eq!(Options::read(&["--with", "idMission"]), None);
        assert!(Options::read(&["--examples"]).unwrap().examples);
        assert_eq!(Options::read(&["--saved"]), None);
        assert_eq!(Options::read(&["--write"]), None);
    }

    /// A client of the sandbox's service, and the recorder that its calls go through.
    async fn recorded(service: &OceanGeomission) -> (Recorder, ocean_geomission::Client) {
        let recorder = Recorder::start(&service.base_url()).await.unwrap();
        let client = ocean_geomission::Client::builder()
            .base_url(recorder.url())
            .credentials(service.login(), service.password())
            .build()
            .unwrap();
        (recorder, client)
    }

    #[tokio::test]
    async fn a_service_that_packs_its_responses_unasked_is_read_by_the_report_and_by_the_client() {
        let sandbox = vendor_sandbox::Sandbox::start().await.unwrap();
        let service = sandbox.ocean_geomission();
        let (recorder, client) = recorded(service).await;
        let body = exchange::tests::packed(br#"{"status": "ok"}"#);
        let response = vendor_sandbox::Response::new(200)
            .header("content-encoding", "gzip")
            .body(body);
        service.faults().on("mission_status").respond(response);
        let mission = ocean_geomission::NewMission::new("M-1");
        client.mission_status(&mission.id).await.unwrap();

        let report = report_of(&recorder.exchanges());
        let (differences, rest) = report.split_once("Documented, and").unwrap();
        assert!(differences.ends_with("Not as documented:\n\n"), "{report}");
        assert!(!rest.contains("mission_status: `status`"), "{report}");
    }

    /// Calls through the recorder, against the sandbox.
    #[tokio::test]
    async fn the_recorder_hands_calls_on_and_remembers_them() {
        let sandbox = vendor_sandbox::Sandbox::start().await.unwrap();
        let service = sandbox.ocean_geomission();
        let (recorder, client) = recorded(service).await;
        let mission = ocean_geomission::NewMission::new("M-1");
        client.create_mission(&mission).await.unwrap();
        client.mission_status(&mission.id).await.unwrap();
        assert_eq!(service.mission_ids(), ["M-1"]);

        let report = report_of(&recorder.exchanges());
        assert!(
            report.starts_with("3 calls of 3 documented operations"),
            "{report}"
        );
        let (differences, _) = report.split_once("Documented, and").unwrap();
        assert!(differences.ends_with("Not as documented:\n\n"), "{report}");
        for secret in [service.login(), service.password(), "M-1"] {
            assert!(!report.contains(secret));
        }
    }
}
