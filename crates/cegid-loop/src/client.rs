//! The client, and how it is built.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vendor_client_core::{
    Error, HeaderMap, HeaderName, HeaderValue, Idempotency, Method, Operation, Service, Transport,
    TransportConfig, VendorMessage, environment,
};

use crate::activities::{self, LetterActivity};
use crate::filter::Filter;
use crate::id::LetterId;
use crate::letters::{self, EngagementLetter};
use crate::list::List;

/// Where the service is.
const BASE_URL: &str = "https://api.cegid.com/loop-api-publiques";

/// The folder of the firm itself, to which its engagement letters belong.
const FIRM_FOLDER: &str = "cabinet";

const SUBSCRIPTION_KEY_HEADER: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");
const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-apikey");
const CONTENT_TYPE_HEADER: HeaderName = HeaderName::from_static("content-type");

static SERVICE: Service = Service::new(
    concat!("cegid-loop/", env!("CARGO_PKG_VERSION")),
    read_failure,
);

pub(crate) static LIST_ENGAGEMENT_LETTERS: Operation = Operation::new(
    "list_engagement_letters",
    Method::GET,
    "/LettresDeMissions",
    Idempotency::Idempotent,
);

pub(crate) static LIST_ACTIVITIES: Operation = Operation::new(
    "list_activities",
    Method::GET,
    "/giActivitesMission",
    Idempotency::Idempotent,
);

/// Any other list, which the caller names.
static LIST: Operation = Operation::new("list", Method::GET, "/{list}", Idempotency::Idempotent);

/// A client of Cegid Loop. Cheap to clone; clones share connections and the retry budget.
///
/// Its calls run within a tokio runtime that has input, output and timers enabled, as that of
/// `#[tokio::main]` has.
///
/// ```no_run
/// use cegid_loop::letters::{self, LetterStatus};
/// use cegid_loop::Client;
///
/// # async fn run() -> Result<(), cegid_loop::Error> {
/// let client = Client::from_env()?;
/// let signed = letters::STATUS.eq(LetterStatus::SIGNED);
/// for letter in client.engagement_letters(signed).try_collect().await? {
///     println!("{}", letter.number.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Transport,
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
    /// | `CEGID_LOOP_FOLDER` | the folder, where it is not `cabinet` |
    /// | `CEGID_LOOP_BASE_URL` | the base URL, where it is not the vendor's |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), which names the variable that is
    /// missing, or as for [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Lists engagement letters: those that satisfy `filter`, or all with
    /// [`Filter::unfiltered`].
    ///
    /// `GET /LettresDeMissions`
    ///
    /// Docs: `docs/cegid-loop/engagement-letters.md`, "List engagement letters".
    pub fn engagement_letters(&self, filter: Filter<EngagementLetter>) -> List<EngagementLetter> {
        List::new(self, &LIST_ENGAGEMENT_LETTERS, None, filter)
    }

    /// Reads one engagement letter; `None` where there is no such letter.
    ///
    /// The vendor says that a single one is read by its identifier and shows no path for it, so
    /// this is a list with a filter on `objectId`. Another letter, which a service that passes over
    /// the filter would answer, is not taken for it.
    ///
    /// # Errors
    ///
    /// As for [`List::page`].
    ///
    /// Docs: `docs/cegid-loop/README.md`, "Lists".
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
    /// Docs: `docs/cegid-loop/activities.md`, "List activities".
    pub fn activities(&self, filter: Filter<LetterActivity>) -> List<LetterActivity> {
        List::new(self, &LIST_ACTIVITIES, None, filter)
    }

    /// Lists the activities that a letter promises.
    ///
    /// A letter without [`id`](EngagementLetter::id), because a
    /// [`Select`](crate::Select) left it out, is refused when the list is asked for.
    ///
    /// Docs: `docs/cegid-loop/activities.md`, "List activities".
    pub fn activities_of(&self, letter: &EngagementLetter) -> List<LetterActivity> {
        let filter = match letter.id {
            Some(id) => activities::LETTER_ID.eq(id),
            None => Filter::impossible("needs a letter that was read with its `objectId`"),
        };
        self.activities(filter)
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
    /// Docs: `docs/cegid-loop/README.md`, "Lists".
    pub fn list<Row>(&self, name: &str, filter: Filter<Row>) -> List<Row>
    where
        Row: DeserializeOwned + Send + 'static,
    {
        List::new(self, &LIST, Some(name), filter)
    }

    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }
}

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
#[derive(Clone)]
#[must_use = "nothing is built until `build` is called"]
pub struct ClientBuilder {
    subscription_key: SecretString,
    api_key: SecretString,
    api_secret: SecretString,
    folder: String,
    base_url: String,
    content_type: String,
    transport: TransportConfig,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            subscription_key: SecretString::default(),
            api_key: SecretString::default(),
            api_secret: SecretString::default(),
            folder: FIRM_FOLDER.to_owned(),
            base_url: BASE_URL.to_owned(),
            content_type: "application/json".to_owned(),
            transport: TransportConfig::default(),
        }
    }
}

