//! What the totals are added up from: sums of lines by their last day, and by whole months where
//! running totals are kept. With them come the program's numbers by which days are told apart,
//! because a page has few queries.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::{count, count_star, max, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};

use super::filter::{Filter, Horizon, RenewalsQuery};
use super::model::{SOUGHT_CATEGORIES, SOUGHT_CUSTOMERS, SOUGHT_PRODUCTS, mine, narrowed};
use crate::auth::{Part, Scope};
use crate::calendar::CalendarMonth;
use crate::db::schema::{
    basket_lines, categories, customers, licence_tallies, licences, notice_rungs, policies,
    products, programs,
};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::licences::TallySpan;
use crate::licences::rules::LineKind;
use crate::licences::status::Thresholds;

/// The lines of one currency that end on a day, or in the month that begins on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub due_on: NaiveDate,
    pub currency: String,
    pub lines: i64,
    pub renewed: i64,
    pub open_minor: i64,
    pub renewed_minor: i64,
}

/// The program's numbers that the page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub thresholds: Thresholds,
    /// The share of licences that the program means to see renewed, in per cent.
    pub target: Option<i64>,
    /// How many licences the person has put into the basket.
    pub in_basket: i64,
}

/// The days before the first rung, and after which a licence lapses: by the policy in force, and by
/// the first one, which holds before its own day as well; the target; and the basket's lines.
type TermsRow = (Option<i32>, Option<i32>, Option<i32>, Option<i32>, Option<i64>);

/// The columns of a [`TermsRow`], for a query of their own or beside another's.
macro_rules! terms_columns {
    ($scope:expr) => {{
        let (program_id, today) = ($scope.program().id, $scope.today());
        let of_program = policies::table.filter(policies::program_id.eq(program_id));
        (
            notice_rungs::table
                .filter(notice_rungs::program_id.eq(program_id))
                .select(max(notice_rungs::days_before))
                .single_value(),
            of_program
                .filter(policies::effective_on.le(today))
                .order(policies::effective_on.desc())
                .select(policies::renewal_lapse_days)
                .limit(1)
                .single_value(),
            of_program
                .order(policies::effective_on.asc())
                .select(policies::renewal_lapse_days)
                .limit(1)
                .single_value(),
            programs::table
                .filter(programs::id.eq(program_id))
                .select(programs::renewal_target_percent)
                .single_value(),
            mine!($scope).select(count_star()).single_value(),
        )
    }};
}

impl Terms {
    pub(super) fn of(scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let row = diesel::select(terms_columns!(scope)).kept().get_result(conn)?;
        Ok(Self::from_row(row))
    }

    fn from_row((rung, in_force, earliest, target, in_basket): TermsRow) -> Self {
        let whole = |days: Option<i32>| u16::try_from(days.unwrap_or(0)).unwrap_or(0);
        let lapse_days = whole(in_force.or(earliest));
        let thresholds = Thresholds { first_rung_days: whole(rung), lapse_days };
        let in_basket = in_basket.unwrap_or(0);
        Self { thresholds, target: target.map(i64::from), in_basket }
    }
}

/// Sums of everything that the scope allows and the search finds, in one query or two.
pub(super) fn sums(scope: &Scope, filter: &Filter, conn: &mut Conn) -> Result<(Terms, Vec<Sum>)> {
    match tallied(scope, filter) {
        Some(owner) => {
            let terms = Terms::of(scope, conn)?;
            let sums = running_totals(scope, owner, terms.thresholds.lapse_days, conn)?;
            Ok((terms, sums))
        }
        None => {
            let (terms, sums) = sums_of_lines(scope, filter, conn)?;
            // Nothing was found, and then there will be no lines to ask for.
            let terms = terms.map_or_else(|| Terms::of(scope, conn), Ok)?;
            Ok((terms, sums))
        }
    }
}

/// Whose running totals answer.
#[derive(Clone, Copy)]
enum Owner {
    Program,
    Distributor(i64),
}

/// None where a partner asks, whose lines are few, or where a search narrows them down.
fn tallied(scope: &Scope, filter: &Filter) -> Option<Owner> {
    let narrowed = !filter.search.is_empty() || !filter.category.is_empty();
    match scope.part() {
        _ if narrowed => None,
        None => Some(Owner::Program),
        Some(Part::Distributor) => Some(Owner::Distributor(scope.organisation_id())),
        Some(Part::Partner) => None,
    }
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = Text)]
    span: TallySpan,
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    renewed: i64,
    #[diesel(sql_type = BigInt)]
    open_minor: i64,
    #[diesel(sql_type = BigInt)]
    renewed_minor: i64,
}

/// Whole months, but for the two in which some days are told apart: this one, and the one in which
/// licences lapse. Each part is one stretch of the index.
fn running_totals(
    scope: &Scope,
    owner: Owner,
    lapse_days: u16,
    conn: &mut Conn,
) -> Result<Vec<Sum>> {
    let today = scope.today();
    let (first, last) = Horizon::whole(today);
    let this = CalendarMonth::of(today);
    let lapsing = CalendarMonth::of(Horizon::lapse_bound(today, lapse_days));
    // Where both are one month its days are asked for once: nothing lies between these two.
    let lapsing_days = match lapsing == this {
        true => (lapsing.last_day(), lapsing.first_day()),
        false => (lapsing.first_day(), lapsing.last_day()),
    };
    macro_rules! totals {
        ($question:expr) => {
            $question
                .bind::<Date, _>(first)
                .bind::<Date, _>(last)
                .bind::<Date, _>(this.first_day())
                .bind::<Date, _>(this.last_day())
                .bind::<Date, _>(lapsing_days.0)
                .bind::<Date, _>(lapsing_days.1)
                .kept()
                .load::<Total>(conn)?
        };
    }
    let question = diesel::sql_query(question(owner)).bind::<BigInt, _>(scope.program().id);
    let totals = match owner {
        Owner::Program => totals!(question),
        Owner::Distributor(id) => totals!(question.bind::<BigInt, _>(id)),
    };
    let counts = |total: &Total| match total.span {
        TallySpan::Month => ![this, lapsing].contains(&CalendarMonth::of(total.due_on)),
        TallySpan::Day => (first..=last).contains(&total.due_on),
    };
    Ok(totals.into_iter().filter(counts).map(Total::sum).collect())
}

