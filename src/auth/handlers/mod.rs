//! The pages and actions of people's way in.

mod account;
mod home;
mod invitation;
mod password;
mod second_factor;
mod sign_in;

use actix_session::Session;
use actix_web::http::StatusCode;

use super::Who;
use super::pages::LinkOverPage;
use super::session_store::KEY;
use crate::error::{Error, Result};
use crate::routes;
use crate::web::{Reply, page_with};

routes! {
    Page "home" GET "/" (Who::Anyone) => home::home;
    Page "auth.sign_in" GET "/sign-in" (Who::Anyone) => sign_in::show;
    Action "auth.sign_in" POST "/sign-in" (Who::Anyone) => sign_in::sign_in;
    Page "auth.code" GET "/sign-in/code" (Who::Anyone) => sign_in::show_code;
    Action "auth.code" POST "/sign-in/code" (Who::Anyone) => sign_in::give_code;
    Action "auth.sign_out" POST "/sign-out" (Who::AnySession) => sign_in::sign_out;
    Action "auth.sign_out_everywhere" POST "/sign-out/everywhere" (Who::AnySession)
        => sign_in::sign_out_everywhere;
    Page "auth.password_forgotten" GET "/password/forgot" (Who::Anyone) => password::forgotten;
    Action "auth.password_forgotten" POST "/password/forgot" (Who::Anyone) => password::request;
    Page "auth.password_reset" GET "/password/reset/{token}" (Who::Anyone) => password::show_reset;
    Action "auth.password_reset" POST "/password/reset/{token}" (Who::Anyone) => password::reset;
    Page "auth.invitation" GET "/invitation/{token}" (Who::Anyone) => invitation::show;
    Action "auth.invitation" POST "/invitation/{token}" (Who::Anyone) => invitation::accept;
    Page "account" GET "/account" (Who::SignedIn) => account::show;
    Action "account.profile" POST "/account/profile" (Who::SignedIn) => account::change_profile;
    Action "account.password" POST "/account/password" (Who::SignedIn) => account::change_password;
    Action "account.session" POST "/account/sessions/{session}/sign-out" (Who::SignedIn)
        => account::end_session;
    Action "account.sessions" POST "/account/sessions/sign-out" (Who::SignedIn)
        => account::end_other_sessions;
    Page "second_factor" GET "/account/second-factor" (Who::AnySession) => second_factor::show;
    Action "second_factor.begin" POST "/account/second-factor" (Who::AnySession)
        => second_factor::begin;
    Action "second_factor.activate" POST "/account/second-factor/activation" (Who::AnySession)
        => second_factor::activate;
    Page "second_factor.renewal" GET "/account/second-factor/recovery-codes" (Who::SignedIn)
        => second_factor::renewal;
    Action "second_factor.renew_codes" POST "/account/second-factor/recovery-codes"
        (Who::SignedIn) => second_factor::renew_codes;
    Action "second_factor.file" POST "/account/second-factor/recovery-codes.txt" (Who::SignedIn)
        => second_factor::download;
    Page "second_factor.removal" GET "/account/second-factor/removal" (Who::SignedIn)
        => second_factor::removal;
    Action "second_factor.remove" POST "/account/second-factor/removal" (Who::SignedIn)
        => second_factor::remove;
}

/// Where whoever must set up a second factor is led to.
pub const SECOND_FACTOR_PAGE: &str = "/account/second-factor";

/// Hands the key of a session that a verb has begun to the browser, in place of any it had.
pub(crate) fn admit(session: &Session, key: &str) -> Result<()> {
    session.renew();
    session.insert(KEY, key).map_err(Error::internal)
}

/// The page of a link that does nothing any more; unknown, used and expired ones are alike.
fn link_over(page: &LinkOverPage) -> Reply {
    page_with(StatusCode::NOT_FOUND, page)
}
