//! How a program tests what it does with letters and with a service that fails: with the sandbox,
//! without a socket, and with an error by hand.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::test_util::{self, Reply, Script};
use cegid_loop::{Client, Error, ErrorKind, RetryPolicy, StatusCode, TransportConfig, letters};
use serde_json::json;
use vendor_sandbox::{Response, Sandbox};

/// What is to be tested: the numbers of the signed letters.
async fn signed(client: &Client) -> Result<Vec<String>, Error> {
    let letters = client
        .engagement_letters(letters::signed())
        .try_collect()
        .await?;
    Ok(letters
        .into_iter()
        .filter_map(|letter| letter.number)
        .collect())
}

/// What is to be tested: what an export says of an error.
fn advice(error: &Error) -> &'static str {
    match error.is_unauthorized() {
        true => "renew the key",
        false => "try again tomorrow",
    }
}

fn client_of(sandbox: &Sandbox) -> Result<Client, Error> {
    let cegid = sandbox.cegid_loop();
    Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .transport(TransportConfig::default().retry(RetryPolicy::never()))
        .build()
}

async fn drafts_are_left_out() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    sandbox.cegid_loop().set_letters(vec![
        json!({ "objectId": "efb2dfc9-71a5-4e72-98fd-78b427790086", "codeIBS": "LM-1", "statut": 8 }),
        json!({ "objectId": "efb2dfc9-71a5-4e72-98fd-78b427790087", "codeIBS": "LM-2", "statut": 1 }),
    ]);
    assert_eq!(signed(&client_of(&sandbox)?).await?, ["LM-1"]);
    Ok(())
}

async fn a_failing_service_can_be_tried_later() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let list = sandbox.cegid_loop().faults().on("list_engagement_letters");
    list.respond(Response::new(503));
    let result = signed(&client_of(&sandbox)?).await;
    assert!(result.is_err_and(|error| error.is_retryable()));
    Ok(())
}

// From here on, no sandbox: the feature `test-util` is enough.

async fn a_letter_without_a_number_is_left_out() -> Result<(), Box<dyn std::error::Error>> {
    let letters = json!([{ "codeIBS": "LM-1" }, { "codeIBS": null }]);
    // A list ends with an empty page.
    let script = Script::new([Reply::json(200, letters), Reply::json(200, "[]")]);
    let client = Client::builder()
        .subscription_key("key")
        .api_key("key", "secret")
        .transport(TransportConfig::default().script(&script))
        .build()?;
    assert_eq!(signed(&client).await?, ["LM-1"]);
    assert_eq!(script.requests()[0].method().as_str(), "GET");
    Ok(())
}

fn an_expired_key_is_to_be_renewed() {
    let expired = test_util::error(ErrorKind::Status).status(StatusCode::UNAUTHORIZED);
    assert_eq!(advice(&expired.build()), "renew the key");
    let down = test_util::error(ErrorKind::Connect).build();
    assert_eq!(advice(&down), "try again tomorrow");
}

// In a program these are four functions, with `#[tokio::test]` or `#[test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    drafts_are_left_out().await?;
    a_failing_service_can_be_tried_later().await?;
    a_letter_without_a_number_is_left_out().await?;
    an_expired_key_is_to_be_renewed();
    println!("all four tests pass");
    Ok(())
}
