//! Orders: what a vendor processes for a customer, through a reseller and perhaps a distributor.
//! They come in files (docs/import-orders.md) and leave licences behind, or are placed by a reseller
//! that accepts a quote, and are with whoever quoted then.

mod export;
mod handlers;
pub mod import;
mod mail;
mod model;
mod pages;
mod placing;
mod status;

pub use model::{KIND, Order, OrderLine};
pub use placing::place;
pub use status::OrderStatus;

use crate::audit::Action;
use crate::auth::{Seats, Who};
use crate::routes;
use handlers::{import as importing, orders as placed};

/// Who brings orders in: the vendor's back office, and who runs the program.
const DESK: Who = Who::Seats(Seats::BACK_OFFICE.and(Seats::PROGRAM_MANAGER));

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const RESELLERS: Who = Who::Seats(Seats::PARTNER);

routes! {
    Page "orders.import" GET "/p/{program}/orders/import" (DESK) => importing::import_form;
    Action "orders.import.send" POST "/p/{program}/orders/import" (DESK) => importing::import;
    Page "orders" GET "/p/{program}/orders" (EVERYBODY) => placed::index;
    Download "orders_csv" GET "/p/{program}/orders.csv" (EVERYBODY) => placed::download;
    Page "order" GET "/p/{program}/orders/{order}" (EVERYBODY) => placed::show;
    Action "quote_accept" POST "/p/{program}/quotes/{quote}/acceptance" (RESELLERS)
        => placed::accept;
}

pub(crate) const IMPORTED: Action = Action::new("order.imported", "imported this order");
pub(crate) const PLACED: Action = Action::new("order.placed", "placed this order");

/// What can happen to an order.
pub(crate) const ACTIONS: &[&Action] = &[&IMPORTED, &PLACED];
