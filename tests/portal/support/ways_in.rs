//! Passwords, links and history of the people of the tests.

use diesel::prelude::*;
use portal::auth::passwords;
use portal::db::schema::{audit_events, contacts, logins, mail_bodies, mails, sessions};

use super::{Page, Portal, Visitor};

/// Good enough for everybody, and nobody's name.
pub const PASSWORD: &str = "violet tractor sings at noon";
/// Another one.
pub const OTHER_PASSWORD: &str = "seven kettles under one umbrella";

pub async fn sign_in(visitor: &mut Visitor, email: &str, password: &str) -> Page {
    visitor.post("/sign-in", &[("email", email), ("password", password)]).await
}

impl Portal {
    /// Gives a person a password.
    pub fn give_password(&self, key: &str) {
        let hash = passwords::hash_blocking(PASSWORD).unwrap();
        self.set_hash(key, Some(hash));
    }

    pub fn set_hash(&self, key: &str, hash: Option<String>) {
        let contact = self.contact_id(key);
        self.write(move |conn| {
            diesel::update(logins::table.filter(logins::contact_id.eq(contact)))
                .set(logins::password_hash.eq(hash.as_deref()))
                .execute(conn)?;
            Ok(())
        });
    }

    pub fn hash_of(&self, key: &str) -> Option<String> {
        let contact = self.contact_id(key);
        self.read(|conn| {
            Ok(logins::table
                .filter(logins::contact_id.eq(contact))
                .select(logins::password_hash)
                .first(conn)?)
        })
    }

    pub fn lock(&self, key: &str) {
        let (contact, now) = (self.contact_id(key), self.app.clock.now());
        self.write(move |conn| {
            diesel::update(logins::table.filter(logins::contact_id.eq(contact)))
                .set(logins::locked_at.eq(Some(now)))
                .execute(conn)?;
            Ok(())
        });
    }

    pub fn deactivate(&self, key: &str) {
        let contact = self.contact_id(key);
        self.write(move |conn| {
            diesel::update(contacts::table.find(contact))
                .set(contacts::status.eq("deactivated"))
                .execute(conn)?;
            Ok(())
        });
    }

    pub fn sessions_of(&self, key: &str) -> i64 {
        let contact = self.contact_id(key);
        self.read(|conn| {
            let own = sessions::table.filter(sessions::contact_id.eq(contact));
            Ok(own.count().get_result(conn)?)
        })
    }

    /// What happened to a person's contact, oldest first.
    pub fn history_of(&self, key: &str) -> Vec<String> {
        let contact = self.contact_id(key);
        self.read(|conn| {
            Ok(audit_events::table
                .filter(audit_events::subject_kind.eq("contact"))
                .filter(audit_events::subject_id.eq(contact))
                .order(audit_events::id)
                .select(audit_events::action)
                .load(conn)?)
        })
    }

    /// The text of the last mail to a person.
    pub fn last_mail_to(&self, key: &str) -> String {
        let contact = self.contact_id(key);
        self.read(|conn| {
            Ok(mails::table
                .inner_join(mail_bodies::table)
                .filter(mails::contact_id.eq(contact))
                .order(mails::id.desc())
                .select(mail_bodies::text_body)
                .first(conn)?)
        })
    }

    /// The HTML part of the last mail to a person.
    pub fn last_html_to(&self, key: &str) -> String {
        let contact = self.contact_id(key);
        self.read(|conn| {
            Ok(mails::table
                .inner_join(mail_bodies::table)
                .filter(mails::contact_id.eq(contact))
                .order(mails::id.desc())
                .select(mail_bodies::html_body)
                .first(conn)?)
        })
    }

    /// The path of the first link of the last mail to a person.
    pub fn last_link_to(&self, key: &str) -> String {
        let text = self.last_mail_to(key);
        let link = text.split_whitespace().find_map(|word| word.strip_prefix(super::portal::BASE));
        link.expect("the mail has a link").to_owned()
    }
}
