//! Schedules as they are listed and read, on the page and as files.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::error::Error;
use crate::paper;
use crate::schedules::export::{Json, LinesFile};
use crate::schedules::lines::Line;
use crate::schedules::list::{ScheduleQuery, SchedulesFile};
use crate::schedules::model::Schedule;
use crate::schedules::pages::difference::DifferencePage;
use crate::schedules::pages::list::ListPage;
use crate::schedules::pages::schedule::{LinesQuery, SchedulePage};
use crate::schedules::print;
use crate::web::downloads::{self, attachment, pdf, send_list};
use crate::web::{Query, Reply, Visit, page};

/// The program and the record of the address.
type Address = Path<(String, String)>;

pub(in crate::schedules) async fn index(visit: Visit, Query(query): Query<ScheduleQuery>) -> Reply {
    page(&visit.read(move |visit, scope, conn| ListPage::read(visit, scope, query, conn)).await?)
}

pub(in crate::schedules) async fn download(
    visit: Visit,
    Query(query): Query<ScheduleQuery>,
) -> Reply {
    send_list(visit, move |_, _| Ok(SchedulesFile { query })).await
}

pub(in crate::schedules) async fn show(
    visit: Visit,
    address: Address,
    Query(query): Query<LinesQuery>,
) -> Reply {
    let (_, reference) = address.into_inner();
    let built = visit
        .read(move |visit, scope, conn| SchedulePage::read(visit, scope, &reference, &query, conn));
    page(&built.await?)
}

pub(in crate::schedules) async fn difference(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let built =
        visit.read(move |visit, scope, conn| DifferencePage::read(visit, scope, &reference, conn));
    page(&built.await?)
}

pub(in crate::schedules) async fn download_paper(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let name = format!("schedule {reference}");
    let made = visit.read(move |_, scope, conn| {
        let schedule = Schedule::find_for(scope, &reference, conn)?;
        paper::check_rows(usize::try_from(schedule.lines).unwrap_or(usize::MAX))?;
        let lines = Line::all(schedule.id, conn)?;
        print::paper(&schedule, &lines, scope.program(), scope.actor().locale).pdf()
    });
    Ok(pdf(made.await?, &name, downloads::Shown::Inline))
}

pub(in crate::schedules) async fn download_lines(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let list = move |scope: &_, conn: &mut _| {
        Ok(LinesFile { schedule: Schedule::find_for(scope, &reference, conn)? })
    };
    send_list(visit, list).await
}

pub(in crate::schedules) async fn download_json(visit: Visit, address: Address) -> Reply {
    let (_, reference) = address.into_inner();
    let made = visit.read(move |_, scope, conn| {
        let schedule = Schedule::find_for(scope, &reference, conn)?;
        let lines = Line::all(schedule.id, conn)?;
        let json = serde_json::to_vec_pretty(&Json::of(&schedule, &lines, scope));
        Ok((format!("schedule-{}.json", schedule.reference), json.map_err(Error::internal)?))
    });
    let (name, json) = made.await?;
    let answer: HttpResponse = attachment(&name, "application/json").body(json);
    Ok(answer)
}
