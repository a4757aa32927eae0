//! Each misbehaviour, as it is seen at the other end of the socket.

use std::io::ErrorKind;
use std::time::Duration;

use vendor_sandbox::{ConnectionEnd, Ending, Response, Sandbox};

use crate::support::{Client, eventually};

/// The endings of all requests by a route, in their order.
fn endings(sandbox: &Sandbox, route: &str) -> Vec<Ending> {
    let entries = sandbox.ocean_geomission().ledger().entries();
    entries
        .iter()
        .filter(|entry| entry.route == Some(route))
        .map(|entry| entry.ending)
        .collect()
}

fn created(sandbox: &Sandbox) -> usize {
    sandbox
        .ocean_geomission()
        .ledger()
        .effects("create_mission", "M-1")
}

const CREATE: &str = "/restapi/geomission/ajoutMission?idMission=M-1";

#[tokio::test]
async fn a_reset_before_processing_leaves_nothing_done() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").reset();

    client.send("POST", CREATE, None).await;

    assert_eq!(
        client.rest().await,
        (vec![], Err(ErrorKind::ConnectionReset))
    );
    assert_eq!(created(&sandbox), 0);
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Reset]);
    assert!(ocean.mission("M-1").is_none());
}

#[tokio::test]
async fn a_reset_after_processing_hides_what_was_done() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean
        .faults()
        .on("create_mission")
        .after_processing()
        .reset();

    client.send("POST", CREATE, None).await;

    assert_eq!(
        client.rest().await,
        (vec![], Err(ErrorKind::ConnectionReset))
    );
    assert_eq!(created(&sandbox), 1);
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Reset]);
    assert!(ocean.mission("M-1").is_some());
}

#[tokio::test]
async fn a_connection_may_be_closed_without_a_response() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on("create_mission").close();
    ocean
        .faults()
        .on("create_mission")
        .after_processing()
        .close();

    for effects in [0, 1] {
        let mut client = Client::logged_in(ocean).await;
        client.send("POST", CREATE, None).await;
        assert_eq!(client.rest().await, (vec![], Ok(())));
        assert_eq!(created(&sandbox), effects);
    }
    let expected = [Ending::Closed, Ending::Closed];
    assert_eq!(endings(&sandbox, "create_mission"), expected);
}

#[tokio::test]
async fn a_fault_strikes_as_often_as_it_was_planned_and_where_it_was_planned() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let faults = ocean.faults();
    faults
        .on("create_mission")
        .times(2)
        .respond(Response::new(503));

    assert_eq!(client.status("idMission=M-1").await.status, 404);
    assert_eq!(client.create("idMission=M-1").await.status, 503);
    assert_eq!(client.create("idMission=M-1").await.status, 503);
    assert_eq!(faults.pending(), 0);
    assert_eq!(client.create("idMission=M-1").await.status, 201);
}

#[tokio::test]
async fn a_response_comes_with_its_status_headers_and_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let faults = ocean.faults();
    let html = Response::new(502)
        .header("content-type", "text/html")
        .body("<h1>Bad gateway</h1>");
    faults.on("create_mission").after_processing().respond(html);
    faults
        .on_any()
        .respond(Response::too_many_requests(Some("7")));
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    faults
        .on_any()
        .respond(Response::service_unavailable(Some(date)));
    faults
        .on_any()
        .respond(Response::redirect(307, "http://elsewhere.example/"));

    let response = client.create("idMission=M-1").await;
    assert_eq!(response.status, 502);
    assert_eq!(response.header("content-type"), Some("text/html"));
    assert_eq!(response.body, b"<h1>Bad gateway</h1>");
    assert_eq!(created(&sandbox), 1);

    let response = client.status("idMission=M-1").await;
    assert_eq!(
        (response.status, response.header("retry-after")),
        (429, Some("7"))
    );
    let response = client.status("idMission=M-1").await;
    assert_eq!(
        (response.status, response.header("retry-after")),
        (503, Some(date))
    );
    let response = client.status("idMission=M-1").await;
    let location = Some("http://elsewhere.example/");
    assert_eq!(
        (response.status, response.header("location")),
        (307, location)
    );
}

#[tokio::test]
async fn a_token_may_be_called_stale_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").stale_token();
    assert_eq!(client.create("idMission=M-1").await.status, 401);
    assert_eq!(created(&sandbox), 0);
    assert_eq!(client.create("idMission=M-1").await.status, 201);
}

#[tokio::test]
async fn a_held_request_goes_on_when_its_gate_is_released() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let gate = ocean.faults().on("create_mission").about("M-1").hold();

    client.send("POST", CREATE, None).await;
    gate.reached().await;
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Pending]);
    assert_eq!(created(&sandbox), 0);

    let mut other = Client::logged_in(ocean).await;
    assert_eq!(other.create("idMission=M-2").await.status, 201);

    gate.release();
    assert_eq!(client.receive().await.unwrap().status, 201);
    assert_eq!(created(&sandbox), 1);
}

