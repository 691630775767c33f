//! A page's lines as they are read: by month, in it by partner (where there are several) and
//! customer, in those by date.

use super::filter::{Filter, Horizon, Show};
use super::model::Line;
use super::totals::amount;
use super::words::End;
use crate::auth::Scope;
use crate::calendar::CalendarMonth;
use crate::licences::status::{Standing, Status, Thresholds};
use crate::locale::Locale;

/// What the words of a line depend on.
pub(super) struct Wording<'a> {
    pub scope: &'a Scope,
    pub filter: &'a Filter,
    pub horizon: &'a Horizon,
    pub thresholds: Thresholds,
    pub locale: Locale,
}

/// The lines of a month that stand on this page.
pub(super) struct Month {
    pub month: CalendarMonth,
    pub groups: Vec<Group>,
}

/// The lines of one customer and partner.
pub(super) struct Group {
    pub customer: String,
    pub customer_id: i64,
    pub reseller: String,
    pub reseller_id: i64,
    /// Nobody of the partner's holds the role that is told of renewals.
    pub untold: bool,
    pub rows: Vec<Row>,
}

/// One licence, in words.
pub(super) struct Row {
    pub reference: String,
    pub href: String,
    pub product: String,
    pub sku: String,
    pub category: String,
    /// The same list, narrowed to the category.
    pub category_href: String,
    pub quantity: String,
    pub end_iso: String,
    pub end: String,
    pub distance: String,
    /// Until when a late one can be renewed, and since when a lapsed one cannot.
    pub limit: String,
    pub value: String,
    pub in_basket: bool,
    pub badge: Badge,
    /// Address and words of the licence that took over.
    pub renewal: Option<(String, String)>,
}

/// A status with the tone it is shown in.
#[derive(Clone, Copy)]
pub(super) struct Badge {
    pub tone: &'static str,
    pub text: &'static str,
}

/// Lines in the order of their tab become months, in the same order.
pub(super) fn outline(lines: Vec<Line>, wording: &Wording<'_>) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for line in lines {
        let month = CalendarMonth::of(line.due_on);
        if months.last().is_none_or(|last| last.month != month) {
            let groups = Vec::new();
            months.push(Month { month, groups });
        }
        if let Some(last) = months.last_mut() {
            last.take(line, wording);
        }
    }
    for month in &mut months {
        month.keep_partners_together();
    }
    months
}

impl Month {
    fn take(&mut self, line: Line, wording: &Wording<'_>) {
        let same = |group: &Group| {
            group.customer_id == line.customer_id && group.reseller_id == line.reseller_id
        };
        let row = wording.row(&line);
        match self.groups.iter_mut().find(|group| same(group)) {
            Some(group) => group.rows.push(row),
            None => self.groups.push(Group {
                customer: line.customer,
                customer_id: line.customer_id,
                reseller: line.reseller,
                reseller_id: line.reseller_id,
                untold: line.untold,
                rows: vec![row],
            }),
        }
    }

    /// Partners in the order of their first line, each with all of its customers.
    fn keep_partners_together(&mut self) {
        let order: Vec<i64> = self.groups.iter().map(|group| group.reseller_id).collect();
        let first = |id: i64| order.iter().position(|one| *one == id);
        self.groups.sort_by_key(|group| first(group.reseller_id));
    }
}

impl Wording<'_> {
    pub(super) fn end(&self, line: &Line) -> End {
        End { on: line.due_on, seen_on: self.horizon.today }
    }

    pub(super) fn badge(&self, line: &Line) -> Badge {
        let standing = Standing {
            starts_on: line.starts_on,
            ends_on: Some(line.due_on),
            is_renewed: self.filter.show == Show::Renewed,
        };
        let (tone, text) = match standing.on(self.horizon.today, self.thresholds) {
            Status::Pending => ("plain", "Pending"),
            Status::Scheduled => ("info", "Scheduled"),
            Status::Active => ("good", "Active"),
            Status::Expiring => ("warn", "Expiring"),
            Status::Expired => ("bad", "Expired"),
            Status::Lapsed => ("plain", "Lapsed"),
            Status::Renewed => ("good", "Renewed"),
        };
        Badge { tone, text }
    }

    /// What the line was ordered for, all units together, in minor units.
    pub(super) fn value_minor(line: &Line) -> i64 {
        line.unit_price_minor.saturating_mul(line.quantity.into())
    }

    fn limit(&self, line: &Line) -> String {
        let until = self.locale.short_day(self.horizon.renewable_until(line.due_on));
        match self.filter.show {
            Show::Coming | Show::Renewed => String::new(),
            Show::Late => format!("can be renewed until {until}"),
            Show::Lapsed => format!("could be renewed until {until}"),
        }
    }

    fn row(&self, line: &Line) -> Row {
        let end = self.end(line);
        let path = |reference: &str| self.scope.path(&format!("/licences/{reference}"));
        Row {
            reference: line.reference.clone(),
            href: path(&line.reference),
            product: line.product.clone(),
            sku: line.sku.clone(),
            category: line.category.clone(),
            category_href: self.filter.in_category(&line.category_key).address(
                self.scope,
                "/renewals",
                self.filter.show,
                "",
            ),
            quantity: format!("{} × {}", self.locale.number(line.quantity.into()), line.unit),
            end_iso: line.due_on.to_string(),
            end: self.locale.short_day(line.due_on),
            distance: end.distance(),
            limit: self.limit(line),
            value: amount(Self::value_minor(line), &line.currency, self.locale),
            in_basket: line.in_basket,
            badge: self.badge(line),
            renewal: line.renewal.as_ref().map(|renewal| {
                let words = match renewal.ends_on {
                    Some(ends_on) => format!("Renewed to {}", self.locale.short_day(ends_on)),
                    None => "Renewed without an end".to_owned(),
                };
                (path(&renewal.reference), words)
            }),
        }
    }
}
