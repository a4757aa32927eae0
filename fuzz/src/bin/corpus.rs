//! Writes the corpus of every target from the crates' fixtures: `cargo run --bin corpus`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fuzz::Reader;

/// Responses that no fixture shows.
const RESPONSES: [&str; 10] = [
    "HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nnull",
    "HTTP/1.1 429 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 503 X\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 307 X\r\nlocation: //user:word@other/path?query#fragment\r\n\r\n",
    "HTTP/1.1 301 X\r\nlocation: ../..\r\nx-request-id: 1\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n",
    "HTTP/1.0 200 OK\r\ncontent-type: application/vnd.x+json;charset=UTF-8\r\n\r\n[]",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    "HTTP/1.1 502 X\r\ncontent-type: text/html\r\n\r\n<html></html>",
    "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
];

const TOKEN: &str = r#"{"service":"service","login":"login","token":"t","obtained_at_ms":1800000000000,"lifetime_ms":43200000}"#;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut responses: Vec<Vec<u8>> = RESPONSES
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect();
    for (vendor, readers) in fuzz::VENDORS {
        let readers = readers();
        let mut inputs = Vec::new();
        for (operation, payload) in fixtures(root, vendor)? {
            responses.push(response(&payload));
            inputs.extend(
                choices(&readers, &operation)
                    .map(|choice| [&[choice], payload.as_slice()].concat()),
            );
        }
        write(root, &vendor.replace('-', "_"), &inputs)?;
    }
    write(root, "http_response", &responses)?;
    write(root, "token_file", &[TOKEN.as_bytes().to_vec()])
}

/// The documented payloads of a vendor, each with its operation.
fn fixtures(root: &Path, vendor: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let folder = root.join("../crates").join(vendor).join("tests/fixtures");
    for operation in sorted(&folder)? {
        let name = operation.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        for file in sorted(&operation)? {
            found.push((name.clone(), fs::read(file)?));
        }
    }
    Ok(found)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// The first bytes that choose a reader for payloads of this operation, types included.
fn choices(readers: &[Reader], operation: &str) -> impl Iterator<Item = u8> {
    (0..=u8::MAX)
        .zip(readers)
        .filter_map(move |(choice, reader)| match reader {
            Reader::Type(_) => Some(choice),
            Reader::Part(name, _) => (*name == operation).then_some(choice),
        })
}

/// The payload as an HTTP response.
fn response(payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), payload].concat()
}

fn write(root: &Path, target: &str, inputs: &[Vec<u8>]) -> io::Result<()> {
    let folder = root.join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    for (number, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("fixture-{number:03}")), input)?;
    }
    println!("{target}: {} inputs", inputs.len());
    Ok(())
}
