//! A stored line, decided again: what the rule says of it today.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::refusal::Refusal;
use super::rules::{BaseLine, Basis, LineDates, LineFacts, LineKind, line_dates};
use super::verbs::{NAMED, Named, end_trials, name_of, subject, term_words};
use super::{DATED, NO_END, RuleBook, TrialEnd, goods_of, set_backs, tally};
use crate::audit::{self, By, Change};
use crate::calendar::{Term, TermMonths};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{customers, licences, products};
use crate::error::{Error, Result};

/// A line with all that decides its dates.
pub(super) struct Undecided {
    named: Named,
    customer_id: i64,
    product_id: i64,
    kind: LineKind,
    months: Option<i32>,
    processed_on: NaiveDate,
    activated_on: Option<NaiveDate>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    warranty_starts_on: Option<NaiveDate>,
    /// The end of the line that it renews or changes, where it does.
    base: Option<BaseLine>,
}

diesel::alias!(licences as bases: Bases);

type Terms = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);
type Row =
    (Named, (i64, i64, LineKind, Option<i32>, NaiveDate), Terms, (Option<i64>, Option<NaiveDate>));

/// Reads lines with what decides their dates: `$filter` says which, in the order of their ids.
macro_rules! undecided {
    ($conn:expr, $filter:expr, $most:expr) => {
        licences::table
            .inner_join(customers::table)
            .inner_join(products::table)
            .left_join(bases.on(licences::base_id.eq(bases.field(licences::id).nullable())))
            .filter($filter)
            .order(licences::id)
            .limit($most)
            .select((
                NAMED,
                (
                    licences::customer_id,
                    licences::product_id,
                    licences::kind,
                    licences::months,
                    licences::processed_on,
                ),
                (
                    licences::activated_on,
                    licences::starts_on,
                    licences::ends_on,
                    licences::warranty_starts_on,
                ),
                (licences::base_id, bases.field(licences::ends_on).nullable()),
            ))
            .load::<Row>($conn)
    };
}

impl Undecided {
    /// One line.
    pub(super) fn find(id: i64, conn: &mut Conn) -> Result<Self> {
        let mut rows = undecided!(conn, licences::id.eq(id), 1)?;
        rows.pop().map(Self::of).ok_or(Error::NotFound)
    }

    /// The lines that wait for the end of this one.
    fn waiting_for(base_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        let waits =
            licences::base_id.eq(base_id).assume_not_null().and(licences::ends_on.is_null());
        let rows = undecided!(conn, waits, i64::MAX)?;
        Ok(rows.into_iter().map(Self::of).collect())
    }

    /// Lines of a program that have no start, after the one with this id.
    pub(super) fn without_start(
        program_id: i64,
        after: i64,
        most: i64,
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        let waits = licences::program_id
            .eq(program_id)
            .and(licences::starts_on.is_null())
            .and(licences::id.gt(after));
        let rows = undecided!(conn, waits, most)?;
        Ok(rows.into_iter().map(Self::of).collect())
    }

    fn of((named, facts, terms, (base_id, base_end)): Row) -> Self {
        let (customer_id, product_id, kind, months, processed_on) = facts;
        let (activated_on, starts_on, ends_on, warranty_starts_on) = terms;
        Self {
            named,
            customer_id,
            product_id,
            kind,
            months,
            processed_on,
            activated_on,
            starts_on,
            ends_on,
            warranty_starts_on,
            base: base_id.map(|_| BaseLine { ends_on: base_end }),
        }
    }

    pub(super) fn id(&self) -> i64 {
        self.named.0
    }

    pub(super) fn named(&self) -> &Named {
        &self.named
    }

    /// Whether these dates say more than the line has.
    fn gets(&self, dates: &LineDates) -> bool {
        let is_new =
            |new: Option<NaiveDate>, old: Option<NaiveDate>| new.is_some() && old.is_none();
        is_new(dates.starts_on, self.starts_on)
            || is_new(dates.ends_on, self.ends_on)
            || is_new(dates.warranty.map(|term| term.starts_on), self.warranty_starts_on)
    }

