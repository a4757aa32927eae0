//! Where experiments are made: plain HTTP to a service, with a note of what has to be undone.
//!
//! Nothing of the clients is in between, so that what they take for granted hides no outcome.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use vendor_client_core::reqwest::header::{HeaderName, HeaderValue};
use vendor_client_core::reqwest::{self, Method, Url};

use crate::crates::Parameters;
use crate::error::{Error, Result};
use crate::observe::exchange::Exchange;

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// How often a thing is deleted at most. If the service takes duplicates, there may be several.
const DELETIONS: usize = 5;

/// Why an experiment has no outcome. No value of the account gets into it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Untold {
    #[error("needs --with {0}=…")]
    Needs(&'static str),
    #[error("writes: needs --write")]
    Writes,
    #[error("{0}: the service responded with {1}")]
    Refused(&'static str, u16),
    #[error("cannot tell: {0}")]
    Unclear(&'static str),
    #[error("a call failed before there was a response")]
    NoResponse,
    #[error("stopped by Ctrl-C")]
    Interrupted,
}

/// What an experiment returns: one of its outcomes, by its words.
pub(crate) type Told = std::result::Result<&'static str, Untold>;

/// A call that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    /// In the place of the service's usual ones. None leaves one out.
    headers: Vec<(&'static str, Option<String>)>,
    body: Vec<u8>,
}

pub(crate) fn get(path: impl Into<String>) -> Ask {
    Ask::new(Method::GET, path)
}

pub(crate) fn post(path: impl Into<String>) -> Ask {
    Ask::new(Method::POST, path)
}

pub(crate) fn put(path: impl Into<String>) -> Ask {
    Ask::new(Method::PUT, path)
}

pub(crate) fn patch(path: impl Into<String>) -> Ask {
    Ask::new(Method::PATCH, path)
}

pub(crate) fn delete(path: impl Into<String>) -> Ask {
    Ask::new(Method::DELETE, path)
}

impl Ask {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sends this header in the place of the service's usual one; none leaves it out.
    pub(crate) fn header(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.push((name, value.map(str::to_owned)));
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }

    /// Moves the query into a form body.
    pub(crate) fn in_form(mut self) -> Self {
        let pairs = std::mem::take(&mut self.query);
        self.body = encoded(&pairs).into_bytes();
        self.header("content-type", Some("application/x-www-form-urlencoded"))
    }

    /// Moves the query into a JSON body.
    pub(crate) fn in_json(mut self) -> Self {
        let pairs = std::mem::take(&mut self.query).into_iter();
        let body: Value = pairs
            .map(|(name, value)| (name, Value::from(value)))
            .collect();
        self.json(&body)
            .header("content-type", Some("application/json"))
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.method, self.path)?;
        if self.query.is_empty() {
            return Ok(());
        }
        write!(out, "?{}", encoded(&self.query))
    }
}

/// Pairs as a query has them.
fn encoded(pairs: &[(String, String)]) -> String {
    // A constant that is a URL.
    let mut url = Url::parse("http://localhost").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url.as_ref()
        .and_then(Url::query)
        .unwrap_or_default()
        .to_owned()
}

/// How what was made is undone.
#[derive(Clone, Debug)]
enum Undo {
    /// Made again until nothing is left of it, in every way that there may be to make it.
    Delete(Vec<Ask>),
    /// Made once.
    Restore(Ask),
}

/// How a lab is to behave.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Whether experiments that write are made.
    pub(crate) write: bool,
    /// How the names of what is made begin.
    pub(crate) prefix: String,
    /// How long the lab waits before each call.
    pub(crate) pace: Duration,
    /// Parameters of the user's, by their names.
    pub(crate) with: Parameters,
}

