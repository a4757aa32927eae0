use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use vendor_client_core::{ErrorKind, Outcome};

use crate::server::{Reply, Server};
use crate::support::{CREATE, READ, at_once, create, read, transport, with_config};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const GZIP: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("content-encoding", "gzip"),
];

#[tokio::test]
async fn a_compressed_response_is_read() {
    let server = Server::start([Reply::bytes(200, GZIP, &gzip(b"\"thing\""))]);
    assert_eq!(read(&transport(&server.url())).await.unwrap(), "thing");
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("accept-encoding: gzip")
    );
}

#[tokio::test]
async fn a_response_that_outgrows_the_limit_is_refused() {
    let body = format!("\"{}\"", "x".repeat(100));
    let server = Server::start([Reply::json(200, &body)]);
    let exact = with_config(&server.url(), &at_once().max_body_size(102));
    assert!(read(&exact).await.is_ok());
    let short = with_config(&server.url(), &at_once().max_body_size(101));
    let error = read(&short).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(
        error.to_string().contains("larger than 101 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn the_limit_counts_what_a_compressed_response_unpacks_to() {
    let bomb = gzip(&vec![b' '; 20 * 1024 * 1024]);
    assert!(bomb.len() < 100 * 1024);
    let server = Server::start([Reply::bytes(200, GZIP, &bomb)]);
    let error = create(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(error.may_have_been_applied());
}

#[tokio::test]
async fn a_compressed_response_that_is_damaged_is_told_from_a_broken_connection() {
    let whole = gzip(b"\"thing, and some more to be compressed\"");
    let mut corrupt = whole.clone();
    let checksum = corrupt.len() - 8;
    corrupt[checksum] ^= 0xff;
    for body in [&whole[..whole.len() / 2], &corrupt, b"\"never compressed\""] {
        let server = Server::start([Reply::bytes(200, GZIP, body)]);
        let error = read(&transport(&server.url())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body, "{error:?}");
        assert!(error.to_string().contains("decompressed"), "{error}");
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(server.requests().len(), 1);
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n";
    let cut = [head.as_bytes(), &whole[..10]].concat();
    let server = Server::start([Reply::SendAndClose(cut)]);
    let error = read(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
}

#[tokio::test]
async fn an_http_client_of_the_callers_own_may_decompress() {
    let client = at_once().http_client_builder().unwrap().gzip(true);
    let config = at_once().http_client(client.build().unwrap());
    let whole = gzip(b"\"thing\"");
    let server = Server::start([
        Reply::bytes(200, GZIP, &whole),
        Reply::bytes(200, GZIP, &whole[..whole.len() / 2]),
    ]);
    let transport = with_config(&server.url(), &config);
    assert_eq!(read(&transport).await.unwrap(), "thing");
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body, "{error:?}");
    assert!(error.to_string().contains("decompressed"), "{error}");
}

#[tokio::test]
async fn an_error_response_is_told_by_its_status_even_if_its_body_outgrows_the_limit() {
    let bomb = gzip(&vec![b' '; 20 * 1024 * 1024]);
    let server = Server::start([Reply::bytes(404, GZIP, &bomb)]);
    let error = read(&transport(&server.url())).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.body_snippet(), None, "no more was read of it");
}

#[tokio::test]
async fn a_404_whose_body_cannot_be_read_is_not_known_to_be_the_applications() {
    let page = gzip(b"<html>no healthy upstream</html>");
    let cut = |headers: &str| {
        let head = format!("HTTP/1.1 404 X\r\n{headers}\r\n\r\n");
        Reply::SendAndClose([head.as_bytes(), b"<html>"].concat())
    };
    for reply in [
        cut("content-type: text/html\r\ncontent-length: 7"),
        cut("content-length: 7"),
        cut("transfer-encoding: chunked"),
        Reply::bytes(404, GZIP, b"<html>"),
        Reply::bytes(404, GZIP, &page[..page.len() - 9]),
        Reply::bytes(404, &[], &[b' '; 2000]),
    ] {
        let server = Server::start([reply]);
        let transport = with_config(&server.url(), &at_once().max_body_size(1000));
        let error = read(&transport).await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        assert!(!error.is_absent(), "{error:?}");
    }
}

#[tokio::test]
async fn a_length_that_is_announced_and_never_comes_costs_no_memory() {
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 9223372036854775807\r\n\r\n";
    let server = Server::start([Reply::SendAndClose([&head[..], &[b' '; 200_000]].concat())]);
    let transport = with_config(&server.url(), &at_once().max_body_size(usize::MAX));
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
}

#[tokio::test]
async fn what_comes_after_a_gzip_stream_is_nothing() {
    for name in ["gzip", "x-gzip"] {
        for more in [&b"\r\n"[..], &[0; 8], b"and so on"] {
            let body = [&gzip(b"\"thing\"")[..], more].concat();
            let server = Server::start([Reply::bytes(200, &[("content-encoding", name)], &body)]);
            assert_eq!(read(&transport(&server.url())).await.unwrap(), "thing");
        }
    }
}

#[tokio::test]
async fn the_headers_of_an_unpacked_response_tell_of_what_it_has_now() {
    for name in ["gzip", "x-gzip"] {
        let headers = [("content-encoding", name)];
        let server = Server::start([Reply::bytes(200, &headers, &gzip(b"\"thing\""))]);
        let transport = transport(&server.url());
        let response = transport.send(transport.request_to(&READ, &"1", ()));
        let response = response.await.unwrap();
        assert_eq!(response.headers().get("content-encoding"), None, "{name}");
        assert_eq!(response.headers().get("content-length"), None, "{name}");
    }
}

#[tokio::test]
async fn a_long_response_in_many_pieces_is_put_together() {
    let text = "é".repeat(400_000);
    let server = Server::start([Reply::json(200, &format!("\"{text}\""))]);
    assert_eq!(read(&transport(&server.url())).await.unwrap(), text);
}

#[tokio::test]
async fn a_response_that_breaks_off_may_have_taken_effect() {
    let half =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n\"thi";
    let server = Server::start([Reply::SendAndClose(half.to_vec())]);
    let error = create(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_error_response_that_breaks_off_is_still_that_response() {
    let half = b"HTTP/1.1 422 X\r\ncontent-length: 100\r\n\r\n{";
    let server = Server::start([Reply::SendAndClose(half.to_vec())]);
    let error = create(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert_eq!(error.outcome(), Outcome::Rejected);
}

#[tokio::test]
async fn garbage_instead_of_http_may_hide_an_effect() {
    let server = Server::start([Reply::SendAndClose(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())]);
    let error = create(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.may_have_been_applied());
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let server = Server::start([Reply::json(200, "{}")]);
    let transport = transport(&server.url());
    transport
        .send(transport.request_to(&CREATE, (), ()))
        .await
        .unwrap();
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("content-length: 0")
    );
}

#[tokio::test]
async fn a_get_has_no_content_length() {
    let server = Server::start([Reply::json(200, "{}")]);
    let transport = transport(&server.url());
    transport
        .send(transport.request_to(&READ, &"1", ()))
        .await
        .unwrap();
    assert!(
        !server.requests()[0]
            .to_lowercase()
            .contains("content-length")
    );
}

#[tokio::test]
async fn gzip_is_read_under_each_of_its_names() {
    for name in ["gzip", "GZIP", "x-gzip", "X-Gzip"] {
        let headers = [("content-encoding", name)];
        let server = Server::start([Reply::bytes(200, &headers, &gzip(b"\"thing\""))]);
        let thing = read(&transport(&server.url())).await;
        assert_eq!(thing.unwrap(), "thing", "{name}");
    }
}

#[tokio::test]
async fn the_limit_and_the_failures_of_gzip_are_the_same_under_each_of_its_names() {
    let headers = [("content-encoding", "x-gzip")];
    let bomb = gzip(&vec![b' '; 20 * 1024 * 1024]);
    let server = Server::start([Reply::bytes(200, &headers, &bomb)]);
    let error = create(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(error.to_string().contains("larger than"), "{error}");
    assert!(error.may_have_been_applied());

    let server = Server::start([Reply::bytes(200, &headers, b"\"never compressed\"")]);
    let error = read(&transport(&server.url())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(error.to_string().contains("decompressed"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_read_in_its_charset_and_without_its_byte_order_mark() {
    for (media_type, body) in [
        (
            "application/json;charset=ISO-8859-1",
            &b"{\"message\":\"caf\xe9\"}"[..],
        ),
        (
            "application/json",
            b"\xef\xbb\xbf{\"message\":\"caf\xc3\xa9\"}",
        ),
    ] {
        let headers = [("content-type", media_type)];
        let server = Server::start([Reply::bytes(404, &headers, body)]);
        let error = read(&transport(&server.url())).await.unwrap_err();
        assert!(error.is_absent(), "{media_type}");
        let words = error.vendor_message().unwrap();
        assert!(words.contains("caf\u{e9}"), "{media_type}");
        assert!(error.body_snippet().unwrap().contains("caf\u{e9}"));
    }
}
