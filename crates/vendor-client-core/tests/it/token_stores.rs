//! What every token store has to do.

use std::sync::Arc;

use tempfile::TempDir;
use token_store_suite::memory::MemoryTokenStore;
use token_store_suite::{Backend, token_store_suite};
use vendor_client_core::{FileTokenStore, TokenStore};

mod in_memory {
    use super::*;

    token_store_suite!(Some(MemoryTokenStore::default()));
}

mod in_files {
    use super::*;

    struct Directory(TempDir);

    impl Backend for Directory {
        fn open(&self) -> Arc<dyn TokenStore> {
            Arc::new(FileTokenStore::new(self.0.path()))
        }
    }

    token_store_suite!(Some(Directory(TempDir::new().unwrap())));
}
