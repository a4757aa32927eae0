//! Creating a thing neither twice nor never, where the vendor lets it be looked up.

use std::future::Future;

use crate::error::Error;
use crate::transport::Transport;

/// What came of a create that looks before it tries again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Created<C, F> {
    /// The vendor answered that it created the thing.
    Answered(C),
    /// The answer was lost, and the thing was found when it was looked up.
    Found(F),
}

impl Transport {
    /// Runs `create`; while nobody knows whether it took effect, waits, looks the thing up with
    /// `find`, and creates it again only where it is not there. It creates at most twice.
    ///
    /// The wait is [`TransportConfig::confirm_after`](crate::TransportConfig::confirm_after). It
    /// gives a request that the vendor is still working on time to show its effect; one that
    /// takes longer can still end in a second thing, unless the vendor refuses that.
    ///
    /// # Errors
    ///
    /// That of `create`, where it is certain that nothing was created, or where it is still
    /// unknown after the last try or because the look-up failed as well.
    pub async fn create_or_find<C, F, Creating, Finding>(
        &self,
        create: impl Fn() -> Creating,
        find: impl Fn() -> Finding,
    ) -> Result<Created<C, F>, Error>
    where
        Creating: Future<Output = Result<C, Error>>,
        Finding: Future<Output = Result<Option<F>, Error>>,
    {
        let mut last_try = false;
        loop {
            let error = match create().await {
                Ok(created) => return Ok(Created::Answered(created)),
                Err(error) if error.may_have_been_applied() => error,
                Err(error) => return Err(error),
            };
            tokio::time::sleep(self.confirm_after()).await;
            match find().await {
                Ok(Some(found)) => return Ok(Created::Found(found)),
                Ok(None) if !last_try => last_try = true,
                Ok(None) | Err(_) => return Err(error),
            }
        }
    }
}
