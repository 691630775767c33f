//! One promotion, for its vendor.

use askama::Template;

use super::offers::OfferLine;
use crate::audit::{self, Line};
use crate::auth::{Scope, Seats};
use crate::catalogue::promotions::forms::Refused;
use crate::catalogue::promotions::model::{KIND, Promotion};
use crate::catalogue::promotions::verbs::{why_kept, why_not_ended};
use crate::db::Conn;
use crate::error::Result;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "catalogue/promotion.html")]
pub(in crate::catalogue::promotions) struct ShowPage {
    frame: Frame,
    path: String,
    list_href: String,
    offer: OfferLine,
    reference: String,
    percent: String,
    approved_by: String,
    source: String,
    brought_by: &'static str,
    /// Whether the person makes and ends promotions.
    makes: bool,
    why_not_ended: Option<&'static str>,
    why_kept: Option<&'static str>,
    history: Vec<Line>,
    refused: Refused,
}

impl ShowPage {
    /// Two queries.
    pub(in crate::catalogue::promotions) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        mut refused: Refused,
        conn: &mut Conn,
    ) -> Result<Self> {
        let promotion = Promotion::find_for(scope, reference, conn)?;
        let mut entries = audit::timeline(KIND, promotion.id, conn)?;
        // A row may have had another promotion before, which was withdrawn.
        entries.retain(|entry| entry.subject_reference == promotion.reference);
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let offer = OfferLine::of(&promotion.offer, scope);
        if refused.errors.on("ends_on").is_none() {
            refused.ending.ends_on.clone_from(&offer.ends_iso);
        }
        Ok(Self {
            frame: visit.frame(scope),
            path: promotion.path(scope),
            list_href: scope.path("/promotions"),
            offer,
            percent: promotion.percent.show(locale),
            brought_by: if promotion.from_pack { "The program's pack" } else { "The portal" },
            makes: Seats::PROGRAM_MANAGER.has(scope.seat()),
            why_not_ended: why_not_ended(&promotion, scope.today()),
            why_kept: why_kept(&promotion, scope.today()),
            history: Line::all(&entries, locale, zone),
            reference: promotion.reference,
            approved_by: promotion.approved_by,
            source: promotion.source,
            refused,
        })
    }
}