/// Where experiments are made.
pub(crate) struct Lab {
    service: String,
    /// What goes with every call.
    headers: Vec<(&'static str, String)>,
    /// What the service's experiments need of the account.
    account: Parameters,
    /// HTTP Basic: a login and its password.
    basic: Option<(String, String)>,
    http: reqwest::Client,
    runtime: Runtime,
    rules: Rules,
    /// Whether somebody has pressed Ctrl-C.
    interrupted: watch::Receiver<bool>,
    /// Tells what this run makes from what another one made.
    run: String,
    made: usize,
    undo: Vec<Undo>,
    exchanges: Vec<Exchange>,
}

impl Lab {
    /// A lab for the service at a base URL, until Ctrl-C.
    pub(crate) fn open(service: &str, rules: Rules) -> Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::file("the runtime"))?;
        let (interrupt, interrupted) = watch::channel(false);
        runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                // Without a receiver there is nothing to stop.
                let _ = interrupt.send(true);
            }
            // The sender has to outlive the calls, which wait for it.
            interrupt.closed().await;
        });
        let entered = runtime.enter();
        let http = vendor_client_core::TransportConfig::default()
            .http_client_builder()?
            .timeout(DEADLINE)
            .build()?;
        drop(entered);
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        Ok(Self {
            service: service.trim_end_matches('/').to_owned(),
            headers: Vec::new(),
            account: Parameters::new(),
            basic: None,
            http,
            runtime,
            rules,
            interrupted,
            run: format!("{now:x}"),
            made: 0,
            undo: Vec::new(),
            exchanges: Vec::new(),
        })
    }

    /// Sends this header with every call from now on.
    pub(crate) fn always(&mut self, name: &'static str, value: String) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
    }

    /// Sends these credentials with every call from now on.
    pub(crate) fn basic(&mut self, login: String, password: String) {
        self.basic = Some((login, password));
    }

    /// Keeps something of the account for later calls.
    pub(crate) fn keep(&mut self, name: &str, value: String) {
        self.account.insert(name.to_owned(), value);
    }

    /// What was kept under this name.
    pub(crate) fn kept(&self, name: &str) -> &str {
        self.account.get(name).map_or("", String::as_str)
    }

    pub(crate) fn may_write(&self) -> bool {
        self.rules.write
    }

    /// A parameter of the user's.
    pub(crate) fn with(&self, name: &'static str) -> std::result::Result<String, Untold> {
        let value = self.rules.with.get(name).cloned();
        value.ok_or(Untold::Needs(name))
    }

    /// A parameter that the user need not give.
    pub(crate) fn may_have(&self, name: &str) -> Option<&str> {
        self.rules.with.get(name).map(String::as_str)
    }

    /// A name for something that is about to be made.
    pub(crate) fn name(&mut self) -> String {
        self.made += 1;
        format!("{}{}-{}", self.rules.prefix, self.run, self.made)
    }

    /// Notes how something is deleted, before it is made: it may be there even if the response to
    /// its creation is lost. If there are several ways, one of them has to work.
    pub(crate) fn will_delete(&mut self, ways: impl IntoIterator<Item = Ask>) {
        self.undo.push(Undo::Delete(ways.into_iter().collect()));
    }

    /// Notes how something is put back, before it is changed.
    pub(crate) fn will_restore(&mut self, ask: Ask) {
        self.undo.push(Undo::Restore(ask));
    }

    /// Notes a better way to put back what was noted last.
    pub(crate) fn will_restore_instead(&mut self, ask: Ask) {
        self.undo.pop();
        self.will_restore(ask);
    }

    /// Makes a call. Ctrl-C ends it.
    pub(crate) fn send(&mut self, ask: Ask) -> std::result::Result<Exchange, Untold> {
        let mut interrupted = self.interrupted.clone();
        let pace = self.rules.pace;
        let request = self.request(&ask);
        let called = self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = interrupted.wait_for(|it| *it) => Err(Untold::Interrupted),
                response = exchange(pace, &ask, request) => response,
            }
        })?;
        self.exchanges.push(called.clone());
        Ok(called)
    }

    /// Makes a call that has to succeed for the experiment to go on.
    pub(crate) fn expect(
        &mut self,
        what: &'static str,
        ask: Ask,
    ) -> std::result::Result<Exchange, Untold> {
        let exchange = self.send(ask)?;
        match exchange.is_success() {
            true => Ok(exchange),
            false => Err(Untold::Refused(what, exchange.status)),
        }
    }

    /// Undoes everything that is noted, the latest first. Returns what could not be undone: calls
    /// that are about names of the lab's own.
    pub(crate) fn clean_up(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        while let Some(undo) = self.undo.pop() {
            let (ways, times) = match undo {
                Undo::Delete(ways) => (ways, DELETIONS),
                Undo::Restore(ask) => (vec![ask], 1),
            };
            // A way may say that there is no such thing because it is the wrong way.
            let worked: Vec<_> = ways.iter().map(|ask| self.undo_one(ask, times)).collect();
            if !worked.contains(&true) {
                left.extend(ways.first().map(Ask::to_string));
            }
        }
        left
    }

    /// Returns whether nothing is left to undo.
    fn undo_one(&mut self, ask: &Ask, times: usize) -> bool {
        for time in 0..times {
            let request = self.request(ask);
            // Ctrl-C has been heard, and does not stop this.
            let response = self
                .runtime
                .block_on(exchange(self.rules.pace, ask, request));
            match response.map(|response| response.status) {
                Ok(200..300) => {}
                Ok(404) => return true,
                // What is gone may be refused in the service's own way.
                Ok(400..500) if time > 0 => return true,
                _ => return false,
            }
        }
        true
    }

    /// What was exchanged so far.
    pub(crate) fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    fn request(&self, ask: &Ask) -> Option<reqwest::RequestBuilder> {
        let mut url = Url::parse(&format!("{}{}", self.service, ask.path)).ok()?;
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        let replaced = |name: &str| ask.headers.iter().any(|(other, _)| *other == name);
        let usual = self.headers.iter().filter(|(name, _)| !replaced(name));
        let usual = usual.map(|(name, value)| (*name, value));
        let own = ask.headers.iter();
        let own = own.filter_map(|(name, value)| Some((*name, value.as_ref()?)));
        let mut request = self.http.request(ask.method.clone(), url);
        for (name, value) in usual.chain(own) {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let mut value = HeaderValue::from_str(value).ok()?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        if let Some((login, password)) = &self.basic {
            request = request.basic_auth(login, Some(password));
        }
        Some(request.body(ask.body.clone()))
    }
}

async fn exchange(
    pace: Duration,
    ask: &Ask,
    request: Option<reqwest::RequestBuilder>,
) -> std::result::Result<Exchange, Untold> {
    tokio::time::sleep(pace).await;
    let request = request.ok_or(Untold::NoResponse)?;
    let response = request.send().await.map_err(|_| Untold::NoResponse)?;
    let status = response.status().as_u16();
    let path = response.url().path().to_owned();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    let headers = headers.collect();
    let body = response.bytes().await.map_err(|_| Untold::NoResponse)?;
    let exchange = Exchange {
        method: ask.method.to_string(),
        path,
        status,
        headers,
        body: body.to_vec(),
        duration: None,
    };
    Ok(exchange.unpacked())
}
