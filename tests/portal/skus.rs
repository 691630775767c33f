//! The book of SKUs: which one is ordered under which policy, and what a SKU is called in the other
//! form, by the shipped pack whose SKUs have changed.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::audit::By;
use portal::auth::Program;
use portal::calendar::TermMonths;
use portal::catalogue::{Form, How, OrderAs, Purpose, Remark, SkuBook, Standing};
use portal::db::schema::{legacy_skus, products};
use portal::programs::pack::{self, PolicyTimeline, ProductKind};
use portal::programs::{self, rules_of};

use crate::support::Portal;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn months(count: i64) -> TermMonths {
    TermMonths::new(count).unwrap()
}

/// The book and the policies of a program that ships.
struct Shop {
    portal: Portal,
    program_id: i64,
    book: SkuBook,
    policies: PolicyTimeline,
}

impl Shop {
    async fn of(slug: &'static str) -> Self {
        let portal = Portal::start().await;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{slug}.toml"));
        let pack = pack::parse(slug, &std::fs::read_to_string(file).unwrap()).unwrap();
        let now = portal.app.clock.now();
        portal.write(move |conn| programs::import(&pack, By::Portal("a test"), now, conn));
        Self::in_portal(portal, slug)
    }

    fn in_portal(portal: Portal, slug: &str) -> Self {
        let program_id = portal.read(|conn| Ok(Program::find_unscoped(slug, conn)?.id));
        let book = portal.read(|conn| SkuBook::read(program_id, conn));
        let policies = portal.read(|conn| rules_of(program_id, conn)).policies;
        Self { portal, program_id, book, policies }
    }

    fn product(&self, code: &str) -> i64 {
        let (id, code) = (self.program_id, code.to_owned());
        self.portal.read(|conn| {
            Ok(products::table
                .filter(products::program_id.eq(id))
                .filter(products::code.eq(code))
                .select(products::id)
                .first(conn)?)
        })
    }

    fn sku_for(&self, code: &str, term: i64, on: &str) -> Option<String> {
        let term = TermMonths::new(term).ok();
        let policy = self.policies.at(day(on));
        self.book.sku_for(self.product(code), term, Purpose::New, policy)
    }

    fn standing(&self, sku: &str, on: &str) -> Standing {
        self.book.translate(sku, None, day(on), &self.policies).standing.unwrap()
    }
}

#[actix_web::test]
async fn a_product_is_ordered_by_the_form_of_the_day() {
    let shop = Shop::of("sophos").await;
    let some = |sku: &str| Some(sku.to_owned());
    for (code, term, on, sku) in [
        ("XS136Z", 12, "2023-09-30", some("FW136-12N")),
        ("XS136Z", 18, "2023-09-30", None),
        ("XS136Z", 12, "2023-10-01", some("XS136Z12ZZNCAA")),
        ("XS136Z", 18, "2023-10-01", some("XS136Z18ZZNCAA")),
        ("XS136Z", 12, "2024-01-01", some("XS136Z12ZZNCAA")),
        ("XS136Z", 0, "2024-01-01", None),
        ("FW-136", 0, "2023-09-30", some("FW-136")),
        ("FW-136", 12, "2024-01-01", some("FW-136")),
        ("MSP-USER", 0, "2024-01-01", some("MSP-USER")),
    ] {
        assert_eq!(shop.sku_for(code, term, on), sku, "{code} for {term} on {on}");
    }
    let before = shop.policies.at(day("2023-09-30"));
    let odd =
        shop.book.order_as(shop.product("XS136Z"), Some(months(18)), Purpose::Renewal, before);
    assert_eq!(odd, Some(OrderAs { sku: "FW136-1R".to_owned(), times: 18 }));
    assert_eq!(odd.unwrap().to_string(), "18 × FW136-1R");
    let standard =
        shop.book.order_as(shop.product("XS136Z"), Some(months(24)), Purpose::New, before);
    assert_eq!(standard, Some(OrderAs { sku: "FW136-24N".to_owned(), times: 1 }));
}

#[actix_web::test]
async fn a_program_with_plain_codes_orders_by_them() {
    let shop = Shop::of("qualys").await;
    let codes: Vec<String> = shop.portal.read(|conn| {
        Ok(products::table
            .filter(products::program_id.eq(shop.program_id))
            .select(products::code)
            .load(conn)?)
    });
    assert!(codes.len() > 5);
    for code in codes {
        assert_eq!(shop.sku_for(&code, 12, "2024-01-01").as_ref(), Some(&code));
        let found = shop.book.translate(&code, None, day("2024-01-01"), &shop.policies);
        assert_eq!((found.how, found.form), (How::Exact, Some(Form::Plain)));
        assert_eq!(found.standing, Some(Standing::Orderable { since: None, until: None }));
    }
    assert!(shop.book.grammar().is_none());
    assert_eq!(shop.book.example(), None);
}

