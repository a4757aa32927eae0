//! The fields that something is read with, beyond those that are always there.

use std::marker::PhantomData;

use serde::Serialize;
#[cfg(feature = "schema")]
use vendor_client_core::schema::{Describe, OperationSchema};
use vendor_client_core::{Part, Request};

/// The query parameter.
const NAME: &str = "fields";

/// A list of fields, given as a slice, each as a parameter of its own (finding [G-27](crate::contract#g-27)).
pub struct Fields<F>(PhantomData<fn(F)>);

impl<F: Serialize + 'static> Part for Fields<F> {
    type Value<'a> = &'a [F];

    fn put(fields: &[F], request: Request) -> Request {
        let parameters: Vec<_> = fields.iter().map(|field| (NAME, field)).collect();
        request.query(&parameters)
    }
}

#[cfg(feature = "schema")]
impl<F> Describe for Fields<F>
where
    F: schemars::JsonSchema + Serialize + serde::de::DeserializeOwned + 'static,
{
    fn describe(schema: OperationSchema) -> OperationSchema {
        schema.query_parameter::<Option<Vec<F>>>(NAME)
    }
}
