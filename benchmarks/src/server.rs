//! A server that always has its response ready, in a process of its own.

use std::env;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use crate::contender::{BoxError, runtime};

/// The response to requests of one path.
#[derive(Clone, Debug)]
pub struct CannedResponse {
    path: &'static str,
    /// Head and body.
    bytes: Vec<u8>,
}

impl CannedResponse {
    /// Responds with 200 and `json` to every request whose target begins with `path`.
    #[must_use]
    pub fn new(path: &'static str, json: &Value) -> Self {
        let body = json.to_string();
        let bytes = format!(
            "HTTP/1.1 200 OK\r\n\
             Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n\
             Content-Type: application/json;charset=UTF-8\r\n\
             Content-Length: {}\r\n\
             Cache-Control: no-cache, no-store\r\n\
             X-Request-Id: 0f0e0d0c-0b0a-0908-0706-050403020100\r\n\r\n{body}",
            body.len()
        );
        Self {
            path,
            bytes: bytes.into_bytes(),
        }
    }
}

/// The server's process, which ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts this program again, with the argument `serve`. It has to print its URL and serve.
    pub fn start() -> Result<Self, BoxError> {
        let mut process = Command::new(env::current_exe()?)
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut url)?;
        }
        Ok(Self {
            process,
            url: url.trim().to_owned(),
        })
    }

    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its number in `/proc`.
    #[must_use]
    pub fn process(&self) -> String {
        self.process.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves on a free port of loopback, whose URL goes to standard output, until it is killed.
pub fn serve(responses: Vec<CannedResponse>) -> Result<(), BoxError> {
    let responses: Rc<[CannedResponse]> = responses.into();
    let serving = async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::task::spawn_local(converse(stream, Rc::clone(&responses)));
        }
    };
    LocalSet::new().block_on(&runtime()?, serving)
}

async fn converse(mut stream: TcpStream, responses: Rc<[CannedResponse]>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(8192);
    loop {
        while let Some(length) = request_length(&received) {
            stream.write_all(response_to(&received, &responses)).await?;
            received.drain(..length);
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

/// The length of the first request, once all of it is there.
fn request_length(received: &[u8]) -> Option<usize> {
    const END_OF_HEAD: &[u8] = b"\r\n\r\n";
    let head = received
        .windows(END_OF_HEAD.len())
        .position(|bytes| bytes == END_OF_HEAD)?;
    let length = head + END_OF_HEAD.len() + body_length(&received[..head]);
    (length <= received.len()).then_some(length)
}

fn body_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    head.split(|byte| *byte == b'\n')
        .find(|line| line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))
        .and_then(|line| {
            str::from_utf8(&line[NAME.len()..])
                .ok()?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

fn response_to<'a>(request: &[u8], responses: &'a [CannedResponse]) -> &'a [u8] {
    let target = request.split(|byte| *byte == b' ').nth(1).unwrap_or(b"");
    responses
        .iter()
        .find(|response| target.starts_with(response.path.as_bytes()))
        .map_or(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            |response| &response.bytes,
        )
}
