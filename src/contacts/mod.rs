//! Contacts: people of an organisation, their contact roles, and who gets which mail.

mod recipients;
mod role;

pub use recipients::{RoleRecipient, recipients_of};
pub use role::Role;