#[actix_web::test]
async fn an_older_sku_is_judged_by_the_day() {
    let shop = Shop::of("sophos").await;
    let last = day("2023-12-31");
    let good = Standing::Orderable { since: None, until: Some(last) };
    let over = Standing::NotOrderable { ended: Some(last), begins: None };
    for (on, standing) in [
        ("1999-12-31", good),
        ("2023-09-30", good),
        ("2023-10-01", good),
        ("2023-12-31", good),
        ("2024-01-01", over),
    ] {
        assert_eq!(shop.standing("EPUSER-12N", on), standing, "{on}");
    }
    let begin = day("2023-10-01");
    for (on, standing) in [
        ("2023-09-30", Standing::NotOrderable { ended: None, begins: Some(begin) }),
        ("2023-10-01", Standing::Orderable { since: Some(begin), until: None }),
        ("2023-12-31", Standing::Orderable { since: Some(begin), until: None }),
        ("2024-01-01", Standing::Orderable { since: Some(begin), until: None }),
    ] {
        assert_eq!(shop.standing("EPUSRZ12ZZNCAA", on), standing, "{on}");
        assert_eq!(shop.standing("EPUSRZ17ZZNCAA", on), standing, "{on}");
    }
    let late = shop.book.translate("EPUSER-12N", None, day("2024-01-01"), &shop.policies);
    assert_eq!(late.instead.unwrap().sku, "EPUSRZ12ZZNCAA");
    let early = shop.book.translate("EPUSRZ12ZZRCAA", None, day("2023-09-30"), &shop.policies);
    assert_eq!(early.instead.unwrap().sku, "EPUSER-12R");
    let odd = shop.book.translate("EPUSRZ17ZZNCAA", None, day("2023-09-30"), &shop.policies);
    assert_eq!(odd.instead.unwrap(), OrderAs { sku: "EPUSER-1N".to_owned(), times: 17 });
}

#[actix_web::test]
async fn only_the_months_of_a_line_make_an_odd_term() {
    let shop = Shop::of("sophos").await;
    let on = |sku: &str, line: Option<i64>, on: &str| {
        shop.book.translate(sku, line.map(months), day(on), &shop.policies)
    };
    // 25 × 1 month for 25 users: nothing odd, whatever the quantity.
    for line in [None, Some(1)] {
        let found = on("EPUSER-1N", line, "2023-10-05");
        assert_eq!(
            (found.remark, found.new_sku.as_deref()),
            (Remark::None, Some("EPUSRZ01ZZNCAA"))
        );
        assert!(found.standing.unwrap().is_orderable());
    }
    let before = on("EPUSER-1N", Some(18), "2023-09-30");
    assert_eq!(before.remark, Remark::OddTerm(months(18)));
    assert_eq!(before.new_sku.as_deref(), Some("EPUSRZ18ZZNCAA"));
    assert_eq!((before.legacy_sku, before.instead), (None, None));
    assert_eq!(
        before.standing,
        Some(Standing::Orderable { since: None, until: Some(day("2023-09-30")) })
    );
    for after in ["2023-10-01", "2023-12-31", "2024-01-01"] {
        let found = on("EPUSER-1R", Some(18), after);
        assert_eq!(
            found.standing,
            Some(Standing::NotOrderable { ended: Some(day("2023-09-30")), begins: None }),
            "{after}"
        );
        assert_eq!(found.instead.unwrap().sku, "EPUSRZ18ZZRCAA", "{after}");
        assert_eq!(found.how, How::ByRule);
    }
    // A standard term has its own SKU at any time, and so has one month twelve times over.
    assert_eq!(on("EPUSER-1N", Some(12), "2023-09-30").instead.unwrap().sku, "EPUSER-12N");
    assert_eq!(on("EPUSRZ01ZZNCAA", Some(12), "2023-10-01").instead.unwrap().sku, "EPUSRZ12ZZNCAA");
    // Nobody knows which of two terms is meant.
    let unclear = on("EPUSER-12N", Some(24), "2023-10-01");
    assert_eq!(unclear.remark, Remark::OtherTerm { sku: months(12), line: months(24) });
    assert_eq!((unclear.standing, unclear.instead), (None, None));
}

