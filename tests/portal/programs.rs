//! Packs in the database: imported twice, changed, refused, exported, and shown.

use std::path::Path;
use std::process::{Command, Output};

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::audit::By;
use portal::clock::Instant;
use portal::db::schema::{audit_events, enrolments, organisations, programs, tiers};
use portal::error::{Error, Result};
use portal::programs::pack::{self, Pack, TermStart};
use portal::programs::{self as program_packs, Imported};

use crate::support::Portal;

const SHIELD: &str = include_str!("packs/shield.toml");

fn pack_from(text: &str) -> Pack {
    pack::parse("a pack", text).unwrap()
}

fn shield_with(from: &str, to: &str) -> Pack {
    assert_eq!(SHIELD.matches(from).count(), 1, "{from:?} stands once");
    pack_from(&SHIELD.replace(from, to))
}

fn shipped(slug: &str) -> Pack {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{slug}.toml"));
    pack_from(&std::fs::read_to_string(file).unwrap())
}

impl Portal {
    fn import(&self, pack: &Pack) -> Result<Imported> {
        let (pack, now) = (pack.clone(), self.app.clock.now());
        self.db().write_blocking(move |conn| {
            program_packs::import(&pack, By::Portal("a test"), now, conn)
        })
    }

    fn exported(&self, slug: &str) -> Pack {
        self.read(|conn| program_packs::pack_of(slug, conn))
    }

