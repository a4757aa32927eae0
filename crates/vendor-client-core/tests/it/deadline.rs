use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{Instant, advance};
use vendor_client_core::{ErrorKind, Outcome, RetryPolicy, TransportConfig};

use tracing_subscriber::layer::SubscriberExt as _;

use crate::server::{Reply, Server};
use crate::support::{READ, at_once, create, freeze_time, read, transport, with_config};
use crate::telemetry::Recorder;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_attempt_without_a_response_ends_in_time_and_may_have_taken_effect() {
    let time = freeze_time();
    let server = Server::start([Reply::Silence]);
    let transport = transport(&server.url());
    let call = tokio::spawn(async move { create(&transport).await });
    server.received().await;
    advance(30 * SECOND).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.is_timeout() && !error.is_retryable());
    assert_eq!(server.requests().len(), 1);
    drop(time);
}

#[tokio::test(start_paused = true)]
async fn the_overall_deadline_bounds_all_attempts_together() {
    let time = freeze_time();
    let server = Server::start([Reply::Silence]);
    let config = at_once().attempt_timeout(6 * SECOND).deadline(10 * SECOND);
    let transport = with_config(&server.url(), &config);
    let start = Instant::now();
    let call = tokio::spawn(async move { read(&transport).await });
    server.received().await;
    advance(6 * SECOND).await;
    server.received().await;
    advance(4 * SECOND).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.attempts().len(), 2);
    assert!(error.is_timeout());
    assert!(start.elapsed() < 11 * SECOND);
    drop(time);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_reading_the_body() {
    let time = freeze_time();
    let endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n".to_vec();
    let server = Server::start([Reply::Send(endless)]);
    let transport = transport(&server.url());
    let call = tokio::spawn(async move { create(&transport).await });
    server.received().await;
    advance(30 * SECOND).await;
    assert!(call.await.unwrap().unwrap_err().is_timeout());
    drop(time);
}

#[tokio::test(start_paused = true)]
async fn a_request_can_have_a_deadline_of_its_own() {
    let time = freeze_time();
    let server = Server::start([Reply::Silence]);
    let transport = transport(&server.url());
    let call = tokio::spawn(async move {
        let request = transport.request_to(&READ, &"1", ()).deadline(2 * SECOND);
        transport.send(request).await
    });
    server.received().await;
    advance(2 * SECOND).await;
    assert!(call.await.unwrap().unwrap_err().is_timeout());
    drop(time);
}

#[tokio::test(start_paused = true)]
async fn the_client_waits_as_long_as_the_vendor_asks() {
    let time = freeze_time();
    let recorder = Recorder::default();
    let subscriber = tracing_subscriber::registry().with(recorder.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start([
        Reply::with(429, &[("retry-after", "7")], ""),
        Reply::json(200, "\"thing\""),
    ]);
    let transport = transport(&server.url());
    let call = tokio::spawn(async move { create(&transport).await });
    while !recorder.lines().join("").contains("wait_ms=7000") {
        tokio::task::yield_now().await;
    }
    advance(Duration::from_millis(6_900)).await;
    assert_eq!(server.requests().len(), 1);
    advance(Duration::from_millis(101)).await;
    assert_eq!(call.await.unwrap().unwrap(), "thing");
    assert_eq!(server.requests().len(), 2);
    drop(time);
}

/// A listener that nobody accepts from: with its queue full, further SYNs get no response.
fn deaf_listener() -> (TcpListener, Vec<std::net::TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let queued = std::iter::from_fn(|| {
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok()
    });
    let queued = queued.take(16).collect();
    (listener, queued)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_runs_out_of_time_while_it_connects_was_not_sent() {
    let (listener, _queued) = deaf_listener();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let config = TransportConfig::default()
        .deadline(20 * SECOND)
        .retry(RetryPolicy::default().max_attempts(2));
    let error = create(&with_config(&url, &config)).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.attempts().len(), 2);
}

#[cfg(feature = "rustls")]
#[tokio::test(start_paused = true)]
async fn a_call_that_runs_out_of_time_in_the_handshake_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let config = TransportConfig::default().deadline(5 * SECOND);
    let error = create(&with_config(&url, &config)).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_zero_sends_nothing() {
    let server = Server::start([Reply::json(200, "\"thing\"")]);
    let transport = with_config(&server.url(), &at_once().deadline(Duration::ZERO));
    let error = create(&transport).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(server.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_given_up_before_the_server_closes_it() {
    let time = freeze_time();
    let server = Server::start([Reply::json(200, "\"thing\"")]);
    let transport = transport(&server.url());
    read(&transport).await.unwrap();
    advance(14 * SECOND).await;
    read(&transport).await.unwrap();
    assert_eq!(server.connections(), 1, "a fresh connection is reused");
    advance(16 * SECOND).await;
    read(&transport).await.unwrap();
    assert_eq!(server.connections(), 2, "a stale one is not");
    drop(time);
}

#[tokio::test(start_paused = true)]
async fn time_limits_of_any_size_are_taken() {
    let time = freeze_time();
    let server = Server::start([Reply::json(200, "\"thing\"")]);
    let config = TransportConfig::default()
        .connect_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .deadline(Duration::MAX)
        .retry(
            RetryPolicy::default()
                .first_wait(Duration::MAX)
                .max_wait(Duration::MAX),
        );
    assert!(read(&with_config(&server.url(), &config)).await.is_ok());
    // The pool's own task would overflow beyond that.
    assert!(format!("{config:?}").contains("idle_timeout: 86400s"));
    drop(time);
}
