//! Price lists: those to come may be stated anew, those of today and before never, and what was
//! published in the browser or from a file stays as it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Imported;
use crate::clock::Instant;
use crate::db::schema::{price_lists, prices, products};
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::programs::pack::{Pack, PriceList};
use crate::programs::stored;
use crate::reference;

/// What the reference of a price list begins with.
const PREFIX: &str = "PL";

#[derive(Insertable)]
#[diesel(table_name = prices)]
struct Row {
    price_list_id: i64,
    product_id: i64,
    months: i32,
    from_quantity: i32,
    unit_minor: i64,
}

/// A list as it is stored.
struct Known {
    id: i64,
    from_pack: bool,
    list: PriceList,
}

/// Brings the price lists to what the pack says. `past_until` is the program's day, or nothing for
/// a program that is new: its past may be told. So may that of a currency without any list yet.
pub(super) fn import_price_lists(
    pack: &Pack,
    program_id: i64,
    past_until: Option<NaiveDate>,
    now: Instant,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let known: Vec<Known> = stored::price_lists_of(program_id, conn)?
        .into_iter()
        .map(|(id, from_pack, list)| Known { id, from_pack, list })
        .collect();
    let is_past = |from: NaiveDate| past_until.is_some_and(|today| from <= today);
    for wanted in &pack.price_lists {
        let same_day =
            |one: &&Known| one.list.currency == wanted.currency && one.list.from == wanted.from;
        let what = format!("price list in {} from {}", wanted.currency.code(), wanted.from);
        match known.iter().find(same_day) {
            Some(stored) if stored.list == *wanted => continue,
            Some(stored) if !stored.from_pack => {
                done.kept.push(format!("{what}: kept as it was published in the portal"));
                continue;
            }
            Some(stored) if is_past(wanted.from) => return Err(rewritten(&stored.list)),
            Some(stored) => {
                remove(stored.id, conn)?;
                done.changes.push(format!("{what}: changed"));
            }
            None => {
                let is_first = known.iter().all(|one| one.list.currency != wanted.currency);
                if is_past(wanted.from) && !is_first {
                    return Err(rewritten(wanted));
                }
                done.changes.push(format!("{what}: added"));
            }
        }
        insert(wanted, program_id, now, conn)?;
    }
    for stored in known.iter().filter(|one| one.from_pack && !is_past(one.list.from)) {
        let wanted =
            |one: &PriceList| one.currency == stored.list.currency && one.from == stored.list.from;
        if past_until.is_some() && !pack.price_lists.iter().any(wanted) {
            remove(stored.id, conn)?;
            let code = stored.list.currency.code();
            done.changes.push(format!("price list in {code} from {}: removed", stored.list.from));
        }
    }
    Ok(())
}

fn rewritten(list: &PriceList) -> Error {
    Error::conflict(format!(
        "The price list in {} from {} would rewrite prices that are in force or past; state a list \
         with a later day.",
        list.currency.code(),
        list.from
    ))
}

/// Nothing can have been priced by a list whose day has not come.
fn remove(id: i64, conn: &mut Conn) -> Result<()> {
    diesel::delete(prices::table.filter(prices::price_list_id.eq(id))).execute(conn)?;
    diesel::delete(price_lists::table.find(id)).execute(conn)?;
    Ok(())
}

fn insert(list: &PriceList, program_id: i64, now: Instant, conn: &mut Conn) -> Result<()> {
    let row = (
        price_lists::reference.eq(reference::draw(PREFIX)),
        price_lists::program_id.eq(program_id),
        price_lists::currency.eq(list.currency.code()),
        price_lists::effective_on.eq(list.from),
        price_lists::from_pack.eq(true),
        price_lists::illustrative.eq(list.illustrative),
        price_lists::source.eq(list.source.as_deref().unwrap_or_default()),
        price_lists::published_at.eq(now),
        price_lists::published_by.eq("the program's pack"),
    );
    let price_list_id: i64 = diesel::insert_into(price_lists::table)
        .values(row)
        .returning(price_lists::id)
        .get_result(conn)?;
    let ids: BTreeMap<String, i64> = products::table
        .filter(products::program_id.eq(program_id))
        .select((products::code, products::id))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let rows: Vec<Row> = list
        .prices
        .iter()
        .filter_map(|price| {
            Some(Row {
                price_list_id,
                product_id: *ids.get(&price.product)?,
                months: price.months,
                from_quantity: price.from_quantity,
                unit_minor: price.unit_minor,
            })
        })
        .collect();
    db::insert_all!(conn, prices::table, rows);
    Ok(())
}
