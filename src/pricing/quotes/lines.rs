//! The lines of revisions with their waterfalls, as far as somebody may know them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::Viewer;
use crate::db::schema::{licences, products, quote_levels, quote_lines, quote_revisions};
use crate::db::{Conn, Keep, padded};
use crate::error::{Error, Result};
use crate::percent::BasisPoints;
use crate::pricing::inquiries::Purpose;
use crate::pricing::promotions::WhyNot;
use crate::pricing::waterfall::{Level, LevelKind, Step};

/// What is said of a line's levels beside the levels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// The codes that take nothing off it, each with its reason.
    pub refused: Vec<(String, WhyNot)>,
    /// The levels that a promotion stands in for, because the line costs less so.
    pub displaced: Vec<LevelKind>,
}

/// A line of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteLine {
    pub position: i32,
    pub product_id: i64,
    pub product_code: String,
    pub product: String,
    pub unit: String,
    pub category_id: i64,
    pub kind: Purpose,
    pub quantity: i32,
    pub months: Option<i32>,
    pub base_id: Option<i64>,
    /// The licence that it renews or changes.
    pub base: Option<String>,
    pub sku: String,
    pub unit_minor: i64,
    pub msrp_minor: i64,
    /// The quoter's own level, as it was entered; nothing where it is hidden.
    pub own: BasisPoints,
    /// What each level takes off; the quoter's own is not among them where it is hidden.
    pub steps: Vec<Step>,
    /// What is left after the steps.
    pub net_minor: i64,
    pub remarks: Remarks,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = quote_lines)]
struct LineRow {
    id: i64,
    revision_id: i64,
    position: i32,
    product_id: i64,
    kind: Purpose,
    quantity: i32,
    months: Option<i32>,
    base_id: Option<i64>,
    sku: String,
    unit_minor: i64,
    msrp_minor: i64,
    quoter_basis_points: i32,
    remarks: String,
    #[diesel(select_expression = products::code)]
    product_code: String,
    #[diesel(select_expression = products::name)]
    product: String,
    #[diesel(select_expression = products::unit)]
    unit: String,
    #[diesel(select_expression = products::category_id)]
    category_id: i64,
    #[diesel(select_expression = licences::reference.nullable())]
    base: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = quote_levels)]
struct LevelRow {
    level: LevelKind,
    basis_points: i32,
    amount_minor: i64,
    rule: String,
    effective_on: NaiveDate,
    approved_by: String,
}

/// Lines with what [`QuoteLine`] is made of; a macro, because its type has no name.
macro_rules! with_levels {
    () => {
        quote_lines::table
            .inner_join(products::table)
            .left_join(licences::table)
            .left_join(quote_levels::table)
            .order((quote_lines::revision_id, quote_lines::position, quote_levels::position))
            .select((LineRow::as_select(), Option::<LevelRow>::as_select()))
    };
}

impl QuoteLine {
    /// The lines of revisions, by revision and in their order, as far as a viewer may know them. The
    /// caller has found the revisions within its scope. One query.
    pub fn of(
        revision_ids: &[i64],
        viewer: Viewer,
        conn: &mut Conn,
    ) -> Result<BTreeMap<i64, Vec<Self>>> {
        let ids = padded(revision_ids);
        let rows = with_levels!().filter(quote_lines::revision_id.eq_any(ids));
        Self::by_revision(rows.kept().load(conn)?, viewer)
    }

    /// The lines of a quote's latest revision that a special price is for.
    pub(super) fn of_special(
        quote_id: i64,
        product_id: Option<i64>,
        viewer: Viewer,
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        let latest = quote_revisions::table
            .filter(quote_revisions::quote_id.eq(quote_id))
            .order(quote_revisions::number.desc())
            .limit(1)
            .select(quote_revisions::id)
            .single_value();
        let mut rows =
            with_levels!().filter(quote_lines::revision_id.nullable().eq(latest)).into_boxed();
        if let Some(product_id) = product_id {
            rows = rows.filter(quote_lines::product_id.eq(product_id));
        }
        Ok(Self::by_revision(rows.load(conn)?, viewer)?.into_values().flatten().collect())
    }

    fn by_revision(
        rows: Vec<(LineRow, Option<LevelRow>)>,
        viewer: Viewer,
    ) -> Result<BTreeMap<i64, Vec<Self>>> {
        let mut found = BTreeMap::<i64, Vec<Self>>::new();
        let mut last = None;
        for (row, level) in rows {
            let lines = found.entry(row.revision_id).or_default();
            let id = row.id;
            if last != Some(id) {
                lines.push(Self::without_steps(row)?);
                last = Some(id);
            }
            if let (Some(line), Some(level)) = (lines.last_mut(), level) {
                line.steps.push(level.step()?);
            }
        }
        for line in found.values_mut().flatten() {
            line.settle_for(viewer);
        }
        Ok(found)
    }

    fn without_steps(row: LineRow) -> Result<Self> {
        Ok(Self {
            position: row.position,
            product_id: row.product_id,
            product_code: row.product_code,
            product: row.product,
            unit: row.unit,
            category_id: row.category_id,
            kind: row.kind,
            quantity: row.quantity,
            months: row.months,
            base_id: row.base_id,
            base: row.base,
            sku: row.sku,
            unit_minor: row.unit_minor,
            msrp_minor: row.msrp_minor,
            own: share(row.quoter_basis_points)?,
            steps: Vec::new(),
            net_minor: row.msrp_minor,
            remarks: serde_json::from_str(&row.remarks).map_err(Error::internal)?,
        })
    }

    /// Takes out what a viewer may not know; what is left adds up.
    fn settle_for(&mut self, viewer: Viewer) {
        if viewer == Viewer::Vendor {
            self.own = BasisPoints::NONE;
            self.steps.retain(|step| step.level.kind != LevelKind::Distributor);
        }
        self.net_minor =
            self.msrp_minor - self.steps.iter().map(|one| one.amount_minor).sum::<i64>();
    }
}

impl LevelRow {
    fn step(self) -> Result<Step> {
        let level = Level {
            kind: self.level,
            percent: share(self.basis_points)?,
            rule: self.rule,
            effective_on: self.effective_on,
            approved_by: self.approved_by,
        };
        Ok(Step { level, amount_minor: self.amount_minor })
    }
}

fn share(points: i32) -> Result<BasisPoints> {
    BasisPoints::new(points).ok_or_else(|| Error::internal(format!("{points} is no share")))
}
