//! Orders: what a vendor processes for a customer, through a reseller and perhaps a distributor.
//!
//! `placed → released → processed | refused`, `held` in between, and `cancelled` before processing. A
//! reseller places one by accepting a quote, and whoever quoted releases it; the vendor's back office
//! enters others, released already ([`entry`]), or brings in files of what was released or processed elsewhere
//! (docs/import-orders.md). Processing makes licences of all lines or refuses the whole order
//! ([`processing`]); maintenance holds what was released ([`due`]). Distributors' prices are hidden
//! from the vendor where an order is read ([`model`]).

mod correcting;
mod due;
mod entry;
mod export;
mod forms;
mod handlers;
pub mod import;
mod mail;
mod model;
mod pages;
mod placing;
mod processing;
pub mod rules;
mod status;
mod steps;
mod telling;
mod verbs;

pub use due::SWEEP;
pub use model::{KIND, Order, OrderLine, held_by};
pub use placing::place;
pub use processing::{Outcome, Processor};
pub use status::{Hold, OrderStatus};
pub use verbs::{cancel, hold, release};

use crate::audit::Action;
use crate::auth::{Seats, Who};
use crate::routes;
use handlers::{entry as entering, import as importing, orders as placed, steps as stepping};

/// Who brings orders in and processes them: the vendor's back office, and who runs the program.
pub(crate) const AT_DESK: Seats = Seats::BACK_OFFICE.and(Seats::PROGRAM_MANAGER);
const DESK: Who = Who::Seats(AT_DESK);
const EVERYBODY: Who = Who::Seats(Seats::ALL);
const RESELLERS: Who = Who::Seats(Seats::PARTNER);
/// Distributors, and the vendor for orders that come to it directly.
const RELEASING: Who = Who::Seats(Seats::DISTRIBUTOR.and(AT_DESK));
const PARTIES: Who = Who::Seats(Seats::CHANNEL.and(AT_DESK));

routes! {
    Page "orders.import" GET "/p/{program}/orders/import" (DESK) => importing::import_form;
    Action "orders.import.send" POST "/p/{program}/orders/import" (DESK) => importing::import;
    Page "order_new" GET "/p/{program}/orders/new" (DESK) => entering::new;
    Action "order_enter" POST "/p/{program}/orders/new" (DESK) => entering::enter;
    Page "orders" GET "/p/{program}/orders" (EVERYBODY) => placed::index;
    Download "orders_csv" GET "/p/{program}/orders.csv" (EVERYBODY) => placed::download;
    Action "orders_process" POST "/p/{program}/orders/processing" (DESK) => stepping::process_many;
    Page "order" GET "/p/{program}/orders/{order}" (EVERYBODY) => placed::show;
    Action "order_release" POST "/p/{program}/orders/{order}/release" (RELEASING)
        => stepping::release;
    Action "order_process" POST "/p/{program}/orders/{order}/processing" (DESK)
        => stepping::process;
    Action "order_hold" POST "/p/{program}/orders/{order}/hold" (DESK) => stepping::hold;
    Action "order_resume" POST "/p/{program}/orders/{order}/resumption" (DESK)
        => stepping::resume;
    Action "order_cancel" POST "/p/{program}/orders/{order}/cancellation" (PARTIES)
        => stepping::cancel;
    Action "order_correct" POST "/p/{program}/orders/{order}/correction" (RELEASING)
        => stepping::correct;
    Action "quote_accept" POST "/p/{program}/quotes/{quote}/acceptance" (RESELLERS)
        => placed::accept;
}

pub(crate) const IMPORTED: Action = Action::new("order.imported", "imported this order");
pub(crate) const PLACED: Action = Action::new("order.placed", "placed this order");
pub(crate) const RELEASED: Action =
    Action::new("order.released", "released this order to the vendor");
pub(crate) const HELD: Action = Action::new("order.held", "held this order");
pub(crate) const RESUMED: Action = Action::new("order.resumed", "let this order go on");
pub(crate) const PROCESSED: Action = Action::new("order.processed", "processed this order");
pub(crate) const REFUSED: Action = Action::new("order.refused", "refused this order");
pub(crate) const CANCELLED: Action = Action::new("order.cancelled", "cancelled this order");
pub(crate) const CORRECTED: Action =
    Action::new("order.corrected", "placed this order in place of a refused one");

/// What can happen to an order.
pub(crate) const ACTIONS: &[&Action] =
    &[&IMPORTED, &PLACED, &RELEASED, &HELD, &RESUMED, &PROCESSED, &REFUSED, &CANCELLED, &CORRECTED];
