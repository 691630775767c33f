//! The nightly renewal notices: each contact gets at most one renewal mail a day for a program,
//! with every line that has reached a rung which the contact was not told of.
//!
//! The recipients are the reseller's: a distributor serves the order, but the licence's customer
//! is the reseller's. A line that comes in after today's mail is told tomorrow. A mail, its
//! notices and the licences' history are one transaction, so that a crash leaves all or nothing
//! of an organisation, and another run goes on where this one stopped.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::TOLD;
use super::due::{Notices, Telling};
use super::mail::RenewalsDue;
use super::model::{EndingLine, ending_lines};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::schema::{enrolments, renewal_notices};
use crate::db::{self, Conn, Db};
use crate::error::Result;
use crate::licences::line_name;
use crate::locale::Locale;
use crate::mail::{self, Letter};
use crate::sweep::SweepOutcome;
use crate::web::Site;

/// Partners that are looked at together.
const PARTNERS: i64 = 200;
/// Notices written in one transaction; an organisation with more has one of its own.
const NOTICES: usize = 500;
const BY: By<'static> = By::Portal("Renewal notices");

/// Queues the renewal mails of a day. Run again for the same day it finds nothing to do.
pub fn sweep(
    program: &Program,
    day: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let notices = db.read_blocking(|conn| Notices::on(program, day, conn))?;
    let run = Run { notices: Arc::new(notices), site: site.clone(), now };
    let mut told = Told::default();
    let mut after = None;
    loop {
        let (partners, untold) = db.read_blocking(|conn| {
            let partners = active_partners(program, after.as_ref(), conn)?;
            let ids: Vec<i64> = partners.iter().map(|partner| partner.0).collect();
            let untold = run.notices.untold(&ids, conn)?;
            Ok((partners, untold))
        })?;
        for organisations in batches(&untold) {
            let run = run.clone();
            told.add(db.write_blocking(move |conn| run.tell(&organisations, conn))?);
        }
        match partners.into_iter().next_back() {
            Some((_, name_key, reference)) => after = Some((name_key, reference)),
            None => return Ok(told.outcome()),
        }
    }
}

/// Where the list of partners goes on: name and reference of the last one seen.
type After = (String, String);

/// The next organisations that take part in the program, in the order of their names.
fn active_partners(
    program: &Program,
    after: Option<&After>,
    conn: &mut Conn,
) -> Result<Vec<(i64, String, String)>> {
    let mut query = enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .filter(enrolments::status.eq("active"))
        .order((enrolments::name_key, enrolments::reference))
        .select((enrolments::organisation_id, enrolments::name_key, enrolments::reference))
        .limit(PARTNERS)
        .into_boxed();
    if let Some((name_key, reference)) = after {
        query = query
            .filter(enrolments::name_key.ge(name_key))
            .filter(enrolments::name_key.gt(name_key).or(enrolments::reference.gt(reference)));
    }
    Ok(query.load(conn)?)
}

/// The organisations, a transaction's worth at a time.
fn batches(untold: &[Telling]) -> Vec<Vec<i64>> {
    let mut batches: Vec<Vec<i64>> = Vec::new();
    let mut room = 0;
    for of_organisation in untold.chunk_by(|a, b| a.organisation_id == b.organisation_id) {
        let notices = of_organisation.iter().map(|one| one.lines.len()).sum();
        if notices > room || batches.is_empty() {
            batches.push(Vec::new());
            room = NOTICES;
        }
        room = room.saturating_sub(notices);
        if let (Some(batch), Some(telling)) = (batches.last_mut(), of_organisation.first()) {
            batch.push(telling.organisation_id);
        }
    }
    batches
}

/// What one run of the sweep goes by.
#[derive(Clone)]
struct Run {
    notices: Arc<Notices>,
    site: Site,
    now: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = renewal_notices)]
struct NewNotice {
    licence_id: i64,
    contact_id: i64,
    rung: i32,
    told_on: NaiveDate,
    mail_id: i64,
}

impl Run {
    /// Tells these organisations what they were not told. It asks again what that is: another
    /// process may have been first, a role may have moved, a line may have been renewed.
    fn tell(&self, organisations: &[i64], conn: &mut Conn) -> Result<Told> {
        let mut told = Told::default();
        for telling in self.notices.untold(organisations, conn)? {
            told.add(self.tell_contact(&telling, conn)?);
        }
        Ok(told)
    }

    /// One mail, unless this contact has had today's already.
    fn tell_contact(&self, telling: &Telling, conn: &mut Conn) -> Result<Told> {
        let program = &self.notices.program;
        let lines = ending_lines(&telling.lines, conn)?;
        let message = RenewalsDue::new(&self.notices, &telling.to.recipient, &lines);
        let letter = Letter {
            to: &telling.to.recipient,
            program: Some(program),
            organisation_id: telling.organisation_id,
            reason: telling.to.reason.clone(),
            key: &format!("{}:{}", program.slug, self.notices.day),
            message: &message,
        };
        let Some(mail_id) = mail::queue(&letter, &self.site, self.now, conn)? else {
            return Ok(Told::default());
        };
        let rows: Vec<NewNotice> = lines
            .iter()
            .map(|line| NewNotice {
                licence_id: line.id,
                contact_id: telling.to.recipient.contact_id,
                rung: line.rung.days_before_end().into(),
                told_on: self.notices.day,
                mail_id,
            })
            .collect();
        db::insert_all!(conn, renewal_notices::table, rows);
        self.record(telling, &lines, conn)?;
        Ok(Told { mails: 1, licences: lines.len() })
    }

    /// A line in each licence's history: who was told, and how near the end was.
    fn record(&self, telling: &Telling, lines: &[EndingLine], conn: &mut Conn) -> Result<()> {
        let words: Vec<(String, String)> = lines
            .iter()
            .map(|line| {
                let end = line.end(self.notices.day);
                (line_name(&line.product, &line.customer), end.sentence(Locale::default()))
            })
            .collect();
        let subjects: Vec<(Subject<'_>, Change<'_>)> = lines
            .iter()
            .zip(&words)
            .map(|(line, (name, why))| {
                let subject = Subject {
                    kind: "licence",
                    id: line.id,
                    reference: &line.reference,
                    name,
                    program_id: Some(self.notices.program.id),
                    organisation_id: Some(telling.organisation_id),
                };
                let change = Change { to: &telling.to.recipient.name, why, ..Change::default() };
                (subject, change)
            })
            .collect();
        audit::record_all(BY, &TOLD, &subjects, self.now, conn)
    }
}

/// What was told so far.
#[derive(Clone, Copy, Default)]
struct Told {
    mails: usize,
    licences: usize,
}

impl Told {
    fn add(&mut self, other: Self) {
        self.mails += other.mails;
        self.licences += other.licences;
    }

    fn outcome(self) -> SweepOutcome {
        let count = |number: usize, one: &str| match number {
            1 => format!("1 {one}"),
            _ => format!("{number} {one}s"),
        };
        let text = match self.mails {
            0 => "nobody had to be told anything new".to_owned(),
            _ => format!(
                "{} queued with {}",
                count(self.mails, "renewal mail"),
                count(self.licences, "notice"),
            ),
        };
        SweepOutcome::new(self.mails, text)
    }
}
