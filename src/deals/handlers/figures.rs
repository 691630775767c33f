//! Deals in figures.

use crate::deals::figures::FiguresQuery;
use crate::deals::pages::figures::{self, FiguresPage};
use crate::web::{Query, Reply, Visit, page};

pub(in crate::deals) async fn show(visit: Visit, Query(query): Query<FiguresQuery>) -> Reply {
    let read = visit.read(move |visit, scope, conn| FiguresPage::read(visit, scope, query, conn));
    page(&read.await?)
}

pub(in crate::deals) async fn download(visit: Visit, Query(query): Query<FiguresQuery>) -> Reply {
    let file = visit.read(move |_, scope, conn| figures::file(scope, &query, conn));
    file.await?.download("deal-figures.csv")
}
