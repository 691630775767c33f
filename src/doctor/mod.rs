//! The doctor: looks at an installation without changing it and says, line by line, what is well
//! and what to do about the rest.

mod database;
mod folder;
mod mail;
mod second_factor;

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use url::{Host, Url};

pub use database::{data, reach};
pub use folder::data_folder;
pub use mail::mail_server;
pub use second_factor::{rule as second_factor_rule, secret_keys, unreadable_keys};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Well,
    /// Works, and could be better.
    Note,
    /// Does not work, or is unsafe.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at, such as `schema`.
    pub check: &'static str,
    pub state: State,
    /// What was found.
    pub text: String,
    /// What to do; empty where all is well.
    pub advice: String,
}

impl Finding {
    fn well(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, state: State::Well, text: text.into(), advice: String::new() }
    }

    fn note(check: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Note, text: text.into(), advice: advice.into() }
    }

    fn wrong(check: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Wrong, text: text.into(), advice: advice.into() }
    }
}

/// Whether people reach the portal in a way that nobody can listen to.
pub fn base_address(base: &Url) -> Finding {
    const CHECK: &str = "base address";
    let here = match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if base.scheme() == "https" {
        Finding::well(CHECK, format!("{base} is encrypted."))
    } else if here {
        let advice = "Before anybody else uses it, put a proxy with a certificate in front and set \
                      PORTAL_BASE_URL to its https:// address.";
        Finding::note(CHECK, format!("{base} is for this machine only."), advice)
    } else {
        let advice = "Passwords would cross the network in the clear: put a proxy with a \
                      certificate in front and set PORTAL_BASE_URL to its https:// address.";
        Finding::wrong(CHECK, format!("{base} is not encrypted."), advice)
    }
}

/// Whether figures are published to whoever comes by.
pub fn metrics(address: Option<SocketAddr>) -> Finding {
    const CHECK: &str = "metrics";
    let Some(address) = address else {
        return Finding::well(CHECK, "None are collected.");
    };
    let inside = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    if inside {
        Finding::well(CHECK, format!("They are at {address}, which is inside."))
    } else {
        let advice = "Anybody who reaches it sees how much the portal does, without a password: \
                      set PORTAL_METRICS to an address inside, such as 127.0.0.1:9464.";
        Finding::wrong(
            CHECK,
            format!("They are at {address}, which may be reached from outside."),
            advice,
        )
    }
}

/// Whether the log would hold more than operators need.
pub fn log_level(filter: &str) -> Finding {
    const CHECK: &str = "log";
    let chatty = ["trace", "diesel=debug", "lettre=debug"];
    if chatty.iter().any(|word| filter.contains(word)) {
        let advice = "It is for looking for a fault: set PORTAL_LOG=info again afterwards.";
        Finding::note(CHECK, format!("The filter {filter} writes a great deal."), advice)
    } else {
        Finding::well(CHECK, format!("The filter is {filter}."))
    }
}
