//! A client that hides nothing: bytes to a socket, bytes from it.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vendor_sandbox::{Emulator, OceanGeomission};

/// Waits for what the sandbox does after it has responded.
pub(crate) async fn eventually(happened: impl Fn() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let patience = Duration::from_secs(30);
    let waited = tokio::time::timeout(patience, waiting).await;
    waited.expect("it never happened");
}

/// A connection.
pub(crate) struct Client {
    socket: TcpStream,
    /// Received and not yet read.
    buffer: Vec<u8>,
    address: String,
    base_path: String,
    /// The value of `X-AUTH-TOKEN`.
    pub(crate) token: Option<String>,
    /// Further lines of the head of every request, each with its end.
    pub(crate) headers: String,
}

/// A response whose body ended where its `Content-Length` says.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The text of the vendor's usual response.
    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

impl Client {
    /// A connection to a vendor.
    pub(crate) async fn connect(emulator: &Emulator) -> Self {
        Self::connect_to(&emulator.base_url()).await
    }

    /// A connection to a base URL.
    pub(crate) async fn connect_to(base_url: &str) -> Self {
        let rest = base_url.strip_prefix("http://").unwrap();
        let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Self {
            socket: TcpStream::connect(address).await.unwrap(),
            buffer: Vec::new(),
            address: address.to_owned(),
            base_path: path.to_owned(),
            token: None,
            headers: String::new(),
        }
    }

    /// A connection to Océan that has logged in.
    pub(crate) async fn logged_in(ocean: &OceanGeomission) -> Self {
        let mut client = Self::connect(ocean.emulator()).await;
        let response = client.log_in(ocean.login(), ocean.password()).await;
        assert_eq!(response.status, 200);
        client.token = Some(response.json()["token"].as_str().unwrap().to_owned());
        client
    }

    pub(crate) async fn log_in(&mut self, login: &str, password: &str) -> Response {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        let path = "/restapi/auth/authenticate2";
        self.send("POST", path, Some(("application/json", &body)))
            .await;
        self.receive().await.unwrap()
    }

    /// Sends a request without a body and awaits the response.
    pub(crate) async fn call(&mut self, method: &str, path: &str) -> Response {
        self.send(method, path, None).await;
        self.receive().await.unwrap()
    }

    /// Sends a request with a body and awaits the response.
    pub(crate) async fn post(&mut self, path: &str, media_type: &str, body: &str) -> Response {
        self.send("POST", path, Some((media_type, body))).await;
        self.receive().await.unwrap()
    }

    pub(crate) async fn create(&mut self, query: &str) -> Response {
        let path = format!("/restapi/geomission/ajoutMission?{query}");
        self.call("POST", &path).await
    }

    pub(crate) async fn modify(&mut self, query: &str) -> Response {
        let path = format!("/restapi/geomission/modifierMission?{query}");
        self.call("POST", &path).await
    }

    pub(crate) async fn status(&mut self, query: &str) -> Response {
        let path = format!("/restapi/geomission/statutMission?{query}");
        self.call("GET", &path).await
    }

    pub(crate) async fn delete(&mut self, query: &str) -> Response {
        let path = format!("/restapi/geomission/supprimerMission?{query}");
        self.call("POST", &path).await
    }

    /// Sends a request.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Option<(&str, &str)>) {
        let mut request = format!(
            "{method} {}{path} HTTP/1.1\r\nHost: {}\r\n",
            self.base_path, self.address
        );
        request.push_str(&self.headers);
        if let Some(token) = &self.token {
            request.push_str(&format!("X-AUTH-TOKEN: {token}\r\n"));
        }
        if let Some((media_type, body)) = body {
            request.push_str(&format!("Content-Type: {media_type}\r\n"));
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body.map_or("", |(_, body)| body));
        self.write(&request).await;
    }

    /// Sends a request as it is written.
    pub(crate) async fn write(&mut self, request: &str) {
        self.socket.write_all(request.as_bytes()).await.unwrap();
    }

    /// Receives a whole response.
    pub(crate) async fn receive(&mut self) -> io::Result<Response> {
        let mut response = self.receive_head().await?;
        let length = response
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        response.body = self.take(length).await?;
        Ok(response)
    }

    /// Receives a response up to the empty line.
    pub(crate) async fn receive_head(&mut self) -> io::Result<Response> {
        let end = loop {
            let found = self
                .buffer
                .windows(4)
                .position(|window| window == b"\r\n\r\n");
            match found {
                Some(end) => break end + 4,
                None => self.more().await?,
            }
        };
        let head = String::from_utf8(self.take(end).await?).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        Ok(Response {
            status: status.parse().unwrap(),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: Vec::new(),
        })
    }

    /// Receives this many bytes. The error says how the connection ended before.
    pub(crate) async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Whether nothing has come and the connection is still open.
    pub(crate) fn is_silent(&mut self) -> bool {
        let read = self.socket.try_read_buf(&mut self.buffer);
        read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Everything up to the end of the connection, and whether that end was orderly.
    pub(crate) async fn rest(&mut self) -> (Vec<u8>, Result<(), io::ErrorKind>) {
        loop {
            match self.more().await {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return (std::mem::take(&mut self.buffer), Ok(()));
                }
                Err(error) => return (std::mem::take(&mut self.buffer), Err(error.kind())),
            }
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
