//! The house keeps its order: use runs downwards, files stay small, no vendor is named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms from the bottom up; rooms of one line do not use each other. The kernel's rooms may.
const FLOORS: &[&[&str]] = &[
    &[
        "calendar",
        "clock",
        "config",
        "db",
        "error",
        "figures",
        "locale",
        "money",
        "names",
        "paper",
        "percent",
        "reference",
        "sheet",
        "stoppages",
        "sweep",
        "logs",
        "audit",
        "auth",
        "mail",
        "web",
    ],
    &["programs"],
    &["customers"],
    &["contacts"],
    &["partners"],
    &["maintenance"],
    &["catalogue"],
    &["deals"],
    &["leads"],
    &["licences"],
    &["schedules"],
    &["pricing"],
    &["orders"],
    &["renewals"],
    &["reports"],
    &["onboarding", "set_up"],
    &["history"],
    &["ledger"],
    &["start"],
    &["demo"],
    &["set_up", "generate", "backup"],
    &["app"],
    &["sweeps"],
    &["work"],
    &["server", "doctor", "monitoring"],
    &["commands"],
];

/// Rooms whose doors stay shut: only their own slice looks inside.
const PRIVATE: &[&str] = &["handlers", "forms", "pages"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn room_of(file: &str) -> &str {
    let inner = file.strip_prefix("src/").unwrap();
    inner.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The rooms that a file names after `crate::`, with the door it opens in each.
fn uses(text: &str) -> Vec<(String, String)> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        // `use crate::{a, b::c};` names several rooms.
        let names = part.strip_prefix('{').map_or(part, |list| list.split('}').next().unwrap());
        let list = if part.starts_with('{') { names.split(',').collect() } else { vec![names] };
        for one in list {
            let word = |text: &str| -> String {
                text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
            };
            let one = one.trim();
            let room = word(one);
            let door = one[room.len()..].strip_prefix("::").map(word).unwrap_or_default();
            found.push((room, door));
        }
    }
    found
}

#[test]
fn use_runs_downwards() {
    let floors: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    let mut wrong = Vec::new();
    for (file, text) in sources("src") {
        let room = room_of(&file);
        if matches!(room, "lib" | "main") {
            continue;
        }
        let own = *floors.get(room).unwrap_or_else(|| panic!("{room} stands on no floor"));
        for (used, _) in uses(&text) {
            let Some(floor) = floors.get(used.as_str()) else {
                continue;
            };
            let sideways = *floor == own && own > 0 && used != room;
            if *floor > own || sideways {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn doors_stay_shut() {
    let mut wrong = Vec::new();
    for (file, text) in sources("src") {
        for (used, door) in uses(&text) {
            if PRIVATE.contains(&door.as_str()) && used != room_of(&file) {
                wrong.push(format!("{file} opens {used}::{door}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The schema is a list of tables, longer with each feature, and nobody reads it from end to end.
#[test]
fn files_stay_small() {
    let long: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|(file, text)| text.lines().count() > 400 && file != "src/db/schema.rs")
        .map(|(file, text)| format!("{file}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// A fourth vendor needs a pack and no code: no shipped program or its vendor is named in `src/`.
#[test]
fn no_vendor_is_named_in_the_code() {
    let mut names = Vec::new();
    let mut packs = Vec::new();
    files(&root().join("programs"), &mut packs);
    for pack in packs.iter().filter(|path| path.parent() == Some(&root().join("programs"))) {
        let text = std::fs::read_to_string(pack).unwrap();
        let pack = portal::programs::pack::parse("pack", &text).unwrap();
        names.extend([pack.slug.to_lowercase(), pack.vendor.name.to_lowercase()]);
    }
    assert!(names.len() >= 6, "the packs were not found");
    let mut wrong = Vec::new();
    for (file, text) in sources("src") {
        let text = text.to_lowercase();
        wrong.extend(
            names.iter().filter(|name| text.contains(*name)).map(|name| format!("{file}: {name}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    for (file, text) in ["src", "tests"].iter().flat_map(|folder| sources(folder)) {
        for mark in marks {
            assert!(!text.contains(mark), "{file} has {mark}");
        }
    }
}
