//! Reports over HTTP.

use actix_web::web::Path;

use super::pages::MaintenanceReport;
use crate::web::{Reply, Visit, page};

/// GET `/p/{program}/maintenance/{window}/report`
pub(super) async fn maintenance(visit: Visit, address: Path<(String, String)>) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit
        .read(move |visit, scope, conn| MaintenanceReport::read(visit, scope, &reference, conn));
    page(&built.await?)
}
