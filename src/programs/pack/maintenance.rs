//! Reads the times in which something stops: `[[maintenance]]`.

use chrono_tz::Tz;

use super::model::MaintenanceWindow;
use super::reader::{Section, Unique};
use super::values;
use crate::calendar::instants_at;
use crate::stoppages::Capability;

/// `zone` is none where the pack does not say a good one, which is reported elsewhere.
pub(super) fn read_maintenance(
    root: &Section<'_>,
    zone: Option<Tz>,
) -> Option<Vec<MaintenanceWindow>> {
    let mut keys = Unique::new("give each maintenance a key of its own");
    let sections = root.sections("maintenance")?;
    let windows: Vec<Option<MaintenanceWindow>> =
        sections.iter().map(|section| read_window(section, zone, &mut keys)).collect();
    let mut windows: Vec<MaintenanceWindow> = windows.into_iter().collect::<Option<_>>()?;
    windows.sort_by(|a, b| (a.starts, &a.key).cmp(&(b.starts, &b.key)));
    Some(windows)
}

fn read_window(
    section: &Section<'_>,
    zone: Option<Tz>,
    keys: &mut Unique,
) -> Option<MaintenanceWindow> {
    section.allows(&["key", "starts", "ends", "stops", "message", "source"]);
    let key = section.required("key", "key = \"autumn_2023\"").and_then(|node| {
        let key = values::key(&node)?;
        keys.admits(&node, &key).then_some(key)
    });
    let starts = time(section, "starts", "starts = 2023-10-01T00:00:00", zone);
    let ends = section.required("ends", "ends = 2023-10-12T00:00:00").and_then(|node| {
        let ends = node.local_time(zone)?;
        let late = starts.is_none_or(|starts| starts < ends);
        if !late {
            node.report(format!("{ends} is not after it starts"), "write when all works again");
        }
        late.then_some(ends)
    });
    let stops = stopped(section);
    let message = section
        .required("message", "message = \"We move to new systems.\"")
        .and_then(|node| values::message(&node));
    let source = values::source(section);
    Some(MaintenanceWindow {
        key: key?,
        starts: starts?,
        ends: ends?,
        stops: stops?,
        message: message?,
        source: source?,
    })
}

fn time(
    section: &Section<'_>,
    key: &str,
    example: &str,
    zone: Option<Tz>,
) -> Option<chrono::NaiveDateTime> {
    section.required(key, example).and_then(|node| node.local_time(zone))
}

/// At least one, each once.
fn stopped(section: &Section<'_>) -> Option<Vec<Capability>> {
    const EXAMPLE: &str = "[\"quotes\"]";
    let node = section.required("stops", "stops = [\"quotes\"]")?;
    let mut unique = Unique::new("name each once");
    let items: Vec<Option<Capability>> = node
        .items(EXAMPLE)?
        .iter()
        .map(|item| {
            let capability: Capability = item.word()?;
            unique.admits(item, capability.as_str()).then_some(capability)
        })
        .collect();
    let mut stops: Vec<Capability> = items.into_iter().collect::<Option<_>>()?;
    if stops.is_empty() {
        node.report("this is empty", format!("write at least one, such as {EXAMPLE}"));
        return None;
    }
    stops.sort_unstable();
    Some(stops)
}

impl MaintenanceWindow {
    /// When it begins and ends, by the clocks of a zone; where they go back over a time, it begins at
    /// the first and ends at the last. None where they skip one.
    pub fn instants(&self, zone: Tz) -> Option<(chrono::NaiveDateTime, chrono::NaiveDateTime)> {
        Some((instants_at(self.starts, zone)?.0, instants_at(self.ends, zone)?.1))
    }
}
