//! Connections that are refused, broken, slow or silent, and responses that are framed wrongly.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, FlushCompress};
use vendor_client_core::{ErrorKind, Outcome};

use super::{BODY, INTERRUPTED, TIMEOUT, failure, with_body};
use crate::case::Expected::{self, Success, Unreadable};
use crate::case::Stage::{Acted, Both, NotActed};
use crate::case::{Attempts, Case, ExpectedError};
use crate::gateway::{After, Wire};
use crate::http::RawResponse;

/// A kibibyte of spaces, which JSON allows after a value, as a chunk.
const CHUNK_OF_SPACES: &[u8] = &{
    let mut chunk = [b' '; 5 + 1024 + 2];
    let size = *b"400\r\n";
    let mut index = 0;
    while index < size.len() {
        chunk[index] = size[index];
        index += 1;
    }
    chunk[5 + 1024] = b'\r';
    chunk[5 + 1024 + 1] = b'\n';
    chunk
};

pub(super) fn cases() -> Vec<Case> {
    let nothing = |_: &RawResponse| Vec::new();
    vec![
        Case::new(
            "connection refused",
            NotActed,
            Wire::Refuse,
            failure(ErrorKind::Connect, Outcome::NotSent, Attempts::Exactly(4)),
        ),
        Case::new(
            "reset before the request",
            NotActed,
            Wire::ResetAtOnce,
            Expected::BreaksEarly,
        ),
        Case::new(
            "reset during the request",
            NotActed,
            Wire::ResetDuring(20),
            INTERRUPTED,
        ),
        Case::sending(
            "reset after the request",
            Both,
            nothing,
            After::Reset,
            INTERRUPTED,
        ),
        Case::sending(
            "closed without a response",
            Both,
            nothing,
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "closed without a response, reused connection",
            Both,
            nothing,
            After::Close,
            INTERRUPTED,
        )
        .reused(),
        Case::sending(
            "reset without a response, reused connection",
            Both,
            nothing,
            After::Reset,
            INTERRUPTED,
        )
        .reused(),
        Case::new(
            "idle connection closed as the request leaves",
            NotActed,
            Wire::CloseIdle,
            Expected::SuccessOr(ExpectedError {
                kind: ErrorKind::Interrupted,
                outcome: Outcome::Unknown,
                attempts: Attempts::Exactly(1),
            }),
        )
        .reused(),
        Case::sending(
            "half-open: no response ever",
            Both,
            nothing,
            After::Silence,
            TIMEOUT,
        ),
        Case::sending(
            "half-open, reused connection",
            Both,
            nothing,
            After::Silence,
            TIMEOUT,
        )
        .reused(),
        Case::sending(
            "half a head, then silence",
            Both,
            half_a_head,
            After::Silence,
            TIMEOUT,
        ),
        Case::sending(
            "half a head, then closed",
            Both,
            half_a_head,
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "a head and no body",
            Both,
            head_only,
            After::Silence,
            TIMEOUT,
        ),
        Case::sending(
            "a body shorter than declared, then closed",
            Both,
            short_body,
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "a body shorter than declared, then reset",
            Both,
            short_body,
            After::Reset,
            INTERRUPTED,
        ),
        Case::sending(
            "a body shorter than declared, then silence",
            Both,
            short_body,
            After::Silence,
            TIMEOUT,
        ),
        Case::sending(
            "a body longer than declared",
            Acted,
            long_body,
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "a body that never ends",
            Both,
            endless_head,
            After::Flood(CHUNK_OF_SPACES, 100_000),
            BODY,
        )
        .heavy(),
        Case::sending(
            "a body that never ends, slowly",
            Both,
            endless_head,
            After::Silence,
            TIMEOUT,
        ),
        Case::sending(
            "one byte a second",
            Both,
            |response| with_body(response).bytes(),
            After::KeepAlive,
            TIMEOUT,
        )
        .per_second(1),
        Case::sending(
            "slow, but within the limits",
            Acted,
            RawResponse::bytes,
            After::KeepAlive,
            Success,
        )
        .per_second(400)
        .patient(),
        Case::sending(
            "`100 Continue` before the response",
            Acted,
            |response| [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), response.bytes()].concat(),
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "`103 Early Hints` before the response",
            Acted,
            |response| {
                let hints = b"HTTP/1.1 103 Early Hints\r\nlink: </canary>\r\n\r\n".to_vec();
                [hints, response.bytes()].concat()
            },
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "`100 Continue`, then closed",
            Both,
            |_| b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "`204` with a body",
            Acted,
            |_| RawResponse::json(204, "null").bytes(),
            After::KeepAlive,
            Expected::Empty,
        ),
        Case::sending(
            "chunks",
            Acted,
            |response| chunked(response, "0\r\n\r\n"),
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "chunks with a trailer",
            Acted,
            |response| chunked(response, "0\r\nx-canary: canary\r\n\r\n"),
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "a chunk of no size",
            Both,
            |response| chunked(&with_body(response), "canary\r\n"),
            After::KeepAlive,
            INTERRUPTED,
        ),
        Case::sending(
            "a chunk of 2⁶⁴ bytes",
            Both,
            |response| chunked(&with_body(response), "10000000000000000\r\n"),
            After::KeepAlive,
            INTERRUPTED,
        ),
        Case::sending(
            "chunks without a last one",
            Both,
            |response| chunked(&with_body(response), ""),
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "two lengths that differ",
            Both,
            |response| {
                let response = with_body(response);
                let lengths = "content-length: 7\r\ncontent-length: 8\r\n";
                [response.head("HTTP/1.1", lengths), response.body].concat()
            },
            After::KeepAlive,
            INTERRUPTED,
        ),
        Case::sending(
            "a header of 200 KB",
            Acted,
            |response| {
                response
                    .clone()
                    .header("x-large", &"canary".repeat(33_400))
                    .bytes()
            },
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "2,000 headers of 100 bytes",
            Both,
            |response| {
                let filler = "canary".repeat(15);
                (0..2_000)
                    .fold(response.clone(), |response, number| {
                        response.header(&format!("x-{number}"), &filler)
                    })
                    .bytes()
            },
            After::KeepAlive,
            INTERRUPTED,
        ),
        Case::sending(
            "a head without end",
            Both,
            |_| b"HTTP/1.1 200 OK\r\nx-canary: ".to_vec(),
            After::Flood(
                b"canarycanarycanarycanarycanarycanarycanarycanarycanarycanary",
                100_000,
            ),
            INTERRUPTED,
        )
        .heavy(),
        Case::sending(
            "HTTP/1.0 with a length",
            Acted,
            http_10_with_length,
            After::Close,
            Success,
        ),
        Case::sending(
            "HTTP/1.0, the body up to the end",
            Acted,
            |response| [response.head("HTTP/1.0", ""), response.body.clone()].concat(),
            After::Close,
            Success,
        ),
        Case::sending(
            "HTTP/1.0, the body cut off",
            Both,
            |response| {
                let response = with_body(response);
                let half = &response.body[..response.body.len() / 2];
                [response.head("HTTP/1.0", ""), half.to_vec()].concat()
            },
            After::Close,
            Unreadable,
        ),
        Case::sending(
            "no HTTP",
            Both,
            |_| b"SSH-2.0-canary\r\n".to_vec(),
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "an unknown version of HTTP",
            Both,
            |response| with_body(response).head("HTTP/9.9", "content-length: 0\r\n"),
            After::Close,
            INTERRUPTED,
        ),
        Case::sending(
            "a body of 100 MB",
            Acted,
            |response| with_body(response).head("HTTP/1.1", "content-length: 102400000\r\n"),
            After::Flood(&[b' '; 10_240], 10_000),
            BODY,
        )
        .heavy(),
    ]
}

