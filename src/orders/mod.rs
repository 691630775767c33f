//! Orders: what a vendor processed for a customer, through a reseller and perhaps a distributor.
//! They come in files (docs/import-orders.md) and leave licences behind.

mod handlers;
pub mod import;
mod pages;

use crate::audit::Action;
use crate::auth::{Seats, Who};
use crate::routes;

/// Who brings orders in: the vendor's back office, and who runs the program.
const DESK: Who = Who::Seats(Seats::BACK_OFFICE.and(Seats::PROGRAM_MANAGER));

routes! {
    Page "orders.import" GET "/p/{program}/orders/import" (DESK) => handlers::import_form;
    Action "orders.import.send" POST "/p/{program}/orders/import" (DESK) => handlers::import;
}

pub(crate) const IMPORTED: Action = Action::new("order.imported", "imported this order");

/// What can happen to an order.
pub(crate) const ACTIONS: &[&Action] = &[&IMPORTED];
