//! The report over HTTP.

use super::list::{SetBackQuery, SetBacksFile};
use super::page::SetBacksPage;
use crate::web::downloads::send_list;
use crate::web::{Query, Reply, Visit, page};

/// GET `/p/{program}/set-backs`
pub(in crate::licences) async fn index(visit: Visit, Query(query): Query<SetBackQuery>) -> Reply {
    let built =
        visit.read(move |visit, scope, conn| SetBacksPage::read(visit, scope, query, conn)).await?;
    page(&built)
}

/// GET `/p/{program}/set-backs.csv`
pub(in crate::licences) async fn download(
    visit: Visit,
    Query(query): Query<SetBackQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(SetBacksFile { query })).await
}
