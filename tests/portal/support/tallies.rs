//! What is kept beside the rows, and what counting the rows themselves gives.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use diesel::dsl::count_star;
use diesel::prelude::*;
use portal::contacts::Role;
use portal::db::schema::{
    contact_roles, contacts, enrolments, licence_tallies, licences, mail_tallies, mails,
};
use portal::mail::MailStatus;

use super::Portal;

/// Of whose lines, by day or by month, ending when, in which currency.
type Key = (Option<i64>, String, NaiveDate, String);
/// Lines, renewed ones, open and renewed value.
type Sum = [i64; 4];

impl Portal {
    /// The totals by day and by month are what counting every line gives, for the program and each distributor.
    pub fn totals_hold(&self) {
        let (told, counted) = (self.tallied(), self.counted());
        assert!(!counted.is_empty(), "there is nothing to count");
        assert_eq!(told, counted);
    }

    /// How many rows the totals are spread over.
    pub fn tally_rows(&self) -> i64 {
        self.read(|conn| Ok(licence_tallies::table.count().get_result(conn)?))
    }

    /// Every enrolment says rightly whether nobody is there for its renewals; those that say so.
    pub fn gaps_hold(&self) -> Vec<String> {
        let (told, held) = self.read(|conn| {
            let told: Vec<(i64, i64, String, bool)> = enrolments::table
                .order(enrolments::name_key)
                .select((
                    enrolments::program_id,
                    enrolments::organisation_id,
                    enrolments::name_key,
                    enrolments::lacks_renewals,
                ))
                .load(conn)?;
            let held: Vec<(i64, i64)> = contact_roles::table
                .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
                .filter(contact_roles::role.eq(Role::Renewals))
                .filter(contact_roles::held.eq(true))
                .filter(contacts::status.eq("active"))
                .select((contact_roles::program_id, contacts::organisation_id))
                .load(conn)?;
            Ok((told, held))
        });
        for (program, organisation, name, lacks) in &told {
            assert_eq!(*lacks, !held.contains(&(*program, *organisation)), "{name}");
        }
        told.into_iter().filter(|(.., lacks)| *lacks).map(|(_, _, name, _)| name).collect()
    }

    /// The totals of mail by day and event are what counting every mail gives.
    pub fn mail_totals_hold(&self) {
        type Row = (Option<i64>, Option<NaiveDate>, String, i64);
        let key = (mails::program_id, mails::queued_on, mails::event);
        let (told, all, digested) = self.read(|conn| {
            let told: Vec<(i64, NaiveDate, String, i64, i64)> = mail_tallies::table
                .select((
                    mail_tallies::program_id,
                    mail_tallies::queued_on,
                    mail_tallies::event,
                    mail_tallies::mails,
                    mail_tallies::digested,
                ))
                .load(conn)?;
            let of_programs = mails::table.filter(mails::program_id.is_not_null());
            let all: Vec<Row> = of_programs
                .group_by(key)
                .select((mails::program_id, mails::queued_on, mails::event, count_star()))
                .load(conn)?;
            let digested: Vec<Row> = of_programs
                .filter(mails::status.eq(MailStatus::Digested))
                .group_by(key)
                .select((mails::program_id, mails::queued_on, mails::event, count_star()))
                .load(conn)?;
            Ok((told, all, digested))
        });
        let mut kept = BTreeMap::<(i64, NaiveDate, String), [i64; 2]>::new();
        for (program, day, event, mails, digested) in told {
            let sum = kept.entry((program, day, event)).or_default();
            *sum = [sum[0] + mails, sum[1] + digested];
        }
        let mut counted = BTreeMap::<(i64, NaiveDate, String), [i64; 2]>::new();
        for (place, rows) in [all, digested].into_iter().enumerate() {
            for (program, day, event, mails) in rows {
                counted.entry((program.unwrap(), day.unwrap(), event)).or_default()[place] = mails;
            }
        }
        assert!(!counted.is_empty(), "there is nothing to count");
        assert_eq!(kept, counted);
    }

    fn tallied(&self) -> BTreeMap<Key, Sum> {
        type Row = (Option<i64>, String, NaiveDate, String, i64, i64, i64, i64);
        let rows: Vec<Row> = self.read(|conn| {
            Ok(licence_tallies::table
                .select((
                    licence_tallies::distributor_id,
                    licence_tallies::span,
                    licence_tallies::due_on,
                    licence_tallies::currency,
                    licence_tallies::lines,
                    licence_tallies::renewed,
                    licence_tallies::open_minor,
                    licence_tallies::renewed_minor,
                ))
                .load(conn)?)
        });
        let mut sums = BTreeMap::<Key, Sum>::new();
        for (whose, span, due_on, currency, lines, renewed, open, taken_over) in rows {
            add(&mut sums, (whose, span, due_on, currency), [lines, renewed, open, taken_over]);
        }
        sums.retain(|_, sum| *sum != [0; 4]);
        sums
    }

    fn counted(&self) -> BTreeMap<Key, Sum> {
        type Row = (Option<i64>, NaiveDate, String, i32, i64, Option<i64>);
        let rows: Vec<Row> = self.read(|conn| {
            Ok(licences::table
                .filter(licences::kind.eq("new").or(licences::kind.eq("renewal")))
                .filter(licences::ends_on.is_not_null())
                .select((
                    licences::distributor_id,
                    licences::due_on,
                    licences::currency,
                    licences::quantity,
                    licences::unit_price_minor,
                    licences::renewed_by_id,
                ))
                .load(conn)?)
        });
        let mut sums = BTreeMap::new();
        for (distributor, due_on, currency, quantity, price, renewed_by) in rows {
            let value = i64::from(quantity) * price;
            let sum = match renewed_by {
                None => [1, 0, value, 0],
                Some(_) => [1, 1, 0, value],
            };
            for (span, day) in [("day", due_on), ("month", due_on.with_day(1).unwrap())] {
                add(&mut sums, (None, span.to_owned(), day, currency.clone()), sum);
                if distributor.is_some() {
                    add(&mut sums, (distributor, span.to_owned(), day, currency.clone()), sum);
                }
            }
        }
        sums
    }
}

fn add(sums: &mut BTreeMap<Key, Sum>, key: Key, of: Sum) {
    let sum = sums.entry(key).or_default();
    for (total, part) in sum.iter_mut().zip(of) {
        *total += part;
    }
}
