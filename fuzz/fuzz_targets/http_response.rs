//! What follows a request on its connection: head, framing, compression, waits, redirects.

#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{LazyLock, Mutex};

use serde::Serialize;
use serde_json::Value;
use tokio::runtime::Runtime;
use vendor_client_core::{
    Endpoint, HeaderMap, Json, Outcome, RetryPolicy, Service, Transport, TransportConfig, Validate,
    VendorMessage,
};

static SERVICE: Service = Service::new("fuzz/0.0.0", |body| {
    let text = String::from_utf8_lossy(body).into_owned();
    VendorMessage::new(None, Some(text))
});

static CREATE: Endpoint<(), Json<Thing>, Value> = Endpoint::post("create", "/things");

/// What is created.
#[derive(Serialize)]
struct Thing;

impl Validate for Thing {}

/// What the server sends next.
static RESPONSE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

static CLIENT: LazyLock<(Runtime, Transport)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = TransportConfig::default()
        .retry(RetryPolicy::never())
        .max_body_size(1 << 20);
    let base_url = format!("http://{}", serve());
    let transport = Transport::new(&SERVICE, &base_url, HeaderMap::new(), &config);
    (runtime, transport.expect("a transport"))
});

/// Responds to each request with [`RESPONSE`] and closes the connection.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let response = RESPONSE.lock().expect("the response").clone();
            let _ = stream.write_all(&response);
        }
    });
    address
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (runtime, transport) = &*CLIENT;
    *RESPONSE.lock().expect("the response") = data.to_vec();
    let result = runtime.block_on(async {
        let request = transport.request_to(&CREATE, (), &Thing);
        transport.send(request).await?.json::<Value>()
    });
    if let Err(error) = result {
        let _ = format!("{error} {error:?}");
        // The request was read, so it was sent.
        assert_ne!(error.outcome(), Outcome::NotSent, "{error:?}");
    }
});
