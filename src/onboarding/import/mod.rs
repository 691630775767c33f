//! Partners from a file (docs/import-partners.md): all of it or nothing.
//!
//! A line enrols an organisation that is not enrolled yet. One that is enrolled already is left
//! exactly as it is, so the same file can be sent again: what was decided in the browser since
//! stays.

mod check;
mod checker;
mod table;

pub use check::{Plan, check};
pub use table::{Column, MOST_LINES, PartnerFile};

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Onboard, onboard};
use crate::audit::By;
use crate::auth::{Part, Program};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::names;
use crate::partners::{Choice, Terms};
use crate::sheet::Fault;
use crate::web::Site;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub enrolled: usize,
    /// Were enrolled already and left alone.
    pub known: usize,
}

impl Imported {
    pub fn sentence(self) -> String {
        let enrolled = match self.enrolled {
            0 => "Nothing to import".to_owned(),
            1 => "1 organisation was enrolled".to_owned(),
            many => format!("{many} organisations were enrolled"),
        };
        match self.known {
            0 => format!("{enrolled}."),
            known => format!("{enrolled}; {known} were enrolled already and left as they are."),
        }
    }
}

/// Checks a file and enrols whom it names, or gives everything that is wrong with it.
pub fn import(
    file: &PartnerFile,
    program: &Program,
    today: NaiveDate,
    by: By<'_>,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<std::result::Result<Imported, Vec<Fault>>> {
    let plan = match check(file, program, today, conn)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    // An invitation is limited by person; a file is one decision and limited by its lines.
    let name = by.name();
    let by_file = By::Portal(&name);
    let mut sellers: HashMap<String, Choice> = HashMap::new();
    let mut joining = plan.joining;
    // Those from whom others buy come first.
    joining.sort_by_key(|one| one.part != Part::Distributor);
    for planned in &joining {
        let mut distributors = planned.distributors.clone();
        distributors
            .extend(planned.new_distributors.iter().filter_map(|key| sellers.get(key).cloned()));
        let command = Onboard {
            joining: planned.joining.clone(),
            part: planned.part,
            status: planned.status,
            enrolled_on: planned.enrolled_on,
            terms: Terms { distributors, ..planned.terms.clone() },
            administrator: planned.administrator.clone(),
        };
        let (id, reference) = onboard(by_file, program, &command, site, now, conn)?;
        let name = planned.joining.name();
        let seller = Choice { id, value: reference, label: name.to_owned(), email: String::new() };
        sellers.insert(names::fold(name), seller);
    }
    Ok(Ok(Imported { enrolled: joining.len(), known: plan.known }))
}