/// SQLite numbers parameters in the order in which they first stand in the text.
fn question(owner: Owner) -> String {
    let (whose, days) = match owner {
        Owner::Program => ("distributor_id IS NULL", 2),
        Owner::Distributor(_) => ("distributor_id = $2", 3),
    };
    let part = |span: TallySpan, place: usize| {
        let (from, to) = (days + place, days + place + 1);
        format!(
            "SELECT '{span}' AS span, due_on, currency, CAST(SUM(lines) AS BIGINT) AS lines, \
             CAST(SUM(renewed) AS BIGINT) AS renewed, \
             CAST(SUM(open_minor) AS BIGINT) AS open_minor, \
             CAST(SUM(renewed_minor) AS BIGINT) AS renewed_minor \
             FROM licence_tallies WHERE program_id = $1 AND {whose} AND span = '{span}' \
             AND due_on BETWEEN ${from} AND ${to} GROUP BY due_on, currency"
        )
    };
    let parts = [part(TallySpan::Month, 0), part(TallySpan::Day, 2), part(TallySpan::Day, 4)];
    parts.join(" UNION ALL ")
}

impl Total {
    fn sum(self) -> Sum {
        let Self { due_on, currency, lines, renewed, open_minor, renewed_minor, .. } = self;
        Sum { due_on, currency, lines, renewed, open_minor, renewed_minor }
    }
}

const OPEN_VALUE: &str = "CAST(SUM(CASE WHEN licences.renewed_by_id IS NULL \
     THEN licences.quantity * licences.unit_price_minor ELSE 0 END) AS BIGINT)";
const RENEWED_VALUE: &str = "CAST(SUM(CASE WHEN licences.renewed_by_id IS NULL THEN 0 \
     ELSE licences.quantity * licences.unit_price_minor END) AS BIGINT)";

type LinesRow = ((NaiveDate, String, i64, i64, i64, i64), TermsRow);

/// The lines themselves, counted by day: a partner's from one index alone.
fn sums_of_lines(
    scope: &Scope,
    filter: &Filter,
    conn: &mut Conn,
) -> Result<(Option<Terms>, Vec<Sum>)> {
    let (first, last) = Horizon::whole(scope.today());
    let by_day = licences::table
        .group_by((licences::due_on, licences::currency))
        .select((
            (
                licences::due_on,
                licences::currency,
                count_star(),
                count(licences::renewed_by_id),
                sql::<BigInt>(OPEN_VALUE),
                sql::<BigInt>(RENEWED_VALUE),
            ),
            terms_columns!(scope),
        ))
        .into_boxed();
    let rows: Vec<LinesRow> = narrowed!(by_day, scope, filter)
        .filter(licences::due_on.between(first, last))
        .kept()
        .load(conn)?;
    let terms = rows.first().map(|(_, terms)| Terms::from_row(*terms));
    let sum = |(row, _): LinesRow| {
        let (due_on, currency, lines, renewed, open_minor, renewed_minor) = row;
        Sum { due_on, currency, lines, renewed, open_minor, renewed_minor }
    };
    Ok((terms, rows.into_iter().map(sum).collect()))
}

/// How many lines that are not renewed end on each day of a stretch.
pub(super) fn open_by_day(
    scope: &Scope,
    first: NaiveDate,
    last: NaiveDate,
    conn: &mut Conn,
) -> Result<BTreeMap<NaiveDate, i64>> {
    let everything = Filter::from(RenewalsQuery::default());
    let days: Vec<(NaiveDate, i64)> = match tallied(scope, &everything) {
        Some(owner) => {
            let by_day = licence_tallies::table
                .group_by(licence_tallies::due_on)
                .select((
                    licence_tallies::due_on,
                    sql::<BigInt>("CAST(SUM(lines) - SUM(renewed) AS BIGINT)"),
                ))
                .into_boxed();
            match owner {
                Owner::Program => by_day.filter(licence_tallies::distributor_id.is_null()),
                Owner::Distributor(id) => by_day.filter(licence_tallies::distributor_id.eq(id)),
            }
            .filter(licence_tallies::program_id.eq(scope.program().id))
            .filter(licence_tallies::span.eq(TallySpan::Day))
            .filter(licence_tallies::due_on.between(first, last))
            .load(conn)?
        }
        None => {
            let by_day = licences::table
                .group_by(licences::due_on)
                .select((licences::due_on, count_star()))
                .into_boxed();
            narrowed!(by_day, scope, &everything)
                .filter(licences::due_on.between(first, last))
                .filter(licences::renewed_by_id.is_null())
                .load(conn)?
        }
    };
    Ok(days.into_iter().filter(|(_, lines)| *lines > 0).collect())
}
