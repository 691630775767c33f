//! The mails about a person's way in. Nobody can turn them off.

use super::login::Login;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{self, Letter, Message, Reason};
use crate::mail_message;
use crate::web::Site;

/// Somebody was asked to come in.
pub(super) struct Invited {
    pub name: String,
    pub organisation: String,
    pub by: String,
    pub path: String,
    pub until: String,
}

mail_message!(
    Invited,
    "auth.invited",
    "mail/auth/invited.subject.txt",
    "mail/auth/invited.txt",
    "mail/auth/invited.html"
);

/// Somebody asked for a way to set a new password.
pub(super) struct PasswordResetRequested {
    pub name: String,
    pub organisation: String,
    pub path: String,
    pub client: String,
}

mail_message!(
    PasswordResetRequested,
    "auth.password_reset_requested",
    "mail/auth/password_reset_requested.subject.txt",
    "mail/auth/password_reset_requested.txt",
    "mail/auth/password_reset_requested.html"
);

/// The password is another one now.
pub(super) struct PasswordChanged {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub client: String,
}

mail_message!(
    PasswordChanged,
    "auth.password_changed",
    "mail/auth/password_changed.subject.txt",
    "mail/auth/password_changed.txt",
    "mail/auth/password_changed.html"
);

/// The address is another one now; goes to both.
pub(super) struct AddressChanged {
    pub name: String,
    pub organisation: String,
    pub former: String,
    pub address: String,
    pub by: String,
}

mail_message!(
    AddressChanged,
    "auth.address_changed",
    "mail/auth/address_changed.subject.txt",
    "mail/auth/address_changed.txt",
    "mail/auth/address_changed.html"
);

/// A code is asked for beside the password now.
pub(super) struct SecondFactorActivated {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub client: String,
}

mail_message!(
    SecondFactorActivated,
    "auth.second_factor_activated",
    "mail/auth/second_factor_activated.subject.txt",
    "mail/auth/second_factor_activated.txt",
    "mail/auth/second_factor_activated.html"
);

/// No code is asked for any more: the person's own doing, or somebody's who was asked to help.
pub(super) struct SecondFactorRemoved {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub by: String,
}

mail_message!(
    SecondFactorRemoved,
    "auth.second_factor_removed",
    "mail/auth/second_factor_removed.subject.txt",
    "mail/auth/second_factor_removed.txt",
    "mail/auth/second_factor_removed.html"
);

/// One of the recovery codes was used.
pub(super) struct RecoveryCodeUsed {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub client: String,
    pub left: i64,
}

mail_message!(
    RecoveryCodeUsed,
    "auth.recovery_code_used",
    "mail/auth/recovery_code_used.subject.txt",
    "mail/auth/recovery_code_used.txt",
    "mail/auth/recovery_code_used.html"
);

/// The recovery codes are others now.
pub(super) struct RecoveryCodesRenewed {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub client: String,
}

mail_message!(
    RecoveryCodesRenewed,
    "auth.recovery_codes_renewed",
    "mail/auth/recovery_codes_renewed.subject.txt",
    "mail/auth/recovery_codes_renewed.txt",
    "mail/auth/recovery_codes_renewed.html"
);

/// Somebody with the right password has run out of tries for the code.
pub(super) struct CodesRefused {
    pub name: String,
    pub organisation: String,
    pub at: String,
    pub client: String,
    pub tries: i32,
}

mail_message!(
    CodesRefused,
    "auth.codes_refused",
    "mail/auth/codes_refused.subject.txt",
    "mail/auth/codes_refused.txt",
    "mail/auth/codes_refused.html"
);

/// Queues a mail to the person whose login it is about. Each time is a cause of its own.
pub(super) fn tell<M: Message>(
    login: &Login,
    program: Option<&Program>,
    message: &M,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let letter = Letter {
        to: &login.recipient(),
        program,
        organisation_id: login.organisation_id,
        reason: Reason::account(),
        key: &now.to_datetime().timestamp_micros().to_string(),
        message,
    };
    mail::queue(&letter, site, now, conn)?;
    Ok(())
}

/// An instant in mails and on pages of a person, who belongs to no one time zone.
pub(super) fn moment(login: &Login, at: Instant) -> String {
    format!("{} UTC", login.recipient().locale.moment(at, chrono_tz::UTC))
}
