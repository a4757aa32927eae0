//! The signed engagement letters, each with the activities that it promises.
//!
//! This runs against a sandbox. For the real service, replace the builder by `Client::from_env()`.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, letters};
use vendor_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;

    let signed = client
        .engagement_letters(letters::signed())
        .sort(letters::SIGNED_AT.descending())
        .limit(3);
    for letter in signed.try_collect().await? {
        println!("{}", letter.number.as_deref().unwrap_or("without a number"));
        for activity in client.activities_of(&letter).try_collect().await? {
            println!("  {}", activity.name.unwrap_or_default());
        }
    }
    Ok(())
}
