use std::sync::{Arc, Mutex};
use std::time::Duration;

use vendor_client_core::{
    AttemptEnded, Error, ErrorKind, HeaderName, LogIn, LookResult, LookUp, Observation, Observed,
    Outcome, RetryPolicy, Token, TransportConfig,
};

use crate::server::{Reply, Server};
use crate::support::{CREATE, READ, at_once, create, freeze_time, read, with_config};

/// The operation, the correlation id, and what happened.
type Note = (&'static str, Option<String>, Observed);

/// Keeps what it is told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    fn config(&self) -> TransportConfig {
        let notes = Arc::clone(&self.0);
        let observer = move |observation: &Observation<'_>| {
            let id = observation.correlation_id.map(str::to_owned);
            let note = (observation.operation.name, id, observation.observed);
            notes.lock().unwrap().push(note);
        };
        at_once().observer(Arc::new(observer))
    }

    fn take(&self) -> Vec<Observed> {
        let notes = std::mem::take(&mut *self.0.lock().unwrap());
        notes.into_iter().map(|(_, _, observed)| observed).collect()
    }
}

fn ok() -> Reply {
    Reply::json(200, "\"thing\"")
}

fn attempt(observed: &Observed) -> &AttemptEnded {
    match observed {
        Observed::Attempt(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_attempt_and_the_end_of_the_call_are_told_with_what_came_of_them() {
    let notes = Notes::default();
    let server = Server::start([Reply::json(503, ""), ok()]);
    let transport = with_config(&server.url(), &notes.config());
    let request = transport
        .request_to(&READ, &"canary", ())
        .correlation_id("job-7");
    transport.send(request).await.unwrap();

    let told = notes.0.lock().unwrap().clone();
    for (operation, id, _) in &told {
        assert_eq!((*operation, id.as_deref()), ("read_thing", Some("job-7")));
    }
    assert!(!format!("{told:?}").contains("canary"), "no value");

    let told = notes.take();
    let [first, second, Observed::Call(call)] = &told[..] else {
        panic!("{told:?}");
    };
    let (first, second) = (attempt(first), attempt(second));
    assert_eq!((first.number, second.number), (1, 2));
    assert_eq!(first.status.unwrap().as_u16(), 503);
    assert_eq!(first.error, Some(ErrorKind::Status));
    assert_eq!(first.outcome, Some(Outcome::Unknown));
    assert_eq!(second.status.unwrap().as_u16(), 200);
    assert_eq!((second.error, second.outcome), (None, None));
    assert_eq!((call.attempts, call.error), (2, None));
    assert!(call.duration >= first.duration + second.duration);
}

#[tokio::test]
async fn a_call_that_fails_is_told_with_its_outcome() {
    let notes = Notes::default();
    let server = Server::start([Reply::Close]);
    let transport = with_config(&server.url(), &notes.config());
    create(&transport).await.unwrap_err();
    let told = notes.take();
    let [_, Observed::Call(call)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(call.error, Some(ErrorKind::Interrupted));
    assert_eq!(call.outcome, Some(Outcome::Unknown));
    assert_eq!((call.attempts, call.status), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_held_back_is_told() {
    let _time = freeze_time();
    let notes = Notes::default();
    let server = Server::start([Reply::with(503, &[("retry-after", "7")], "")]);
    let config = notes.config().retry(RetryPolicy::never());
    let transport = with_config(&server.url(), &config);
    read(&transport).await.unwrap_err();
    notes.take();
    let waiting = tokio::spawn(async move { read(&transport).await });
    tokio::task::yield_now().await;
    let wait = Duration::from_secs(7);
    assert_eq!(notes.take(), [Observed::HeldBack { wait }]);
    waiting.abort();
}

struct Account;

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        Token::new("token", Duration::from_secs(3600))
    }
}

#[tokio::test]
async fn a_log_in_is_told_by_the_call_that_waits_for_it() {
    let notes = Notes::default();
    let server = Server::start([ok()]);
    let transport = with_config(&server.url(), &notes.config());
    let tokens = transport.token_cache(Account, "login", None);
    for has_to_log_in in [true, false] {
        let request = transport.request_to(&READ, &"1", ());
        let header = HeaderName::from_static("x-token");
        let sent = transport.send_with_token(request, &header, &tokens);
        sent.await.unwrap();
        let told = notes.take();
        let is_log_in = |it: &Observed| matches!(it, Observed::LogIn { error: None, .. });
        assert_eq!(told.iter().any(is_log_in), has_to_log_in, "{told:?}");
    }
}

#[tokio::test]
async fn each_look_after_an_unknown_outcome_is_told_as_one_for_the_creation() {
    let notes = Notes::default();
    let server = Server::start([Reply::Close, ok()]);
    let config = notes.config();
    let config = config.look_up(LookUp::default().waits([Duration::ZERO; 2]));
    let transport = with_config(&server.url(), &config);
    let looks = Mutex::new(0);
    let create = || create(&transport);
    let find = async || {
        let mut looks = looks.lock().unwrap();
        *looks += 1;
        Ok((*looks == 2).then_some("thing"))
    };
    transport.create_or_find(create, find).await.unwrap();
    let told = notes.0.lock().unwrap().clone();
    let looks = told.iter().filter_map(|(operation, _, observed)| {
        assert_eq!(*operation, CREATE.operation().name);
        match observed {
            Observed::Look(result) => Some(*result),
            _ => None,
        }
    });
    assert!(looks.eq([LookResult::Absent, LookResult::Found]));
}
