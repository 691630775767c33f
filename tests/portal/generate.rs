//! Synthetic data: as much as was asked for, connected, and with each partner's rows together.

use std::collections::BTreeMap;

use diesel::prelude::*;
use portal::db::schema::{
    contact_roles, contacts, customers, deals, enrolments, leads, licences, orders,
};
use portal::db::{DatabaseAddress, DatabaseSettings, Db};
use portal::generate::{self, Size};

use crate::support::Portal;
use crate::support::binary::run;

/// Every test here draws by a seed of its own: tests that run at once share the generator of
/// references, and must not draw the same one twice into one database.
const SIZE: Size =
    Size { partners: 7, customers: 30, licences: 1_234, inquiries: 50, leads: 90, deals: 80 };

fn fill(portal: &Portal, size: Size, seed: u64) -> portal::error::Result<usize> {
    let mut told = 0;
    let now = portal.app.clock.now();
    generate::fill("shield", size, seed, now, portal.db(), |made| told = made)?;
    Ok(told)
}

fn counts(portal: &Portal) -> [i64; 6] {
    portal.read(|conn| {
        Ok([
            enrolments::table.count().get_result(conn)?,
            contacts::table.count().get_result(conn)?,
            customers::table.count().get_result(conn)?,
            licences::table.count().get_result(conn)?,
            leads::table.count().get_result(conn)?,
            deals::table.count().get_result(conn)?,
        ])
    })
}

#[actix_web::test]
async fn as_much_is_made_as_was_asked_for() {
    let portal = Portal::start().await;
    let before = counts(&portal);
    assert_eq!(fill(&portal, SIZE, 10_000).unwrap(), 1_234);
    let after = counts(&portal);
    let made: Vec<i64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(made, [7, 35, 30, 1_234, 90, 80]);

    fill(&portal, SIZE, 10_000).unwrap();
    assert_eq!(counts(&portal)[3], 2 * 1_234, "again, with the same seed");
    assert!(!portal.gaps_hold().is_empty());
}

#[actix_web::test]
async fn each_partners_licences_lie_together() {
    let portal = Portal::start().await;
    fill(&portal, SIZE, 20_000).unwrap();
    let owners: Vec<i64> = portal.read(|conn| {
        Ok(licences::table.order(licences::id).select(licences::reseller_id).load(conn)?)
    });
    let mut runs = BTreeMap::<i64, usize>::new();
    for (place, owner) in owners.iter().enumerate() {
        if place == 0 || owners[place - 1] != *owner {
            *runs.entry(*owner).or_default() += 1;
        }
    }
    assert_eq!(runs.len(), 7);
    assert!(runs.values().all(|runs| *runs == 1), "{runs:?}");
}

#[actix_web::test]
async fn what_is_made_is_connected() {
    let portal = Portal::start().await;
    fill(&portal, SIZE, 30_000).unwrap();
    let strays: i64 = portal.read(|conn| {
        Ok(licences::table
            .inner_join(orders::table.on(orders::id.eq(licences::order_id)))
            .filter(
                orders::reseller_id
                    .ne(licences::reseller_id)
                    .or(orders::customer_id.ne(licences::customer_id)),
            )
            .count()
            .get_result(conn)?)
    });
    assert_eq!(strays, 0);
    let held: i64 = portal.read(|conn| Ok(contact_roles::table.count().get_result(conn)?));
    assert!(held > 10, "{held} roles are held");
}

/// In processes of their own: what a seed draws is the whole process's.
#[test]
fn the_same_seed_makes_the_same() {
    let made = [(); 2].map(|()| {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/packs/shield.toml");
        run(&["migrate", "--data", data]).succeeds();
        run(&["program", "import", pack, "--data", data]).succeeds();
        run(&["generate", "--licences", "500", "--seed", "9", "--data", data]).succeeds();
        let address = DatabaseAddress::SqliteFile(folder.path().join("portal.db"));
        let db = Db::open(&DatabaseSettings::new(address)).unwrap();
        db.read_blocking(|conn| {
            let lines: Vec<(String, i32, String)> = licences::table
                .inner_join(customers::table.on(customers::id.eq(licences::customer_id)))
                .order(licences::id)
                .select((licences::reference, licences::quantity, customers::name))
                .load(conn)?;
            Ok(lines)
        })
        .unwrap()
    });
    assert_eq!(made[0].len(), 500);
    assert_eq!(made[0], made[1]);
}

#[actix_web::test]
async fn licences_without_customers_are_refused() {
    let portal = Portal::start().await;
    let before = counts(&portal);
    for size in [
        Size { partners: 5, customers: 4, licences: 10, inquiries: 0, leads: 0, deals: 0 },
        Size { partners: 0, customers: 4, licences: 0, inquiries: 0, leads: 0, deals: 0 },
    ] {
        let refused = fill(&portal, size, 1).unwrap_err().to_string();
        assert!(refused.contains("at least one customer"), "{refused}");
    }
    assert_eq!(counts(&portal), before);
}
