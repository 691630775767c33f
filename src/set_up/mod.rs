//! The first run of an empty portal: whoever holds the one-time link that `serve` prints chooses
//! the first program and becomes its program manager. There is no default account.

mod forms;
mod handlers;
mod pages;
mod shipped;
mod verbs;

use crate::auth::Who;
use crate::routes;

pub use verbs::open_link;

routes! {
    Page "set_up" GET "/set-up/{token}" (Who::Anyone) => handlers::show;
    Action "set_up" POST "/set-up/{token}" (Who::Anyone) => handlers::set_up;
}
