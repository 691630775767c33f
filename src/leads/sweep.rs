//! The night's work on partners' own leads: those that nobody works on end, and their partners are
//! warned before. What ends, its history and its mails are one transaction, so that another run goes on
//! where this one stopped and finds nothing of it to do.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::LeadStatus;
use super::actions::{CLOSED, EXPIRED, WARNED};
use super::deadline::{Deadlines, Ending, warning};
use super::model::{Lead, with_all};
use super::news::{LeadsClosed, LeadsExpired, LeadsExpiring, News};
use super::telling::{Batch, Told, tell};
use super::working::Standing;
use crate::audit::{self, Action, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{categories, leads, organisations, products};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::locale::Locale;
use crate::mail::Recipient;
use crate::maintenance::{self, Capability};
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// Leads that are looked at together.
const BATCH: i64 = 500;
/// Leads that are changed in one transaction; a partner with more has several mails.
const CHANGED: usize = 200;
const BY: By<'static> = By::Portal("Lead inactivity");
/// Why they end, in their history.
const WHY: &str = "Inactive";

pub const SWEEP: Sweep = Sweep {
    name: "leads",
    what: "ends partners' own leads that nobody works on, and warns before",
    hour: 0,
    run,
};

/// What is known of a lead before it is looked at closely.
#[derive(Queryable, Selectable)]
#[diesel(table_name = leads)]
struct Glance {
    id: i64,
    assigned_to_id: Option<i64>,
    last_activity_at: Option<Instant>,
    created_at: Instant,
    expires_on: Option<NaiveDate>,
    warned_days: Option<i32>,
}

/// What is due with a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Ends(Ending),
    /// Its partner is warned, so many days before.
    Warned(i32, NaiveDate, Ending),
    /// The day of its end is another one than was found last.
    Moved(Option<NaiveDate>),
}

impl Fate {
    fn of(
        deadlines: &Deadlines,
        day: NaiveDate,
        active_at: Instant,
        known: Option<NaiveDate>,
        warned: Option<i32>,
    ) -> Option<Self> {
        let ending = deadlines.ending(active_at);
        if let Some((end, how)) = ending {
            if end <= day {
                return Some(Self::Ends(how));
            }
            if let Some(days) = warning(day, end, warned) {
                return Some(Self::Warned(days, end, how));
            }
        }
        let end = ending.map(|(end, _)| end);
        (end != known).then_some(Self::Moved(end))
    }
}

fn run(
    program: &Program,
    day: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let due = db.read_blocking(|conn| due(program, day, now, conn))?;
    let mut done = Done::default();
    for ids in transactions(due) {
        let night = Night { program: program.clone(), site: site.clone(), day, now };
        done.add(db.write_blocking(move |conn| night.settle(&ids, conn))?);
    }
    Ok(done.outcome())
}

/// The leads that something is due with, with their partners. None while leads are stopped.
fn due(
    program: &Program,
    day: NaiveDate,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<(i64, i64)>> {
    if is_stopped(program, now, conn)? {
        return Ok(Vec::new());
    }
    let deadlines = Deadlines::of(program, conn)?;
    let (mut due, mut after) = (Vec::new(), 0);
    loop {
        let some: Vec<Glance> = leads::table
            .filter(leads::program_id.eq(program.id))
            .filter(alive())
            .filter(leads::id.gt(after))
            .order(leads::id)
            .limit(BATCH)
            .select(Glance::as_select())
            .load(conn)?;
        for one in &some {
            let active_at = one.last_activity_at.unwrap_or(one.created_at);
            let fate = Fate::of(&deadlines, day, active_at, one.expires_on, one.warned_days);
            if fate.is_some() {
                due.push((one.assigned_to_id.unwrap_or_default(), one.id));
            }
        }
        match some.last() {
            Some(last) => after = last.id,
            None => return Ok(due),
        }
    }
}

/// Written out, so that both engines see that the index of these is meant.
fn alive() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("leads.kind = 'generated' AND leads.status IN ('accepted', 'in_progress')")
}

