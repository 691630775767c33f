//! Decides every line of a file, and what the list would change, before anything is written.

use std::collections::HashMap;

use iso_currency::Currency;

use super::table::{Column, Line, PriceFile};
use crate::auth::Program;
use crate::calendar::TermMonths;
use crate::catalogue::Product;
use crate::catalogue::price_lists::difference::{Difference, PriceKey, PriceTable};
use crate::catalogue::price_lists::model::{ListRecord, table_of};
use crate::catalogue::price_lists::publishing::Publication;
use crate::db::Conn;
use crate::error::Result;
use crate::money::Money;
use crate::sheet::Fault;

const MOST_UNITS: i32 = 1_000_000;

/// A list that could be published, and what it would change.
#[derive(Clone, Debug)]
pub struct Plan {
    pub publication: Publication,
    pub prices: PriceTable,
    /// The ids of the products that it names, by their codes.
    pub(in crate::catalogue::price_lists) products: HashMap<String, i64>,
    /// The list that is in force until its day.
    pub before: Option<ListRecord>,
    /// Beside that one.
    pub difference: Difference,
    /// The list of the portal's whose place it would take.
    pub replaces: Option<ListRecord>,
}

/// Decides the whole file and writes nothing: the plan, or everything that is wrong.
///
/// # Errors
/// A fault of the field `effective_on` where the program's pack has a list of that day.
pub fn check(
    file: &PriceFile,
    publication: &Publication,
    program: &Program,
    conn: &mut Conn,
) -> Result<std::result::Result<Plan, Vec<Fault>>> {
    let Publication { currency, effective_on, .. } = *publication;
    let replaces = ListRecord::of_day(program.id, currency, effective_on, conn)?;
    if let Some(fault) = replaces.as_ref().and_then(|list| publication.refuse_beside(list)) {
        return Err(fault);
    }
    let sheet = &file.0;
    if !sheet.faults.is_empty() {
        return Ok(Err(sheet.faults.clone()));
    }
    let sold = Product::all(program.id, conn)?;
    let mut checker = Checker {
        products: sold.iter().map(|product| (product.code.as_str(), product)).collect(),
        currency,
        program,
        seen: HashMap::new(),
        faults: Vec::new(),
    };
    let mut prices = PriceTable::new();
    for line in &sheet.lines {
        prices.extend(checker.line(line));
    }
    if !checker.faults.is_empty() {
        return Ok(Err(checker.faults));
    }
    let before = ListRecord::before(program.id, currency, effective_on, conn)?;
    let old = match &before {
        Some(list) => table_of(list.id, conn)?,
        None => PriceTable::new(),
    };
    Ok(Ok(Plan {
        publication: publication.clone(),
        difference: Difference::between(&old, &prices),
        products: sold.into_iter().map(|product| (product.code, product.id)).collect(),
        prices,
        before,
        replaces,
    }))
}

struct Checker<'a> {
    products: HashMap<&'a str, &'a Product>,
    currency: Currency,
    program: &'a Program,
    /// On which line a price stands.
    seen: HashMap<PriceKey, u64>,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    fn refuse<T>(
        &mut self,
        line: &Line,
        column: Column,
        reason: impl Into<String>,
        right: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(line.fault(column, reason, right));
        None
    }

    /// The price that a line states; nothing where it has faults, which are kept.
    fn line(&mut self, line: &Line) -> Option<(PriceKey, i64)> {
        let product = self.product(line);
        let months = product.and_then(|product| self.months(line, product));
        let from_quantity = self.band_begin(line);
        let price = self.price(line);
        let key = PriceKey {
            product: product?.code.clone(),
            months: months?,
            from_quantity: from_quantity?,
        };
        if let Some(first) = self.seen.insert(key.clone(), line.number) {
            let reason = format!("Line {first} has the same product, months and quantity.");
            return self.refuse(line, Column::Product, reason, "Keep one of the two.");
        }
        Some((key, price?))
    }

    fn product(&mut self, line: &Line) -> Option<&'a Product> {
        let code = line.cell(Column::Product);
        let known = self.products.get(code).copied();
        if known.is_none() {
            let reason = format!("{} has no such product.", self.program.name);
            let right = "Write the code of a product, as the catalogue has it.";
            return self.refuse(line, Column::Product, reason, right);
        }
        known
    }

    /// 0 for what has no term.
    fn months(&mut self, line: &Line, product: &Product) -> Option<i32> {
        let cell = line.cell(Column::Months);
        if product.kind.has_term() {
            let months: Option<TermMonths> = cell.parse().ok();
            if months.is_none() {
                let reason = format!("{} is sold for a term.", product.code);
                return self.refuse(
                    line,
                    Column::Months,
                    reason,
                    "Write its months, from 1 to 60.",
                );
            }
            return months.map(|months| months.get().into());
        }
        if !matches!(cell, "" | "0") {
            let reason = format!("{} has no term.", product.code);
            return self.refuse(line, Column::Months, reason, "Leave the cell empty.");
        }
        Some(0)
    }

    fn band_begin(&mut self, line: &Line) -> Option<i32> {
        let cell = line.cell(Column::FromQuantity);
        if cell.is_empty() {
            return Some(1);
        }
        let from = cell.parse().ok().filter(|from| (1..=MOST_UNITS).contains(from));
        if from.is_none() {
            let right = format!(
                "Write the quantity from which the price holds, from 1 to {MOST_UNITS}, or nothing \
                 for 1."
            );
            return self.refuse(line, Column::FromQuantity, "This is not a quantity.", right);
        }
        from
    }

    fn price(&mut self, line: &Line) -> Option<i64> {
        let price = Money::parse(line.cell(Column::UnitPrice), self.currency);
        if price.is_none() {
            let reason = format!("This is not an amount in {}.", self.currency.code());
            let example = Money::new(4_900, self.currency).plain();
            let right = format!("Write digits with a point, such as {example}.");
            return self.refuse(line, Column::UnitPrice, reason, right);
        }
        price.map(|money| money.minor)
    }
}
