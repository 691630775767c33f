//! What is asked of whoever signs in, and how much one person may take out of the portal.

use std::path::Path;

use clap::Args;
use clap::builder::RangedU64ValueParser;

use crate::auth::{Keyring, Reading, Safeguards, SecondFactorRule};
use crate::error::Result;

/// The key file's name in the data folder.
const KEY_FILE: &str = "portal.key";

#[derive(Args, Clone, Debug)]
pub struct SafeguardSettings {
    /// Who must have a second factor
    #[arg(
        long,
        env = "PORTAL_SECOND_FACTOR",
        value_name = "RULE",
        value_enum,
        default_value_t = SecondFactorRule::Required
    )]
    pub second_factor: SecondFactorRule,

    /// Seals the secrets of second factors: base64 of 32 random bytes, or several of them parted by
    /// commas, the current one first [default: a key file in the data folder, made when needed]
    #[arg(
        long,
        env = "PORTAL_SECRET_KEY",
        value_name = "KEY",
        hide_env_values = true,
        hide_default_value = true
    )]
    pub secret_key: Option<String>,

    #[command(flatten)]
    pub reading: ReadingSettings,
}

/// How much one person may take out of the portal.
#[derive(Args, Clone, Debug)]
pub struct ReadingSettings {
    /// Different records that one person may open in a minute
    #[arg(
        long,
        env = "PORTAL_RECORDS_A_MINUTE",
        value_name = "N",
        default_value_t = 120,
        value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000)
    )]
    pub records_a_minute: u32,

    /// Files that one person may take away in an hour
    #[arg(
        long,
        env = "PORTAL_EXPORTS_AN_HOUR",
        value_name = "N",
        default_value_t = 30,
        value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000)
    )]
    pub exports_an_hour: u32,
}

impl ReadingSettings {
    pub fn limits(&self) -> Reading {
        Reading::new(self.records_a_minute, self.exports_an_hour)
    }
}

impl SafeguardSettings {
    pub fn safeguards(&self, data_dir: &Path) -> Result<Safeguards> {
        Ok(Safeguards {
            second_factor: self.second_factor,
            keyring: self.keyring(data_dir)?,
            reading: self.reading.limits(),
        })
    }

    /// The keys: those of the setting, or else those of the key file.
    pub fn keyring(&self, data_dir: &Path) -> Result<Keyring> {
        match &self.secret_key {
            Some(text) => Keyring::from_setting(text),
            None => Keyring::from_file(data_dir.join(KEY_FILE)),
        }
    }
}

/// A demo's: nobody must have a second factor, and whoever wants can try one.
pub fn demo_safeguards(data_dir: &Path) -> Result<Safeguards> {
    Ok(Safeguards {
        second_factor: SecondFactorRule::Optional,
        keyring: Keyring::from_file(data_dir.join(KEY_FILE))?,
        reading: Reading::default(),
    })
}
