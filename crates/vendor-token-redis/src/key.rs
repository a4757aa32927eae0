//! Encryption of what is stored.

use std::fmt;

use chacha20poly1305::aead::{Aead, Generate, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use vendor_client_core::AccountKey;

/// The length of the random part before each ciphertext.
const NONCE_LENGTH: usize = 24;

/// Encrypts tokens for Redis. A fleet has one, 32 random bytes that it keeps as a secret.
#[derive(Clone)]
pub struct EncryptionKey(XChaCha20Poly1305);

impl EncryptionKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(bytes)))
    }

    /// A key of 64 hexadecimal digits, such as `openssl rand -hex 32` prints. White space around them
    /// is ignored.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, InvalidKey> {
        let digits = text.trim().as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(InvalidKey(()));
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self::new(bytes))
    }

    /// A name that nothing else has, and nobody can guess.
    pub(crate) fn random_name() -> String {
        let random = XNonce::generate();
        random.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Encrypts `plain`, so that it can be decrypted only as the same kind of thing for the same
    /// account.
    pub(crate) fn seal(&self, kind: Kind, account: &AccountKey, plain: &[u8]) -> Option<Vec<u8>> {
        let nonce = XNonce::generate();
        let bound_to = kind.bound_to(account);
        let payload = Payload {
            msg: plain,
            aad: &bound_to,
        };
        let ciphertext = self.0.encrypt(&nonce, payload).ok()?;
        Some([nonce.as_slice(), &ciphertext].concat())
    }

    /// Decrypts; `None` if anything about it is wrong.
    pub(crate) fn open(&self, kind: Kind, account: &AccountKey, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let bound_to = kind.bound_to(account);
        let payload = Payload {
            msg: ciphertext,
            aad: &bound_to,
        };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// Hides the key.
impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey")
    }
}

/// What is encrypted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Token,
    Failure,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Failure => "failure",
        }
    }

    /// The associated data. The number is that of the format.
    fn bound_to(self, account: &AccountKey) -> Vec<u8> {
        format!("vendor-token-redis 1 {} {account}", self.name()).into_bytes()
    }
}

fn value(digit: u8) -> Result<u8, InvalidKey> {
    let value = char::from(digit).to_digit(16).ok_or(InvalidKey(()))?;
    u8::try_from(value).map_err(|_| InvalidKey(()))
}

/// The text isn't an [`EncryptionKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKey(());

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the encryption key must have 64 hexadecimal digits")
    }
}

impl std::error::Error for InvalidKey {}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(login: &str) -> AccountKey {
        AccountKey::new("vendor", "https://api.example.com", login)
    }

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_for_the_same_account_and_kind() {
        let (key, alice) = (EncryptionKey::new([7; 32]), account("alice"));
        let sealed = key.seal(Kind::Token, &alice, b"canary").unwrap();
        let opened = key.open(Kind::Token, &alice, &sealed);
        assert_eq!(opened.unwrap(), b"canary");
        let hex = EncryptionKey::from_hex(&format!(" {}\r\n", "07".repeat(32))).unwrap();
        assert!(hex.open(Kind::Token, &alice, &sealed).is_some());

        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        assert_eq!(key.open(Kind::Failure, &alice, &sealed), None);
        assert_eq!(key.open(Kind::Token, &account("bob"), &sealed), None);
        let other = EncryptionKey::new([8; 32]);
        assert_eq!(other.open(Kind::Token, &alice, &sealed), None);
    }

    #[test]
    fn what_was_tampered_with_is_not_opened() {
        let (key, alice) = (EncryptionKey::new([7; 32]), account("alice"));
        let sealed = key.seal(Kind::Token, &alice, b"t").unwrap();
        for index in 0..sealed.len() {
            let mut tampered = sealed.clone();
            tampered[index] ^= 1;
            assert_eq!(key.open(Kind::Token, &alice, &tampered), None);
            assert_eq!(key.open(Kind::Token, &alice, &sealed[..index]), None);
        }
    }

    #[test]
    fn the_same_token_never_looks_the_same() {
        let (key, alice) = (EncryptionKey::new([7; 32]), account("alice"));
        let seal = || key.seal(Kind::Token, &alice, b"t").unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn a_key_that_is_not_hexadecimal_is_refused_and_not_repeated() {
        for text in [
            "",
            "canary",
            &"0".repeat(63),
            &"0".repeat(65),
            &"é".repeat(32),
        ] {
            let error = EncryptionKey::from_hex(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        assert!(!format!("{:?}", EncryptionKey::new([7; 32])).contains('7'));
    }
}