    fn imports_in_history(&self) -> i64 {
        self.read(|conn| {
            Ok(audit_events::table
                .filter(audit_events::action.eq("program.imported"))
                .count()
                .get_result(conn)?)
        })
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A pack as the tables can keep it: without the sources of anything but policies, products by
/// category and code.
fn without_sources(mut pack: Pack) -> Pack {
    pack.source = None;
    pack.notices.source = None;
    pack.partner_types.iter_mut().for_each(|one| one.source = None);
    pack.tiers.iter_mut().for_each(|one| one.source = None);
    pack.categories.iter_mut().for_each(|one| one.source = None);
    pack.products.iter_mut().for_each(|one| one.source = None);
    let place = |key: &str| pack.categories.iter().position(|one| one.key == key);
    pack.products.sort_by_key(|one| (place(&one.category), one.code.clone()));
    pack.sku.iter_mut().for_each(|one| one.source = None);
    pack.legacy_skus.iter_mut().for_each(|one| one.source = None);
    let place = |code: &str| pack.products.iter().position(|one| one.code == code);
    pack.legacy_skus.sort_by_key(|one| place(&one.product));
    pack
}

/// A program without its prices: those of the people's program stand in a file of their own.
fn unpriced(pack: Pack) -> Pack {
    Pack { price_lists: Vec::new(), discounts: Vec::new(), promotions: Vec::new(), ..pack }
}

#[actix_web::test]
async fn every_shipped_pack_is_imported_once_and_comes_back_whole() {
    let portal = Portal::start().await;
    for slug in ["sophos", "qualys", "wso2"] {
        let pack = shipped(slug);
        let first = portal.import(&pack).unwrap();
        assert!(first.changes.len() > 20, "{slug}: {first:?}");
        assert!(first.kept.is_empty());
        assert_eq!(portal.import(&pack).unwrap(), Imported::default(), "{slug}");
        let back = portal.exported(slug);
        assert_eq!(back, without_sources(pack), "{slug}");
        let again = pack_from(&pack::export(&back));
        assert_eq!(portal.import(&again).unwrap(), Imported::default(), "{slug}");
    }
    // Two of the tests' own, three more; the second imports left no trace.
    assert_eq!(portal.imports_in_history(), 5);
}

#[actix_web::test]
async fn a_changed_pack_changes_what_it_says_and_no_more() {
    let portal = Portal::start().await;
    let pack = shield_with("name = \"Door sensor\"", "name = \"Window sensor\"");
    let done = portal.import(&pack).unwrap();
    assert_eq!(done.changes, ["product ALARM-SENSOR: changed"]);

    let pack = shield_with("rank = 50", "rank = 60");
    let done = portal.import(&pack).unwrap();
    assert_eq!(
        done.changes,
        ["tier paladin: now Paladin, rank 60", "product ALARM-SENSOR: changed"]
    );

    let pack = shield_with("#5b21b6", "#0061c2");
    let done = portal.import(&pack).unwrap();
    assert_eq!(
        done.changes,
        ["program: colour #0061c2 (was #5b21b6)", "tier paladin: now Paladin, rank 50"]
    );
    let why: String = portal.read(|conn| {
        Ok(audit_events::table
            .filter(audit_events::action.eq("program.imported"))
            .order(audit_events::id.desc())
            .select(audit_events::why)
            .first(conn)?)
    });
    assert_eq!(why, done.changes.join("; "));
}

#[actix_web::test]
async fn what_a_pack_no_longer_has_goes_unless_it_is_in_use() {
    let portal = Portal::start().await;
    let unused = "[[tiers]]\nkey = \"paladin\"\nname = \"Paladin\"\nrank = 50\n\n";
    let done = portal.import(&shield_with(unused, "")).unwrap();
    assert_eq!(done.changes, ["tier paladin: removed"]);
    assert!(done.kept.is_empty());

    let held = "[[tiers]]\nkey = \"knight\"\nname = \"Knight\"\nrank = 20\n\n";
    let done = portal.import(&shield_with(held, "")).unwrap();
    assert_eq!(done.changes, ["tier paladin: added"]);
    assert_eq!(done.kept, ["tier knight: not in the pack, kept because it is in use (5)"]);
    let still_held: i64 = portal.read(|conn| {
        Ok(enrolments::table
            .inner_join(tiers::table)
            .filter(tiers::key.eq("knight"))
            .count()
            .get_result(conn)?)
    });
    assert_eq!(still_held, 4);
}

#[actix_web::test]
async fn a_kept_tier_does_not_share_its_rank_with_a_new_one() {
    let portal = Portal::start().await;
    let pack =
        shield_with("key = \"knight\"\nname = \"Knight\"", "key = \"baron\"\nname = \"Baron\"");
    let refused = portal.import(&pack).unwrap_err();
    assert!(
        matches!(&refused, Error::Conflict(why) if why.contains("The tier knight is still in use"))
    );
    let baron: i64 = portal
        .read(|conn| Ok(tiers::table.filter(tiers::key.eq("baron")).count().get_result(conn)?));
    assert_eq!(baron, 0, "nothing of a refused pack is written");
}

#[actix_web::test]
async fn a_category_and_its_products_go_together() {
    let portal = Portal::start().await;
    let (before, rest) = SHIELD.split_once("[[products]]\ncode = \"SURVEY\"").unwrap();
    let (_, after) = rest.split_once("[sku]").unwrap();
    let smaller = format!("{before}[sku]{after}")
        .replace("[[categories]]\nkey = \"people\"\nname = \"People and training\"\n\n", "");
    let done = portal.import(&pack_from(&smaller)).unwrap();
    assert_eq!(
        done.changes,
        ["product COURSE-HUB: removed", "product SURVEY: removed", "category people: removed"]
    );
    portal.import(&pack_from(SHIELD)).unwrap();
    assert_eq!(unpriced(portal.exported("shield")), without_sources(pack_from(SHIELD)));
}

#[actix_web::test]
async fn a_policy_whose_day_has_come_is_never_rewritten() {
    let portal = Portal::start().await;
    for (from, to) in [
        ("renewal_lapse_days = 40", "renewal_lapse_days = 41"),
        ("from = 2022-04-01", "from = 2022-04-02"),
        (
            "nfr_on_joining = false",
            "nfr_on_joining = false\n\n[[policies]]\nfrom = 2026-03-02\nterm_starts = \"processed\"",
        ),
        (
            "[[policies]]\nfrom = 2022-04-01\nterm_starts = \"activation\"\nrenewals_by_key = [\"alarm\"]\nwarranty_starts = \"activation\"\nwarranty_grace_days = 30\nsku_forms = [\"new\"]\nquoted_by = \"vendor\"\nlead_inactivity_days = \"never\"\nnfr_on_joining = false",
            "",
        ),
    ] {
        let pack = shield_with(from, to);
        let refused = portal.import(&pack).unwrap_err();
        assert!(
            matches!(&refused, Error::Conflict(why) if why.contains("is in force or past")),
            "{to}: {refused}"
        );
    }
    assert_eq!(unpriced(portal.exported("shield")), without_sources(pack_from(SHIELD)));
}

#[actix_web::test]
async fn a_policy_to_come_is_announced_changed_and_withdrawn() {
    let portal = Portal::start().await;
    let announced = |days: &str| {
        let policy = format!(
            "nfr_on_joining = false\n\n[[policies]]\nfrom = 2026-03-03\nrenewal_lapse_days = {days}"
        );
        shield_with("nfr_on_joining = false", &policy)
    };
    let done = portal.import(&announced("50")).unwrap();
    assert_eq!(done.changes, ["policy from 2026-03-03: added"]);
    let done = portal.import(&announced("60")).unwrap();
    assert_eq!(done.changes, ["policy from 2026-03-03: changed"]);
    let done = portal.import(&pack_from(SHIELD)).unwrap();
    assert_eq!(done.changes, ["policy from 2026-03-03: removed"]);

    portal.import(&announced("50")).unwrap();
    portal.advance_days(1);
    let refused = portal.import(&announced("60")).unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)));
    let policy = portal.exported("shield").policy_at(day("2026-03-03")).clone();
    assert_eq!((policy.renewal_lapse_days, policy.term_starts), (50, TermStart::Activation));
}

