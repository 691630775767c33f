//! What a schedule changes beside the one before of the same customer.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::schedules::difference::{Compared, Standing, between};
use crate::schedules::lines::Line;
use crate::schedules::model::Schedule;
use crate::web::{Frame, Visit};

/// Lines of one standing that the page shows; of more it says how many.
const MOST_ROWS: usize = 200;

#[derive(Template)]
#[template(path = "schedules/difference.html")]
pub(in crate::schedules) struct DifferencePage {
    frame: Frame,
    list_href: String,
    href: String,
    schedule: Schedule,
    issued: String,
    before: Option<Before>,
    groups: Vec<Group>,
}

struct Before {
    href: String,
    reference: String,
    issued: String,
}

struct Group {
    label: &'static str,
    tone: &'static str,
    hint: &'static str,
    rows: Vec<Row>,
    /// How many are not shown, in words.
    more: String,
}

struct Row {
    product: String,
    sku: String,
    href: String,
    licence: String,
    before: String,
    now: String,
}

impl DifferencePage {
    /// Three queries.
    pub(in crate::schedules) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let schedule = Schedule::find_for(scope, reference, conn)?;
        let before = schedule.before(scope, conn)?;
        let ids: Vec<i64> = before.iter().map(|one| one.id).chain([schedule.id]).collect();
        let (now, earlier): (Vec<Line>, Vec<Line>) =
            Line::of_all(&ids, conn)?.into_iter().partition(|line| line.schedule_id == schedule.id);
        let compared = between(&earlier, &now, schedule.issued_on);
        let locale = scope.actor().locale;
        let groups = Standing::ALL
            .into_iter()
            .map(|standing| Group::of(standing, &compared, scope))
            .filter(|group| !group.rows.is_empty());
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/schedules"),
            href: schedule.path(scope),
            issued: locale.day(schedule.issued_on),
            groups: groups.collect(),
            before: before.map(|before| Before {
                href: before.path(scope),
                issued: locale.day(before.issued_on),
                reference: before.reference,
            }),
            schedule,
        })
    }
}

impl Group {
    fn of(standing: Standing, compared: &[Compared<'_>], scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let of_standing = || compared.iter().filter(|one| one.standing == standing);
        let count = of_standing().count();
        let number = |count: usize| locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        Self {
            label: standing.label(),
            tone: standing.tone(),
            hint: hint(standing),
            rows: of_standing().take(MOST_ROWS).map(|one| Row::of(one, scope)).collect(),
            more: match count.saturating_sub(MOST_ROWS) {
                0 => String::new(),
                more => {
                    format!("And {} more; the CSV of each schedule has them all.", number(more))
                }
            },
        }
    }
}

fn hint(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "Bought with this order.",
        Standing::Renewed => "Lines that take over from earlier ones.",
        Standing::Changed => "Units added to a running line.",
        Standing::Gone => {
            "Of the schedule before: had ended when this one was issued, and nothing renews them."
        }
        Standing::Stays => "Of the schedule before: this order leaves them as they are.",
    }
}

impl Row {
    fn of(one: &Compared<'_>, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        // A line stands on one of the two at least.
        let line = one.now.or(one.before);
        let text = |get: fn(&Line) -> &String| line.map(get).cloned().unwrap_or_default();
        let licence = text(|line| &line.licence);
        Self {
            product: text(|line| &line.product),
            sku: text(|line| &line.sku),
            href: scope.path(&format!("/licences/{licence}")),
            licence,
            before: one.before.map(|line| summary(line, locale)).unwrap_or_default(),
            now: one.now.map(|line| summary(line, locale)).unwrap_or_default(),
        }
    }
}

/// Quantity and term of a line, as they are known today.
fn summary(line: &Line, locale: Locale) -> String {
    let period = line.period(line.today(), locale);
    format!("{} × {}, {period}", locale.number(line.quantity.into()), line.unit)
}
