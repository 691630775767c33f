//! Who is signed in and what they may see: sign-in, second factor, sessions, invitations, resets,
//! limits, and the [`Scope`] that every read and write takes.
//!
//! A person is a contact with a login. Access is asked anew on each request, so that a change of
//! it acts on the next one, in every process. Who may do what stands in each slice's `routes!`.

mod account;
mod actions;
mod actor;
mod device;
pub mod feeds;
mod forms;
mod handlers;
mod housekeeping;
mod invitations;
pub mod keyring;
pub mod links;
mod login;
mod logins;
mod mail;
mod pages;
mod password_reset;
pub mod password_rules;
pub mod passwords;
mod people;
mod programs;
pub mod reading;
mod safeguards;
mod scope;
mod seat;
pub mod second_factor;
pub mod session_store;
mod sessions;
mod settings;
mod sign_in;
pub mod throttle;

pub(crate) use actions::ACTIONS;
pub use actor::{Actor, SecondFactor, session_actor};
pub use handlers::SECOND_FACTOR_PAGE;
pub(crate) use handlers::admit;
pub use handlers::{ROUTES, routes};
pub use housekeeping::sweep_expired;
pub use invitations::{invite, issue_invitation};
pub use keyring::Keyring;
pub use logins::{address_changed, create_login, lock, shut_out, unlock};
pub use password_reset::issue_reset;
pub use passwords::{Passwords, hash_blocking};
pub use people::{NewPerson, add_person};
pub(crate) use programs::places_of;
pub use programs::{Program, ProgramChoice, programs_of};
pub use reading::Reading;
pub use safeguards::{Safeguards, SecondFactorRule};
pub use scope::Scope;
pub use seat::{Access, Part, Seat, Seats, Who};
pub use sessions::{begin_session, end_session, end_sessions_of};
pub use settings::{cookie_key, derived_key, setting, store_setting};
