//! The command as somebody runs it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // It fails the test.

use std::process::{Child, Command, Output, Stdio};

use vendor_sandbox::Sandbox;

/// Starts `cargo xtask settle ocean-geomission` against the sandbox.
fn settle(sandbox: &Sandbox, options: &[&str]) -> Child {
    let ocean = sandbox.ocean_geomission();
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["settle", "ocean-geomission", "--pace", "0"])
        .args(options)
        .env("OCEAN_GEOMISSION_BASE_URL", ocean.base_url())
        .env("OCEAN_GEOMISSION_LOGIN", ocean.login())
        .env("OCEAN_GEOMISSION_PASSWORD", ocean.password())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn ctrl_c_ends_the_experiments_and_undoes_what_was_made() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let gate = ocean.faults().on("mission_status").hold();
    let program = settle(&sandbox, &["--write", "--only", "visible-at-once"]);
    gate.reached().await;
    assert_eq!(ocean.mission_ids().len(), 1, "the mission is there");

    let id = program.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let ended = program.wait_with_output().unwrap();
    gate.release();

    let text = text(&ended);
    assert!(text.contains("– (stopped by Ctrl-C)"), "{text}");
    assert_eq!(ended.status.code(), Some(0), "{text}");
    assert_eq!(ocean.mission_ids(), [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_undone_is_named_and_fails_the_command() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    for _way in 0..3 {
        ocean.faults().on("delete_mission").reset();
    }
    let ended = settle(&sandbox, &["--write", "--only", "visible-at-once"]);
    let ended = ended.wait_with_output().unwrap();
    let text = text(&ended);
    assert_eq!(ended.status.code(), Some(1), "{text}");
    let left = ocean.mission_ids();
    assert_eq!(left.len(), 1);
    let named = format!(
        "POST /restapi/geomission/supprimerMission?idMission={}",
        left[0]
    );
    assert!(text.contains(&named), "{text}");
}

#[tokio::test]
async fn the_command_prints_what_was_assumed_and_observed() {
    let sandbox = Sandbox::start().await.unwrap();
    let ended = settle(&sandbox, &[]).wait_with_output().unwrap();
    let text = text(&ended);
    assert!(
        text.contains("| O-10 | earlier-token | it does | it does |"),
        "{text}"
    );
    assert!(text.contains(
        "| O-16 | second-creation | it may add a second mission | – (writes: needs --write) |"
    ));
    assert_eq!(sandbox.ocean_geomission().mission_ids(), [""; 0]);
}
