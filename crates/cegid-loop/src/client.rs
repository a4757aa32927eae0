//! The client, and how it is built.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use vendor_client_core::{
    Endpoint, Error, HeaderMap, HeaderName, HeaderValue, Many, Part, Response, Service, StatusCode,
    Transport, TransportConfig, call_options, environment,
};

use crate::activities::{self, LIST_ACTIVITIES, LetterActivity};
use crate::error::{self, read_failure};
use crate::filter::Filter;
use crate::id::LetterId;
use crate::letters::{self, EngagementLetter, LIST_ENGAGEMENT_LETTERS};
use crate::list::List;

/// The service's base URL.
const BASE_URL: &str = "https://api.cegid.com/loop-api-publiques";

/// The folder of the firm itself, to which its engagement letters belong.
const FIRM_FOLDER: &str = "cabinet";

const CONTENT_TYPE: &str = "application/json";

const SUBSCRIPTION_KEY_HEADER: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");
const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-apikey");
const CONTENT_TYPE_HEADER: HeaderName = HeaderName::from_static("content-type");

static SERVICE: Service = Service::new(
    concat!("cegid-loop/", env!("CARGO_PKG_VERSION")),
    read_failure,
)
// With `Retry-After`; without it, a 403 is a forbidden address.
.quota_status(StatusCode::FORBIDDEN);

