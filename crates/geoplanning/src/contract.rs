// Written by `cargo xtask rustdoc` from `docs/geoplanning`.

#![doc = include_str!("contract/README.md")]

#[doc = include_str!("contract/activities.md")]
pub mod activities {}

#[doc = include_str!("contract/activity-statuses.md")]
pub mod activity_statuses {}

#[doc = include_str!("contract/activity-types.md")]
pub mod activity_types {}

#[doc = include_str!("contract/address.md")]
pub mod address {}

#[doc = include_str!("contract/customers.md")]
pub mod customers {}

#[doc = include_str!("contract/enumerables.md")]
pub mod enumerables {}

#[doc = include_str!("contract/envelope.md")]
pub mod envelope {}

#[doc = include_str!("contract/events.md")]
pub mod events {}

#[doc = include_str!("contract/login.md")]
pub mod login {}

#[doc = include_str!("contract/opening-hours.md")]
pub mod opening_hours {}

#[doc = include_str!("contract/pois.md")]
pub mod pois {}

#[doc = include_str!("contract/resources.md")]
pub mod resources {}

#[doc = include_str!("contract/rounds.md")]
pub mod rounds {}

#[doc = include_str!("contract/task.md")]
pub mod task {}

#[doc = include_str!("contract/users.md")]
pub mod users {}
