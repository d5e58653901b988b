//! Seals tokens before they meet the domain, and opens them for the adapter that sends them.
//!
//! AES-256-GCM, a random nonce per token, the token's kind as associated data. What must be found
//! again without being readable gets a keyed digest beside it (HMAC-SHA-256, with a key of its own that
//! is derived from the same). The key comes from a systemd credential, or from a file with mode 0600
//! that is created on the first run.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::domain::id::SealedToken;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// Name of the systemd credential that may hold the key.
pub const CREDENTIAL: &str = "posd-token-key";

/// Seals and opens tokens.
pub struct Vault {
    cipher: Aes256Gcm,
    digest: Hmac<Sha256>,
}

/// What a token refers to. A token sealed as one kind does not open as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A card.
    Card,
    /// An authorization or a capture.
    Reference,
    /// A card account (PAR).
    Account,
    /// The key of an app.
    AppKey,
    /// The code by which an app pairs.
    PairingCode,
    /// The identifier of a tag.
    Tag,
    /// Not a token: a value by which a database is recognised as sealed with this key.
    Check,
}

/// Why tokens cannot be sealed or opened.
#[derive(Debug)]
pub enum VaultError {
    /// The key file or credential cannot be read or created.
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key file can be read by others, or does not hold a key.
    BadKey {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        problem: &'static str,
    },
    /// The system gave no random bytes.
    Random,
    /// Sealed with another key, or damaged.
    Unreadable,
}

impl Vault {
    /// Takes the key from the systemd credential if there is one, else from `key_file`, which is
    /// created when missing.
    pub fn open(key_file: &Path) -> Result<Self, VaultError> {
        match Self::existing(key_file)? {
            Some(vault) => Ok(vault),
            None => Self::with_key(&create_key(key_file)?),
        }
    }

    /// As [`Self::open`], but nothing is created: `None` when there is no key.
    pub fn existing(key_file: &Path) -> Result<Option<Self>, VaultError> {
        let credential = std::env::var_os("CREDENTIALS_DIRECTORY")
            .map(|directory| Path::new(&directory).join(CREDENTIAL))
            .filter(|path| path.exists());
        let key = match credential {
            Some(path) => read_key(&path)?,
            None if key_file.exists() => {
                check_mode(key_file)?;
                read_key(key_file)?
            }
            None => return Ok(None),
        };
        Self::with_key(&key).map(Some)
    }

    fn with_key(key: &[u8; KEY_BYTES]) -> Result<Self, VaultError> {
        let unusable = |_| VaultError::Unreadable;
        let cipher = Aes256Gcm::new_from_slice(key).map_err(unusable)?;
        let derived = Hmac::<Sha256>::new_from_slice(key).map_err(unusable)?;
        let derived = derived.chain_update(b"posd digest").finalize().into_bytes();
        let digest = Hmac::new_from_slice(&derived).map_err(unusable)?;
        Ok(Self { cipher, digest })
    }

    /// A digest by which a text is found again; only with the key can it be compared with a guess.
    #[must_use]
    pub fn digest(&self, kind: TokenKind, clear: &str) -> String {
        STANDARD_NO_PAD.encode(self.keyed(kind, clear).finalize().into_bytes())
    }

    /// Whether a text has this digest; it takes as long wherever they differ.
    #[must_use]
    pub fn is_digest_of(&self, kind: TokenKind, clear: &str, digest: &str) -> bool {
        let known = STANDARD_NO_PAD.decode(digest).unwrap_or_default();
        self.keyed(kind, clear).verify_slice(&known).is_ok()
    }

    fn keyed(&self, kind: TokenKind, clear: &str) -> Hmac<Sha256> {
        let digest = self.digest.clone();
        let digest = digest.chain_update(kind.label()).chain_update([0]);
        digest.chain_update(clear.as_bytes())
    }

