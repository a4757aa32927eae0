//! Calls an endpoint that the service has and the crate doesn't: the skills of a resource.
//!
//! A script replies in the place of the service, since the sandbox has the documented operations
//! only. With an account, build the client without it.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use geoplanning::test_util::{Reply, Script};
use geoplanning::{Client, Endpoint, Error, ErrorKind, Path, ResourceId, TransportConfig};
use serde::Deserialize;

/// Reading twice is the same as reading once, so it may be tried again.
static LIST_SKILLS: Endpoint<Path<ResourceId>, (), Skills> =
    Endpoint::get("list_skills", "/resources/{id}/skills").idempotent();

/// The whole response, of which the outcome is not needed.
#[derive(Deserialize)]
struct Skills {
    skills: Vec<String>,
}

async fn has_skill(client: &Client, resource: ResourceId, skill: &str) -> Result<bool, Error> {
    let response = client.call(&LIST_SKILLS, &resource, ()).await?;
    Ok(response.skills.iter().any(|known| known == skill))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let script = Script::new([
        Reply::json(200, r#"{ "status": { "code": 0 }, "skills": ["crane"] }"#),
        Reply::json(200, r#"{ "status": { "code": 3, "message": "no" } }"#),
    ]);
    let client = Client::builder()
        .credentials("planner", "the password")
        .transport(TransportConfig::default().script(&script))
        .build()?;

    let resource = ResourceId::new(7);
    println!("crane: {}", has_skill(&client, resource, "crane").await?);

    // A code other than 0 is a failure, as for every other call.
    let failed = has_skill(&client, resource, "crane").await;
    assert!(failed.is_err_and(|error| error.kind() == ErrorKind::VendorFailure));
    Ok(())
}
