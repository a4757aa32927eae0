//! What a vendor crate has to tell about itself, to be put under the suite.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use vendor_client_core::{Error, Idempotency, Operation, TokenStore, TransportConfig};
use vendor_sandbox::{Clock, Emulator};

/// A vendor's client together with its sandbox.
pub trait Subject: Sized + Send + Sync + 'static {
    /// The client.
    type Client: Clone + Debug + Send + Sync + 'static;

    /// The vendor's folder below `docs/`.
    const NAME: &'static str;

    /// The body of a success answer with a failure inside, where the vendor has such.
    const FAILURE_INSIDE: Option<&'static str> = None;

    /// Starts a sandbox of its own.
    fn start() -> impl Future<Output = Self>;

    /// The vendor's part of the sandbox.
    fn service(&self) -> &Emulator;

    /// The sandbox's clock.
    fn clock(&self) -> &Clock;

    /// Builds a client.
    ///
    /// # Errors
    ///
    /// The client's own.
    fn client(&self, setup: Setup) -> Result<Self::Client, Error>;

    /// Every operation, without the log-in.
    fn operations(&self) -> Vec<Subjected>;

    /// A harmless call that succeeds: it logs in where that is needed.
    fn probe(&self, client: &Self::Client) -> impl Future<Output = Result<(), Error>> + Send;

    /// Logs in where the client has no token yet, and sends nothing else. Without tokens, nothing.
    fn authenticate(
        &self,
        client: &Self::Client,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = client;
        std::future::ready(Ok(()))
    }

    /// Makes the vendor's world such that `perform` succeeds.
    fn arrange(
        &self,
        client: &Self::Client,
        operation: &str,
        key: Key,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Performs an operation on what `key` stands for, with [`PERSONAL`] in every free text.
    /// Answers what `Debug` shows of the answer.
    fn perform(
        &self,
        client: &Self::Client,
        operation: &str,
        key: Key,
    ) -> impl Future<Output = Result<String, Error>> + Send;

    /// How often the operation on `key` took effect: the sandbox's ledger tells.
    fn effects(&self, operation: &str, key: Key) -> usize;

    /// Secrets and texts that must show nowhere, beyond [`PERSONAL`] and the key.
    fn secrets(&self) -> Vec<String>;

    /// Headers that hold secrets, in lower case.
    fn secret_headers(&self) -> &'static [&'static str];

    /// How the vendor's tokens are had; none where it has none.
    fn log_in(&self) -> Option<LogIn<'_>> {
        None
    }
}

/// Part of every piece of personal data that goes through a client.
pub const PERSONAL: &str = "canary";

/// How a client is to be built.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The vendor's base URL.
    pub base_url: String,
    /// Time limits, retries, clock.
    pub transport: TransportConfig,
    /// Where tokens are shared.
    pub token_store: Option<Arc<dyn TokenStore>>,
}

/// An operation under the suite.
#[derive(Clone, Copy, Debug)]
pub struct Subjected {
    /// The operation.
    pub operation: &'static Operation,
    /// What the client makes of the answer's body.
    pub body: Body,
}

impl Subjected {
    /// Whether the client may repeat it when nobody knows if it took effect.
    pub fn is_safe(&self) -> bool {
        self.operation.idempotency == Idempotency::Idempotent
    }
}

/// What a client makes of the body of a success answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It must be JSON of the right shape.
    Read,
    /// It may be empty; otherwise it must be JSON of the right shape.
    Optional,
    /// There is nothing to say: it may be empty or `null`; otherwise it must be JSON of the right
    /// shape.
    Nothing,
}

/// What tells one run from another: a number, from which a vendor makes what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u64);

impl Key {
    /// The key as text, such as a caller's own reference.
    pub fn text(self) -> String {
        format!("key-{:07}", self.0)
    }
}

/// A vendor's log-in, and what can be done to its tokens.
pub struct LogIn<'a> {
    /// The end of its path.
    pub path: &'static str,
    /// Makes every token invalid that was given so far.
    pub revoke: Box<dyn Fn() + Send + Sync + 'a>,
    /// How long a token lives.
    pub lifetime: std::time::Duration,
}
