//! The body of a response, made readable: decompressed, in UTF-8, without a byte-order mark.

use std::io::{self, Read as _};

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{self, HeaderMap};

use crate::status;

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Unpacks a body whose encoding is gzip under a name that the HTTP client doesn't know, such as
/// `x-gzip` or `GZIP`, and takes the headers away that tell of it.
///
/// At most one byte more than `most` is unpacked. As with the HTTP client, what comes after the end
/// of the gzip stream is nothing.
///
/// # Errors
///
/// The decompressor's if the body isn't gzip.
pub(crate) fn decompressed(headers: &mut HeaderMap, body: Bytes, most: usize) -> io::Result<Bytes> {
    if body.is_empty() || !is_gzip(headers) {
        return Ok(body);
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    GzDecoder::new(body.as_ref())
        .take(limit)
        .read_to_end(&mut unpacked)?;
    headers.remove(header::CONTENT_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    Ok(unpacked.into())
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let Some(encoding) = headers.get(header::CONTENT_ENCODING) else {
        return false;
    };
    let encoding = encoding.as_bytes().trim_ascii();
    encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
}

/// The body in UTF-8, unless it is neither that nor what its media type declares.
///
/// A byte-order mark is skipped. What is declared as ISO 8859-1 or Windows-1252 is decoded, both as
/// Windows-1252.
pub(crate) fn decoded(headers: &HeaderMap, body: Bytes) -> Bytes {
    if status::is_latin(headers) {
        return from_windows_1252(&body).into_bytes().into();
    }
    match body.starts_with(BYTE_ORDER_MARK) {
        true => body.slice(BYTE_ORDER_MARK.len()..),
        false => body,
    }
}

/// Decodes Windows-1252, of which ISO 8859-1 is a part, apart from control characters.
#[cold]
fn from_windows_1252(body: &[u8]) -> String {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let decode = |byte: &u8| match byte {
        0x80..=0x9f => FROM_0X80[usize::from(byte - 0x80)],
        _ => char::from(*byte),
    };
    body.iter().map(decode).collect()
}
