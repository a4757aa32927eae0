use std::time::Duration;

use vendor_client_core::{ErrorKind, Outcome, Pace};

use crate::server::{Reply, Server};
use crate::support::{at_once, create, freeze_time, read, with_config};

fn ok() -> Reply {
    Reply::json(200, "\"thing\"")
}

#[tokio::test(start_paused = true)]
async fn clones_share_a_pace_and_what_cannot_get_a_turn_is_not_sent() {
    let _time = freeze_time();
    let server = Server::start([ok()]);
    let config = at_once().pace(Pace::per_second(1.0));
    let transport = with_config(&server.url(), &config.deadline(Duration::from_millis(900)));
    read(&transport.clone()).await.unwrap();
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.is_retryable());
    assert_eq!(server.requests().len(), 1);
    tokio::time::advance(Duration::from_millis(500)).await;
    let waiting = tokio::spawn(async move { create(&transport).await });
    tokio::task::yield_now().await;
    tokio::time::advance(Duration::from_millis(501)).await;
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_retry_takes_a_turn_of_its_own() {
    let _time = freeze_time();
    let server = Server::start([Reply::json(503, ""), ok()]);
    let config = at_once().pace(Pace::per_second(1.0));
    let transport = with_config(&server.url(), &config.deadline(Duration::from_millis(900)));
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.attempts().len(), 2);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_call_gives_its_place_in_flight_back_however_it_ends() {
    let server = Server::start([Reply::Close, Reply::json(400, ""), ok()]);
    let config = at_once().pace(Pace::default().in_flight(1));
    let transport = with_config(&server.url(), &config);
    for is_ok in [false, false, true, true] {
        assert_eq!(create(&transport).await.is_ok(), is_ok);
    }
}
