//! Logging in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use vendor_client_core::{
    Error, HeaderName, Json, LogIn, Token, Transport, Validate, endpoints, redacted_debug,
};

use crate::wire::informative;

/// The header that carries the token.
pub(crate) const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-auth-token");

/// How long a token lives.
const TOKEN_LIFETIME: Duration = Duration::from_secs(12 * 3600);

endpoints! {
    /// Logging in twice gives two tokens, both valid.
    LOG_IN = POST "/restapi/auth/authenticate2" (), Json<Credentials> => LoggedIn, idempotent;
}

/// An account's name and password.
///
/// Docs: [Log in](crate::contract::authentication#log-in).
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(Deserialize, schemars::JsonSchema))]
pub(crate) struct Credentials {
    #[serde(serialize_with = "expose")]
    #[cfg_attr(
        feature = "schema",
        serde(deserialize_with = "enclose"),
        schemars(with = "String")
    )]
    pub(crate) login: SecretString,
    #[serde(serialize_with = "expose")]
    #[cfg_attr(
        feature = "schema",
        serde(deserialize_with = "enclose"),
        schemars(with = "String")
    )]
    pub(crate) password: SecretString,
}

fn expose<S: Serializer>(secret: &SecretString, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(secret.expose_secret())
}

#[cfg(feature = "schema")]
fn enclose<'de, D: serde::Deserializer<'de>>(input: D) -> Result<SecretString, D::Error> {
    String::deserialize(input).map(SecretString::from)
}

/// No constraint is documented.
impl Validate for Credentials {}

/// The response to a log-in. Its further data on the account isn't documented and isn't read.
///
/// Docs: [Log in](crate::contract::authentication#log-in).
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(Serialize, schemars::JsonSchema))]
pub(crate) struct LoggedIn {
    token: String,
    #[serde(
        rename = "passwordExpirationRemainingDays",
        default,
        deserialize_with = "informative"
    )]
    #[cfg_attr(feature = "schema", serde(skip_serializing_if = "Option::is_none"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    password_days_left: Option<i64>,
}

redacted_debug!(LoggedIn { password_days_left });

/// An account that can log in.
pub(crate) struct Account {
    pub(crate) transport: Transport,
    pub(crate) credentials: Credentials,
    pub(crate) password_days_left: Arc<PasswordDaysLeft>,
}

impl LogIn for Account {
    async fn log_in(&self) -> Result<Token, Error> {
        let request = self.transport.request_to(&LOG_IN, (), &self.credentials);
        let response = self.transport.send(request).await.map_err(refused)?;
        let logged_in: LoggedIn = response.json()?;
        self.password_days_left.set(logged_in.password_days_left);
        Token::new(logged_in.token.trim(), TOKEN_LIFETIME)
    }
}

/// The service reports an unknown account with a 404. A gateway's 404 says nothing of the account.
fn refused(error: Error) -> Error {
    match error.is_absent() {
        true => error.into_unauthorized(),
        false => error,
    }
}

/// The number of days until the password expires, as the service last reported it.
pub(crate) struct PasswordDaysLeft(AtomicI64);

impl PasswordDaysLeft {
    const UNKNOWN: i64 = i64::MIN;

    pub(crate) fn get(&self) -> Option<i64> {
        let days = self.0.load(Ordering::Relaxed);
        (days != Self::UNKNOWN).then_some(days)
    }

    fn set(&self, days: Option<i64>) {
        self.0
            .store(days.unwrap_or(Self::UNKNOWN), Ordering::Relaxed);
    }
}

impl Default for PasswordDaysLeft {
    fn default() -> Self {
        Self(AtomicI64::new(Self::UNKNOWN))
    }
}
