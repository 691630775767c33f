//! The one thing that can be done here, once.

use diesel::prelude::*;

use super::forms::SetUp;
use crate::audit::By;
use crate::auth::links::{self, Issued, Link, Purpose};
use crate::auth::{Access, NewPerson, Program, add_person, begin_session};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::logins;
use crate::error::{Error, Result};
use crate::programs;

const BY: By<'static> = By::Portal("The first set-up");

/// Makes a link to the set-up, if nobody has a login yet. Links made earlier stay good for their
/// time: several processes may start at once.
pub fn open_link(now: Instant, conn: &mut Conn) -> Result<Option<Issued>> {
    if anybody_can_sign_in(conn)? {
        return Ok(None);
    }
    links::issue(Purpose::SetUp, None, now, conn).map(Some)
}

/// The link with this secret, as long as nobody has a login.
pub(super) fn find(token: &str, now: Instant, conn: &mut Conn) -> Result<Link> {
    let link = links::find(Purpose::SetUp, token, now, conn)?;
    if anybody_can_sign_in(conn)? {
        return Err(Error::NotFound);
    }
    Ok(link)
}

fn anybody_can_sign_in(conn: &mut Conn) -> Result<bool> {
    let first: Option<i64> = logins::table.select(logins::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Where somebody is who sets the portal up.
#[derive(Clone)]
pub(super) struct Place {
    pub client: String,
    pub user_agent: String,
}

/// Imports the first program and makes its manager, who is signed in: gives the program's slug and
/// the key of the session.
pub(super) fn set_up(
    link: Link,
    first: &SetUp,
    hash: &str,
    place: &Place,
    now: Instant,
    conn: &mut Conn,
) -> Result<(String, String)> {
    links::use_up(link, now, conn)?;
    if anybody_can_sign_in(conn)? {
        return Err(Error::conflict("The portal was set up a moment ago. Sign in instead."));
    }
    programs::import(&first.pack, BY, now, conn)?;
    let program = Program::find_unscoped(&first.pack.slug, conn)?;
    let person = NewPerson {
        organisation_id: program.vendor_id,
        name: first.name.clone(),
        email: first.email.clone(),
        access: Access::ProgramManager,
    };
    let contact_id = add_person(BY, &person, Some(hash), now, conn)?;
    let key = begin_session(contact_id, &place.client, &place.user_agent, now, conn)?;
    Ok((program.slug, key))
}
