//! The demo's clock is moved by any process that has its database: how the others come to know.

use std::time::Duration;

use actix_web::Error as ActixError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tokio::time::timeout;

use super::clock::standing;
use crate::clock::Clock;
use crate::db::Db;
use crate::mail::Stop;
use crate::web::Site;

/// How often a process that nobody asks for pages looks.
const LOOK: Duration = Duration::from_secs(1);

/// Middleware: on a demo, each request is of the day to which the clock was moved last.
pub async fn keep_time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, ActixError> {
    let parts = (
        request.app_data::<Data<Site>>(),
        request.app_data::<Data<Db>>(),
        request.app_data::<Data<Clock>>(),
    );
    if let (Some(site), Some(db), Some(clock)) = parts
        && site.demo
    {
        look(db, clock).await;
    }
    next.call(request).await
}

/// Keeps a clock where the demo's stands, until it is told to stop.
pub async fn follow(db: Db, clock: Clock, mut stop: Stop) {
    while !*stop.borrow() {
        look(&db, &clock).await;
        if let Ok(Err(_)) = timeout(LOOK, stop.wait_for(|stopped| *stopped)).await {
            return;
        }
    }
}

/// Where the database cannot be asked, whoever needs it next will say so.
async fn look(db: &Db, clock: &Clock) {
    if let Ok(Some(standing)) = db.ask(standing).await {
        clock.catch_up_with(standing.offset());
    }
}
