//! The demo's leads and what became of each so far, told in the order of the days.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use serde::Deserialize;

use super::content;
use super::inquiries::scope_of;
use super::organisations::Organisations;
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contacts, organisations as organisations_table};
use crate::error::{Error, Result};
use crate::leads::{self, Decision, Lead, LeadKind, NewActivity, NewLead, Receiver, Topics};
use crate::web::Site;

/// A lead and its story. Days are counted back from the day on which the demo begins: `T-12`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LeadLine {
    program: String,
    kind: String,
    company: String,
    contact_name: String,
    email: String,
    phone: String,
    country: String,
    interest: String,
    topic: String,
    source: String,
    note: String,
    language: String,
    /// The address of who entered it, and handed it out.
    by: String,
    entered: String,
    partner: String,
    assigned: String,
    recalled: String,
    /// The address of who opened it and worked on it.
    worker: String,
    opened: String,
    noted: String,
    noted_text: String,
    accepted: String,
    progressed: String,
    /// Made a deal, in the category that it is about.
    converted: String,
    /// What is to be done next, and in how many days from the demo's first: `T+3`.
    next_step: String,
    next: String,
    declined: String,
    lost: String,
    junked: String,
    closed: String,
    /// Why it was declined or ended.
    why: String,
}

/// What happened to a lead, in the order in which it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Enter,
    Assign,
    Recall,
    Open,
    Accept,
    Progress,
    Note,
    Convert,
    Decline,
    Lose,
    Junk,
    Close,
}

impl Step {
    /// What can only follow another thing comes later on its day.
    fn after(self) -> Duration {
        Duration::minutes(match self {
            Self::Enter => 0,
            Self::Assign => 60,
            Self::Recall => 120,
            Self::Open => 180,
            Self::Accept => 200,
            Self::Progress => 220,
            Self::Note => 240,
            Self::Convert => 250,
            Self::Decline | Self::Lose | Self::Junk | Self::Close => 260,
        })
    }
}

/// Of the mails that were sent then, only those of the day before the first are sent again: the
/// others are long read.
const TOLD_SINCE_DAYS: i64 = 1;

/// Tells every lead's story. Whoever gets one on the eve of the demo is told by mail.
pub(super) fn settle(
    organisations: &Organisations,
    began_on: NaiveDate,
    site: &Site,
    conn: &mut Conn,
) -> Result<()> {
    let lines = content::leads()?;
    let mut story = Story::new(organisations, began_on, site, conn)?;
    let mut steps = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        steps.extend(line.steps()?.into_iter().map(|(days, step)| (-days, step, place)));
    }
    steps.sort_unstable();
    for (days, step, place) in steps {
        story.tell(&lines[place], step, -days, place, conn)?;
    }
    Ok(())
}

impl LeadLine {
    /// What happened, with how many days before the first.
    fn steps(&self) -> Result<Vec<(i64, Step)>> {
        let cells = [
            (&self.entered, Step::Enter),
            (&self.assigned, Step::Assign),
            (&self.recalled, Step::Recall),
            (&self.opened, Step::Open),
            (&self.accepted, Step::Accept),
            (&self.progressed, Step::Progress),
            (&self.noted, Step::Note),
            (&self.converted, Step::Convert),
            (&self.declined, Step::Decline),
            (&self.lost, Step::Lose),
            (&self.junked, Step::Junk),
            (&self.closed, Step::Close),
        ];
        let told = cells.into_iter().filter(|(cell, _)| !cell.is_empty());
        told.map(|(cell, step)| {
            let days = cell.strip_prefix("T-").and_then(|days| days.parse().ok());
            let days = days.ok_or_else(|| Error::internal(format!("{cell} is no day")))?;
            Ok((days, step))
        })
        .collect()
    }

    /// What was noted, and what is to be done next.
    fn activity(&self, began_on: NaiveDate) -> Result<NewActivity> {
        let note = NewActivity::note(self.noted_text.as_str());
        let Some(days) = self.next.strip_prefix("T+") else { return Ok(note) };
        let days: i64 = days.parse().map_err(Error::internal)?;
        let next_on = Some(began_on + Duration::days(days));
        Ok(NewActivity { next_step: self.next_step.clone(), next_on, ..note })
    }

    fn new_lead(&self, topics: &Topics) -> Result<NewLead> {
        let unknown = || Error::internal(format!("{} is no topic", self.topic));
        Ok(NewLead {
            company: self.company.clone(),
            contact_name: self.contact_name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            country: self.country.clone(),
            interest: self.interest.clone(),
            topic: Some(topics.id_of(&self.topic).ok_or_else(unknown)?),
            source: self.source.clone(),
            note: self.note.clone(),
            language: self.language.clone(),
        })
    }
}

