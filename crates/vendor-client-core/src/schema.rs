//! What a vendor crate tells about its types, so that they can be compared with its documentation.
//!
//! Feature `schema`. An [`Endpoint`] describes itself, from the types that it is declared with:
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use vendor_client_core::{Endpoint, Json, Method, Path, Validate, Violations};
//!
//! static RENAME_CUSTOMER: Endpoint<Path<i64>, Json<RenameCustomer>, Customer> =
//!     Endpoint::new("rename_customer", Method::PUT, "/customers/{id}").idempotent();
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! struct RenameCustomer {
//!     name: String,
//! }
//!
//! impl Validate for RenameCustomer {
//!     fn validate(&self, violations: &mut Violations) {
//!         violations.length("name", &self.name, 1..=100);
//!     }
//! }
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! struct Customer {
//!     id: i64,
//!     name: String,
//! }
//!
//! let schema = RENAME_CUSTOMER.schema();
//! assert_eq!((schema.path.len(), schema.bodies.len(), schema.responses.len()), (1, 1, 1));
//! ```

use std::any::TypeId;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::endpoint::{Endpoint, Form, Json, Path, Query};
use crate::{Operation, Validate, Violation, Violations};

/// What a part of an endpoint, or its response, adds to the endpoint's description.
pub trait Describe {
    /// Adds what this part sends.
    fn describe(schema: OperationSchema) -> OperationSchema;
}

/// A response as its endpoint describes it: one shape, unless a type says otherwise.
pub trait DescribeResponse {
    /// Adds what is read.
    fn describe_response(schema: OperationSchema) -> OperationSchema;
}

impl<At: Describe, Body: Describe, Response: DescribeResponse> Endpoint<At, Body, Response> {
    /// The types that the endpoint sends and reads.
    #[must_use]
    pub fn schema(&'static self) -> OperationSchema {
        let schema = OperationSchema::of(self.operation());
        Response::describe_response(Body::describe(At::describe(schema)))
    }
}

impl<T: JsonSchema + Serialize + DeserializeOwned + 'static> Describe for Path<T> {
    fn describe(schema: OperationSchema) -> OperationSchema {
        let mut parameters = schema.operation.path_parameters();
        match parameters.nth(schema.path.len()) {
            Some(name) => schema.path_parameter::<T>(name),
            None => schema,
        }
    }
}

impl<T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static> Describe for Query<T> {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.query::<T>()
    }
}

impl<T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static> Describe for Form<T> {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.body::<T>()
    }
}

impl<T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static> Describe for Json<T> {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.body::<T>()
    }
}

impl Describe for () {
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema
    }
}

impl<A: Describe, B: Describe> Describe for (A, B) {
    fn describe(schema: OperationSchema) -> OperationSchema {
        B::describe(A::describe(schema))
    }
}

/// `()` is the response of which nothing is read.
impl<T: JsonSchema + Serialize + DeserializeOwned + 'static> DescribeResponse for T {
    fn describe_response(schema: OperationSchema) -> OperationSchema {
        if TypeId::of::<T>() == TypeId::of::<()>() {
            return schema;
        }
        schema.response::<T>()
    }
}

/// An operation together with the types that it sends and reads.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationSchema {
    /// The operation.
    pub operation: &'static Operation,
    /// The parameters in the path.
    pub path: Vec<Part>,
    /// The parameters in the query string: all parts together.
    pub query: Vec<Part>,
    /// The request body: one of these shapes. Empty where nothing is sent.
    pub bodies: Vec<Part>,
    /// The response body: one of these shapes. Empty where nothing is read.
    pub responses: Vec<Part>,
}

impl OperationSchema {
    /// Starts with an operation that neither sends nor reads anything.
    #[must_use]
    pub fn of(operation: &'static Operation) -> Self {
        Self {
            operation,
            path: Vec::new(),
            query: Vec::new(),
            bodies: Vec::new(),
            responses: Vec::new(),
        }
    }

    /// Adds the path parameter `name`, of type `T`.
    #[must_use]
    pub fn path_parameter<T>(mut self, name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        self.path.push(Part::parameter::<T>(name));
        self
    }

    /// Adds the query parameter `name`, of type `T`: an `Option` where it may be left out.
    #[must_use]
    pub fn query_parameter<T>(mut self, name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        self.query.push(Part::parameter::<T>(name));
        self
    }

    /// Adds the query parameters that the fields of `T` stand for.
    #[must_use]
    pub fn query<T>(mut self) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static,
    {
        self.query.push(Part::request::<T>(""));
        self
    }

    /// Sets the request body.
    #[must_use]
    pub fn body<T>(self) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static,
    {
        self.body_named::<T>("")
    }

