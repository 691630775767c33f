//! Inquiries as they are stored, and who sees which: a reseller its own, a distributor those that
//! were sent to it, the vendor all of its program; a draft is the reseller's alone.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{InquiryStatus, Purpose};
use crate::audit::Subject;
use crate::auth::{Part, Scope};
use crate::clock::Instant;
use crate::db::schema::{
    categories, customers, deals, inquiries, inquiry_lines, licences, organisations, products,
};
use crate::db::{Conn, Keep};
use crate::error::{Error, Result};
use crate::programs::pack::ProductKind;

/// What an inquiry's history calls it.
pub const KIND: &str = "inquiry";

diesel::alias!(pub const QUOTERS: Alias<Quoters> = organisations as quoters);

/// An inquiry. Everything about its prices is a recommended price.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = inquiries)]
pub struct Inquiry {
    pub id: i64,
    pub reference: String,
    pub program_id: i64,
    pub reseller_id: i64,
    pub quoter_id: Option<i64>,
    pub status: InquiryStatus,
    pub customer_name: String,
    pub customer_key: String,
    pub customer_country: String,
    pub currency: String,
    pub wanted_on: Option<NaiveDate>,
    pub note: String,
    pub promotion_codes: String,
    pub lines: i32,
    pub price_list_id: Option<i64>,
    pub submitted_at: Option<Instant>,
    pub msrp_minor: Option<i64>,
    pub created_by: String,
    pub created_at: Instant,
    /// Counts the changes: a decision that was made on an older one is refused.
    pub revision: i64,
    #[diesel(select_expression = organisations::name)]
    pub reseller: String,
    #[diesel(select_expression = QUOTERS.field(organisations::name).nullable())]
    pub quoter: Option<String>,
    /// The registered deal that it belongs to.
    pub deal_id: Option<i64>,
    #[diesel(select_expression = deals::reference.nullable())]
    pub deal: Option<String>,
}

/// Inquiries with what [`Inquiry`] is read from; a macro, because its type has no name.
macro_rules! with_parties {
    () => {
        inquiries::table
            .inner_join(organisations::table.on(organisations::id.eq(inquiries::reseller_id)))
            .left_join(
                QUOTERS.on(QUOTERS.field(organisations::id).nullable().eq(inquiries::quoter_id)),
            )
            .left_join(deals::table.on(deals::id.nullable().eq(inquiries::deal_id)))
            .select(Inquiry::as_select())
    };
}
pub(super) use with_parties;

/// Keeps a boxed query over inquiries inside the wall.
macro_rules! within {
    ($query:expr, $scope:expr) => {{
        let scope: &Scope = $scope;
        let query = $query.filter(inquiries::program_id.eq(scope.program().id));
        let own = scope.organisation_id();
        match scope.part() {
            Some(Part::Partner) => query.filter(inquiries::reseller_id.eq(own)),
            Some(Part::Distributor) => query.filter(inquiries::quoter_id.eq(own)),
            None => query.filter(inquiries::submitted_at.is_not_null()),
        }
    }};
}
pub(super) use within;

/// The columns of a line that may be missing, with its product and the licence that it is about.
macro_rules! line_columns {
    () => {
        (
            (
                inquiry_lines::id,
                inquiry_lines::position,
                inquiry_lines::product_id,
                inquiry_lines::kind,
                inquiry_lines::quantity,
                inquiry_lines::months,
                inquiry_lines::base_id,
                inquiry_lines::sku,
                inquiry_lines::unit_minor,
                inquiry_lines::msrp_minor,
            )
                .nullable(),
            (
                products::code,
                products::name,
                products::kind,
                products::unit,
                products::most_units,
                products::category_id,
            )
                .nullable(),
            categories::name.nullable(),
            (
                licences::reference.nullable(),
                licences::ends_on.nullable(),
                licences::renewed_by_id.nullable(),
                customers::name.nullable(),
            ),
        )
    };
}

