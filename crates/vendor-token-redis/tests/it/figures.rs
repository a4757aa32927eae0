//! The figures of the README: `cargo test -p vendor-token-redis figures -- --ignored --nocapture`.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use vendor_client_core::{Error, LogIn, Token, TokenCache};

use crate::faults::{Vendor, process, revoke};
use crate::server::Server;

/// As long as a log-in takes over the network.
const LOG_IN: Duration = Duration::from_millis(300);

#[derive(Clone, Default)]
struct SlowVendor(Vendor);

impl LogIn for SlowVendor {
    async fn log_in(&self) -> Result<Token, Error> {
        sleep(LOG_IN).await;
        self.0.log_in().await
    }
}

/// How long it takes until every process has a token.
async fn time_to_the_last(fleet: &[TokenCache]) -> Duration {
    let start = Instant::now();
    let calls: JoinSet<_> = fleet
        .iter()
        .cloned()
        .map(|process| async move { process.get().await.map(drop) })
        .collect();
    for token in calls.join_all().await {
        token.unwrap();
    }
    start.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures; it proves nothing"]
#[allow(clippy::print_stdout, reason = "a figure is to be seen")]
async fn figures() {
    let Some(server) = Server::start().await else {
        return;
    };
    let vendor = SlowVendor::default();
    let fleet: Vec<_> = (0..64).map(|_| process(&vendor, server.store())).collect();
    let print = async |what: &str, fleet: &[TokenCache]| {
        let before = vendor.0.log_ins();
        let time = time_to_the_last(fleet).await;
        let log_ins = vendor.0.log_ins() - before;
        println!("{what}: {log_ins} log-ins, {} ms", time.as_millis());
    };
    print("cold start of 64", &fleet).await;
    for process in &fleet {
        revoke(process).await;
    }
    print("revocation in 64", &fleet).await;
    print("one more process", &[process(&vendor, server.store())]).await;
}
