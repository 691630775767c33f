//! An order that the back office types in: a file of one order, as far as its rules go, so that what is
//! wrong is said as of a file. It is released, and waits to be processed like any other.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;
use serde::Deserialize;

use super::import::{self, Column, OrderFile};
use crate::audit::By;
use crate::auth::Scope;
use crate::calendar::{TermMonths, start_of_day};
use crate::catalogue::{Prices, Product, Wanted};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::orders;
use crate::error::{Error, Result};
use crate::licences::rules::LineKind;
use crate::money::Money;
use crate::sheet::Fault;
use crate::web::{FieldErrors, Site};

/// Lines that the form has room for; more come as a file.
pub(super) const MOST_LINES: usize = 20;

/// An order as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EntryForm {
    pub external_number: String,
    pub released_on: String,
    pub distributor: String,
    pub reseller: String,
    pub delivery: String,
    pub customer: String,
    pub customer_country: String,
    pub currency: String,
    /// Line by line; a line without a product and a quantity is none.
    pub product: Vec<String>,
    pub kind: Vec<String>,
    pub quantity: Vec<String>,
    pub months: Vec<String>,
    pub unit_price: Vec<String>,
    pub sku: Vec<String>,
    pub serial_number: Vec<String>,
    pub renews: Vec<String>,
}

impl EntryForm {
    /// What was typed into a cell of a line.
    pub(super) fn cell(&self, column: Column, place: usize) -> &str {
        let cells = match column {
            Column::Product => &self.product,
            Column::Kind => &self.kind,
            Column::Quantity => &self.quantity,
            Column::Months => &self.months,
            Column::UnitPrice => &self.unit_price,
            Column::Sku => &self.sku,
            Column::SerialNumber => &self.serial_number,
            Column::Renews => &self.renews,
            _ => return "",
        };
        cells.get(place).map_or("", |text| text.trim())
    }

    /// The places of the lines that something was typed into.
    pub(super) fn lines(&self) -> Vec<usize> {
        let typed = [
            Column::Product,
            Column::Quantity,
            Column::Months,
            Column::UnitPrice,
            Column::Sku,
            Column::SerialNumber,
            Column::Renews,
        ];
        (0..MOST_LINES)
            .filter(|place| typed.iter().any(|column| !self.cell(*column, *place).is_empty()))
            .collect()
    }
}

/// Writes the order, released; gives its reference.
pub(super) fn enter(
    scope: &Scope,
    form: &EntryForm,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let released_at = released_at(scope, &form.released_on, now)?;
    let places = form.lines();
    if places.is_empty() {
        return Err(Error::field("lines", "Enter at least one line."));
    }
    let listed = ListPrices::read(scope, form, released_at, conn)?;
    let file = file_of(scope, form, &places, released_at, &listed)?;
    let program = scope.program();
    let plan = match OrderFile::read(&file).check(program, now, conn)? {
        Ok(plan) => plan,
        Err(faults) => return Err(Error::Invalid(said_of(&faults, form, &places))),
    };
    let done = import::write_one(&plan, By::Person(scope.actor()), site, now, conn)?;
    if done.orders == 0 {
        return Err(Error::field("external_number", "This order was entered before."));
    }
    let reference = orders::table
        .filter(orders::program_id.eq(program.id))
        .filter(orders::external_number.eq(form.external_number.trim()))
        .select(orders::reference)
        .first(conn)?;
    Ok(reference)
}

/// Today it is this instant, else the day's first.
fn released_at(scope: &Scope, typed: &str, now: Instant) -> Result<Instant> {
    let Ok(day) = typed.trim().parse::<NaiveDate>() else {
        return Err(Error::field("released_on", "Enter the day of release as a date."));
    };
    if day > scope.today() {
        return Err(Error::field("released_on", "This day is still to come."));
    }
    if day == scope.today() {
        return Ok(now);
    }
    Ok(Instant::from_utc(start_of_day(day, scope.program().time_zone)))
}

/// What stands for prices that were left empty: those of the list of the day of release.
struct ListPrices {
    products: Vec<Product>,
    prices: Option<Prices>,
    currency: Currency,
}

impl ListPrices {
    fn read(
        scope: &Scope,
        form: &EntryForm,
        released_at: Instant,
        conn: &mut Conn,
    ) -> Result<Self> {
        let program = scope.program();
        let day = program.day_of(released_at);
        let code = match form.currency.trim() {
            "" => &program.currency,
            code => code,
        };
        let currency = Currency::from_code(code).ok_or_else(|| {
            Error::field("currency", "Enter a currency in three capital letters, such as EUR.")
        })?;
        Ok(Self {
            products: Product::all(program.id, conn)?,
            prices: Prices::on(program.id, currency, day, Wanted::All, conn)?,
            currency,
        })
    }

    fn product(&self, typed: &str) -> Option<&Product> {
        self.products
            .iter()
            .find(|one| one.code == typed)
            .or_else(|| self.products.iter().find(|one| one.name == typed))
    }

