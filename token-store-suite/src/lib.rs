//! What every token store has to do: one suite for the store in memory, in files and in Redis.
//!
//! [`token_store_suite!`] makes a test of each behaviour. A [`Backend`] opens the store as often as
//! a test has processes.

// Its users are tests.
#![allow(missing_docs, clippy::unwrap_used)]

pub mod fleet;
pub mod memory;
pub mod store;

use std::sync::Arc;

use vendor_client_core::{AccountKey, TokenStore};

/// A place for tokens, made for one test.
pub trait Backend: Send + Sync {
    /// Opens the store as a further process would.
    fn open(&self) -> Arc<dyn TokenStore>;
}

/// The key of the account `login` at the service that the suite logs in to.
#[must_use]
pub fn account(login: &str) -> AccountKey {
    AccountKey::new("suite", "https://api.example.com", login)
}

/// Makes a test of each behaviour. The argument makes the `Backend`, or `None` if the machine hasn't
/// got what it needs.
#[macro_export]
macro_rules! token_store_suite {
    ($backend:expr) => {
        $crate::token_store_suite!($backend =>
            store::what_is_saved_is_loaded_by_every_process,
            store::a_newer_token_takes_the_place_of_an_older_one,
            store::what_is_removed_is_gone_and_may_be_removed_again,
            store::a_late_refusal_leaves_a_newer_token_alone,
            store::accounts_share_a_store_and_nothing_else,
            store::one_process_at_a_time_has_the_right_to_log_in,
            store::a_right_that_is_dropped_is_free_again,
            store::a_failed_log_in_is_told_to_every_process,
            store::a_thousand_tasks_take_turns,
            store::neither_the_store_nor_its_lock_shows_a_secret,
            fleet::a_cold_fleet_logs_in_once,
            fleet::a_revoked_token_is_replaced_for_all_by_one_log_in,
            fleet::a_late_refusal_costs_no_log_in,
            fleet::a_wrong_password_is_tried_once_by_the_fleet,
            fleet::a_service_that_cannot_be_reached_from_one_machine_is_tried_by_another,
            fleet::a_process_that_starts_later_does_not_log_in,
        );
    };
    ($backend:expr => $($room:ident :: $behaviour:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                if let Some(backend) = $backend {
                    $crate::$room::$behaviour(&backend).await;
                }
            }
        )+
    };
}
