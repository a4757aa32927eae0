//! What the tests share.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use geoplanning::{
    Client, ClientBuilder, Coordinates, Error, LookUp, NewActivity, NewAddress, NewTask,
    RetryPolicy, RoundId, RoundKey, StreetAddress, TransportConfig,
};
use serde_json::Value;
use vendor_sandbox::Sandbox;

/// No waits between attempts or before a look-up, so that no test waits.
pub(crate) fn at_once() -> TransportConfig {
    TransportConfig::default()
        .retry(RetryPolicy::default().first_wait(Duration::ZERO))
        .look_up(LookUp::default().waits([Duration::ZERO]))
}

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::start().await.unwrap()
}

pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let geoplanning = sandbox.geoplanning();
    Client::builder()
        .base_url(geoplanning.base_url())
        .credentials(geoplanning.login(), geoplanning.password())
        .transport(at_once())
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

/// The folder of the documented payloads.
pub(crate) fn fixtures() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures"]
        .iter()
        .collect()
}

/// A documented payload, such as `get_activity/response`.
pub(crate) fn fixture(name: &str) -> Value {
    let path = fixtures().join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// An address of the vendor's examples.
pub(crate) fn naninne() -> NewAddress {
    NewAddress::from(naninne_street()).at(Coordinates::new(50.4279474396788, 4.9259030858176))
}

pub(crate) fn naninne_street() -> StreetAddress {
    StreetAddress::new("BE", "5100", "Naninne", "Chaussée de Marche").number("774")
}

/// An hour's work with a reference.
pub(crate) fn new_activity(reference: &str) -> NewActivity {
    let mut task = NewTask::new("New line", Duration::from_secs(3600), naninne());
    task.foreign_id = Some(reference.to_owned());
    NewActivity::new(task)
}

/// The latest key of a round.
pub(crate) async fn key_of(client: &Client, round: i64) -> RoundKey {
    client
        .rounds()
        .get(RoundId::new(round))
        .await
        .unwrap()
        .key()
}

/// The HTTP status of a refusal, after which nothing has happened.
pub(crate) fn refusal<T>(result: Result<T, Error>) -> u16 {
    let error = result.err().unwrap();
    assert!(!error.may_have_been_applied(), "{error}");
    error.status().unwrap().as_u16()
}

/// The wire paths of what a request breaks; nothing was sent.
pub(crate) fn violations<T>(result: Result<T, Error>) -> Vec<String> {
    let error = result.err().unwrap();
    assert!(error.is_invalid_request(), "{error}");
    let violations = error.violations().iter();
    violations.map(|violation| violation.path.clone()).collect()
}

/// Whether two values are the same; numbers are, however they are spelled.
pub(crate) fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| is_same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, left)| right.get(name).is_some_and(|right| is_same(left, right)))
        }
        _ => left == right,
    }
}

/// The value without the `null`s in it.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(without_nulls).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        other => other,
    }
}