#[tokio::test]
async fn a_hold_after_processing_keeps_only_the_response_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let gate = ocean
        .faults()
        .on("create_mission")
        .after_processing()
        .hold();

    client.send("POST", CREATE, None).await;
    gate.reached().await;
    assert_eq!(created(&sandbox), 1);
    gate.release();
    assert_eq!(client.receive().await.unwrap().status, 201);
}

#[tokio::test]
async fn a_request_whose_client_has_left_may_still_take_effect() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let gate = ocean.faults().on("create_mission").hold();
    client.send("POST", CREATE, None).await;
    gate.reached().await;

    drop(client);
    eventually(|| ocean.ledger().open_connections() == 0).await;
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Abandoned]);
    assert_eq!(created(&sandbox), 0);

    gate.release();
    ocean.ledger().settled().await;
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Abandoned]);
    assert_eq!(created(&sandbox), 1);
}

#[tokio::test]
async fn a_delayed_request_waits_and_holds_up_no_other() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let delays = ocean.faults().on("create_mission").about("M-1");
    delays.delay(Duration::from_secs(3600));
    client.send("POST", CREATE, None).await;
    eventually(|| endings(&sandbox, "create_mission") == [Ending::Pending]).await;

    let mut other = Client::logged_in(ocean).await;
    assert_eq!(other.create("idMission=M-2").await.status, 201);
    assert_eq!(endings(&sandbox, "create_mission")[0], Ending::Pending);
    assert!(client.is_silent());
    assert_eq!(created(&sandbox), 0);
}

#[tokio::test]
async fn after_its_delay_a_request_is_handled_as_usual() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").delay(Duration::ZERO);
    assert_eq!(client.create("idMission=M-1").await.status, 201);
    assert_eq!(created(&sandbox), 1);
}

#[tokio::test]
async fn a_stalled_connection_stays_open_in_silence() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").stall();
    client.send("POST", CREATE, None).await;
    eventually(|| endings(&sandbox, "create_mission") == [Ending::Stalled]).await;

    // An exchange on another connection gives the sandbox the time to do what it should not.
    let mut other = Client::logged_in(ocean).await;
    assert_eq!(other.create("idMission=M-2").await.status, 201);
    assert!(client.is_silent());
    drop((client, other));
    eventually(|| ocean.ledger().open_connections() == 0).await;
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_its_length_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    for (end, expected) in [
        (ConnectionEnd::Close, Ok(())),
        (ConnectionEnd::Reset, Err(ErrorKind::ConnectionReset)),
    ] {
        let mut client = Client::logged_in(ocean).await;
        ocean.faults().on("log_in").truncate_body(end);
        let body = format!(
            r#"{{"login":"{}","password":"{}"}}"#,
            ocean.login(),
            ocean.password()
        );
        let path = "/restapi/auth/authenticate2";
        client
            .send("POST", path, Some(("application/json", &body)))
            .await;

        let head = client.receive_head().await.unwrap();
        let promised: usize = head.header("content-length").unwrap().parse().unwrap();
        let (received, ended) = client.rest().await;
        assert_eq!(head.status, 200);
        assert_eq!(received.len(), promised / 2);
        assert_eq!(ended, expected);
    }
    assert_eq!(
        endings(&sandbox, "log_in"),
        [
            Ending::Responded(200),
            Ending::Mangled(200),
            Ending::Responded(200),
            Ending::Mangled(200)
        ]
    );
}

#[tokio::test]
async fn an_endless_body_goes_on_for_as_long_as_it_is_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").endless_body();
    client.send("POST", CREATE, None).await;

    let head = client.receive_head().await.unwrap();
    assert_eq!(head.header("transfer-encoding"), Some("chunked"));
    let first = client.take(1024 * 1024).await.unwrap();
    assert!(first.starts_with(b"e\r\n{\"message\":\"mi\r\n1000\r\n    "));
    client.take(8 * 1024 * 1024).await.unwrap();
    drop(client);
    eventually(|| ocean.ledger().open_connections() == 0).await;
    assert_eq!(created(&sandbox), 1);
}

#[tokio::test]
async fn a_slow_body_comes_whole_in_the_end_and_the_connection_stays_usable() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let faults = ocean.faults();
    faults
        .on("create_mission")
        .slow_body(Duration::from_millis(1));
    let response = client.create("idMission=M-1").await;
    assert_eq!(response.message(), "mission created");
    assert_eq!(client.status("idMission=M-1").await.status, 200);
    assert_eq!(ocean.ledger().connections(), 1);
}

