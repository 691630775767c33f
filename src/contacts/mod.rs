//! Contacts: people of an organisation, their contact roles, and who gets which mail.
//!
//! Administrators of a partner or a distributor keep the contacts of their own organisation and
//! say in the matrix who is told of what; members see both. The vendor's staff see the contacts of
//! their program's partners, and its program managers keep their own colleagues. A contact is
//! never deleted: deactivated, it gets no mail and cannot sign in. The last active contact who
//! manages an organisation stays.

mod actions;
mod administrators;
mod detail;
mod export;
mod fields;
mod forms;
mod gaps;
mod handlers;
pub mod import;
mod leaving;
mod listing;
mod mail;
mod mail_preferences;
mod matrix;
mod model;
mod pages;
mod recipients;
mod role;
mod role_changes;
mod second_factor;
mod verbs;

pub(crate) use actions::ACTIONS;
pub use administrators::administrators_of;
pub use fields::{Field, Merged, NewContact, Values, merge};
pub(crate) use gaps::note_gaps;
pub use leaving::{Leaving, Left, leave_roles};
pub use model::{Contact, Status};
pub use recipients::{RoleRecipient, recipients_of};
pub use role::Role;
pub use role_changes::{CellChange, Conflict, RoleChanges, Saved, save_roles, set_roles};
pub use verbs::{Dispute, EditContact, Edited, add, deactivate, edit, invite, reactivate};

use crate::auth::{Seats, Who};
use handlers::{
    contacts, import as importing, mail_preferences as mails, reset, roles, unsubscribe,
};

const EVERYBODY: Who = Who::Seats(Seats::ALL);
const CHANNEL: Who = Who::Seats(Seats::CHANNEL);
const ADMINISTRATORS: Who = Who::Seats(Seats::CHANNEL_ADMINISTRATORS);
const MANAGERS: Who = Who::Seats(Seats::MANAGERS);
const VENDOR: Who = Who::Seats(Seats::VENDOR);

crate::routes! {
    Page "mail_preferences" GET "/account/mail" (Who::SignedIn) => mails::own;
    Action "save_mail_preferences" POST "/account/mail" (Who::SignedIn) => mails::save_own;
    Page "contact_roles" GET "/p/{program}/roles" (CHANNEL) => roles::matrix;
    Action "save_contact_roles" POST "/p/{program}/roles" (ADMINISTRATORS) => roles::save;
    Page "role_recipients" GET "/p/{program}/roles/recipients" (CHANNEL) => roles::recipients;
    Page "contacts" GET "/p/{program}/contacts" (EVERYBODY) => contacts::index;
    Download "contacts_csv" GET "/p/{program}/contacts.csv" (EVERYBODY) => contacts::download;
    Page "team" GET "/p/{program}/contacts/team" (VENDOR) => contacts::team;
    Download "team_csv" GET "/p/{program}/contacts/team.csv" (VENDOR) => contacts::download_team;
    Page "new_contact" GET "/p/{program}/contacts/new" (MANAGERS) => contacts::new;
    Action "add_contact" POST "/p/{program}/contacts/new" (MANAGERS) => contacts::add;
    Page "import_contacts" GET "/p/{program}/contacts/import" (ADMINISTRATORS)
        => importing::form;
    Action "check_or_import_contacts" POST "/p/{program}/contacts/import" (ADMINISTRATORS)
        => importing::import;
    Page "contact" GET "/p/{program}/contacts/{contact}" (EVERYBODY) => contacts::show;
    Page "edit_contact" GET "/p/{program}/contacts/{contact}/edit" (MANAGERS) => contacts::edit;
    Action "save_contact" POST "/p/{program}/contacts/{contact}/edit" (MANAGERS)
        => contacts::save;
    Page "contact_mail_preferences" GET "/p/{program}/contacts/{contact}/mail" (ADMINISTRATORS)
        => mails::of_contact;
    Action "save_contact_mail_preferences" POST "/p/{program}/contacts/{contact}/mail"
        (ADMINISTRATORS) => mails::save_of_contact;
    Page "deactivation" GET "/p/{program}/contacts/{contact}/deactivation" (MANAGERS)
        => contacts::deactivation;
    Action "deactivate_contact" POST "/p/{program}/contacts/{contact}/deactivation" (MANAGERS)
        => contacts::deactivate;
    Action "reactivate_contact" POST "/p/{program}/contacts/{contact}/reactivation" (MANAGERS)
        => contacts::reactivate;
    Page "second_factor_reset" GET "/p/{program}/contacts/{contact}/second-factor-reset" (MANAGERS)
        => reset::show;
    Action "reset_second_factor" POST "/p/{program}/contacts/{contact}/second-factor-reset"
        (MANAGERS) => reset::reset;
    Action "invite_contact" POST "/p/{program}/contacts/{contact}/invitation" (MANAGERS)
        => contacts::invite;
    Page "unsubscribe" GET "/unsubscribe/{token}" (Who::Anyone) => unsubscribe::ask;
    OneClick "stop_mails" POST "/unsubscribe/{token}" (Who::Anyone) => unsubscribe::stop;
}
