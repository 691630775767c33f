//! How some of the demo's people want their mail, so that its days bring digests.

use diesel::prelude::*;

use super::content::{self, PreferenceLine};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{contact_roles, contacts};
use crate::error::{Error, Result};
use crate::mail::hours::Quiet;
use crate::mail::preferences::{self, Chosen, Preferences};
use crate::names;

/// Chooses for everybody who has a line.
pub(super) fn choose(now: Instant, conn: &mut Conn) -> Result<()> {
    for line in content::preferences()? {
        let contact_id: i64 = contacts::table
            .filter(contacts::email_key.eq(names::fold_email(&line.email)))
            .select(contacts::id)
            .first(conn)?;
        let programs: Vec<i64> = contact_roles::table
            .filter(contact_roles::contact_id.eq(contact_id))
            .select(contact_roles::program_id)
            .distinct()
            .load(conn)?;
        let mut chosen = Chosen::default();
        chosen.preferences = preferences(&line)?;
        for (role, rhythm) in line.rhythms()? {
            for program_id in &programs {
                chosen.set_rhythm(*program_id, role.as_str(), rhythm);
            }
        }
        preferences::save(contact_id, &chosen, now, conn)?;
    }
    Ok(())
}

fn preferences(line: &PreferenceLine) -> Result<Preferences> {
    let zone = line.time_zone.as_ref().map(|name| name.parse().map_err(Error::internal));
    let quiet = line.quiet_from.zip(line.quiet_until);
    Ok(Preferences {
        time_zone: zone.transpose()?,
        digest_hour: line.digest_hour,
        quiet: quiet.map(|(from, until)| Quiet { from, until }),
    })
}
