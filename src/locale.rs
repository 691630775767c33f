//! How dates and numbers are written for a person. Texts are English for now; everything that is
//! not text already goes through here.

use std::fmt;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// A person's way of writing dates and numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    #[default]
    #[serde(rename = "en-GB")]
    EnGb,
    #[serde(rename = "en-US")]
    EnUs,
    #[serde(rename = "nl")]
    Nl,
    #[serde(rename = "fr")]
    Fr,
    #[serde(rename = "de")]
    De,
}

impl Locale {
    pub const ALL: [Self; 5] = [Self::EnGb, Self::EnUs, Self::Nl, Self::Fr, Self::De];

    /// A BCP 47 tag; what is not known is written the British way.
    pub fn parse(tag: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.tag().eq_ignore_ascii_case(tag)).unwrap_or_default()
    }

    pub fn tag(self) -> &'static str {
        match self {
            Self::EnGb => "en-GB",
            Self::EnUs => "en-US",
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::EnGb => "British (31 January 2026 · 1,234.50)",
            Self::EnUs => "American (January 31, 2026 · 1,234.50)",
            Self::Nl => "Dutch (31 januari 2026 · 1.234,50)",
            Self::Fr => "French (31 janvier 2026 · 1 234,50)",
            Self::De => "German (31. Januar 2026 · 1.234,50)",
        }
    }

    fn names(self) -> chrono::Locale {
        match self {
            Self::EnGb => chrono::Locale::en_GB,
            Self::EnUs => chrono::Locale::en_US,
            Self::Nl => chrono::Locale::nl_NL,
            Self::Fr => chrono::Locale::fr_FR,
            Self::De => chrono::Locale::de_DE,
        }
    }

    /// A day in words: 31 January 2026.
    pub fn day(self, day: NaiveDate) -> String {
        let pattern = match self {
            Self::EnUs => "%B %-d, %Y",
            Self::De => "%-d. %B %Y",
            Self::EnGb | Self::Nl | Self::Fr => "%-d %B %Y",
        };
        day.format_localized(pattern, self.names()).to_string()
    }

    /// A day as tables show it: 31 Jan 2026.
    pub fn short_day(self, day: NaiveDate) -> String {
        let pattern = match self {
            Self::EnUs => "%b %-d, %Y",
            Self::De => "%-d. %b %Y",
            Self::EnGb | Self::Nl | Self::Fr => "%-d %b %Y",
        };
        day.format_localized(pattern, self.names()).to_string()
    }

    /// A month in words: January 2026.
    pub fn month(self, day: NaiveDate) -> String {
        day.format_localized("%B %Y", self.names()).to_string()
    }

    /// A month as a chart has room for it: Jan.
    pub fn short_month(self, day: NaiveDate) -> String {
        day.format_localized("%b", self.names()).to_string()
    }

    /// An instant in a program's zone: 31 Jan 2026, 14:05.
    pub fn moment(self, at: Instant, zone: Tz) -> String {
        let local = at.to_datetime().with_timezone(&zone);
        format!("{}, {}", self.short_day(local.date_naive()), local.format("%H:%M"))
    }

    /// A whole number with its thousands apart.
    pub fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(self.thousands());
            }
            grouped.push(digit);
        }
        if number < 0 { format!("\u{2212}{grouped}") } else { grouped }
    }

    /// How large a file is: 12 kB, 1.4 MB.
    pub fn size(self, bytes: usize) -> String {
        match bytes {
            0..1_000 => format!("{bytes} bytes"),
            1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
            _ => {
                let tenths = bytes.div_ceil(100_000);
                format!("{}{}{} MB", tenths / 10, self.decimal(), tenths % 10)
            }
        }
    }

    fn thousands(self) -> char {
        match self {
            Self::EnGb | Self::EnUs => ',',
            Self::Nl | Self::De => '.',
            // A narrow space that does not break, as French typography has it.
            Self::Fr => '\u{202f}',
        }
    }

    pub(crate) fn decimal(self) -> char {
        match self {
            Self::EnGb | Self::EnUs => '.',
            Self::Nl | Self::Fr | Self::De => ',',
        }
    }
}

/// The BCP 47 tag.
impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
