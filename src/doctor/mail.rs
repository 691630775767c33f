//! The mail server, asked without sending anything.

use std::time::Duration;

use url::Url;

use super::Finding;
use crate::mail::smtp::Smtp;

const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the mail server answers, takes our sign-in and encrypts.
pub async fn mail_server(address: Option<&str>, base: &Url) -> Finding {
    const CHECK: &str = "mail server";
    let Some(address) = address else {
        let advice = "Set PORTAL_SMTP_URL, such as smtp://user:password@mail.example.org:587.";
        return Finding::note(CHECK, "None is set: mail stays in the outbox.", advice);
    };
    let advice = "Check PORTAL_SMTP_URL and that this machine may connect to it.";
    let smtp = match Smtp::from_url(address, base.host_str().unwrap_or("localhost")) {
        Ok(smtp) => smtp,
        Err(fault) => return Finding::wrong(CHECK, format!("{fault}."), advice),
    };
    match smtp.check(PATIENCE).await {
        Ok(()) => Finding::well(CHECK, "It answers."),
        Err(fault) => Finding::wrong(CHECK, format!("{fault}."), advice),
    }
}
