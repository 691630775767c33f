//! What of the ledger a page shows; all of it stands in the address.

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::auth::Scope;
use crate::contacts::Role;
use crate::mail::MailStatus;
use crate::names;
use crate::web::{Cursor, list_address};

/// What the address of a ledger carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct LedgerQuery {
    /// Part of a subject, a name or an e-mail address.
    pub q: String,
    pub status: String,
    pub event: String,
    pub role: String,
    /// The reference of the contact who got them.
    pub person: String,
    /// Queued from this day on, and up to that one.
    pub from: String,
    pub to: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl LedgerQuery {
    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    pub(super) fn is_filtered(&self) -> bool {
        let words = [&self.q, &self.status, &self.event, &self.role, &self.person];
        words.iter().chain(&[&self.from, &self.to]).any(|word| !word.is_empty())
    }

    pub(super) fn address(&self, path: &str, page: Option<&str>) -> String {
        list_address(path, self, page)
    }

    /// The same, of everybody.
    pub(super) fn of_everybody(&self) -> Self {
        Self { person: String::new(), ..self.clone() }
    }

    /// A pattern for what was folded: of a name or a subject, and of an address.
    pub(super) fn patterns(&self) -> Option<(String, String)> {
        let typed: String = self.q.trim().chars().take(100).collect();
        let like = |folded: &str| format!("%{}%", names::escape_like(folded));
        let address = like(&names::fold_email(&typed));
        // Signs alone are nothing in a name, and nothing would be found in every name.
        let name = Some(names::fold(&typed)).filter(|folded| !folded.is_empty());
        let name = name.map_or_else(|| address.clone(), |folded| like(&folded));
        (!typed.is_empty()).then_some((name, address))
    }

    /// What cannot be read does not restrict.
    pub(super) fn status(&self) -> Option<MailStatus> {
        self.status.parse().ok()
    }

    pub(super) fn role(&self) -> Option<Role> {
        self.role.parse().ok()
    }

    pub(super) fn from(&self) -> Option<NaiveDate> {
        self.from.trim().parse().ok()
    }

    pub(super) fn to(&self) -> Option<NaiveDate> {
        self.to.trim().parse().ok()
    }
}

/// What the address of the vendor's counts carries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CountsQuery {
    /// How many days back, one of [`Period::ALL`].
    pub days: String,
    /// The enrolment of one organisation.
    pub partner: String,
    /// Part of a partner's name.
    pub q: String,
    /// `undelivered`: only partners with mail that came to a bad end.
    pub show: String,
    #[serde(skip_serializing)]
    pub page: String,
}

/// Only partners with mail that came to a bad end.
pub(super) const UNDELIVERED: &str = "undelivered";

impl CountsQuery {
    pub(super) fn period(&self) -> Period {
        let chosen = Period::ALL.iter().find(|period| period.word() == self.days);
        chosen.copied().unwrap_or_default()
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    pub(super) fn address(&self, path: &str, page: Option<&str>) -> String {
        list_address(path, self, page)
    }

    pub(super) fn shows_undelivered(&self) -> bool {
        self.show == UNDELIVERED
    }

    pub(super) fn pattern(&self) -> Option<String> {
        let typed: String = self.q.trim().chars().take(100).collect();
        let folded = names::fold(&typed);
        (!folded.is_empty()).then(|| format!("%{}%", names::escape_like(&folded)))
    }
}

/// The days that are counted, today among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Period {
    Week,
    #[default]
    Fortnight,
    Quarter,
}

impl Period {
    pub(super) const ALL: [Self; 3] = [Self::Week, Self::Fortnight, Self::Quarter];

    pub(super) fn days(self) -> i64 {
        match self {
            Self::Week => 7,
            Self::Fortnight => 14,
            Self::Quarter => 84,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Week => "7",
            Self::Fortnight => "14",
            Self::Quarter => "84",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Week => "The last 7 days",
            Self::Fortnight => "The last 14 days",
            Self::Quarter => "The last 12 weeks",
        }
    }

    /// How many days one bar of the chart stands for.
    pub(super) fn step(self) -> i64 {
        match self {
            Self::Week | Self::Fortnight => 1,
            Self::Quarter => 7,
        }
    }

    pub(super) fn first_day(self, scope: &Scope) -> NaiveDate {
        scope.today() - Duration::days(self.days() - 1)
    }
}
