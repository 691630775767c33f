//! Promotions as everyone in the program may read them: without what they take off.

use askama::Template;

use crate::auth::Scope;
use crate::catalogue::promotions::model::PublicOffer;
use crate::catalogue::tabs::{Tab, tabs};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "catalogue/offers.html")]
pub(in crate::catalogue::promotions) struct OffersPage {
    frame: Frame,
    tabs: Vec<Tab>,
    catalogue_href: String,
    offers: Vec<OfferLine>,
}

/// A promotion as a page shows it.
pub(in crate::catalogue) struct OfferLine {
    pub code: String,
    pub name: String,
    pub tone: &'static str,
    pub status: &'static str,
    pub starts_iso: String,
    pub starts: String,
    pub ends_iso: String,
    pub ends: String,
    pub categories: String,
    /// What else it asks for, sentence by sentence.
    pub conditions: Vec<String>,
}

impl OfferLine {
    pub(in crate::catalogue) fn of(offer: &PublicOffer, scope: &Scope) -> Self {
        let (locale, standing) = (scope.actor().locale, offer.standing(scope.today()));
        let categories: Vec<&str> = offer.categories().collect();
        Self {
            code: offer.code.clone(),
            name: offer.name.clone(),
            tone: standing.tone(),
            status: standing.label(),
            starts_iso: offer.starts_on.to_string(),
            starts: locale.short_day(offer.starts_on),
            ends_iso: offer.ends_on.to_string(),
            ends: locale.short_day(offer.ends_on),
            categories: categories.join(", "),
            conditions: conditions(offer, scope),
        }
    }
}

fn conditions(offer: &PublicOffer, scope: &Scope) -> Vec<String> {
    let mut said = Vec::new();
    if offer.least_units > 1 {
        let units = scope.actor().locale.number(offer.least_units.into());
        said.push(format!("For {units} units or more on a line."));
    }
    said.push(
        match (offer.with_program, offer.with_deal) {
            (true, true) => "Goes together with the program's discount and a registered deal's.",
            (true, false) => {
                "Goes together with the program's discount, not with a registered deal's."
            }
            (false, true) => {
                "Goes together with a registered deal's discount, not with the program's."
            }
            (false, false) => {
                "Stands alone: without the program's discount and a registered deal's."
            }
        }
        .to_owned(),
    );
    said.push(if offer.combines.is_empty() {
        "Not with any other promotion.".to_owned()
    } else {
        format!("May be combined with {}.", offer.combines.join(", "))
    });
    said
}

impl OffersPage {
    /// One query.
    pub(in crate::catalogue::promotions) fn read(
        visit: &Visit,
        scope: &Scope,
        conn: &mut Conn,
    ) -> Result<Self> {
        let offers = PublicOffer::current(scope, conn)?;
        Ok(Self {
            frame: visit.frame(scope),
            tabs: tabs(scope, "/catalogue/promotions"),
            catalogue_href: scope.path("/catalogue"),
            offers: offers.iter().map(|offer| OfferLine::of(offer, scope)).collect(),
        })
    }
}
