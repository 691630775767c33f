//! The vendor's counts by partner and distributor.

use askama::Template;

use super::{Figures, Tab, chosen_period, periods, tabs};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::ledger::counts::{Partner, by_partner};
use crate::ledger::filter::{CountsQuery, UNDELIVERED};
use crate::ledger::words::Choice;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "ledger/partners.html")]
pub(in crate::ledger) struct PartnersPage {
    frame: Frame,
    tabs: Vec<Tab>,
    action: String,
    csv_href: String,
    search: String,
    periods: Vec<Choice>,
    period: &'static str,
    shows: Vec<Choice>,
    show: &'static str,
    filtered: bool,
    lines: Vec<Line>,
    shown: String,
    previous: Option<String>,
    next: Option<String>,
}

struct Line {
    href: String,
    name: String,
    figures: Figures,
}

impl PartnersPage {
    pub(in crate::ledger) fn read(
        visit: &Visit,
        scope: &Scope,
        query: &CountsQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let found = Partner::page_of(scope, query, conn)?;
        let tallies = by_partner(scope, query, &found.rows, conn)?;
        let path = scope.path("/mail/partners");
        let link = |cursor: &String| query.address(&path, Some(cursor));
        let lines = found.rows.iter().map(|partner| {
            let tally = tallies.get(&partner.organisation_id).copied().unwrap_or_default();
            let of_partner = CountsQuery {
                days: query.days.clone(),
                partner: partner.reference.clone(),
                ..CountsQuery::default()
            };
            Line {
                href: of_partner.address(&scope.path("/mail"), None),
                name: partner.name.clone(),
                figures: Figures::of(tally, scope.actor().locale),
            }
        });
        Ok(Self {
            frame: visit.frame(scope),
            tabs: tabs(scope, "/mail/partners"),
            csv_href: query.address(&scope.path("/mail/partners.csv"), None),
            search: query.q.clone(),
            periods: periods(),
            period: chosen_period(query),
            shows: vec![Choice {
                value: UNDELIVERED.to_owned(),
                label: "With mail that did not go out".to_owned(),
            }],
            show: if query.shows_undelivered() { UNDELIVERED } else { "" },
            filtered: !query.q.is_empty()
                || query.shows_undelivered()
                || !chosen_period(query).is_empty(),
            lines: lines.collect(),
            shown: match found.rows.len() {
                1 => "1 organisation on this page".to_owned(),
                count => format!("{count} organisations on this page"),
            },
            previous: found.previous.as_ref().map(link),
            next: found.next.as_ref().map(link),
            action: path,
        })
    }
}
