//! The catalogue over HTTP.

use actix_web::web::Path;

use super::export::CatalogueFile;
use super::pages::list::ListPage;
use super::pages::product::ProductPage;
use super::query::{CatalogueQuery, ProductQuery};
use crate::web::downloads::send_list;
use crate::web::{Query, Reply, Visit, page};

pub(in crate::catalogue) async fn index(
    visit: Visit,
    Query(query): Query<CatalogueQuery>,
) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::catalogue) async fn download(
    visit: Visit,
    Query(query): Query<CatalogueQuery>,
) -> Reply {
    send_list(visit, move |scope, conn| CatalogueFile::of(scope, &query, conn)).await
}

pub(in crate::catalogue) async fn show(
    visit: Visit,
    address: Path<(String, String)>,
    Query(query): Query<ProductQuery>,
) -> Reply {
    let (_, code) = address.into_inner();
    let built =
        visit.read(move |visit, scope, conn| ProductPage::read(visit, scope, &code, &query, conn));
    page(&built.await?)
}
