//! The start page of a program: what needs me today, and nothing else.
//!
//! Everybody sees the renewals that are theirs to see. Administrators also see the contact roles
//! that nobody in their organisation holds and the invitations that nobody accepted; the vendor
//! sees which partners have nobody for renewals, and which mails could not be delivered.

mod handlers;
mod model;
mod pages;
mod words;

use crate::auth::{Seats, Who};
use crate::routes;

routes! {
    Page "start" GET "/p/{program}" (Who::Seats(Seats::ALL)) => handlers::show;
}