#[tokio::test]
async fn a_head_may_come_without_its_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").head_only();
    client.send("POST", CREATE, None).await;
    let head = client.receive_head().await.unwrap();
    assert_eq!(head.status, 201);
    assert_eq!(head.header("content-length"), Some("29"));

    // As above.
    let mut other = Client::logged_in(ocean).await;
    assert_eq!(other.create("idMission=M-2").await.status, 201);
    assert!(client.is_silent());
}

#[tokio::test]
async fn bytes_that_are_no_http_are_sent_as_they_are() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean
        .faults()
        .on_any()
        .raw("SSH-2.0-nonsense\r\n", ConnectionEnd::Close);
    client.send("POST", CREATE, None).await;
    assert_eq!(
        client.rest().await,
        (b"SSH-2.0-nonsense\r\n".to_vec(), Ok(()))
    );
    assert_eq!(endings(&sandbox, "create_mission"), [Ending::Raw]);

    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on_any().garbage();
    client.send("POST", CREATE, None).await;
    assert!(!client.rest().await.0.starts_with(b"HTTP/"));
}

#[tokio::test]
async fn a_compressed_body_is_sent_as_it_was_given() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let broken = [0x1f, 0x8b, 0x08, 0x00, 0xff];
    let reply = Response::new(200)
        .header("content-encoding", "gzip")
        .body(broken.to_vec());
    ocean.faults().on("mission_status").respond(reply);
    let response = client.status("idMission=M-1").await;
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.body, broken);
}

#[tokio::test]
async fn a_204_may_have_a_body_and_the_connection_goes_on() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean
        .faults()
        .on("delete_mission")
        .respond(Response::new(204).body("null"));

    let response = client.delete("idMission=M-1").await;
    assert_eq!(
        (response.status, response.body.as_slice()),
        (204, &b"null"[..])
    );
    assert_eq!(client.status("idMission=M-1").await.status, 404);
    assert_eq!(ocean.ledger().connections(), 1);
    assert_eq!(
        endings(&sandbox, "delete_mission"),
        [Ending::Responded(204)]
    );
}

#[tokio::test]
async fn a_fault_for_a_route_that_does_not_exist_is_noticed() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("creat_mission").reset();
    let response = client.create("idMission=M-1").await;
    assert_eq!(response.status, 500);
    assert!(
        String::from_utf8(response.body)
            .unwrap()
            .contains("`creat_mission`")
    );
}

#[tokio::test]
async fn any_status_may_follow_a_creation_that_was_carried_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let on_create = || ocean.faults().on("create_mission").after_processing();
    for (number, status) in (400..600).enumerate() {
        on_create().respond(Response::new(status));
        let mission = format!("M-{number}");
        let response = client.create(&format!("idMission={mission}")).await;
        assert_eq!(response.status, status);
        assert_eq!(ocean.ledger().effects("create_mission", &mission), 1);
    }

    on_create().respond(Response::service_unavailable(Some("1")));
    let response = client.create("idMission=busy").await;
    assert_eq!(response.status, 503);
    assert_eq!(response.header("retry-after"), Some("1"));
    assert!(ocean.mission("busy").is_some());

    on_create().respond(Response::html(404, "<h1>Not Found</h1>"));
    let response = client.create("idMission=page").await;
    assert_eq!(response.status, 404);
    assert!(
        response
            .header("content-type")
            .unwrap()
            .contains("text/html")
    );
    assert!(ocean.mission("page").is_some());
}

#[tokio::test]
async fn a_success_may_have_no_effect() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    ocean.faults().on("create_mission").without_effect();
    let response = client.create("idMission=M-1").await;
    assert_eq!(
        (response.status, response.message()),
        (201, "mission created".to_owned())
    );
    assert_eq!(created(&sandbox), 0);
    assert!(ocean.mission("M-1").is_none());
    assert_eq!(
        endings(&sandbox, "create_mission"),
        [Ending::Responded(201)]
    );
}

#[tokio::test]
async fn a_fault_may_strike_one_call_in_n() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let mut client = Client::logged_in(ocean).await;
    let failing = || {
        let plan = ocean.faults().on("mission_status").always();
        plan.one_in(3, 42).respond(Response::new(500));
    };
    let mut statuses = Vec::new();
    for _ in 0..2 {
        failing();
        for _ in 0..60 {
            statuses.push(client.status("idMission=M-1").await.status);
        }
        ocean.faults().clear();
    }
    let (first, second) = statuses.split_at(60);
    assert_eq!(first, second, "the seed decides which");
    let struck = first.iter().filter(|status| **status == 500).count();
    assert!((5..40).contains(&struck), "{struck}");
}
