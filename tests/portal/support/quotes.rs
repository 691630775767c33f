//! Quotes for tests: inquiries that were sent, and what each side does page by page.

use chrono::NaiveDate;
use diesel::prelude::*;
use iso_currency::Currency;
use portal::calendar::TermMonths;
use portal::catalogue::{Prices, Wanted};
use portal::db::Conn;
use portal::db::schema::{
    inquiries, inquiry_lines, order_lines, orders, price_lists, products, programs, quotes,
};
use portal::error::Result;
use portal::{names, reference};

use super::leads::reference_of;
use super::{Page, Portal, Visitor};

/// A line: product, quantity, months (0: no term).
pub type Wanting = (&'static str, i32, i32);

/// Ten seats for a year and two hubs: JPY 27,000 and 96,000.
pub const SEATS_AND_HUBS: &[Wanting] = &[("WATCH-SEAT", 10, 12), ("ALARM-HUB", 2, 0)];

/// An inquiry as its reseller has sent it.
pub struct Asked<'a> {
    pub reseller: &'a str,
    pub by: &'static str,
    pub to: &'a str,
    pub customer: &'a str,
    pub codes: &'a str,
    pub lines: &'static [Wanting],
}

/// Acme's, to Nordic Supply.
pub const ACME: Asked<'_> = Asked {
    reseller: "Acme",
    by: "owner",
    to: "Nordic Supply",
    customer: "Hooli",
    codes: "",
    lines: SEATS_AND_HUBS,
};

impl Portal {
    /// An inquiry that was sent now; gives its reference.
    pub fn asks(&self, asked: &Asked<'_>) -> String {
        let ids = (
            self.organisation_id(asked.reseller),
            self.organisation_id(asked.to),
            self.contact_id(asked.by),
        );
        let (customer, codes) = (asked.customer.to_owned(), asked.codes.to_owned());
        let (lines, now) = (asked.lines, self.app.clock.now());
        self.write(move |conn| {
            let program: i64 = programs::table
                .filter(programs::slug.eq("shield"))
                .select(programs::id)
                .first(conn)?;
            let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
            let prices = Prices::on(program, Currency::JPY, day, Wanted::All, conn)?.unwrap();
            let reference = reference::draw("IN");
            let priced: Vec<(i64, Wanting, i64)> =
                lines.iter().map(|line| priced(*line, &prices, conn)).collect::<Result<_>>()?;
            let msrp: i64 = priced.iter().map(|(_, line, unit)| unit * i64::from(line.1)).sum();
            let id: i64 = diesel::insert_into(inquiries::table)
                .values((
                    inquiries::reference.eq(&reference),
                    inquiries::program_id.eq(program),
                    inquiries::reseller_id.eq(ids.0),
                    inquiries::quoter_id.eq(Some(ids.1)),
                    inquiries::status.eq("submitted"),
                    inquiries::customer_name.eq(&customer),
                    inquiries::customer_key.eq(names::fold(&customer)),
                    inquiries::customer_country.eq("JP"),
                    inquiries::currency.eq("JPY"),
                    inquiries::note.eq(""),
                    inquiries::promotion_codes.eq(&codes),
                    inquiries::lines.eq(lines.len() as i32),
                    inquiries::price_list_id.eq(Some(prices.list().id)),
                    inquiries::submitted_at.eq(Some(now)),
                    inquiries::msrp_minor.eq(Some(msrp)),
                    inquiries::created_by_id.eq(Some(ids.2)),
                    inquiries::created_by.eq("Somebody"),
                    inquiries::created_at.eq(now),
                    inquiries::revision.eq(1_i64),
                ))
                .returning(inquiries::id)
                .get_result(conn)?;
            for ((product, line, unit), position) in priced.iter().zip(1..) {
                diesel::insert_into(inquiry_lines::table)
                    .values((
                        inquiry_lines::inquiry_id.eq(id),
                        inquiry_lines::position.eq(position),
                        inquiry_lines::product_id.eq(product),
                        inquiry_lines::kind.eq("new"),
                        inquiry_lines::quantity.eq(line.1),
                        inquiry_lines::months.eq((line.2 > 0).then_some(line.2)),
                        inquiry_lines::sku.eq(line.0),
                        inquiry_lines::unit_minor.eq(Some(unit)),
                        inquiry_lines::msrp_minor.eq(Some(unit * i64::from(line.1))),
                    ))
                    .execute(conn)?;
            }
            Ok(reference)
        })
    }

    /// Somebody begins the quote that answers an inquiry; gives its address.
    pub async fn begin_quote(&self, asked: &Asked<'_>, quoter: &str) -> String {
        let inquiry = self.asks(asked);
        let path = format!("/p/shield/inquiries/{inquiry}/quote");
        self.visitor(quoter).post(&path, &[]).await.created()
    }

    /// … and sends it as the rules propose it.
    pub async fn sent_quote(&self, asked: &Asked<'_>, quoter: &str) -> String {
        let path = self.begin_quote(asked, quoter).await;
        self.visitor(quoter).send_quote(&path).await.goes_to(&path);
        path
    }

    /// Acme's quote from Nordic Supply, sent.
    pub async fn quote(&self) -> String {
        self.sent_quote(&ACME, "distributor").await
    }

