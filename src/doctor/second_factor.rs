//! Second factors: who must have one, and whether the keys are there that seal the secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Finding;
use crate::auth::{Keyring, SecondFactorRule, second_factor};
use crate::db::Db;
use crate::error::{Error, Result};

const KEYS: &str = "secret keys";

/// Who must have a second factor.
pub fn rule(rule: SecondFactorRule, demo: bool) -> Finding {
    const CHECK: &str = "second factor";
    match rule {
        _ if demo => Finding::well(CHECK, "Optional, because this is a demo."),
        SecondFactorRule::Required => {
            Finding::well(CHECK, "Vendors' staff and administrators must have one.")
        }
        SecondFactorRule::Optional => {
            let advice = "Set PORTAL_SECOND_FACTOR=required: a stolen password opens everything.";
            Finding::note(CHECK, "Nobody must have one.", advice)
        }
    }
}

/// Whether every secret can be opened, and nobody else can read the keys. With a database `apart`,
/// several machines may serve it, and each needs the same keys.
pub fn secret_keys(keyring: &Keyring, apart: bool, db: &Db) -> Result<Finding> {
    let sealed = db.read_blocking(second_factor::key_ids)?;
    let (place, total) = (keyring.place(), sealed.iter().map(|(_, count)| count).sum::<i64>());
    let shut: i64 = sealed.iter().filter(|(id, _)| !keyring.has(id)).map(|(_, count)| count).sum();
    let former: i64 =
        sealed.iter().filter(|(id, _)| !keyring.is_current(id)).map(|(_, count)| count).sum();
    Ok(if shut > 0 {
        let advice = "Restore the key file from its backup, or add the key to PORTAL_SECRET_KEY. Is \
                      it lost for good, `portal user reset-second-factor` lets people set up anew; \
                      recovery codes still work.";
        let text =
            format!("{shut} of {total} secrets are sealed with a key that is not in {place}.");
        Finding::wrong(KEYS, text, advice)
    } else if let Some(file) = keyring.file().filter(|file| is_open_to_others(file)) {
        let advice = format!("chmod 600 {}", file.display());
        Finding::wrong(KEYS, format!("Others can read {place}."), advice)
    } else if former > 0 {
        let advice =
            "Keep the former key until this is 0: each is sealed anew when it is next used.";
        Finding::note(
            KEYS,
            format!("{former} of {total} secrets are sealed with a former key."),
            advice,
        )
    } else if keyring.ids().is_empty() {
        Finding::well(KEYS, format!("The first secret makes one, in {place}."))
    } else if apart && keyring.file().is_some() {
        let advice = "Should another machine serve this database too, copy the file there or set \
                      PORTAL_SECRET_KEY on both.";
        Finding::note(KEYS, format!("They are in {place}, on this machine only."), advice)
    } else {
        Finding::well(KEYS, format!("{total} secrets are sealed with the key in {place}."))
    })
}

/// Keys that are there and cannot be read.
pub fn unreadable_keys(fault: &Error) -> Finding {
    Finding::wrong(KEYS, fault.to_string(), "Nobody with a second factor can sign in by the app.")
}

fn is_open_to_others(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|facts| facts.permissions().mode() & 0o077 != 0)
}
