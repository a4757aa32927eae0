//! Responses of any bytes, through the clients and over real sockets.

use std::sync::Arc;

use conformance::subject::{Key, Setup};
use conformance::{Subject, for_each_vendor};
use fastrand::Rng;
use vendor_client_core::{ErrorKind, RetryPolicy, TransportConfig};
use vendor_sandbox::Response;

use crate::documents::{changed, fixtures};

/// How many responses each operation is given.
const RESPONSES: usize = 60;

/// The same bytes with some of them changed.
fn damaged(mut bytes: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..rng.u8(0..4) {
        let at = rng.usize(0..=bytes.len());
        match rng.u8(0..4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.u8(..)),
            2 if at < bytes.len() => bytes[at] = rng.u8(..),
            _ => {
                let tail = bytes[at..].to_vec();
                bytes.extend(tail);
            }
        }
    }
    bytes
}

fn any_bytes(rng: &mut Rng) -> Vec<u8> {
    (0..rng.usize(0..200)).map(|_| rng.u8(..)).collect()
}

/// Lets a client read damaged responses: it reads them or reports that it cannot.
#[tokio::main(flavor = "current_thread")]
async fn survives_any_response<S: Subject>(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let subject = Arc::new(S::start().await);
    let client = subject
        .client(Setup {
            base_url: subject.service().base_url(),
            transport: TransportConfig::default().retry(RetryPolicy::never()),
            token_store: None,
        })
        .unwrap();
    let faults = subject.service().faults();
    let mut refused = 0;
    for subjected in subject.operations() {
        let name = subjected.operation.name;
        subject.arrange(&client, name, Key(1)).await.unwrap();
        let payloads: Vec<_> = fixtures(S::NAME, name)
            .into_iter()
            .filter(|(path, _)| path.to_string_lossy().contains("response"))
            .collect();
        for round in 0..RESPONSES {
            let bytes = match payloads.get(round % payloads.len().max(1)) {
                Some((_, payload)) if round % 4 > 0 => {
                    let payload = changed(payload, &mut rng);
                    damaged(payload.to_string().into_bytes(), &mut rng)
                }
                _ => any_bytes(&mut rng),
            };
            let response = Response::new(200).header("content-type", "application/json");
            faults.on(name).respond(response.body(bytes));
            let Err(error) = subject.perform(&client, name, Key(1)).await else {
                continue;
            };
            refused += 1;
            let is_meant = matches!(error.kind(), ErrorKind::Body | ErrorKind::VendorFailure);
            assert!(is_meant, "{name}: {error}");
        }
        assert_eq!(faults.pending(), 0, "{name} was called");
        subject.service().reset();
    }
    assert!(refused > RESPONSES, "{refused} were refused");
}

#[test]
fn every_client_survives_any_response() {
    for_each_vendor!(survives_any_response(1));
}
