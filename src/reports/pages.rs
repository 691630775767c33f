//! The pages of reports.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::{Capability, Standing, Window};
use crate::orders::{self, OrderStatus};
use crate::pricing::quotes::{self, QuoteStatus};
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "reports/maintenance.html")]
pub(super) struct MaintenanceReport {
    frame: Frame,
    list_href: String,
    window_href: String,
    reference: String,
    title: String,
    /// Whether it has not begun: what it would hold if it began now.
    is_ahead: bool,
    held: Vec<Held>,
    /// What else it stops, with what happens to work under way.
    others: Vec<Capability>,
}

/// Records of one kind that it held.
struct Held {
    /// "Quotes"; at the head of the column, too.
    title: &'static str,
    hint: &'static str,
    lines: Vec<Line>,
    total: String,
    href: String,
    csv_href: String,
}

/// What became of some of them.
struct Line {
    label: &'static str,
    count: String,
    href: String,
}

/// What became of a quote that a window found open.
fn quote_became(status: QuoteStatus) -> &'static str {
    match status {
        QuoteStatus::Sent => "Still open",
        other => other.label(),
    }
}

impl Held {
    /// `folder` is where the list is, below the program.
    fn of<S: Copy + PartialEq + std::fmt::Display>(
        (title, hint, folder): (&'static str, &'static str, &str),
        scope: &Scope,
        reference: &str,
        (all, found): (&[S], &[S]),
        became: fn(S) -> &'static str,
    ) -> Self {
        let locale = scope.actor().locale;
        let number = |count: usize| locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        let href = format!("{}?held={reference}", scope.path(folder));
        let lines = all.iter().filter_map(|status| {
            let count = found.iter().filter(|one| *one == status).count();
            (count > 0).then(|| Line {
                label: became(*status),
                count: number(count),
                href: format!("{href}&status={status}"),
            })
        });
        Self {
            title,
            hint,
            lines: lines.collect(),
            total: number(found.len()),
            csv_href: format!("{}.csv?held={reference}", scope.path(folder)),
            href,
        }
    }
}

const ORDERS: (&str, &str, &str) = (
    "Orders",
    "Those that were released while processing was stopped. They are processed in the order of their \
     release when it is over.",
    "/orders",
);

const QUOTES: (&str, &str, &str) = (
    "Quotes",
    "Those that were sent, valid and not answered when it began. They can be accepted longer, by as \
     many days as quotes were stopped.",
    "/quotes",
);

impl MaintenanceReport {
    /// Four queries.
    pub(super) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<Self> {
        let window = Window::find_for(scope, reference, conn)?;
        let stops = |one: Capability| window.capabilities.contains(&one);
        let mut held = Vec::new();
        if let Some(kept) = scope.program().stoppages.find(reference) {
            if stops(Capability::OrderProcessing) {
                let found = orders::held_by(scope, kept, conn)?;
                let counted = (OrderStatus::ALL, found.as_slice());
                held.push(Held::of(ORDERS, scope, reference, counted, OrderStatus::label));
            }
            if stops(Capability::Quotes) {
                let found = quotes::held_by(scope, kept, conn)?;
                let counted = (QuoteStatus::ALL, found.as_slice());
                held.push(Held::of(QUOTES, scope, reference, counted, quote_became));
            }
        }
        let counted = [Capability::OrderProcessing, Capability::Quotes];
        let others = window.capabilities.iter().filter(|one| !counted.contains(one));
        let from = scope.actor().locale.moment(window.starts_at, scope.program().time_zone);
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/maintenance"),
            window_href: window.path(scope),
            title: format!("What the maintenance from {from} held"),
            is_ahead: window.standing(visit.now()) == Standing::Upcoming,
            held,
            others: others.copied().collect(),
            reference: window.reference,
        })
    }
}
