//! Decides every line of a file before anything is written.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::table::{Column, LeadFile, Line};
use crate::auth::{Part, Program};
use crate::clock::Instant;
use crate::db::schema::{enrolments, leads, organisations};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::leads::assignment::Receiver;
use crate::leads::distribution::Distribution;
use crate::leads::fields::{NewLead, Typed};
use crate::leads::topics::{TopicId, Topics};
use crate::names;
use crate::partners::EnrolmentStatus;
use crate::sheet::Fault;
use crate::web::Fields;

const LONGEST_ID: usize = 80;

/// What a file that is right would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub new: Vec<Planned>,
    /// Leads that were imported before.
    pub known: usize,
}

impl Plan {
    /// Whether the file itself names partners.
    pub fn names_partners(&self) -> bool {
        self.new.iter().any(|one| one.partner.is_some() && !one.by_itself)
    }

    pub fn assigned(&self) -> usize {
        self.new.iter().filter(|one| one.partner.is_some()).count()
    }

    /// Partners that would be told.
    pub fn partners(&self) -> usize {
        let ids = self.new.iter().filter_map(|one| one.partner.as_ref());
        ids.map(|partner| partner.organisation_id).collect::<HashSet<_>>().len()
    }
}

/// A lead that would be entered.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its line of the file.
    pub line: u64,
    pub external_id: String,
    pub lead: NewLead,
    /// The name of what it is about; may be empty.
    pub topic: String,
    /// Who would get it at once.
    pub partner: Option<Receiver>,
    /// Whether that is the first of the ranking, because the line names nobody.
    pub by_itself: bool,
}

/// Decides the whole file and writes nothing: the plan, or everything that is wrong.
pub fn check(
    file: &LeadFile,
    program: &Program,
    now: Instant,
    conn: &mut Conn,
) -> Result<std::result::Result<Plan, Vec<Fault>>> {
    let sheet = &file.0;
    if !sheet.faults.is_empty() {
        return Ok(Err(sheet.faults.clone()));
    }
    let mut checker = Checker {
        known: known_ids(&sheet.lines, program, conn)?,
        partners: partners(&sheet.lines, program, conn)?,
        topics: Topics::of(program.id, conn)?,
        program,
        seen: HashMap::new(),
        faults: Vec::new(),
    };
    let mut plan = Plan::default();
    for line in &sheet.lines {
        let id = checker.external_id(line);
        if id.as_ref().is_some_and(|id| checker.known.contains(id)) {
            plan.known += 1;
        } else {
            plan.new.extend(checker.line(line, id));
        }
    }
    if !checker.faults.is_empty() {
        return Ok(Err(checker.faults));
    }
    distribute(&mut plan, program, now, conn)?;
    Ok(Ok(plan))
}

/// Leads for which the file names nobody go to the first of the ranking, where the policy says so.
fn distribute(plan: &mut Plan, program: &Program, now: Instant, conn: &mut Conn) -> Result<()> {
    let Some(mut distribution) = Distribution::of(program, now, conn)? else { return Ok(()) };
    for planned in plan.new.iter_mut().filter(|one| one.partner.is_none()) {
        planned.partner = distribution.next_for(&planned.lead, conn)?;
        planned.by_itself = planned.partner.is_some();
    }
    Ok(())
}

/// The numbers of the file that the program has already.
fn known_ids(lines: &[Line], program: &Program, conn: &mut Conn) -> Result<HashSet<String>> {
    let ids: Vec<&str> = lines.iter().map(|line| line.cell(Column::ExternalId)).collect();
    let mut known = HashSet::new();
    for some in ids.chunks(db::ROWS_PER_STATEMENT) {
        let found: Vec<Option<String>> = leads::table
            .filter(leads::program_id.eq(program.id))
            .filter(leads::external_id.eq_any(some))
            .select(leads::external_id)
            .load(conn)?;
        known.extend(found.into_iter().flatten());
    }
    Ok(known)
}

/// A partner that the file may mean: the reference of its enrolment, the folded name, and whether
/// its enrolment is active.
#[derive(Clone, Debug, Queryable)]
struct Partner {
    reference: String,
    name_key: String,
    status: EnrolmentStatus,
    receiver: Receiver,
}

