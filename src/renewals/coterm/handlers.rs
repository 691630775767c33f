//! The planner over HTTP. What it plans is asked for by the form of a new inquiry.

use actix_web::web::Path;
use serde::Deserialize;

use super::page::CoTermPage;
use crate::web::{Query, Reply, Visit, page};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::renewals) struct CoTermQuery {
    /// The day that is aimed at, such as 2024-06-30.
    pub target: String,
}

/// GET `/p/{program}/customers/{reference}/co-term`
pub(in crate::renewals) async fn show(
    visit: Visit,
    path: Path<(String, String)>,
    Query(query): Query<CoTermQuery>,
) -> Reply {
    let (_, reference) = path.into_inner();
    let built = visit
        .read(move |visit, scope, conn| {
            CoTermPage::read(visit, scope, &reference, &query.target, conn)
        })
        .await?;
    page(&built)
}
