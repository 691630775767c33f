//! The documents say what is: every table and column, and no command that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::binary::run;

const SCHEMA: &str = include_str!("../../src/db/schema.rs");
const SCHEMA_PAGE: &str = include_str!("../../docs/schema.md");
const GUIDES: [(&str, &str); 2] = [
    ("README.md", include_str!("../../README.md")),
    ("docs/operations.md", include_str!("../../docs/operations.md")),
];

const SECURITY: &str = include_str!("../../docs/security.md");

type Tables = BTreeMap<String, BTreeSet<String>>;

/// Tables and columns as the code declares them.
fn declared() -> Tables {
    let mut tables = Tables::new();
    for block in SCHEMA.split("diesel::table! {").skip(1) {
        let body = block.split("\n}").next().unwrap();
        let name = body.trim().split(' ').next().unwrap().to_owned();
        let columns = body
            .lines()
            .filter_map(|line| line.split_once(" -> "))
            .map(|(column, _)| column.trim().to_owned())
            .collect();
        tables.insert(name, columns);
    }
    tables
}

/// Tables and columns as the page describes them.
fn described() -> Tables {
    let mut tables = Tables::new();
    for section in SCHEMA_PAGE.split("\n### ").skip(1) {
        let name = section.lines().next().unwrap().to_owned();
        let columns = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            .filter_map(|line| line.split('`').next())
            .map(str::to_owned)
            .collect();
        tables.insert(name, columns);
    }
    tables
}

#[test]
fn the_schema_page_has_every_table_and_column() {
    assert!(declared().len() > 20, "the schema was not read");
    assert_eq!(described(), declared());
}

#[test]
fn the_table_of_metrics_is_what_is_published() {
    let page = GUIDES[1].1;
    let described: Vec<(String, String)> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `portal_"))
        .map(|rest| {
            let mut cells = rest.split(" | ");
            let name = cells.next().unwrap().trim_end_matches('`');
            let labels = cells.nth(1).unwrap().trim();
            (format!("portal_{name}"), labels.replace(['`', ','], "").trim().to_owned())
        })
        .collect();
    let published: Vec<(String, String)> = portal::figures::FIGURES
        .iter()
        .map(|figure| (figure.name.to_owned(), figure.labels.to_owned()))
        .collect();
    assert_eq!(described, published);
}

#[test]
fn no_guide_names_a_command_that_does_not_exist() {
    let help = run(&["--help"]).succeeds().out;
    let known: BTreeSet<&str> =
        help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    for (name, text) in GUIDES {
        let named: Vec<&str> = text
            .split("`portal ")
            .skip(1)
            .map(|rest| rest.split([' ', '`']).next().unwrap())
            .filter(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .collect();
        assert!(!named.is_empty(), "{name} names no command");
        for command in named {
            assert!(known.contains(command), "{name} names `portal {command}`");
        }
    }
}

/// Every test that the page on security names is there, and no requirement stands twice.
#[test]
fn the_security_page_names_tests_that_exist() {
    let rows: Vec<Vec<&str>> = SECURITY
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .map(|line| line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect())
        .filter(|cells: &Vec<&str>| cells[0].starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    assert!(rows.len() > 200, "only {} requirements were read", rows.len());
    let mut seen = BTreeSet::new();
    let mut named = 0;
    for cells in &rows {
        assert!(seen.insert(cells[0]), "{} stands twice", cells[0]);
        let state = cells[3].trim_matches('*');
        let states = ["yes", "partly", "no", "n/a", "operator"];
        assert!(states.contains(&state), "{}: {state:?}", cells[0]);
        for test in cells.last().unwrap().split('`').filter(|word| word.contains("::")) {
            let (file, name) = test.rsplit_once("::").unwrap();
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("tests/portal/{}.rs", file.replace("::", "/")));
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(text.contains(&format!("fn {name}()")), "{}: there is no {test}", cells[0]);
            named += 1;
        }
    }
    assert!(named > 100, "only {named} tests are named");
}