struct Someone {
    contact_id: i64,
    name: String,
    organisation: String,
}

struct Story<'a> {
    organisations: &'a Organisations,
    began_on: NaiveDate,
    site: &'a Site,
    people: HashMap<String, Someone>,
    programs: HashMap<String, (Program, Topics)>,
    /// References, by the places of the lines.
    entered: HashMap<usize, String>,
}

impl<'a> Story<'a> {
    fn new(
        organisations: &'a Organisations,
        began_on: NaiveDate,
        site: &'a Site,
        conn: &mut Conn,
    ) -> Result<Self> {
        let rows: Vec<(String, i64, String, String)> = contacts::table
            .inner_join(organisations_table::table)
            .select((contacts::email, contacts::id, contacts::name, organisations_table::name))
            .load(conn)?;
        let people = rows.into_iter().map(|(email, contact_id, name, organisation)| {
            (email, Someone { contact_id, name, organisation })
        });
        let mut programs = HashMap::new();
        for program in Program::all_unscoped(conn)? {
            let topics = Topics::of(program.id, conn)?;
            programs.insert(program.slug.clone(), (program, topics));
        }
        let (people, entered) = (people.collect(), HashMap::new());
        Ok(Self { organisations, began_on, site, people, programs, entered })
    }

    fn tell(
        &mut self,
        line: &LeadLine,
        step: Step,
        days: i64,
        place: usize,
        conn: &mut Conn,
    ) -> Result<()> {
        let own = line.kind == LeadKind::Generated.as_str();
        let works = match step {
            Step::Enter | Step::Assign | Step::Recall => false,
            Step::Close => own,
            _ => true,
        };
        let by = self.person(if works { &line.worker } else { &line.by })?;
        let (program, topics) = known(&self.programs, &line.program)?;
        let now = self.at(days, step, place);
        let site = Some(self.site).filter(|_| days <= TOLD_SINCE_DAYS);
        if step == Step::Enter {
            let new = line.new_lead(topics)?;
            let reference = if own {
                let partner = *known(self.organisations, &line.partner)?;
                leads::enter_own(program, partner, &new, by, now, conn)?
            } else {
                leads::enter(program, &new, by, now, conn)?
            };
            self.entered.insert(place, reference);
            return Ok(());
        }
        let lead = Lead::find_unscoped(program.id, known(&self.entered, &place)?, conn)?;
        let decision = Decision { program, by, site, now };
        match step {
            Step::Enter => Ok(()),
            Step::Assign => {
                let organisation_id = *known(self.organisations, &line.partner)?;
                let to = Receiver { organisation_id, name: line.partner.clone() };
                leads::assign(decision, &[lead], &to, "", conn)
            }
            Step::Recall => leads::recall(decision, &lead, "They have no capacity.", conn),
            Step::Open => leads::open(decision, &lead, conn).map(drop),
            Step::Accept => leads::accept(decision, &lead, conn),
            Step::Progress => leads::progress(decision, &lead, conn),
            Step::Note => leads::add_note(decision, &lead, &line.activity(self.began_on)?, conn),
            Step::Convert => {
                let scope = scope_of(&line.worker, &line.program, now, conn)?;
                leads::convert(decision, &scope, &lead, "", conn).map(drop)
            }
            Step::Decline => leads::decline(decision, &lead, &line.why, conn).map(drop),
            Step::Lose => leads::lose(decision, &lead, &line.why, conn),
            Step::Junk => leads::junk(decision, &lead, &line.why, conn),
            Step::Close => leads::close(decision, &lead, &line.why, conn),
        }
    }

    fn person(&self, email: &str) -> Result<By<'_>> {
        let Someone { contact_id, name, organisation } = known(&self.people, email)?;
        Ok(By::Oneself { contact_id: *contact_id, name, organisation })
    }

    /// In the morning, each thing after what it follows.
    fn at(&self, days: i64, step: Step, place: usize) -> Instant {
        let minutes = i64::try_from(place % 60).unwrap_or_default();
        let day = self.began_on - Duration::days(days);
        Instant::noon(day) - Duration::hours(5) + step.after() + Duration::minutes(minutes)
    }
}

fn known<'m, K, Q, V>(map: &'m HashMap<K, V>, key: &Q) -> Result<&'m V>
where
    K: std::hash::Hash + Eq + std::borrow::Borrow<Q>,
    Q: std::hash::Hash + Eq + std::fmt::Debug + ?Sized,
{
    map.get(key).ok_or_else(|| Error::internal(format!("{key:?} is unknown to the demo")))
}
