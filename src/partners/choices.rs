//! What an enrolment can be given in a program, and what is around one: each in one question.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::Enrolment;
use crate::auth::Program;
use crate::contacts::Role;
use crate::db::{Conn, Keep};
use crate::error::Result;

/// Something that can be chosen: its key in forms and files, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: i64,
    pub value: String,
    pub label: String,
    /// A CAM's address; empty for the others.
    pub email: String,
}

/// The partner types, tiers, account managers and distributors of a program.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// In the order of the pack.
    pub types: Vec<Choice>,
    /// The lowest first.
    pub tiers: Vec<Choice>,
    pub cams: Vec<Choice>,
    /// Enrolments that have not ended.
    pub distributors: Vec<Choice>,
}

#[derive(QueryableByName)]
struct ChoiceRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Text)]
    label: String,
    #[diesel(sql_type = Text)]
    email: String,
}

const CHOICES: &str = "\
    SELECT 'type' AS kind, id, key AS value, name AS label, '' AS email, \
           CAST(position AS BIGINT) AS place, '' AS name_key \
      FROM partner_types WHERE program_id = $1 \
    UNION ALL \
    SELECT 'tier', id, key, name, '', CAST(rank AS BIGINT), '' FROM tiers WHERE program_id = $2 \
    UNION ALL \
    SELECT 'cam', id, reference, name, email, CAST(0 AS BIGINT), name_key FROM contacts \
     WHERE organisation_id = $3 AND access IN ('cam', 'program_manager') AND status = 'active' \
    UNION ALL \
    SELECT 'distributor', enrolments.id, enrolments.reference, organisations.name, '', \
           CAST(0 AS BIGINT), enrolments.name_key \
      FROM enrolments JOIN organisations ON organisations.id = enrolments.organisation_id \
     WHERE enrolments.program_id = $4 AND enrolments.part = 'distributor' \
       AND enrolments.status <> 'ended' \
    ORDER BY 1, 6, 7, 3";

impl Choices {
    /// What can be chosen in a program. The caller is of its vendor.
    pub fn of(program: &Program, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<ChoiceRow> = sql_query(CHOICES)
            .bind::<BigInt, _>(program.id)
            .bind::<BigInt, _>(program.id)
            .bind::<BigInt, _>(program.vendor_id)
            .bind::<BigInt, _>(program.id)
            .kept()
            .load(conn)?;
        let mut choices = Self::default();
        for row in rows {
            let list = match row.kind.as_str() {
                "type" => &mut choices.types,
                "tier" => &mut choices.tiers,
                "cam" => &mut choices.cams,
                _ => &mut choices.distributors,
            };
            list.push(Choice { id: row.id, value: row.value, label: row.label, email: row.email });
        }
        Ok(choices)
    }
}

/// The choice with this value.
pub fn chosen<'a>(list: &'a [Choice], value: &str) -> Option<&'a Choice> {
    list.iter().find(|choice| choice.value == value)
}

/// What belongs to one enrolment: types, distributors, and how many people hold what.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub types: Vec<Choice>,
    pub distributors: Vec<Choice>,
    /// Active contacts of the organisation.
    pub contacts: i64,
    /// Those of them who are its administrators.
    pub administrators: i64,
    /// How many active contacts hold each role in the program.
    pub holders: BTreeMap<String, i64>,
}

#[derive(QueryableByName)]
struct AroundRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Text)]
    label: String,
}

const SURROUNDINGS: &str = "\
    SELECT 'type' AS kind, partner_types.id AS number, partner_types.key AS value, \
           partner_types.name AS label, CAST(partner_types.position AS BIGINT) AS place, \
           '' AS name_key \
      FROM enrolment_types JOIN partner_types ON partner_types.id = enrolment_types.type_id \
     WHERE enrolment_types.enrolment_id = $1 \
    UNION ALL \
    SELECT 'distributor', sellers.id, sellers.reference, organisations.name, CAST(0 AS BIGINT), \
           sellers.name_key \
      FROM enrolment_distributors \
      JOIN enrolments AS sellers ON sellers.id = enrolment_distributors.distributor_id \
      JOIN organisations ON organisations.id = sellers.organisation_id \
     WHERE enrolment_distributors.enrolment_id = $2 \
    UNION ALL \
    SELECT 'access', COUNT(*), access, '', CAST(0 AS BIGINT), '' FROM contacts \
     WHERE organisation_id = $3 AND status = 'active' GROUP BY access \
    UNION ALL \
    SELECT 'role', COUNT(*), contact_roles.role, '', CAST(0 AS BIGINT), '' \
      FROM contacts JOIN contact_roles ON contact_roles.contact_id = contacts.id \
     WHERE contacts.organisation_id = $4 AND contacts.status = 'active' \
       AND contact_roles.program_id = $5 AND contact_roles.held GROUP BY contact_roles.role \
    ORDER BY 1, 5, 6, 3";

impl Surroundings {
    /// What is around an enrolment that was found within a scope.
    pub fn of(enrolment: &Enrolment, conn: &mut Conn) -> Result<Self> {
        let rows: Vec<AroundRow> = sql_query(SURROUNDINGS)
            .bind::<BigInt, _>(enrolment.id)
            .bind::<BigInt, _>(enrolment.id)
            .bind::<BigInt, _>(enrolment.organisation.id)
            .bind::<BigInt, _>(enrolment.organisation.id)
            .bind::<BigInt, _>(enrolment.program_id)
            .load(conn)?;
        let mut around = Self::default();
        for row in rows {
            around.take(row);
        }
        Ok(around)
    }

    fn take(&mut self, row: AroundRow) {
        let AroundRow { kind, number, value, label } = row;
        match kind.as_str() {
            "access" => {
                self.contacts += number;
                if value == "administrator" {
                    self.administrators = number;
                }
            }
            "role" => {
                self.holders.insert(value, number);
            }
            list => {
                let list = if list == "type" { &mut self.types } else { &mut self.distributors };
                list.push(Choice { id: number, value, label, email: String::new() });
            }
        }
    }

    /// The roles of the enrolment's part that nobody holds.
    pub fn gaps(&self, enrolment: &Enrolment) -> Vec<Role> {
        Role::of_part(enrolment.part)
            .iter()
            .copied()
            .filter(|role| !self.holders.contains_key(role.as_str()))
            .collect()
    }
}

/// The names of a list, for a sentence or a line of history.
pub(super) fn names_of(list: &[Choice]) -> String {
    list.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// The values of a list, for comparison and for files.
pub(super) fn values_of(list: &[Choice], separator: &str) -> String {
    list.iter().map(|one| one.value.as_str()).collect::<Vec<_>>().join(separator)
}
