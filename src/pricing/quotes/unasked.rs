//! A quote that nobody asked for: whoever quotes chooses one of its resellers, a customer and lines.

use diesel::prelude::*;
use serde::Deserialize;

use super::drafts::{Matter, begin_of};
use super::priced::Ordered;
use crate::auth::{Part, Scope};
use crate::calendar::TermMonths;
use crate::catalogue::{Product, Purpose as SkuPurpose, SkuBook};
use crate::clock::Instant;
use crate::db::schema::{categories, enrolment_distributors, enrolments, organisations, products};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::partners::EnrolmentStatus;
use crate::percent::BasisPoints;
use crate::pricing::inquiries::{Purpose, codes};
use crate::programs::rules_of;
use crate::web::Fields;
use crate::{names, reference};

/// Lines that the form has room for.
pub(super) const MOST_LINES: usize = 12;
/// Resellers that a search shows.
pub(super) const SHOWN: usize = 20;
/// What it is limited to: the one too many says that there are more.
const SHOWN_LIMIT: i64 = 21;
const MOST_UNITS: i32 = 1_000_000;

/// A quote as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnaskedForm {
    /// The reseller's name, or the reference of its enrolment.
    pub reseller: String,
    pub customer: String,
    pub country: String,
    pub codes: String,
    /// Codes of products, line by line; an empty one is no line.
    pub product: Vec<String>,
    pub quantity: Vec<String>,
    pub months: Vec<String>,
}

/// What the address of the form carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnaskedQuery {
    /// Part of a reseller's name, or the reference of its enrolment.
    pub q: String,
    /// The reference of the enrolment that was chosen.
    pub reseller: String,
}

/// A reseller that something can be quoted to.
#[derive(Clone, Debug, Queryable)]
pub(super) struct Reseller {
    pub organisation_id: i64,
    pub name: String,
    /// Of its enrolment.
    pub reference: String,
    pub country: String,
    pub currency: String,
}

/// The active resellers of the person's organisation; the vendor's are all of its program.
macro_rules! resellers {
    ($scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = enrolments::table
            .inner_join(organisations::table)
            .filter(enrolments::program_id.eq(scope.program().id))
            .filter(enrolments::part.eq(Part::Partner))
            .filter(enrolments::status.eq(EnrolmentStatus::Active))
            .select((
                organisations::id,
                organisations::name,
                enrolments::reference,
                organisations::country,
                enrolments::currency,
            ))
            .into_boxed();
        if !scope.is_vendor() {
            let mine = enrolment_distributors::table
                .filter(
                    enrolment_distributors::distributor_id.eq(scope.enrolment_id().unwrap_or(0)),
                )
                .select(enrolment_distributors::enrolment_id);
            query = query.filter(enrolments::id.eq_any(mine));
        }
        query
    }};
}

/// Those that a search finds, by name; one more than are shown where there are more.
pub(super) fn sought(scope: &Scope, typed: &str, conn: &mut Conn) -> Result<Vec<Reseller>> {
    let mut query = resellers!(scope).order((enrolments::name_key, enrolments::reference));
    let part = names::fold(typed);
    if !part.is_empty() {
        let pattern = format!("%{}%", names::escape_like(&part));
        let by_reference = enrolments::reference.eq(reference::normalise(typed));
        query = query.filter(by_reference.or(enrolments::name_key.like(pattern).escape('\\')));
    }
    Ok(query.limit(SHOWN_LIMIT).kept().load(conn)?)
}

/// The one that a form is about, if it can be told.
pub(super) fn chosen(scope: &Scope, typed: &str, conn: &mut Conn) -> Result<Option<Reseller>> {
    let mut all = found(scope, typed, conn)?;
    Ok(if all.len() == 1 { all.pop() } else { None })
}

fn found(scope: &Scope, typed: &str, conn: &mut Conn) -> Result<Vec<Reseller>> {
    let by_name = enrolments::name_key.eq(names::fold(typed));
    let by_reference = enrolments::reference.eq(reference::normalise(typed));
    Ok(resellers!(scope).filter(by_name.or(by_reference)).limit(2).load(conn)?)
}