fn is_stopped(program: &Program, now: Instant, conn: &mut Conn) -> Result<bool> {
    Ok(maintenance::current(program, conn)?.stopped(Capability::Leads, now).is_some())
}

/// What is done together: a partner's leads as far as possible.
fn transactions(mut due: Vec<(i64, i64)>) -> Vec<Vec<i64>> {
    due.sort_unstable();
    let mut batches: Vec<Vec<i64>> = Vec::new();
    for of_partner in due.chunk_by(|one, other| one.0 == other.0) {
        for some in of_partner.chunks(CHANGED) {
            match batches.last_mut() {
                Some(last) if last.len() + some.len() <= CHANGED => {
                    last.extend(some.iter().map(|(_, id)| *id));
                }
                _ => batches.push(some.iter().map(|(_, id)| *id).collect()),
            }
        }
    }
    batches
}

/// One run of the sweep.
struct Night {
    program: Program,
    site: Site,
    day: NaiveDate,
    now: Instant,
}

impl Night {
    /// Does what is due with these leads. It looks again: somebody may have worked on one, another
    /// process may have been first.
    fn settle(&self, ids: &[i64], conn: &mut Conn) -> Result<Done> {
        let mut done = Done::default();
        if is_stopped(&self.program, self.now, conn)? {
            return Ok(done);
        }
        let deadlines = Deadlines::of(&self.program, conn)?;
        let found: Vec<Lead> = with_all!()
            .filter(leads::program_id.eq(self.program.id))
            .filter(leads::id.eq_any(ids))
            .filter(alive())
            .order((leads::assigned_to_id, leads::id))
            .load(conn)?;
        let mut fates = BTreeMap::<(Fate, Option<i64>), Vec<&Lead>>::new();
        for lead in &found {
            let (known, warned) = (lead.expires_on, lead.warned_days);
            let fate = Fate::of(&deadlines, self.day, lead.active_at(), known, warned);
            if let Some(fate) = fate {
                self.store(lead, fate, conn)?;
                fates.entry((fate, lead.assigned_to_id)).or_default().push(lead);
            }
        }
        self.record(&fates, conn)?;
        self.tell(&fates, conn)?;
        for ((fate, _), of_fate) in &fates {
            done.count(*fate, of_fate.len());
        }
        Ok(done)
    }

    fn store(&self, lead: &Lead, fate: Fate, conn: &mut Conn) -> Result<()> {
        let (end, warned) = match fate {
            Fate::Ends(how) => {
                let status = match how {
                    Ending::Closed => LeadStatus::Closed,
                    Ending::Expired => LeadStatus::Expired,
                };
                return Standing::ended(lead, status, WHY).store(lead, conn);
            }
            Fate::Warned(days, end, _) => (Some(end), Some(days)),
            Fate::Moved(end) => (end, lead.warned_days),
        };
        diesel::update(leads::table.find(lead.id).filter(leads::revision.eq(lead.revision)))
            .set((leads::expires_on.eq(end), leads::warned_days.eq(warned)))
            .execute(conn)?;
        Ok(())
    }

    fn record(
        &self,
        fates: &BTreeMap<(Fate, Option<i64>), Vec<&Lead>>,
        conn: &mut Conn,
    ) -> Result<()> {
        for ((fate, partner_id), of_fate) in fates {
            match fate {
                Fate::Ends(how) => {
                    let (action, to): (&Action, LeadStatus) = match how {
                        Ending::Closed => (&CLOSED, LeadStatus::Closed),
                        Ending::Expired => (&EXPIRED, LeadStatus::Expired),
                    };
                    let lines: Vec<(Subject<'_>, Change<'_>)> = of_fate
                        .iter()
                        .map(|lead| {
                            let (from, to) = (lead.status.label(), to.label());
                            (lead.subject(*partner_id), Change { from, to, why: WHY })
                        })
                        .collect();
                    audit::record_all(BY, action, &lines, self.now, conn)?;
                }
                Fate::Warned(_, end, how) => {
                    let day = Locale::default().day(*end);
                    let why = match how {
                        Ending::Closed => format!("It is closed on {day}."),
                        Ending::Expired => format!("It expires on {day}."),
                    };
                    let change = Change { why: &why, ..Change::default() };
                    let subjects = of_fate.iter().map(|lead| lead.subject(*partner_id));
                    let lines: Vec<_> = subjects.map(|subject| (subject, change)).collect();
                    audit::record_all(BY, &WARNED, &lines, self.now, conn)?;
                }
                Fate::Moved(_) => {}
            }
        }
        Ok(())
    }

