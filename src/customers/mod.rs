//! End customers: whom the licences are for. A customer is a record of one program, without a
//! login; in a program there is one of a name and country, however it is written. Partners and
//! distributors see the customers that they have licences for, the vendor all of its program.

mod export;
mod handlers;
mod list;
mod model;
mod pages;
mod verbs;

pub use model::Customer;
pub(crate) use verbs::ids_of;
pub use verbs::{Identity, NamedCustomer, create_missing};

use crate::audit::Action;
use crate::auth::{Seats, Who};

const EVERYBODY: Who = Who::Seats(Seats::ALL);

crate::routes! {
    Page "customers" GET "/p/{program}/customers" (EVERYBODY) => handlers::index;
    Download "customers.csv" GET "/p/{program}/customers.csv" (EVERYBODY) => handlers::download;
}

pub(crate) const CREATED: Action = Action::new("customer.created", "created this customer");

/// What can happen to a customer.
pub(crate) const ACTIONS: &[&Action] = &[&CREATED];
