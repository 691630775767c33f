//! The keys that seal secrets at rest. They come from the settings or from a file of their own,
//! never from the database: whoever has only a copy of that can open nothing.
//!
//! The first key seals; the others are former ones and still open what they have sealed.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Bytes of a key.
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// What to do where a key is missing; the rest of a sentence.
const WAY_BACK: &str = "restore the key file from its backup, or set PORTAL_SECRET_KEY; where the \
    key is lost for good, set a new one and let people set their second factor up again \
    (`portal user reset-second-factor`)";

/// The installation's keys; clones share them.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

struct Inner {
    source: Source,
    keys: Mutex<Vec<SealKey>>,
}

enum Source {
    Settings,
    File(PathBuf),
    Nowhere,
}

#[derive(Clone)]
struct SealKey {
    id: String,
    bytes: [u8; KEY_BYTES],
}

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which key has sealed it.
    pub key_id: String,
    /// Base64 of nonce and ciphertext.
    pub text: String,
}

impl Keyring {
    /// No key at all: for processes that never open or seal anything.
    pub fn none() -> Self {
        Self::of(Source::Nowhere, Vec::new())
    }

    /// Keys from the settings: base64 of 32 bytes each, parted by commas, the current one first.
    pub fn from_setting(text: &str) -> Result<Self> {
        let keys = parse(text).map_err(|why| {
            Error::Setting(format!(
                "PORTAL_SECRET_KEY {why}; make a key with `openssl rand -base64 32`."
            ))
        })?;
        Ok(Self::of(Source::Settings, keys))
    }

    /// Keys from a file with one on each line, the current one first. It is made, readable for its
    /// owner alone, when the first secret is sealed.
    pub fn from_file(file: PathBuf) -> Result<Self> {
        let keys = read(&file)?.unwrap_or_default();
        Ok(Self::of(Source::File(file), keys))
    }

    fn of(source: Source, keys: Vec<SealKey>) -> Self {
        Self { inner: Arc::new(Inner { source, keys: Mutex::new(keys) }) }
    }

    /// Where the keys come from, in words for the operator.
    pub fn place(&self) -> String {
        match &self.inner.source {
            Source::Settings => "PORTAL_SECRET_KEY".to_owned(),
            Source::File(file) => file.display().to_string(),
            Source::Nowhere => "nowhere".to_owned(),
        }
    }

    /// The file, where the keys are in one.
    pub fn file(&self) -> Option<&Path> {
        match &self.inner.source {
            Source::File(file) => Some(file),
            Source::Settings | Source::Nowhere => None,
        }
    }

    /// The names of the keys, the current one first.
    pub fn ids(&self) -> Vec<String> {
        self.lock().iter().map(|key| key.id.clone()).collect()
    }

    /// Whether something sealed with this key can be opened here.
    pub fn has(&self, key_id: &str) -> bool {
        self.key(key_id).is_some()
    }

    /// Sees to it that there is a key to seal with. A first one is made in the key file, unless
    /// something was sealed already with a key that is not here: then this is the wrong place.
    pub fn prepare(&self, in_use: &[String]) -> Result<()> {
        if let Some(unknown) = in_use.iter().find(|id| !self.has(id)) {
            return Err(self.missing(unknown));
        }
        if !self.lock().is_empty() {
            return Ok(());
        }
        let Source::File(file) = &self.inner.source else {
            return Err(Error::Setting(format!("There is no secret key: {WAY_BACK}.")));
        };
        make(file)?;
        self.reread();
        match self.lock().is_empty() {
            true => Err(Error::Setting(format!("{} holds no key.", file.display()))),
            false => Ok(()),
        }
    }