impl ClientBuilder {
    /// A builder filled as [`Client::from_env`] says.
    ///
    /// # Errors
    ///
    /// As for [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(environment::of_process)
    }

    fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut builder = Self::default()
            .subscription_key(environment::required(&get, "CEGID_LOOP_SUBSCRIPTION_KEY")?)
            .api_key(
                environment::required(&get, "CEGID_LOOP_API_KEY")?,
                environment::required(&get, "CEGID_LOOP_API_SECRET")?,
            );
        if let Some(folder) = environment::optional(&get, "CEGID_LOOP_FOLDER") {
            builder.folder = folder;
        }
        if let Some(base_url) = environment::optional(&get, "CEGID_LOOP_BASE_URL") {
            builder.base_url = base_url;
        }
        Ok(builder)
    }

    /// Sets the subscription key. Required.
    ///
    /// Wire: the header `Ocp-Apim-Subscription-Key`.
    pub fn subscription_key(mut self, key: impl Into<SecretString>) -> Self {
        self.subscription_key = key.into();
        self
    }

    /// Sets the API key and its client secret. Required.
    ///
    /// Wire: the header `x-apikey`, as `key:secret`.
    pub fn api_key(
        mut self,
        key: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> Self {
        self.api_key = key.into();
        self.api_secret = secret.into();
        self
    }

    /// Sets the folder that is read where a call names no other: by default `cabinet`, the firm
    /// itself.
    ///
    /// Wire: the parameter `codeDossier`.
    pub fn folder(mut self, code: impl Into<String>) -> Self {
        self.folder = code.into();
        self
    }

    /// Sets the base URL, by default `https://api.cegid.com/loop-api-publiques`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sets the `Content-Type` of every request, by default `application/json`.
    ///
    /// No request has a body. The vendor's pages ask for `application-json`, which is no media
    /// type; should the gateway insist on it, this is the way.
    ///
    /// Docs: `docs/cegid-loop/README.md`, "Deviations" (finding C-16).
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
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
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where a key is missing or
    /// cannot stand in a header, where the base URL is no https URL, or where TLS cannot be set
    /// up.
    pub fn build(self) -> Result<Client, Error> {
        let headers = HeaderMap::from_iter([
            (SUBSCRIPTION_KEY_HEADER, self.subscription_key_header()?),
            (API_KEY_HEADER, self.api_key_header()?),
            (CONTENT_TYPE_HEADER, self.content_type_header()?),
        ]);
        Ok(Client {
            transport: Transport::new(&SERVICE, &self.base_url, headers, &self.transport)?,
            folder: self.folder.into(),
        })
    }

    fn subscription_key_header(&self) -> Result<HeaderValue, Error> {
        secret_header(
            self.subscription_key.expose_secret(),
            "the subscription key",
        )
    }

    fn api_key_header(&self) -> Result<HeaderValue, Error> {
        let key = self.api_key.expose_secret();
        let secret = self.api_secret.expose_secret();
        if key.is_empty() || secret.is_empty() {
            return Err(Error::configuration(
                "the API key or its client secret is missing",
            ));
        }
        if key.contains(':') {
            return Err(Error::configuration("the API key must not contain a colon"));
        }
        let joined = SecretString::from(format!("{key}:{secret}"));
        secret_header(joined.expose_secret(), "the API key or its client secret")
    }

    fn content_type_header(&self) -> Result<HeaderValue, Error> {
        HeaderValue::from_str(&self.content_type)
            .map_err(|_| Error::configuration("the content type cannot stand in a header"))
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

fn secret_header(secret: &str, what: &str) -> Result<HeaderValue, Error> {
    if secret.is_empty() {
        return Err(Error::configuration(format!("{what} is missing")));
    }
    let mut value = HeaderValue::from_str(secret)
        .map_err(|_| Error::configuration(format!("{what} cannot stand in a header")))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads what the gateway says of a failure: `{"statusCode": 401, "message": "…"}`.
///
/// Docs: `docs/cegid-loop/README.md`, "Error answers".
fn read_failure(body: &[u8]) -> VendorMessage {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(rename = "statusCode", alias = "code")]
        code: Option<Value>,
        message: Option<String>,
    }
    let Ok(failure) = serde_json::from_slice::<Failure>(body) else {
        return VendorMessage::default();
    };
    let code = failure.code.and_then(|code| match code {
        Value::String(code) => Some(code),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    });
    VendorMessage::new(code, failure.message)
}

#[cfg(test)]
mod tests {
    use vendor_client_core::ErrorKind;

    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Client, Error> {
        let read = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        ClientBuilder::from_vars(read)?.build()
    }

    const KEYS: [(&str, &str); 3] = [
        ("CEGID_LOOP_SUBSCRIPTION_KEY", "canary-subscription"),
        ("CEGID_LOOP_API_KEY", "canary-key"),
        ("CEGID_LOOP_API_SECRET", "canary-secret"),
    ];

    #[test]
    fn the_environment_gives_keys_and_the_firms_own_folder() {
        assert_eq!(from(&KEYS).unwrap().folder(), "cabinet");
        let other = [&KEYS[..], &[("CEGID_LOOP_FOLDER", "CLIENT01")]].concat();
        assert_eq!(from(&other).unwrap().folder(), "CLIENT01");
        let emptied = [&KEYS[..], &[("CEGID_LOOP_FOLDER", "")]].concat();
        assert_eq!(from(&emptied).unwrap().folder(), "cabinet");
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
            .subscription_key("canary\n")
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

    #[test]
    fn the_gateways_words_are_read() {
        let failure = read_failure(br#"{ "statusCode": 401, "message": "Access denied" }"#);
        assert_eq!(failure.code.as_deref(), Some("401"));
        assert_eq!(failure.message.as_deref(), Some("Access denied"));
        assert_eq!(read_failure(b"<html>"), VendorMessage::default());
        let no_code = read_failure(br#"{ "code": { "client": "canary" } }"#);
        assert_eq!(no_code, VendorMessage::default());
    }
}
