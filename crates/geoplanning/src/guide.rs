//! How to use this crate well, a chapter at a time.
//!
//! | Chapter | Read it |
//! | --- | --- |
//! | [Whether it happened](outcomes) | before you handle your first error |
//! | [Running twice](running_twice) | before you add your first activity |
//! | [Days, times and zones](days) | before you plan your first day |
//! | [Many at once](many_at_once) | if there are more than a handful |
//! | [Following](following) | if you need to know what becomes of them |
//! | [Proxies and certificates](network) | if the program can't reach the service |
//! | [What goes into logs](logs) | before you turn them on |
//! | [Testing](testing) | always |
//!
//! The repository has programs for most of them, in `examples`. One does a whole job by what is
//! written here: `plan_from_csv` plans a team's day from two CSV files, and may be killed and run
//! again at any moment. It has 55 lines of code, not counting CSV and printing.

#[doc = include_str!("guide/common/outcomes.md")]
pub mod outcomes {}

#[doc = include_str!("guide/running_twice.md")]
pub mod running_twice {}

#[doc = include_str!("guide/days.md")]
pub mod days {}

#[doc = include_str!("guide/many_at_once.md")]
pub mod many_at_once {}

#[doc = include_str!("guide/following.md")]
pub mod following {}

#[doc = include_str!("guide/common/network.md")]
pub mod network {}

#[doc = include_str!("guide/common/logs.md")]
pub mod logs {}

#[doc = include_str!("guide/testing.md")]
#[cfg_attr(feature = "test-util", doc = "")]
#[cfg_attr(feature = "test-util", doc = include_str!("guide/testing_without_a_socket.md"))]
pub mod testing {}
