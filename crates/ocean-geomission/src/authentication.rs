//! Logging in.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use vendor_client_core::{
    Error, HeaderName, Idempotency, LogIn, Method, Operation, Token, Transport, redacted_debug,
};

/// The header that carries the token.
pub(crate) const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-auth-token");

/// How long a token lives.
const TOKEN_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Logging in twice gives two tokens, both valid.
pub(crate) static LOG_IN: Operation = Operation::new(
    "log_in",
    Method::POST,
    "/restapi/auth/authenticate2",
    Idempotency::Idempotent,
);

/// An account's name and password, as sent.
///
/// Docs: `docs/ocean-geomission/authentication.md`, "Log in".
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(Deserialize, schemars::JsonSchema))]
pub(crate) struct Credentials<'a> {
    login: Cow<'a, str>,
    password: Cow<'a, str>,
}

/// Nothing is documented of either: the service judges.
#[cfg(feature = "schema")]
impl vendor_client_core::Validate for Credentials<'_> {
    fn validate(&self, _: &mut vendor_client_core::Violations) {}
}

/// What the service answers to a log-in. The further data on the account is not documented and
/// not read.
///
/// Docs: `docs/ocean-geomission/authentication.md`, "Log in".
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(Serialize, schemars::JsonSchema))]
pub(crate) struct LoggedIn {
    token: String,
    #[serde(rename = "passwordExpirationRemainingDays")]
    #[cfg_attr(feature = "schema", serde(skip_serializing_if = "Option::is_none"))]
    password_days_left: Option<i64>,
}

redacted_debug!(LoggedIn { password_days_left });

/// An account that can log in.
pub(crate) struct Account {
    pub(crate) transport: Transport,
    pub(crate) login: SecretString,
    pub(crate) password: SecretString,
    pub(crate) password_days_left: Arc<PasswordDaysLeft>,
}

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        let credentials = Credentials {
            login: self.login.expose_secret().into(),
            password: self.password.expose_secret().into(),
        };
        let request = self.transport.request(&LOG_IN).json(&credentials);
        let logged_in: LoggedIn = self.transport.send(request).await?.json()?;
        self.password_days_left.set(logged_in.password_days_left);
        Token::new(logged_in.token, TOKEN_LIFETIME)
    }
}

/// How many days the password still lives, as last told by the service.
pub(crate) struct PasswordDaysLeft(AtomicI64);

impl PasswordDaysLeft {
    const UNTOLD: i64 = i64::MIN;

    pub(crate) fn get(&self) -> Option<i64> {
        let days = self.0.load(Ordering::Relaxed);
        (days != Self::UNTOLD).then_some(days)
    }

    fn set(&self, days: Option<i64>) {
        self.0
            .store(days.unwrap_or(Self::UNTOLD), Ordering::Relaxed);
    }
}

impl Default for PasswordDaysLeft {
    fn default() -> Self {
        Self(AtomicI64::new(Self::UNTOLD))
    }
}
