//! Whose token it is.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use hmac_sha256::Hash as Sha256;

/// Identifies one account at one service, so that a [`TokenStore`](crate::TokenStore) keeps the
/// tokens of different accounts apart.
///
/// It is a SHA-256 digest of the vendor, the service's base URL and the login: 64 hexadecimal
/// digits, fit for a file name or a database key. The login can't be read from it, but somebody
/// who suspects a certain login can confirm it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey(Arc<str>);

impl AccountKey {
    /// The key of the account `login` at the service of `vendor` that is at `base_url`.
    ///
    /// The same account has the same key in every process and every version of this crate.
    #[must_use]
    pub fn new(vendor: &str, base_url: &str, login: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [vendor, base_url.trim_end_matches('/'), login] {
            // The length keeps one part from running into the next.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut text = String::with_capacity(64);
        for byte in digest.finalize() {
            // Writing to a string doesn't fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text.into())
    }

    /// The 64 hexadecimal digits, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows the first digits, enough to tell accounts apart.
impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountKey({}…)", &self.0[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_differ_by_vendor_service_and_login() {
        let key = AccountKey::new("vendor", "https://api.example.com", "alice");
        for other in [
            AccountKey::new("other", "https://api.example.com", "alice"),
            AccountKey::new("vendor", "https://test.example.com", "alice"),
            AccountKey::new("vendor", "https://api.example.com", "bob"),
            AccountKey::new("vendor", "https://api.example.comalice", ""),
        ] {
            assert_ne!(key, other);
        }
        let same = AccountKey::new("vendor", "https://api.example.com/", "alice");
        assert_eq!(key, same);
    }

    /// Another key would lose every token that is stored, and log in again.
    #[test]
    fn the_key_of_an_account_never_changes() {
        let key = AccountKey::new("vendor", "https://api.example.com", "alice");
        assert_eq!(
            key.as_str(),
            "be400eadee2fee31a8068b7ab403b199dd911e0121432279bcf3e798126ed111"
        );
    }

    #[test]
    fn the_login_is_never_shown() {
        let key = AccountKey::new("vendor", "https://api.example.com", "canary");
        let shown = format!("{key} {key:?}");
        assert!(!shown.contains("canary") && !shown.contains("example"));
        assert_eq!(key.as_str().len(), 64);
    }
}
