//! A server on loopback that hands every call on to the service, and remembers what came back.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::Instant;
use vendor_client_core::reqwest;

use crate::error::{Error, Result};
use crate::observe::exchange::Exchange;

/// Headers that belong to one connection, and are not handed on. What may be packed is settled for
/// each connection as well.
const OF_THE_CONNECTION: [&str; 5] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
];

pub(crate) struct Recorder {
    url: String,
    recorded: Recorded,
}

type Recorded = Arc<Mutex<Vec<Exchange>>>;

impl Recorder {
    /// Stands in front of the service at this base URL.
    pub(crate) async fn start(service: &str) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.map_err(Error::file("the recorder's port"))?;
        let address = listener
            .local_addr()
            .map_err(Error::file("the recorder's port"))?;
        let forward = Forward {
            service: service.trim_end_matches('/').to_owned(),
            http: vendor_client_core::TransportConfig::default()
                .http_client_builder()?
                .build()?,
            recorded: Recorded::default(),
        };
        let recorded = Arc::clone(&forward.recorded);
        tokio::spawn(serve(listener, forward));
        Ok(Self {
            url: format!("http://{address}"),
            recorded,
        })
    }

    /// What a client takes for the base URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What was exchanged so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let recorded = self.recorded.lock();
        recorded.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(listener: TcpListener, forward: Forward) {
    while let Ok((stream, _)) = listener.accept().await {
        let forward = forward.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| forward.clone().exchange(request));
            // A client that goes away ends its connection with an error, which is its own affair.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

#[derive(Clone)]
struct Forward {
    service: String,
    http: reqwest::Client,
    recorded: Recorded,
}

impl Forward {
    async fn exchange(
        self,
        request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
        Ok(self.forward(request).await.unwrap_or_else(|_| {
            // The client sees a gateway that could not reach the service.
            let mut response = hyper::Response::default();
            *response.status_mut() = hyper::StatusCode::BAD_GATEWAY;
            response
        }))
    }

    async fn forward(
        &self,
        request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let mut headers = head.headers;
        for name in OF_THE_CONNECTION {
            headers.remove(name);
        }
        let start = Instant::now();
        let response = self
            .http
            .request(head.method.clone(), format!("{}{target}", self.service))
            .headers(headers)
            .body(body)
            .send()
            .await?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = response.bytes().await?;
        let shown = headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        });
        let exchange = Exchange {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            status: status.as_u16(),
            headers: shown.collect(),
            body: body.to_vec(),
            duration: Some(start.elapsed()),
        };
        self.recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(exchange.unpacked());
        // The client gets what came, packed or not, with the header that says so.
        let mut response = hyper::Response::new(Full::new(body));
        *response.status_mut() = status;
        for (name, value) in headers.iter() {
            if !OF_THE_CONNECTION.contains(&name.as_str()) {
                response.headers_mut().append(name, value.clone());
            }
        }
        Ok(response)
    }
}
