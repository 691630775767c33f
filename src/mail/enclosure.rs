//! Files that go with a mail. The outbox keeps what each is made from, and the file is made when the
//! mail is sent: so the transaction that queues it stays short, and what is made again, for another
//! attempt or for the ledger, is the same file.

use std::collections::HashMap;
use std::sync::OnceLock;

use diesel::prelude::*;

use super::letter::Attachment;
use crate::db::Conn;
use crate::db::schema::mail_enclosures;
use crate::error::{Error, Result};
use crate::locale::Locale;

/// A file that a message encloses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    pub maker: &'static Maker,
    /// The reference of the record that it is made from.
    pub record: String,
    /// With its ending; ours, plain ASCII.
    pub file_name: String,
}

/// What makes files of one kind, declared by the slice that does it. A file depends on a record that
/// no longer changes and on how its reader writes dates, and on nothing else.
#[derive(Debug)]
pub struct Maker {
    /// As it is stored.
    pub name: &'static str,
    pub make: fn(&Enclosed, &mut Conn) -> Result<Attachment>,
}

impl PartialEq for Maker {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Maker {}

static MAKERS: OnceLock<&'static [&'static Maker]> = OnceLock::new();

/// Makes the slices' makers known to the worker; the first call counts.
pub fn declare(makers: &'static [&'static Maker]) {
    MAKERS.get_or_init(|| makers);
}

/// An enclosure as the outbox keeps it.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = mail_enclosures)]
pub struct Enclosed {
    pub mail_id: i64,
    /// From 1.
    pub position: i32,
    maker: String,
    pub record: String,
    locale: String,
    pub file_name: String,
}

impl Enclosed {
    /// The rows of what a message encloses.
    pub(super) fn rows(
        mail_id: i64,
        enclosures: Vec<Enclosure>,
        locale: Locale,
    ) -> impl Iterator<Item = Self> {
        (1..).zip(enclosures).map(move |(position, one)| Self {
            mail_id,
            position,
            maker: one.maker.name.to_owned(),
            record: one.record,
            locale: locale.tag().to_owned(),
            file_name: one.file_name,
        })
    }

    /// What these mails enclose, in order.
    pub(super) fn of_all(mail_ids: &[i64], conn: &mut Conn) -> Result<HashMap<i64, Vec<Self>>> {
        let rows: Vec<Self> = mail_enclosures::table
            .filter(mail_enclosures::mail_id.eq_any(mail_ids))
            .order((mail_enclosures::mail_id, mail_enclosures::position))
            .select(Self::as_select())
            .load(conn)?;
        let mut found = HashMap::<i64, Vec<Self>>::new();
        for row in rows {
            found.entry(row.mail_id).or_default().push(row);
        }
        Ok(found)
    }

    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale)
    }

    /// The file itself.
    pub fn make(&self, conn: &mut Conn) -> Result<Attachment> {
        let mut makers = MAKERS.get().copied().unwrap_or_default().iter();
        let maker = makers.find(|maker| maker.name == self.maker);
        let maker = maker.ok_or_else(|| {
            Error::internal(format!("nothing here makes a file of the kind {}", self.maker))
        })?;
        (maker.make)(self, conn)
    }
}
