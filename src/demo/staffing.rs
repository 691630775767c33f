//! The demo's people: their sign-ins and their contact roles.

use diesel::prelude::*;

use super::content::{self, PersonLine};
use super::organisations::Organisations;
use crate::auth::Part;
use crate::clock::Instant;
use crate::contacts::{Role, note_gaps};
use crate::db::schema::{
    contact_roles, contacts, enrolments, logins, organisations, schedule_recipients,
};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::{names, reference};

/// Makes everybody, with their sign-ins and contact roles.
pub(super) fn settle(
    organisations: &Organisations,
    password_hash: &str,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    for line in content::people()? {
        let organisation_id = *organisations
            .get(&line.organisation)
            .ok_or_else(|| Error::internal(format!("{} is unknown", line.organisation)))?;
        let contact_id = insert_contact(&line, organisation_id, now, conn)?;
        let hash = match line.signs_in.as_str() {
            "yes" => Some(password_hash),
            "invited" => None,
            _ => {
                give_roles(&line, contact_id, organisation_id, now, conn)?;
                continue;
            }
        };
        let login = (
            logins::contact_id.eq(contact_id),
            logins::email_key.eq(names::fold_email(&line.email)),
            logins::password_hash.eq(hash),
            logins::password_set_at.eq(hash.map(|_| now)),
            logins::invited_at.eq(now),
        );
        diesel::insert_into(logins::table).values(login).execute(conn)?;
        give_roles(&line, contact_id, organisation_id, now, conn)?;
    }
    list_recipients(now, conn)?;
    diesel::update(enrolments::table).set(enrolments::roles_revision.eq(1)).execute(conn)?;
    let everybody: Vec<i64> = organisations.values().copied().collect();
    note_gaps(&everybody, conn)
}

/// Puts people on their organisations' lists of schedule recipients; some lists stay empty.
fn list_recipients(now: Instant, conn: &mut Conn) -> Result<()> {
    for line in content::schedule_recipients()? {
        let enrolled: Vec<(i64, i64, String)> = contacts::table
            .inner_join(organisations::table)
            .inner_join(
                enrolments::table.on(enrolments::organisation_id.eq(contacts::organisation_id)),
            )
            .filter(contacts::email_key.eq(names::fold_email(&line.email)))
            .filter(enrolments::part.eq(Part::Partner))
            .select((enrolments::program_id, contacts::id, organisations::name))
            .load(conn)?;
        if enrolled.is_empty() {
            return Err(Error::internal(format!("{} is at no partner", line.email)));
        }
        for (program_id, contact_id, organisation) in enrolled {
            let row = (
                schedule_recipients::program_id.eq(program_id),
                schedule_recipients::contact_id.eq(contact_id),
                schedule_recipients::added_by.eq(format!("the demo ({organisation})")),
                schedule_recipients::added_at.eq(now),
            );
            diesel::insert_into(schedule_recipients::table).values(row).execute(conn)?;
        }
    }
    Ok(())
}

fn insert_contact(
    line: &PersonLine,
    organisation_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<i64> {
    let row = (
        contacts::reference.eq(reference::draw("C")),
        contacts::organisation_id.eq(organisation_id),
        contacts::name.eq(&line.name),
        contacts::name_key.eq(names::fold(&line.name)),
        contacts::email.eq(&line.email),
        contacts::email_key.eq(names::fold_email(&line.email)),
        contacts::job_title.eq(&line.job_title),
        contacts::phone.eq(""),
        contacts::locale.eq(&line.locale),
        contacts::access.eq(line.access),
        contacts::status.eq("active"),
        contacts::created_at.eq(now),
        contacts::updated_at.eq(now),
    );
    Ok(diesel::insert_into(contacts::table).values(row).returning(contacts::id).get_result(conn)?)
}

/// Ticks the person's roles in every program in which the organisation can have them.
fn give_roles(
    line: &PersonLine,
    contact_id: i64,
    organisation_id: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let enrolled: Vec<(i64, Part)> = enrolments::table
        .filter(enrolments::organisation_id.eq(organisation_id))
        .select((enrolments::program_id, enrolments::part))
        .load(conn)?;
    let by = format!("the demo ({})", line.organisation);
    let mut rows = Vec::new();
    for (program_id, part) in enrolled {
        for role in line.roles()? {
            if Role::of_part(part).contains(&role) {
                rows.push((
                    contact_roles::program_id.eq(program_id),
                    contact_roles::contact_id.eq(contact_id),
                    contact_roles::role.eq(role),
                    contact_roles::held.eq(true),
                    contact_roles::revision.eq(1),
                    contact_roles::changed_by.eq(by.clone()),
                    contact_roles::changed_at.eq(now),
                ));
            }
        }
    }
    db::insert_all!(conn, contact_roles::table, rows);
    Ok(())
}
