//! The client and how it is built.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use vendor_client_core::{
    Endpoint, Error, HeaderMap, Part, Response, Service, TokenCache, TokenStore, Transport,
    TransportConfig, call_options, environment,
};

use crate::authentication::{Account, Credentials, PasswordDaysLeft, TOKEN_HEADER};
use crate::error::read_failure;
use crate::id::CustomerId;
use crate::missions::Verdict;
use crate::parameters::{OfCustomer, ParameterPlace, Placed};

/// The vendor's production service. Newer pages have `https://v3.oceansystem.com/ocean`.
const PRODUCTION: &str = "https://v3.oceansystem.com/ocean-3.0.0";

static SERVICE: Service = Service::new(
    concat!("ocean-geomission/", env!("CARGO_PKG_VERSION")),
    read_failure,
)
.token_header("x-auth-token");

/// A client for Océan Géomission. Cheap to clone; clones share connections and the token.
///
/// Its calls need a tokio runtime with I/O and time enabled, such as that of `#[tokio::main]`.
/// Outside a runtime each of them fails with an error that says so; in one without I/O or time,
/// tokio panics.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    inner: Arc<Inner>,
    customer: Option<CustomerId>,
}

struct Inner {
    tokens: TokenCache,
    password_days_left: Arc<PasswordDaysLeft>,
    parameter_place: Option<ParameterPlace>,
    read_receipt: Option<fn(&str) -> Verdict>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", &self.transport)
            .field("customer", &self.customer)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from environment variables: `OCEAN_GEOMISSION_LOGIN` and
    /// `OCEAN_GEOMISSION_PASSWORD`, and, if they are set, `OCEAN_GEOMISSION_BASE_URL` and
    /// `OCEAN_GEOMISSION_CUSTOMER_ID`.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), which names the variable that is
    /// missing or wrong; otherwise as for [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// The same client for another customer: its calls carry that `customerId`.
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, CustomerId, Error, NewMission};
    /// # async fn run(client: Client, mission: NewMission) -> Result<(), Error> {
    /// client.for_customer(CustomerId::new(21)).create_mission(&mission).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "customerId")]
    #[must_use]
    pub fn for_customer(&self, customer: impl Into<CustomerId>) -> Self {
        let mut client = self.clone();
        client.customer = Some(customer.into());
        client
    }

    /// Logs in unless there is a valid token. Every call does this by itself; call it to find out
    /// early that the credentials are wrong.
    ///
    /// `POST /restapi/auth/authenticate2`. Docs: [Log in](crate::contract::authentication#log-in).
    ///
    /// ```no_run
    /// # use ocean_geomission::Client;
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// client.log_in().await?;
    /// println!("the password expires in {:?} days", client.password_days_left());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](Error::is_unauthorized) if the account is unknown, which the service
    /// reports with a 404, or the password is wrong; otherwise as [`Error`] explains.
    #[doc(alias = "authenticate2")]
    pub async fn log_in(&self) -> Result<(), Error> {
        self.inner.tokens.get().await.map(drop)
    }

    /// The number of days until the account's password expires, as reported at the last log-in.
    /// `None` before a log-in, and if the token came from a store or the service didn't report it.
    ///
    /// Wire: `passwordExpirationRemainingDays`.
    #[doc(alias = "passwordExpirationRemainingDays")]
    #[must_use]
    pub fn password_days_left(&self) -> Option<i64> {
        self.inner.password_days_left.get()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The parameters of a reading [endpoint](crate::endpoints), with this client's customer.
    pub fn of_customer<T>(&self, parameters: T) -> OfCustomer<T> {
        OfCustomer {
            customer_id: self.customer,
            parameters,
        }
    }

    /// The parameters of a writing [endpoint](crate::endpoints), with this client's customer and
    /// the place that it was built with.
    pub fn placed<'a, T>(&self, parameters: &'a T) -> Placed<'a, T> {
        Placed {
            place: self.inner.parameter_place,
            customer_id: self.customer,
            parameters,
        }
    }

    /// What the text of a receipt says.
    pub(crate) fn verdict(&self, text: Option<&str>) -> Verdict {
        match (self.inner.read_receipt, text) {
            (Some(read), Some(text)) => read(text),
            _ => Verdict::Unclear,
        }
    }

    /// Calls an endpoint of your own, one that the service has and this crate doesn't; or one of
    /// this crate's [`endpoints`](crate::endpoints). It goes the way of every call, with the same
    /// log-in, limits and errors.
    ///
    /// If the service may respond without a body, make `R` an `Option`. An endpoint is not
    /// idempotent unless it is declared to be.
    ///
    /// ```no_run
    /// use ocean_geomission::{Client, Endpoint, Query, Validate};
    ///
    /// #[derive(serde::Serialize)]
    /// struct ByPlate {
    ///     immatriculation: String,
    /// }
    ///
    /// impl Validate for ByPlate {}
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Vehicle {
    ///     immatriculation: String,
    ///     geomission_enabled: bool,
    /// }
    ///
    /// static VEHICLES: Endpoint<Query<ByPlate>, (), Vec<Vehicle>> =
    ///     Endpoint::get("list_vehicles", "/restapi/vehicule_engin/vehicles").idempotent();
    ///
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let plate = ByPlate { immatriculation: "AB-123-CD".into() };
    /// let vehicles = client.call(&VEHICLES, &plate, ()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Body`](crate::ErrorKind::Body) if the response isn't an `R`; otherwise as [`Error`]
    /// explains.
    pub async fn call<At: Part, Body: Part, R: DeserializeOwned>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<R, Error> {
        self.call_raw(endpoint, at, body).await?.json_or_null()
    }

    /// Calls an endpoint as [`call`](Self::call) does, and returns the response as it
    /// came: status, headers, earlier attempts, body.
    ///
    /// ```no_run
    /// # use ocean_geomission::{Client, Endpoint};
    /// static RIGHTS: Endpoint<(), (), ()> = Endpoint::get("list_rights", "/restapi/rights");
    ///
    /// # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
    /// let response = client.call_raw(&RIGHTS, (), ()).await?;
    /// println!("{}: {} bytes", response.status(), response.body().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Error`] explains.
    pub async fn call_raw<At: Part, Body: Part, R>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<Response, Error> {
        let request = self.transport.request_to(endpoint, at, body);
        self.transport
            .send_with_token(request, &TOKEN_HEADER, &self.inner.tokens)
            .await
    }
}

