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
/// Over how many whole months, those before this one, the renewal rate is taken.
const MONTHS_RATED: u32 = 12;
/// How many whole months back the page tells of licences that were not renewed.
const MONTHS_BACK: u32 = 24;
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
        /// Not renewed, and ended too long ago to be renewed.
        Lapsed = "lapsed",
    }
}

impl Show {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Coming => "Coming",
            Self::Late => "Late",
            Self::Renewed => "Renewed",
            Self::Lapsed => "Lapsed",
        }
    }

    /// What is nearest to its end or to its lapse comes first, and what was renewed or lapsed last.
    pub(super) fn newest_first(self) -> bool {
        matches!(self, Self::Renewed | Self::Lapsed)
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
    /// Where the page begins, as the address has it.
    pub at: String,
}

impl From<RenewalsQuery> for Filter {
    fn from(query: RenewalsQuery) -> Self {
        Self {
            show: query.show.parse().unwrap_or(Show::Coming),
            search: query.q.trim().chars().take(SEARCH_LENGTH).collect(),
            category: query.category,
            month: query.month.parse().ok(),
            cursor: Cursor::parse(&query.at),
            at: query.at,
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

    /// The same search, in a month of a tab.
    pub(super) fn in_month(&self, month: CalendarMonth, show: Show) -> Self {
        Self { show, month: Some(month), ..self.clone() }
    }

    /// The address of the page with these filters, from its beginning.
    pub(super) fn page(&self, scope: &Scope) -> String {
        self.address(scope, "/renewals", self.show, "")
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
    /// The first day of anything that the page tells.
    pub first: NaiveDate,
    /// The first day of the months over which the renewal rate is taken.
    pub rated_from: NaiveDate,
    /// What ended on an earlier day can be renewed no more, or is too old for this page.
    pub renewable_from: NaiveDate,
    /// The last day of the last month ahead.
    pub last: NaiveDate,
    pub lapse_days: u16,
}

impl Horizon {
    pub(super) fn new(today: NaiveDate, lapse_days: u16) -> Self {
        let (first, last) = Self::whole(today);
        let renewable_from = first.max(Self::lapse_bound(today, lapse_days));
        let rated_from = months_before(today, MONTHS_RATED);
        Self { today, first, rated_from, renewable_from, last, lapse_days }
    }

    /// The first and last end date of anything that the page tells, seen from a day.
    pub(super) fn whole(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let last = CalendarMonth::of(today).run(MONTHS_AHEAD).last();
        (months_before(today, MONTHS_BACK), last.map_or(today, CalendarMonth::last_day))
    }

    /// The first end that has not lapsed.
    pub(super) fn lapse_bound(today: NaiveDate, lapse_days: u16) -> NaiveDate {
        add_days(today, -i64::from(lapse_days))
    }

    pub(super) fn yesterday(&self) -> NaiveDate {
        add_days(self.today, -1)
    }

    /// Where a licence that is not renewed stands.
    pub(super) fn open_tab(&self, due_on: NaiveDate) -> Show {
        if due_on >= self.today {
            Show::Coming
        } else if due_on >= self.renewable_from {
            Show::Late
        } else {
            Show::Lapsed
        }
    }

    /// The last day on which a licence can be renewed.
    pub(super) fn renewable_until(&self, due_on: NaiveDate) -> NaiveDate {
        add_days(due_on, self.lapse_days.into())
    }

    /// The first and last end date of a tab.
    pub(super) fn span(&self, show: Show) -> (NaiveDate, NaiveDate) {
        match show {
            Show::Coming => (self.today, self.last),
            Show::Late => (self.renewable_from, self.yesterday()),
            Show::Renewed => (self.rated_from, self.last),
            Show::Lapsed => (self.first, add_days(self.renewable_from, -1)),
        }
    }

    /// The months of the chart: those over which the rate is taken, and those ahead.
    pub(super) fn charted(&self) -> impl Iterator<Item = CalendarMonth> {
        let last = CalendarMonth::of(self.last);
        months_from(self.rated_from).take_while(move |month| *month <= last)
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
        let mut months: Vec<CalendarMonth> =
            months_from(first).take_while(|month| *month <= last).collect();
        if show.newest_first() {
            months.reverse();
        }
        months
    }
}

fn months_from(day: NaiveDate) -> impl Iterator<Item = CalendarMonth> {
    std::iter::successors(Some(CalendarMonth::of(day)), |month| Some(month.next()))
}

/// The first day of the month so many months before a day's.
fn months_before(day: NaiveDate, months: u32) -> NaiveDate {
    let first = CalendarMonth::of(day).first_day();
    first.checked_sub_months(Months::new(months)).unwrap_or(first)
}