/// A client of Cegid Loop. Cheap to clone; clones share connections and the retry budget.
///
/// Its calls run within a tokio runtime with I/O and timers enabled, such as that of
/// `#[tokio::main]`. Outside a runtime each of them fails with an error that says so; in one
/// without I/O or timers, tokio panics.
///
/// ```no_run
/// use cegid_loop::Client;
/// use cegid_loop::letters;
///
/// # async fn run() -> Result<(), cegid_loop::Error> {
/// let client = Client::from_env()?;
/// for letter in client.engagement_letters(letters::signed()).try_collect().await? {
///     println!("{}", letter.number.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    transport: Transport,
    folder: Arc<str>,
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from environment variables.
    ///
    /// | Variable | Holds |
    /// | --- | --- |
    /// | `CEGID_LOOP_SUBSCRIPTION_KEY` | the subscription key |
    /// | `CEGID_LOOP_API_KEY` | the API key |
    /// | `CEGID_LOOP_API_SECRET` | the client secret that belongs to the API key |
    /// | `CEGID_LOOP_FOLDER` | the folder. Default: `cabinet` |
    /// | `CEGID_LOOP_BASE_URL` | the base URL. Default: the vendor's |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the variable that is missing,
    /// or as for [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Lists engagement letters: those that satisfy `filter`, or all with
    /// [`Filter::unfiltered`].
    ///
    /// `GET /LettresDeMissions`
    ///
    /// Docs: [List engagement letters](crate::contract::letters#list-engagement-letters).
    #[doc(alias = "list_engagement_letters")]
    #[doc(alias = "LettresDeMissions")]
    pub fn engagement_letters(&self, filter: Filter<EngagementLetter>) -> List<EngagementLetter> {
        List::documented(
            &LIST_ENGAGEMENT_LETTERS,
            &self.transport,
            &self.folder,
            filter,
        )
    }

    /// Reads one engagement letter; `None` if there is no such letter.
    ///
    /// The vendor says that a single one is read by its identifier and shows no path for it, so
    /// this is a list with a filter on `objectId`. If a service ignores the filter and returns
    /// another letter, that one is not taken for it.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, LetterId};
    /// # async fn run(client: Client, id: LetterId) -> Result<(), cegid_loop::Error> {
    /// if let Some(letter) = client.engagement_letter(id).await? {
    ///     println!("{}", letter.number.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`List::page`].
    ///
    /// Docs: [Lists](crate::contract#lists).
    pub async fn engagement_letter(&self, id: LetterId) -> Result<Option<EngagementLetter>, Error> {
        let page = self.engagement_letters(letters::ID.eq(id)).limit(1).page();
        let mut rows = page.await?.rows.into_iter();
        Ok(rows.find(|letter| letter.id == Some(id)))
    }

    /// Lists activities of engagement letters: those that satisfy `filter`, or all with
    /// [`Filter::unfiltered`].
    ///
    /// `GET /giActivitesMission`
    ///
    /// Docs: [List activities](crate::contract::activities#list-activities).
    #[doc(alias = "list_activities")]
    #[doc(alias = "giActivitesMission")]
    pub fn activities(&self, filter: Filter<LetterActivity>) -> List<LetterActivity> {
        List::documented(&LIST_ACTIVITIES, &self.transport, &self.folder, filter)
    }

    /// Lists the activities that a letter promises.
    ///
    /// A letter without [`id`](EngagementLetter::id), because a
    /// [`Select`](crate::Select) left it out, is refused when the list is requested.
    ///
    /// Docs: [List activities](crate::contract::activities#list-activities).
    pub fn activities_of(&self, letter: &EngagementLetter) -> List<LetterActivity> {
        let filter = match letter.id {
            Some(id) => activities::LETTER_ID.eq(id),
            None => Filter::impossible("needs a letter that was read with its `objectId`"),
        };
        self.activities(filter)
    }

    /// Reads the activities of many letters, as [`activities_of`](Self::activities_of) lists those of
    /// one: a stream of letters and their activities, in the order in which they are done.
    ///
    /// A bounded number of calls is under way ([`Many::in_flight`]; default: 8), and letters are
    /// taken from the iterator only as they are needed. One that fails doesn't stop the others. If
    /// the service refuses the credentials, the rest comes back with that error.
    ///
    /// The activities of all letters are read sooner as one list, 100 at a time: with
    /// [`activities`](Self::activities).
    ///
    /// ```no_run
    /// use cegid_loop::{Client, Error, letters};
    ///
    /// # async fn run(client: Client) -> Result<(), Error> {
    /// let signed = client.engagement_letters(letters::signed()).try_collect().await?;
    /// let mut promised = client.activities_of_many(signed).in_flight(4);
    /// while let Some((letter, activities)) = promised.next().await {
    ///     println!("{:?}: {}", letter.id, activities?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Docs: [List activities](crate::contract::activities#list-activities).
    #[must_use = "nothing is sent until it is polled"]
    pub fn activities_of_many<Letters>(
        &self,
        letters: Letters,
    ) -> Many<EngagementLetter, Vec<LetterActivity>>
    where
        Letters: IntoIterator<Item = EngagementLetter>,
        Letters::IntoIter: Send + 'static,
    {
        let client = self.clone();
        Many::new(letters, move |letter| {
            let list = client.activities_of(&letter);
            async move {
                let activities = list.try_collect().await;
                (letter, activities)
            }
        })
    }

    /// Lists the rows of any other list of the service, such as `compte` or `groupe`, in a row
    /// type of your own.
    ///
    /// ```no_run
    /// use cegid_loop::{Client, Field, ObjectId};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Account {
    ///     #[serde(rename = "objectId")]
    ///     id: ObjectId,
    ///     #[serde(rename = "numero")]
    ///     number: String,
    ///     #[serde(rename = "libelle")]
    ///     name: Option<String>,
    /// }
    ///
    /// const CLOSED: Field<Account, bool> = Field::new("ferme");
    ///
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let open = client.list("compte", CLOSED.ne(true)).folder("CLIENT01");
    /// for account in open.try_collect().await? {
    ///     println!("{} {}", account.number, account.name.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Docs: [Lists](crate::contract#lists).
    pub fn list<Row>(&self, name: &str, filter: Filter<Row>) -> List<Row>
    where
        Row: DeserializeOwned + Send + 'static,
    {
        List::named(name, &self.transport, &self.folder, filter)
    }

    /// Calls an endpoint of your own: one that the service has, this crate hasn't, and that isn't a
    /// list, for which there is [`list`](Self::list); or one of this crate's
    /// [`endpoints`](crate::endpoints). It goes the way of every call, with the same keys, limits and
    /// errors.
    ///
    /// A response with an `error` inside is a refusal, whatever its status. If the service may
    /// respond without a body, make `R` an `Option`. An endpoint is not idempotent unless it is
    /// declared to be.
    ///
    /// ```no_run
    /// use cegid_loop::{Client, Endpoint, Query, Validate};
    ///
    /// #[derive(serde::Serialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct OfImport {
    ///     accounting_import_request_id: String,
    /// }
    ///
    /// impl Validate for OfImport {}
    ///
    /// #[derive(serde::Deserialize)]
    /// struct ImportStatus {
    ///     status: u8,
    /// }
    ///
    /// static IMPORT_STATUS: Endpoint<Query<OfImport>, (), ImportStatus> =
    ///     Endpoint::get("import_status", "/getImportStatus").idempotent();
    ///
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let import = OfImport { accounting_import_request_id: "42".into() };
    /// let is_done = client.call(&IMPORT_STATUS, &import, ()).await?.status == 3;
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

    /// Calls an endpoint as [`call`](Self::call) does, and returns the response as it
    /// came: status, headers, earlier attempts, body.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Endpoint};
    /// static JOURNALS: Endpoint<(), (), ()> = Endpoint::get("journals", "/journal");
    ///
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let response = client.call_raw(&JOURNALS, (), ()).await?;
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
        let request = self.transport.request_to(endpoint, at, body);
        let response = self.transport.send(request).await?;
        match error::is_refusal(response.body()) {
            true => Err(error::refused(&response)),
            false => Ok(response),
        }
    }
}

