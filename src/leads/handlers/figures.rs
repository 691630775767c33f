//! Leads in figures.

use crate::leads::pages::figures::{self, FiguresPage};
use crate::web::{Reply, Visit, page};

pub(in crate::leads) async fn show(visit: Visit) -> Reply {
    page(&visit.read(FiguresPage::read).await?)
}

pub(in crate::leads) async fn download(visit: Visit) -> Reply {
    let file = visit.read(|_, scope, conn| figures::file(scope, conn));
    file.await?.download("lead-figures.csv")
}
