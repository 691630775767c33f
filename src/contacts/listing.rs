//! Lists of contacts: what they can be filtered by, and the reads behind every page of them.

use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Deserialize;

use super::{Contact, Role, Status};
use crate::auth::Scope;
use crate::db::schema::{contact_roles, contacts, enrolments, organisations};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::names;
use crate::web::{Cursor, PAGE_LIMIT, Page};

/// What a list's address carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// Part of a name or an e-mail address.
    pub q: String,
    /// A role's word: who holds it. `none`: who holds no role in this program.
    pub role: String,
    /// A status's word, or `all`; active contacts where it is empty.
    pub status: String,
    /// The reference of one organisation, for the vendor.
    pub organisation: String,
    /// Where the page begins.
    pub page: String,
}

/// Contacts with none of the roles.
pub(super) const WITHOUT_ROLE: &str = "none";
/// Contacts of whatever status.
pub(super) const EVERYBODY: &str = "all";

impl ListQuery {
    pub(super) fn is_filtered(&self) -> bool {
        [&self.q, &self.role, &self.status, &self.organisation]
            .iter()
            .any(|value| !value.is_empty())
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        Cursor::parse(&self.page)
    }

    /// This list below another path, or from another row on.
    pub(super) fn address(&self, path: &str, page: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", self.q.as_str()),
            ("role", &self.role),
            ("status", &self.status),
            ("organisation", &self.organisation),
            ("page", page),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    fn status(&self) -> Option<Status> {
        match self.status.as_str() {
            EVERYBODY => None,
            word => Some(word.parse().unwrap_or(Status::Active)),
        }
    }

    fn search(&self) -> Option<(String, String)> {
        let typed = self.q.trim();
        let like = |text: &str| format!("%{}%", names::escape_like(text));
        (!typed.is_empty()).then(|| (like(&names::fold(typed)), like(&names::fold_email(typed))))
    }
}

/// Puts the filters of a [`ListQuery`] on a boxed query that has the table of contacts in it.
macro_rules! filtered {
    ($query:expr, $list:expr, $program_id:expr) => {{
        let mut query = $query;
        if let Some(status) = $list.status() {
            query = query.filter(contacts::status.eq(status));
        }
        if let Some((name, email)) = $list.search() {
            let found = contacts::name_key.like(name).escape('\\');
            query = query.filter(found.or(contacts::email_key.like(email).escape('\\')));
        }
        let held = contact_roles::table
            .filter(contact_roles::contact_id.eq(contacts::id))
            .filter(contact_roles::program_id.eq($program_id))
            .filter(contact_roles::held.eq(true));
        if let Ok(role) = $list.role.parse::<Role>() {
            query = query.filter(exists(held.filter(contact_roles::role.eq(role))));
        } else if $list.role == WITHOUT_ROLE {
            query = query.filter(diesel::dsl::not(exists(held)));
        }
        query
    }};
}

/// A page of the contacts of one's own organisation, by name.
pub(super) fn own(scope: &Scope, list: &ListQuery, conn: &mut Conn) -> Result<Page<Contact>> {
    let cursor = list.cursor();
    let rows = own_from(scope, list, cursor.as_ref(), PAGE_LIMIT, conn)?;
    Ok(Page::new(rows, cursor.as_ref(), own_key))
}

/// What one's own contacts are sorted by.
pub(super) fn own_key(contact: &Contact) -> (String, String) {
    (contact.name_key.clone(), contact.reference.clone())
}

/// Some contacts of one's own organisation that the filters leave, from a row on.
pub(super) fn own_from(
    scope: &Scope,
    list: &ListQuery,
    cursor: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<Contact>> {
    let mut query = filtered!(
        contacts::table
            .filter(contacts::organisation_id.eq(scope.organisation_id()))
            .select(Contact::as_select())
            .limit(limit)
            .into_boxed(),
        list,
        scope.program().id
    );
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    if let Some(Cursor { key, reference, .. }) = cursor.cloned() {
        query = if backwards {
            let before = contacts::name_key.lt(key.clone());
            query
                .filter(contacts::name_key.le(key))
                .filter(before.or(contacts::reference.lt(reference)))
        } else {
            let after = contacts::name_key.gt(key.clone());
            query
                .filter(contacts::name_key.ge(key))
                .filter(after.or(contacts::reference.gt(reference)))
        };
    }
    query = if backwards {
        query.order((contacts::name_key.desc(), contacts::reference.desc()))
    } else {
        query.order((contacts::name_key, contacts::reference))
    };
    Ok(query.kept().load(conn)?)
}

/// A contact as the vendor lists it: with the organisation it belongs to.
#[derive(Clone, Debug)]
pub(super) struct PartnersContact {
    pub contact: Contact,
    pub organisation: String,
    pub organisation_reference: String,
    enrolment_key: String,
    enrolment_reference: String,
}

type PartnersRow = (Contact, String, String, String, String);

impl From<PartnersRow> for PartnersContact {
    fn from(row: PartnersRow) -> Self {
        let (contact, organisation, organisation_reference, enrolment_key, enrolment_reference) =
            row;
        Self { contact, organisation, organisation_reference, enrolment_key, enrolment_reference }
    }
}

/// Separates the parts of the key of a page that is sorted by several columns.
const PARTS: char = '\u{1f}';

/// The people of all organisations in the program, by organisation and name: for its vendor.
macro_rules! of_partners {
    ($scope:expr, $list:expr) => {{
        let mut query = filtered!(
            contacts::table
                .inner_join(
                    enrolments::table.on(enrolments::organisation_id.eq(contacts::organisation_id)),
                )
                .inner_join(
                    organisations::table.on(organisations::id.eq(contacts::organisation_id))
                )
                .filter(enrolments::program_id.eq($scope.program().id))
                .select((
                    Contact::as_select(),
                    organisations::name,
                    organisations::reference,
                    enrolments::name_key,
                    enrolments::reference,
                ))
                .into_boxed(),
            $list,
            $scope.program().id
        );
        if !$list.organisation.is_empty() {
            query = query.filter(organisations::reference.eq($list.organisation.clone()));
        }
        query
    }};
}

/// A page of the contacts of the program's partners and distributors: for its vendor.
pub(super) fn of_partners(
    scope: &Scope,
    list: &ListQuery,
    conn: &mut Conn,
) -> Result<Page<PartnersContact>> {
    let cursor = list.cursor();
    let rows = of_partners_from(scope, list, cursor.as_ref(), PAGE_LIMIT, conn)?;
    Ok(Page::new(rows, cursor.as_ref(), of_partners_key))
}

/// What the contacts of partners are sorted by.
pub(super) fn of_partners_key(row: &PartnersContact) -> (String, String) {
    let keys = [&row.enrolment_key, &row.enrolment_reference, &row.contact.name_key];
    (keys.map(String::as_str).join(&PARTS.to_string()), row.contact.reference.clone())
}

/// Some contacts of the program's partners and distributors that the filters leave, from a row on.
pub(super) fn of_partners_from(
    scope: &Scope,
    list: &ListQuery,
    cursor: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<PartnersContact>> {
    let mut query = of_partners!(scope, list).limit(limit);
    let backwards = cursor.is_some_and(|cursor| cursor.backwards);
    let parts = cursor.and_then(|cursor| {
        let mut keys = cursor.key.splitn(3, PARTS).map(str::to_owned);
        let keys = (keys.next()?, keys.next()?, keys.next()?);
        Some((keys, cursor.reference.clone()))
    });
    if let Some(((key, enrolment, name), reference)) = parts {
        query = if backwards {
            let of_one = contacts::name_key
                .lt(name.clone())
                .or(contacts::name_key.eq(name).and(contacts::reference.lt(reference)));
            let of_key = enrolments::reference
                .lt(enrolment.clone())
                .or(enrolments::reference.eq(enrolment).and(of_one));
            query
                .filter(enrolments::name_key.le(key.clone()))
                .filter(enrolments::name_key.lt(key).or(of_key))
        } else {
            let of_one = contacts::name_key
                .gt(name.clone())
                .or(contacts::name_key.eq(name).and(contacts::reference.gt(reference)));
            let of_key = enrolments::reference
                .gt(enrolment.clone())
                .or(enrolments::reference.eq(enrolment).and(of_one));
            query
                .filter(enrolments::name_key.ge(key.clone()))
                .filter(enrolments::name_key.gt(key).or(of_key))
        };
    }
    query = if backwards {
        query.order((
            enrolments::name_key.desc(),
            enrolments::reference.desc(),
            contacts::name_key.desc(),
            contacts::reference.desc(),
        ))
    } else {
        query.order((
            enrolments::name_key,
            enrolments::reference,
            contacts::name_key,
            contacts::reference,
        ))
    };
    let rows: Vec<PartnersRow> = query.kept().load(conn)?;
    Ok(rows.into_iter().map(PartnersContact::from).collect())
}
