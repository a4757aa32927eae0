//! How a program's own tests use the sandbox: what if a response is lost, what if a colleague
//! changes the round?

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use geoplanning::{Client, Error, NewRound, ResourceId, Round, RoundId};
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

// In a program these are two functions with `#[tokio::test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    there_is_one_round_however_often_it_is_asked_for().await?;
    a_colleague_is_noticed().await?;
    println!("both tests pass");
    Ok(())
}
