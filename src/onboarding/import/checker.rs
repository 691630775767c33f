//! One line after the other: what it says, or what is wrong with it and what would be right.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;

use super::check::{Known, Planned, as_reference};
use super::table::{Column, Line};
use crate::auth::{Part, Program};
use crate::names;
use crate::onboarding::{Administrator, Joining};
use crate::partners::{Choice, EnrolmentStatus, Terms, chosen};
use crate::programs::pack::is_country;
use crate::sheet::Fault;
use crate::web::Fields;

const LONGEST_NAME: usize = 120;

pub(super) enum Decision {
    Enrol(Box<Planned>),
    /// Enrolled already.
    Known,
}

pub(super) struct Checker<'a> {
    known: Known,
    program: &'a Program,
    today: NaiveDate,
    pub(super) faults: Vec<Fault>,
    /// What earlier lines named.
    organisations: HashSet<String>,
    emails: HashSet<String>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(known: Known, program: &'a Program, today: NaiveDate) -> Self {
        Self {
            known,
            program,
            today,
            faults: Vec::new(),
            organisations: HashSet::new(),
            emails: HashSet::new(),
        }
    }

    /// What a line asks for; nothing where it has faults, which are kept.
    pub(super) fn line(&mut self, line: &Line) -> Option<Decision> {
        let faults_before = self.faults.len();
        let joining = self.joining(line)?;
        if let Joining::Existing(organisation) = &joining
            && self.known.enrolled.contains(&organisation.id)
        {
            return Some(Decision::Known);
        }
        let part = self.word::<Part>(line, Column::Part, None);
        let status = self.word(line, Column::Status, Some(EnrolmentStatus::Active));
        let enrolled_on = self.day(line);
        let types = self.types(line);
        let tier = self.one_of(line, Column::Tier);
        let cam = self.one_of(line, Column::CamEmail);
        let currency = self.currency(line);
        let (distributors, new_distributors) = self.distributors(line);
        let administrator = self.administrator(line);
        let part = part?;
        self.fits_part(line, part);
        if self.faults.len() > faults_before {
            return None;
        }
        Some(Decision::Enrol(Box::new(Planned {
            joining,
            part,
            status: status?,
            enrolled_on: enrolled_on?,
            terms: Terms { types, tier, cam, distributors: Vec::new(), currency },
            distributors,
            new_distributors,
            administrator,
        })))
    }

    fn refuse(
        &mut self,
        line: &Line,
        column: Column,
        reason: impl Into<String>,
        right: impl Into<String>,
    ) {
        self.faults.push(line.fault(column, reason, right));
    }

    fn joining(&mut self, line: &Line) -> Option<Joining> {
        let name = line.cell(Column::Organisation);
        let country = line.cell(Column::Country).to_uppercase();
        if let Some(reference) = as_reference(name) {
            return self.by_reference(line, &reference);
        }
        if names::fold(name).is_empty() || name.chars().count() > LONGEST_NAME {
            let right = format!("Write its name, at most {LONGEST_NAME} characters.");
            self.refuse(line, Column::Organisation, "This is not a name.", right);
            return None;
        }
        if !is_country(&country) {
            let right = "Write two letters of ISO 3166-1, such as BE.";
            self.refuse(line, Column::Country, "This is not a country.", right);
            return None;
        }
        let key = (names::fold(name), country.clone());
        self.once(line, &format!("{}, {country}", key.0))?;
        Some(match self.known.by_name.get(&key) {
            Some(known) => Joining::Existing(known.clone()),
            None => Joining::New { name: name.to_owned(), country },
        })
    }

    fn by_reference(&mut self, line: &Line, reference: &str) -> Option<Joining> {
        let Some(found) = self.known.by_reference.get(reference).cloned() else {
            let right = "Ask the organisation for its reference, or write its name.";
            self.refuse(line, Column::Organisation, "No organisation has this reference.", right);
            return None;
        };
        if found.id == self.program.vendor_id {
            let right = "Remove the line.";
            self.refuse(line, Column::Organisation, "This is the program's own vendor.", right);
            return None;
        }
        self.once(line, &format!("{}, {}", names::fold(&found.name), found.country))?;
        Some(Joining::Existing(found))
    }

    fn once(&mut self, line: &Line, key: &str) -> Option<()> {
        if self.organisations.insert(key.to_owned()) {
            return Some(());
        }
        let reason = "An earlier line names this organisation.";
        self.refuse(line, Column::Organisation, reason, "Keep one line for each organisation.");
        None
    }

    fn word<T: FromStr + Copy>(
        &mut self,
        line: &Line,
        column: Column,
        empty: Option<T>,
    ) -> Option<T>
    where
        T::Err: Display,
    {
        let cell = line.cell(column);
        if cell.is_empty() && empty.is_some() {
            return empty;
        }
        match cell.parse() {
            Ok(word) => Some(word),
            Err(fault) => {
                let said = fault.to_string();
                let known = said.rsplit(" is not one of ").next().unwrap_or_default();
                let right = format!("Write one of: {known}.");
                self.refuse(line, column, "This word is not known.", right);
                None
            }
        }
    }

    fn day(&mut self, line: &Line) -> Option<NaiveDate> {
        let cell = line.cell(Column::EnrolledOn);
        if cell.is_empty() {
            return Some(self.today);
        }
        let day = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok();
        match day {
            None => {
                let right = "Write year, month and day, such as 2024-05-06.";
                self.refuse(line, Column::EnrolledOn, "This is not a date.", right);
            }
            Some(day) if day > self.today => {
                let right = format!("Write a day up to {}.", self.today);
                self.refuse(line, Column::EnrolledOn, "This day is still to come.", right);
            }
            Some(_) => {}
        }
        day
    }

    fn currency(&mut self, line: &Line) -> String {
        let code = line.cell(Column::Currency).to_uppercase();
        if code.is_empty() {
            return self.program.currency.clone();
        }
        if iso_currency::Currency::from_code(&code).is_none() {
            let right = "Write three letters of ISO 4217, such as EUR.";
            self.refuse(line, Column::Currency, "This is not a currency.", right);
        }
        code
    }

    /// A tier by its key, or an account manager by the address.
    fn one_of(&mut self, line: &Line, column: Column) -> Option<Choice> {
        let cell = line.cell(column);
        if cell.is_empty() {
            return None;
        }
        let (list, found) = match column {
            Column::Tier => {
                let tiers = &self.known.choices.tiers;
                (tiers.iter().map(|one| one.value.clone()).collect(), chosen(tiers, cell).cloned())
            }
            _ => {
                let key = names::fold_email(cell);
                let cams = &self.known.choices.cams;
                let found = cams.iter().find(|one| names::fold_email(&one.email) == key);
                (cams.iter().map(|one| one.email.clone()).collect::<Vec<_>>(), found.cloned())
            }
        };
        if found.is_none() {
            let right = match list.is_empty() {
                true => "Leave the cell empty: the program has none.".to_owned(),
                false => format!("Write one of: {}.", list.join(", ")),
            };
            self.refuse(line, column, "The program does not have this.", right);
        }
        found
    }

    fn types(&mut self, line: &Line) -> Vec<Choice> {
        let mut types = Vec::new();
        for key in parts_of(line.cell(Column::Types)) {
            match chosen(&self.known.choices.types, key).cloned() {
                Some(found) if types.contains(&found) => {}
                Some(found) => types.push(found),
                None => {
                    let known: Vec<&str> =
                        self.known.choices.types.iter().map(|one| one.value.as_str()).collect();
                    let right = format!("Write one or more of: {}.", known.join("; "));
                    let reason = format!("The program has no partner type {key}.");
                    self.refuse(line, Column::Types, reason, right);
                }
            }
        }
        types
    }

    /// Distributors of the program, and the folded names of those that the file itself enrols.
    fn distributors(&mut self, line: &Line) -> (Vec<Choice>, Vec<String>) {
        let (mut found, mut coming) = (Vec::new(), Vec::new());
        for cell in parts_of(line.cell(Column::Distributors)) {
            let key = names::fold(cell);
            let known = &self.known.choices.distributors;
            let here = known.iter().find(|one| one.value == cell || names::fold(&one.label) == key);
            match here {
                Some(here) if found.contains(here) => {}
                Some(here) => found.push(here.clone()),
                None if self.known.coming.contains(&key) => {
                    if !coming.contains(&key) {
                        coming.push(key);
                    }
                }
                None => {
                    let reason = format!("{cell} is not a distributor of the program.");
                    let right = "Write the name of an enrolled distributor, or add a line for it.";
                    self.refuse(line, Column::Distributors, reason, right);
                }
            }
        }
        (found, coming)
    }

    fn administrator(&mut self, line: &Line) -> Option<Administrator> {
        let name = line.cell(Column::AdministratorName);
        let email = line.cell(Column::AdministratorEmail);
        if name.is_empty() && email.is_empty() {
            return None;
        }
        let mut fields = Fields::default();
        let name = fields.required("administrator_name", "A name", name, LONGEST_NAME);
        let email = fields.email("administrator_email", email);
        if let Err(crate::error::Error::Invalid(errors)) = fields.finish(|| Some(())) {
            for error in errors.list() {
                let column = match error.field {
                    "administrator_name" => Column::AdministratorName,
                    _ => Column::AdministratorEmail,
                };
                self.refuse(line, column, "This is not complete.", error.text.clone());
            }
            return None;
        }
        let key = names::fold_email(&email);
        if self.known.signing_in.contains(&key) || !self.emails.insert(key) {
            let right = "Write another address, or leave both cells empty.";
            let column = Column::AdministratorEmail;
            self.refuse(line, column, "This address is in use already.", right);
        }
        Some(Administrator { name, email })
    }

    /// Partners have types; distributors have neither types nor tier nor distributors.
    fn fits_part(&mut self, line: &Line, part: Part) {
        if part == Part::Partner {
            if line.cell(Column::Types).is_empty() {
                let known: Vec<&str> =
                    self.known.choices.types.iter().map(|one| one.value.as_str()).collect();
                let right = format!("Write one or more of: {}.", known.join("; "));
                self.refuse(line, Column::Types, "A partner has at least one type.", right);
            }
            return;
        }
        for column in [Column::Types, Column::Tier, Column::Distributors] {
            if !line.cell(column).is_empty() {
                self.refuse(line, column, "A distributor has none.", "Leave the cell empty.");
            }
        }
    }
}

/// The values of a cell that holds several.
fn parts_of(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty())
}
