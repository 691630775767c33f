//! Who is told of the end of a licence, and when.

use askama::Template;
use chrono::NaiveDate;

use crate::auth::Scope;
use crate::calendar::add_days;
use crate::contacts::RoleRecipient;
use crate::licences::record::Noticed;
use crate::locale::Locale;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "licences/notices.html")]
pub(in crate::licences) struct NoticesPage {
    frame: Frame,
    list_href: String,
    href: String,
    reference: String,
    name: String,
    /// Why nothing will be told, where that is so.
    silent: &'static str,
    rungs: Vec<RungRow>,
    recipients: Vec<Told>,
}

struct RungRow {
    when: String,
    day_iso: String,
    day: String,
    tone: &'static str,
    state: &'static str,
}

struct Told {
    name: String,
    mail: String,
    reason: String,
}

impl NoticesPage {
    pub(in crate::licences) fn new(
        visit: &Visit,
        scope: &Scope,
        noticed: &Noticed,
        recipients: Vec<RoleRecipient>,
    ) -> Self {
        let licence = &noticed.licence;
        let rungs = licence
            .ends_on
            .filter(|_| licence.renewed_by_id.is_none())
            .map(|end| rung_rows(end, &noticed.rungs, scope.today(), scope.actor().locale));
        Self {
            frame: visit.frame(scope),
            list_href: scope.path("/licences"),
            href: scope.path(&format!("/licences/{}", licence.reference)),
            reference: licence.reference.clone(),
            name: format!("{} for {}", noticed.product, noticed.customer),
            silent: match (licence.renewed_by_id, licence.ends_on) {
                (Some(_), _) => "This licence is renewed: nothing more is told about its end.",
                (None, None) => "This licence has no end (yet), so there is nothing to tell.",
                _ => "",
            },
            rungs: rungs.unwrap_or_default(),
            recipients: recipients.into_iter().map(Told::of).collect(),
        }
    }
}

impl Told {
    fn of(one: RoleRecipient) -> Self {
        Self {
            name: one.recipient.name,
            mail: one.recipient.email,
            reason: one
                .reason
                .text
                .replace("You get this because you hold", "Holds")
                .replace("You get this because you are an administrator", "Is an administrator"),
        }
    }
}

/// Every rung with its day; the first that is not over is the next.
fn rung_rows(end: NaiveDate, rungs: &[i32], today: NaiveDate, locale: Locale) -> Vec<RungRow> {
    let mut next_is_named = false;
    rungs
        .iter()
        .map(|rung| {
            let day = add_days(end, -i64::from(*rung));
            let is_next = day >= today && !next_is_named;
            next_is_named |= is_next;
            let (tone, state) = match (day < today, is_next) {
                (true, _) => ("plain", "Passed"),
                (false, true) => ("warn", "Next"),
                (false, false) => ("info", "Later"),
            };
            RungRow {
                when: rung_words(*rung),
                day_iso: day.to_string(),
                day: locale.day(day),
                tone,
                state,
            }
        })
        .collect()
}

/// How far from the end a rung is.
pub(super) fn rung_words(days_before: i32) -> String {
    let side = if days_before > 0 { "before" } else { "after" };
    match days_before.unsigned_abs() {
        0 => "On the last day".to_owned(),
        1 => format!("1 day {side} the end"),
        days => format!("{days} days {side} the end"),
    }
}
