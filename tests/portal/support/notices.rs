//! Mail by role for tests, what its readers want of it, and rounds that take it up.

use chrono::NaiveDateTime;
use diesel::dsl::insert_into;
use diesel::prelude::*;
use portal::auth::Program;
use portal::clock::Instant;
use portal::db::schema::{contact_roles, contacts, enrolments, mail_bodies, mails};
use portal::error::Result;
use portal::locale::Locale;
use portal::mail::digest::{Round, run_due};
use portal::mail::hours::{Quiet, Rhythm};
use portal::mail::preferences::{self, Chosen};
use portal::mail::{
    Letter, Mail, MailFilter, MailFrame, MailStatus, Message, Reason, Recipient, queue,
};
use portal::reference;

use super::Portal;
use super::people::beginning;

/// A mail in the form that the portal's have.
pub struct Happened {
    pub what: String,
}

impl Message for Happened {
    const EVENT: &'static str = "test.happened";

    fn subject(&self, _: &MailFrame) -> Result<String> {
        Ok(self.what.clone())
    }

    fn text(&self, mail: &MailFrame) -> Result<String> {
        let (what, link) = (&self.what, mail.link("/p/shield/renewals"));
        Ok(format!("Hello you,\n\n{what} has happened.\n\nSee all of it:\n{link}\n\n-- \nWhy\n"))
    }

    fn html(&self, _: &MailFrame) -> Result<String> {
        Ok(format!("<h1>{}</h1>", self.what))
    }
}

pub fn instant(text: &str) -> Instant {
    Instant::from_utc(NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap())
}

impl Portal {
    /// Sets the clock; it goes on from there.
    pub fn set_clock(&self, text: &str) {
        self.app.clock.set(instant(text));
    }

    /// Queues a mail of a role to a contact.
    pub fn notice(&self, contact: i64, program: &'static str, role: &'static str, what: &str) {
        self.notice_at(self.app.clock.now(), contact, program, role, what);
    }

    /// [`Portal::notice`], at an instant.
    pub fn notice_at(
        &self,
        now: Instant,
        contact: i64,
        program: &'static str,
        role: &'static str,
        what: &str,
    ) {
        let (site, what) = (self.app.site.clone(), what.to_owned());
        self.write(move |conn| {
            let program = Program::find_unscoped(program, conn)?;
            let (name, email, organisation_id): (String, String, i64) = contacts::table
                .find(contact)
                .select((contacts::name, contacts::email, contacts::organisation_id))
                .first(conn)?;
            let to = Recipient { contact_id: contact, name, email, locale: Locale::EnGb };
            let held: Option<bool> = contact_roles::table
                .filter(contact_roles::contact_id.eq(contact))
                .filter(contact_roles::program_id.eq(program.id))
                .filter(contact_roles::role.eq(role))
                .select(contact_roles::held)
                .first(conn)
                .optional()?;
            let text = format!("You get this because you hold the role {role}.");
            let reason = match held {
                Some(true) => Reason::holder(text, role),
                _ => Reason::stand_in(text, role),
            };
            let letter = Letter {
                to: &to,
                program: Some(&program),
                organisation_id,
                reason,
                key: &what,
                message: &Happened { what: what.clone() },
            };
            queue(&letter, &site, now, conn)
        })
        .expect("a notice of this name was queued before");
    }

    /// Changes what a contact wants, as its page would.
    pub fn wants(&self, contact: i64, change: impl Fn(&mut Chosen) + Send + 'static) {
        self.wants_at(self.app.clock.now(), contact, change);
    }

    /// [`Portal::wants`], at an instant.
    pub fn wants_at(
        &self,
        now: Instant,
        contact: i64,
        change: impl Fn(&mut Chosen) + Send + 'static,
    ) {
        self.write(move |conn| {
            let mut chosen = Chosen::by(contact, conn)?;
            change(&mut chosen);
            preferences::save(contact, &chosen, now, conn)
        });
    }

    /// How often a contact wants the mail of a role.
    pub fn wants_rhythm(
        &self,
        contact: i64,
        program: &'static str,
        role: &'static str,
        to: Rhythm,
    ) {
        let program = self.read(|conn| Program::find_unscoped(program, conn));
        self.wants(contact, move |chosen| chosen.set_rhythm(program.id, role, to));
    }

    pub fn wants_hours(&self, contact: i64, zone: &'static str, quiet: Option<(u32, u32)>) {
        self.wants(contact, move |chosen| {
            chosen.preferences.time_zone = Some(zone.parse().unwrap());
            chosen.preferences.quiet = quiet.map(|(from, until)| Quiet { from, until });
        });
    }

    /// Takes up all that is due now.
    pub fn round(&self) -> Round {
        let app = &self.app;
        run_due(&app.db, &app.site, app.clock.now()).unwrap()
    }

    /// Subject and status of every mail to a contact, in the order in which it was queued.
    pub fn post_of(&self, contact: i64) -> Vec<(String, MailStatus)> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::contact_id.eq(contact))
                .order(mails::id)
                .select((mails::subject, mails::status))
                .load(conn)?)
        })
    }

    /// The newest mail to a contact, with its text and HTML.
    pub fn newest_mail(&self, contact: i64) -> (Mail, String, String) {
        self.read(|conn| {
            let (reference, text, html): (String, String, String) = mails::table
                .inner_join(mail_bodies::table)
                .filter(mails::contact_id.eq(contact))
                .order(mails::id.desc())
                .select((mails::reference, mail_bodies::text_body, mail_bodies::html_body))
                .first(conn)?;
            let filter = MailFilter { references: vec![reference], ..MailFilter::default() };
            let mail = Mail::list_unscoped(&filter, 1, conn)?.remove(0);
            Ok((mail, text, html))
        })
    }

    /// An organisation takes part in the program `small` as well.
    pub fn join_small(&self, organisation: i64) {
        self.write(move |conn| {
            let small = Program::find_unscoped("small", conn)?;
            insert_into(enrolments::table)
                .values((
                    enrolments::reference.eq(reference::draw("P")),
                    enrolments::program_id.eq(small.id),
                    enrolments::organisation_id.eq(organisation),
                    enrolments::part.eq("partner"),
                    enrolments::currency.eq("EUR"),
                    enrolments::status.eq("active"),
                    enrolments::name_key.eq(organisation.to_string()),
                    enrolments::enrolled_on.eq(beginning().utc().date()),
                    enrolments::created_at.eq(beginning()),
                ))
                .execute(conn)?;
            Ok(())
        });
    }
}
