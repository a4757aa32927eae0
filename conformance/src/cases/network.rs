//! Connections that are refused, broken, slow or silent, and answers that are framed wrongly.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, FlushCompress};
use vendor_client_core::{ErrorKind, Outcome};

use super::{BODY, INTERRUPTED, TIMEOUT, failure, with_body};
use crate::case::Expected::{self, Success, Unreadable};
use crate::case::Stage::{Acted, Both, NotActed};
use crate::case::{Attempts, Case, Failure};
use crate::gateway::{End, Wire};
use crate::http::Answer;

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
    let nothing = |_: &Answer| Vec::new();
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
        Case::reply(
            "reset after the request",
            Both,
            nothing,
            End::Reset,
            INTERRUPTED,
        ),
        Case::reply(
            "closed without an answer",
            Both,
            nothing,
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "closed without an answer, reused connection",
            Both,
            nothing,
            End::Close,
            INTERRUPTED,
        )
        .reused(),
        Case::reply(
            "reset without an answer, reused connection",
            Both,
            nothing,
            End::Reset,
            INTERRUPTED,
        )
        .reused(),
        Case::new(
            "idle connection closed as the request leaves",
            NotActed,
            Wire::CloseIdle,
            Expected::SuccessOr(Failure {
                kind: ErrorKind::Interrupted,
                outcome: Outcome::Unknown,
                attempts: Attempts::Exactly(1),
            }),
        )
        .reused(),
        Case::reply(
            "half-open: no answer ever",
            Both,
            nothing,
            End::Silence,
            TIMEOUT,
        ),
        Case::reply(
            "half-open, reused connection",
            Both,
            nothing,
            End::Silence,
            TIMEOUT,
        )
        .reused(),
        Case::reply(
            "half a head, then silence",
            Both,
            half_a_head,
            End::Silence,
            TIMEOUT,
        ),
        Case::reply(
            "half a head, then closed",
            Both,
            half_a_head,
            End::Close,
            INTERRUPTED,
        ),
        Case::reply("a head and no body", Both, head_only, End::Silence, TIMEOUT),
        Case::reply(
            "a body shorter than declared, then closed",
            Both,
            short_body,
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "a body shorter than declared, then reset",
            Both,
            short_body,
            End::Reset,
            INTERRUPTED,
        ),
        Case::reply(
            "a body shorter than declared, then silence",
            Both,
            short_body,
            End::Silence,
            TIMEOUT,
        ),
        Case::reply(
            "a body longer than declared",
            Acted,
            long_body,
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "a body that never ends",
            Both,
            endless_head,
            End::Flood(CHUNK_OF_SPACES, 100_000),
            BODY,
        )
        .heavy(),
        Case::reply(
            "a body that never ends, slowly",
            Both,
            endless_head,
            End::Silence,
            TIMEOUT,
        ),
        Case::reply(
            "one byte a second",
            Both,
            |answer| with_body(answer).bytes(),
            End::KeepAlive,
            TIMEOUT,
        )
        .per_second(1),
        Case::reply(
            "slow, but within the limits",
            Acted,
            Answer::bytes,
            End::KeepAlive,
            Success,
        )
        .per_second(400)
        .patient(),
        Case::reply(
            "`100 Continue` before the answer",
            Acted,
            |answer| [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), answer.bytes()].concat(),
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "`103 Early Hints` before the answer",
            Acted,
            |answer| {
                let hints = b"HTTP/1.1 103 Early Hints\r\nlink: </canary>\r\n\r\n".to_vec();
                [hints, answer.bytes()].concat()
            },
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "`100 Continue`, then closed",
            Both,
            |_| b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "`204` with a body",
            Acted,
            |_| Answer::json(204, "null").bytes(),
            End::KeepAlive,
            Expected::Empty,
        ),
        Case::reply(
            "chunks",
            Acted,
            |answer| chunked(answer, "0\r\n\r\n"),
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "chunks with a trailer",
            Acted,
            |answer| chunked(answer, "0\r\nx-canary: canary\r\n\r\n"),
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "a chunk of no size",
            Both,
            |answer| chunked(&with_body(answer), "canary\r\n"),
            End::KeepAlive,
            INTERRUPTED,
        ),
        Case::reply(
            "a chunk of 2⁶⁴ bytes",
            Both,
            |answer| chunked(&with_body(answer), "10000000000000000\r\n"),
            End::KeepAlive,
            INTERRUPTED,
        ),
        Case::reply(
            "chunks without a last one",
            Both,
            |answer| chunked(&with_body(answer), ""),
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "two lengths that differ",
            Both,
            |answer| {
                let answer = with_body(answer);
                let lengths = "content-length: 7\r\ncontent-length: 8\r\n";
                [answer.head("HTTP/1.1", lengths), answer.body].concat()
            },
            End::KeepAlive,
            INTERRUPTED,
        ),
        Case::reply(
            "a header of 200 KB",
            Acted,
            |answer| {
                answer
                    .clone()
                    .header("x-large", &"canary".repeat(33_400))
                    .bytes()
            },
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "2,000 headers of 100 bytes",
            Both,
            |answer| {
                let filler = "canary".repeat(15);
                (0..2_000)
                    .fold(answer.clone(), |answer, number| {
                        answer.header(&format!("x-{number}"), &filler)
                    })
                    .bytes()
            },
            End::KeepAlive,
            INTERRUPTED,
        ),
        Case::reply(
            "a head without end",
            Both,
            |_| b"HTTP/1.1 200 OK\r\nx-canary: ".to_vec(),
            End::Flood(
                b"canarycanarycanarycanarycanarycanarycanarycanarycanarycanary",
                100_000,
            ),
            INTERRUPTED,
        )
        .heavy(),
        Case::reply(
            "HTTP/1.0 with a length",
            Acted,
            http_10_with_length,
            End::Close,
            Success,
        ),
        Case::reply(
            "HTTP/1.0, the body up to the end",
            Acted,
            |answer| [answer.head("HTTP/1.0", ""), answer.body.clone()].concat(),
            End::Close,
            Success,
        ),
        Case::reply(
            "HTTP/1.0, the body cut off",
            Both,
            |answer| {
                let answer = with_body(answer);
                let half = &answer.body[..answer.body.len() / 2];
                [answer.head("HTTP/1.0", ""), half.to_vec()].concat()
            },
            End::Close,
            Unreadable,
        ),
        Case::reply(
            "no HTTP",
            Both,
            |_| b"SSH-2.0-canary\r\n".to_vec(),
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "an unknown version of HTTP",
            Both,
            |answer| with_body(answer).head("HTTP/9.9", "content-length: 0\r\n"),
            End::Close,
            INTERRUPTED,
        ),
        Case::reply(
            "a body of 100 MB",
            Acted,
            |answer| with_body(answer).head("HTTP/1.1", "content-length: 102400000\r\n"),
            End::Flood(&[b' '; 10_240], 10_000),
            BODY,
        )
        .heavy(),
    ]
}

