//! The parameters of the mission operations, and where they go.

use std::marker::PhantomData;

use serde::Serialize;
use vendor_client_core::{Part, Request, Validate, Violations};

use crate::id::{CustomerId, MissionId};

/// Where the parameters of the writing operations go.
///
/// The vendor's pages list them as request parameters, which there means the query string, for
/// POST as well. Its server also reads them from a form, and a tenant may expect JSON.
///
/// Docs: `docs/ocean-geomission/README.md`, "Where parameters go".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterPlace {
    /// In the query string.
    #[default]
    Query,
    /// In a form-encoded body.
    Form,
    /// In a JSON body.
    Json,
}

/// The part of a request that holds the parameters of a writing operation, in the place that the
/// client was built with.
pub(crate) struct Parameters<T>(PhantomData<fn(T)>);

/// Parameters, and what the client knows about every call: where they go and for which customer.
pub(crate) struct Placed<'a, T> {
    pub(crate) place: ParameterPlace,
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
        match placed.place {
            ParameterPlace::Query => request.query(&parameters),
            ParameterPlace::Form => request.form(&parameters),
            ParameterPlace::Json => request.json(&parameters),
        }
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

/// Parameters together with the customer for whom the call is made.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub(crate) struct OfCustomer<T> {
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
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub(crate) struct ById {
    #[serde(rename = "idMission")]
    pub(crate) id: MissionId,
}

impl Validate for ById {
    fn validate(&self, violations: &mut Violations) {
        self.id.validate(violations);
    }
}
