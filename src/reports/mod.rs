//! Reports over several slices: what a maintenance window held, and what became of it.
//!
//! Everybody in the program reads a report of what they may see: a partner of its own quotes, a
//! distributor of those that it made, the vendor of all.

mod handlers;
mod pages;

use crate::auth::{Seats, Who};

crate::routes! {
    Page "maintenance_report" GET "/p/{program}/maintenance/{window}/report"
        (Who::Seats(Seats::ALL)) => handlers::maintenance;
}
