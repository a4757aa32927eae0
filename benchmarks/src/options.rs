//! What each option of a client adds to a call.

use std::hint::black_box;
use std::sync::Arc;

use benchmarks::{BoxError, CannedResponse, Contender};
use ocean_geomission::{
    Client, FileTokenStore, MissionId, Observation, Pace, RetryPolicy, TransportConfig,
};
use tempfile::TempDir;

use crate::status_call::{self, MISSION, builder};

/// A mission whose status has a number where a text is documented.
const LOOSE: &str = "loose";

/// The status that only the liberal reading understands; it must come before the other one.
pub(crate) fn responses() -> Vec<CannedResponse> {
    let mut status = status_call::status();
    status["externalMissionId"] = 20_260_042.into();
    vec![CannedResponse::new(
        "/restapi/geomission/statutMission?idMission=loose",
        &status,
    )]
}

/// A client with every option off first: everything is measured against it.
pub(crate) fn contenders(server: &str) -> Result<Vec<Contender>, BoxError> {
    let with = |config: TransportConfig| builder(server).transport(config).build();
    let config = TransportConfig::default;

    let plain = builder(server).build()?;
    let observed = config().observer(Arc::new(|observation: &Observation<'_>| {
        black_box(observation);
    }));
    let pace = Pace::per_second(1e9).in_flight(1000);
    let paced = with(config().pace(pace))?;
    let retrying = plain.with_retry(RetryPolicy::default());
    let directory = TempDir::new()?;
    let store = FileTokenStore::new(directory.path());
    let sharing = builder(server).token_store(Arc::new(store)).build()?;

    Ok(vec![
        status("no options", plain.clone(), MISSION),
        status("`with_retry`", retrying, MISSION),
        status("an observer", with(observed)?, MISSION),
        status("a pace", paced, MISSION),
        sharing_its_token(sharing, directory),
        followed(plain.clone()),
        status("a response read liberally", plain, LOOSE),
    ])
}

fn status(name: &'static str, client: Client, mission: &str) -> Contender {
    let mission = MissionId::new(mission);
    Contender::new(name, async move || {
        client.mission_status(&mission).await?;
        Ok(())
    })
}

/// The store's directory lasts as long as the client.
fn sharing_its_token(client: Client, directory: TempDir) -> Contender {
    let mission = MissionId::new(MISSION);
    Contender::new("a token store", async move || {
        black_box(&directory);
        client.mission_status(&mission).await?;
        Ok(())
    })
}

/// The first look of a stream of its own, the most expensive one.
fn followed(client: Client) -> Contender {
    let mission = MissionId::new(MISSION);
    Contender::new("`follow_mission`", async move || {
        let first = client.follow_mission(&mission).next().await;
        first.ok_or("the stream ended")??;
        Ok(())
    })
}
