//! A token file of any content.

#![no_main]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use tokio::runtime::Runtime;
use vendor_client_core::{FileTokenStore, TokenStore as _};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
});

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let name = format!("fuzz-token-{}.json", std::process::id());
    std::env::temp_dir().join(name)
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fs::write(&*FILE, data).expect("a file");
    fs::set_permissions(&*FILE, fs::Permissions::from_mode(0o600)).expect("its mode");
    let store = FileTokenStore::new(&*FILE, "service", "login");
    RUNTIME.block_on(async {
        if let Ok(Some(token)) = store.load().await {
            let _ = (token.expires_at(), format!("{token:?}"));
        }
    });
});
