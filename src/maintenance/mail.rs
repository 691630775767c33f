//! Mails about maintenance, to whoever has the role program updates.

use std::ops::Deref;

use super::model::Window;
use crate::auth::Program;
use crate::clock::Instant;
use crate::mail::Recipient;
use crate::mail_message;

/// What all of them say.
pub(super) struct Notice {
    pub name: String,
    pub subject: String,
    pub opening: String,
    /// The vendor's words; empty where there is nothing to announce.
    pub message: String,
    /// What happens with work under way.
    pub meanwhile: Vec<&'static str>,
    pub path: String,
}

/// One mail for each thing that can happen to a window; all look alike.
macro_rules! notices {
    ($($(#[$meta:meta])* $name:ident = $event:literal;)+) => {$(
        $(#[$meta])*
        pub(super) struct $name(pub Notice);

        impl Deref for $name {
            type Target = Notice;

            fn deref(&self) -> &Notice {
                &self.0
            }
        }

        mail_message!(
            $name,
            $event,
            "mail/maintenance/notice.subject.txt",
            "mail/maintenance/notice.txt",
            "mail/maintenance/notice.html",
        );
    )+};
}

notices! {
    /// It comes, or it has begun unannounced.
    Announced = "maintenance.announced";
    /// Its time, or what it stops, is another than was announced.
    Changed = "maintenance.changed";
    /// It goes on for longer.
    Extended = "maintenance.extended";
    /// It ends earlier.
    Shortened = "maintenance.shortened";
    /// It does not come.
    Cancelled = "maintenance.cancelled";
}

/// The window that a mail is about, and who reads it.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub program: &'a Program,
    pub window: &'a Window,
    pub to: &'a Recipient,
    pub now: Instant,
}

impl About<'_> {
    fn moment(&self, at: Instant) -> String {
        self.to.locale.moment(at, self.program.time_zone)
    }

    fn starts(&self) -> String {
        self.moment(self.window.starts_at)
    }

    fn ends(&self) -> String {
        self.moment(self.window.ends_at)
    }

    /// From when until when, with the zone in which that is.
    fn span(&self) -> String {
        let zone = self.program.time_zone.name();
        format!("from {} to {} ({zone})", self.starts(), self.ends())
    }

    fn notice(&self, subject: String, opening: String) -> Notice {
        let capabilities = &self.window.capabilities;
        Notice {
            name: self.to.name.clone(),
            subject,
            opening,
            message: self.window.message.clone(),
            meanwhile: capabilities.iter().map(|one| one.meanwhile()).collect(),
            path: format!("/p/{}/maintenance/{}", self.program.slug, self.window.reference),
        }
    }

    pub(super) fn announced(&self) -> Notice {
        let (program, what) = (&self.program.name, self.window.what());
        if self.window.starts_at <= self.now {
            let subject = format!("Maintenance until {}: {what}", self.ends());
            let opening = format!("{program} has stopped {what} {}.", self.span());
            return self.notice(subject, opening);
        }
        let subject = format!("Maintenance from {}: {what}", self.starts());
        self.notice(subject, format!("{program} stops {what} {}.", self.span()))
    }

    pub(super) fn changed(&self) -> Notice {
        let subject = format!("Changed: maintenance from {}", self.starts());
        let (program, what) = (&self.program.name, self.window.what());
        let opening = format!(
            "{program} has changed the maintenance that it announced. Now it stops {what} {}.",
            self.span()
        );
        self.notice(subject, opening)
    }

    pub(super) fn extended(&self) -> Notice {
        let subject = format!("Maintenance goes on until {}", self.ends());
        let (program, what) = (&self.program.name, self.window.what());
        let opening =
            format!("The maintenance of {program} takes longer. It stops {what} {}.", self.span());
        self.notice(subject, opening)
    }

    pub(super) fn shortened(&self) -> Notice {
        let subject = format!("Maintenance ends earlier: {}", self.ends());
        let (program, what) = (&self.program.name, self.window.what());
        let opening =
            format!("The maintenance of {program} ends earlier. It stops {what} {}.", self.span());
        self.notice(subject, opening)
    }

    pub(super) fn cancelled(&self) -> Notice {
        let (program, what) = (&self.program.name, self.window.what());
        let opening = format!(
            "{program} has cancelled the maintenance that it announced {}. Nothing stops: {what} \
             can be used as on any other day.",
            self.span()
        );
        let notice = self.notice(format!("Cancelled: maintenance from {}", self.starts()), opening);
        Notice { message: String::new(), meanwhile: Vec::new(), ..notice }
    }
}
