//! Orders of a file that are still to be processed: their lines wait as ordered, and processing decides
//! about them as about any other (`orders::processing`).

use diesel::RunQueryDsl;

use super::batch::{Batch, LineIds};
use super::held::Base;
use super::plan::{PlannedLine, PlannedOrder};
use crate::calendar::TermMonths;
use crate::db::schema::order_lines;
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::orders::placing::NewLine;

impl Batch<'_> {
    /// `here` are the lines that this batch made licences of: an open order may renew one of them.
    pub(super) fn insert_open(
        &self,
        open: &[&PlannedOrder],
        here: &LineIds,
        conn: &mut Conn,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for order in open {
            for (line, position) in order.lines.iter().zip(1..) {
                let base_id = self.base_id(line).or_else(|| made_here(line, here));
                if line.base.is_some() && base_id.is_none() {
                    return Err(Error::internal("a planned line was not written"));
                }
                rows.push(ordered(
                    self.orders[&order.head.external_number],
                    line,
                    position,
                    base_id,
                )?);
            }
        }
        db::insert_all!(conn, order_lines::table, rows);
        Ok(())
    }
}

fn made_here(line: &PlannedLine, here: &LineIds) -> Option<i64> {
    match line.base?.0 {
        Base::Planned(place) => here.get(&place).copied(),
        Base::Stored(_) => None,
    }
}

fn ordered(
    order_id: i64,
    planned: &PlannedLine,
    position: i32,
    base_id: Option<i64>,
) -> Result<NewLine<'_>> {
    let line = &planned.line;
    let msrp_minor = line
        .unit_price_minor
        .checked_mul(line.quantity.into())
        .ok_or_else(|| Error::internal("a line costs more than can be counted"))?;
    Ok(NewLine {
        order_id,
        position,
        product_id: line.product_id,
        kind: line.kind,
        quantity: line.quantity,
        months: line.months.map(TermMonths::get).map(i32::from),
        base_id,
        sku: &line.sku,
        serial_number: &line.serial_number,
        unit_minor: line.unit_price_minor,
        msrp_minor,
        net_minor: None,
        refusal: "",
        instead_sku: "",
    })
}
