//! Customers over HTTP. The page of one customer shows its licences and belongs to them.

use super::export::CustomersFile;
use super::list::{ListQuery, list_for, sort_key, tallies};
use super::pages::IndexPage;
use crate::web::downloads::send_list;
use crate::web::{PAGE_LIMIT, Page, Query, Reply, Visit, page};

/// GET `/p/{program}/customers`
pub(super) async fn index(visit: Visit, Query(query): Query<ListQuery>) -> Reply {
    let index = visit
        .read(move |visit, scope, conn| {
            let cursor = query.cursor();
            let rows = list_for(scope, &query, cursor.as_ref(), PAGE_LIMIT, conn)?;
            let rows = Page::new(rows, cursor.as_ref(), sort_key);
            let ids: Vec<i64> = rows.rows.iter().map(|customer| customer.id).collect();
            let tallies = tallies(scope, &ids, conn)?;
            Ok(IndexPage::new(visit, scope, query, rows, &tallies))
        })
        .await?;
    page(&index)
}

/// GET `/p/{program}/customers.csv`: all customers that the filters leave.
pub(super) async fn download(visit: Visit, Query(query): Query<ListQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(CustomersFile { query })).await
}
