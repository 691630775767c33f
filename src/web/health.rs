//! Whether this process lives, and whether it can serve: for load balancers and supervisors.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::Reply;
use crate::auth::Who;
use crate::db::{Db, SchemaState, schema_state};
use crate::routes;

routes! {
    Health "health.live" GET "/health/live" (Who::Anyone) => live;
    Health "health.ready" GET "/health/ready" (Who::Anyone) => ready;
}

/// The process answers; whatever else is wrong, starting it again will not help.
async fn live() -> Reply {
    Ok(say(StatusCode::OK, "live"))
}

/// The database answers and has the schema that this binary knows.
async fn ready(db: Data<Db>) -> Reply {
    Ok(match db.read(schema_state).await {
        Ok(SchemaState::Current) => say(StatusCode::OK, "ready"),
        Ok(_) => say(StatusCode::SERVICE_UNAVAILABLE, "not ready: the database has another schema"),
        Err(_) => say(StatusCode::SERVICE_UNAVAILABLE, "not ready: the database cannot be reached"),
    })
}

fn say(status: StatusCode, words: &'static str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(format!("{words}\n"))
}
