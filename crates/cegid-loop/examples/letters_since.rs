//! A copy that stays up to date: the second run is told only what has changed since the first.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, Filter, Known, LetterId, RowChange};
use vendor_sandbox::Sandbox;

/// Tells what has changed since `known`, and returns what is known now.
async fn update(
    client: &Client,
    known: Known<LetterId>,
) -> Result<Known<LetterId>, cegid_loop::Error> {
    let (mut new, mut changed, mut gone) = (0, 0, 0);
    let mut changes = client
        .engagement_letters(Filter::unfiltered())
        .changes_since(known);
    while let Some(change) = changes.next().await {
        match change? {
            RowChange::New(_) => new += 1,
            RowChange::Changed(_) => changed += 1,
            RowChange::Gone(_) => gone += 1,
        }
    }
    println!("{new} new, {changed} changed, {gone} gone");
    Ok(changes.into_known())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;

    // A program keeps this in a file or a database from one run to the next.
    let known = update(&client, Known::default()).await?;
    let file = serde_json::to_string(&known)?;

    // Meanwhile, somebody edits a letter and deletes another.
    let mut letters = cegid.letters();
    letters[0]["revisionId"] = "another".into();
    letters.truncate(letters.len() - 1);
    cegid.set_letters(letters);

    update(&client, serde_json::from_str(&file)?).await?;
    Ok(())
}
