//! The matrix, what it covers, and who would get a mail.

use std::collections::BTreeSet;

use askama::Template;

use super::{Choice, role_choices, shown, status_choices};
use crate::auth::{Part, Scope, Seats};
use crate::contacts::listing::ListQuery;
use crate::contacts::matrix::{Held, Matrix};
use crate::contacts::{Conflict, Contact, Role, recipients_of};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::web::{Frame, Visit};

/// How many of those who hold a role are named; the others are counted.
const NAMES_SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "contacts/roles.html")]
pub(in crate::contacts) struct RolesPage {
    frame: Frame,
    root: String,
    list: ListQuery,
    seen: i64,
    roles: Vec<RoleColumn>,
    contacts: Vec<ContactRow>,
    /// The matrix posts to the page it stands on, so that the filters stay.
    action: String,
    next: Option<String>,
    previous: Option<String>,
    may_edit: bool,
    conflicts: Vec<ConflictRow>,
    /// The conflicts as the matrix would send them, for "save mine all the same".
    again: Again,
    /// What of a save with conflicts was saved.
    pub outcome: String,
}

/// A role as the matrix and the coverage show it.
struct RoleColumn {
    key: &'static str,
    label: &'static str,
    holders: usize,
    names: String,
    falls_on: &'static str,
}

struct ContactRow {
    reference: String,
    name: String,
    mail: String,
    href: String,
    access: &'static str,
    active: bool,
    roles: BTreeSet<Role>,
}

impl ContactRow {
    fn held(&self) -> String {
        joined(&self.roles)
    }

    fn holds(&self, key: &str) -> bool {
        self.roles.iter().any(|role| role.as_str() == key)
    }
}

struct ConflictRow {
    contact: String,
    role: &'static str,
    yours: &'static str,
    theirs: &'static str,
    by: String,
    at_iso: String,
    at_text: String,
}

/// The fields of a form that repeats the wishes a save could not fulfil.
#[derive(Default)]
struct Again {
    was: Vec<String>,
    tick: Vec<String>,
}

impl RolesPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        list: ListQuery,
        conflicts: &[Conflict],
        conn: &mut Conn,
    ) -> Result<Self> {
        let part = scope.part().ok_or(Error::NotFound)?;
        let matrix = Matrix::read(scope, &list, conn)?;
        let root = scope.path("");
        let path = scope.path("/roles");
        let link = |page: Option<String>| page.map(|page| list.address(&path, &page));
        let contacts = matrix.contacts.rows.iter();
        Ok(Self {
            frame: visit.frame(scope),
            seen: matrix.seen,
            roles: columns(part, &matrix.held),
            contacts: contacts.map(|contact| row(contact, &matrix.held, &root)).collect(),
            action: list.address(&path, &list.page),
            next: link(matrix.contacts.next),
            previous: link(matrix.contacts.previous),
            may_edit: Seats::CHANNEL_ADMINISTRATORS.has(scope.seat()),
            again: again(conflicts, &matrix.held),
            conflicts: conflicts.iter().map(|conflict| conflict_row(conflict, scope)).collect(),
            outcome: String::new(),
            root,
            list,
        })
    }

    fn coverage_hint(&self) -> String {
        match self.roles.iter().filter(|role| role.holders == 0).count() {
            0 => "Somebody holds every role.".to_owned(),
            1 => "Nobody holds one of the roles.".to_owned(),
            gaps => format!("Nobody holds {gaps} of the roles."),
        }
    }

    fn role_choices(&self) -> Vec<Choice> {
        let roles: Vec<Role> = self.roles.iter().filter_map(|role| role.key.parse().ok()).collect();
        role_choices(&roles)
    }

    fn status_choices(&self) -> Vec<Choice> {
        status_choices()
    }

    fn shown(&self) -> String {
        shown(self.contacts.len(), self.next.is_none() && self.previous.is_none())
    }
}

fn columns(part: Part, held: &Held) -> Vec<RoleColumn> {
    let columns = Role::of_part(part).iter().map(|role| {
        let names = held.names_of(*role);
        RoleColumn {
            key: role.as_str(),
            label: role.label(),
            holders: names.len(),
            names: some_of(names),
            falls_on: if role.falls_on_administrators() {
                "These mails go to your administrators instead."
            } else {
                "These mails go to nobody."
            },
        }
    });
    columns.collect()
}

