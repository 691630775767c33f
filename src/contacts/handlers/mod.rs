//! The slice's addresses: pages and actions.

pub(super) mod contacts;
pub(super) mod import;
pub(super) mod mail_preferences;
pub(super) mod reset;
pub(super) mod roles;
pub(super) mod unsubscribe;
