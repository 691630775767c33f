//! History: the log of a program for its vendor, newest first: who, when, what, from what to what,
//! and why.

mod export;
mod handlers;
mod pages;

use crate::auth::{Seats, Who};

crate::routes! {
    Page "history" GET "/p/{program}/history" (Who::Seats(Seats::VENDOR)) => handlers::index;
    Download "history_csv" GET "/p/{program}/history.csv" (Who::Seats(Seats::VENDOR))
        => handlers::download;
}
