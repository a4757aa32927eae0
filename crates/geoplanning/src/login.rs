//! Checking the credentials.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, endpoints, redacted_debug};

use crate::UnknownFields;
use crate::client::Client;
use crate::envelope::envelopes;
use crate::id::{ResourceId, UserId};
use crate::list::Apart;

endpoints! {
    CHECK_LOGIN = GET "/login/check" (), () => LoginResponse, idempotent;
}

envelopes! {
    LoginResponse { user as "userData": LoginUser }
}

impl Client {
    /// Checks the credentials, and returns whose they are. Every call carries them; this finds
    /// wrong ones early.
    ///
    /// `GET /login/check`. Docs:
    /// [Check the credentials](crate::contract::login#check-the-credentials).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let user = client.check_login().await?;
    /// println!("logged in as {}", user.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](Error::is_unauthorized) if they are wrong; otherwise any [`Error`].
    #[doc(alias = "userData")]
    #[doc(alias = "check")]
    pub async fn check_login(&self) -> Result<LoginUser, Error> {
        self.contents(&CHECK_LOGIN, (), ()).await
    }
}

/// The user whose credentials the client has.
///
/// `Debug` shows ids and the language.
///
/// Docs: [Type: LoginUser](crate::contract::login#type-loginuser).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LoginUser {
    /// The user's id. Wire: `id`.
    pub id: UserId,
    /// Code of the user's language, such as `en`. Wire: `userLanguage`.
    #[doc(alias = "userLanguage")]
    #[serde(rename = "userLanguage", skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// First name. Wire: `firstName`.
    #[doc(alias = "firstName")]
    #[serde(rename = "firstName", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name. Wire: `lastName`.
    #[doc(alias = "lastName")]
    #[serde(rename = "lastName", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The resource that this user is. Wire: `resourceId`.
    #[doc(alias = "resourceId")]
    #[serde(rename = "resourceId", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// The caller's foreign id of that resource. Wire: `resourceFid`.
    #[doc(alias = "resourceFid")]
    #[serde(rename = "resourceFid", skip_serializing_if = "Option::is_none")]
    pub resource_foreign_id: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(LoginUser {
    id,
    language,
    resource_id
});

impl LoginUser {
    /// A user with its id and nothing else.
    #[must_use]
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            language: None,
            first_name: None,
            last_name: None,
            resource_id: None,
            resource_foreign_id: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for LoginUser {}
