//! What an installation asks of whoever signs in, and how much one person may take out of it.

use super::Access;
use super::keyring::Keyring;
use super::reading::Reading;

/// Who must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SecondFactorRule {
    /// A vendor's staff and every organisation's administrators must have one
    Required,
    /// Everybody may have one, nobody must
    Optional,
}

/// The same for every request of a process; from the settings.
#[derive(Clone)]
pub struct Safeguards {
    pub second_factor: SecondFactorRule,
    /// The keys that seal the secrets of second factors.
    pub keyring: Keyring,
    /// How many different records, and how many files, one person may open.
    pub reading: Reading,
}

impl Default for Safeguards {
    /// The strict ones, without a key.
    fn default() -> Self {
        Self {
            second_factor: SecondFactorRule::Required,
            keyring: Keyring::none(),
            reading: Reading::default(),
        }
    }
}

impl Safeguards {
    /// Whether somebody with this access must have a second factor.
    pub fn demand_of(&self, access: Access) -> bool {
        let weighty = access.is_vendor() || access.manages_organisation();
        self.second_factor == SecondFactorRule::Required && weighty
    }
}
