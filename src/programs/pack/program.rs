//! Reads `[program]` and `[notices]`.

use chrono_tz::Tz;
use iso_currency::Currency;

use super::colour::Colour;
use super::model::{Notices, Vendor};
use super::reader::{Section, Unique};
use super::values;

/// The longest ladder, and how far a rung may be from the end of a licence.
const MOST_RUNGS: usize = 20;
const FARTHEST_RUNG: i32 = 365;

const VENDOR: &str = "vendor = { name = \"Shield Security\", country = \"BE\" }";

/// What `[program]` says.
pub(super) struct Program {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) vendor: Vendor,
    pub(super) currency: Currency,
    pub(super) time_zone: Tz,
    pub(super) colour: Colour,
    pub(super) renewal_target_percent: Option<i32>,
    pub(super) source: Option<String>,
}

pub(super) fn read_program(root: &Section<'_>) -> Option<Program> {
    let program = root.required_section("program")?;
    program.allows(&[
        "slug",
        "name",
        "vendor",
        "currency",
        "time_zone",
        "colour",
        "renewal_target_percent",
        "source",
    ]);
    let slug = program.required("slug", "slug = \"shield\"").and_then(|node| values::slug(&node));
    let name = program
        .required("name", "name = \"Shield Partner Program\"")
        .and_then(|node| values::name(&node));
    let vendor = program
        .required("vendor", VENDOR)
        .and_then(|node| node.section(&format!("write {VENDOR}")))
        .and_then(|vendor| read_vendor(&vendor));
    let currency =
        program.required("currency", "currency = \"EUR\"").and_then(|node| values::currency(&node));
    let time_zone = program
        .required("time_zone", "time_zone = \"Europe/Brussels\"")
        .and_then(|node| values::time_zone(&node));
    let colour =
        program.required("colour", "colour = \"#1f6feb\"").and_then(|node| values::colour(&node));
    let target = program
        .optional("renewal_target_percent")
        .map_or(Some(None), |node| node.number(1..=100, 90).map(Some));
    let source = values::source(&program);
    Some(Program {
        slug: slug?,
        name: name?,
        vendor: vendor?,
        currency: currency?,
        time_zone: time_zone?,
        colour: colour?,
        renewal_target_percent: target?,
        source: source?,
    })
}

fn read_vendor(vendor: &Section<'_>) -> Option<Vendor> {
    vendor.allows(&["name", "country"]);
    let name =
        vendor.required("name", "name = \"Shield Security\"").and_then(|node| values::name(&node));
    let country =
        vendor.required("country", "country = \"BE\"").and_then(|node| values::country(&node));
    Some(Vendor { name: name?, country: country? })
}

pub(super) fn read_notices(root: &Section<'_>) -> Option<Notices> {
    let notices = root.required_section("notices")?;
    notices.allows(&["ladder", "late_days", "source"]);
    let ladder = read_ladder(&notices);
    let late_days = notices
        .required("late_days", "late_days = 30")
        .and_then(|node| node.number(0..=FARTHEST_RUNG, 30));
    let source = values::source(&notices);
    Some(Notices { ladder: ladder?, late_days: late_days?, source: source? })
}

/// The rungs, each nearer to the end of the licence, or later after it, than the one before.
fn read_ladder(notices: &Section<'_>) -> Option<Vec<i32>> {
    const EXAMPLE: &str = "[90, 60, 30, 14, 7, 1, -1, -30]";
    let node = notices.required("ladder", &format!("ladder = {EXAMPLE}"))?;
    let items = node.items(EXAMPLE)?;
    if items.is_empty() || items.len() > MOST_RUNGS {
        node.report(
            format!("the ladder has {} rungs", items.len()),
            format!("write 1 to {MOST_RUNGS} rungs such as {EXAMPLE}"),
        );
        return None;
    }
    let mut unique = Unique::new("write each rung once");
    let mut ladder: Vec<i32> = Vec::new();
    let mut is_right = true;
    for item in &items {
        let Some(rung) = item.number(-FARTHEST_RUNG..=FARTHEST_RUNG, 30) else {
            is_right = false;
            continue;
        };
        if !unique.admits(item, &rung.to_string()) {
            is_right = false;
        } else if let Some(before) = ladder.last().filter(|before| **before < rung) {
            item.report(
                format!("{rung} stands after {before}"),
                "write the rungs from the earliest to the latest, days before the end first and days after it (negative) last",
            );
            is_right = false;
        }
        ladder.push(rung);
    }
    is_right.then_some(ladder)
}
