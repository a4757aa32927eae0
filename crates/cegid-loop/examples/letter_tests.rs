//! How a program's own tests use the sandbox: with rows of their own, and with a service that
//! fails.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, Error, RetryPolicy, TransportConfig, letters};
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

// In a program these are two functions with `#[tokio::test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    drafts_are_left_out().await?;
    a_failing_service_can_be_tried_later().await?;
    println!("both tests pass");
    Ok(())
}
