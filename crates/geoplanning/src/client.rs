//! The client and how it is built.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use vendor_client_core::{
    Endpoint, Error, HeaderMap, HeaderName, HeaderValue, Method, Part, Response, Service,
    Transport, TransportConfig, call_options, environment,
};

use crate::envelope::{self, Contents};
use crate::error;

/// The base URL of the vendor's production service.
const PRODUCTION: &str = "https://api.geoplanning.net";

/// The base URL of the vendor's test system, for [`ClientBuilder::base_url`].
pub const TEST_SYSTEM: &str = "https://apitest.geoplanning.net";

/// Both headers have it on every request, with or without a body (finding
/// [G-25](crate::contract#g-25)).
const MEDIA_TYPE: HeaderValue =
    HeaderValue::from_static("application/vnd.geoplanning-v3.0+json;charset=UTF-8");

static SERVICE: Service = Service::new(
    concat!("geoplanning/", env!("CARGO_PKG_VERSION")),
    error::read_failure,
);

/// A client of Geoplanning. Cheap to clone; clones share connections.
///
/// Call it within a tokio runtime with I/O and timers enabled, such as that of `#[tokio::main]`.
/// Outside a runtime each call fails with an error that says so; in one without I/O or timers,
/// tokio panics.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Builds a client from environment variables: `GEOPLANNING_LOGIN` and `GEOPLANNING_PASSWORD`,
    /// and `GEOPLANNING_BASE_URL` if it is set.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), which names the variable that is
    /// missing, or as for [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Calls an endpoint of your own, one that the service has and this crate doesn't; or one of
    /// this crate's [`endpoints`](crate::endpoints). It goes the way of every call, with the same
    /// credentials, limits and errors.
    ///
    /// `R` is the whole response, with its envelope; a code other than 0 in there is an error. If
    /// the service may respond without a body, make it an `Option`. An endpoint is not idempotent
    /// unless it is declared to be.
    ///
    /// ```no_run
    /// use geoplanning::{Client, Endpoint, Path, ResourceId};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Skills {
    ///     skills: Vec<String>,
    /// }
    ///
    /// static LIST_SKILLS: Endpoint<Path<ResourceId>, (), Skills> =
    ///     Endpoint::get("list_skills", "/resources/{id}/skills").idempotent();
    ///
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let skills = client.call(&LIST_SKILLS, &ResourceId::new(7), ()).await?.skills;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Body`](crate::ErrorKind::Body) if the response isn't an `R`; otherwise any [`Error`].
    pub async fn call<At: Part, Body: Part, R: DeserializeOwned>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<R, Error> {
        self.call_raw(endpoint, at, body).await?.json_or_null()
    }

    /// Calls an endpoint as [`call`](Self::call) does, and returns the response as it came: status,
    /// headers, earlier attempts, body.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Endpoint};
    /// static LIST_ZONES: Endpoint<(), (), ()> = Endpoint::get("list_zones", "/zones");
    ///
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let response = client.call_raw(&LIST_ZONES, (), ()).await?;
    /// println!("{}: {} bytes", response.status(), response.body().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn call_raw<At: Part, Body: Part, R>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<Response, Error> {
        let response = self.send(endpoint, at, body).await?;
        envelope::check(&response)?;
        Ok(response)
    }

    /// Calls an endpoint and takes what was asked for out of the response.
    pub(crate) async fn contents<At: Part, Body: Part, R: Contents>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<R::Content, Error> {
        R::take(&self.send(endpoint, at, body).await?)
    }

    async fn send<At: Part, Body: Part, R>(
        &self,
        endpoint: &'static Endpoint<At, Body, R>,
        at: At::Value<'_>,
        body: Body::Value<'_>,
    ) -> Result<Response, Error> {
        let mut request = self.transport.request_to(endpoint, at, body);
        if endpoint.operation().method == Method::DELETE {
            // The service may send bytes behind a 204, which a later call on the same connection
            // would meet (finding G-22).
            request = request.header(
                HeaderName::from_static("connection"),
                HeaderValue::from_static("close"),
            );
        }
        self.transport.send(request).await
    }
}

call_options!(Client);

/// Looking things up, before and after an addition.
impl Client {
    /// Looks something up: `None` if it is not there. What comes must be what was asked for, or the
    /// look-up has failed.
    pub(crate) async fn look_up<At: Part, R: Contents>(
        &self,
        endpoint: &'static Endpoint<At, (), R>,
        at: At::Value<'_>,
        is_it: impl Fn(&R::Content) -> bool,
    ) -> Result<Option<R::Content>, Error> {
        let response = match self.send(endpoint, at, ()).await {
            Ok(response) => response,
            Err(error) if error.is_absent() => return Ok(None),
            Err(error) => return Err(error),
        };
        match R::take(&response)? {
            content if is_it(&content) => Ok(Some(content)),
            _ => Err(response.unexpected("it is not what was asked for")),
        }
    }
}

/// Builds a [`Client`].
#[derive(Clone, Default)]
#[must_use = "nothing is built until `build` is called"]
pub struct ClientBuilder {
    base_url: Option<String>,
    login: Option<SecretString>,
    password: Option<SecretString>,
    transport: TransportConfig,
}

/// Hides the credentials.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Starts with the environment variables that [`Client::from_env`] names.
    ///
    /// # Errors
    ///
    /// As for [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(environment::of_process)
    }

    fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut builder = Self::default().credentials(
            environment::required(&get, "GEOPLANNING_LOGIN")?,
            environment::required(&get, "GEOPLANNING_PASSWORD")?,
        );
        builder.base_url = environment::optional(&get, "GEOPLANNING_BASE_URL");
        Ok(builder)
    }

    /// Sets the user's name and password. The user needs the right "webservices user".
    pub fn credentials(
        mut self,
        login: impl Into<SecretString>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.login = Some(login.into());
        self.password = Some(password.into());
        self
    }

    /// Sets the service's base URL. Default: `https://api.geoplanning.net`. The vendor's test
    /// system is at [`TEST_SYSTEM`].
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets time limits, sizes, retries and TLS.
    pub fn transport(mut self, config: TransportConfig) -> Self {
        self.transport = config;
        self
    }

    /// Builds the client. Nothing is sent yet; [`Client::check_login`] finds wrong credentials
    /// early.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if credentials are missing or do not fit
    /// into Basic authentication, if the base URL is neither https nor loopback, or if TLS cannot
    /// be set up.
    pub fn build(self) -> Result<Client, Error> {
        let (Some(login), Some(password)) = (&self.login, &self.password) else {
            return Err(Error::configuration("the credentials are missing"));
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("accept"), MEDIA_TYPE);
        headers.insert(HeaderName::from_static("content-type"), MEDIA_TYPE);
        headers.insert(
            HeaderName::from_static("authorization"),
            basic(login, password)?,
        );
        let base_url = self.base_url.as_deref().unwrap_or(PRODUCTION);
        let transport = Transport::new(&SERVICE, base_url, headers, &self.transport)?;
        Ok(Client { transport })
    }
}

