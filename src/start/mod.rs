//! The start page of a program: what needs me today, and nothing else.
//!
//! Everybody sees the renewals that are theirs to see, partners also the leads that wait to be
//! opened. Administrators also see the contact roles that nobody in their organisation holds, the
//! invitations that nobody accepted and the mails that could not be delivered; the vendor sees which
//! leads nobody has, which partners have nobody for renewals, and what mail of its program failed.

mod handlers;
mod model;
mod pages;
mod words;

use crate::auth::{Seats, Who};
use crate::routes;

routes! {
    Page "start" GET "/p/{program}" (Who::Seats(Seats::ALL)) => handlers::show;
}
