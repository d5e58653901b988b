//! The certificate by which apps beyond this machine know the station. It is read anew when its files
//! change, so that a certificate can be renewed while payments run.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Certificate chain and key, as PEM files.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    /// The files as they were when they were read last, well or not.
    seen: [Stamp; 2],
    config: Arc<ServerConfig>,
}

/// Tells one state of a file from another: inode, size, and when it was changed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp(Option<(u64, u64, i64, i64)>);

impl Tls {
    /// Reads both files; the error says what is wrong with which.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, String> {
        let seen = [stamp(certificate), stamp(key)];
        let config = read(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            loaded: Mutex::new(Loaded { seen, config }),
        })
    }

    /// What the next connection is met with. When the files have changed they are read anew; should
    /// that fail, what was read before stays.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = [stamp(&self.certificate), stamp(&self.key)];
        if loaded.seen != seen {
            loaded.seen = seen;
            match read(&self.certificate, &self.key) {
                Ok(config) => {
                    tracing::info!("the certificate has changed and is used from now on");
                    loaded.config = config;
                }
                Err(problem) => {
                    tracing::error!(
                        problem,
                        "the new certificate is not used; the old one stays"
                    );
                }
            }
        }
        TlsAcceptor::from(Arc::clone(&loaded.config))
    }
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loaded(..)")
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok();
    Stamp(metadata.map(|it| (it.ino(), it.size(), it.mtime(), it.mtime_nsec())))
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let failed =
        |path: &Path, problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let mode = fs::metadata(key).map_err(|error: io::Error| failed(key, &error))?;
    if mode.permissions().mode() & 0o007 != 0 {
        return Err(failed(key, &"everybody can read it; set its mode to 0640"));
    }
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(certificate, &error))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| failed(certificate, &error))?;
    Ok(Arc::new(config))
}
