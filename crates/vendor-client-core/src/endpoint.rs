//! An operation together with what it sends and what it returns.

use std::fmt;
use std::marker::PhantomData;

use http::Method;
use serde::Serialize;

use crate::operation::{Idempotency, Operation};
use crate::request::Request;
use crate::transport::Transport;
use crate::validate::Validate;

/// An operation with its types: where its parameters go (`At`), its body, and its response.
///
/// Declare each endpoint once, as a `static`. The call is made from it, and so are the list of
/// operations and the comparison with the documentation, so these cannot disagree.
///
/// `At` and `Body` are made of [parts](Part): [`Path`], [`Query`], [`Form`], [`Json`], `()` for
/// nothing, and tuples of them.
///
/// ```
/// use serde::Serialize;
/// use vendor_client_core::{Endpoint, Json, Path, Query, Validate, Violations};
///
/// #[derive(Serialize)]
/// struct Page {
///     number: u32,
/// }
///
/// impl Validate for Page {}
///
/// #[derive(serde::Deserialize)]
/// struct Note {
///     text: String,
/// }
///
/// static LIST_NOTES: Endpoint<(Path<u64>, Query<Page>), (), Vec<Note>> =
///     Endpoint::get("list_notes", "/customers/{id}/notes");
///
/// # use vendor_client_core::{Error, HeaderMap, Service, Transport, TransportConfig, VendorMessage};
/// # static SERVICE: Service = Service::new("example/0.1.0", |_body| VendorMessage::default());
/// # async fn run() -> Result<(), Error> {
/// # let config = TransportConfig::default();
/// let transport = Transport::new(&SERVICE, "https://api.example.com", HeaderMap::new(), &config)?;
/// let request = transport.request_to(&LIST_NOTES, (&7, &Page { number: 1 }), ());
/// let notes: Vec<Note> = transport.send(request).await?.json()?;
/// # Ok(())
/// # }
/// ```
///
/// An endpoint is not idempotent unless it is declared to be, with
/// [`idempotent`](Self::idempotent).
pub struct Endpoint<At, Body, Response> {
    operation: Operation,
    types: PhantomData<fn(At, Body) -> Response>,
}

impl<At, Body, Response> Endpoint<At, Body, Response> {
    /// Declares an endpoint that isn't idempotent. The `template` is the path below the base URL,
    /// with `{name}` for each [`Path`], such as `/customers/{id}`.
    #[must_use]
    pub const fn new(name: &'static str, method: Method, template: &'static str) -> Self {
        Self {
            operation: Operation::new(name, method, template, Idempotency::NotIdempotent),
            types: PhantomData,
        }
    }

    /// Declares a `GET` endpoint that isn't idempotent.
    #[must_use]
    pub const fn get(name: &'static str, template: &'static str) -> Self {
        Self::new(name, Method::GET, template)
    }

    /// Declares a `POST` endpoint that isn't idempotent.
    #[must_use]
    pub const fn post(name: &'static str, template: &'static str) -> Self {
        Self::new(name, Method::POST, template)
    }

    /// Declares that sending the request twice has the same effect as sending it once, so that it
    /// may be retried after any transient failure.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.operation.idempotency = Idempotency::Idempotent;
        self
    }

    /// Declares that sending the request twice may act twice. This is the default.
    #[must_use]
    pub const fn not_idempotent(mut self) -> Self {
        self.operation.idempotency = Idempotency::NotIdempotent;
        self
    }

    /// The operation: name, method, path, and whether it is idempotent.
    #[must_use]
    pub const fn operation(&self) -> &Operation {
        &self.operation
    }
}

impl<At, Body, Response> fmt::Debug for Endpoint<At, Body, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.operation).finish()
    }
}

impl Transport {
    /// Starts a request to `endpoint` with the values of its parts.
    pub fn request_to<At: Part, Body: Part, Response>(
        &self,
        endpoint: &'static Endpoint<At, Body, Response>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Request {
        Body::put(body, At::put(at, self.request(endpoint.operation())))
    }
}

/// A part of a request: how a value of some type becomes part of it.
pub trait Part {
    /// What a caller gives.
    type Value<'a>;

    /// Writes the value to the request.
    fn put(value: Self::Value<'_>, request: Request) -> Request;
}

/// The next `{name}` of the path, as one encoded segment.
pub struct Path<T>(PhantomData<fn(T)>);

/// The fields of `T` as parameters of the query string. They are validated first.
pub struct Query<T>(PhantomData<fn(T)>);

/// The fields of `T` as a form-encoded body. They are validated first.
pub struct Form<T>(PhantomData<fn(T)>);

/// A `T` as a JSON body. It is validated first.
pub struct Json<T>(PhantomData<fn(T)>);

impl<T: fmt::Display + 'static> Part for Path<T> {
    type Value<'a> = &'a T;

