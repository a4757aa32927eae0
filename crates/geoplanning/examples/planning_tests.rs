//! How a program tests what it does when a colleague changes the round or the service fails: with
//! the sandbox, without a socket, and with an error by hand.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use geoplanning::test_util::{self, Reply, Script};
use geoplanning::{
    Client, Error, ErrorKind, NewRound, ResourceId, Round, RoundId, StatusCode, TransportConfig,
};
use time::macros::date;
use vendor_sandbox::Sandbox;

/// What is to be tested: today's round of the van.
async fn round_of_the_van(client: &Client) -> Result<Round, Error> {
    let round = NewRound::new(ResourceId::new(1), date!(2026 - 11 - 24));
    Ok(client.rounds().find_or_add(&round).await?.into_inner())
}

/// What is to be tested: whether somebody else has changed a round since it was read.
async fn is_changed(client: &Client, round: &Round) -> Result<bool, Error> {
    Ok(client.rounds().get(round.id).await?.key() != round.key())
}

/// What is to be tested: whether a planner should try again.
fn is_worth_another_try(error: &Error) -> bool {
    error.is_retryable() && !error.is_rate_limited()
}

fn client_of(sandbox: &Sandbox) -> Result<Client, Error> {
    let service = sandbox.geoplanning();
    Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()
}

async fn there_is_one_round_however_often_it_is_asked_for() -> Result<(), Box<dyn std::error::Error>>
{
    let sandbox = Sandbox::start().await?;
    let client = client_of(&sandbox)?;
    let first: RoundId = round_of_the_van(&client).await?.id;
    assert_eq!(round_of_the_van(&client).await?.id, first);
    assert_eq!(sandbox.geoplanning().ledger().received("add_round"), 1);
    Ok(())
}

async fn a_colleague_is_noticed() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = client_of(&sandbox)?;
    let round = round_of_the_van(&client).await?;
    assert!(!is_changed(&client, &round).await?);
    sandbox.geoplanning().change_round(round.id.get());
    assert!(is_changed(&client, &round).await?);
    Ok(())
}

// From here on, no sandbox: the feature `test-util` is enough.

async fn a_round_that_is_there_is_not_added() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = r#"{
        "status": { "code": 0 },
        "rounds": [{
            "id": 7,
            "hashKey": "k-1",
            "resource": { "id": 1 },
            "dateStart": "2026-11-24T08:00:00+01:00",
            "dateEnd": "2026-11-24T17:00:00+01:00"
        }]
    }"#;
    let script = Script::new([Reply::json(503, "{}"), Reply::json(200, rounds)]);
    let client = Client::builder()
        .credentials("planner", "secret")
        .transport(TransportConfig::default().script(&script))
        .build()?;
    assert_eq!(round_of_the_van(&client).await?.id, RoundId::new(7));
    assert_eq!(script.requests().len(), 2, "a look that fails is repeated");
    Ok(())
}

fn a_quota_is_waited_for() {
    let of_status = |status| test_util::error(ErrorKind::Status).status(status).build();
    let unsent = test_util::error(ErrorKind::Connect).build();
    assert!(is_worth_another_try(&unsent));
    assert!(!is_worth_another_try(&of_status(StatusCode::BAD_REQUEST)));
    assert!(!is_worth_another_try(&of_status(
        StatusCode::TOO_MANY_REQUESTS
    )));
}

// In a program these are four functions, with `#[tokio::test]` or `#[test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    there_is_one_round_however_often_it_is_asked_for().await?;
    a_colleague_is_noticed().await?;
    a_round_that_is_there_is_not_added().await?;
    a_quota_is_waited_for();
    println!("all four tests pass");
    Ok(())
}
