//! What every page stands on: the visit (who, where, when), the frame round a page, forms, replies,
//! static files, downloads and the checks that every request passes.

pub mod assets;
pub mod chart;
mod client;
pub mod csrf;
pub mod downloads;
mod errors;
pub mod flash;
mod forms;
mod frame;
pub mod headers;
pub mod health;
mod measured;
mod nav;
mod pager;
mod reply;
mod routes;
mod site;
pub mod spans;
pub mod theme;
mod visit;

pub use client::client_address;
pub use errors::not_found;
pub use flash::{Flash, Tone};
pub use forms::{Document, FieldError, FieldErrors, Fields, Form, Query, Upload};
pub use frame::{Frame, Person};
pub use measured::measured;
pub use pager::{Cursor, PAGE_LIMIT, PAGE_ROWS, Page, list_address};
pub use reply::{Reply, page, page_with, see_other};
pub use routes::{Addresses, Kind, Route, RouteMap, leave_sessions_out, method};
pub use site::Site;
pub use visit::{Guest, Visit};
