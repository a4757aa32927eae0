//! Use from synchronous code: a handle that owns a runtime and waits for each call.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::{Client, EngagementLetter, Error, Filter, LetterActivity};
use tokio::runtime::{Builder, Runtime};
use vendor_sandbox::Sandbox;

/// A client for threads without a runtime. Keep it: the connections live in it.
struct Firm {
    runtime: Runtime,
    client: Client,
}

impl Firm {
    fn letters(&self, most: u64) -> Result<Vec<EngagementLetter>, Error> {
        let list = self.client.engagement_letters(Filter::unfiltered());
        self.runtime.block_on(list.limit(most).try_collect())
    }

    fn promised(&self, letter: &EngagementLetter) -> Result<Vec<LetterActivity>, Error> {
        let list = self.client.activities_of(letter);
        self.runtime.block_on(list.try_collect())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::start())?;
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;
    let firm = Firm { runtime, client };

    for letter in firm.letters(3)? {
        let promised = firm.promised(&letter)?;
        println!(
            "{}: {} activities",
            letter.number.unwrap_or_default(),
            promised.len()
        );
    }
    Ok(())
}