impl Inquiry {
    /// An inquiry that the person may see, by its reference.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let query = with_parties!().filter(inquiries::reference.eq(reference)).into_boxed();
        Ok(within!(query, scope).first(conn)?)
    }

    /// An inquiry by its id, whoever asks: for what a quote of the scope points at.
    pub fn find_unscoped(id: i64, conn: &mut Conn) -> Result<Self> {
        Ok(with_parties!().filter(inquiries::id.eq(id)).first(conn)?)
    }

    /// An inquiry that the person may see, with its lines in their order: one query.
    pub fn with_lines(
        scope: &Scope,
        reference: &str,
        conn: &mut Conn,
    ) -> Result<(Self, Vec<InquiryLine>)> {
        let query = inquiries::table
            .inner_join(organisations::table.on(organisations::id.eq(inquiries::reseller_id)))
            .left_join(
                QUOTERS.on(QUOTERS.field(organisations::id).nullable().eq(inquiries::quoter_id)),
            )
            .left_join(deals::table.on(deals::id.nullable().eq(inquiries::deal_id)))
            .left_join(inquiry_lines::table.on(inquiry_lines::inquiry_id.eq(inquiries::id)))
            .left_join(
                products::table
                    .on(products::id.nullable().eq(inquiry_lines::product_id.nullable())),
            )
            .left_join(
                categories::table
                    .on(categories::id.nullable().eq(products::category_id.nullable())),
            )
            .left_join(
                licences::table.on(licences::id.nullable().eq(inquiry_lines::base_id.nullable())),
            )
            .left_join(
                customers::table.on(customers::id.nullable().eq(licences::customer_id.nullable())),
            )
            .filter(inquiries::reference.eq(reference))
            .order(inquiry_lines::position)
            .select((Self::as_select(), line_columns!()))
            .into_boxed();
        let rows: Vec<(Self, LineRow)> = within!(query, scope).kept().load(conn)?;
        let mut inquiry = None;
        let mut lines = Vec::new();
        for (found, line) in rows {
            inquiry.get_or_insert(found);
            lines.extend(InquiryLine::beside(line));
        }
        Ok((inquiry.ok_or(Error::NotFound)?, lines))
    }

    /// The codes of promotions that the reseller named.
    pub fn codes(&self) -> Vec<String> {
        self.promotion_codes.split_whitespace().map(str::to_owned).collect()
    }

    /// The inquiry as the record that something happened to, in the reseller's history.
    pub(in crate::pricing) fn subject(&self) -> Subject<'_> {
        Subject {
            kind: KIND,
            id: self.id,
            reference: &self.reference,
            name: &self.customer_name,
            program_id: Some(self.program_id),
            organisation_id: Some(self.reseller_id),
        }
    }

    pub fn path(&self, scope: &Scope) -> String {
        scope.path(&format!("/inquiries/{}", self.reference))
    }
}

/// A line of an inquiry, with its product.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = inquiry_lines)]
pub struct InquiryLine {
    pub id: i64,
    pub position: i32,
    pub product_id: i64,
    pub kind: Purpose,
    pub quantity: i32,
    pub months: Option<i32>,
    pub base_id: Option<i64>,
    /// From the submission on, as are the two prices.
    pub sku: String,
    pub unit_minor: Option<i64>,
    pub msrp_minor: Option<i64>,
    #[diesel(embed)]
    pub product: LineProduct,
    #[diesel(embed)]
    pub base: LineBase,
}

/// The product of a line.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct LineProduct {
    pub code: String,
    pub name: String,
    pub kind: ProductKind,
    pub unit: String,
    pub most_units: Option<i32>,
    pub category_id: i64,
    #[diesel(select_expression = categories::name)]
    pub category: String,
}

/// The licence that a line renews or changes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = licences)]
pub struct LineBase {
    #[diesel(select_expression = licences::reference.nullable())]
    pub reference: Option<String>,
    #[diesel(select_expression = licences::ends_on.nullable())]
    pub ends_on: Option<NaiveDate>,
    #[diesel(select_expression = licences::renewed_by_id.nullable())]
    pub renewed_by_id: Option<i64>,
    #[diesel(select_expression = customers::name.nullable())]
    pub customer: Option<String>,
}

impl InquiryLine {
    /// The lines of an inquiry in their order. The caller has found the inquiry within its scope.
    pub fn of(inquiry_id: i64, conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(inquiry_lines::table
            .inner_join(products::table.inner_join(categories::table))
            .left_join(licences::table.left_join(customers::table))
            .filter(inquiry_lines::inquiry_id.eq(inquiry_id))
            .order(inquiry_lines::position)
            .select(Self::as_select())
            .load(conn)?)
    }
}

/// A line as it is read beside its inquiry, which may have none.
type LineRow = (
    Option<(
        i64,
        i32,
        i64,
        Purpose,
        i32,
        Option<i32>,
        Option<i64>,
        String,
        Option<i64>,
        Option<i64>,
    )>,
    Option<(String, String, ProductKind, String, Option<i32>, i64)>,
    Option<String>,
    (Option<String>, Option<NaiveDate>, Option<i64>, Option<String>),
);

impl InquiryLine {
    fn beside(row: LineRow) -> Option<Self> {
        let (line, product, category, base) = row;
        let (id, position, product_id, kind, quantity, months, base_id, sku, unit, msrp) = line?;
        let (code, name, product_kind, product_unit, most_units, category_id) = product?;
        let (reference, ends_on, renewed_by_id, customer) = base;
        Some(Self {
            id,
            position,
            product_id,
            kind,
            quantity,
            months,
            base_id,
            sku,
            unit_minor: unit,
            msrp_minor: msrp,
            product: LineProduct {
                code,
                name,
                kind: product_kind,
                unit: product_unit,
                most_units,
                category_id,
                category: category?,
            },
            base: LineBase { reference, ends_on, renewed_by_id, customer },
        })
    }
}