/// Begins a quote as the form says; gives its reference.
pub(super) fn begin(
    scope: &Scope,
    form: &UnaskedForm,
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let mut fields = Fields::default();
    let reseller = reseller(scope, &form.reseller, &mut fields, conn)?;
    let customer = fields.required("customer", "A customer", &form.customer, 120);
    let country = form.country.trim().to_uppercase();
    if !crate::programs::pack::is_country(&country) {
        fields.refuse("country", "Enter a country in two letters, such as BE.");
    }
    let codes = codes("codes", &form.codes, &mut fields);
    let mut lines = form.lines(scope, &mut fields, conn)?;
    name_skus(scope, &mut lines, conn)?;
    let (reseller, lines) = fields.finish(|| Some((reseller?, lines)))?;
    let matter = Matter {
        inquiry_id: None,
        reseller_id: reseller.organisation_id,
        customer_name: &customer,
        customer_key: &names::fold(&customer),
        customer_country: &country,
        currency: &reseller.currency,
        codes,
        known_list_id: None,
    };
    begin_of(scope, &matter, lines, now, conn)
}

/// Each line gets the SKU under which it can be ordered today.
fn name_skus(scope: &Scope, lines: &mut [Ordered], conn: &mut Conn) -> Result<()> {
    let book = SkuBook::read(scope.program().id, conn)?;
    let rules = rules_of(scope.program().id, conn)?;
    let policy = rules.policies.at(scope.today());
    for line in lines {
        let months = line.months.and_then(|months| TermMonths::new(months.into()).ok());
        if let Some(order) = book.order_as(line.product_id, months, SkuPurpose::New, policy) {
            line.sku = order.to_string();
        }
    }
    Ok(())
}

fn reseller(
    scope: &Scope,
    typed: &str,
    fields: &mut Fields,
    conn: &mut Conn,
) -> Result<Option<Reseller>> {
    let typed = fields.required("reseller", "A reseller", typed, 120);
    if typed.is_empty() {
        return Ok(None);
    }
    let mut all = found(scope, &typed, conn)?;
    let one = if all.len() == 1 { all.pop() } else { None };
    match (&one, all.len()) {
        (Some(_), _) => {}
        (None, 0) => fields.refuse("reseller", "None of your resellers has this name."),
        (None, _) => fields.refuse(
            "reseller",
            "More than one has this name: enter the reference of the enrolment instead.",
        ),
    }
    Ok(one)
}

impl UnaskedForm {
    /// Product, quantity and months of a row, as they were typed.
    pub(super) fn row(&self, place: usize) -> (&str, &str, &str) {
        (cell(&self.product, place), cell(&self.quantity, place), cell(&self.months, place))
    }

    fn lines(&self, scope: &Scope, fields: &mut Fields, conn: &mut Conn) -> Result<Vec<Ordered>> {
        let catalogue = Product::all(scope.program().id, conn)?;
        let categories: Vec<(i64, i64)> = products::table
            .inner_join(categories::table)
            .filter(products::program_id.eq(scope.program().id))
            .select((products::id, categories::id))
            .load(conn)?;
        let mut lines = Vec::new();
        for place in 0..MOST_LINES {
            let (code, quantity, months) = self.row(place);
            if code.is_empty() && quantity.is_empty() && months.is_empty() {
                continue;
            }
            let code = code.to_uppercase();
            let product = catalogue.iter().find(|one| one.code.to_uppercase() == code);
            let line = product.ok_or("there is no such product".to_owned()).and_then(|product| {
                let category = categories.iter().find(|(id, _)| *id == product.id);
                let category_id = category.map_or(0, |(_, category_id)| *category_id);
                line(product, category_id, quantity, months)
            });
            match line {
                Ok(line) => lines.push(line),
                Err(why) => fields.refuse("lines", format!("Line {}: {why}.", place + 1)),
            }
        }
        if lines.is_empty() {
            fields.refuse("lines", "Enter at least one line.");
        }
        Ok(lines)
    }
}

fn line(
    product: &Product,
    category_id: i64,
    quantity: &str,
    months: &str,
) -> Result<Ordered, String> {
    let most = product.most_units.unwrap_or(MOST_UNITS);
    let quantity: i32 = quantity
        .parse()
        .ok()
        .filter(|quantity| (1..=most).contains(quantity))
        .ok_or_else(|| format!("enter a quantity from 1 to {most}"))?;
    let months = match (product.kind.has_term(), months) {
        (false, "") => None,
        (false, _) => return Err(format!("{} has no term; leave the months empty", product.name)),
        (true, typed) => match typed.parse::<TermMonths>() {
            Ok(months) => Some(i32::from(months.get())),
            Err(_) => return Err("enter a term from 1 to 60 months".to_owned()),
        },
    };
    Ok(Ordered {
        product_id: product.id,
        product: product.name.clone(),
        category_id,
        kind: Purpose::New,
        quantity,
        months,
        base_id: None,
        sku: product.code.clone(),
        unit_minor: None,
        own: BasisPoints::NONE,
    })
}

fn cell(cells: &[String], place: usize) -> &str {
    cells.get(place).map_or("", |text| text.trim())
}
