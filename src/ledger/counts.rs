//! How many mails went out and what became of them: what the vendor sees of its program. Figures
//! only: to whom each mail went is its organisation's affair.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};

use super::filter::CountsQuery;
use super::reasons::reason;
use crate::auth::Scope;
use crate::db::schema::{enrolments, mails, organisations};
use crate::db::{Conn, Keep, ROWS_PER_STATEMENT, padded};
use crate::error::{Error, Result};
use crate::mail::MailStatus;
use crate::web::{PAGE_LIMIT, Page};

/// Written out, so that both engines see that the index of such mails is meant.
const UNDELIVERED: &str = "mails.status IN ('failed', 'suppressed')";
/// More different answers of servers than this are not told apart.
const MOST_ANSWERS: i64 = 5_000;

/// How many mails there are by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub waiting: i64,
    pub sent: i64,
    pub failed: i64,
    pub suppressed: i64,
}

impl Tally {
    pub(super) fn all(self) -> i64 {
        self.waiting + self.sent + self.failed + self.suppressed
    }

    fn add(&mut self, status: MailStatus, mails: i64) {
        match status {
            MailStatus::Queued | MailStatus::Held | MailStatus::Waiting => self.waiting += mails,
            // Its own way ended well, though another mail carried it.
            MailStatus::Sent | MailStatus::Digested => self.sent += mails,
            MailStatus::Failed => self.failed += mails,
            MailStatus::Suppressed => self.suppressed += mails,
        }
    }
}

/// The mails of a day, an event and a status.
#[derive(Clone, Debug)]
pub(super) struct DayCount {
    pub day: NaiveDate,
    pub event: String,
    pub status: MailStatus,
    pub mails: i64,
}

/// An organisation that takes part in the program.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Partner {
    pub organisation_id: i64,
    pub reference: String,
    pub name: String,
    name_key: String,
}

/// All figures of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub days: Vec<DayCount>,
    /// How many mails came to a bad end for each reason, the most frequent first.
    pub reasons: Vec<(MailStatus, String, i64)>,
    /// The organisation to which they went, where only its mails are counted.
    pub partner: Option<Partner>,
}

impl Counts {
    /// For the vendor, over its program or one of its partners.
    pub(super) fn read(scope: &Scope, query: &CountsQuery, conn: &mut Conn) -> Result<Self> {
        let partner = match query.partner.as_str() {
            "" => None,
            reference => Some(Partner::find_for(scope, reference, conn)?),
        };
        let organisation = partner.as_ref().map(|partner| partner.organisation_id);
        let days = match organisation {
            Some(organisation) => days_of(scope, query, organisation, conn)?,
            None => days(scope, query, conn)?,
        };
        let reasons = reasons(scope, query, organisation, conn)?;
        Ok(Self { days, reasons, partner })
    }

    pub(super) fn total(&self) -> Tally {
        self.days_from(NaiveDate::MIN, NaiveDate::MAX)
    }

    /// Of the days from one to another, both included.
    pub(super) fn days_from(&self, first: NaiveDate, last: NaiveDate) -> Tally {
        let mut tally = Tally::default();
        for count in self.days.iter().filter(|count| (first..=last).contains(&count.day)) {
            tally.add(count.status, count.mails);
        }
        tally
    }

    pub(super) fn by_event(&self) -> BTreeMap<&str, Tally> {
        let mut events = BTreeMap::<&str, Tally>::new();
        for count in &self.days {
            events.entry(&count.event).or_default().add(count.status, count.mails);
        }
        events
    }
}

#[derive(QueryableByName)]
struct Kind {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = Text)]
    event: String,
    /// None where mails of all kinds are counted, by the totals that are kept.
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<MailStatus>,
    #[diesel(sql_type = BigInt)]
    mails: i64,
    #[diesel(sql_type = BigInt)]
    digested: i64,
}

