//! Customers over HTTP. The page of one customer shows its licences and belongs to them.

use super::list::{ListQuery, list_for, sort_key, tallies};
use super::pages::IndexPage;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::web::downloads::Csv;
use crate::web::{Cursor, PAGE_LIMIT, Page, Query, Reply, Visit, page};

/// Customers of a file that are read together.
const ROWS_AT_ONCE: i64 = 500;

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
    let (name, csv) = visit.read(move |_, scope, conn| file(scope, &query, conn)).await?;
    csv.download(&name)
}

fn file(scope: &Scope, query: &ListQuery, conn: &mut Conn) -> Result<(String, Csv)> {
    let heads = ["reference", "customer", "customer_country", "current_licences", "next_end"];
    let mut csv = Csv::with_heads(&heads)?;
    let mut cursor = None;
    loop {
        let rows = list_for(scope, query, cursor.as_ref(), ROWS_AT_ONCE, conn)?;
        let ids: Vec<i64> = rows.iter().map(|customer| customer.id).collect();
        let tallies = tallies(scope, &ids, conn)?;
        for customer in &rows {
            let tally = tallies.get(&customer.id).copied().unwrap_or_default();
            csv.row([
                customer.reference.clone(),
                customer.name.clone(),
                customer.country.clone(),
                tally.licences.to_string(),
                tally.next_end.map(|day| day.to_string()).unwrap_or_default(),
            ])?;
        }
        let Some(last) = rows.last() else { break };
        let (key, reference) = sort_key(last);
        cursor = Some(Cursor { key, reference, backwards: false });
    }
    Ok((format!("customers-{}-{}.csv", scope.program().slug, scope.today()), csv))
}
