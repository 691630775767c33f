//! Whoever pays in a list's currency is told of it, once for each publication. Few partners are told
//! at once, in the transaction of the change; many by the next sweep, batch by batch, so that nobody's
//! sign-in waits, and what is withdrawn by then was never announced.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Decision;
use super::difference::{Difference, PriceTable};
use super::mail::{About, PricesPublished, PricesWithdrawn};
use super::model::{ListRecord, table_of};
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::schema::{enrolments, price_lists, price_news};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::mail::{self, Letter, Message, Recipient};
use crate::sweep::{Sweep, SweepOutcome};
use crate::text_enum;
use crate::web::Site;

/// Organisations told in one transaction.
const AT_ONCE: i64 = 500;

pub const SWEEP: Sweep = Sweep {
    name: "price_news",
    what: "tells partners of price lists that were published or withdrawn",
    hour: 6,
    run: sweep,
};

text_enum! {
    /// What happened to a list.
    pub enum Event {
        Published = "published",
        Withdrawn = "withdrawn",
    }
}

/// What partners are still to be told, and how far they are.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = price_news)]
struct News {
    id: i64,
    reference: String,
    event: Event,
    currency: String,
    effective_on: NaiveDate,
    happened_at: Instant,
    /// Whether somebody was told of an earlier version of the list.
    told_before: bool,
    after_name_key: String,
    after_reference: String,
}

