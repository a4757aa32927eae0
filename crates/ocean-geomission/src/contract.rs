// Written by `cargo xtask rustdoc` from `docs/ocean-geomission`.

#![doc = include_str!("contract/README.md")]

#[doc = include_str!("contract/authentication.md")]
pub mod authentication {}

#[doc = include_str!("contract/missions.md")]
pub mod missions {}
