//! The list over HTTP.

use super::list::{UnusedFile, UnusedQuery};
use super::page::UnusedPage;
use crate::web::downloads::send_list;
use crate::web::{Query, Reply, Visit, page};

/// GET `/p/{program}/lost-days`
pub(in crate::licences) async fn index(visit: Visit, Query(query): Query<UnusedQuery>) -> Reply {
    let built =
        visit.read(move |visit, scope, conn| UnusedPage::read(visit, scope, query, conn)).await?;
    page(&built)
}

/// GET `/p/{program}/lost-days.csv`
pub(in crate::licences) async fn download(visit: Visit, Query(query): Query<UnusedQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(UnusedFile { query })).await
}
