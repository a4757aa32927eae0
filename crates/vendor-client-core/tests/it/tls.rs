use std::io::Read as _;
use std::net::TcpListener;

use vendor_client_core::{ErrorKind, Outcome, RetryPolicy, Tls};

use crate::support::{at_once, create, with_config};

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 22;

/// Every TLS library that this build can choose.
fn choices() -> Vec<Tls> {
    vec![
        Tls::Default,
        #[cfg(feature = "rustls")]
        Tls::RustlsRing,
        #[cfg(feature = "rustls-aws-lc")]
        Tls::RustlsAwsLc,
        #[cfg(feature = "native-tls")]
        Tls::Native,
    ]
}

#[tokio::test]
async fn https_is_never_spoken_in_the_clear_and_a_failed_handshake_has_sent_nothing() {
    for tls in choices() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            first[0]
        });
        let config = at_once().tls(tls).retry(RetryPolicy::never());
        let error = create(&with_config(&url, &config)).await.unwrap_err();
        assert_eq!(server.join().unwrap(), HANDSHAKE, "{tls:?}");
        assert_eq!(error.kind(), ErrorKind::Connect, "{tls:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}
