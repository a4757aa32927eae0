//! Calls an endpoint that the service has and the crate doesn't: the vehicles that take missions.
//!
//! A script replies in the place of the service, since the sandbox has the documented operations
//! only. With an account, build the client without it.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use ocean_geomission::test_util::{Reply, Script, logged_in};
use ocean_geomission::{Client, Endpoint, Error, Query, TransportConfig, Validate, Violations};
use serde::{Deserialize, Serialize};

/// Reading twice is the same as reading once, so it may be tried again.
static LIST_VEHICLES: Endpoint<Query<OfFleet>, (), Vec<Vehicle>> =
    Endpoint::get("list_vehicles", "/restapi/vehicule_engin/vehicles").idempotent();

#[derive(Serialize)]
struct OfFleet {
    fleet: String,
}

/// Checked before anything is sent.
impl Validate for OfFleet {
    fn validate(&self, violations: &mut Violations) {
        violations.require("fleet", !self.fleet.is_empty(), "must not be empty");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vehicle {
    name: String,
    geomission_enabled: bool,
}

/// The names of the vehicles that a mission can be sent to.
async fn that_take_missions(client: &Client, fleet: &str) -> Result<Vec<String>, Error> {
    let fleet = OfFleet {
        fleet: fleet.to_owned(),
    };
    let vehicles = client.call(&LIST_VEHICLES, &fleet, ()).await?;
    let enabled = vehicles
        .into_iter()
        .filter(|vehicle| vehicle.geomission_enabled);
    Ok(enabled.map(|vehicle| vehicle.name).collect())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let vehicles = r#"[
        { "name": "VAN-07", "geomissionEnabled": true },
        { "name": "CRANE-1", "geomissionEnabled": false }
    ]"#;
    let script = Script::new([
        logged_in(),
        Reply::json(200, vehicles).to("list_vehicles").always(),
    ]);
    let client = Client::builder()
        .credentials("dispatcher@example.com", "the password")
        .transport(TransportConfig::default().script(&script))
        .build()?;

    for name in that_take_missions(&client, "north").await? {
        println!("{name} takes missions");
    }

    // As it came: status, headers, attempts, body.
    let fleet = OfFleet {
        fleet: "north".to_owned(),
    };
    let response = client.call_raw(&LIST_VEHICLES, &fleet, ()).await?;
    println!("{}: {} bytes", response.status(), response.body().len());

    let nameless = that_take_missions(&client, "").await;
    assert!(nameless.is_err_and(|error| error.is_invalid_request()));
    Ok(())
}