    /// Empty where there is none: the file's check says what is missing.
    fn unit_price(&self, form: &EntryForm, place: usize) -> String {
        let typed = form.cell(Column::UnitPrice, place);
        if !typed.is_empty() {
            return typed.to_owned();
        }
        let listed = || {
            let product = self.product(form.cell(Column::Product, place))?;
            let quantity = form.cell(Column::Quantity, place).parse().ok()?;
            let price = self.prices.as_ref()?.unit(product.id, months(form, place), quantity)?;
            Some(Money::new(price.band.unit_minor, self.currency).plain())
        };
        match form.cell(Column::Kind, place).parse() {
            Ok(LineKind::Trial | LineKind::Nfr) => String::new(),
            _ => listed().unwrap_or_default(),
        }
    }
}

fn months(form: &EntryForm, place: usize) -> Option<TermMonths> {
    form.cell(Column::Months, place).parse().ok()
}

fn file_of(
    scope: &Scope,
    form: &EntryForm,
    places: &[usize],
    released_at: Instant,
    listed: &ListPrices,
) -> Result<Vec<u8>> {
    let mut file = csv::Writer::from_writer(Vec::new());
    let headings = Column::ALL.iter().map(|column| column.name());
    file.write_record(headings).map_err(Error::internal)?;
    for place in places {
        let cells = Column::ALL.iter().map(|column| match column {
            Column::ExternalNumber => form.external_number.trim().to_owned(),
            Column::Program => scope.program().slug.clone(),
            Column::Distributor => form.distributor.trim().to_owned(),
            Column::Delivery => form.delivery.trim().to_owned(),
            Column::Reseller => form.reseller.trim().to_owned(),
            Column::Customer => form.customer.trim().to_owned(),
            Column::CustomerCountry => form.customer_country.trim().to_uppercase(),
            Column::ReleasedAt => released_at.to_datetime().to_rfc3339(),
            Column::Currency => listed.currency.code().to_owned(),
            Column::UnitPrice => listed.unit_price(form, *place),
            typed => form.cell(*typed, *place).to_owned(),
        });
        file.write_record(cells).map_err(Error::internal)?;
    }
    file.into_inner().map_err(|fault| Error::internal(fault.to_string()))
}

/// The file's faults as the form's: those of the order once, those of lines with their number.
fn said_of(faults: &[Fault], form: &EntryForm, places: &[usize]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for fault in faults {
        let column = Column::ALL.iter().find(|column| column.name() == fault.column).copied();
        let field = column.and_then(field_of);
        let text = text_of(fault, column);
        // The first line of the file names the columns.
        let line = usize::try_from(fault.line).unwrap_or(0).saturating_sub(2);
        match (field, column, places.get(line)) {
            (Some(field), ..) if errors.on(field).is_none() => errors.add(field, text),
            (Some(_), ..) => {}
            (None, Some(Column::UnitPrice), Some(place))
                if form.cell(Column::UnitPrice, *place).is_empty() =>
            {
                // It was not looked up, where something else of the line could not be read.
                if faults.iter().filter(|other| other.line == fault.line).count() == 1 {
                    let at = place + 1;
                    errors
                        .add("lines", format!("Line {at}, unit price: No list has one: enter it."));
                }
            }
            (None, Some(_), Some(place)) => {
                errors.add("lines", format!("Line {}, {text}", place + 1));
            }
            (None, ..) => errors.add("lines", text),
        }
    }
    errors
}

/// What is wrong, with the name of the field.
fn text_of(fault: &Fault, column: Option<Column>) -> String {
    let label = column.map_or("the order", label_of);
    if fault.found.is_empty() && fault.reason == import::EMPTY {
        return format!("{label}: {}", fault.reason);
    }
    format!("{label}: {} {}", fault.reason, fault.right).trim_end().to_owned()
}

/// The field of a column that is the order's.
fn field_of(column: Column) -> Option<&'static str> {
    match column {
        Column::ExternalNumber
        | Column::Distributor
        | Column::Delivery
        | Column::Reseller
        | Column::Customer
        | Column::CustomerCountry
        | Column::Currency => Some(column.name()),
        Column::ReleasedAt | Column::ProcessedAt => Some("released_on"),
        _ => None,
    }
}

/// What the form calls a column.
fn label_of(column: Column) -> &'static str {
    match column {
        Column::Product => "product",
        Column::Kind => "kind",
        Column::Quantity => "quantity",
        Column::Months => "months",
        Column::UnitPrice => "unit price",
        Column::Sku => "SKU",
        Column::SerialNumber => "serial number",
        Column::Renews => "renews",
        Column::ExternalNumber => "Order number",
        Column::ReleasedAt | Column::ProcessedAt => "Released on",
        Column::Reseller => "Reseller",
        Column::Distributor => "Distributor",
        Column::Delivery => "Delivered to",
        Column::Customer => "Customer",
        Column::CustomerCountry => "Country",
        Column::Currency => "Currency",
        other => other.name(),
    }
}