call_options!(Client);

/// Builds a [`Client`].
///
/// ```
/// use cegid_loop::Client;
///
/// let client = Client::builder()
///     .subscription_key("the subscription key")
///     .api_key("the key", "the client secret")
///     .build()?;
/// # Ok::<_, cegid_loop::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is built until `build` is called"]
pub struct ClientBuilder {
    subscription_key: Option<SecretString>,
    api_key: Option<SecretString>,
    api_secret: Option<SecretString>,
    folder: Option<String>,
    base_url: Option<String>,
    content_type: Option<String>,
    transport: TransportConfig,
}

impl ClientBuilder {
    /// A builder filled from the variables that [`Client::from_env`] lists.
    ///
    /// # Errors
    ///
    /// As for [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(environment::of_process)
    }

    fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let required = |name| environment::required(&get, name);
        Ok(Self {
            folder: environment::optional(&get, "CEGID_LOOP_FOLDER"),
            base_url: environment::optional(&get, "CEGID_LOOP_BASE_URL"),
            ..Self::default()
                .subscription_key(required("CEGID_LOOP_SUBSCRIPTION_KEY")?)
                .api_key(
                    required("CEGID_LOOP_API_KEY")?,
                    required("CEGID_LOOP_API_SECRET")?,
                )
        })
    }

    /// Sets the subscription key. Required. White space around it is removed.
    ///
    /// Wire: the header `Ocp-Apim-Subscription-Key`.
    pub fn subscription_key(mut self, key: impl Into<SecretString>) -> Self {
        self.subscription_key = Some(key.into());
        self
    }

    /// Sets the API key and its client secret. Required. White space around them is removed.
    ///
    /// Wire: the header `x-apikey`, as `key:secret`.
    pub fn api_key(
        mut self,
        key: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> Self {
        self.api_key = Some(key.into());
        self.api_secret = Some(secret.into());
        self
    }

    /// Sets the folder that is read if a list names no other. Default: `cabinet`, the firm
    /// itself.
    ///
    /// Wire: the parameter `codeDossier`.
    pub fn folder(mut self, code: impl Into<String>) -> Self {
        self.folder = Some(code.into());
        self
    }

    /// Sets the base URL. Default: `https://api.cegid.com/loop-api-publiques`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the `Content-Type` of every request. Default: `application/json`.
    ///
    /// No request has a body. The vendor's pages require `application-json`, which is not a media
    /// type; if the gateway insists on it, set it here.
    ///
    /// Docs: [Deviations](crate::contract#deviations) (finding [C-16](crate::contract#c-16)).
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
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
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a key is missing or is not
    /// a valid header value, if the base URL is not an https URL, or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let headers = HeaderMap::from_iter([
            (SUBSCRIPTION_KEY_HEADER, self.subscription_key_header()?),
            (API_KEY_HEADER, self.api_key_header()?),
            (CONTENT_TYPE_HEADER, self.content_type_header()?),
        ]);
        let base_url = self.base_url.as_deref().unwrap_or(BASE_URL);
        Ok(Client {
            transport: Transport::new(&SERVICE, base_url, headers, &self.transport)?,
            folder: self.folder.unwrap_or_else(|| FIRM_FOLDER.to_owned()).into(),
        })
    }

    fn subscription_key_header(&self) -> Result<HeaderValue, Error> {
        secret_header(given(&self.subscription_key, "the subscription key")?)
    }

    fn api_key_header(&self) -> Result<HeaderValue, Error> {
        let key = given(&self.api_key, "the API key")?;
        let secret = given(&self.api_secret, "the client secret of the API key")?;
        if key.text.contains(':') {
            return Err(Error::configuration("the API key must not contain a colon"));
        }
        let joined = SecretString::from(format!("{}:{}", key.text, secret.text));
        let [key, secret] = [secret_header(key), secret_header(secret)];
        key.and(secret)?;
        secret_header(Given {
            text: joined.expose_secret(),
            name: "the API key",
        })
    }

    fn content_type_header(&self) -> Result<HeaderValue, Error> {
        let content_type = self.content_type.as_deref().unwrap_or(CONTENT_TYPE);
        HeaderValue::from_str(content_type)
            .map_err(|_| Error::configuration("the content type is not a valid header value"))
    }
}

