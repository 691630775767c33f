//! What may need somebody, within a scope. Each read is one query and stops counting early: the
//! page says "more than 100" and leads to where all of it stands.

use chrono::{Duration, NaiveDate};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Text};

use crate::auth::{Part, Scope};
use crate::contacts::Role;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts, enrolments, mails, organisations};
use crate::error::Result;

/// Renewals that end within so many days are due; those that ended so many days ago are late.
pub(super) const DAYS: i64 = 30;
/// Mails that failed so many days ago or less need somebody.
pub(super) const MAIL_DAYS: i64 = 7;
/// More are not counted.
pub(super) const MOST: usize = 100;
/// What their queries are limited to: the one too many says that there are more.
const LIMIT: i64 = 101;

/// A licence that is not renewed.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Ending {
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = Text)]
    pub customer: String,
    #[diesel(sql_type = Text)]
    pub product: String,
    #[diesel(sql_type = Integer)]
    pub quantity: i32,
    #[diesel(sql_type = Text)]
    pub reseller: String,
}

/// The renewals of the scope that are late, and those that are due, the nearest end first.
pub(super) fn renewals(scope: &Scope, conn: &mut Conn) -> Result<(Vec<Ending>, Vec<Ending>)> {
    let today = scope.today();
    // Parameters are numbered in the order in which they first stand: SQLite counts them so.
    let own = match scope.part() {
        None => "$4 <> 0",
        Some(Part::Partner) => "l.reseller_id = $4",
        Some(Part::Distributor) => "l.distributor_id = $4",
    };
    let ended = endings("l.due_on >= $2 AND l.due_on < $3", own);
    let ending = endings("l.due_on >= $3 AND l.due_on <= $5", own);
    let both = format!(
        "SELECT * FROM ({ended}) AS ended UNION ALL SELECT * FROM ({ending}) AS ending \
         ORDER BY due_on, reference"
    );
    let rows: Vec<Ending> = diesel::sql_query(both)
        .bind::<BigInt, _>(scope.program().id)
        .bind::<Date, _>(today - Duration::days(DAYS))
        .bind::<Date, _>(today)
        .bind::<BigInt, _>(scope.organisation_id())
        .bind::<Date, _>(today + Duration::days(DAYS))
        .load(conn)?;
    Ok(rows.into_iter().partition(|row| row.due_on < today))
}

fn endings(when: &str, own: &str) -> String {
    format!(
        "SELECT l.reference, l.due_on, c.name AS customer, p.name AS product, l.quantity, \
         o.name AS reseller FROM licences l \
         JOIN customers c ON c.id = l.customer_id JOIN products p ON p.id = l.product_id \
         JOIN organisations o ON o.id = l.reseller_id \
         WHERE l.program_id = $1 AND {when} AND {own} AND l.renewed_by_id IS NULL \
         ORDER BY l.due_on, l.reference LIMIT {LIMIT}"
    )
}

/// The roles of the person's organisation that no active contact holds.
pub(super) fn gaps(scope: &Scope, part: Part, conn: &mut Conn) -> Result<Vec<Role>> {
    let held: Vec<Role> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contact_roles::program_id.eq(scope.program().id))
        .filter(contact_roles::held.eq(true))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::status.eq("active"))
        .select(contact_roles::role)
        .distinct()
        .load(conn)?;
    Ok(Role::of_part(part).iter().copied().filter(|role| !held.contains(role)).collect())
}

/// Somebody in the person's own organisation, and what they need.
#[derive(QueryableByName)]
struct Colleague {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Text)]
    who: String,
}

/// Colleagues who were invited and have not chosen a password yet, by name; and the addresses of
/// those to whom a mail of the last days was given up on.
pub(super) fn colleagues(scope: &Scope, conn: &mut Conn) -> Result<(Vec<String>, Vec<String>)> {
    let invited = format!(
        "SELECT 'invited' AS what, c.name AS who, c.name_key AS place FROM contacts c \
         JOIN logins l ON l.contact_id = c.id \
         WHERE c.organisation_id = $1 AND c.status = 'active' AND l.invited_at IS NOT NULL \
         AND l.password_hash IS NULL ORDER BY c.name_key, c.reference LIMIT {LIMIT}"
    );
    let unreached = format!(
        "SELECT 'unreached' AS what, m.to_email AS who, '' AS place FROM mails m \
         WHERE m.organisation_id = $1 AND m.program_id = $2 AND m.queued_on >= $3 \
         AND m.status = 'failed' AND m.status IN ('failed', 'suppressed') \
         ORDER BY m.queued_on DESC, m.id DESC LIMIT {LIMIT}"
    );
    let both = format!(
        "SELECT what, who FROM (SELECT * FROM ({invited}) AS invited \
         UNION ALL SELECT * FROM ({unreached}) AS unreached) AS colleagues ORDER BY what, place"
    );
    let rows: Vec<Colleague> = diesel::sql_query(both)
        .bind::<BigInt, _>(scope.organisation_id())
        .bind::<BigInt, _>(scope.program().id)
        .bind::<Date, _>(scope.today() - Duration::days(MAIL_DAYS))
        .load(conn)?;
    let (invited, unreached): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.what == "invited");
    let who = |rows: Vec<Colleague>| rows.into_iter().map(|row| row.who).collect();
    Ok((who(invited), who(unreached)))
}

/// Active partners of the program where nobody holds the role Renewals.
pub(super) fn partners_with_gap(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    let holder = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contacts::organisation_id.eq(enrolments::organisation_id))
        .filter(contacts::status.eq("active"))
        .filter(contact_roles::program_id.eq(enrolments::program_id))
        .filter(contact_roles::role.eq(Role::Renewals))
        .filter(contact_roles::held.eq(true));
    Ok(enrolments::table
        .inner_join(organisations::table)
        .filter(enrolments::program_id.eq(scope.program().id))
        .filter(enrolments::part.eq(Part::Partner))
        .filter(enrolments::status.eq("active"))
        .filter(not(exists(holder)))
        .order((enrolments::name_key, enrolments::reference))
        .limit(LIMIT)
        .select(organisations::name)
        .load(conn)?)
}

/// To whom mails of the program were given up on in the last days.
pub(super) fn failed_mails(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    Ok(mails::table
        .filter(mails::program_id.eq(scope.program().id))
        // Written out, so that both engines see that the index of such mails is meant.
        .filter(sql::<Bool>("mails.status = 'failed' AND mails.status IN ('failed', 'suppressed')"))
        .filter(mails::queued_on.ge(scope.today() - Duration::days(MAIL_DAYS)))
        .order((mails::queued_on.desc(), mails::id.desc()))
        .limit(LIMIT)
        .select(mails::to_email)
        .load(conn)?)
}