    /// Status of a quote, and of its inquiry where it has one.
    pub fn quote_status(&self, path: &str) -> (String, Option<String>) {
        self.read(|conn| {
            Ok(quotes::table
                .left_join(inquiries::table)
                .filter(quotes::reference.eq(reference_of(path)))
                .select((quotes::status, inquiries::status.nullable()))
                .first(conn)?)
        })
    }

    /// The lines of all placed orders: recommended price and what is paid.
    pub fn ordered(&self) -> Vec<(i64, i64)> {
        self.read(|conn| {
            Ok(order_lines::table
                .order(order_lines::id)
                .select((order_lines::msrp_minor, order_lines::net_minor.assume_not_null()))
                .load(conn)?)
        })
    }

    pub fn placed_orders(&self) -> i64 {
        self.read(|conn| {
            let placed = orders::table.filter(orders::placed_at.is_not_null());
            Ok(placed.count().get_result(conn)?)
        })
    }

    /// From a day on everything costs twice as much.
    pub fn double_prices_from(&self, day: &'static str) {
        self.write(move |conn| double_prices(day, conn));
    }
}

/// Publishes a list by which everything in yen costs twice as much from a day on.
pub fn double_prices(day: &str, conn: &mut Conn) -> Result<()> {
    diesel::sql_query(format!(
        "INSERT INTO price_lists (reference, program_id, currency, effective_on, from_pack, \
         illustrative, source, published_at, published_by) SELECT 'PL-99999-99999', \
         program_id, currency, '{day}', from_pack, illustrative, source, published_at, \
         published_by FROM price_lists WHERE currency = 'JPY'"
    ))
    .execute(conn)?;
    let id: i64 = price_lists::table
        .filter(price_lists::reference.eq("PL-99999-99999"))
        .select(price_lists::id)
        .first(conn)?;
    diesel::sql_query(format!(
        "INSERT INTO prices (price_list_id, product_id, months, from_quantity, unit_minor) \
         SELECT {id}, product_id, months, from_quantity, unit_minor * 2 FROM prices"
    ))
    .execute(conn)?;
    Ok(())
}

fn priced(line: Wanting, prices: &Prices, conn: &mut Conn) -> Result<(i64, Wanting, i64)> {
    let product: i64 =
        products::table.filter(products::code.eq(line.0)).select(products::id).first(conn)?;
    let months = (line.2 > 0).then(|| TermMonths::new(line.2.into()).unwrap());
    let unit = prices.unit(product, months, line.1).unwrap();
    Ok((product, line, unit.band.unit_minor))
}

impl Visitor {
    /// Edits a draft as its form shows it, with some fields sent differently.
    pub async fn edit_draft(&mut self, path: &str, changes: &[(&str, &str)]) -> Page {
        let page = self.get(path).await.is(200);
        let form = "form[action$='/edit']";
        let value = |name: &str| {
            page.attributes(&format!("{form} input[name='{name}']"), "value").remove(0)
        };
        let note = |name: &str| {
            page.all(&format!("{form} textarea[name='{name}']")).pop().unwrap_or_default()
        };
        let mut fields = vec![
            ("seen".to_owned(), value("seen")),
            ("codes".to_owned(), value("codes")),
            ("valid_until".to_owned(), value("valid_until")),
            ("note".to_owned(), note("note")),
            ("private_note".to_owned(), note("private_note")),
        ];
        let percents = page.attributes(&format!("{form} input[name='percent']"), "value");
        fields.extend(percents.into_iter().map(|percent| ("percent".to_owned(), percent)));
        fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
        let kept = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let sent: Vec<(&str, &str)> = kept.chain(changes.iter().copied()).collect();
        self.post(&format!("{path}/edit"), &sent).await
    }

    /// Sends a draft as the preview shows it.
    pub async fn send_quote(&mut self, path: &str) -> Page {
        let preview = self.get(&format!("{path}/preview")).await.is(200);
        let seen = preview.attributes("input[name='seen']", "value").remove(0);
        self.post(&format!("{path}/sending"), &[("seen", &seen)]).await
    }

    /// What the reseller's forms say that it was looking at.
    pub async fn shown(&mut self, path: &str) -> [(&'static str, String); 2] {
        let page = self.get(path).await.is(200);
        let form = "form[action$='/acceptance']";
        let value = |name: &str| {
            page.attributes(&format!("{form} input[name='{name}']"), "value").remove(0)
        };
        [("number", value("number")), ("revision", value("revision"))]
    }

    /// Accepts what was shown.
    pub async fn accept_shown(&mut self, path: &str, shown: &[(&'static str, String); 2]) -> Page {
        let sent: Vec<(&str, &str)> = shown.iter().map(|(name, at)| (*name, at.as_str())).collect();
        self.post(&format!("{path}/acceptance"), &sent).await
    }

    /// Looks at a quote and accepts it; gives the order's address.
    pub async fn accept_quote(&mut self, path: &str) -> String {
        let shown = self.shown(path).await;
        self.accept_shown(path, &shown).await.created()
    }

    /// Asks for a special price on a draft; gives its address.
    pub async fn ask_special(&mut self, path: &str, percent: &str, product: &str) -> String {
        let sent = [
            ("special_percent", percent),
            ("special_product", product),
            ("special_reason", "A rival offers less"),
        ];
        self.post(&format!("{path}/special-prices"), &sent).await.goes_to(path);
        let links = self.get(path).await.attributes("a[href*='/special-prices/']", "href");
        links.into_iter().next().unwrap()
    }
}
