//! The ends of licences as a calendar (RFC 5545): one event for each customer and day, or where that
//! would be too many, one for each day.
//!
//! It names no prices: whoever has the address, and the calendar service of whoever uses it, reads
//! along.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use icalendar::{Calendar, Component, Event, EventLike, Property};
use sha2::{Digest, Sha256};

use super::filter::{Filter, Horizon, RenewalsQuery, Show};
use super::model::{SOUGHT_CATEGORIES, SOUGHT_CUSTOMERS, SOUGHT_PRODUCTS, narrowed};
use super::sums::{Terms, open_by_day};
use super::words::licences as licences_of;
use crate::auth::{Part, Scope};
use crate::calendar::{CalendarMonth, add_days};
use crate::db::Conn;
use crate::db::schema::{categories, customers, licences, organisations, products};
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::locale::Locale;
use crate::web::Site;

/// More lines than these are told by day alone.
const MOST_LINES: usize = 2_000;
/// How long a licence that has ended stays in the calendar, unless it lapses before.
const DAYS_BACK: i64 = 30;
/// Lines that one event names.
const NAMED: usize = 20;

/// A licence as the calendar names it.
#[derive(Queryable)]
struct Ending {
    due_on: NaiveDate,
    reference: String,
    quantity: i32,
    product: String,
    unit: String,
    customer: (String, String),
    reseller: (String, String),
}

/// The calendar of what a person sees, as text.
pub(super) fn calendar_of(scope: &Scope, site: &Site, conn: &mut Conn) -> Result<String> {
    let terms = Terms::of(scope, conn)?;
    let today = scope.today();
    let (_, last) = Horizon::whole(today);
    let lapse_bound = Horizon::lapse_bound(today, terms.thresholds.lapse_days);
    let first = add_days(today, -DAYS_BACK).max(lapse_bound);
    let endings = endings(scope, first, last, conn)?;
    let writer = Writer { scope, site, locale: scope.actor().locale };
    let mut calendar = writer.calendar();
    if endings.len() > MOST_LINES {
        for (day, count) in open_by_day(scope, first, last, conn)? {
            calendar.push(writer.day(day, count));
        }
    } else {
        for ((day, ..), lines) in grouped(&endings) {
            calendar.push(writer.customer(day, &lines));
        }
    }
    Ok(calendar.to_string())
}

fn endings(
    scope: &Scope,
    first: NaiveDate,
    last: NaiveDate,
    conn: &mut Conn,
) -> Result<Vec<Ending>> {
    let filter = Filter::from(RenewalsQuery::default());
    let query = licences::table
        .inner_join(products::table)
        .inner_join(customers::table)
        .inner_join(organisations::table.on(organisations::id.eq(licences::reseller_id)))
        .select((
            licences::due_on,
            licences::reference,
            licences::quantity,
            products::name,
            products::unit,
            (customers::reference, customers::name),
            (organisations::reference, organisations::name),
        ))
        .into_boxed();
    Ok(narrowed!(query, scope, &filter)
        .filter(licences::due_on.between(first, last))
        .filter(licences::renewed_by_id.is_null())
        .order((licences::due_on, licences::reference))
        .limit(i64::try_from(MOST_LINES).unwrap_or(0) + 1)
        .load(conn)?)
}

/// The day, the customer's name, and the references of customer and partner.
type Group<'a> = (NaiveDate, &'a str, &'a str, &'a str);

/// By day, then by the customer's name; the order is the same each time.
fn grouped(endings: &[Ending]) -> BTreeMap<Group<'_>, Vec<&Ending>> {
    let mut groups = BTreeMap::<Group<'_>, Vec<&Ending>>::new();
    for line in endings {
        let (reference, name) = (line.customer.0.as_str(), line.customer.1.as_str());
        let key = (line.due_on, name, reference, line.reseller.0.as_str());
        groups.entry(key).or_default().push(line);
    }
    groups
}

struct Writer<'a> {
    scope: &'a Scope,
    site: &'a Site,
    locale: Locale,
}

