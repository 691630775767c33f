//! The running totals beside a count of the lines themselves.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{licence_tallies, licences};

use super::Portal;

/// Of whose lines, ending when, in which currency.
type Key = (Option<i64>, NaiveDate, String);
/// Lines, renewed ones, open and renewed value.
type Sum = [i64; 4];

impl Portal {
    /// The totals by day are what counting every line gives, for the program and each distributor.
    pub fn totals_hold(&self) {
        let (told, counted) = (self.tallied(), self.counted());
        assert!(!counted.is_empty(), "there is nothing to count");
        assert_eq!(told, counted);
    }

    /// How many rows the totals are spread over.
    pub fn tally_rows(&self) -> i64 {
        self.read(|conn| Ok(licence_tallies::table.count().get_result(conn)?))
    }

    fn tallied(&self) -> BTreeMap<Key, Sum> {
        type Row = (Option<i64>, NaiveDate, String, i64, i64, i64, i64);
        let rows: Vec<Row> = self.read(|conn| {
            Ok(licence_tallies::table
                .select((
                    licence_tallies::distributor_id,
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
        for (whose, due_on, currency, lines, renewed, open, taken_over) in rows {
            add(&mut sums, (whose, due_on, currency), [lines, renewed, open, taken_over]);
        }
        sums.retain(|_, sum| *sum != [0; 4]);
        sums
    }

    fn counted(&self) -> BTreeMap<Key, Sum> {
        type Row = (Option<i64>, NaiveDate, String, i32, i64, Option<i64>);
        let rows: Vec<Row> = self.read(|conn| {
            Ok(licences::table
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
            add(&mut sums, (None, due_on, currency.clone()), sum);
            if distributor.is_some() {
                add(&mut sums, (distributor, due_on, currency), sum);
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
