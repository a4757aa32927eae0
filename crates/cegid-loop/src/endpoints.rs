//! The endpoints that this crate's lists request, for [`Client::call`](crate::Client::call) and
//! [`Client::call_raw`](crate::Client::call_raw): for what no list returns, such as the headers of a
//! page, or its bytes.
//!
//! ```no_run
//! use cegid_loop::endpoints::LIST_ENGAGEMENT_LETTERS;
//! use cegid_loop::{Client, letters};
//!
//! # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
//! let query = client.engagement_letters(letters::signed()).limit(10).query();
//! let response = client.call_raw(&LIST_ENGAGEMENT_LETTERS, &query, ()).await?;
//! println!("{} bytes, sent {} times", response.body().len(), response.resend_count() + 1);
//! # Ok(())
//! # }
//! ```
//!
//! `call` reads one page, all rows at once: a row that can't be read fails them all, and an endless
//! list isn't noticed. [`List`](crate::List) reads row by row, as many as there are.

#[doc(inline)]
pub use crate::activities::LIST_ACTIVITIES;
#[doc(inline)]
pub use crate::letters::LIST_ENGAGEMENT_LETTERS;
pub use crate::list::ListQuery;
pub use crate::wire::Envelope;
