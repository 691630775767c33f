//! Contacts: people of an organisation, their contact roles, and who gets which mail.
//!
//! Administrators of a partner or a distributor keep the contacts of their own organisation and
//! say in the matrix who is told of what; members see both. The vendor's staff see the contacts of
//! their program's partners, and its program managers keep their own colleagues. A contact is
//! never deleted: deactivated, it gets no mail and cannot sign in. The last active contact who
//! manages an organisation stays.

mod actions;
mod handlers;
mod listing;
mod matrix;
mod model;
mod pages;
mod recipients;
mod role;
mod role_changes;

pub(crate) use actions::ACTIONS;
pub use model::{Contact, Status};
pub use recipients::{RoleRecipient, recipients_of};
pub use role::Role;
pub use role_changes::{CellChange, Conflict, RoleChanges, Saved, save_roles, set_roles};

use crate::auth::{Seats, Who};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const CHANNEL: Who = Who::Seats(Seats::CHANNEL);
const ADMINISTRATORS: Who = Who::Seats(Seats::CHANNEL_ADMINISTRATORS);

crate::routes! {
    Page "contact_roles" GET "/p/{program}/roles" (CHANNEL) => handlers::roles::matrix;
    Action "save_contact_roles" POST "/p/{program}/roles" (ADMINISTRATORS) => handlers::roles::save;
    Page "role_recipients" GET "/p/{program}/roles/recipients" (CHANNEL)
        => handlers::roles::recipients;
}
