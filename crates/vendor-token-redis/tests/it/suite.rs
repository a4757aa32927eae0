//! What every token store has to do.

use token_store_suite::token_store_suite;

use crate::server::Server;

token_store_suite!(Server::start().await);
