use vendor_client_core::{ErrorKind, HeaderMap, Transport};

use crate::server::{Reply, Server};
use crate::support::{SERVICE, at_once, read, with_config};

#[tokio::test]
async fn the_program_is_named_after_the_client() {
    let server = Server::start([Reply::json(200, "\"here\"")]);
    for (suffix, sent) in [
        ("my-program/2.0", "test/0.0.0 my-program/2.0"),
        ("a/1 (ops@b.test)", "test/0.0.0 a/1 (ops@b.test)"),
    ] {
        let config = at_once().user_agent_suffix(suffix);
        read(&with_config(&server.url(), &config)).await.unwrap();
        let request = server.requests().pop().unwrap();
        assert!(
            request.contains(&format!("user-agent: {sent}\r\n")),
            "{request}"
        );
    }
}

#[test]
fn what_could_break_the_header_is_refused() {
    for suffix in ["", " ", "a  b", "a ", "é", "a\r\nx: y", "a\tb", "\u{7f}"] {
        let config = at_once().user_agent_suffix(suffix);
        let built = Transport::new(&SERVICE, "https://h", HeaderMap::new(), &config);
        let error = built.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{suffix:?}");
        assert!(error.to_string().contains("`User-Agent`"), "{error}");
    }
}