/// Shows no key.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("folder", &self.folder)
            .field("content_type", &self.content_type)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// A secret that the caller gave, and what it is called.
#[derive(Clone, Copy)]
struct Given<'a> {
    text: &'a str,
    name: &'static str,
}

/// A secret that must be given. Blanks, line ends and a byte-order mark around it come from the
/// file or the terminal that it was copied from.
fn given<'a>(secret: &'a Option<SecretString>, name: &'static str) -> Result<Given<'a>, Error> {
    let text = secret.as_ref().map_or("", |secret| secret.expose_secret());
    match text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') {
        "" => Err(Error::configuration(format!("{name} is missing"))),
        text => Ok(Given { text, name }),
    }
}

fn secret_header(secret: Given<'_>) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(secret.text).map_err(|_| {
        Error::configuration(format!("{} is not a valid header value", secret.name))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use vendor_client_core::ErrorKind;

    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Client, Error> {
        let get = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        ClientBuilder::from_vars(get)?.build()
    }

    fn folder(client: &Client) -> &str {
        &client.folder
    }

    const KEYS: [(&str, &str); 3] = [
        ("CEGID_LOOP_SUBSCRIPTION_KEY", "canary-subscription"),
        ("CEGID_LOOP_API_KEY", "canary-key"),
        ("CEGID_LOOP_API_SECRET", "canary-secret"),
    ];

    #[test]
    fn the_environment_gives_keys_and_the_firms_own_folder() {
        assert_eq!(folder(&from(&KEYS).unwrap()), "cabinet");
        let other = [&KEYS[..], &[("CEGID_LOOP_FOLDER", "CLIENT01")]].concat();
        assert_eq!(folder(&from(&other).unwrap()), "CLIENT01");
        let emptied = [&KEYS[..], &[("CEGID_LOOP_FOLDER", "")]].concat();
        assert_eq!(folder(&from(&emptied).unwrap()), "cabinet");
    }

    #[test]
    fn a_variable_that_is_missing_is_named() {
        for missing in 0..KEYS.len() {
            let mut variables = KEYS.to_vec();
            let (name, _) = variables.remove(missing);
            let emptied = [&variables[..], &[(name, "")]].concat();
            for variables in [variables, emptied] {
                let error = from(&variables).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Configuration);
                assert!(error.to_string().contains(name), "{error}");
            }
        }
    }

    #[test]
    fn a_key_that_no_header_can_hold_is_refused_and_not_shown() {
        let keys = Client::builder()
            .subscription_key("canary\nkey")
            .api_key("k", "s");
        let pair = Client::builder()
            .subscription_key("x")
            .api_key("canary:k", "s");
        let none = Client::builder()
            .subscription_key("x")
            .api_key("", "canary");
        for builder in [keys, pair, none] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let builder = Client::builder()
            .subscription_key("canary-subscription")
            .api_key("canary-key", "canary-secret");
        assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("canary"));
    }
}
