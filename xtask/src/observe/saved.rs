//! Exchanges that somebody saved: a HAR file, or a folder of requests and responses.

use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::observe::exchange::Exchange;

/// Reads a HAR file, or every `NAME.request` with its `NAME.response` in a folder.
pub(crate) fn read(path: &Path) -> Result<Vec<Exchange>> {
    let exchanges = match path.is_dir() {
        true => read_folder(path)?,
        false => read_har(path)?,
    };
    Ok(exchanges.into_iter().map(Exchange::unpacked).collect())
}

fn read_har(path: &Path) -> Result<Vec<Exchange>> {
    let text = fs::read(path).map_err(Error::file(path))?;
    let har: Har = serde_json::from_slice(&text).map_err(|error| {
        // The error's own words may quote a value.
        let (line, column) = (error.line(), error.column());
        broken(
            path,
            format!("it isn't HAR at line {line}, column {column}"),
        )
    })?;
    let entries = (1..).zip(har.log.entries);
    let exchanges = entries.map(|(number, entry)| {
        let no_base64 = || broken(path, format!("the body of entry {number} isn't base64"));
        entry.exchange().ok_or_else(no_base64)
    });
    exchanges.collect()
}

fn broken(path: &Path, reason: impl Into<String>) -> Error {
    Error::Saved {
        path: path.display().to_string(),
        reason: reason.into(),
    }
}

/// As browsers and proxies write it: <http://www.softwareishard.com/blog/har-12-spec/>.
#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
    response: Response,
    /// In milliseconds.
    #[serde(default)]
    time: f64,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    text: String,
    /// How the text stands for the body, if it isn't the body itself.
    encoding: Option<String>,
}

impl Entry {
    /// None if the body cannot be decoded.
    fn exchange(self) -> Option<Exchange> {
        let headers = self.response.headers.into_iter();
        Some(Exchange {
            method: self.request.method,
            path: path_of(&self.request.url),
            status: self.response.status,
            headers: headers.map(|header| (header.name, header.value)).collect(),
            body: self.response.content.body()?,
            duration: Duration::try_from_secs_f64(self.time / 1000.0).ok(),
        })
    }
}

impl Content {
    fn body(self) -> Option<Vec<u8>> {
        match self.encoding.as_deref() {
            Some("base64") => STANDARD.decode(self.text).ok(),
            _ => Some(self.text.into_bytes()),
        }
    }
}

/// The path of a URL, or of a request line's target.
fn path_of(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn read_folder(folder: &Path) -> Result<Vec<Exchange>> {
    let mut requests: Vec<_> = fs::read_dir(folder)
        .map_err(Error::file(folder))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|name| name == "request"))
        .collect();
    requests.sort();
    requests.iter().map(|request| read_pair(request)).collect()
}

/// Reads two files as they look on the wire: a first line, headers, an empty line, a body.
fn read_pair(request: &Path) -> Result<Exchange> {
    let text = fs::read(request).map_err(Error::file(request))?;
    let (line, _, _) = split(&text);
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(broken(request, "it doesn't begin with a request line"));
    };
    let response = request.with_extension("response");
    let text = fs::read(&response).map_err(Error::file(&response))?;
    let (line, headers, body) = split(&text);
    let status = line.split_whitespace().nth(1).map(str::parse);
    let Some(Ok(status)) = status else {
        return Err(broken(&response, "it doesn't begin with a status line"));
    };
    Ok(Exchange {
        method: method.to_owned(),
        path: path_of(target),
        status,
        headers,
        body: body.to_vec(),
        duration: None,
    })
}

