//! Whatever the client of this vendor reads or writes as JSON.

#![no_main]

use std::sync::LazyLock;

use fuzz::Reader;

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(fuzz::cegid_loop);

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::read(&READERS, data));
