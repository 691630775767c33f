//! The page of renewals and the same as a file.

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
    let own = scope.organisation_id();
    let told = match scope.part() {
        Some(Part::Partner) if !lines.is_empty() => {
            let mut told = recipients_of(scope.program(), Role::Renewals, &[own], conn)?;
            told.remove(&own).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    Ok(Overview { filter, totals, lines, told })
}

pub(super) async fn export(visit: Visit, Query(query): Query<RenewalsQuery>) -> Reply {
    let filter = Filter::from(query);
    send_list(visit, move |scope, conn| RenewalsFile::of(scope, filter, conn)).await
}
