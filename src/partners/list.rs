//! The enrolments of a program as its vendor lists them.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Choices, EnrolmentStatus, choices};
use crate::auth::{Part, Scope};
use crate::db::schema::{
    contacts, enrolment_distributors, enrolment_types, enrolments, organisations, partner_types,
    tiers,
};
use crate::db::{Conn, Keep, padded};
use crate::error::Result;
use crate::names;
use crate::web::{Cursor, PAGE_LIMIT, Page};

/// Which enrolments a list shows; what is none does not restrict it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartnerFilter {
    /// Folded as names are compared.
    pub name: String,
    pub part: Option<Part>,
    pub type_id: Option<i64>,
    pub tier_id: Option<i64>,
    pub status: Option<EnrolmentStatus>,
    pub cam: Option<CamFilter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CamFilter {
    Nobody,
    Contact(i64),
}

/// A line of the list.
#[derive(Clone, Debug, Queryable)]
pub(super) struct PartnerRow {
    pub id: i64,
    pub reference: String,
    pub name: String,
    pub name_key: String,
    pub country: String,
    pub part: Part,
    pub currency: String,
    pub status: EnrolmentStatus,
    pub enrolled_on: NaiveDate,
    pub tier: Option<String>,
    pub tier_key: Option<String>,
    pub cam: Option<String>,
    pub cam_email: Option<String>,
}

/// The types of enrolments, by enrolment.
pub(super) type TypesOf = HashMap<i64, Vec<String>>;

/// Orders a query over enrolments by name, and cuts it to the page that a cursor begins. The first
/// condition is what the index can seek to.
macro_rules! by_name {
    ($query:expr, $cursor:expr) => {{
        let mut query = $query.limit(PAGE_LIMIT);
        let cursor: Option<&Cursor> = $cursor;
        if let Some(Cursor { key, reference, backwards }) = cursor {
            query = if *backwards {
                query
                    .filter(enrolments::name_key.le(key))
                    .filter(enrolments::name_key.lt(key).or(enrolments::reference.lt(reference)))
            } else {
                query
                    .filter(enrolments::name_key.ge(key))
                    .filter(enrolments::name_key.gt(key).or(enrolments::reference.gt(reference)))
            };
        }
        if cursor.is_some_and(|cursor| cursor.backwards) {
            query.order((enrolments::name_key.desc(), enrolments::reference.desc()))
        } else {
            query.order((enrolments::name_key, enrolments::reference))
        }
    }};
}
pub(super) use by_name;

/// The query for a filter; a macro, because its type has no name.
macro_rules! matching {
    ($scope:expr, $filter:expr) => {{
        let filter: &PartnerFilter = $filter;
        let mut query = enrolments::table
            .inner_join(organisations::table)
            .left_join(tiers::table)
            .left_join(contacts::table)
            .filter(enrolments::program_id.eq($scope.program().id))
            .select((
                enrolments::id,
                enrolments::reference,
                organisations::name,
                enrolments::name_key,
                organisations::country,
                enrolments::part,
                enrolments::currency,
                enrolments::status,
                enrolments::enrolled_on,
                tiers::name.nullable(),
                tiers::key.nullable(),
                contacts::name.nullable(),
                contacts::email.nullable(),
            ))
            .into_boxed();
        if !filter.name.is_empty() {
            let pattern = format!("%{}%", names::escape_like(&filter.name));
            query = query.filter(enrolments::name_key.like(pattern).escape('\\'));
        }
        if let Some(part) = filter.part {
            query = query.filter(enrolments::part.eq(part));
        }
        if let Some(type_id) = filter.type_id {
            let of_type = enrolment_types::table
                .filter(enrolment_types::type_id.eq(type_id))
                .select(enrolment_types::enrolment_id);
            query = query.filter(enrolments::id.eq_any(of_type));
        }
        if let Some(tier_id) = filter.tier_id {
            query = query.filter(enrolments::tier_id.eq(tier_id));
        }
        if let Some(status) = filter.status {
            query = query.filter(enrolments::status.eq(status));
        }
        match filter.cam {
            Some(CamFilter::Contact(id)) => query = query.filter(enrolments::cam_id.eq(id)),
            Some(CamFilter::Nobody) => query = query.filter(enrolments::cam_id.is_null()),
            None => {}
        }
        query
    }};
}

/// One page of the program's enrolments, by name.
pub(super) fn list_for(
    scope: &Scope,
    filter: &PartnerFilter,
    cursor: Option<&Cursor>,
    conn: &mut Conn,
) -> Result<Page<PartnerRow>> {
    let query = by_name!(matching!(scope, filter), cursor);
    let rows: Vec<PartnerRow> = query.kept().load(conn)?;
    Ok(Page::new(rows, cursor, |row| (row.name_key.clone(), row.reference.clone())))
}

