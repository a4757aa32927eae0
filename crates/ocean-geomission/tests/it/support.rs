//! What the tests share.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ocean_geomission::{
    Client, ClientBuilder, Clock, LookUp, NewMission, Recipient, RetryPolicy, TransportConfig,
};
use time::macros::datetime;
use vendor_sandbox::Sandbox;

/// No waits between attempts or before a look-up, so that no test waits.
pub(crate) fn at_once() -> TransportConfig {
    TransportConfig::default()
        .retry(RetryPolicy::default().first_wait(Duration::ZERO))
        .look_up(LookUp::default().waits([Duration::ZERO]))
}

/// A client's clock that shows the sandbox's time.
#[derive(Debug)]
struct SandboxTime(vendor_sandbox::Clock);

impl Clock for SandboxTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let ocean = sandbox.ocean_geomission();
    let clock = SandboxTime(sandbox.clock().clone());
    Client::builder()
        .base_url(ocean.base_url())
        .credentials(ocean.login(), ocean.password())
        .transport(at_once().clock(Arc::new(clock)))
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

/// A mission with every field set.
pub(crate) fn full_mission(id: &str) -> NewMission {
    let mut mission = NewMission::new(id);
    mission.scheduled_at = Some(datetime!(2025-11-24 09:30 +01:00));
    mission.expires_at = Some(datetime!(2025-11-24 18:00 UTC));
    mission.kind = Some("Delivery".to_owned());
    mission.recipient = Some(Recipient::vehicle("VAN-07"));
    mission.comment = Some("Ring twice & wait; dock 3 (côté cour)".to_owned());
    mission.reference_address = Some("Warehouse Nord, entrance B".to_owned());
    mission.street = Some("12 rue de la Paix".to_owned());
    mission.postal_code = Some("75002".to_owned());
    mission.city = Some("Paris".to_owned());
    mission.send = Some(true);
    mission.coordinates = Some(ocean_geomission::Coordinates::new(48.8688, 2.3316));
    mission
}
