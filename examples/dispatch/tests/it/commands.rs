//! What each command promises.

use std::path::Path;

use vendor_sandbox::Response;
use vendor_sandbox::ocean_geomission::MissionStatus;

use crate::machine::Machine;

const WORK: [&str; 4] = ["work", "--failures", "1", "--until-empty"];

fn write(folder: &Path, text: &str) -> String {
    let path = folder.join("missions.csv");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_with_a_bad_row_queues_nothing_and_names_every_problem() {
    let machine = Machine::with_sqlite().await;
    let text = "id,vehicle,at\nM-1,VAN-07,\n,,soon\nM-3,VAN-07,2026-03-29 02:30\n";
    let file = write(machine.folder(), text);
    let problems = machine.run(&["enqueue", &file]).await.unwrap_err();
    for line in [
        ":3: at: not a local time",
        ":3: ",
        ":4: at: the clocks change",
    ] {
        assert!(problems.contains(line), "{problems}");
    }
    let status = machine.run(&["status"]).await.unwrap();
    assert!(status.starts_with("queued   0\n"), "{status}");

    let queued = machine
        .run(&["enqueue", &file, "--skip-bad"])
        .await
        .unwrap();
    assert!(
        queued.starts_with("1 queued, 0 known already, "),
        "{queued}"
    );
}

#[tokio::test]
async fn a_known_id_with_another_content_is_told() {
    let machine = Machine::with_sqlite().await;
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-07\n");
    machine.run(&["enqueue", &file]).await.unwrap();
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-08\n");
    let problems = machine.run(&["enqueue", &file]).await.unwrap_err();
    assert!(problems.contains(":2: the id is that of a mission with another content"));
}

#[tokio::test]
async fn a_refused_mission_waits_for_a_person_and_is_sent_when_it_is_queued_once_more() {
    let machine = Machine::with_sqlite().await;
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-07\nM-2,VAN-07\n");
    machine.run(&["enqueue", &file]).await.unwrap();
    let faults = machine.service().faults();
    faults
        .on("create_mission")
        .about("M-1")
        .respond(Response::new(400));
    machine.run(&WORK).await.unwrap();
    let status = machine.run(&["status"]).await.unwrap();
    assert!(status.contains("sent     1\n"), "{status}");
    assert!(status.contains("failed   1\n"), "{status}");
    assert!(status.contains("M-1: "), "{status}");

    machine.run(&["requeue", "M-1"]).await.unwrap();
    machine.run(&WORK).await.unwrap();
    let history = machine.run(&["status", "M-1"]).await.unwrap();
    assert!(history.starts_with("M-1: sent\n"), "{history}");
    assert!(
        history.contains("failure") && history.contains("created"),
        "{history}"
    );
    assert_eq!(machine.service().mission_ids(), ["M-1", "M-2"]);
}

#[tokio::test]
async fn a_refused_account_fails_no_mission() {
    let machine = Machine::with_sqlite().await;
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-07\n");
    machine.run(&["enqueue", &file]).await.unwrap();
    let faults = machine.service().faults();
    faults.on("log_in").always().respond(Response::new(401));
    machine.run(&WORK).await.unwrap_err();
    let status = machine.run(&["status"]).await.unwrap();
    assert!(status.starts_with("queued   1\n"), "{status}");
}

#[tokio::test]
async fn following_notes_each_status_and_the_end() {
    let machine = Machine::with_sqlite().await;
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-07\n");
    machine.run(&["enqueue", &file]).await.unwrap();
    machine.run(&WORK).await.unwrap();
    let mission = machine.service().mission("M-1").unwrap();
    let finished = MissionStatus::finished();
    let code = finished.code.clone();
    mission.set_status(finished);
    machine
        .run(&["follow", "--until-ended", "--ended", &code])
        .await
        .unwrap();
    let history = machine.run(&["status", "M-1"]).await.unwrap();
    assert!(history.starts_with("M-1: ended\n"), "{history}");
    assert!(history.contains(&code), "{history}");
}

#[tokio::test]
async fn following_ends_with_an_error_if_the_account_is_refused() {
    let machine = Machine::with_sqlite().await;
    let file = write(machine.folder(), "id,vehicle\nM-1,VAN-07\n");
    machine.run(&["enqueue", &file]).await.unwrap();
    machine.run(&WORK).await.unwrap();
    let faults = machine.service().faults();
    faults.on("log_in").always().respond(Response::new(401));
    machine.run(&["follow", "--until-ended"]).await.unwrap_err();
    let history = machine.run(&["status", "M-1"]).await.unwrap();
    assert!(history.starts_with("M-1: sent\n"), "{history}");
}

#[tokio::test]
async fn the_environment_that_the_readme_reads_leads_to_the_sandbox() {
    let machine = Machine::with_sqlite().await;
    let service = machine.service();
    let url = service.base_url();
    let (_, path) = url.split_once("127.0.0.1:").unwrap();
    let (_, path) = path.split_once('/').unwrap();
    // The program's first port is 4700, its remote control's.
    let lines = [
        format!("export OCEAN_GEOMISSION_BASE_URL=http://127.0.0.1:4701/{path}"),
        format!("export OCEAN_GEOMISSION_LOGIN={}", service.login()),
        format!("export OCEAN_GEOMISSION_PASSWORD={}", service.password()),
    ];
    let file = include_str!("../../sandbox.env");
    for line in lines {
        assert!(file.lines().any(|other| other == line), "{line}");
    }
}

#[tokio::test]
async fn a_mission_that_has_not_failed_is_not_queued_once_more() {
    let machine = Machine::with_sqlite().await;
    let error = machine.run(&["requeue", "NOPE"]).await.unwrap_err();
    assert!(
        error.contains("not among the failed missions: NOPE"),
        "{error}"
    );
}
