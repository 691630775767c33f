//! One price list: what it changes, its history, and how it is withdrawn.

use askama::Template;

use super::import::ChangeLine;
use crate::audit::{self, Line};
use crate::auth::{Scope, Seats};
use crate::catalogue::price_lists::difference::Difference;
use crate::catalogue::price_lists::forms::{Refused, WithdrawalForm};
use crate::catalogue::price_lists::model::{KIND, ListRecord, list_in_its_row, tables_of};
use crate::catalogue::price_lists::publishing::{version, why_kept};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "catalogue/price_list.html")]
pub(in crate::catalogue::price_lists) struct ShowPage {
    frame: Frame,
    path: String,
    lists_href: String,
    csv_href: String,
    list: ListRecord,
    title: String,
    tone: &'static str,
    status: &'static str,
    day_text: String,
    at_iso: String,
    at_text: String,
    prices: String,
    /// The list before it.
    before: Option<Link>,
    counts: Counts,
    changes: Vec<ChangeLine>,
    more: usize,
    history: Vec<Line>,
    /// Whether the person publishes lists at all.
    publishes: bool,
    /// Why it cannot be withdrawn; none where it can.
    why_kept: Option<&'static str>,
    version: i64,
    refused: Refused<WithdrawalForm>,
}

struct Link {
    href: String,
    label: String,
}

/// How many prices differ, and how.
pub(in crate::catalogue::price_lists) struct Counts {
    pub dearer: String,
    pub cheaper: String,
    pub added: String,
    pub removed: String,
    pub same: String,
}

impl Counts {
    pub(in crate::catalogue::price_lists) fn of(difference: &Difference, scope: &Scope) -> Self {
        let number =
            |count: usize| scope.actor().locale.number(i64::try_from(count).unwrap_or(i64::MAX));
        Self {
            dearer: number(difference.dearer()),
            cheaper: number(difference.cheaper()),
            added: number(difference.added()),
            removed: number(difference.removed()),
            same: number(difference.same),
        }
    }
}

impl ShowPage {
    /// Three queries.
    pub(in crate::catalogue::price_lists) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        refused: Refused<WithdrawalForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (list, before, phase) = list_in_its_row(scope, reference, conn)?;
        let currency = list.currency()?;
        let mut ids = vec![list.id];
        ids.extend(before.as_ref().map(|list| list.id));
        let mut tables = tables_of(&ids, conn)?;
        let new = tables.remove(&list.id).unwrap_or_default();
        let old = before.as_ref().and_then(|list| tables.remove(&list.id)).unwrap_or_default();
        let difference = Difference::between(&old, &new);
        let (changes, more) = ChangeLine::all(&difference, currency, scope);
        let mut entries = audit::timeline(KIND, list.id, conn)?;
        // A row may have had another list before, which was withdrawn.
        entries.retain(|entry| entry.subject_reference == list.reference);
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let path = list.path(scope);
        Ok(Self {
            frame: visit.frame(scope),
            lists_href: scope.path("/prices"),
            csv_href: format!("{path}/prices.csv"),
            path,
            day_text: locale.day(list.effective_on),
            title: format!("{} from {}", currency.code(), locale.day(list.effective_on)),
            tone: phase.tone(),
            status: phase.label(),
            at_iso: list.published_at.to_string(),
            at_text: locale.moment(list.published_at, zone),
            prices: locale.number(i64::try_from(new.len()).unwrap_or(i64::MAX)),
            before: before
                .map(|one| Link { href: one.path(scope), label: locale.day(one.effective_on) }),
            counts: Counts::of(&difference, scope),
            changes,
            more,
            history: Line::all(&entries, locale, zone),
            publishes: Seats::PROGRAM_MANAGER.has(scope.seat()),
            why_kept: why_kept(&list, scope.today()),
            version: version(&list),
            refused,
            list,
        })
    }
}
