//! Decides every line of a file before anything is written.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::checker::{Checker, Decision};
use super::table::{Column, Line, PartnerFile};
use crate::auth::{Part, Program};
use crate::db::Conn;
use crate::db::schema::{enrolments, logins, organisations, programs};
use crate::error::Result;
use crate::onboarding::{Administrator, Joining};
use crate::partners::{Choice, Choices, EnrolmentStatus, Organisation, Terms};
use crate::sheet::Fault;
use crate::{names, reference};

/// What a file that is right would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub joining: Vec<Planned>,
    /// Lines of organisations that are enrolled already.
    pub known: usize,
}

impl Plan {
    pub fn new_organisations(&self) -> usize {
        self.joining.iter().filter(|one| matches!(one.joining, Joining::New { .. })).count()
    }

    pub fn invitations(&self) -> usize {
        self.joining.iter().filter(|one| one.administrator.is_some()).count()
    }
}

/// One organisation that would be enrolled.
#[derive(Clone, Debug)]
pub struct Planned {
    pub joining: Joining,
    pub part: Part,
    pub status: EnrolmentStatus,
    pub enrolled_on: NaiveDate,
    /// Without distributors.
    pub terms: Terms,
    pub distributors: Vec<Choice>,
    /// Folded names of distributors that the same file enrols.
    pub new_distributors: Vec<String>,
    pub administrator: Option<Administrator>,
}

/// Decides the whole file and writes nothing: the plan, or everything that is wrong.
pub fn check(
    file: &PartnerFile,
    program: &Program,
    today: NaiveDate,
    conn: &mut Conn,
) -> Result<std::result::Result<Plan, Vec<Fault>>> {
    if !file.0.faults.is_empty() {
        return Ok(Err(file.0.faults.clone()));
    }
    let known = Known::load(file, program, conn)?;
    let mut checker = Checker::new(known, program, today);
    let mut plan = Plan::default();
    for line in &file.0.lines {
        match checker.line(line) {
            Some(Decision::Enrol(planned)) => plan.joining.push(*planned),
            Some(Decision::Known) => plan.known += 1,
            None => {}
        }
    }
    Ok(if checker.faults.is_empty() { Ok(plan) } else { Err(checker.faults) })
}

type NameAndCountry = (String, String);

/// What the database knows of what the file names.
pub(super) struct Known {
    pub(super) choices: Choices,
    pub(super) enrolled: HashSet<i64>,
    pub(super) by_name: HashMap<NameAndCountry, Organisation>,
    pub(super) by_reference: HashMap<String, Organisation>,
    pub(super) signing_in: HashSet<String>,
    /// Folded names of distributors that the file itself enrols.
    pub(super) coming: HashSet<String>,
}

impl Known {
    fn load(file: &PartnerFile, program: &Program, conn: &mut Conn) -> Result<Self> {
        let cells = |column| file.0.lines.iter().map(move |line| line.cell(column));
        let references: Vec<String> =
            cells(Column::Organisation).filter_map(as_reference).collect();
        let emails: Vec<String> =
            cells(Column::AdministratorEmail).map(names::fold_email).collect();
        let mut by_reference = HashMap::new();
        for some in references.chunks(500) {
            let found: Vec<Organisation> = organisations::table
                .filter(organisations::reference.eq_any(some))
                .select(Organisation::as_select())
                .load(conn)?;
            by_reference.extend(found.into_iter().map(|one| (one.reference.clone(), one)));
        }
        let mut signing_in = HashSet::new();
        for some in emails.chunks(500) {
            let found: Vec<String> = logins::table
                .filter(logins::email_key.eq_any(some))
                .select(logins::email_key)
                .load(conn)?;
            signing_in.extend(found);
        }
        let is_distributor = |line: &&Line| line.cell(Column::Part) == Part::Distributor.as_str();
        let distributors = file.0.lines.iter().filter(is_distributor);
        Ok(Self {
            choices: Choices::of(program, conn)?,
            enrolled: enrolled_in(program, conn)?,
            by_name: known_to_vendor(program, conn)?,
            by_reference,
            signing_in,
            coming: distributors.map(|line| names::fold(line.cell(Column::Organisation))).collect(),
        })
    }
}

fn enrolled_in(program: &Program, conn: &mut Conn) -> Result<HashSet<i64>> {
    let ids: Vec<i64> = enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .select(enrolments::organisation_id)
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// Organisations of the vendor's programs, by folded name and country.
fn known_to_vendor(
    program: &Program,
    conn: &mut Conn,
) -> Result<HashMap<NameAndCountry, Organisation>> {
    let rows: Vec<(String, Organisation)> = organisations::table
        .inner_join(enrolments::table.inner_join(programs::table))
        .filter(programs::vendor_id.eq(program.vendor_id))
        .select((organisations::name_key, Organisation::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(key, one)| ((key, one.country.clone()), one)).collect())
}

/// The cell as a reference, if it looks like one.
pub(super) fn as_reference(cell: &str) -> Option<String> {
    let typed = reference::normalise(cell);
    let is_one = typed.len() == 13 && typed.starts_with("O-") && typed.as_bytes()[7] == b'-';
    is_one.then_some(typed)
}
