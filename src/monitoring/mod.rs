//! The figures of a process for Prometheus, at an address of their own that only operators reach.

mod gather;
mod process;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer, rt};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::clock::Instant;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::figures;

/// Bounds of the times that are counted, in seconds: pages take a millisecond or two, mails a
/// second, sweeps a minute.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0];
/// Bounds of how many writes share a commit.
const WRITES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// How often what was measured is folded into its bounds, whether anybody asks for it or not:
/// until then each measurement is kept by itself.
const FOLD: Duration = Duration::from_secs(5);

/// Collects figures and gives them to whoever asks at this address. Call it once, and before the
/// work begins that is to be measured.
pub fn start(address: SocketAddr, db: &Db, now: Instant) -> Result<()> {
    let cannot = |fault: std::io::Error| {
        Error::Setting(format!("Cannot listen on {address} for PORTAL_METRICS: {fault}."))
    };
    let listener = TcpListener::bind(address).map_err(cannot)?;
    let recorder = PrometheusBuilder::new()
        .set_buckets(&SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Suffix("_writes".to_owned()), &WRITES)
        })
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(Error::internal)?;
    figures::begin();
    let asked = Asked { db: db.clone(), recorder, started_at: now };
    std::thread::Builder::new()
        .name("metrics".to_owned())
        .spawn(move || {
            if let Err(fault) = rt::System::new().block_on(serve(listener, asked)) {
                tracing::error!(%fault, "nobody can ask for the metrics any more");
            }
        })
        .map_err(Error::internal)?;
    tracing::info!(%address, "metrics are at /metrics");
    Ok(())
}

/// What an answer is made of.
#[derive(Clone)]
struct Asked {
    db: Db,
    recorder: PrometheusHandle,
    started_at: Instant,
}

async fn serve(listener: TcpListener, asked: Asked) -> std::io::Result<()> {
    let folding = asked.recorder.clone();
    rt::spawn(async move {
        loop {
            rt::time::sleep(FOLD).await;
            folding.run_upkeep();
        }
    });
    let data = Data::new(asked);
    HttpServer::new(move || {
        App::new().app_data(data.clone()).route("/metrics", web::get().to(answer))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run()
    .await
}

/// Answers even while the database is away: that is among what it says.
async fn answer(asked: Data<Asked>) -> HttpResponse {
    gather::all(&asked.db, asked.started_at).await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body(asked.recorder.render())
}
