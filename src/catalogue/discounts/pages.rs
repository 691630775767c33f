//! The page of discounts.

use askama::Template;

use super::model::{Discount, Phase};
use crate::auth::Scope;
use crate::catalogue::tabs::{Tab, tabs};
use crate::programs::pack::DiscountLevel;
use crate::web::Frame;

#[derive(Template)]
#[template(path = "catalogue/discounts.html")]
pub(super) struct DiscountsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    csv_href: String,
    groups: Vec<Group>,
}

/// The discounts of one level.
struct Group {
    title: &'static str,
    hint: &'static str,
    lines: Vec<Line>,
}

struct Line {
    category: String,
    tier: String,
    percent: String,
    from_iso: String,
    from: String,
    tone: &'static str,
    status: &'static str,
    approved_by: String,
    source: String,
}

impl DiscountsPage {
    pub(super) fn new(frame: Frame, scope: &Scope, discounts: &[Discount]) -> Self {
        let groups = discounts.chunk_by(|a, b| a.level == b.level).map(|of_level| {
            let level = of_level.first().map(|one| one.level);
            let (title, hint) = match level {
                Some(DiscountLevel::DealRegistration) => (
                    "Registered deals",
                    "For the lines of a deal that the partner has registered, while it is approved.",
                ),
                _ => ("The program's discounts", "For every partner, by its tier."),
            };
            Group { title, hint, lines: of_level.iter().map(|one| Line::of(one, scope)).collect() }
        });
        Self {
            groups: groups.collect(),
            tabs: tabs(scope, "/discounts"),
            csv_href: scope.path("/discounts.csv"),
            frame,
        }
    }
}

impl Line {
    fn of(discount: &Discount, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        let (tone, status) = match discount.phase {
            Phase::InForce => ("good", "In force"),
            Phase::Announced => ("info", "Announced"),
            Phase::Past => ("plain", "Past"),
        };
        Self {
            category: discount.category.clone(),
            tier: discount.tier.clone().unwrap_or_else(|| "Every tier".to_owned()),
            percent: discount.percent.show(locale),
            from_iso: discount.from.to_string(),
            from: locale.short_day(discount.from),
            tone,
            status,
            approved_by: discount.approved_by.clone(),
            source: discount.source.clone(),
        }
    }
}
