//! The pages and actions of people's way in.

mod home;
mod sign_in;

use actix_session::Session;

use super::Who;
use super::session_store::KEY;
use crate::error::{Error, Result};
use crate::routes;

routes! {
    Page "home" GET "/" (Who::Anyone) => home::home;
    Page "auth.sign_in" GET "/sign-in" (Who::Anyone) => sign_in::show;
    Action "auth.sign_in" POST "/sign-in" (Who::Anyone) => sign_in::sign_in;
    Action "auth.sign_out" POST "/sign-out" (Who::SignedIn) => sign_in::sign_out;
    Action "auth.sign_out_everywhere" POST "/sign-out/everywhere" (Who::SignedIn)
        => sign_in::sign_out_everywhere;
}

/// Hands the key of a session that a verb has begun to the browser, in place of any it had.
fn admit(session: &Session, key: &str) -> Result<()> {
    session.renew();
    session.insert(KEY, key).map_err(Error::internal)
}
