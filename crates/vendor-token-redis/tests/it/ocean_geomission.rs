//! Clients of Océan that share a token.

use std::sync::Arc;

use ocean_geomission::{Client, NewMission};
use vendor_sandbox::Sandbox;

use crate::server::Server;

#[tokio::test]
async fn clients_with_a_store_each_log_in_once_and_again_after_a_revocation() {
    let Some(server) = Server::start().await else {
        return;
    };
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    let clients: Vec<_> = (0..5)
        .map(|_| {
            Client::builder()
                .base_url(ocean.base_url())
                .credentials(ocean.login(), ocean.password())
                .token_store(Arc::new(server.store()))
                .build()
                .unwrap()
        })
        .collect();
    for round in 1..=2 {
        for (number, client) in clients.iter().enumerate() {
            let mission = NewMission::new(format!("M-{round}-{number}"));
            client.create_mission(&mission).await.unwrap();
        }
        assert_eq!(ocean.ledger().received("log_in"), round);
        ocean.revoke_tokens();
    }
}