    /// The dates by the rule, if the line were activated on a day.
    pub(super) fn dates(
        &self,
        activated_on: Option<NaiveDate>,
        rulebook: &RuleBook,
        today: NaiveDate,
    ) -> Result<Result<LineDates, Refusal>> {
        let product = rulebook.product(self.product_id)?;
        let months = self.months.and_then(|months| TermMonths::new(months.into()).ok());
        let facts = LineFacts {
            kind: self.kind,
            goods: goods_of(product),
            months,
            released_on: None,
            processed_on: self.processed_on,
            activated_on,
            base: self.base,
        };
        Ok(line_dates(&facts, rulebook.policies(product)?, today))
    }
}

/// Who decides again, and when.
#[derive(Clone, Copy)]
pub(super) struct Deciding<'a> {
    pub(super) rulebook: &'a RuleBook,
    pub(super) today: NaiveDate,
    pub(super) by: By<'a>,
    pub(super) now: Instant,
}

impl Deciding<'_> {
    /// Gives a line the dates that the rule now has for it, and so the lines that waited for its
    /// end. Tells how many got dates.
    pub(super) fn settle(&self, line: Undecided, conn: &mut Conn) -> Result<usize> {
        let (mut waiting, mut settled) = (vec![line], 0);
        while let Some(line) = waiting.pop() {
            // A line that the rule refuses by now keeps waiting; its page says why.
            let Ok(dates) = line.dates(line.activated_on, self.rulebook, self.today)? else {
                continue;
            };
            if !line.gets(&dates) {
                continue;
            }
            self.write(&line, &dates, conn)?;
            settled += 1;
            if dates.ends_on.is_some() {
                waiting.extend(Undecided::waiting_for(line.id(), conn)?);
            }
        }
        Ok(settled)
    }

    fn write(&self, line: &Undecided, dates: &LineDates, conn: &mut Conn) -> Result<()> {
        let columns = (
            licences::starts_on.eq(dates.starts_on),
            licences::ends_on.eq(dates.ends_on),
            licences::due_on.eq(dates.ends_on.unwrap_or(NO_END)),
            licences::warranty_starts_on.eq(dates.warranty.map(|term| term.starts_on)),
            licences::warranty_ends_on.eq(dates.warranty.map(|term| term.ends_on)),
        );
        tally::keeping(&[line.id()], conn, |conn| {
            Ok(diesel::update(licences::table.find(line.id())).set(columns).execute(conn)?)
        })?;
        let name = name_of(&line.named);
        let (id, reference, program_id, reseller_id, ..) = &line.named;
        let record = subject(*id, reference, &name, *program_id, *reseller_id);
        let change = Change {
            to: &term_words(dates.starts_on, dates.ends_on),
            why: dates.basis.sentence(),
            ..Change::default()
        };
        audit::record(self.by, &DATED, record, change, self.now, conn)?;
        if dates.basis == Basis::SetBack && line.starts_on.is_none() {
            self.note_set_back(line, dates, conn)?;
        }
        let paid = line.kind == LineKind::New && line.starts_on.is_none();
        if let Some(paid_start) = dates.starts_on.filter(|_| paid) {
            let (customer_id, product_id) = (line.customer_id, line.product_id);
            let start = TrialEnd { customer_id, product_id, paid_start };
            end_trials(&[start], self.by, self.now, conn)?;
        }
        Ok(())
    }

    /// What the end of the waiting cost, for the report.
    fn note_set_back(&self, line: &Undecided, dates: &LineDates, conn: &mut Conn) -> Result<()> {
        let policies = self.rulebook.policies(self.rulebook.product(line.product_id)?)?;
        let changed_on = policies.waiting_ends_on(line.processed_on);
        let term = dates.starts_on.zip(dates.ends_on);
        if let (Some((starts_on, ends_on)), Some(changed_on)) = (term, changed_on) {
            set_backs::note(line.id(), Term { starts_on, ends_on }, changed_on, conn)?;
        }
        Ok(())
    }
}
