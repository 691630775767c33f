//! Pages of lists, and the files that lists become.

use portal::web::downloads::{Csv, unguarded};
use portal::web::{Cursor, PAGE_ROWS, Page};
use proptest::prelude::*;

fn key(row: &(String, String)) -> (String, String) {
    row.clone()
}

/// A list in its order, read as a slice's query reads it: one row more than a page shows.
fn read(list: &[(String, String)], cursor: Option<&Cursor>) -> Vec<(String, String)> {
    let at = cursor.map(|cursor| (cursor.key.clone(), cursor.reference.clone()));
    let mut rows: Vec<_> = match (cursor, at) {
        (Some(cursor), Some(at)) if cursor.backwards => {
            list.iter().rev().filter(|row| **row < at).cloned().collect()
        }
        (Some(_), Some(at)) => list.iter().filter(|row| **row > at).cloned().collect(),
        _ => list.to_vec(),
    };
    rows.truncate(PAGE_ROWS + 1);
    rows
}

fn turn(list: &[(String, String)], link: Option<&str>) -> Page<(String, String)> {
    let cursor = link.and_then(Cursor::parse);
    Page::new(read(list, cursor.as_ref()), cursor.as_ref(), key)
}

proptest! {
    #[test]
    fn paging_forth_and_back_shows_every_row_once(length in 0_usize..260) {
        let list: Vec<_> = (0..length).map(|n| (format!("name {:02}", n / 7), format!("R{n:04}"))).collect();
        let (mut seen, mut page) = (Vec::new(), turn(&list, None));
        prop_assert!(page.previous.is_none());
        loop {
            seen.extend(page.rows.clone());
            let Some(next) = page.next.clone() else { break };
            page = turn(&list, Some(&next));
        }
        prop_assert_eq!(&seen, &list);
        let mut back = vec![page.rows.clone()];
        while let Some(previous) = page.previous.clone() {
            page = turn(&list, Some(&previous));
            back.push(page.rows.clone());
        }
        let back: Vec<_> = back.into_iter().rev().flatten().collect();
        prop_assert_eq!(&back, &list);
    }

    #[test]
    fn a_cursor_that_was_tampered_with_is_the_first_page(text in ".{0,60}") {
        if let Some(cursor) = Cursor::parse(&text) {
            prop_assert!(cursor.reference.len() <= text.len());
        }
    }

    #[test]
    fn a_guarded_cell_comes_back(cell in "[=+\\-@'a-z0-9 ]{0,12}") {
        let mut csv = Csv::with_heads(&["cell"]).unwrap();
        csv.row([&cell]).unwrap();
        let bytes = csv.bytes().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}');
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let row = rows.records().next().map(|row| row.unwrap()[0].to_owned()).unwrap_or_default();
        let first = row.chars().next();
        prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "a formula: {row}");
        if !cell.starts_with('\'') {
            prop_assert_eq!(unguarded(&row), cell);
        }
    }
}
