//! A client and its calls can be used from any thread.

use ocean_geomission::{
    Client, ClientBuilder, Error, MissionUpdate, NewMission, Receipt, TransportConfig,
};

fn is_shared<T: Clone + Send + Sync + 'static>() {}

fn is_sent<T: Send>(_: T) {}

#[test]
fn a_client_is_shared_by_threads_and_so_is_what_it_returns() {
    is_shared::<Client>();
    is_shared::<TransportConfig>();
    is_shared::<NewMission>();
    is_shared::<MissionUpdate>();
    is_shared::<Receipt>();
    is_shared::<Error>();
    is_sent(ClientBuilder::default());
}

#[test]
fn every_call_can_run_in_a_task_of_its_own() {
    let client = Client::builder().credentials("a", "b").build().unwrap();
    let mission = NewMission::new("M-1");
    let update = MissionUpdate::new("M-1");
    is_sent(client.log_in());
    is_sent(client.create_mission(&mission));
    is_sent(client.create_or_find(&mission));
    is_sent(client.find_or_create(&mission));
    is_sent(client.find_mission(&mission.id));
    is_sent(client.modify_mission(&update));
    is_sent(client.mission_status(&mission.id));
    is_sent(client.delete_mission(&mission.id));
}
