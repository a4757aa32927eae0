//! The crate's own endpoints, called as those of a user are.

use std::collections::BTreeSet;

use ocean_geomission::endpoints::{
    ById, CREATE_MISSION, DELETE_MISSION, MISSION_STATUS, MODIFY_MISSION,
};
use ocean_geomission::test_util::{Reply, Script, logged_in};
use ocean_geomission::{
    Client, CustomerId, MissionUpdate, NewMission, ParameterPlace, TransportConfig, operations,
};
use vendor_sandbox::Sandbox;

use crate::support::client;

#[tokio::test]
async fn every_endpoint_can_be_called_and_has_a_raw_response() {
    let script = Script::new([logged_in(), Reply::json(200, "{}").always()]);
    let client = Client::builder()
        .credentials("a", "b")
        .customer(CustomerId::new(21))
        .transport(TransportConfig::default().script(&script))
        .build()
        .unwrap();
    let by_id = ById::new("M-1");
    let mission = NewMission::new("M-1").vehicle("VAN-07");
    let update = MissionUpdate::new("M-1").comment("Dock 4");

    let response = client.call_raw(&CREATE_MISSION, client.placed(&mission), ());
    assert_eq!(response.await.unwrap().status().as_u16(), 200);
    let response = client.call_raw(&MODIFY_MISSION, client.placed(&update), ());
    response.await.unwrap();
    let response = client.call_raw(&DELETE_MISSION, client.placed(&by_id), ());
    response.await.unwrap();
    let of_customer = client.of_customer(by_id.clone());
    let response = client.call_raw(&MISSION_STATUS, &of_customer, ());
    response.await.unwrap();

    let requests = script.requests();
    let called: BTreeSet<_> = requests.iter().map(|sent| sent.operation().name).collect();
    let all: BTreeSet<_> = operations().map(|operation| operation.name).collect();
    assert_eq!(called, all, "the log-in included");
    for sent in requests.iter().skip(1) {
        assert_eq!(sent.parameter("idMission").as_deref(), Some("M-1"));
        assert_eq!(sent.parameter("customerId").as_deref(), Some("21"));
    }
}

#[tokio::test]
async fn they_act_as_the_methods_do() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let mission = NewMission::new("M-1").vehicle("VAN-07");
    let receipt = client
        .call(&CREATE_MISSION, client.placed(&mission), ())
        .await;
    assert!(receipt.unwrap().message.is_some());
    let by_id = client.of_customer(ById::new("M-1"));
    let status = client.call(&MISSION_STATUS, &by_id, ()).await.unwrap();
    assert_eq!(status, client.mission_status("M-1").await.unwrap());

    let blank = client.of_customer(ById::new(" "));
    let error = client.call(&MISSION_STATUS, &blank, ()).await.unwrap_err();
    assert!(error.is_invalid_request());
}

#[tokio::test]
async fn parameters_go_where_the_client_was_told_to_put_them() {
    let script = Script::new([logged_in(), Reply::json(200, "{}")]);
    let client = Client::builder()
        .credentials("a", "b")
        .parameter_place(ParameterPlace::Form)
        .transport(TransportConfig::default().script(&script))
        .build()
        .unwrap();
    let by_id = ById::new("M-1");
    client
        .call(&DELETE_MISSION, client.placed(&by_id), ())
        .await
        .unwrap();
    let sent = &script.requests()[1];
    assert_eq!((sent.query(), sent.body()), (None, &b"idMission=M-1"[..]));
}
