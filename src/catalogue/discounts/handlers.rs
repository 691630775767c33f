//! Discounts over HTTP.

use super::model::all_for;
use super::pages::DiscountsPage;
use crate::programs::pack::DiscountLevel;
use crate::web::downloads::Csv;
use crate::web::{Reply, Visit, page};

pub(in crate::catalogue) async fn index(visit: Visit) -> Reply {
    let built = visit.read(|visit, scope, conn| {
        let discounts = all_for(scope, conn)?;
        Ok(DiscountsPage::new(visit.frame(scope), scope, &discounts))
    });
    page(&built.await?)
}

const HEADS: [&str; 7] =
    ["level", "category", "tier", "percent", "effective_from", "approved_by", "source"];

pub(in crate::catalogue) async fn download(visit: Visit) -> Reply {
    let file = visit.read(|_, scope, conn| {
        let mut csv = Csv::with_heads(&HEADS)?;
        for one in all_for(scope, conn)? {
            let level: DiscountLevel = one.level;
            csv.row([
                level.to_string(),
                one.category,
                one.tier.unwrap_or_default(),
                one.percent.plain(),
                one.from.to_string(),
                one.approved_by,
                one.source,
            ])?;
        }
        Ok(csv)
    });
    file.await?.download("discounts.csv")
}
