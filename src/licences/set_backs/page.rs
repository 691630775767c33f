//! The report as a page: totals, partners, lines.

use askama::Template;

use super::cost::percent;
use super::list::{
    LEFT, PartnerCost, SetBackLine, SetBackQuery, Totals, by_partner, list_for, sort_key,
    totals_for,
};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::licences::pages::Choice;
use crate::locale::Locale;
use crate::web::{Frame, PAGE_LIMIT, Page, Visit, list_address};

#[derive(Template)]
#[template(path = "licences/set_backs.html")]
pub(super) struct SetBacksPage {
    frame: Frame,
    path: String,
    list_href: String,
    lost_href: String,
    csv_href: String,
    query: SetBackQuery,
    lefts: Vec<Choice>,
    totals: Cost,
    licences: String,
    partners: Vec<PartnerRow>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    shows_reseller: bool,
}

/// Days in words.
struct Cost {
    gone: String,
    left: String,
    /// How much of the terms is gone.
    share: String,
}

struct PartnerRow {
    name: String,
    href: String,
    licences: String,
    cost: Cost,
}

struct Row {
    href: String,
    reference: String,
    product: String,
    detail: String,
    customer: String,
    customer_href: String,
    reseller: String,
    processed_iso: String,
    processed: String,
    changed_iso: String,
    changed: String,
    ends_iso: String,
    ends: String,
    cost: Cost,
    is_over: bool,
}

impl Cost {
    fn of(gone: i64, left: i64, locale: Locale) -> Self {
        Self {
            gone: locale.number(gone),
            left: locale.number(left),
            share: format!("{} %", percent(gone, gone.saturating_add(left))),
        }
    }

    fn of_totals(totals: Totals, locale: Locale) -> Self {
        Self::of(totals.days_gone, totals.days_left, locale)
    }
}

impl SetBacksPage {
    /// Four queries, two for a partner.
    pub(super) fn read(
        visit: &Visit,
        scope: &Scope,
        query: SetBackQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let (cursor, locale) = (query.cursor(), scope.actor().locale);
        let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
        let rows = Page::new(rows, cursor.as_ref(), sort_key);
        let shows_reseller = scope.part() != Some(Part::Partner);
        let partners = match shows_reseller {
            true => by_partner(scope, &query, conn)?,
            false => Vec::new(),
        };
        let totals = match shows_reseller.then(|| Totals::of_all(&partners)).flatten() {
            Some(totals) => totals,
            None => totals_for(scope, &query, conn)?,
        };
        let path = scope.path("/set-backs");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let choice = |(value, label): &(&str, &str)| Choice {
            value: (*value).to_owned(),
            label: (*label).to_owned(),
        };
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/licences"),
            lost_href: scope.path("/lost-days"),
            csv_href: list_address(&scope.path("/set-backs.csv"), &query, None),
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            lefts: LEFT.iter().map(choice).collect(),
            totals: Cost::of_totals(totals, locale),
            licences: locale.number(totals.licences),
            partners: partners.iter().map(|one| PartnerRow::of(one, &path, locale)).collect(),
            rows: rows.rows.into_iter().map(|line| Row::of(line, scope)).collect(),
            shows_reseller,
            path,
            query,
        })
    }
}

impl PartnerRow {
    fn of(partner: &PartnerCost, path: &str, locale: Locale) -> Self {
        let lines = SetBackQuery { partner: partner.reference.clone(), ..SetBackQuery::default() };
        Self {
            name: partner.name.clone(),
            href: list_address(path, &lines, None),
            licences: locale.number(partner.totals.licences),
            cost: Cost::of_totals(partner.totals, locale),
        }
    }
}

impl Row {
    fn of(line: SetBackLine, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: scope.path(&format!("/licences/{}", line.reference)),
            customer_href: scope.path(&format!("/customers/{}", line.customer_reference)),
            detail: format!(
                "{} · {} × {}",
                line.sku,
                locale.number(line.quantity.into()),
                line.unit
            ),
            processed_iso: line.processed_on.to_string(),
            processed: locale.short_day(line.processed_on),
            changed_iso: line.changed_on.to_string(),
            changed: locale.short_day(line.changed_on),
            ends_iso: line.ends_on.map(|day| day.to_string()).unwrap_or_default(),
            ends: line.ends_on.map(|day| locale.short_day(day)).unwrap_or_default(),
            cost: Cost::of(line.days_gone.into(), line.days_left.into(), locale),
            is_over: line.days_left == 0,
            reference: line.reference,
            product: line.product,
            customer: line.customer,
            reseller: line.reseller,
        }
    }
}