/// The first line, the headers and the body of a message.
fn split(text: &[u8]) -> (String, Vec<(String, String)>, &[u8]) {
    let (head, body) = ["\r\n\r\n", "\n\n"]
        .iter()
        .find_map(|gap| {
            let at = text
                .windows(gap.len())
                .position(|part| part == gap.as_bytes())?;
            Some((&text[..at], &text[at + gap.len()..]))
        })
        .unwrap_or((text, &[]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    (first, headers.collect(), body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::observe::exchange::tests::packed;

    fn is_the_exchange(exchange: &Exchange) {
        assert_eq!(exchange.method, "GET");
        assert_eq!(exchange.path, "/loop/lettres");
        assert_eq!(exchange.status, 200);
        assert_eq!(exchange.headers[0].0, "Content-Type");
        assert_eq!(exchange.body, b"{\"data\":[]}");
    }

    #[test]
    fn a_har_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.har");
        let har = r#"{"log":{"version":"1.2","entries":[{"time":12.5,
            "request":{"method":"GET","url":"https://api.example/loop/lettres?codeDossier=1"},
            "response":{"status":200,"headers":[{"name":"Content-Type","value":"application/json"}],
            "content":{"size":11,"mimeType":"application/json","text":"{\"data\":[]}"}}}]}}"#;
        fs::write(&path, har).unwrap();
        let exchanges = read(&path).unwrap();
        is_the_exchange(&exchanges[0]);
        assert_eq!(exchanges[0].duration, Some(Duration::from_micros(12_500)));
    }

    fn har_with_a_body_in_base64(text: &str) -> String {
        let entry = json!({
            "request": { "method": "GET", "url": "https://api.example/loop/lettres" },
            "response": { "status": 200, "content": { "text": text, "encoding": "base64" } },
        });
        json!({ "log": { "entries": [entry] } }).to_string()
    }

    #[test]
    fn a_body_in_base64_is_decoded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.har");
        fs::write(&path, har_with_a_body_in_base64("eyJkYXRhIjpbXX0=")).unwrap();
        assert_eq!(read(&path).unwrap()[0].body, b"{\"data\":[]}");
    }

    #[test]
    fn a_body_that_only_claims_to_be_base64_is_told_by_its_entry_without_the_body() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.har");
        fs::write(&path, har_with_a_body_in_base64("canary-Mme Dupont")).unwrap();
        let error = read(&path).map(drop).unwrap_err().to_string();
        assert!(
            error.ends_with("the body of entry 1 isn't base64"),
            "{error}"
        );
    }

    /// Saves a call as two files, and reads them.
    fn saved_in_a_folder(request: &str, head: &str, body: &[u8]) -> Exchange {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1.request"), request).unwrap();
        let response = [head.as_bytes(), body].concat();
        fs::write(folder.path().join("1.response"), response).unwrap();
        read(folder.path()).unwrap().remove(0)
    }

    #[test]
    fn a_folder_of_requests_and_responses_is_read() {
        let request = "GET /loop/lettres?codeDossier=1 HTTP/1.1\r\nHost: x\r\n\r\n";
        let head = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n";
        is_the_exchange(&saved_in_a_folder(request, head, b"{\"data\":[]}"));
    }

    #[test]
    fn a_packed_response_in_a_folder_is_unpacked() {
        let request = "GET /loop/lettres HTTP/1.1\r\n\r\n";
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        let exchange = saved_in_a_folder(request, head, &packed(b"{\"data\":[]}"));
        assert_eq!(exchange.body, b"{\"data\":[]}");
    }

    #[test]
    fn what_is_neither_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.har");
        fs::write(&path, "canary").unwrap();
        let error = read(&path).map(drop).unwrap_err().to_string();
        assert!(
            error.contains("saved.har") && error.contains("isn't HAR"),
            "{error}"
        );
        assert!(!error.contains("canary"));
    }

    #[test]
    fn a_har_file_with_a_value_of_another_type_is_told_by_line_and_column_without_the_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saved.har");
        fs::write(&path, "{\"log\":\n\"canary-Mme Dupont, 3 rue\"}").unwrap();
        let error = read(&path).map(drop).unwrap_err().to_string();
        assert!(
            error.ends_with("it isn't HAR at line 2, column 26"),
            "{error}"
        );
    }
}