/// What was queued and what digests told, by the totals; and what came to neither end, counted.
/// The statuses are those of an index.
const KINDS: &str = "\
    SELECT queued_on AS day, event, CAST(NULL AS TEXT) AS status, \
           CAST(SUM(mails) AS BIGINT) AS mails, CAST(SUM(digested) AS BIGINT) AS digested \
      FROM mail_tallies WHERE program_id = $1 AND queued_on >= $2 GROUP BY queued_on, event \
     UNION ALL \
    SELECT queued_on, event, status, COUNT(*), 0 FROM mails \
     WHERE program_id = $1 AND queued_on >= $2 \
       AND status IN ('queued', 'held', 'waiting', 'failed', 'suppressed') \
     GROUP BY queued_on, event, status";

/// By day, event and status, in this order, over the whole program.
fn days(scope: &Scope, query: &CountsQuery, conn: &mut Conn) -> Result<Vec<DayCount>> {
    let kinds: Vec<Kind> = diesel::sql_query(KINDS)
        .bind::<BigInt, _>(scope.program().id)
        .bind::<Date, _>(query.period().first_day(scope))
        .kept()
        .load(conn)?;
    let mut counted = BTreeMap::<(NaiveDate, String, MailStatus), i64>::new();
    for kind in kinds {
        let mut add = |status, mails| {
            *counted.entry((kind.day, kind.event.clone(), status)).or_default() += mails;
        };
        match kind.status {
            None => {
                add(MailStatus::Digested, kind.digested);
                add(MailStatus::Sent, kind.mails - kind.digested);
            }
            Some(status) => {
                add(status, kind.mails);
                add(MailStatus::Sent, -kind.mails);
            }
        }
    }
    let days = counted
        .into_iter()
        .filter(|(_, mails)| *mails != 0)
        .map(|((day, event, status), mails)| DayCount { day, event, status, mails });
    Ok(days.collect())
}

/// The same of one organisation, whose mails are few.
fn days_of(
    scope: &Scope,
    query: &CountsQuery,
    organisation: i64,
    conn: &mut Conn,
) -> Result<Vec<DayCount>> {
    let found: Vec<(Option<NaiveDate>, String, MailStatus)> = mails::table
        .filter(mails::program_id.eq(scope.program().id))
        .filter(mails::organisation_id.eq(organisation))
        .filter(mails::queued_on.ge(query.period().first_day(scope)))
        .order(mails::id)
        .select((mails::queued_on, mails::event, mails::status))
        .load(conn)?;
    let mut counted = BTreeMap::<_, i64>::new();
    for key in found {
        *counted.entry(key).or_default() += 1;
    }
    let days = counted.into_iter().filter_map(|((day, event, status), mails)| {
        Some(DayCount { day: day?, event, status, mails })
    });
    Ok(days.collect())
}

fn reasons(
    scope: &Scope,
    query: &CountsQuery,
    organisation: Option<i64>,
    conn: &mut Conn,
) -> Result<Vec<(MailStatus, String, i64)>> {
    let mut counted = mails::table
        .filter(mails::program_id.eq(scope.program().id))
        .filter(sql::<Bool>(UNDELIVERED))
        .filter(mails::queued_on.ge(query.period().first_day(scope)))
        .group_by((mails::status, mails::answer))
        .select((mails::status, mails::answer, count_star()))
        .order(count_star().desc())
        .limit(MOST_ANSWERS)
        .into_boxed();
    if let Some(organisation) = organisation {
        counted = counted.filter(mails::organisation_id.eq(organisation));
    }
    let answers: Vec<(MailStatus, String, i64)> = counted.kept().load(conn)?;
    let mut folded = BTreeMap::<(MailStatus, String), i64>::new();
    for (status, answer, mails) in answers {
        *folded.entry((status, reason(status, &answer))).or_default() += mails;
    }
    let mut reasons: Vec<_> =
        folded.into_iter().map(|((status, why), mails)| (status, why, mails)).collect();
    reasons.sort_by_key(|(.., mails)| std::cmp::Reverse(*mails));
    Ok(reasons)
}

