//! Users: read, list.

use serde::{Deserialize, Serialize};
use vendor_client_core::{Error, Path, Query, Validate, endpoints, redacted_debug};

use crate::UnknownFields;
use crate::client::Client;
use crate::envelope::envelopes;
use crate::fields::Fields;
use crate::id::{ResourceId, UserId};
use crate::list::{Apart, List};
use crate::wire::open_enum;

endpoints! {
    GET_USER = GET "/users/{id}" (Path<UserId>, Fields<UserField>), () => UserResponse, idempotent;
    LIST_USERS = GET "/users" Query<ListedUsers>, () => UsersResponse, idempotent;
}

envelopes! {
    UserResponse { user as "user": User }
    UsersResponse { users as "users": List<User>, or List::default() }
}

/// The operations on users; from [`Client::users`].
///
/// Docs: [Users](crate::contract::users).
#[derive(Clone, Copy, Debug)]
pub struct Users<'a> {
    client: &'a Client,
}

impl Client {
    /// The users who may log in.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users { client: self }
    }
}

impl Users<'_> {
    /// Reads a user, with what `fields` names.
    ///
    /// `GET /users/{id}`. Docs: [Get a user](crate::contract::users#get-a-user).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, UserField, UserId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let user = client.users().get(UserId::new(1), &[UserField::Roles]).await?;
    /// println!("{:?}", user.roles);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such user; otherwise any [`Error`].
    #[doc(alias = "fields")]
    #[doc(alias = "get_user")]
    #[doc(alias = "user")]
    pub async fn get(self, id: UserId, fields: &[UserField]) -> Result<User, Error> {
        self.client.contents(&GET_USER, (&id, fields), ()).await
    }

    /// All users, without their roles.
    ///
    /// `GET /users`. Docs: [List users](crate::contract::users#list-users).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// for user in client.users().list().await? {
    ///     println!("{}", user.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    #[doc(alias = "list_users")]
    pub async fn list(self) -> Result<List<User>, Error> {
        let all = ListedUsers::default();
        self.client.contents(&LIST_USERS, &all, ()).await
    }

    /// The users who are bound to a resource, or those who are not, without their roles.
    ///
    /// `GET /users?resourceBound=`. Docs: [List users](crate::contract::users#list-users).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let drivers = client.users().list_bound(true).await?;
    /// println!("{} users are bound to a resource", drivers.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    #[doc(alias = "resourceBound")]
    #[doc(alias = "list_users")]
    pub async fn list_bound(self, to_a_resource: bool) -> Result<List<User>, Error> {
        let bound = ListedUsers::bound(to_a_resource);
        self.client.contents(&LIST_USERS, &bound, ()).await
    }
}

/// Which users are listed. Default: all.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedUsers {
    #[serde(rename = "resourceBound", skip_serializing_if = "Option::is_none")]
    resource_bound: Option<bool>,
}

impl ListedUsers {
    /// Those who are bound to a resource, or those who are not.
    #[must_use]
    pub fn bound(to_a_resource: bool) -> Self {
        Self {
            resource_bound: Some(to_a_resource),
        }
    }
}

/// Both are fine.
impl Validate for ListedUsers {}

open_enum! {
    /// What a user is read with, beyond what is always there.
    ///
    /// Docs: [Get a user](crate::contract::users#get-a-user).
    UserField {
        /// [`User::roles`].
        Roles = "roles",
    }
}

/// A user who may log in.
///
/// `Debug` shows ids only.
///
/// Docs: [Type: User](crate::contract::users#type-user).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct User {
    /// The user's id. Wire: `id`.
    pub id: UserId,
    /// First name. Wire: `firstName`.
    #[doc(alias = "firstName")]
    #[serde(rename = "firstName", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name. Wire: `lastName`.
    #[doc(alias = "lastName")]
    #[serde(rename = "lastName", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The name to log in with. Wire: `login`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The resource that this user is. Wire: `resourceId`.
    #[doc(alias = "resourceId")]
    #[serde(rename = "resourceId", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// The caller's foreign id of that resource. Wire: `resourceFid`.
    #[doc(alias = "resourceFid")]
    #[serde(rename = "resourceFid", skip_serializing_if = "Option::is_none")]
    pub resource_foreign_id: Option<String>,
    /// What the user may do, such as `ROLE_WEBSERVICE`; no list of roles is documented. `None`
    /// unless asked for with [`UserField::Roles`]. Wire: `roles`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(User { id, resource_id });

impl User {
    /// A user with its id and nothing else.
    #[must_use]
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            first_name: None,
            last_name: None,
            login: None,
            resource_id: None,
            resource_foreign_id: None,
            roles: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for User {}