    /// Seals a token's clear text.
    pub fn seal(&self, kind: TokenKind, clear: &str) -> Result<SealedToken, VaultError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
        let payload = Payload {
            msg: clear.as_bytes(),
            aad: kind.label(),
        };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| VaultError::Unreadable)?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        Ok(SealedToken::new(STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens a sealed token.
    pub fn unseal(&self, kind: TokenKind, sealed: &SealedToken) -> Result<String, VaultError> {
        let bytes = STANDARD_NO_PAD
            .decode(sealed.as_str())
            .map_err(|_| VaultError::Unreadable)?;
        let (nonce, text) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(VaultError::Unreadable)?;
        let payload = Payload {
            msg: text,
            aad: kind.label(),
        };
        let clear = self
            .cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map_err(|_| VaultError::Unreadable)?;
        String::from_utf8(clear).map_err(|_| VaultError::Unreadable)
    }
}

impl TokenKind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Card => b"card",
            Self::Reference => b"reference",
            Self::Account => b"account",
            Self::AppKey => b"app key",
            Self::PairingCode => b"pairing code",
            Self::Tag => b"tag",
            Self::Check => b"check",
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { path, source } => {
                write!(f, "token key {} cannot be used: {source}", path.display())
            }
            Self::BadKey { path, problem } => {
                write!(f, "token key {} is refused: {problem}", path.display())
            }
            Self::Random => f.write_str("the system gives no random bytes"),
            Self::Unreadable => f.write_str("a token is sealed with another key, or damaged"),
        }
    }
}

impl std::error::Error for VaultError {}

fn read_key(path: &Path) -> Result<[u8; KEY_BYTES], VaultError> {
    let failed = |source| VaultError::Key {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    fs::File::open(path)
        .map_err(failed)?
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    bytes.try_into().map_err(|_| VaultError::BadKey {
        path: path.to_owned(),
        problem: "it must hold exactly 32 bytes",
    })
}

fn check_mode(path: &Path) -> Result<(), VaultError> {
    let failed = |source| VaultError::Key {
        path: path.to_owned(),
        source,
    };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let problem = "others can read it; set its mode to 0600";
    Err(VaultError::BadKey {
        path: path.to_owned(),
        problem,
    })
}

/// Written under another name first and renamed, so that a crash leaves no half a key.
fn create_key(path: &Path) -> Result<[u8; KEY_BYTES], VaultError> {
    let failed = |source| VaultError::Key {
        path: path.to_owned(),
        source,
    };
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|_| VaultError::Random)?;
    let draft = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(&key)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)?;
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or_else(|| Path::new("."));
    fs::File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_with_its_key_and_kind() {
        let vault = Vault::with_key(&[1; 32]).unwrap();
        let sealed = vault.seal(TokenKind::Card, "secret-token").unwrap();
        assert!(!sealed.as_str().contains("secret"));
        assert!(!format!("{sealed:?} {vault:?}").contains(sealed.as_str()));
        assert_eq!(
            vault.unseal(TokenKind::Card, &sealed).unwrap(),
            "secret-token"
        );
        assert!(vault.unseal(TokenKind::Reference, &sealed).is_err());
        let other = Vault::with_key(&[2; 32]).unwrap();
        let digest = vault.digest(TokenKind::Account, "a");
        assert_eq!(vault.digest(TokenKind::Account, "a"), digest);
        assert_ne!(vault.digest(TokenKind::Account, "b"), digest);
        assert_ne!(vault.digest(TokenKind::Card, "a"), digest);
        assert_ne!(other.digest(TokenKind::Account, "a"), digest);
        assert!(vault.is_digest_of(TokenKind::Account, "a", &digest));
        assert!(!vault.is_digest_of(TokenKind::AppKey, "a", &digest));
        assert!(!vault.is_digest_of(TokenKind::Account, "b", &digest));
        assert!(!vault.is_digest_of(TokenKind::Account, "a", ""));
        assert!(other.unseal(TokenKind::Card, &sealed).is_err());
    }

    #[test]
    fn the_key_is_created_once_and_must_be_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.key");
        let first = Vault::open(&path).unwrap();
        let sealed = first.seal(TokenKind::Card, "t").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = Vault::open(&path).unwrap();
        assert_eq!(again.unseal(TokenKind::Card, &sealed).unwrap(), "t");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Vault::open(&path), Err(VaultError::BadKey { .. })));
    }
}