/// The organisations of the program that the filters leave; a macro, because the query's type has
/// no name.
macro_rules! partners {
    ($scope:expr, $query:expr) => {{
        let query: &CountsQuery = $query;
        let mut found = enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq($scope.program().id))
            .select((
                organisations::id,
                enrolments::reference,
                organisations::name,
                enrolments::name_key,
            ))
            .into_boxed();
        if let Some(pattern) = query.pattern() {
            found = found.filter(enrolments::name_key.like(pattern).escape('\\'));
        }
        if query.shows_undelivered() {
            let undelivered = mails::table
                .filter(mails::program_id.eq($scope.program().id))
                .filter(sql::<Bool>(UNDELIVERED))
                .filter(mails::queued_on.ge(query.period().first_day($scope)))
                .select(mails::organisation_id.assume_not_null());
            found = found.filter(organisations::id.eq_any(undelivered));
        }
        found
    }};
}

impl Partner {
    fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        if !scope.is_vendor() {
            return Err(Error::NotFound);
        }
        Ok(enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq(scope.program().id))
            .filter(enrolments::reference.eq(reference))
            .select((
                organisations::id,
                enrolments::reference,
                organisations::name,
                enrolments::name_key,
            ))
            .first(conn)?)
    }

    /// A page of the program's organisations, by name.
    pub(super) fn page_of(
        scope: &Scope,
        query: &CountsQuery,
        conn: &mut Conn,
    ) -> Result<Page<Self>> {
        let cursor = query.cursor();
        let mut found = partners!(scope, query).limit(PAGE_LIMIT);
        let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
        if let Some(cursor) = cursor.clone() {
            let (key, reference) = (cursor.key, cursor.reference);
            found = if backwards {
                let before = enrolments::name_key.lt(key.clone());
                found
                    .filter(enrolments::name_key.le(key))
                    .filter(before.or(enrolments::reference.lt(reference)))
            } else {
                let after = enrolments::name_key.gt(key.clone());
                found
                    .filter(enrolments::name_key.ge(key))
                    .filter(after.or(enrolments::reference.gt(reference)))
            };
        }
        found = if backwards {
            found.order((enrolments::name_key.desc(), enrolments::reference.desc()))
        } else {
            found.order((enrolments::name_key, enrolments::reference))
        };
        let rows: Vec<Self> = found.kept().load(conn)?;
        Ok(Page::new(rows, cursor.as_ref(), |partner: &Self| {
            (partner.name_key.clone(), partner.reference.clone())
        }))
    }

    pub(super) fn all(scope: &Scope, query: &CountsQuery, conn: &mut Conn) -> Result<Vec<Self>> {
        let by_name = (enrolments::name_key, enrolments::reference);
        Ok(partners!(scope, query).order(by_name).load(conn)?)
    }
}

/// What became of the mails to each of these organisations.
pub(super) fn by_partner(
    scope: &Scope,
    query: &CountsQuery,
    partners: &[Partner],
    conn: &mut Conn,
) -> Result<BTreeMap<i64, Tally>> {
    let ids: Vec<i64> = partners.iter().map(|partner| partner.organisation_id).collect();
    let mut tallies = BTreeMap::<i64, Tally>::new();
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        let counted: Vec<(Option<i64>, MailStatus, i64)> = mails::table
            .filter(mails::program_id.eq(scope.program().id))
            .filter(mails::organisation_id.eq_any(padded(ids)))
            .filter(mails::queued_on.ge(query.period().first_day(scope)))
            .group_by((mails::organisation_id, mails::status))
            .select((mails::organisation_id, mails::status, count_star()))
            .kept()
            .load(conn)?;
        for (organisation, status, mails) in counted {
            if let Some(organisation) = organisation {
                tallies.entry(organisation).or_default().add(status, mails);
            }
        }
    }
    Ok(tallies)
}