impl News {
    fn find(reference: &str, conn: &mut Conn) -> Result<Option<Self>> {
        Ok(price_news::table
            .filter(price_news::reference.eq(reference))
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    fn was_told(&self) -> bool {
        self.told_before || !self.after_reference.is_empty()
    }
}

/// A list was published; `again` where it took the place of another version.
pub(super) fn announce(
    list: &ListRecord,
    again: bool,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    // Once all were told of a version, its news is gone.
    let told_before = News::find(&list.reference, conn)?.map_or(again, |news| news.was_told());
    spread(list, Event::Published, told_before, decision, conn)
}

/// A list was withdrawn. Whoever was never told of it is not told of that either.
pub(super) fn take_back(list: &ListRecord, decision: Decision<'_>, conn: &mut Conn) -> Result<()> {
    match News::find(&list.reference, conn)? {
        Some(news) if !news.was_told() => forget(news.id, conn),
        _ => spread(list, Event::Withdrawn, true, decision, conn),
    }
}

fn forget(id: i64, conn: &mut Conn) -> Result<()> {
    diesel::delete(price_news::table.find(id)).execute(conn)?;
    Ok(())
}

fn spread(
    list: &ListRecord,
    event: Event,
    told_before: bool,
    decision: Decision<'_>,
    conn: &mut Conn,
) -> Result<()> {
    let Decision { program, site: Some(site), now, .. } = decision else { return Ok(()) };
    let same = price_news::table.filter(price_news::reference.eq(&list.reference));
    diesel::delete(same).execute(conn)?;
    let row = (
        price_news::program_id.eq(program.id),
        price_news::reference.eq(&list.reference),
        price_news::event.eq(event),
        price_news::currency.eq(list.currency_code()),
        price_news::effective_on.eq(list.effective_on),
        price_news::happened_at.eq(now),
        price_news::told_before.eq(told_before),
        price_news::after_name_key.eq(""),
        price_news::after_reference.eq(""),
    );
    diesel::insert_into(price_news::table).values(row).execute(conn)?;
    let Some(news) = News::find(&list.reference, conn)? else { return Ok(()) };
    let concerned = concerned(program, &news, AT_ONCE + 1, conn)?;
    if i64::try_from(concerned.len()).is_ok_and(|count| count <= AT_ONCE) {
        let difference = difference(program, &news, conn)?;
        tell(program, &news, difference.as_ref(), &concerned, site, now, conn)?;
        forget(news.id, conn)?;
    }
    Ok(())
}

/// An organisation, and the name and reference of its enrolment.
type Concerned = (i64, String, String);

/// The next organisations that pay in the currency, in the order of their names.
fn concerned(program: &Program, news: &News, most: i64, conn: &mut Conn) -> Result<Vec<Concerned>> {
    let (name_key, reference) = (&news.after_name_key, &news.after_reference);
    Ok(enrolments::table
        .filter(enrolments::program_id.eq(program.id))
        .filter(enrolments::name_key.ge(name_key))
        .filter(enrolments::name_key.gt(name_key).or(enrolments::reference.gt(reference)))
        .filter(enrolments::status.eq("active"))
        .filter(enrolments::currency.eq(&news.currency))
        .order((enrolments::name_key, enrolments::reference))
        .select((enrolments::organisation_id, enrolments::name_key, enrolments::reference))
        .limit(most)
        .load(conn)?)
}

/// What a published list changes beside the one before it; none where it is the first.
fn difference(program: &Program, news: &News, conn: &mut Conn) -> Result<Option<Difference>> {
    let list: Option<ListRecord> = price_lists::table
        .filter(price_lists::reference.eq(&news.reference))
        .select(ListRecord::as_select())
        .first(conn)
        .optional()?;
    let Some(list) = list else { return Ok(None) };
    let before = ListRecord::before(program.id, list.currency()?, list.effective_on, conn)?;
    let Some(before) = before else { return Ok(None) };
    let old: PriceTable = table_of(before.id, conn)?;
    Ok(Some(Difference::between(&old, &table_of(list.id, conn)?)))
}

/// Gives how many mails were queued.
fn tell(
    program: &Program,
    news: &News,
    difference: Option<&Difference>,
    concerned: &[Concerned],
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<usize> {
    let about = About { program, currency: &news.currency, effective_on: news.effective_on };
    let mut queued = 0;
    let ids: Vec<i64> = concerned.iter().map(|one| one.0).collect();
    for (organisation_id, people) in recipients_of(program, Role::ProgramUpdates, &ids, conn)? {
        for person in people {
            let to = person.recipient.clone();
            let new = match news.event {
                Event::Published => {
                    let message = PricesPublished::new(about, difference, news.told_before, &to);
                    queue(program, news, organisation_id, person, &message, site, now, conn)?
                }
                Event::Withdrawn => {
                    let message = PricesWithdrawn::new(about, &to);
                    queue(program, news, organisation_id, person, &message, site, now, conn)?
                }
            };
            queued += usize::from(new);
        }
    }
    Ok(queued)
}

#[expect(clippy::too_many_arguments, reason = "a letter has this many parts")]
fn queue<M: Message>(
    program: &Program,
    news: &News,
    organisation_id: i64,
    RoleRecipient { recipient, reason }: RoleRecipient,
    message: &M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<bool> {
    let version = news.happened_at.to_datetime().timestamp_micros();
    let key = format!("{}:{}:{version}", program.slug, news.reference);
    let to: &Recipient = &recipient;
    let letter = Letter { to, program: Some(program), organisation_id, reason, key: &key, message };
    Ok(mail::queue(&letter, site, now, conn)?.is_some())
}

/// Tells whoever has not been told. A mail's key makes a second one impossible, so that it may be
/// stopped anywhere and run by many at once.
fn sweep(
    program: &Program,
    _: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let waiting: Vec<(i64, String)> = db.read_blocking(|conn| {
        Ok(price_news::table
            .filter(price_news::program_id.eq(program.id))
            .order(price_news::id)
            .select((price_news::id, price_news::reference))
            .load(conn)?)
    })?;
    let mut queued = 0;
    for (_, reference) in waiting {
        let news = db.read_blocking(|conn| News::find(&reference, conn))?;
        let Some(news) = news else { continue };
        let difference = db.read_blocking(|conn| difference(program, &news, conn))?;
        let batch = Batch {
            program: program.clone(),
            site: site.clone(),
            difference: Arc::new(difference),
            now,
        };
        loop {
            let (batch, version) = (batch.clone(), (news.id, news.happened_at));
            match db.write_blocking(move |conn| batch.go_on(version, conn))? {
                Some(mails) => queued += mails,
                None => break,
            }
        }
    }
    Ok(SweepOutcome::new(queued, format!("{queued} mails queued about prices")))
}

/// What the batches of one news have in common.
#[derive(Clone)]
struct Batch {
    program: Program,
    site: Site,
    difference: Arc<Option<Difference>>,
    now: Instant,
}

impl Batch {
    /// Tells the next partners; gives how many mails were queued, or none when all are told or the
    /// list was published anew meanwhile.
    fn go_on(&self, (id, happened_at): (i64, Instant), conn: &mut Conn) -> Result<Option<usize>> {
        let news: Option<News> = price_news::table
            .find(id)
            .filter(price_news::happened_at.eq(happened_at))
            .select(News::as_select())
            .first(conn)
            .optional()?;
        let Some(news) = news else { return Ok(None) };
        let concerned = concerned(&self.program, &news, AT_ONCE, conn)?;
        let Some((_, name_key, reference)) = concerned.last() else {
            forget(id, conn)?;
            return Ok(None);
        };
        let (program, difference) = (&self.program, self.difference.as_ref().as_ref());
        let queued = tell(program, &news, difference, &concerned, &self.site, self.now, conn)?;
        let place =
            (price_news::after_name_key.eq(name_key), price_news::after_reference.eq(reference));
        diesel::update(price_news::table.find(id)).set(place).execute(conn)?;
        Ok(Some(queued))
    }
}
