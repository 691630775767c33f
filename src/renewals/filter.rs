//! What of the renewals a page shows: its tab, its filters, and the dates that bound it. All of it
//! stands in the address.

use chrono::{Months, NaiveDate};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::auth::Scope;
use crate::calendar::{CalendarMonth, add_days};
use crate::names;
use crate::text_enum;
use crate::web::Cursor;

/// How many months the page looks ahead, this one included.
const MONTHS_AHEAD: usize = 12;
/// Over how many months back the renewal rate is taken.
const MONTHS_BACK: u32 = 12;
/// The longest search.
const SEARCH_LENGTH: usize = 100;

text_enum! {
    /// The tabs of the page.
    pub enum Show {
        /// Not renewed, and the last day is not over.
        Coming = "coming",
        /// Not renewed, ended, and can be renewed still.
        Late = "late",
        /// Another licence has taken over.
        Renewed = "renewed",
    }
}

impl Show {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Coming => "Coming",
            Self::Late => "Late",
            Self::Renewed => "Renewed",
        }
    }

    /// What was renewed last, and what is nearest to its end or to its lapse, comes first.
    pub(super) fn newest_first(self) -> bool {
        self == Self::Renewed
    }
}

/// The query of the address, as it was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RenewalsQuery {
    show: String,
    q: String,
    category: String,
    month: String,
    at: String,
}

/// What a person chose; what cannot be understood counts as not chosen.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub show: Show,
    /// As it was typed.
    pub search: String,
    /// A category's key, or nothing.
    pub category: String,
    pub month: Option<CalendarMonth>,
    pub cursor: Option<Cursor>,
}

impl From<RenewalsQuery> for Filter {
    fn from(query: RenewalsQuery) -> Self {
        Self {
            show: query.show.parse().unwrap_or(Show::Coming),
            search: query.q.trim().chars().take(SEARCH_LENGTH).collect(),
            category: query.category,
            month: query.month.parse().ok(),
            cursor: Cursor::parse(&query.at),
        }
    }
}

impl Filter {
    pub(super) fn is_set(&self) -> bool {
        !self.search.is_empty() || !self.category.is_empty() || self.month.is_some()
    }

    /// The pattern that a customer's folded name is held against.
    pub(super) fn name_pattern(&self) -> Option<String> {
        let folded = names::fold(&self.search);
        (!folded.is_empty()).then(|| format!("%{}%", names::escape_like(&folded)))
    }

    /// The same, narrowed to a category of products.
    pub(super) fn in_category(&self, key: &str) -> Self {
        Self { category: key.to_owned(), ..self.clone() }
    }

    /// The address of a page with these filters; `at` is where it begins, or nothing.
    pub(super) fn address(&self, scope: &Scope, page: &str, show: Show, at: &str) -> String {
        let month = self.month.map(|month| month.to_string());
        let month = month.filter(|_| show == self.show).unwrap_or_default();
        let shown = if show == Show::Coming { "" } else { show.as_str() };
        let fields = [
            ("show", shown),
            ("q", &self.search),
            ("category", &self.category),
            ("month", &month),
            ("at", at),
        ];
        let mut query = Serializer::new(String::new());
        query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        let query = query.finish();
        let path = scope.path(page);
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

/// The days that the page is about, seen from the program's today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Horizon {
    pub today: NaiveDate,
    /// The first day of which the renewal rate is taken.
    pub rated_from: NaiveDate,
    /// What ended on an earlier day can be renewed no more, or is too old for this page.
    pub renewable_from: NaiveDate,
    /// The last day of the last month ahead.
    pub last: NaiveDate,
}

impl Horizon {
    pub(super) fn new(today: NaiveDate, lapse_days: u16) -> Self {
        let (first, last) = Self::whole(today);
        let lapsed_from = add_days(today, -i64::from(lapse_days));
        Self { today, rated_from: first, renewable_from: first.max(lapsed_from), last }
    }

    /// The first and last end date of anything that the page tells, seen from a day.
    pub(super) fn whole(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first = today.checked_sub_months(Months::new(MONTHS_BACK));
        let last = CalendarMonth::of(today).run(MONTHS_AHEAD).last();
        (first.unwrap_or(today), last.map_or(today, CalendarMonth::last_day))
    }

    pub(super) fn yesterday(&self) -> NaiveDate {
        add_days(self.today, -1)
    }

    /// The first and last end date of a tab.
    pub(super) fn span(&self, show: Show) -> (NaiveDate, NaiveDate) {
        match show {
            Show::Coming => (self.today, self.last),
            Show::Late => (self.renewable_from, self.yesterday()),
            Show::Renewed => (self.rated_from, self.last),
        }
    }

    /// [`Horizon::span`] within the month that is chosen.
    pub(super) fn span_of(&self, filter: &Filter) -> (NaiveDate, NaiveDate) {
        let (first, last) = self.span(filter.show);
        match filter.month {
            Some(month) => (first.max(month.first_day()), last.min(month.last_day())),
            None => (first, last),
        }
    }

    /// The months of a tab, in the order of its list.
    pub(super) fn months(&self, show: Show) -> Vec<CalendarMonth> {
        let (first, last) = self.span(show);
        let last = CalendarMonth::of(last);
        let months =
            std::iter::successors(Some(CalendarMonth::of(first)), |month| Some(month.next()));
        let mut months: Vec<CalendarMonth> = months.take_while(|month| *month <= last).collect();
        if show.newest_first() {
            months.reverse();
        }
        months
    }
}
