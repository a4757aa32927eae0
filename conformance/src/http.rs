//! As much of HTTP/1.1 as the gateway needs: requests and responses as bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A request as it came.
#[derive(Debug)]
pub(crate) struct RawRequest {
    pub(crate) bytes: Vec<u8>,
    head: String,
}

impl RawRequest {
    /// Reads one. `None` if the connection ends before it is complete.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let (head, bytes) = read_message(stream).await.ok()??;
        Some(Self { bytes, head })
    }

    /// The path, without the query.
    pub(crate) fn path(&self) -> &str {
        let target = self.head.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// A response: status, headers except those on framing, and body.
#[derive(Clone, Debug)]
pub struct RawResponse {
    pub status: u16,
    /// Names and values, except `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl RawResponse {
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, body).header("content-type", "application/json")
    }

    /// A response without a media type.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The response with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The response with another body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Status line and headers as they go over the wire. `framing` is the header lines that say where
    /// the body ends.
    pub fn head(&self, version: &str, framing: &str) -> Vec<u8> {
        let mut head = format!("{version} {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(framing);
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// The head, with a `Content-Length`.
    pub fn declared_head(&self) -> Vec<u8> {
        let framing = format!("content-length: {}\r\n", self.body.len());
        self.head("HTTP/1.1", &framing)
    }

    /// The whole response as it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        [self.declared_head(), self.body.clone()].concat()
    }

    /// Reads one that has a `Content-Length`.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let Some((head, bytes)) = read_message(stream).await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        let headers = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !is_framing(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Self {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            headers,
            body: bytes[head.len() + 4..].to_vec(),
        })
    }
}

fn is_framing(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("connection")
}

/// Reads a message that has a `Content-Length` or no body: the head, and all bytes.
async fn read_message(
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut read = Vec::new();
    loop {
        if let Some(message) = whole(&mut read) {
            return Ok(Some(message));
        }
        if stream.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    }
}

fn whole(read: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let end = read.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let length = header(&head, "content-length").map_or(Some(0), |text| text.parse().ok())?;
    let total = end + 4 + length;
    (read.len() >= total).then(|| (head, read.drain(..total).collect()))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}
