//! What the suite needs to know about a vendor crate.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use vendor_client_core::schema::OperationSchema;
use vendor_client_core::{Creation, Error, Idempotency, Operation, TokenStore, TransportConfig};
use vendor_sandbox::{Clock, Emulator};

/// A vendor's client together with its sandbox.
pub trait Subject: Sized + Send + Sync + 'static {
    type Client: Clone + Debug + Send + Sync + 'static;

    /// The vendor's folder below `docs/`.
    const NAME: &'static str;

    /// The body of a success response with a failure inside, if the vendor has such responses.
    const FAILURE_INSIDE: Option<&'static str> = None;

    /// The status that reports an exhausted quota if `Retry-After` comes with it, if there is one
    /// besides 429.
    const QUOTA_STATUS: Option<u16> = None;

    /// The operations that create something under a key of the caller's, and that the client also
    /// offers together with a look-up.
    const CREATIONS: &'static [&'static str] = &[];

    /// A look-up's response about another thing, if the vendor's own responses don't hold the key.
    const ANOTHER_THING: Option<&'static str> = None;

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

    /// Creates what `key` stands for with one of [`CREATIONS`](Self::CREATIONS).
    fn create(
        &self,
        client: &Self::Client,
        operation: &str,
        key: Key,
        way: Way,
    ) -> impl Future<Output = Result<Creation<()>, Error>> + Send {
        let _ = (client, key, way);
        let operation = operation.to_owned();
        async move { unreachable!("`{operation}` is no creation of this vendor") }
    }

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

/// How a creation is combined with a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Creates, and looks if nobody knows whether that took effect.
    CreateOrFind,
    /// Looks first.
    FindOrCreate,
}

/// Whether something was created or found, without the thing itself.
pub fn without_contents<C, F>(creation: Creation<C, F>) -> Creation<()> {
    match creation {
        Creation::Found(_) => Creation::Found(()),
        _ => Creation::Created(()),
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
    /// What every key begins with as text.
    pub const PREFIX: &'static str = "key-";

    /// The key as text, such as a foreign id.
    pub fn text(self) -> String {
        format!("{}{:07}", Self::PREFIX, self.0)
    }
}

/// A vendor's log-in, and how to invalidate its tokens.
pub struct LogIn<'a> {
    /// The end of its path.
    pub path: &'static str,
    /// The statuses by which it refuses credentials.
    pub refusals: &'static [u16],
    /// Invalidates every token issued so far.
    pub revoke: Box<dyn Fn() + Send + Sync + 'a>,
    /// How long a token lives.
    pub lifetime: std::time::Duration,
}
