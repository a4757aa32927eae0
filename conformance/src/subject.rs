//! What the suite needs to know about a vendor crate.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use vendor_client_core::schema::OperationSchema;
use vendor_client_core::{Error, Idempotency, Operation, TokenStore, TransportConfig};
use vendor_sandbox::{Clock, Emulator};

/// A vendor's client together with its sandbox.
pub trait Subject: Sized + Send + Sync + 'static {
    type Client: Clone + Debug + Send + Sync + 'static;

    /// The vendor's folder below `docs/`.
    const NAME: &'static str;

    /// The body of a success response with a failure inside, if the vendor has such responses.
    const FAILURE_INSIDE: Option<&'static str> = None;

    /// Starts a sandbox of its own.
    fn start() -> impl Future<Output = Self>;

    fn service(&self) -> &Emulator;

    fn clock(&self) -> &Clock;

    fn client(&self, setup: Setup) -> Result<Self::Client, Error>;

    /// Every operation except the log-in.
    fn operations(&self) -> Vec<Subjected>;

    /// The types of every operation, including the log-in.
    fn schema() -> Vec<OperationSchema>;

    /// A harmless call that succeeds. It logs in if that is needed.
    fn probe(&self, client: &Self::Client) -> impl Future<Output = Result<(), Error>> + Send;

    /// Logs in if the client has no token yet, and sends nothing else. Does nothing if the vendor has
    /// no tokens.
    fn authenticate(
        &self,
        client: &Self::Client,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = client;
        std::future::ready(Ok(()))
    }

    /// Prepares the sandbox so that `perform` succeeds.
    fn arrange(
        &self,
        client: &Self::Client,
        operation: &str,
        key: Key,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Performs an operation on what `key` stands for, with [`PERSONAL`] in every free text.
    /// Returns the `Debug` output of the result.
    fn perform(
        &self,
        client: &Self::Client,
        operation: &str,
        key: Key,
    ) -> impl Future<Output = Result<String, Error>> + Send;

    /// How often the operation on `key` took effect, according to the sandbox's ledger.
    fn effects(&self, operation: &str, key: Key) -> usize;

    /// Secrets and texts that must appear nowhere, in addition to [`PERSONAL`] and the key.
    fn secrets(&self) -> Vec<String>;

    /// Headers that hold secrets, in lower case.
    fn secret_headers(&self) -> &'static [&'static str];

    /// How the vendor's tokens are obtained. `None` if it has no tokens.
    fn log_in(&self) -> Option<LogIn<'_>> {
        None
    }
}

/// Part of all personal data that goes through a client.
pub const PERSONAL: &str = "canary";

/// How a client is to be built.
#[derive(Clone, Debug)]
pub struct Setup {
    pub base_url: String,
    /// Time limits, retries, clock.
    pub transport: TransportConfig,
    /// Where tokens are shared.
    pub token_store: Option<Arc<dyn TokenStore>>,
}

/// An operation under the suite.
#[derive(Clone, Copy, Debug)]
pub struct Subjected {
    pub operation: &'static Operation,
    /// What the client makes of the response's body.
    pub body: Body,
}

impl Subjected {
    /// Whether the client may repeat it if nobody knows whether it took effect.
    pub fn is_idempotent(&self) -> bool {
        self.operation.idempotency == Idempotency::Idempotent
    }
}

/// What a client makes of the body of a success response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It must be JSON of the right shape.
    Read,
    /// It may be empty. Otherwise it must be JSON of the right shape.
    Optional,
    /// It carries nothing: it may be empty or `null`. Otherwise it must be JSON of the right shape.
    Nothing,
}

/// A number that distinguishes one run from another. A vendor derives its identifiers from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u64);

impl Key {
    /// The key as text, such as a foreign id.
    pub fn text(self) -> String {
        format!("key-{:07}", self.0)
    }
}

/// A vendor's log-in, and how to invalidate its tokens.
pub struct LogIn<'a> {
    /// The end of its path.
    pub path: &'static str,
    /// Invalidates every token issued so far.
    pub revoke: Box<dyn Fn() + Send + Sync + 'a>,
    /// How long a token lives.
    pub lifetime: std::time::Duration,
}
