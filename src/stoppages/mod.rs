//! What of a program stops when: its maintenance windows, as every request needs them.
//!
//! They are kept in one column of the program's row, so that whoever enters the program has them
//! without another query. Windows that were cancelled, or are long over, are not among them. A window
//! stops what it stops from its start on until before its end.

mod kept;
mod pauses;

pub use kept::{keep, recounted};
pub use pauses::Pauses;

use std::fmt;

use chrono_tz::Tz;

use crate::calendar::{add_days, start_of_day};
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::locale::Locale;
use crate::text_enum;

text_enum! {
    /// What can stop (docs/domain.md, section 12).
    pub enum Capability {
        /// Orders are released but wait.
        OrderProcessing = "order_processing",
        /// No activation is recorded.
        LicenceActivation = "licence_activation",
        /// No price is given or taken.
        Quotes = "quotes",
        /// No registration is submitted or decided.
        DealRegistration = "deal_registration",
        /// No lead is handed out, answered or ended.
        Leads = "leads",
    }
}

impl Capability {
    pub fn label(self) -> &'static str {
        match self {
            Self::OrderProcessing => "Order processing",
            Self::LicenceActivation => "Licence activation",
            Self::Quotes => "Quotes",
            Self::DealRegistration => "Deal registration",
            Self::Leads => "Leads",
        }
    }

    /// What happens with work under way.
    pub fn meanwhile(self) -> &'static str {
        match self {
            Self::OrderProcessing => {
                "Orders can still be released: they are held, and processed in the order of their \
                 release when the maintenance is over."
            }
            Self::LicenceActivation => {
                "Record activations when the maintenance is over, with the day on which they \
                 happened."
            }
            Self::Quotes => {
                "Inquiries and drafts can still be written, and what was sent can be withdrawn or \
                 declined. Quotes that were sent before stay valid longer, by as many days as quotes \
                 are stopped."
            }
            Self::DealRegistration => {
                "Drafts are kept. Registered deals stay protected longer, by as many days as \
                 registration is stopped."
            }
            Self::Leads => {
                "Leads can still be read and entered, and notes added. Nothing expires meanwhile: \
                 partners' own leads last longer, by as many days as leads are stopped."
            }
        }
    }

    /// Several, as a sentence names them: "order processing, licence activation and quotes".
    pub fn list(capabilities: &[Self]) -> String {
        let names: Vec<String> =
            capabilities.iter().map(|one| one.label().to_lowercase()).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

/// One window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stoppage {
    pub reference: String,
    pub starts_at: Instant,
    /// The first instant at which everything works again.
    pub ends_at: Instant,
    /// In the order of [`Capability::ALL`].
    pub capabilities: Vec<Capability>,
    /// The vendor's words.
    pub message: String,
}

impl Stoppage {
    pub fn runs_at(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// From when on it is announced.
    pub fn announced_from(&self, zone: Tz) -> Instant {
        announced_from(self.starts_at, zone)
    }
}

/// Days before a window on which it is announced.
const NOTICE_DAYS: i64 = 14;

/// From when on a window is announced: the first instant of the fourteenth day before its own.
pub fn announced_from(starts_at: Instant, zone: Tz) -> Instant {
    let day = crate::calendar::day_of(starts_at.utc(), zone);
    Instant::from_utc(start_of_day(add_days(day, -NOTICE_DAYS), zone))
}

/// The windows of a program, in the order of their starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stoppages(Vec<Stoppage>);

impl Stoppages {
    /// Reads what the program's row keeps.
    ///
    /// # Errors
    /// Where something else wrote that column.
    pub fn parse(text: &str) -> Result<Self> {
        text.lines()
            .map(|line| kept::read(line).ok_or_else(|| Error::internal("a stoppage is unreadable")))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// A window by its reference; none of those that are long over.
    pub fn find(&self, reference: &str) -> Option<&Stoppage> {
        self.0.iter().find(|one| one.reference == reference)
    }

    /// Those whose end has not come yet.
    pub fn not_over(&self, now: Instant) -> impl Iterator<Item = &Stoppage> {
        self.0.iter().filter(move |one| now < one.ends_at)
    }

    /// Those that are announced or running.
    pub fn shown(&self, now: Instant, zone: Tz) -> impl Iterator<Item = &Stoppage> {
        self.not_over(now).filter(move |one| one.announced_from(zone) <= now)
    }

    /// When a capability is stopped, as far as it is known.
    pub fn pauses(&self, capability: Capability) -> Pauses {
        let concerned = self.0.iter().filter(|one| one.capabilities.contains(&capability));
        Pauses::of(concerned.map(|one| (one.starts_at, one.ends_at)).collect())
    }

    /// The window that stops a capability now, and until when it is stopped: windows that overlap or
    /// adjoin count as one.
    pub fn stopped(&self, capability: Capability, now: Instant) -> Option<(&Stoppage, Instant)> {
        let running =
            self.0.iter().filter(|one| one.runs_at(now) && one.capabilities.contains(&capability));
        let last = running.max_by_key(|one| one.ends_at)?;
        let until = self.pauses(capability).end_of_stretch(now).unwrap_or(last.ends_at);
        Some((last, until))
    }
}

/// What somebody is told who asks for something that is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    pub capability: Capability,
    pub until: Instant,
    pub message: String,
    /// The window's address.
    pub path: String,
    pub zone: Tz,
    /// Until the end, rounded up.
    pub seconds: u64,
}

impl Stopped {
    pub fn title(&self) -> String {
        let verb = match self.capability {
            Capability::Quotes | Capability::Leads => "are",
            _ => "is",
        };
        format!("{} {verb} stopped for maintenance", self.capability.label())
    }

    /// The same as a page says it.
    pub fn note(&self, locale: Locale) -> StoppedNote {
        StoppedNote {
            title: self.title(),
            until: format!("{} ({})", locale.moment(self.until, self.zone), self.zone.name()),
            until_iso: self.until.to_string(),
            message: self.message.clone(),
            meanwhile: self.capability.meanwhile(),
            href: self.path.clone(),
        }
    }
}

/// What stands on a page in place of what is stopped.
#[derive(Clone, Debug)]
pub struct StoppedNote {
    pub title: String,
    pub until: String,
    pub until_iso: String,
    /// The vendor's words.
    pub message: String,
    /// What happens with work under way.
    pub meanwhile: &'static str,
    /// The window's address.
    pub href: String,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} until {}", self.title(), self.until)
    }
}