    /// One mail to each of a partner's contacts for each kind of news, however many leads it is about.
    fn tell(
        &self,
        fates: &BTreeMap<(Fate, Option<i64>), Vec<&Lead>>,
        conn: &mut Conn,
    ) -> Result<()> {
        let mut told = BTreeMap::<(Tidings, i64), (&str, Vec<Told>)>::new();
        for ((fate, partner_id), of_fate) in fates {
            let (news, ends) = match fate {
                Fate::Ends(how) => (Tidings::Ended(*how), None),
                Fate::Warned(_, end, how) => (Tidings::Expiring, Some((*end, *how))),
                Fate::Moved(_) => continue,
            };
            let Some(partner_id) = *partner_id else { continue };
            for lead in of_fate {
                let entry = told.entry((news, partner_id));
                let entry = entry.or_insert_with(|| (lead.partner_name(), Vec::new()));
                entry.1.push(Told { ends, ..Told::of_changed(lead).named(lead) });
            }
        }
        for ((news, organisation_id), (organisation, mut leads)) in told {
            leads.sort_by(|one, other| {
                (one.ends, &one.name, &one.reference).cmp(&(
                    other.ends,
                    &other.name,
                    &other.reference,
                ))
            });
            self.tell_one(news, &Batch { organisation_id, organisation, leads: &leads }, conn)?;
        }
        Ok(())
    }

    fn tell_one(&self, news: Tidings, batch: &Batch<'_>, conn: &mut Conn) -> Result<()> {
        let (program, site, now) = (&self.program, &self.site, self.now);
        let (partner, leads) = (batch.organisation, batch.leads);
        match news {
            Tidings::Ended(how) => {
                let made = |to: &Recipient| News::ended(program, partner, to, leads, how);
                match how {
                    Ending::Closed => {
                        tell(program, batch, "", |to| LeadsClosed(made(to)), site, now, conn)
                    }
                    Ending::Expired => {
                        tell(program, batch, "", |to| LeadsExpired(made(to)), site, now, conn)
                    }
                }
            }
            Tidings::Expiring => {
                let made =
                    |to: &Recipient| LeadsExpiring(News::expiring(program, partner, to, leads));
                // A lead is not changed by a warning, and there may be two of them.
                let day = format!(":{}", self.day);
                tell(program, batch, &day, made, site, now, conn)
            }
        }
    }
}

/// What one mail is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tidings {
    Ended(Ending),
    Expiring,
}

/// What was done so far.
#[derive(Clone, Copy, Default)]
struct Done {
    expired: usize,
    closed: usize,
    warned: usize,
    moved: usize,
}

impl Done {
    fn count(&mut self, fate: Fate, leads: usize) {
        match fate {
            Fate::Ends(Ending::Expired) => self.expired += leads,
            Fate::Ends(Ending::Closed) => self.closed += leads,
            Fate::Warned(..) => self.warned += leads,
            Fate::Moved(_) => self.moved += leads,
        }
    }

    fn add(&mut self, other: Self) {
        self.expired += other.expired;
        self.closed += other.closed;
        self.warned += other.warned;
        self.moved += other.moved;
    }

    fn outcome(self) -> SweepOutcome {
        let Self { expired, closed, warned, moved } = self;
        let text =
            format!("{expired} leads expired, {closed} closed, {warned} warned of, {moved} dated");
        SweepOutcome::new(expired + closed + warned + moved, text)
    }
}
