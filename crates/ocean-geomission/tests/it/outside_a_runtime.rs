//! Outside a tokio runtime, every call fails in the same way, and nothing panics.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ocean_geomission::test_util::{Script, logged_in};
use ocean_geomission::{
    Client, Endpoint, Error, ErrorKind, MissionId, MissionUpdate, NewMission, Outcome, Pace,
    TransportConfig,
};

static RIGHTS: Endpoint<(), (), ()> = Endpoint::get("list_rights", "/restapi/rights");

fn client() -> Client {
    client_with(TransportConfig::default())
}

fn client_with(config: TransportConfig) -> Client {
    let builder = Client::builder().credentials("a", "b").transport(config);
    builder.build().unwrap()
}

/// What a future is at its first poll, outside a runtime: it must not wait.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something that nobody drives"),
    }
}

#[track_caller]
fn assert_clear(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_retryable());
    let told = error.to_string();
    let advice = "there is no tokio runtime here; call it within one";
    assert!(told.contains(advice), "{told}");
}

/// What a call fails with outside a runtime.
#[track_caller]
fn fails<T>(call: impl Future<Output = Result<T, Error>>) {
    assert_clear(&at_once(call).err().unwrap());
}

#[test]
fn every_call_says_that_it_needs_a_runtime_and_sends_nothing() {
    let client = client();
    let mission = NewMission::new("M-1").vehicle("VAN-07");
    fails(client.log_in());
    fails(client.create_mission(&mission));
    fails(client.create_or_find(&mission));
    fails(client.find_or_create(&mission));
    fails(client.find_mission("M-1"));
    fails(client.modify_mission(&MissionUpdate::new("M-1").comment("Dock 4")));
    fails(client.mission_status("M-1"));
    fails(client.delete_mission("M-1"));
    fails(client.call(&RIGHTS, (), ()));
    fails(client.call_raw(&RIGHTS, (), ()));
    fails(client.wait_for_mission(&MissionId::new("M-1"), |_| true, Duration::MAX));
}

#[test]
fn the_line_names_the_operation() {
    let error = at_once(client().mission_status("M-1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "mission_status: the client cannot make this call: there is no tokio runtime here; call it \
         within one, such as that of `#[tokio::main]`; nothing was sent"
    );
}

#[test]
fn a_pace_and_a_token_at_hand_make_no_difference() {
    let script = Script::new([logged_in()]);
    let config = TransportConfig::default().script(&script);
    let client = client_with(config.pace(Pace::per_second(5.0).in_flight(1)));
    fails(client.mission_status("M-1"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(client.log_in()).unwrap();
    fails(client.mission_status("M-1"));
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn followers_tell_it_and_end() {
    let mut one = client().follow_mission(&MissionId::new("M-1"));
    assert_clear(&at_once(one.next()).unwrap().unwrap_err());
    assert!(at_once(one.next()).is_none());
    let mut many = client().follow_missions(["M-1", "M-2"].map(MissionId::new));
    let (_, news) = at_once(many.next()).unwrap();
    assert_clear(&news.unwrap_err());
    assert!(at_once(many.next()).is_none());
}

#[test]
fn of_many_at_once_each_comes_back_with_it() {
    let missions = (0..20).map(|number| NewMission::new(format!("M-{number}")).vehicle("VAN-07"));
    let mut created = client().create_many(missions);
    for _ in 0..20 {
        let (_, result) = at_once(created.next()).unwrap();
        assert_clear(&result.unwrap_err());
    }
    assert!(at_once(created.next()).is_none());
    let mut statuses = client().statuses(["M-1"].map(MissionId::new));
    let (_, result) = at_once(statuses.next()).unwrap();
    assert_clear(&result.unwrap_err());
}
