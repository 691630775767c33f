//! How mail leaves, as the settings say it.

use clap::Args;
use lettre::Address;
use url::Host;

use crate::error::{Error, Result};
use crate::mail::smtp::Smtp;
use crate::mail::{Delivery, Pace, Sender, Way};
use crate::web::Site;

/// The mail server, and in whose name mail goes out.
#[derive(Args, Clone)]
pub struct MailSettings {
    /// Mail server, as smtp://user:password@mail.example.org:587 or smtps://…; without one, mail stays queued.
    /// Set it in the environment or the file of settings: on a command line everybody here can read the password
    #[arg(long, env = "PORTAL_SMTP_URL", value_name = "ADDRESS", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// Keep mail in the database's own mailbox instead of sending it, as the demo does
    #[arg(long, env = "PORTAL_LOCAL_MAILBOX")]
    pub local_mailbox: bool,

    /// Address that mail comes from [default: portal@ and the host of the base address]
    #[arg(long, env = "PORTAL_MAIL_FROM", value_name = "EMAIL")]
    pub mail_from: Option<String>,

    /// Name that mail about accounts comes from; mail of a program carries the program's name
    #[arg(long, env = "PORTAL_MAIL_NAME", value_name = "NAME", default_value = "Partner portal")]
    pub mail_name: String,

    /// Address that replies go to [default: the address that mail comes from]
    #[arg(long, env = "PORTAL_MAIL_REPLY_TO", value_name = "EMAIL")]
    pub mail_reply_to: Option<String>,
}

impl MailSettings {
    /// The way that mail takes; none where it is to stay queued.
    pub fn delivery(&self, site: &Site) -> Result<Option<Delivery>> {
        let domain = match site.base.host() {
            Some(Host::Domain(domain)) => Some(domain),
            _ => None,
        };
        if site.demo || self.local_mailbox {
            let sender = self.sender(domain.unwrap_or("localhost"))?;
            return Ok(Some(Delivery::into_mailbox(sender)));
        }
        let Some(address) = &self.smtp_url else {
            return Ok(None);
        };
        let hello = site.base.host_str().unwrap_or("localhost");
        let smtp = Smtp::from_url(address, hello)
            .map_err(|fault| Error::Setting(format!("PORTAL_SMTP_URL: {fault}.")))?;
        if domain.is_none() && self.mail_from.is_none() {
            return Err(Error::Setting(
                "PORTAL_MAIL_FROM is missing: the base address has no domain to send mail from."
                    .to_owned(),
            ));
        }
        let pace = Pace::with_lanes(smtp.connections());
        let sender = self.sender(domain.unwrap_or_default())?;
        Ok(Some(Delivery { way: Way::Smtp(smtp), sender, pace }))
    }

    fn sender(&self, domain: &str) -> Result<Sender> {
        Ok(Sender {
            name: self.mail_name.clone(),
            address: match &self.mail_from {
                Some(given) => checked("PORTAL_MAIL_FROM", given)?,
                None => format!("portal@{domain}"),
            },
            reply_to: self.reply_to()?,
        })
    }

    fn reply_to(&self) -> Result<Option<String>> {
        self.mail_reply_to.as_ref().map(|given| checked("PORTAL_MAIL_REPLY_TO", given)).transpose()
    }
}

fn checked(setting: &str, given: &str) -> Result<String> {
    match given.parse::<Address>() {
        Ok(_) if given.is_ascii() => Ok(given.to_owned()),
        _ => Err(Error::Setting(format!(
            "{setting} is not a mail address; it should look like portal@example.com."
        ))),
    }
}