call_options!(Client);

/// Builds a [`Client`].
#[derive(Clone, Default)]
#[must_use = "nothing is built until `build` is called"]
pub struct ClientBuilder {
    base_url: Option<String>,
    login: Option<SecretString>,
    password: Option<SecretString>,
    customer: Option<CustomerId>,
    parameter_place: Option<ParameterPlace>,
    read_receipt: Option<fn(&str) -> Verdict>,
    token_store: Option<Arc<dyn TokenStore>>,
    transport: TransportConfig,
}

/// Hides the credentials.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("customer", &self.customer)
            .field("parameter_place", &self.parameter_place)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// A builder with the settings that [`Client::from_env`] reads.
    ///
    /// # Errors
    ///
    /// As for [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(environment::of_process)
    }

    fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut builder = Self::default().credentials(
            environment::required(&get, "OCEAN_GEOMISSION_LOGIN")?,
            environment::required(&get, "OCEAN_GEOMISSION_PASSWORD")?,
        );
        builder.base_url = environment::optional(&get, "OCEAN_GEOMISSION_BASE_URL");
        if let Some(customer) = environment::optional(&get, "OCEAN_GEOMISSION_CUSTOMER_ID") {
            let customer = customer.parse().map_err(|_| {
                Error::configuration("the variable OCEAN_GEOMISSION_CUSTOMER_ID is not a number")
            })?;
            builder.customer = Some(customer);
        }
        Ok(builder)
    }

    /// Sets the account's name and password. A byte-order mark and line ends around them, as from a
    /// file, are removed.
    #[doc(alias = "login")]
    #[doc(alias = "password")]
    pub fn credentials(
        mut self,
        login: impl Into<SecretString>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.login = Some(login.into());
        self.password = Some(password.into());
        self
    }

    /// Sets the URL of the service, without `/restapi`.
    /// Default: `https://v3.oceansystem.com/ocean-3.0.0`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the customer for whom calls are made, if the account serves several.
    #[doc(alias = "customerId")]
    pub fn customer(mut self, customer: impl Into<CustomerId>) -> Self {
        self.customer = Some(customer.into());
        self
    }

    /// Sets where the parameters of the writing operations go. Default: the query string, or a
    /// form if the query would be longer than 6 KB.
    pub fn parameter_place(mut self, place: ParameterPlace) -> Self {
        self.parameter_place = Some(place);
        self
    }

    /// Sets how the texts of receipts are read. The service reports success and failure alike with
    /// 200 and a free text, which differs between tenants (see [`Receipt`](crate::Receipt)); if you
    /// know yours, a call can report a refusal as an error. Default: every text is
    /// [unclear](Verdict::Unclear).
    ///
    /// ```
    /// use ocean_geomission::{Client, Verdict};
    ///
    /// fn read_receipt(text: &str) -> Verdict {
    ///     match text {
    ///         "Mission créée" => Verdict::Done,
    ///         _ if text.starts_with("Erreur") => Verdict::Refused,
    ///         _ => Verdict::Unclear,
    ///     }
    /// }
    ///
    /// let builder = Client::builder().read_receipts(read_receipt);
    /// ```
    pub fn read_receipts(mut self, read: fn(&str) -> Verdict) -> Self {
        self.read_receipt = Some(read);
        self
    }

    /// Sets where processes share the token, such as a
    /// [`FileTokenStore`](crate::FileTokenStore). One store serves any number of clients: it keeps
    /// the tokens of different accounts and services apart. For processes on several machines there
    /// is the crate `vendor-token-redis`. While another process logs in, a call waits for its token,
    /// but no longer than a quarter of its deadline. Default: the token stays in memory.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use ocean_geomission::{Client, FileTokenStore};
    ///
    /// let store = Arc::new(FileTokenStore::new("/var/lib/dispatch/tokens"));
    /// let builder = Client::builder().token_store(store);
    /// ```
    #[doc(alias = "token")]
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Sets time limits, sizes, retries and TLS.
    pub fn transport(mut self, config: TransportConfig) -> Self {
        self.transport = config;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if a credential is missing or has white
    /// space at its ends, the base URL is neither https nor loopback, or TLS can't be set up.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = Credentials {
            login: credential("login", self.login)?,
            password: credential("password", self.password)?,
        };
        let base_url = self.base_url.as_deref().unwrap_or(PRODUCTION);
        let transport = Transport::new(&SERVICE, base_url, HeaderMap::new(), &self.transport)?;
        let password_days_left = Arc::new(PasswordDaysLeft::default());
        let login = credentials.login.clone();
        let account = Account {
            transport: transport.clone(),
            credentials,
            password_days_left: Arc::clone(&password_days_left),
        };
        Ok(Client {
            inner: Arc::new(Inner {
                tokens: transport.token_cache(account, login.expose_secret(), self.token_store),
                password_days_left,
                parameter_place: self.parameter_place,
                read_receipt: self.read_receipt,
            }),
            customer: self.customer,
            transport,
        })
    }
}