#[actix_web::test]
async fn both_forms_translate_into_each_other_and_no_other_sku_is_named() {
    let shop = Shop::of("sophos").await;
    let rows: Vec<(String, i64, i32, Purpose)> = shop.portal.read(|conn| {
        Ok(legacy_skus::table
            .filter(legacy_skus::program_id.eq(shop.program_id))
            .select((
                legacy_skus::sku,
                legacy_skus::product_id,
                legacy_skus::months,
                legacy_skus::purpose,
            ))
            .load(conn)?)
    });
    assert!(rows.len() >= 72);
    for (sku, product_id, term, purpose) in rows {
        let there = shop.book.translate(&sku, None, day("2023-11-01"), &shop.policies);
        assert_eq!((there.how, there.purpose), (How::Exact, Some(purpose)), "{sku}");
        assert_eq!(
            (there.product.unwrap().id, there.months),
            (product_id, Some(months(term.into())))
        );
        let new = there.new_sku.unwrap();
        let back = shop.book.translate(&new, None, day("2023-11-01"), &shop.policies);
        assert_eq!((back.how, back.legacy_sku.as_deref()), (How::ByRule, Some(sku.as_str())));
    }
    for given in ["EPUSER-1N", "EPUSER-36R", "EPUSRZ01ZZRCAA", "SS430060ZZNCAA", "FW-136", "EPUSRZ"]
    {
        for line in (0..=60).map(|count| TermMonths::new(count).ok()) {
            for on in ["2023-09-30", "2023-10-01", "2024-01-01"] {
                let found = shop.book.translate(given, line, day(on), &shop.policies);
                let named = found.new_sku.into_iter().chain(found.legacy_sku);
                for sku in named.chain(found.instead.map(|order| order.sku)) {
                    assert!(shop.book.find(&sku).is_some(), "{given} gives {sku}");
                }
            }
        }
    }
    for stray in
        ["", "FW136-13N", "EPUSRZ12A1NCAA", "EPUSRZ12ZZNEAA", "epuser-12n", "QQQQQQ12ZZNCAA"]
    {
        let found = shop.book.translate(stray, Some(months(12)), day("2023-11-01"), &shop.policies);
        assert_eq!(
            (found.how, found.new_sku, found.legacy_sku),
            (How::NotFound, None, None),
            "{stray}"
        );
    }
}

/// docs/domain.md, section 2: every subscription has them for the standard terms.
#[actix_web::test]
async fn every_product_of_a_term_has_its_older_skus() {
    let shop = Shop::of("sophos").await;
    let sold: Vec<(i64, String, ProductKind)> = shop.portal.read(|conn| {
        Ok(products::table
            .filter(products::program_id.eq(shop.program_id))
            .select((products::id, products::code, products::kind))
            .load(conn)?)
    });
    let before = shop.policies.at(day("2023-09-30"));
    let mut seen = BTreeSet::new();
    for (id, code, kind) in sold {
        assert_eq!(shop.book.has_grammar_for(id), kind.has_term(), "{code}");
        for term in [1, 12, 24, 36].into_iter().filter(|_| kind.has_term()) {
            for purpose in [Purpose::New, Purpose::Renewal] {
                let sku = shop.book.sku_for(id, Some(months(term)), purpose, before);
                let sku = sku.unwrap_or_else(|| panic!("{code} has none for {term} months"));
                assert_eq!(shop.book.find(&sku).unwrap().form, Form::Legacy);
                assert!(seen.insert(sku));
            }
        }
    }
    assert_eq!(seen.len(), 9 * 4 * 2);
}

#[actix_web::test]
async fn another_vendors_rules_judge_its_skus() {
    let shop = Shop::in_portal(Portal::start().await, "shield");
    let change = day("2022-04-01");
    assert_eq!(
        shop.standing("CARE.FIRST.12", "2022-03-31"),
        Standing::Orderable { since: None, until: Some(day("2022-03-31")) }
    );
    assert_eq!(
        shop.standing("F012J1ACAREX", "2022-04-01"),
        Standing::Orderable { since: Some(change), until: None }
    );
    // Only standard terms are sold, although the grammar has a SKU for each.
    let never = Standing::NotOrderable { ended: None, begins: None };
    assert_eq!(shop.standing("F005J1ACAREX", "2026-03-02"), never);
    let odd = shop.book.translate("F001J1ACAREX", Some(months(12)), change, &shop.policies);
    assert_eq!(odd.instead.unwrap().sku, "F012J1ACAREX");
    let code = shop.book.translate("ALARM-CARE", None, change, &shop.policies);
    assert_eq!((code.remark, code.new_sku), (Remark::OnlyTheProduct, None));
}

#[actix_web::test]
async fn a_book_is_read_by_one_query() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = std::sync::Arc::clone(&seen);
    let portal = Portal::observed(std::sync::Arc::new(move |sql: &str| {
        sink.lock().unwrap().push(sql.to_owned());
    }))
    .await;
    let id = portal.read(|conn| Ok(Program::find_unscoped("shield", conn)?.id));
    seen.lock().unwrap().clear();
    portal.read(|conn| SkuBook::read(id, conn));
    let asked = seen.lock().unwrap().iter().filter(|sql| sql.contains("SELECT")).count();
    assert_eq!(asked, 1);
}
