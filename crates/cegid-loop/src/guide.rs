//! How to use this crate well, a chapter at a time.
//!
//! | Chapter | Read it |
//! | --- | --- |
//! | [Whether it happened](outcomes) | before you handle your first error |
//! | [Days and instants](times) | before you compare a date |
//! | [Long lists](long_lists) | if there are more than a hundred rows |
//! | [What has changed](following) | if you keep a copy |
//! | [Proxies and certificates](network) | if the program can't reach the service |
//! | [What goes into logs](logs) | before you turn them on |
//! | [Testing](testing) | always |
//!
//! The repository has programs for most of them, in `examples`. One does a whole job by what is
//! written here: `letters_by_month` exports all letters with their hours by month, and the next run
//! reads what has changed since; it may be killed at any moment. It has 60 lines of code, not
//! counting CSV and printing.

#[doc = include_str!("guide/common/outcomes.md")]
pub mod outcomes {}

#[doc = include_str!("guide/times.md")]
pub mod times {}

#[doc = include_str!("guide/long_lists.md")]
pub mod long_lists {}

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