fn half_a_head(response: &RawResponse) -> Vec<u8> {
    let head = with_body(response).declared_head();
    head[..head.len() / 2].to_vec()
}

fn head_only(response: &RawResponse) -> Vec<u8> {
    with_body(response).declared_head()
}

fn short_body(response: &RawResponse) -> Vec<u8> {
    let response = with_body(response);
    let half = &response.body[..response.body.len() / 2];
    [response.declared_head(), half.to_vec()].concat()
}

/// The response, and what would be a second one if the client took it for that.
fn long_body(response: &RawResponse) -> Vec<u8> {
    let second = RawResponse::json(200, r#"{"canary": "of another response"}"#);
    [response.bytes(), second.bytes()].concat()
}

fn endless_head(response: &RawResponse) -> Vec<u8> {
    let response = with_body(response);
    let head = response.head("HTTP/1.1", "transfer-encoding: chunked\r\n");
    [head, chunk(&response.body)].concat()
}

fn chunked(response: &RawResponse, end: &str) -> Vec<u8> {
    let head = response.head("HTTP/1.1", "transfer-encoding: chunked\r\n");
    if response.status == 204 {
        return response.bytes();
    }
    let middle = response.body.len() / 2;
    let (first, second) = response.body.split_at(middle);
    [head, chunk(first), chunk(second), end.as_bytes().to_vec()].concat()
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let size = format!("{:x}\r\n", bytes.len()).into_bytes();
    [size, bytes.to_vec(), b"\r\n".to_vec()].concat()
}

fn http_10_with_length(response: &RawResponse) -> Vec<u8> {
    let framing = format!("content-length: {}\r\n", response.body.len());
    [response.head("HTTP/1.0", &framing), response.body.clone()].concat()
}

pub(super) fn compression() -> Vec<Case> {
    vec![
        Case::sending(
            "gzip",
            Acted,
            |response| gzipped(response, gzip(&response.body)),
            After::KeepAlive,
            Success,
        ),
        Case::sending(
            "gzip that is truncated",
            Both,
            |response| {
                let response = with_body(response);
                let whole = gzip(&response.body);
                gzipped(&response, whole[..whole.len() / 2].to_vec())
            },
            After::KeepAlive,
            BODY,
        ),
        Case::sending(
            "gzip that is corrupt",
            Both,
            |response| {
                let response = with_body(response);
                let mut corrupt = gzip(&response.body);
                let checksum = corrupt.len() - 8;
                corrupt[checksum] ^= 0xff;
                gzipped(&response, corrupt)
            },
            After::KeepAlive,
            BODY,
        ),
        Case::sending(
            "gzip that is none",
            Both,
            |response| {
                let response = with_body(response);
                gzipped(&response, response.body.clone())
            },
            After::KeepAlive,
            BODY,
        ),
        Case::sending(
            "a gzip bomb: 10 MB that unpack to 10 GB",
            Both,
            |response| {
                let response = with_body(response);
                let bomb = bomb();
                gzipped(&response, bomb)
            },
            After::KeepAlive,
            BODY,
        )
        .heavy(),
    ]
}

fn gzipped(response: &RawResponse, body: Vec<u8>) -> Vec<u8> {
    let response = response.clone().header("content-encoding", "gzip");
    response.with_body(body).bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// 10 GB of spaces: a gzip head, and the same deflated mebibyte ten thousand times.
fn bomb() -> Vec<u8> {
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut deflate = flate2::Compress::new(Compression::best(), false);
    let mut piece = Vec::with_capacity(64 * 1024);
    deflate
        .compress_vec(&vec![b' '; 1024 * 1024], &mut piece, FlushCompress::Full)
        .unwrap();
    [HEAD.to_vec(), piece.repeat(10_000)].concat()
}