#[actix_web::test]
async fn a_time_zone_cannot_be_used_to_reach_a_past_policy() {
    let portal = Portal::start().await;
    let late = Instant::from_utc(day("2026-03-02").and_hms_opt(20, 0, 0).unwrap());
    portal.app.clock.set(late);
    let text = SHIELD.replace("Asia/Tokyo", "America/Los_Angeles").replace(
        "nfr_on_joining = false",
        "nfr_on_joining = false\n\n[[policies]]\nfrom = 2026-03-03\nrenewal_lapse_days = 50",
    );
    // In Tokyo it is the third already.
    let refused = portal.import(&pack_from(&text)).unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)));
}

#[actix_web::test]
async fn a_program_stays_with_its_vendor() {
    let portal = Portal::start().await;
    let vendor = "{ name = \"Shield Security\", country = \"JP\" }";
    let taken = shield_with(vendor, "{ name = \"Small\", country = \"BE\" }");
    let refused = portal.import(&taken).unwrap_err();
    assert!(matches!(&refused, Error::Conflict(why) if why.contains("belongs to Shield Security")));

    let spelt = shield_with(vendor, "{ name = \"SHIELD Security\", country = \"KR\" }");
    let done = portal.import(&spelt).unwrap();
    assert_eq!(done.changes, ["vendor: SHIELD Security, KR (was Shield Security, JP)"]);
    let vendors: i64 = portal.read(|conn| {
        Ok(organisations::table
            .filter(organisations::name_key.eq("shield security"))
            .count()
            .get_result(conn)?)
    });
    assert_eq!(vendors, 1);
}

#[actix_web::test]
async fn a_partner_does_not_become_a_vendor_by_its_name() {
    let portal = Portal::start().await;
    let text =
        SHIELD.replace("slug = \"shield\"", "slug = \"acme\"").replace("Shield Security", "Acme");
    portal.import(&pack_from(&text)).unwrap();
    let vendor: i64 = portal.read(|conn| {
        Ok(programs::table
            .filter(programs::slug.eq("acme"))
            .select(programs::vendor_id)
            .first(conn)?)
    });
    let partner: i64 = portal.read(|conn| {
        Ok(enrolments::table
            .filter(enrolments::name_key.eq("acme"))
            .select(enrolments::organisation_id)
            .first(conn)?)
    });
    assert_ne!(vendor, partner);
}