/// The credentials as a header, which prints as nothing (RFC 7617).
fn basic(login: &SecretString, password: &SecretString) -> Result<HeaderValue, Error> {
    let login = without_line_ends("login", login)?;
    let password = without_line_ends("password", password)?;
    if login.contains(':') {
        return Err(Error::configuration("the login must not have a colon"));
    }
    let credentials = SecretString::from(format!("{login}:{password}"));
    let encoded = SecretString::from(STANDARD.encode(credentials.expose_secret()));
    let header = SecretString::from(format!("Basic {}", encoded.expose_secret()));
    let mut value = HeaderValue::from_str(header.expose_secret())
        .map_err(|_| Error::configuration("the credentials cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A credential without the byte-order mark and the line ends that a file or a pasted text leaves
/// around it. Blanks at its ends are refused: nobody knows whether they belong to it.
fn without_line_ends<'a>(name: &str, secret: &'a SecretString) -> Result<&'a str, Error> {
    let text = secret.expose_secret();
    let text = text.trim_start_matches('\u{feff}');
    let text = text.trim_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(Error::configuration(format!("the {name} is empty")));
    }
    if text.trim() != text {
        let message = format!("the {name} must not begin or end with white space");
        return Err(Error::configuration(message));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Client, Error> {
        let read = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        ClientBuilder::from_vars(read)?.build()
    }

    #[test]
    fn a_client_comes_from_environment_variables() {
        let client = from(&[
            ("GEOPLANNING_LOGIN", "planner"),
            ("GEOPLANNING_PASSWORD", "pw"),
            ("GEOPLANNING_BASE_URL", TEST_SYSTEM),
        ])
        .unwrap();
        assert!(format!("{client:?}").contains("apitest.geoplanning.net"));
    }

    #[test]
    fn a_variable_that_is_missing_or_empty_is_named() {
        let login = ("GEOPLANNING_LOGIN", "planner");
        for variables in [&[login][..], &[login, ("GEOPLANNING_PASSWORD", "")]] {
            let error = from(variables).unwrap_err();
            assert!(
                error.to_string().contains("GEOPLANNING_PASSWORD"),
                "{error}"
            );
        }
        let error = from(&[("GEOPLANNING_PASSWORD", "pw")]).unwrap_err();
        assert!(error.to_string().contains("GEOPLANNING_LOGIN"), "{error}");
    }

    #[test]
    fn an_empty_base_url_in_the_environment_is_as_good_as_none() {
        let client = from(&[
            ("GEOPLANNING_LOGIN", "planner"),
            ("GEOPLANNING_PASSWORD", "pw"),
            ("GEOPLANNING_BASE_URL", ""),
        ])
        .unwrap();
        assert!(format!("{client:?}").contains("api.geoplanning.net"));
    }

    #[test]
    fn credentials_that_basic_authentication_cannot_hold_are_refused() {
        for (login, password) in [("", "pw"), ("planner", ""), ("canary:x", "pw")] {
            let error = Client::builder()
                .credentials(login, password)
                .build()
                .unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Configuration);
            assert!(!error.to_string().contains("canary"));
        }
        let error = Client::builder().build().unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_around_credentials_are_dropped() {
        for (login, password) in [
            ("planner\n", "secret\r\n"),
            ("\u{feff}planner", "\u{feff}secret\n"),
            ("\nplanner", "secret"),
        ] {
            let header = basic(&login.into(), &password.into()).unwrap();
            assert_eq!(header.as_bytes(), b"Basic cGxhbm5lcjpzZWNyZXQ=");
        }
    }

    #[test]
    fn blanks_around_credentials_are_refused_by_name() {
        for (login, password, name) in [
            (" canary", "pw", "login"),
            ("planner", "canary\t", "password"),
            ("planner", " \n", "password"),
        ] {
            let error = basic(&login.into(), &password.into()).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn credentials_may_have_any_characters_and_are_hidden() {
        let header = basic(&"plänner".into(), &"p:w\r\n€".into()).unwrap();
        assert_eq!(header.as_bytes(), b"Basic cGzDpG5uZXI6cDp3DQrigqw=");
        assert!(header.is_sensitive());
        let builder = Client::builder().credentials("canary", "canary");
        assert!(!format!("{builder:?}").contains("canary"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("canary"));
    }
}