fn partners(lines: &[Line], program: &Program, conn: &mut Conn) -> Result<Vec<Partner>> {
    let cells: HashSet<&str> = lines.iter().map(|line| line.cell(Column::Partner)).collect();
    let cells: Vec<&str> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    let mut found = Vec::new();
    for some in cells.chunks(db::ROWS_PER_STATEMENT) {
        let keys: Vec<String> = some.iter().map(|cell| names::fold(cell)).collect();
        let named = enrolments::name_key.eq_any(keys).or(enrolments::reference.eq_any(some));
        let rows: Vec<Partner> = enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq(program.id))
            .filter(enrolments::part.eq(Part::Partner))
            .filter(named)
            .select((
                enrolments::reference,
                enrolments::name_key,
                enrolments::status,
                (organisations::id, organisations::name),
            ))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

struct Checker<'a> {
    known: HashSet<String>,
    partners: Vec<Partner>,
    topics: Topics,
    program: &'a Program,
    /// On which line a number stands.
    seen: HashMap<String, u64>,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn refuse(
        &mut self,
        line: &Line,
        column: Column,
        reason: impl Into<String>,
        right: impl Into<String>,
    ) {
        self.faults.push(line.fault(column, reason, right));
    }

    /// The line's number, if it has one of its own.
    fn external_id(&mut self, line: &Line) -> Option<String> {
        let column = Column::ExternalId;
        let id = line.cell(column);
        if id.is_empty() || id.chars().count() > LONGEST_ID || id.chars().any(char::is_control) {
            let right =
                format!("Write the lead's number in your system, at most {LONGEST_ID} letters.");
            self.refuse(line, column, "This is not a number of a lead.", right);
            return None;
        }
        if let Some(first) = self.seen.insert(id.to_owned(), line.number) {
            let reason = format!("Line {first} has the same number.");
            self.refuse(line, column, reason, "Keep one line for each lead.");
            return None;
        }
        Some(id.to_owned())
    }

    /// What a line asks for; nothing where it has faults, which are kept.
    fn line(&mut self, line: &Line, external_id: Option<String>) -> Option<Planned> {
        let before = self.faults.len();
        let topic = self.topic(line);
        let lead = self.lead(line, topic);
        let partner = self.partner(line);
        if self.faults.len() > before {
            return None;
        }
        Some(Planned {
            line: line.number,
            external_id: external_id?,
            topic: self.topics.name_of(topic).to_owned(),
            lead: lead?,
            partner,
            by_itself: false,
        })
    }

    fn lead(&mut self, line: &Line, topic: Option<TopicId>) -> Option<NewLead> {
        let typed = Typed {
            company: line.cell(Column::Company),
            contact_name: line.cell(Column::ContactName),
            email: line.cell(Column::Email),
            phone: line.cell(Column::Phone),
            country: line.cell(Column::Country),
            interest: line.cell(Column::Interest),
            source: line.cell(Column::Source),
            note: line.cell(Column::Note),
            language: line.cell(Column::Language),
        };
        let mut fields = Fields::default();
        let lead = typed.read(topic, &mut fields);
        match fields.finish(|| Some(lead)) {
            Ok(lead) => Some(lead),
            Err(Error::Invalid(errors)) => {
                for error in errors.list() {
                    let column = Column::ALL.iter().find(|one| one.name() == error.field);
                    let column = column.copied().unwrap_or(Column::Company);
                    self.refuse(line, column, "This is not right.", error.text.clone());
                }
                None
            }
            Err(_) => None,
        }
    }

    fn topic(&mut self, line: &Line) -> Option<TopicId> {
        let (product, category) = (line.cell(Column::Product), line.cell(Column::Category));
        if product.is_empty() && category.is_empty() {
            return None;
        }
        // A product says more, and brings its category along.
        let (column, found) = if product.is_empty() {
            (Column::Category, self.topics.category(category))
        } else {
            (Column::Product, self.topics.product(product))
        };
        if found.is_none() {
            let right = "Write a code or an exact name of the program's, or nothing.";
            let reason = format!("{} has no such {}.", self.program.name, column.name());
            self.refuse(line, column, reason, right);
        }
        found
    }

    fn partner(&mut self, line: &Line) -> Option<Receiver> {
        let cell = line.cell(Column::Partner);
        if cell.is_empty() {
            return None;
        }
        let key = names::fold(cell);
        let meant: Vec<&Partner> = self
            .partners
            .iter()
            .filter(|one| one.reference == cell || one.name_key == key)
            .collect();
        let active = |one: &&&Partner| one.status == EnrolmentStatus::Active;
        let able: Vec<&Partner> = meant.iter().filter(active).copied().collect();
        match able.as_slice() {
            [only] => return Some(only.receiver.clone()),
            [] if meant.is_empty() => {
                let reason =
                    format!("No partner of this name is enrolled in {}.", self.program.name);
                let right = "Write the partner's exact name or its reference, or nothing.";
                self.refuse(line, Column::Partner, reason, right);
            }
            [] => {
                let reason = "This partner's enrolment is not active.";
                self.refuse(line, Column::Partner, reason, "Name another partner, or nobody.");
            }
            several => {
                let known: Vec<&str> = several.iter().map(|one| one.reference.as_str()).collect();
                let right = format!("Write the reference of one: {}.", known.join(", "));
                let reason = "Several partners have this name.";
                self.refuse(line, Column::Partner, reason, right);
            }
        }
        None
    }
}
