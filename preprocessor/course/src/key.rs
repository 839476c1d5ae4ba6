//! The learner's configuration folder, and the key in it that seals results and keys fingerprints.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io;
use std::path::{Path, PathBuf};

use crate::check::hex;
use crate::files;

/// The environment variable that sets another configuration folder.
pub(crate) const CONFIG_DIR_VARIABLE: &str = "VERIFY_CONFIG_DIR";

/// The learner's configuration folder: `$VERIFY_CONFIG_DIR`, else `mdbook-verify` in the platform's folder.
///
/// # Errors
/// When there is no home folder.
pub fn config_dir() -> io::Result<PathBuf> {
    use etcetera::BaseStrategy;
    if let Some(dir) = std::env::var_os(CONFIG_DIR_VARIABLE).filter(|dir| !dir.is_empty()) {
        return Ok(PathBuf::from(dir));
    }
    let base = etcetera::choose_base_strategy().map_err(io::Error::other)?;
    Ok(base.config_dir().join("mdbook-verify"))
}

/// The length of a keyed digest, in hexadecimal digits.
pub(crate) const DIGEST: usize = 32;

/// A secret that never leaves the learner's machine.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key from random bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    /// The path of the key in a configuration folder.
    pub fn path(config_dir: &Path) -> PathBuf {
        config_dir.join("key")
    }

    /// Reads the key; `None` if it does not exist yet.
    ///
    /// # Errors
    /// When the file cannot be read or is not a key.
    pub fn read(config_dir: &Path) -> io::Result<Option<Key>> {
        let path = Key::path(config_dir);
        match files::read(&path, files::LARGEST) {
            Ok(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(Key(bytes))),
                Err(_) => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} is not a key of 32 bytes; remove it, and verify creates a new key", path.display()),
                )),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
        }
    }

    /// The key's bytes, for writing its file.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A keyed digest, in hexadecimal.
    pub fn digest(&self, data: &[u8]) -> String {
        hex(&self.mac(data).finalize().into_bytes()[..DIGEST / 2])
    }

    /// Whether `digest` is the keyed digest of `data`, in constant time.
    pub fn matches(&self, data: &[u8], digest: &str) -> bool {
        let digest: Option<Vec<u8>> = (0..digest.len())
            .step_by(2)
            .map(|at| digest.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        digest.is_some_and(|digest| digest.len() == DIGEST / 2 && self.mac(data).verify_truncated_left(&digest).is_ok())
    }

    /// The keyed fingerprint of an AWS account id.
    pub fn fingerprint(&self, account_id: &str) -> String {
        self.digest(format!("account {account_id}").as_bytes())
    }

    fn mac(&self, data: &[u8]) -> Hmac<Sha256> {
        // HMAC pads the key with zeros to a block of the hash (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        mac.update(data);
        mac
    }
}
