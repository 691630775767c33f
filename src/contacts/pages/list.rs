//! Lists of contacts: one's own organisation's, the partners' for the vendor, the vendor's team.

use askama::Template;

use super::{Choice, role_choices, shown, status_choices};
use crate::auth::{Scope, Seats};
use crate::contacts::listing::{self, ListQuery};
use crate::contacts::{Contact, Role, matrix};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, Page, Visit};

/// Whose contacts a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contacts) enum Whose {
    /// One's own organisation's, as a partner or a distributor.
    Own,
    /// Those of the program's partners and distributors, for the vendor.
    Partners,
    /// The vendor's own.
    Team,
}

#[derive(Template)]
#[template(path = "contacts/list.html")]
pub(in crate::contacts) struct ListPage {
    frame: Frame,
    root: String,
    path: String,
    whose: Whose,
    organisation: String,
    list: ListQuery,
    rows: Vec<Row>,
    next: Option<String>,
    previous: Option<String>,
    csv: String,
    may_add: bool,
    roles: &'static [Role],
}

struct Row {
    href: String,
    name: String,
    email: String,
    job_title: String,
    phone: String,
    access: &'static str,
    status: &'static str,
    tone: &'static str,
    organisation: String,
    organisation_href: String,
    roles: Vec<&'static str>,
}

impl ListPage {
    pub(in crate::contacts) fn read(
        visit: &Visit,
        scope: &Scope,
        whose: Whose,
        list: ListQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let path = scope.path(if whose == Whose::Team { "/contacts/team" } else { "/contacts" });
        let found = read_rows(scope, whose, &path, &list, conn)?;
        let link = |page: Option<String>| page.map(|page| list.address(&path, &page));
        let csv =
            scope.path(if whose == Whose::Team { "/contacts/team.csv" } else { "/contacts.csv" });
        Ok(Self {
            frame: visit.frame(scope),
            root: scope.path(""),
            whose,
            organisation: scope.actor().organisation_name.clone(),
            rows: found.rows,
            next: link(found.next),
            previous: link(found.previous),
            csv: list.address(&csv, ""),
            may_add: whose != Whose::Partners && Seats::MANAGERS.has(scope.seat()),
            roles: scope.part().map_or(Role::ALL, Role::of_part),
            path,
            list,
        })
    }

    fn of_partners(&self) -> bool {
        self.whose == Whose::Partners
    }

    fn of_team(&self) -> bool {
        self.whose == Whose::Team
    }

    fn title(&self) -> &'static str {
        if self.of_team() { "Our team" } else { "Contacts" }
    }

    fn lead(&self) -> String {
        match self.whose {
            Whose::Own => format!("The people of {} whom the portal knows.", self.organisation),
            Whose::Partners => "The people of your partners and distributors. Their own \
                                administrators keep them up to date."
                .to_owned(),
            Whose::Team => format!("The people of {} who run its programs.", self.organisation),
        }
    }

    fn role_choices(&self) -> Vec<Choice> {
        role_choices(self.roles)
    }

    fn status_choices(&self) -> Vec<Choice> {
        status_choices()
    }

    fn shown(&self) -> String {
        shown(self.rows.len(), self.next.is_none() && self.previous.is_none())
    }
}

fn read_rows(
    scope: &Scope,
    whose: Whose,
    path: &str,
    list: &ListQuery,
    conn: &mut Conn,
) -> Result<Page<Row>> {
    let root = scope.path("");
    let mut ids = Vec::new();
    let mut rows = if whose == Whose::Partners {
        listing::of_partners(scope, list, conn)?.map(|found| {
            ids.push(found.contact.id);
            let of_one =
                ListQuery { organisation: found.organisation_reference, ..ListQuery::default() };
            Row {
                organisation: found.organisation,
                organisation_href: of_one.address(path, ""),
                ..row(&found.contact, &root)
            }
        })
    } else {
        listing::own(scope, list, conn)?.map(|contact| {
            ids.push(contact.id);
            row(&contact, &root)
        })
    };
    if whose != Whose::Team {
        let held = matrix::roles_of(scope, &ids, conn)?;
        for (row, id) in rows.rows.iter_mut().zip(&ids) {
            row.roles = held.get(id).into_iter().flatten().map(|role| role.label()).collect();
        }
    }
    Ok(rows)
}

fn row(contact: &Contact, root: &str) -> Row {
    Row {
        href: format!("{root}/contacts/{}", contact.reference),
        name: contact.name.clone(),
        email: contact.email.clone(),
        job_title: contact.job_title.clone(),
        phone: contact.phone.clone(),
        access: contact.access.label(),
        status: contact.status.label(),
        tone: contact.status.tone(),
        organisation: String::new(),
        organisation_href: String::new(),
        roles: Vec::new(),
    }
}
