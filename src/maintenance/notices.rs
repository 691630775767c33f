//! Partners and distributors are told of a window: when it comes near, and of each change after that.
//! Few are told at once, in the transaction of the change; many by the next sweep, batch by batch. A
//! mail's key makes a second one of the same revision impossible.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::mail::{About, Announced, Cancelled, Changed, Extended, Shortened};
use super::model::{LastChange, Window};
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::schema::{enrolments, maintenance_windows};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::mail::{self, Letter, Message};
use crate::stoppages::announced_from;
use crate::sweep::{Sweep, SweepOutcome};
use crate::web::Site;

/// Organisations told in one transaction.
const AT_ONCE: i64 = 500;

pub const SWEEP: Sweep = Sweep {
    name: "maintenance",
    what: "tells partners and distributors of maintenance windows",
    hour: 6,
    run: sweep,
};

/// Whether somebody is to be told something of a window now.
fn is_due(window: &Window, program: &Program, now: Instant) -> bool {
    let telling = &window.telling;
    let begun = telling.announced || window.cancelled_at.is_none();
    telling.told_revision < window.revision
        && begun
        && now < window.ends_at
        && (telling.announced || announced_from(window.starts_at, program.time_zone) <= now)
}

/// A window was declared or changed: tells of it what is due, if that is little.
pub(super) fn spread(
    program: &Program,
    window: &Window,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    if !is_due(window, program, now) {
        return Ok(());
    }
    let concerned = concerned(program, window, AT_ONCE + 1, conn)?;
    if i64::try_from(concerned.len()).is_ok_and(|count| count <= AT_ONCE) {
        tell(program, window, &concerned, site, now, conn)?;
        settle(window, conn)?;
    }
    Ok(())
}

/// Everybody was told of this revision.
fn settle(window: &Window, conn: &mut Conn) -> Result<()> {
    let row = maintenance_windows::table
        .find(window.id)
        .filter(maintenance_windows::revision.eq(window.revision));
    diesel::update(row)
        .set((
            maintenance_windows::told_revision.eq(window.revision),
            maintenance_windows::announced.eq(true),
            maintenance_windows::after_name_key.eq(""),
            maintenance_windows::after_reference.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// An organisation, and the name and reference of its enrolment.
type Concerned = (i64, String, String);

/// The next organisations of the program, in the order of their names.
fn concerned(
    program: &Program,
    window: &Window,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Concerned>> {
    let (name_key, reference) = &window.telling.after;
    Ok(enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .filter(enrolments::name_key.ge(name_key))
        .filter(enrolments::name_key.gt(name_key).or(enrolments::reference.gt(reference)))
        .filter(enrolments::status.eq("active"))
        .order((enrolments::name_key, enrolments::reference))
        .select((enrolments::organisation_id, enrolments::name_key, enrolments::reference))
        .limit(most)
        .load(conn)?)
}

/// Gives how many mails were queued.
fn tell(
    program: &Program,
    window: &Window,
    concerned: &[Concerned],
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<usize> {
    let ids: Vec<i64> = concerned.iter().map(|one| one.0).collect();
    let mut queued = 0;
    for (organisation_id, people) in recipients_of(program, Role::ProgramUpdates, &ids, conn)? {
        for person in people {
            let new = tell_one(program, window, organisation_id, &person, site, now, conn)?;
            queued += usize::from(new);
        }
    }
    Ok(queued)
}

fn tell_one(
    program: &Program,
    window: &Window,
    organisation_id: i64,
    person: &RoleRecipient,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let about = About { program, window, to: &person.recipient, now };
    let envelope = Envelope { program, window, organisation_id, person };
    match window.telling.change {
        LastChange::Cancelled => envelope.queue(&Cancelled(about.cancelled()), site, now, conn),
        _ if !window.telling.announced => {
            envelope.queue(&Announced(about.announced()), site, now, conn)
        }
        LastChange::Extended => envelope.queue(&Extended(about.extended()), site, now, conn),
        LastChange::Shortened => envelope.queue(&Shortened(about.shortened()), site, now, conn),
        LastChange::Declared | LastChange::Edited => {
            envelope.queue(&Changed(about.changed()), site, now, conn)
        }
    }
}

/// To whom a mail goes, and what it is about.
struct Envelope<'a> {
    program: &'a Program,
    window: &'a Window,
    organisation_id: i64,
    person: &'a RoleRecipient,
}

impl Envelope<'_> {
    /// Whether it was not queued before.
    fn queue<M: Message>(
        &self,
        message: &M,
        site: &Site,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<bool> {
        let Self { program, window, organisation_id, person } = *self;
        let letter = Letter {
            to: &person.recipient,
            program: Some(program),
            organisation_id,
            reason: person.reason.clone(),
            key: &format!("{}:{}:{}", program.slug, window.reference, window.revision),
            message,
        };
        Ok(mail::queue(&letter, site, now, conn)?.is_some())
    }
}

/// Tells whoever has not been told of what is due.
fn sweep(
    program: &Program,
    _: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let windows = db.read_blocking(|conn| Window::not_over_unscoped(program.id, now, conn))?;
    let mut queued = 0;
    for window in windows.iter().filter(|window| is_due(window, program, now)) {
        loop {
            let (program, site) = (program.clone(), site.clone());
            let (id, revision) = (window.id, window.revision);
            let batch =
                db.write_blocking(move |conn| go_on(&program, (id, revision), &site, now, conn))?;
            match batch {
                Some(mails) => queued += mails,
                None => break,
            }
        }
    }
    Ok(SweepOutcome::new(queued, format!("{queued} mails queued about maintenance")))
}

/// Tells the next organisations; gives how many mails were queued, or none when all are told or the
/// window was changed meanwhile.
fn go_on(
    program: &Program,
    (id, revision): (i64, i64),
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<usize>> {
    let window = Window::find_unscoped(id, conn)?;
    if window.revision != revision || !is_due(&window, program, now) {
        return Ok(None);
    }
    let concerned = concerned(program, &window, AT_ONCE, conn)?;
    let Some((_, name_key, reference)) = concerned.last() else {
        settle(&window, conn)?;
        return Ok(None);
    };
    let queued = tell(program, &window, &concerned, site, now, conn)?;
    diesel::update(maintenance_windows::table.find(id))
        .set((
            maintenance_windows::after_name_key.eq(name_key),
            maintenance_windows::after_reference.eq(reference),
        ))
        .execute(conn)?;
    Ok(Some(queued))
}
