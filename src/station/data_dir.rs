//! The data directory of a station: its lock, its token key, its journal; and why a station does not
//! start.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::config::Config;
use crate::journal::{self, JournalError, Reader, Writer};
use crate::vault::{TokenKind, Vault, VaultError};

/// By this text a database is recognised as sealed with our key.
const KEY_CHECK: &str = "posd token key";

/// The bit of a mode.
const EVERYBODY_WRITES: u32 = 0o002;

/// The data directory of a station that is not running, for whoever works on it instead.
#[derive(Debug)]
pub struct DataDir {
    /// Seals and opens its tokens.
    pub vault: Vault,
    /// Writes its journal.
    pub writer: Writer,
    /// Reads its journal.
    pub reader: Reader,
    /// No station starts as long as it is held.
    pub lock: File,
}

impl DataDir {
    /// Opens it, or creates it as a station would.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let lock = lock(&config.data_dir)?;
        let vault = vault_of(&config.data_dir)?;
        let (writer, reader) = open_journal(config, &vault)?;
        Ok(Self {
            vault,
            writer,
            reader,
            lock,
        })
    }
}

/// The vault of a data directory. A key is made for a journal that is yet to be made only: one in the place
/// of a key that was lost would be taken for it.
fn vault_of(data_dir: &Path) -> Result<Vault, StartError> {
    let key_file = data_dir.join("token.key");
    let journal = std::fs::metadata(data_dir.join("journal.db"));
    if journal.is_ok_and(|journal| journal.len() > 0) {
        let vault = Vault::existing(&key_file)?;
        return vault.ok_or(StartError::KeyMissing(key_file));
    }
    Ok(Vault::open(&key_file)?)
}

/// The vault of a journal that is there already, while a station may be running on it.
pub fn open_vault(config: &Config, reader: &Reader) -> Result<Vault, StartError> {
    let vault = Vault::existing(&config.data_dir.join("token.key"))?;
    let vault = vault.ok_or(StartError::WrongKey)?;
    check_key(&vault, reader)?;
    Ok(vault)
}

/// Opens the journal, and makes sure that its tokens are sealed with our key.
pub(super) fn open_journal(config: &Config, vault: &Vault) -> Result<(Writer, Reader), StartError> {
    let stamp = vault.seal(TokenKind::Check, KEY_CHECK)?;
    let (writer, reader) = journal::open(&config.data_dir.join("journal.db"), &stamp)?;
    check_key(vault, &reader)?;
    Ok((writer, reader))
}

fn check_key(vault: &Vault, reader: &Reader) -> Result<(), StartError> {
    let stamp = reader.key_check()?.ok_or(StartError::WrongKey)?;
    let opened = vault.unseal(TokenKind::Check, &stamp);
    opened.map(|_| ()).map_err(|_| StartError::WrongKey)
}

fn lock(path: &Path) -> Result<File, StartError> {
    let failed = |source| StartError::DataDir {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(path).map_err(failed)?;
    if std::fs::metadata(path).map_err(failed)?.mode() & EVERYBODY_WRITES != 0 {
        return Err(failed(io::Error::other(
            "everybody can write to it, and could have put keys of their own there; set its mode to 0750",
        )));
    }
    // Nothing is cut off, and no link is followed, whatever is there under that name.
    let lock = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path.join("lock"))
        .map_err(failed)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| StartError::InUse(path.to_owned()))?;
    Ok(lock)
}

/// Why a station does not start.
#[derive(Debug)]
pub enum StartError {
    /// The data directory cannot be used.
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another station uses the data directory.
    InUse(PathBuf),
    /// The address is taken or not ours.
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The journal.
    Journal(JournalError),
    /// The token key.
    Vault(VaultError),
    /// The key does not open the tokens of this journal.
    WrongKey,
    /// There is a journal, and no key.
    KeyMissing(PathBuf),
    /// A connector.
    Processor(String),
    /// The certificate or its key.
    Tls(String),
}

impl StartError {
    pub(super) fn listen(address: SocketAddr) -> impl Fn(io::Error) -> Self {
        move |source| Self::Listen { address, source }
    }
}

impl From<JournalError> for StartError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<VaultError> for StartError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataDir { path, source } => {
                write!(
                    f,
                    "data directory {} cannot be used: {source}",
                    path.display()
                )
            }
            Self::InUse(path) => {
                write!(
                    f,
                    "another station is using the data directory {}",
                    path.display()
                )
            }
            Self::Listen { address, source } => {
                write!(f, "cannot listen for apps at {address}: {source}")?;
                if source.kind() == io::ErrorKind::AddrInUse {
                    f.write_str("; posd doctor says which program is there")?;
                }
                Ok(())
            }
            Self::Journal(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
            Self::WrongKey => f.write_str(
                "the token key does not open the tokens of this journal: put the key back that it \
                 was made with, or start with an empty data directory",
            ),
            Self::KeyMissing(path) => write!(
                f,
                "the token key {} is missing, and the journal's tokens are sealed with it: put your copy \
                 back, or start with an empty data directory",
                path.display()
            ),
            Self::Processor(problem) => f.write_str(problem),
            Self::Tls(problem) => write!(f, "certificate: {problem}"),
        }
    }
}

impl std::error::Error for StartError {}
