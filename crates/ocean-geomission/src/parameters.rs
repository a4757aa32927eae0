//! The parameters of the mission operations, and where they go.

use std::marker::PhantomData;

use serde::Serialize;
use vendor_client_core::{Part, Request, Validate, Violations};

use crate::id::{CustomerId, MissionId};

/// The longest query that the client writes unless told to, in bytes. Tomcat, which such services
/// commonly run on, refuses a request whose line and headers are longer than 8 KB.
const LONG_QUERY: usize = 6 * 1024;

/// The longest query that a URL can hold, with some room for the rest of it.
const LONGEST_QUERY: usize = 60_000;

/// Where the parameters of the writing operations go.
///
/// The vendor's pages list them as request parameters, which there means the query string, for
/// POST as well. Its server also reads them from a form, and a tenant may expect JSON.
///
/// A query is part of the URL, so servers and proxies on the way write it to their access logs:
/// names, addresses and comments included. A body isn't logged.
///
/// Docs: [Where parameters go](crate::contract#where-parameters-go).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterPlace {
    /// In the query string, however long it gets; more than 60,000 bytes are refused.
    Query,
    /// In a form-encoded body.
    Form,
    /// In a JSON body.
    Json,
}

/// The part of a request that holds the parameters of a writing operation, in the place that the
/// client was built with; see [`Client::placed`](crate::Client::placed).
pub struct Parameters<T>(PhantomData<fn(T)>);

/// Parameters, and what the client knows about every call: where they go and for which customer;
/// from [`Client::placed`](crate::Client::placed).
pub struct Placed<'a, T> {
    /// `None`: in the query, or in a form if the query would get long.
    pub(crate) place: Option<ParameterPlace>,
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) parameters: &'a T,
}

impl<T: Serialize + Validate + 'static> Part for Parameters<T> {
    type Value<'a> = Placed<'a, T>;

    fn put(placed: Placed<'_, T>, request: Request) -> Request {
        let parameters = OfCustomer {
            customer_id: placed.customer_id,
            parameters: placed.parameters,
        };
        let request = request.validate(&parameters);
        // Parameters that can't be encoded are reported by the request itself.
        let encoded = serde_urlencoded::to_string(&parameters).unwrap_or_default();
        match placed.place {
            None if encoded.len() > LONG_QUERY => request.form(&parameters),
            None => request.query(&parameters),
            Some(ParameterPlace::Query) => request.validate(&AsQuery(&encoded)).query(&parameters),
            Some(ParameterPlace::Form) => request.form(&parameters),
            Some(ParameterPlace::Json) => request.json(&parameters),
        }
    }
}

/// Encoded parameters that must fit into a URL.
struct AsQuery<'a>(&'a str);

impl Validate for AsQuery<'_> {
    fn validate(&self, violations: &mut Violations) {
        if self.0.len() <= LONGEST_QUERY {
            return;
        }
        let parameters = self.0.split('&').filter_map(|pair| pair.split_once('='));
        let longest = parameters.max_by_key(|(_, value)| value.len());
        let (name, _) = longest.unwrap_or(("query", ""));
        violations.add(name, "must be shorter to fit into a URL, or go in a form");
    }
}

/// The documentation has them in the query string.
#[cfg(feature = "schema")]
impl<T> vendor_client_core::schema::Describe for Parameters<T>
where
    T: schemars::JsonSchema + Serialize + serde::de::DeserializeOwned + Validate + 'static,
{
    fn describe(
        schema: vendor_client_core::schema::OperationSchema,
    ) -> vendor_client_core::schema::OperationSchema {
        schema.query::<OfCustomer<T>>()
    }
}

/// Parameters together with the customer for whom the call is made; from
/// [`Client::of_customer`](crate::Client::of_customer).
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub struct OfCustomer<T> {
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub(crate) customer_id: Option<CustomerId>,
    #[serde(flatten)]
    pub(crate) parameters: T,
}

impl<T: Validate> Validate for OfCustomer<T> {
    fn validate(&self, violations: &mut Violations) {
        self.parameters.validate(violations);
    }
}

/// The one parameter that names a mission.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub struct ById {
    #[serde(rename = "idMission")]
    id: MissionId,
}

impl ById {
    /// Names a mission by the identifier that it was created with.
    #[must_use]
    pub fn new(id: impl Into<MissionId>) -> Self {
        Self { id: id.into() }
    }
}

impl Validate for ById {
    fn validate(&self, violations: &mut Violations) {
        self.id.validate(violations);
    }
}
