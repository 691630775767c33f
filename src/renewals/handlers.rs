//! The page of renewals and the same as a file.

use std::collections::BTreeMap;

use super::export::RenewalsFile;
use super::filter::{Filter, RenewalsQuery};
use super::model::page_of_lines;
use super::pages::{Overview, RenewalsPage};
use super::totals::Totals;
use crate::auth::{Part, Scope};
use crate::contacts::{Role, recipients_of};
use crate::db::Conn;
use crate::error::Result;
use crate::web::downloads::send_list;
use crate::web::{Query, Reply, Visit, page};

pub(super) async fn index(visit: Visit, Query(query): Query<RenewalsQuery>) -> Reply {
    let filter = Filter::from(query);
    let shown = visit
        .read(move |visit, scope, conn| {
            let overview = overview(scope, filter, conn)?;
            Ok(RenewalsPage::new(visit.frame(scope), scope, overview))
        })
        .await?;
    page(&shown)
}

/// Everything that the page shows, in three reads.
fn overview(scope: &Scope, filter: Filter, conn: &mut Conn) -> Result<Overview> {
    let totals = Totals::of(scope, &filter, conn)?;
    let lines = page_of_lines(scope, &filter, &totals.horizon, conn)?;
    let mut resellers: Vec<i64> = lines.rows.iter().map(|line| line.reseller_id).collect();
    resellers.sort_unstable();
    resellers.dedup();
    // A distributor knows its resellers' names, not their people.
    let told = if resellers.is_empty() || scope.part() == Some(Part::Distributor) {
        BTreeMap::new()
    } else {
        recipients_of(scope.program(), Role::Renewals, &resellers, conn)?
    };
    Ok(Overview { filter, totals, lines, told })
}

pub(super) async fn export(visit: Visit, Query(query): Query<RenewalsQuery>) -> Reply {
    let filter = Filter::from(query);
    send_list(visit, move |scope, conn| RenewalsFile::of(scope, filter, conn)).await
}
