//! Calls an endpoint that the service has and the crate doesn't: how far an import has come.
//!
//! A script replies in the place of the service, since the sandbox has the documented operations
//! only. With an account, build the client without it.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use cegid_loop::test_util::{Reply, Script};
use cegid_loop::{Client, Endpoint, Error, ErrorKind, Query, TransportConfig, Validate};
use serde::{Deserialize, Serialize};

/// Reading twice is the same as reading once, so it may be tried again.
static IMPORT_STATUS: Endpoint<Query<OfImport>, (), ImportStatus> =
    Endpoint::get("import_status", "/getImportStatus").idempotent();

#[derive(Serialize)]
struct OfImport {
    #[serde(rename = "accountingImportRequestId")]
    id: String,
}

impl Validate for OfImport {}

#[derive(Deserialize)]
struct ImportStatus {
    status: u8,
}

async fn is_done(client: &Client, import: &str) -> Result<bool, Error> {
    let import = OfImport {
        id: import.to_owned(),
    };
    let status = client.call(&IMPORT_STATUS, &import, ()).await?;
    Ok(status.status == 3)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let script = Script::new([
        Reply::json(200, r#"{ "status": 1 }"#),
        Reply::json(200, r#"{ "status": 3 }"#),
        Reply::json(200, r#"{ "error": { "message": "no such import" } }"#),
    ]);
    let client = Client::builder()
        .subscription_key("the subscription key")
        .api_key("the key", "the client secret")
        .transport(TransportConfig::default().script(&script))
        .build()?;

    println!("done: {}", is_done(&client, "42").await?);
    println!("done: {}", is_done(&client, "42").await?);

    // An error inside a success is a refusal, as for every other call.
    let unknown = is_done(&client, "43").await;
    assert!(unknown.is_err_and(|error| error.kind() == ErrorKind::VendorFailure));
    Ok(())
}
