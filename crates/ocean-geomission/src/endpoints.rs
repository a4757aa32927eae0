//! The endpoints that this crate's methods call, for [`Client::call`](crate::Client::call) and
//! [`Client::call_raw`](crate::Client::call_raw): for what no method returns, such as the status,
//! the headers or the attempts of a success.
//!
//! ```no_run
//! use ocean_geomission::Client;
//! use ocean_geomission::endpoints::{ById, MISSION_STATUS};
//!
//! # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
//! let mission = client.of_customer(ById::new("M-1"));
//! let response = client.call_raw(&MISSION_STATUS, &mission, ()).await?;
//! println!("{:?}, sent {} times", response.request_id(), response.resend_count() + 1);
//! # Ok(())
//! # }
//! ```
//!
//! A writing endpoint takes what [`Client::placed`](crate::Client::placed) makes of its parameters:
//!
//! ```no_run
//! use ocean_geomission::endpoints::CREATE_MISSION;
//! use ocean_geomission::{Client, NewMission};
//!
//! # async fn run(client: Client) -> Result<(), ocean_geomission::Error> {
//! let mission = NewMission::new("M-1").vehicle("VAN-07");
//! let receipt = client.call(&CREATE_MISSION, client.placed(&mission), ()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! `call` reads the response as the endpoint's type and no further. The methods also take a receipt
//! that isn't JSON, and look whether a mission that was created is there.
//!
//! Logging in is not among them: the client does it by itself.

#[doc(inline)]
pub use crate::missions::{CREATE_MISSION, DELETE_MISSION, MISSION_STATUS, MODIFY_MISSION};
pub use crate::parameters::{ById, OfCustomer, Parameters, Placed};
