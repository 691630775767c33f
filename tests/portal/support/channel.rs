//! Partners and people beyond those whom every test knows, and who holds which role.

use diesel::dsl::insert_into;
use diesel::prelude::*;
use portal::contacts::Role;
use portal::db::Conn;
use portal::db::schema::{contact_roles, contacts, enrolments, organisations, programs};
use portal::error::Result;
use portal::{names, reference};

use super::Portal;
use super::people::beginning;

/// A partner of the program `shield` that takes part; gives its organisation.
pub fn enrol(name: &str, portal: &Portal) -> i64 {
    let name = name.to_owned();
    portal.write(move |conn| {
        let shield: i64 =
            programs::table.filter(programs::slug.eq("shield")).select(programs::id).first(conn)?;
        let id: i64 = insert_into(organisations::table)
            .values((
                organisations::reference.eq(reference::draw("O")),
                organisations::name.eq(&name),
                organisations::name_key.eq(names::fold(&name)),
                organisations::country.eq("JP"),
                organisations::created_at.eq(beginning()),
            ))
            .returning(organisations::id)
            .get_result(conn)?;
        insert_into(enrolments::table)
            .values((
                enrolments::reference.eq(reference::draw("P")),
                enrolments::program_id.eq(shield),
                enrolments::organisation_id.eq(id),
                enrolments::part.eq("partner"),
                enrolments::currency.eq("JPY"),
                enrolments::status.eq("active"),
                enrolments::name_key.eq(names::fold(&name)),
                enrolments::enrolled_on.eq(beginning().utc().date()),
                enrolments::created_at.eq(beginning()),
            ))
            .execute(conn)?;
        Ok(id)
    })
}

/// Somebody at an organisation, without a login; gives the contact.
pub fn add_contact(organisation: i64, place: usize, administrator: bool, portal: &Portal) -> i64 {
    portal.write(move |conn| {
        let name = format!("Person {place} of {organisation}");
        let email = format!("person-{place}@{organisation}.example");
        let access = if administrator { "administrator" } else { "member" };
        Ok(insert_into(contacts::table)
            .values((
                contacts::reference.eq(reference::draw("C")),
                contacts::organisation_id.eq(organisation),
                contacts::name.eq(&name),
                contacts::name_key.eq(names::fold(&name)),
                contacts::email.eq(&email),
                contacts::email_key.eq(&email),
                contacts::job_title.eq(""),
                contacts::phone.eq(""),
                contacts::locale.eq("en-GB"),
                contacts::access.eq(access),
                contacts::status.eq("active"),
                contacts::created_at.eq(beginning()),
                contacts::updated_at.eq(beginning()),
            ))
            .returning(contacts::id)
            .get_result(conn)?)
    })
}

/// From now on the contact holds the role in the program `shield`.
pub fn give_role(contact: i64, role: Role, portal: &Portal) {
    portal.write(move |conn| set_role(contact, role, true, conn));
}

/// From now on the contact holds it no more.
pub fn take_role(contact: i64, role: Role, portal: &Portal) {
    portal.write(move |conn| set_role(contact, role, false, conn));
}

/// [`give_role`] or [`take_role`], within a transaction.
pub fn set_role(contact: i64, role: Role, held: bool, conn: &mut Conn) -> Result<()> {
    let shield: i64 =
        programs::table.filter(programs::slug.eq("shield")).select(programs::id).first(conn)?;
    let changed = diesel::update(contact_roles::table)
        .filter(contact_roles::program_id.eq(shield))
        .filter(contact_roles::contact_id.eq(contact))
        .filter(contact_roles::role.eq(role))
        .set(contact_roles::held.eq(held))
        .execute(conn)?;
    if changed == 0 {
        insert_into(contact_roles::table)
            .values((
                contact_roles::program_id.eq(shield),
                contact_roles::contact_id.eq(contact),
                contact_roles::role.eq(role),
                contact_roles::held.eq(held),
                contact_roles::revision.eq(1),
                contact_roles::changed_by.eq("Olive Owner (Acme)"),
                contact_roles::changed_at.eq(beginning()),
            ))
            .execute(conn)?;
    }
    Ok(())
}
