//! Licences put straight into the tables, for tests that are not about how they come in.

use chrono::{Days, NaiveDate};
use diesel::dsl::insert_into;
use diesel::prelude::*;
use portal::clock::Instant;
use portal::db::Conn;
use portal::db::schema::{customers, licences, orders, organisations, products, programs};
use portal::error::Result;
use portal::licences::{count_lines, keep_count};
use portal::{names, reference};

use super::Portal;

/// One licence of the program `shield`: ten hubs of alarm monitoring that Acme sold to Hooli
/// through Nordic Supply, unless it is said otherwise.
#[derive(Clone, Debug)]
pub struct Licence {
    reseller: String,
    distributor: Option<&'static str>,
    customer: String,
    product: &'static str,
    quantity: i32,
    unit_price_minor: i64,
    currency: Option<&'static str>,
    kind: &'static str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

/// What the tests know a licence by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    pub id: i64,
    pub reference: String,
}

impl Licence {
    /// A licence with a year's term up to a day.
    pub fn ending(ends_on: NaiveDate) -> Self {
        Self {
            reseller: "Acme".to_owned(),
            distributor: Some("Nordic Supply"),
            customer: "Hooli".to_owned(),
            product: "ALARM-CARE",
            quantity: 10,
            unit_price_minor: 1_200,
            currency: None,
            kind: "new",
            starts_on: Some(ends_on - Days::new(364)),
            ends_on: Some(ends_on),
        }
    }

    /// A licence that has not started, or has no end.
    pub fn endless(starts_on: Option<NaiveDate>) -> Self {
        Self { starts_on, ends_on: None, ..Self::ending(date("2026-03-31")) }
    }

    pub fn sold_by(mut self, reseller: &str) -> Self {
        self.reseller = reseller.to_owned();
        self
    }

    pub fn through(mut self, distributor: &'static str) -> Self {
        self.distributor = Some(distributor);
        self
    }

    pub fn of(mut self, customer: &str) -> Self {
        self.customer = customer.to_owned();
        self
    }

    pub fn product(mut self, code: &'static str) -> Self {
        self.product = code;
        self
    }

    pub fn units(mut self, quantity: i32, unit_price_minor: i64) -> Self {
        self.quantity = quantity;
        self.unit_price_minor = unit_price_minor;
        self
    }

    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Paid in another currency than the program's.
    pub fn in_currency(mut self, code: &'static str) -> Self {
        self.currency = Some(code);
        self
    }

    /// Puts it into the portal's tables, with an order of its own.
    pub fn put(self, portal: &Portal) -> Put {
        portal.write(move |conn| self.insert(conn))
    }

    fn insert(&self, conn: &mut Conn) -> Result<Put> {
        let (program, currency): (i64, String) = programs::table
            .filter(programs::slug.eq("shield"))
            .select((programs::id, programs::currency))
            .first(conn)?;
        let reseller = organisation(&self.reseller, conn)?;
        let distributor = self.distributor.map(|name| organisation(name, conn));
        let distributor = distributor.transpose()?;
        let customer = customer(program, &self.customer, conn)?;
        let product: i64 = products::table
            .filter(products::program_id.eq(program))
            .filter(products::code.eq(self.product))
            .select(products::id)
            .first(conn)?;
        let processed_on = self.starts_on.unwrap_or(date("2025-01-01"));
        let number = reference::draw("X");
        let order: i64 = insert_into(orders::table)
            .values((
                orders::reference.eq(reference::draw("R")),
                orders::program_id.eq(program),
                orders::external_number.eq(&number),
                orders::distributor_id.eq(distributor),
                orders::reseller_id.eq(reseller),
                orders::customer_id.eq(customer),
                orders::delivered_to.eq(""),
                orders::processed_at.eq(Instant::noon(processed_on)),
                orders::digest.eq(&number),
                orders::created_at.eq(Instant::noon(processed_on)),
            ))
            .returning(orders::id)
            .get_result(conn)?;
        let reference = reference::draw("L");
        let id: i64 = insert_into(licences::table)
            .values((
                licences::reference.eq(&reference),
                licences::program_id.eq(program),
                licences::order_id.eq(order),
                licences::position.eq(1),
                licences::reseller_id.eq(reseller),
                licences::distributor_id.eq(distributor),
                licences::customer_id.eq(customer),
                licences::product_id.eq(product),
                licences::sku.eq(self.product),
                licences::quantity.eq(self.quantity),
                licences::kind.eq(self.kind),
                licences::months.eq(self.ends_on.map(|_| 12)),
                licences::unit_price_minor.eq(self.unit_price_minor),
                licences::currency.eq(self.currency.unwrap_or(&currency)),
                licences::processed_on.eq(processed_on),
                licences::starts_on.eq(self.starts_on),
                licences::ends_on.eq(self.ends_on),
                licences::due_on.eq(self.ends_on.unwrap_or(date("9999-12-31"))),
                licences::serial_number.eq(""),
            ))
            .returning(licences::id)
            .get_result(conn)?;
        count_lines(&[id], conn)?;
        Ok(Put { id, reference })
    }
}

impl Put {
    /// From now on the other licence has taken over from this one.
    pub fn renewed_by(&self, renewal: &Self, portal: &Portal) {
        let (old, new) = (self.id, renewal.id);
        portal.write(move |conn| {
            keep_count(&[old], conn, |conn| {
                let taken_over = licences::renewed_by_id.eq(new);
                Ok(diesel::update(licences::table.find(old)).set(taken_over).execute(conn)?)
            })?;
            Ok(())
        });
    }
}

/// A day, from `2026-03-02`.
pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn organisation(name: &str, conn: &mut Conn) -> Result<i64> {
    Ok(organisations::table
        .filter(organisations::name.eq(name))
        .select(organisations::id)
        .first(conn)?)
}

/// The customer of this name, made where there is none yet.
fn customer(program: i64, name: &str, conn: &mut Conn) -> Result<i64> {
    let known: Option<i64> = customers::table
        .filter(customers::program_id.eq(program))
        .filter(customers::name_key.eq(names::fold(name)))
        .select(customers::id)
        .first(conn)
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => Ok(insert_into(customers::table)
            .values((
                customers::reference.eq(reference::draw("K")),
                customers::program_id.eq(program),
                customers::name.eq(name),
                customers::name_key.eq(names::fold(name)),
                customers::country.eq("JP"),
                customers::created_at.eq(super::people::beginning()),
            ))
            .returning(customers::id)
            .get_result(conn)?),
    }
}
