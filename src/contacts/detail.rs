//! One contact as its page shows it: with its organisation, its login and its roles.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Contact, Role};
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, enrolments, logins, mail_rhythms, organisations};
use crate::error::Result;
use crate::mail::hours::Rhythm;
use crate::mail::preferences::rhythm_of;

/// A contact with what stands beside it.
pub(super) struct Detail {
    pub contact: Contact,
    pub organisation: String,
    /// The organisation's part in the program; none for the vendor's own people.
    pub part: Option<Part>,
    pub login: Option<LoginState>,
    /// How many active contacts manage the organisation.
    pub managers: i64,
    pub roles: Vec<HeldRole>,
}

/// How far a contact is with signing in.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoginState {
    pub accepted: bool,
    pub invited_at: Option<Instant>,
    pub signed_in_at: Option<Instant>,
    pub locked_at: Option<Instant>,
    pub second_factor_at: Option<Instant>,
}

/// A role that a contact holds, who gave it, and how often its mail comes.
pub(super) struct HeldRole {
    pub role: Role,
    pub given_by: String,
    pub given_at: Instant,
    pub rhythm: Rhythm,
}

type LoginRow =
    (i64, Option<String>, Option<Instant>, Option<Instant>, Option<Instant>, Option<Instant>);

type DetailRow = (Contact, String, Option<Part>, Option<LoginRow>, i64);

impl Detail {
    /// A contact within the scope (as [`Contact::find_for`] draws it), in two queries.
    pub(super) fn read(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let program_id = scope.program().id;
        let managers = sql::<BigInt>(
            "(SELECT COUNT(*) FROM contacts AS m WHERE m.organisation_id = organisations.id \
             AND m.status = 'active' AND m.access IN ('administrator', 'program_manager'))",
        );
        let mut query = contacts::table
            .inner_join(organisations::table)
            .left_join(
                enrolments::table.on(enrolments::organisation_id
                    .eq(contacts::organisation_id)
                    .and(enrolments::program_id.eq(program_id))),
            )
            .left_join(logins::table.on(logins::contact_id.eq(contacts::id)))
            .filter(contacts::reference.eq(reference))
            .select((
                Contact::as_select(),
                organisations::name,
                enrolments::part.nullable(),
                (
                    logins::id,
                    logins::password_hash,
                    logins::invited_at,
                    logins::signed_in_at,
                    logins::locked_at,
                    logins::second_factor_at,
                )
                    .nullable(),
                managers,
            ))
            .into_boxed();
        let own = contacts::organisation_id.eq(scope.organisation_id());
        query = if scope.is_vendor() {
            query.filter(own.or(enrolments::id.nullable().is_not_null()))
        } else {
            query.filter(own)
        };
        let (contact, organisation, part, login, managers): DetailRow = query.first(conn)?;
        let login =
            login.map(|(_, password, invited_at, signed_in_at, locked_at, factor)| LoginState {
                accepted: password.is_some(),
                invited_at,
                signed_in_at,
                locked_at,
                second_factor_at: factor,
            });
        let roles = roles_of_one(contact.id, program_id, conn)?;
        Ok(Self { contact, organisation, part, login, managers, roles })
    }

    /// Whether the organisation would be left without anybody who manages it.
    pub(super) fn is_last_manager(&self) -> bool {
        self.contact.manages() && self.managers <= 1
    }
}

fn roles_of_one(contact_id: i64, program_id: i64, conn: &mut Conn) -> Result<Vec<HeldRole>> {
    type Row = (Role, String, Instant, Option<(String, Option<i32>)>);
    let rows: Vec<Row> = contact_roles::table
        .left_join(
            mail_rhythms::table.on(mail_rhythms::contact_id
                .eq(contact_roles::contact_id)
                .and(mail_rhythms::program_id.eq(contact_roles::program_id))
                .and(mail_rhythms::role.eq(contact_roles::role))),
        )
        .filter(contact_roles::contact_id.eq(contact_id))
        .filter(contact_roles::program_id.eq(program_id))
        .filter(contact_roles::held.eq(true))
        .select((
            contact_roles::role,
            contact_roles::changed_by,
            contact_roles::changed_at,
            (mail_rhythms::rhythm, mail_rhythms::weekday).nullable(),
        ))
        .load(conn)?;
    let held = |(role, given_by, given_at, rhythm): Row| HeldRole {
        role,
        given_by,
        given_at,
        rhythm: rhythm.map_or(Rhythm::AtOnce, |(word, weekday)| rhythm_of(&word, weekday)),
    };
    let mut roles: Vec<HeldRole> = rows.into_iter().map(held).collect();
    roles.sort_by_key(|held| held.role);
    Ok(roles)
}
