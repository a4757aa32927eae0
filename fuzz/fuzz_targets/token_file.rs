//! A token file of any content, beyond the line that names the account.

#![no_main]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use tokio::runtime::Runtime;
use vendor_client_core::{AccountKey, FileTokenStore, TokenStore as _};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
});

static ACCOUNT: LazyLock<AccountKey> = LazyLock::new(|| AccountKey::new("vendor", "url", "login"));

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = std::env::temp_dir().join(format!("fuzz-token-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    directory
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = DIRECTORY.join(format!("{}.token", *ACCOUNT));
    let content = [ACCOUNT.as_str().as_bytes(), b"\n", data].concat();
    fs::write(&file, content).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
    let store = FileTokenStore::new(&**DIRECTORY);
    RUNTIME.block_on(async {
        if let Ok(Some(token)) = store.load(&ACCOUNT).await {
            let _ = (token.expires_at(), format!("{token:?}"));
        }
    });
});