fn half_a_head(answer: &Answer) -> Vec<u8> {
    let head = with_body(answer).declared_head();
    head[..head.len() / 2].to_vec()
}

fn head_only(answer: &Answer) -> Vec<u8> {
    with_body(answer).declared_head()
}

fn short_body(answer: &Answer) -> Vec<u8> {
    let answer = with_body(answer);
    let half = &answer.body[..answer.body.len() / 2];
    [answer.declared_head(), half.to_vec()].concat()
}

/// The answer, and what would be a second one if the client took it for that.
fn long_body(answer: &Answer) -> Vec<u8> {
    let second = Answer::json(200, r#"{"canary": "of another answer"}"#);
    [answer.bytes(), second.bytes()].concat()
}

fn endless_head(answer: &Answer) -> Vec<u8> {
    let answer = with_body(answer);
    let head = answer.head("HTTP/1.1", "transfer-encoding: chunked\r\n");
    [head, chunk(&answer.body)].concat()
}

fn chunked(answer: &Answer, end: &str) -> Vec<u8> {
    let head = answer.head("HTTP/1.1", "transfer-encoding: chunked\r\n");
    if answer.status == 204 {
        return answer.bytes();
    }
    let middle = answer.body.len() / 2;
    let (first, second) = answer.body.split_at(middle);
    [head, chunk(first), chunk(second), end.as_bytes().to_vec()].concat()
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let size = format!("{:x}\r\n", bytes.len()).into_bytes();
    [size, bytes.to_vec(), b"\r\n".to_vec()].concat()
}

fn http_10_with_length(answer: &Answer) -> Vec<u8> {
    let framing = format!("content-length: {}\r\n", answer.body.len());
    [answer.head("HTTP/1.0", &framing), answer.body.clone()].concat()
}

pub(super) fn compression() -> Vec<Case> {
    vec![
        Case::reply(
            "gzip",
            Acted,
            |answer| gzipped(answer, gzip(&answer.body)),
            End::KeepAlive,
            Success,
        ),
        Case::reply(
            "gzip that is truncated",
            Both,
            |answer| {
                let answer = with_body(answer);
                let whole = gzip(&answer.body);
                gzipped(&answer, whole[..whole.len() / 2].to_vec())
            },
            End::KeepAlive,
            BODY,
        ),
        Case::reply(
            "gzip that is corrupt",
            Both,
            |answer| {
                let answer = with_body(answer);
                let mut corrupt = gzip(&answer.body);
                let checksum = corrupt.len() - 8;
                corrupt[checksum] ^= 0xff;
                gzipped(&answer, corrupt)
            },
            End::KeepAlive,
            BODY,
        ),
        Case::reply(
            "gzip that is none",
            Both,
            |answer| {
                let answer = with_body(answer);
                gzipped(&answer, answer.body.clone())
            },
            End::KeepAlive,
            BODY,
        ),
        Case::reply(
            "a gzip bomb: 10 MB that unpack to 10 GB",
            Both,
            |answer| {
                let answer = with_body(answer);
                let bomb = bomb();
                gzipped(&answer, bomb)
            },
            End::KeepAlive,
            BODY,
        )
        .heavy(),
    ]
}

fn gzipped(answer: &Answer, body: Vec<u8>) -> Vec<u8> {
    let answer = answer.clone().header("content-encoding", "gzip");
    answer.with_body(body).bytes()
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
