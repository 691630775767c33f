//! What is to be done next with leads.

use crate::leads::next_steps::{StepsFile, StepsQuery};
use crate::leads::pages::next_steps::StepsPage;
use crate::web::downloads::send_list;
use crate::web::{Query, Reply, Visit, page};

pub(in crate::leads) async fn index(visit: Visit, Query(query): Query<StepsQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| StepsPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::leads) async fn download(visit: Visit, Query(query): Query<StepsQuery>) -> Reply {
    send_list(visit, move |_, _| Ok(StepsFile { query })).await
}
