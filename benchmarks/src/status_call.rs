//! A mission's status, through the client and by bare reqwest.

use benchmarks::{BoxError, CannedResponse, Contender};
use ocean_geomission::{Client, ClientBuilder, MissionId, MissionStatus};
use serde_json::Value;

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.bm90LWEtcmVhbC10b2tlbg.bm90LWEtcmVhbC1zaWduYXR1cmU";
pub(crate) const MISSION: &str = "2026-0042";

/// A log-in and a status.
pub(crate) fn responses() -> Vec<CannedResponse> {
    let logged_in = serde_json::json!({
        "token": TOKEN,
        "passwordExpirationRemainingDays": 42,
    });
    vec![
        CannedResponse::new("/restapi/auth/authenticate2", &logged_in),
        CannedResponse::new("/restapi/geomission/statutMission", &status()),
    ]
}

/// A status of 2 KB.
pub(crate) fn status() -> Value {
    let remark = "Reçu à l'accueil, quai n° 3 ; le \"client\" était absent.\n".repeat(24);
    serde_json::json!({
        "status": "Refused by the recipient",
        "statusCode": "REFUSED",
        "commentRefuseReason": "The road is closed beyond the bridge, and the detour takes an hour.",
        "complement": remark,
        "externalMissionId": "8f14e45f-ceea-467f-a8f5-5a1c6d1b9a4e",
        "time": "24/11/2026 08:30",
        "driver": { "name": "not read by the client", "vehicle": "VAN-07", "phone": null },
        "history": [
            { "status": "SENT", "time": "24/11/2026 07:58" },
            { "status": "RECEIVED", "time": "24/11/2026 07:59" },
            { "status": "READ", "time": "24/11/2026 08:12" },
        ],
    })
}

/// Bare reqwest first: everything is measured against it.
pub(crate) fn contenders(server: &str) -> Result<Vec<Contender>, BoxError> {
    Ok(vec![bare_reqwest(server), ocean_geomission(server)?])
}

fn bare_reqwest(server: &str) -> Contender {
    // Only the first call takes effect, and any provider will do: nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let url = format!("{server}/restapi/geomission/statutMission");
    Contender::new("bare reqwest", async move || {
        http.get(&url)
            .query(&[("idMission", MISSION)])
            .header("X-AUTH-TOKEN", TOKEN)
            .send()
            .await?
            .error_for_status()?
            .json::<MissionStatus>()
            .await?;
        Ok(())
    })
}

fn ocean_geomission(server: &str) -> Result<Contender, BoxError> {
    let client = builder(server).build()?;
    let mission = MissionId::new(MISSION);
    Ok(Contender::new("ocean-geomission", async move || {
        client.mission_status(&mission).await?;
        Ok(())
    }))
}

pub(crate) fn builder(server: &str) -> ClientBuilder {
    Client::builder()
        .credentials("dispatcher@example.com", "not-a-real-password")
        .base_url(server)
}