    /// Seals a secret with the current key; it opens for the same `owner` only.
    pub fn seal(&self, secret: &[u8], owner: &str) -> Result<Sealed> {
        let key = self.lock().first().cloned();
        let key = key.ok_or_else(|| Error::Setting("There is no secret key.".to_owned()))?;
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let bound = bound_to(owner, &key.id);
        let payload = Payload { msg: secret, aad: bound.as_bytes() };
        let sealed = cipher(&key)
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(Sealed { key_id: key.id, text: STANDARD.encode([nonce.as_slice(), &sealed].concat()) })
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, sealed: &Sealed, owner: &str) -> Result<Vec<u8>> {
        let key = self.key(&sealed.key_id).ok_or_else(|| self.missing(&sealed.key_id))?;
        let spoilt = || Error::internal("a sealed secret was changed or belongs to somebody else");
        let bytes = STANDARD.decode(&sealed.text).map_err(|_| spoilt())?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(spoilt)?;
        let bound = bound_to(owner, &key.id);
        let payload = Payload { msg: text, aad: bound.as_bytes() };
        cipher(&key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| spoilt())
    }

    /// Whether something is sealed with the key that is current.
    pub fn is_current(&self, key_id: &str) -> bool {
        self.lock().first().is_some_and(|key| key.id == key_id)
    }

    /// The key of this name; another process may have made the file since it was read.
    fn key(&self, id: &str) -> Option<SealKey> {
        let find = |keys: &[SealKey]| keys.iter().find(|key| key.id == id).cloned();
        let known = find(&self.lock());
        known.or_else(|| {
            self.reread();
            find(&self.lock())
        })
    }

    fn reread(&self) {
        if let Source::File(file) = &self.inner.source {
            match read(file) {
                Ok(Some(keys)) => *self.lock() = keys,
                Ok(None) => {}
                Err(fault) => tracing::error!(%fault, "the secret keys cannot be read"),
            }
        }
    }

    fn missing(&self, id: &str) -> Error {
        let place = self.place();
        Error::Setting(format!(
            "The secret key {id}, which has sealed second factors, is not in {place}: {WAY_BACK}."
        ))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SealKey>> {
        self.inner.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cipher(key: &SealKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key.bytes))
}

fn bound_to(owner: &str, key_id: &str) -> String {
    format!("portal secret, version 1\n{key_id}\n{owner}")
}

/// Keys as text: the rest of a sentence where they are none.
fn parse(text: &str) -> std::result::Result<Vec<SealKey>, String> {
    let words = text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
    let keys: Vec<SealKey> = words
        .map(|word| {
            let bytes = STANDARD.decode(word).map_err(|_| "is not base64".to_owned())?;
            let length = bytes.len();
            let bytes = <[u8; KEY_BYTES]>::try_from(bytes)
                .map_err(|_| format!("has {length} bytes where {KEY_BYTES} are needed"))?;
            Ok(SealKey { id: id_of(&bytes), bytes })
        })
        .collect::<std::result::Result<_, String>>()?;
    if keys.is_empty() { Err("is empty".to_owned()) } else { Ok(keys) }
}

/// Names a key without telling it.
fn id_of(bytes: &[u8; KEY_BYTES]) -> String {
    let digest = Sha256::new().chain_update(b"name of a portal's secret key").chain_update(bytes);
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn read(file: &Path) -> Result<Option<Vec<SealKey>>> {
    let shown = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => {
            return Err(Error::Setting(format!(
                "Cannot read the secret keys in {shown}: {fault}."
            )));
        }
    };
    let keys = parse(&text).map_err(|why| {
        Error::Setting(format!("The file of secret keys {shown} {why}: {WAY_BACK}."))
    })?;
    Ok(Some(keys))
}

/// Makes the file with a key, whole or not at all; of several processes that try, one does.
fn make(file: &Path) -> Result<()> {
    let mut bytes = [0; KEY_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let key = SealKey { id: id_of(&bytes), bytes };
    let refused = |fault: std::io::Error| {
        Error::Setting(format!("Cannot write the secret key to {}: {fault}.", file.display()))
    };
    // With the database elsewhere, nothing may have been written here yet.
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(refused)?;
    }
    let draft = file.with_extension(&key.id);
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut out| {
            writeln!(out, "{}", STANDARD.encode(key.bytes))?;
            out.sync_all()
        });
    written.map_err(refused)?;
    let linked = std::fs::hard_link(&draft, file);
    std::fs::remove_file(&draft).map_err(refused)?;
    match linked {
        Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => Err(refused(fault)),
        _ => Ok(()),
    }
}
