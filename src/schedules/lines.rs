//! The lines of a schedule: dates as issued, and what stands with the licence, which keeps it.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::catalogue::ProductKind;
use crate::db::Conn;
use crate::db::schema::{licences, products, schedule_lines};
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::locale::Locale;
use crate::web::Cursor;

/// The dates of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dates {
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub warranty_starts_on: Option<NaiveDate>,
    pub warranty_ends_on: Option<NaiveDate>,
}

/// One line.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = schedule_lines)]
pub(super) struct Line {
    pub schedule_id: i64,
    pub position: i32,
    pub licence_id: i64,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    warranty_starts_on: Option<NaiveDate>,
    warranty_ends_on: Option<NaiveDate>,
    #[diesel(select_expression = licences::reference)]
    pub licence: String,
    #[diesel(select_expression = licences::sku)]
    pub sku: String,
    #[diesel(select_expression = licences::quantity)]
    pub quantity: i32,
    #[diesel(select_expression = licences::kind)]
    pub kind: LineKind,
    #[diesel(select_expression = licences::months)]
    pub months: Option<i32>,
    #[diesel(select_expression = licences::serial_number)]
    pub serial_number: String,
    /// The licence that it renews or changes.
    #[diesel(select_expression = licences::base_id)]
    pub base_id: Option<i64>,
    #[diesel(select_expression = licences::renewed_by_id)]
    pub renewed_by_id: Option<i64>,
    #[diesel(select_expression = products::name)]
    pub product: String,
    #[diesel(select_expression = products::unit)]
    pub unit: String,
    #[diesel(select_expression = products::kind)]
    pub product_kind: ProductKind,
    #[diesel(select_expression = (
        licences::starts_on,
        licences::ends_on,
        licences::warranty_starts_on,
        licences::warranty_ends_on,
    ))]
    today: DatesRow,
}

type DatesRow = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

/// Lines with what [`Line`] is read from; a macro, because its type has no name.
macro_rules! with_licences {
    () => {
        schedule_lines::table
            .inner_join(licences::table.inner_join(products::table))
            .order((schedule_lines::schedule_id, schedule_lines::position))
            .select(Line::as_select())
    };
}

impl Line {
    /// All lines of a schedule that the caller has found within its scope.
    pub(super) fn all(schedule_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(with_licences!().filter(schedule_lines::schedule_id.eq(schedule_id)).load(conn)?)
    }

    /// The lines of schedules that were just issued, one schedule after the other.
    pub(super) fn of_all(schedule_ids: &[i64], conn: &mut Conn) -> Result<Vec<Self>> {
        let query = with_licences!().filter(schedule_lines::schedule_id.eq_any(schedule_ids));
        Ok(query.load(conn)?)
    }

    /// Lines of a schedule from a row on, at most so many.
    pub(super) fn some(
        schedule_id: i64,
        cursor: Option<&Cursor>,
        most: i64,
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        let query = schedule_lines::table
            .inner_join(licences::table.inner_join(products::table))
            .filter(schedule_lines::schedule_id.eq(schedule_id))
            .select(Self::as_select())
            .limit(most)
            .into_boxed();
        let at = cursor.and_then(|at| Some((at.backwards, at.key.parse::<i32>().ok()?)));
        Ok(match at {
            Some((true, position)) => query
                .filter(schedule_lines::position.lt(position))
                .order(schedule_lines::position.desc())
                .load(conn)?,
            Some((false, position)) => query
                .filter(schedule_lines::position.gt(position))
                .order(schedule_lines::position)
                .load(conn)?,
            None => query.order(schedule_lines::position).load(conn)?,
        })
    }

    /// Where a page after this line goes on.
    pub(super) fn sort_key(&self) -> (String, String) {
        (self.position.to_string(), String::new())
    }

    pub(super) fn issued(&self) -> Dates {
        Dates {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            warranty_starts_on: self.warranty_starts_on,
            warranty_ends_on: self.warranty_ends_on,
        }
    }

    pub(super) fn today(&self) -> Dates {
        let (starts_on, ends_on, warranty_starts_on, warranty_ends_on) = self.today;
        Dates { starts_on, ends_on, warranty_starts_on, warranty_ends_on }
    }

    pub(super) fn is_support_plan(&self) -> bool {
        self.product_kind == ProductKind::SupportPlan
    }

    /// Start and end of dates of this line, in words.
    pub(super) fn term(&self, dates: Dates, locale: Locale) -> (String, String) {
        let day = |day: NaiveDate| locale.short_day(day);
        match (dates.starts_on, dates.ends_on, self.months) {
            (Some(start), Some(end), _) => (day(start), day(end)),
            (Some(start), None, _) => (day(start), "No end".to_owned()),
            (None, _, Some(months)) => {
                ("Not yet".to_owned(), format!("After {}", months_in_words(months)))
            }
            // A change waits for the end of what it changes.
            (None, _, None) if self.kind == LineKind::Change => {
                ("Not yet".to_owned(), "Not yet".to_owned())
            }
            (None, _, None) => ("No term".to_owned(), String::new()),
        }
    }

    /// The same in one piece, for where there is no column for each.
    pub(super) fn period(&self, dates: Dates, locale: Locale) -> String {
        match (dates.starts_on, self.months) {
            (None, Some(months)) => format!("{}, not begun yet", months_in_words(months)),
            (None, None) if self.kind == LineKind::Change => "Not begun yet".to_owned(),
            _ => match self.term(dates, locale) {
                (start, end) if end.is_empty() => start,
                (start, end) => format!("{start} – {end}"),
            },
        }
    }

    /// Serial number and warranty, in words; empty where it has neither.
    pub(super) fn device(&self, dates: Dates, locale: Locale) -> String {
        let serial = Some(&self.serial_number).filter(|serial| !serial.is_empty());
        let serial = serial.map(|serial| format!("Serial number {serial}"));
        let warranty = warranty(dates, locale);
        serial.into_iter().chain(warranty).collect::<Vec<_>>().join(" · ")
    }
}

/// The warranty of dates, in words.
pub(super) fn warranty(dates: Dates, locale: Locale) -> Option<String> {
    let (start, end) = dates.warranty_starts_on.zip(dates.warranty_ends_on)?;
    Some(format!("Warranty {} – {}", locale.short_day(start), locale.short_day(end)))
}

fn months_in_words(months: i32) -> String {
    match months {
        1 => "1 month".to_owned(),
        months => format!("{months} months"),
    }
}

/// The support plans of an order, by name, each once.
pub(super) fn support_plans(lines: &[Line]) -> Vec<String> {
    let plans = lines.iter().filter(|line| line.is_support_plan());
    let mut names: Vec<String> = plans.map(|line| line.product.clone()).collect();
    names.sort();
    names.dedup();
    names
}