/// Some of them after a row, for a file.
pub(super) fn part_for(
    scope: &Scope,
    filter: &PartnerFilter,
    after: Option<&Cursor>,
    limit: i64,
    conn: &mut Conn,
) -> Result<Vec<PartnerRow>> {
    let query = by_name!(matching!(scope, filter), after);
    Ok(query.limit(limit).load(conn)?)
}

/// The keys of the types of each of these enrolments.
pub(super) fn types_of(rows: &[PartnerRow], choices: &Choices, conn: &mut Conn) -> Result<TypesOf> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let pairs: Vec<(i64, i64)> = enrolment_types::table
        .filter(enrolment_types::enrolment_id.eq_any(padded(&ids)))
        .select((enrolment_types::enrolment_id, enrolment_types::type_id))
        .kept()
        .load(conn)?;
    let mut types = TypesOf::new();
    for choice in &choices.types {
        for (enrolment_id, _) in pairs.iter().filter(|(_, type_id)| *type_id == choice.id) {
            types.entry(*enrolment_id).or_default().push(choice.label.clone());
        }
    }
    Ok(types)
}

/// The keys of the types of enrolments of the program, for a file.
pub(super) fn type_keys_of(scope: &Scope, ids: &[i64], conn: &mut Conn) -> Result<TypesOf> {
    let pairs: Vec<(i64, String)> = partner_types::table
        .inner_join(enrolment_types::table)
        .filter(partner_types::program_id.eq(scope.program().id))
        .filter(enrolment_types::enrolment_id.eq_any(ids))
        .order(partner_types::position)
        .select((enrolment_types::enrolment_id, partner_types::key))
        .load(conn)?;
    Ok(grouped(pairs))
}

/// The names of the distributors of enrolments of the program, for a file.
pub(super) fn distributors_of(scope: &Scope, ids: &[i64], conn: &mut Conn) -> Result<TypesOf> {
    let pairs: Vec<(i64, String)> = enrolments::table
        .inner_join(organisations::table)
        .inner_join(
            enrolment_distributors::table
                .on(enrolment_distributors::distributor_id.eq(enrolments::id)),
        )
        .filter(enrolments::program_id.eq(scope.program().id))
        .filter(enrolments::part.eq(Part::Distributor))
        .filter(enrolment_distributors::enrolment_id.eq_any(ids))
        .order(enrolments::name_key)
        .select((enrolment_distributors::enrolment_id, organisations::name))
        .load(conn)?;
    Ok(grouped(pairs))
}

fn grouped(pairs: Vec<(i64, String)>) -> TypesOf {
    let mut found = TypesOf::new();
    for (enrolment_id, value) in pairs {
        found.entry(enrolment_id).or_default().push(value);
    }
    found
}

/// What the fields of the filter bar send.
#[derive(Clone, Debug, Default, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub(super) struct PartnerQuery {
    pub name: String,
    pub part: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub tier: String,
    pub status: String,
    pub cam: String,
    #[serde(skip_serializing)]
    pub page: String,
}

impl PartnerQuery {
    /// The filter it stands for; a word that is not known does not restrict.
    pub(super) fn filter(&self, scope: &Scope, choices: &Choices) -> PartnerFilter {
        let id = |list, value: &str| choices::chosen(list, value).map(|choice| choice.id);
        PartnerFilter {
            name: names::fold(&self.name),
            part: self.part.parse().ok(),
            type_id: id(&choices.types, &self.kind),
            tier_id: id(&choices.tiers, &self.tier),
            status: self.status.parse().ok(),
            cam: match self.cam.as_str() {
                "mine" => Some(CamFilter::Contact(scope.actor().contact_id)),
                "nobody" => Some(CamFilter::Nobody),
                reference => id(&choices.cams, reference).map(CamFilter::Contact),
            },
        }
    }
}

/// The columns of the file: those that an import of partners reads.
pub const FILE_HEADS: &[&str] = &[
    "organisation",
    "country",
    "part",
    "types",
    "tier",
    "currency",
    "status",
    "enrolled_on",
    "cam_email",
    "distributors",
];

impl PartnerRow {
    /// The cells under [`FILE_HEADS`].
    pub(super) fn cells(&self, types: &TypesOf, distributors: &TypesOf) -> [String; 10] {
        let joined = |lists: &TypesOf| lists.get(&self.id).map(|one| one.join("; "));
        [
            self.name.clone(),
            self.country.clone(),
            self.part.to_string(),
            joined(types).unwrap_or_default(),
            self.tier_key.clone().unwrap_or_default(),
            self.currency.clone(),
            self.status.to_string(),
            self.enrolled_on.to_string(),
            self.cam_email.clone().unwrap_or_default(),
            joined(distributors).unwrap_or_default(),
        ]
    }
}