/// A credential without the line end or byte-order mark that a file or a paste leaves on it. A
/// blank at its ends may be part of it or not, so it's refused rather than guessed.
fn credential(name: &str, given: Option<SecretString>) -> Result<SecretString, Error> {
    let given = given.unwrap_or_default();
    let text = given.expose_secret();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Error::configuration(format!(
            "the credentials are incomplete: the {name} is missing or empty"
        )));
    }
    if text != text.trim() {
        return Err(Error::configuration(format!(
            "the credentials are not clean: the {name} begins or ends with white space"
        )));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn builder(variables: &[(&str, &str)]) -> Result<ClientBuilder, Error> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        ClientBuilder::from_vars(|name| variables.get(name).map(ToString::to_string))
    }

    const LOGIN: (&str, &str) = ("OCEAN_GEOMISSION_LOGIN", "dispatcher");
    const PASSWORD: (&str, &str) = ("OCEAN_GEOMISSION_PASSWORD", "canary-password");

    #[test]
    fn the_environment_gives_credentials_base_url_and_customer() {
        let builder = builder(&[
            LOGIN,
            PASSWORD,
            ("OCEAN_GEOMISSION_BASE_URL", "https://example.com/ocean"),
            ("OCEAN_GEOMISSION_CUSTOMER_ID", "21"),
        ])
        .unwrap();
        assert_eq!(builder.customer, Some(CustomerId::new(21)));
        let client = format!("{:?}", builder.build().unwrap());
        assert!(client.contains("https://example.com/ocean"), "{client}");
    }

    #[test]
    fn what_may_be_missing_from_the_environment_is_left_out() {
        let empty = [
            ("OCEAN_GEOMISSION_BASE_URL", ""),
            ("OCEAN_GEOMISSION_CUSTOMER_ID", ""),
        ];
        for rest in [&[][..], &empty] {
            let builder = builder(&[&[LOGIN, PASSWORD], rest].concat()).unwrap();
            assert_eq!((builder.customer, builder.base_url), (None, None));
        }
    }

    #[test]
    fn a_variable_that_is_missing_or_wrong_is_named() {
        let empty = ("OCEAN_GEOMISSION_PASSWORD", "");
        for variables in [&[LOGIN][..], &[LOGIN, empty]] {
            let missing = builder(variables).unwrap_err().to_string();
            assert!(missing.contains("OCEAN_GEOMISSION_PASSWORD"), "{missing}");
        }
        let customer = ("OCEAN_GEOMISSION_CUSTOMER_ID", "canary");
        let wrong = builder(&[LOGIN, PASSWORD, customer])
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("OCEAN_GEOMISSION_CUSTOMER_ID"), "{wrong}");
        assert!(!wrong.contains("canary"), "{wrong}");
    }
}
