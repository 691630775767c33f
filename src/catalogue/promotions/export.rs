//! The vendor's promotions as a file.

use super::model::{Promotion, PromotionsQuery, list_for};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::Cursor;
use crate::web::downloads::{Csv, CsvList, ROWS_AT_ONCE, next_part};

/// All promotions that the filters leave, the ones that begin last first.
pub(super) struct PromotionsFile {
    pub query: PromotionsQuery,
}

impl CsvList for PromotionsFile {
    fn file_name(&self, scope: &Scope) -> String {
        format!("promotions-{}-{}.csv", scope.program().slug, scope.today())
    }

    fn heads(&self, _: &Scope) -> Vec<&'static str> {
        vec![
            "reference",
            "code",
            "name",
            "status",
            "starts_on",
            "ends_on",
            "percent",
            "categories",
            "least_units",
            "with_program",
            "with_deal",
            "combines_with",
            "approved_by",
            "source",
        ]
    }

    fn part(
        &self,
        scope: &Scope,
        after: Option<&Cursor>,
        rows: &mut Csv,
        conn: &mut Conn,
    ) -> Result<Option<Cursor>> {
        let today = scope.today();
        let found = list_for(scope, &self.query, after, ROWS_AT_ONCE, conn)?;
        let references: Vec<String> =
            found.iter().map(|(_, reference)| reference.clone()).collect();
        let mut promotions = Promotion::all_of(scope.program().id, &references, today, conn)?;
        let place = |one: &Promotion| references.iter().position(|known| *known == one.reference);
        promotions.sort_by_key(place);
        let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        for one in &promotions {
            let offer = &one.offer;
            rows.row([
                one.reference.clone(),
                offer.code.clone(),
                offer.name.clone(),
                offer.standing(today).word().to_owned(),
                offer.starts_on.to_string(),
                offer.ends_on.to_string(),
                one.percent.plain(),
                offer.categories().collect::<Vec<_>>().join(", "),
                offer.least_units.to_string(),
                yes_or_no(offer.with_program),
                yes_or_no(offer.with_deal),
                offer.combines.join(", "),
                one.approved_by.clone(),
                one.source.clone(),
            ])?;
        }
        Ok(next_part(&found, |(day, reference)| (day.to_string(), reference.clone())))
    }
}
