// Written by `cargo xtask rustdoc` from `docs/cegid-loop`.

#![doc = include_str!("contract/README.md")]

#[doc = include_str!("contract/activities.md")]
pub mod activities {}

#[doc = include_str!("contract/letters.md")]
pub mod letters {}

#[doc = include_str!("contract/types.md")]
pub mod types {}