impl Writer<'_> {
    fn calendar(&self) -> Calendar {
        let name = format!("Renewals, {}", self.scope.program().name);
        let mut calendar = Calendar::empty();
        for (key, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//Partner portal//Renewals//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
            ("X-WR-CALNAME", &plain(&name)),
            ("X-WR-TIMEZONE", self.scope.program().time_zone.name()),
            ("X-PUBLISHED-TTL", "PT12H"),
        ] {
            calendar.append_property((key, value));
        }
        let twice_a_day =
            Property::new("REFRESH-INTERVAL", "PT12H").add_parameter("VALUE", "DURATION").done();
        calendar.append_property(twice_a_day);
        calendar
    }

    /// What ends for one customer on a day.
    fn customer(&self, day: NaiveDate, lines: &[&Ending]) -> Event {
        let Some(one) = lines.first() else {
            return Event::new();
        };
        let is_partner = self.scope.part() == Some(Part::Partner);
        let customer = match is_partner {
            true => one.customer.1.clone(),
            false => format!("{} ({})", one.customer.1, one.reseller.1),
        };
        let what = match lines.len() {
            1 => format!("{} ends", one.product),
            several => format!("{} end", licences_of(several, self.locale)),
        };
        let mut told: Vec<String> = lines.iter().take(NAMED).map(|line| self.line(line)).collect();
        if lines.len() > NAMED {
            let more = i64::try_from(lines.len() - NAMED).unwrap_or(0);
            told.push(format!("and {} more", self.locale.number(more)));
        }
        let of = [one.customer.0.as_str(), one.reseller.0.as_str()];
        let searched = Some(one.customer.1.as_str());
        self.event(day, &of, &format!("{customer}: {what}"), &told, searched)
    }

    fn line(&self, line: &Ending) -> String {
        let Ending { quantity, unit, product, reference, .. } = line;
        plain(&format!(
            "{} × {unit} {product}, {reference}",
            self.locale.number((*quantity).into())
        ))
    }

    /// What ends on a day, where customers are too many to name.
    fn day(&self, day: NaiveDate, count: i64) -> Event {
        let count = licences_of(usize::try_from(count).unwrap_or(0), self.locale);
        let verb = if count.number == 1 { "ends" } else { "end" };
        self.event(day, &[], &format!("{count} {verb}"), &[], None)
    }

    fn event(
        &self,
        day: NaiveDate,
        of: &[&str],
        summary: &str,
        told: &[String],
        searched: Option<&str>,
    ) -> Event {
        let link = self.link(day, searched);
        let mut text = told.to_vec();
        text.push(link.clone());
        let stamp = self.scope.today().and_time(NaiveTime::MIN).and_utc();
        Event::new()
            .uid(&self.uid(day, of))
            .timestamp(stamp)
            .starts(day)
            .ends(add_days(day, 1))
            .summary(&plain(summary))
            .description(&text.join("\n"))
            .url(&link)
            .add_property("TRANSP", "TRANSPARENT")
            .add_property("CLASS", "PRIVATE")
            .done()
    }

    /// The same as long as the day and the parties are, whatever ends on it.
    fn uid(&self, day: NaiveDate, of: &[&str]) -> String {
        let slug = self.scope.program().slug.as_str();
        let mut hash = Sha256::new();
        for part in [slug].iter().chain(of) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest: String =
            hash.finalize().iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        let host = self.site.base.host_str().unwrap_or("portal");
        format!("{}-{digest}@{host}", day.format("%Y%m%d"))
    }

    /// The page with what the event is about.
    fn link(&self, day: NaiveDate, searched: Option<&str>) -> String {
        let show = if day < self.scope.today() { Show::Late } else { Show::Coming };
        let everything = Filter::from(RenewalsQuery::default());
        let mut filter = everything.in_month(CalendarMonth::of(day), show);
        filter.search = searched.unwrap_or_default().to_owned();
        self.site.link(&filter.page(self.scope))
    }
}

/// A text of one line: what a name brings along of line breaks and other controls parts nothing.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// What an answer with this body is known by.
pub(super) fn etag_of(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Whether `If-None-Match` names it; a cache on the way may have made it weak.
pub(super) fn is_known(if_none_match: &str, etag: &str) -> bool {
    let same = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag;
    if_none_match.split(',').map(str::trim).any(same)
}
