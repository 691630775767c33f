//! Programs: what a vendor's pack says, stored and effective-dated.
//!
//! A pack is imported whole or not at all, and can be imported again: it updates what it
//! describes, never duplicates, and never rewrites a policy whose day has come. The rules of a
//! day are asked of [`Rules`].

mod handlers;
mod import;
mod model;
pub mod pack;
mod pages;
mod skus;
mod stored;
mod stored_prices;
mod stored_windows;
mod words;

pub use import::{Imported, import};
pub use model::{Rules, rules_of};
pub use skus::{GrammarRow, sku_grammar_from};
pub use stored::pack_of;

use crate::audit::{Action, Subject};
use crate::auth::{Program, Seats, Who};

crate::routes! {
    Page "program" GET "/p/{program}/program" (Who::Seats(Seats::ALL)) => handlers::show;
}

pub(crate) const IMPORTED: Action = Action::new("program.imported", "imported the program's pack");

const MAINTENANCE_STATED: Action =
    Action::new("maintenance.stated", "stated this maintenance in the program's pack");
const MAINTENANCE_UNSTATED: Action =
    Action::new("maintenance.unstated", "took this maintenance out of the program's pack");

/// What can happen to a program.
pub(crate) const ACTIONS: &[&Action] = &[&IMPORTED, &MAINTENANCE_STATED, &MAINTENANCE_UNSTATED];

/// A program as history names it.
fn subject(program: &Program) -> Subject<'_> {
    Subject {
        kind: "program",
        id: program.id,
        reference: &program.slug,
        name: &program.name,
        program_id: Some(program.id),
        organisation_id: Some(program.vendor_id),
    }
}