    fn put(value: &T, request: Request) -> Request {
        request.path(value)
    }
}

impl<T: Serialize + Validate + 'static> Part for Query<T> {
    type Value<'a> = &'a T;

    fn put(value: &T, request: Request) -> Request {
        request.validate(value).query(value)
    }
}

impl<T: Serialize + Validate + 'static> Part for Form<T> {
    type Value<'a> = &'a T;

    fn put(value: &T, request: Request) -> Request {
        request.validate(value).form(value)
    }
}

impl<T: Serialize + Validate + 'static> Part for Json<T> {
    type Value<'a> = &'a T;

    fn put(value: &T, request: Request) -> Request {
        request.validate(value).json(value)
    }
}

impl Part for () {
    type Value<'a> = ();

    fn put((): (), request: Request) -> Request {
        request
    }
}

impl<A: Part, B: Part> Part for (A, B) {
    type Value<'a> = (A::Value<'a>, B::Value<'a>);

    fn put((a, b): Self::Value<'_>, request: Request) -> Request {
        B::put(b, A::put(a, request))
    }
}

/// An endpoint in a crate's list, made by [`endpoints!`](crate::endpoints).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ListedEndpoint {
    /// The endpoint's operation.
    pub operation: &'static Operation,
    #[cfg(feature = "schema")]
    schema: Option<fn() -> crate::schema::OperationSchema>,
}

impl ListedEndpoint {
    /// Lists an endpoint.
    #[must_use]
    pub const fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            #[cfg(feature = "schema")]
            schema: None,
        }
    }

    /// Adds what describes the endpoint's types.
    #[cfg(feature = "schema")]
    #[must_use]
    pub const fn described(mut self, schema: fn() -> crate::schema::OperationSchema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// The types that the endpoint sends and reads; none if its crate was built without its
    /// feature `schema`.
    #[cfg(feature = "schema")]
    #[must_use]
    pub fn schema(&self) -> crate::schema::OperationSchema {
        match self.schema {
            Some(schema) => schema(),
            None => crate::schema::OperationSchema::of(self.operation),
        }
    }
}

/// Declares a resource's endpoints as public statics, and the list of them as `ENDPOINTS`.
///
/// Each line holds a name, the method, the path, what goes into path and query, the body, the
/// type of the response, and whether the endpoint is idempotent. The operation is called what the
/// `static` is called, in lower case. The documentation of each begins with the method, the path
/// and the idempotency:
///
/// ```ignore
/// endpoints! {
///     GET_ROUND = GET "/rounds/{id}" Path<RoundId>, () => RoundResponse, idempotent;
///     /// The vendor doesn't document what a second addition for the same day does.
///     ADD_ROUND = POST "/rounds" (), Json<NewRound> => RoundResponse, not_idempotent;
/// }
/// ```
///
/// For the crates of vendors, which have a feature `schema`.
#[macro_export]
macro_rules! endpoints {
    (@words idempotent) => { "idempotent" };
    (@words not_idempotent) => { "not idempotent" };
    ($(
        $(#[$doc:meta])*
        $name:ident = $method:ident $template:literal $at:ty, $body:ty => $response:ty,
            $idempotency:ident;
    )+) => {
        $(
            #[doc = concat!(
                "`", stringify!($method), " ", $template, "`, ",
                $crate::endpoints!(@words $idempotency), "."
            )]
            ///
            $(#[$doc])*
            pub static $name: $crate::Endpoint<$at, $body, $response> = {
                const NAME: &[u8] = &$crate::lower_case::<{ stringify!($name).len() }>(stringify!($name));
                $crate::Endpoint::new($crate::as_text(NAME), $crate::Method::$method, $template)
                    .$idempotency()
            };
        )+

        /// Every endpoint of this file.
        pub(crate) static ENDPOINTS: &[$crate::ListedEndpoint] = &[$({
            let listed = $crate::ListedEndpoint::new($name.operation());
            #[cfg(feature = "schema")]
            let listed = listed.described(|| $name.schema());
            listed
        }),+];
    };
}

/// A name in lower case, for [`endpoints!`](crate::endpoints).
#[doc(hidden)]
#[must_use]
pub const fn lower_case<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let mut lower = [0; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        lower[index] = name.as_bytes()[index].to_ascii_lowercase();
        index += 1;
    }
    lower
}

/// Text from its bytes, for [`endpoints!`](crate::endpoints).
#[doc(hidden)]
#[must_use]
pub const fn as_text(bytes: &'static [u8]) -> &'static str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        // While the program is compiled.
        Err(_) => panic!("an endpoint's name must be text"),
    }
}