    /// Adds one of several shapes of the request body, under the name that the page gives it.
    #[must_use]
    pub fn body_named<T>(mut self, name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static,
    {
        self.bodies.push(Part::request::<T>(name));
        self
    }

    /// Sets the response body.
    #[must_use]
    pub fn response<T>(self) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        self.response_named::<T>("")
    }

    /// Adds one of several shapes of the response body, under the name that the page gives it.
    #[must_use]
    pub fn response_named<T>(mut self, name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        self.responses.push(Part::response::<T>(name));
        self
    }
}

/// One thing that an operation sends or reads.
#[non_exhaustive]
pub struct Part {
    /// The name of the shape, as on the page; empty where there is only one.
    pub name: &'static str,
    /// The Rust type, by its full name.
    pub type_name: &'static str,
    /// The type as serde reads it.
    pub schema: Schema,
    probe: Probe,
}

type Probe = Box<dyn Fn(&Value) -> Result<Probed, String> + Send + Sync>;

/// What became of a JSON value that was read as a part.
#[derive(Debug)]
#[non_exhaustive]
pub struct Probed {
    /// The value written back, as it would go over the wire.
    pub written: Value,
    /// The documented constraints that it breaks. A response has none.
    pub violations: Vec<Violation>,
}

impl Part {
    /// Reads `value` as this part, validates it and writes it back.
    ///
    /// # Errors
    ///
    /// The message of serde, where the value cannot be read or written.
    pub fn probe(&self, value: &Value) -> Result<Probed, String> {
        (self.probe)(value)
    }

    fn request<T>(name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static,
    {
        Self {
            name,
            type_name: std::any::type_name::<T>(),
            schema: schema_of::<T>(),
            probe: Box::new(|value| {
                let request: T = read(value)?;
                let mut violations = Violations::new();
                request.validate(&mut violations);
                Ok(Probed {
                    written: write(&request)?,
                    violations: violations.into_vec(),
                })
            }),
        }
    }

    fn response<T>(name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        Self {
            name,
            type_name: std::any::type_name::<T>(),
            schema: schema_of::<T>(),
            probe: Box::new(|value| {
                let response: T = read(value)?;
                Ok(Probed {
                    written: write(&response)?,
                    violations: Vec::new(),
                })
            }),
        }
    }

    fn parameter<T>(name: &'static str) -> Self
    where
        T: JsonSchema + Serialize + DeserializeOwned + 'static,
    {
        Self {
            name: "",
            type_name: std::any::type_name::<T>(),
            schema: object_with::<T>(name),
            probe: Box::new(move |value| {
                let parameter: T = read(value.get(name).unwrap_or(&Value::Null))?;
                let written = match write(&parameter)? {
                    Value::Null => Map::new(),
                    value => Map::from_iter([(name.to_owned(), value)]),
                };
                Ok(Probed {
                    written: Value::Object(written),
                    violations: Vec::new(),
                })
            }),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

/// An object with the one field `name`, required unless `T` reads a `null`, as an `Option` does.
fn object_with<T: JsonSchema + DeserializeOwned>(name: &'static str) -> Schema {
    let mut generator = SchemaGenerator::default();
    let field = generator.subschema_for::<T>();
    let optional = read::<T>(&Value::Null).is_ok();
    let required: &[&str] = if optional { &[] } else { &[name] };
    json_schema!({
        "type": "object",
        "properties": { name: field },
        "required": required,
        "$defs": generator.take_definitions(true),
    })
}

/// Reads `value` from its text, as a body is read.
fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())
}

fn write<T: Serialize>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::Idempotency;

    static LIST: Operation =
        Operation::new("list", Method::GET, "/things/{id}", Idempotency::Idempotent);

    #[test]
    fn a_parameter_is_required_unless_it_is_an_option() {
        let list = OperationSchema::of(&LIST)
            .path_parameter::<i64>("id")
            .query_parameter::<Option<String>>("fields");
        assert_eq!(list.path[0].schema.get("required"), Some(&json!(["id"])));
        assert_eq!(list.query[0].schema.get("required"), Some(&json!([])));
    }

    #[test]
    fn a_parameter_is_written_back_under_its_name() {
        let list = OperationSchema::of(&LIST).query_parameter::<Option<String>>("fields");
        let probe = |value| list.query[0].probe(&value).map(|probed| probed.written);
        assert_eq!(
            probe(json!({ "fields": "all" })),
            Ok(json!({ "fields": "all" }))
        );
        assert_eq!(probe(json!({})), Ok(json!({})));
        assert!(probe(json!({ "fields": 1 })).is_err());
    }
}