fn some_of(names: &[String]) -> String {
    let named = names.iter().take(NAMES_SHOWN).cloned();
    let named = named.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn row(contact: &Contact, held: &Held, root: &str) -> ContactRow {
    ContactRow {
        reference: contact.reference.clone(),
        name: contact.name.clone(),
        mail: contact.email.clone(),
        href: format!("{root}/contacts/{}", contact.reference),
        access: contact.access.label(),
        active: contact.is_active(),
        roles: held.by(contact.id).collect(),
    }
}

fn conflict_row(conflict: &Conflict, scope: &Scope) -> ConflictRow {
    let words = |held: bool| if held { "Ticked" } else { "Not ticked" };
    let at_text = conflict.at.map(|at| {
        let zone = scope.program().time_zone;
        scope.actor().locale.moment(at, zone)
    });
    ConflictRow {
        contact: conflict.contact.name.clone(),
        role: conflict.role.label(),
        yours: words(conflict.held),
        theirs: if conflict.contact.is_active() {
            words(!conflict.held)
        } else {
            "Contact deactivated"
        },
        by: conflict.by.clone(),
        at_iso: conflict.at.map(|at| at.to_string()).unwrap_or_default(),
        at_text: at_text.unwrap_or_default(),
    }
}

/// The wishes again, on what is saved by now; those for a deactivated contact cannot be fulfilled.
fn again(conflicts: &[Conflict], held: &Held) -> Again {
    let mut again = Again::default();
    let mut seen = BTreeSet::new();
    for conflict in conflicts.iter().filter(|one| one.contact.is_active()) {
        let contact = &conflict.contact;
        if !seen.insert(contact.id) {
            continue;
        }
        let before: BTreeSet<Role> = held.by(contact.id).collect();
        let mut wanted = before.clone();
        for wish in conflicts.iter().filter(|one| one.contact.id == contact.id) {
            if wish.held {
                wanted.insert(wish.role);
            } else {
                wanted.remove(&wish.role);
            }
        }
        let reference = &contact.reference;
        again.was.push(format!("{reference}:{}", joined(&before)));
        let ticks = wanted.iter().map(|role| format!("{reference}:{role}"));
        again.tick.extend(ticks);
    }
    again
}

fn joined(roles: &BTreeSet<Role>) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    words.join(",")
}

#[derive(Template)]
#[template(path = "contacts/recipients.html")]
pub(in crate::contacts) struct RecipientsPage {
    frame: Frame,
    root: String,
    roles: Vec<RoleTab>,
    label: &'static str,
    tells_of: &'static str,
    recipients: Vec<RecipientRow>,
    nobody: String,
}

struct RoleTab {
    label: &'static str,
    href: String,
    current: bool,
}

struct RecipientRow {
    name: String,
    mail: String,
    reason: String,
}

impl RecipientsPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        role: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let roles = Role::of_part(scope.part().ok_or(Error::NotFound)?);
        let role = match role {
            "" => Role::Renewals,
            word => word.parse().map_err(|_| Error::NotFound)?,
        };
        if !roles.contains(&role) {
            return Err(Error::NotFound);
        }
        let own = scope.organisation_id();
        let mut found = recipients_of(scope.program(), role, &[own], conn)?;
        let recipients = found.remove(&own).unwrap_or_default();
        Ok(Self {
            frame: visit.frame(scope),
            root: scope.path(""),
            roles: roles
                .iter()
                .map(|one| RoleTab {
                    label: one.label(),
                    href: scope.path(&format!("/roles/recipients?role={one}")),
                    current: *one == role,
                })
                .collect(),
            label: role.label(),
            tells_of: role.tells_of(),
            recipients: recipients
                .into_iter()
                .map(|one| RecipientRow {
                    name: one.recipient.name,
                    mail: one.recipient.email,
                    reason: one.reason.text,
                })
                .collect(),
            nobody: nobody(role, &scope.actor().organisation_name),
        })
    }
}

fn nobody(role: Role, organisation: &str) -> String {
    let label = role.label();
    if role.falls_on_administrators() {
        format!(
            "Nobody gets these mails: nobody at {organisation} holds the role {label}, and there \
             is no active administrator."
        )
    } else {
        format!(
            "Nobody gets these mails: nobody at {organisation} holds the role {label}, and they \
             do not go to the administrators instead."
        )
    }
}