fn portal_command(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portal"))
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env("PORTAL_DATA", folder.join("data"))
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_command_checks_imports_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| portal_command(folder.path(), arguments);
    std::fs::write(folder.path().join("shield.toml"), SHIELD).unwrap();

    let checked = run(&["program", "check", "shield.toml"]);
    assert!(checked.status.success());
    assert_eq!(said(&checked.stdout), "shield.toml is right: Shield Guild.\n");

    let unmigrated = run(&["program", "import", "shield.toml"]);
    assert!(!unmigrated.status.success());
    assert!(said(&unmigrated.stderr).contains("run `portal migrate` first"));
    assert!(run(&["migrate"]).status.success());

    let first = said(&run(&["program", "import", "shield.toml"]).stdout);
    assert!(first.starts_with("program shield: added\n"), "{first}");
    assert!(first.contains("\ntier squire: added\n"), "{first}");
    let second = run(&["program", "import", "shield.toml"]);
    assert_eq!(said(&second.stdout), "Shield Guild: nothing to change.\n");

    assert!(run(&["program", "export", "shield", "copy.toml"]).status.success());
    let copy = std::fs::read_to_string(folder.path().join("copy.toml")).unwrap();
    assert_eq!(pack_from(&copy), without_sources(pack_from(SHIELD)));
    let printed = run(&["program", "export", "shield"]);
    assert_eq!(said(&printed.stdout), copy);
    let over = run(&["program", "export", "shield", "copy.toml"]);
    assert!(!over.status.success(), "a file is never written over");
    let unknown = run(&["program", "export", "nobody"]);
    assert_eq!(said(&unknown.stderr), "portal: There is no program nobody.\n");
}

#[test]
fn the_command_names_every_problem_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| portal_command(folder.path(), arguments);
    let broken = SHIELD
        .replace("rank = 20", "rank = 10")
        .replace("kind = \"training\"", "kind = \"course\"");
    std::fs::write(folder.path().join("broken.toml"), &broken).unwrap();
    assert!(run(&["migrate"]).status.success());
    for verb in ["check", "import"] {
        let refused = run(&["program", verb, "broken.toml"]);
        assert_eq!(refused.status.code(), Some(1), "{verb}");
        let expected: Vec<String> = pack::parse("broken.toml", &broken)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        let said = said(&refused.stderr);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[..2], expected[..], "{verb}");
        assert_eq!(lines[2..], ["portal: broken.toml has 2 problems; nothing was written."]);
    }
    let unknown = run(&["program", "export", "shield"]);
    assert!(!unknown.status.success(), "nothing was written");
}

#[actix_web::test]
async fn everyone_reads_what_holds_from_when() {
    let portal = Portal::start().await;
    let announced =
        "nfr_on_joining = false\n\n[[policies]]\nfrom = 2026-03-03\nrenewal_lapse_days = 50";
    portal.import(&shield_with("nfr_on_joining = false", announced)).unwrap();
    for key in ["owner", "colleague", "distributor", "manager", "cam", "back_office"] {
        let page = portal.visitor(key).get("/p/shield/program").await.is(200);
        let page = page
            .shows("h1", "Shield Guild")
            .shows(".facts", "Installer, Watch Centre, Surveyor")
            .shows(".facts", "Squire, Knight, Paladin")
            .shows(".facts", "60, 20, 5 days before a licence ends, and 10 after it")
            .shows(".facts", "Up to 40 days after its end");
        assert_eq!(
            page.all(".group-head th"),
            [
                "From 3 March 2026 Announced",
                "From 1 April 2022 In force",
                "From the beginning Past"
            ]
        );
        page.shows(
            "tbody tr",
            "A licence can be renewed Up to 50 days after its end Up to 40 days",
        );
    }
    portal.advance_days(1);
    let page = portal.owner().get("/p/shield/program").await;
    let headings = page.all(".group-head th");
    assert_eq!(headings[..2], ["From 3 March 2026 In force", "From 1 April 2022 Past"]);
    page.shows(".facts", "Up to 50 days after its end");
    portal.visitor("rival").get("/p/shield/program").await.is(404);
}
