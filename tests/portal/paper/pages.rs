//! Where pages end.

use portal::error::Error;
use portal::paper::{Column, MOST_ROWS, Paper, Table, check_rows};

use super::{paper, read};
use crate::support::pdf::Pdf;

fn table() -> Table {
    Table::new([Column::text("Customer"), Column::short("Ends on"), Column::number("Amount")])
}

fn rows(count: usize) -> Table {
    let mut table = table();
    for row in 0..count {
        table.row([format!("row-{row:04}"), "31 Dec 2026".to_owned(), format!("{row}.00")]);
    }
    table
}

/// Checks that every row is there, in order, once, and gives how many are on each page.
fn rows_of(pdf: &Pdf, count: usize) -> Vec<usize> {
    let text = pdf.text();
    let found: Vec<&str> = text.split(' ').filter(|word| word.starts_with("row-")).collect();
    let wanted: Vec<String> = (0..count).map(|row| format!("row-{row:04}")).collect();
    assert_eq!(found, wanted);
    pdf.pages.iter().map(|page| page.count("row-")).collect()
}

/// How many rows of one line the first page holds.
fn first_page_holds() -> usize {
    rows_of(&read(&paper("Schedule").table(rows(100))), 100)[0]
}

#[test]
fn heads_stand_on_every_page() {
    let pdf = read(&paper("Schedule").author("Shield Partners").table(rows(300)));
    assert!(rows_of(&pdf, 300).iter().all(|rows| *rows > 0));
    assert!(pdf.pages.len() >= 7);
    for page in &pdf.pages {
        assert_eq!(page.count("Customer Ends on Amount"), 1);
    }
    for page in &pdf.pages[1..] {
        assert_eq!(page.lines()[0], "Shield Partners Schedule");
        assert_eq!(page.lines()[1], "Customer Ends on Amount");
    }
}

#[test]
fn no_rows_one_row_and_rows_that_fill_a_page() {
    let pdf = read(&paper("Schedule").table(table().when_empty("No licences end this year.")));
    let lines = pdf.pages[0].lines();
    assert!(lines.contains(&"Customer Ends on Amount".to_owned()));
    assert!(lines.contains(&"No licences end this year.".to_owned()));
    let full = first_page_holds();
    for (count, pages) in
        [(1, vec![1]), (full - 1, vec![full - 1]), (full, vec![full]), (full + 1, vec![full, 1])]
    {
        let pdf = read(&paper("Schedule").table(rows(count)));
        assert_eq!(rows_of(&pdf, count), pages);
    }
}

#[test]
fn totals_are_never_without_a_row() {
    let full = first_page_holds();
    for count in full - 5..=full + 1 {
        let mut table = rows(count);
        table.total("Net", ["1.00"]).total("Tax", ["2.00"]).grand_total("To pay", ["3.00"]);
        let pdf = read(&paper("Schedule").table(table));
        rows_of(&pdf, count);
        let last = pdf.pages.last().unwrap();
        assert!(last.count("row-") > 0, "{count} rows");
        let totals = [last.count("Net 1.00"), last.count("Tax 2.00"), last.count("To pay 3.00")];
        assert_eq!(totals, [1, 1, 1], "{count} rows");
    }
    let mut empty = table();
    empty.grand_total("To pay", ["0.00"]);
    assert!(read(&paper("Schedule").table(empty)).text().contains("None. To pay 0.00"));
}

#[test]
fn a_row_and_the_lines_beneath_it_are_on_one_page() {
    let long = "a product whose name goes on and on until it takes three lines of its column or so, \
        which is where a page would like to end in the midst of it but must not";
    for above in 0..12 {
        let mut table = table();
        for row in 0..60 {
            table
                .row([format!("begin-{row:02} {long} end-{row:02}"), String::new(), "9".to_owned()])
                .beneath([format!("level-{row:02}"), "20 %".to_owned(), "1".to_owned()])
                .beneath([format!("deal-{row:02}"), "10 %".to_owned(), "1".to_owned()]);
        }
        let lines = vec!["a line"; above].join("\n");
        let pdf = read(&paper("Schedule").note(lines).table(table));
        for row in 0..60 {
            for page in &pdf.pages {
                let marks = ["begin", "end", "level", "deal"];
                let on = marks.map(|mark| page.count(&format!("{mark}-{row:02}")));
                assert!(on == [1; 4] || on == [0; 4], "row {row}: {on:?}");
            }
        }
    }
}

#[test]
fn a_row_higher_than_a_page_goes_on_with_its_heads() {
    let words: Vec<String> = (0..3_000).map(|word| format!("w{word:04}")).collect();
    let mut table = table();
    table.row(["before", "", "1"]);
    table.row([words.join(" "), "31 Dec 2026".to_owned(), "2".to_owned()]);
    table.row(["after", "", "3"]);
    let pdf = read(&paper("Schedule").table(table));
    let text = pdf.text();
    let found: Vec<&str> =
        text.split(' ').filter(|word| word.len() == 5 && word.starts_with('w')).collect();
    assert_eq!(found, words);
    assert!(pdf.pages.len() > 4);
    for page in &pdf.pages {
        assert_eq!(page.count("Customer Ends on Amount"), 1);
    }
    assert_eq!(pdf.pages.last().unwrap().count("after 3"), 1);
}

#[test]
fn the_heading_of_a_group_has_a_row_and_is_said_again() {
    let mut table = table();
    for row in 0..200 {
        if row % 7 == 0 {
            table.group(format!("Group {}", row / 7));
        }
        table.row([format!("row-{row:04}"), String::new(), String::new()]);
    }
    let pdf = read(&paper("Schedule").table(table));
    rows_of(&pdf, 200);
    for page in &pdf.pages {
        let lines = page.lines();
        let heads = lines.iter().position(|line| line == "Customer Ends on Amount").unwrap();
        assert!(lines[heads + 1].starts_with("Group "), "{lines:?}");
        let last = &lines[lines.len() - 2];
        assert!(last.starts_with("row-"), "{last:?} ends a page");
    }
    assert!(pdf.text().contains("(continued)"));
}

#[test]
fn many_tables_follow_each_other_each_with_its_heads() {
    let mut paper = paper("Schedules");
    for number in 0..40 {
        let mut table =
            Table::new([Column::text(format!("Head-{number:02}")), Column::number("N")]);
        for row in 0..number {
            table.row([format!("t{number:02}-{row:02}"), row.to_string()]);
        }
        paper = paper.heading(format!("Part {number:02}")).table(table);
    }
    let pdf = read(&paper);
    for number in 0..40 {
        let heads = format!("Head-{number:02} N");
        for page in &pdf.pages {
            let (rows, heads) = (page.count(&format!("t{number:02}-")), page.count(&heads));
            assert!(rows == 0 || heads == 1, "table {number}");
            // A heading is with its table.
            assert!(page.count(&format!("Part {number:02}")) == 0 || heads == 1, "part {number}");
        }
    }
}

#[test]
fn a_paragraph_leaves_no_line_alone() {
    let words: Vec<String> = (0..1_200).map(|word| format!("w{word:04}")).collect();
    for above in 30..45 {
        let text = words.join(" ");
        let pdf = read(&paper("Terms").note(vec!["a line"; above].join("\n")).paragraph(text));
        for page in &pdf.pages {
            let lines = page.lines().iter().filter(|line| line.starts_with('w')).count();
            assert_ne!(lines, 1, "{above} lines above");
        }
        let text = pdf.text();
        let found = text.split(' ').filter(|word| word.len() == 5 && word.starts_with('w'));
        assert_eq!(found.collect::<Vec<_>>(), words);
    }
}

#[test]
fn more_rows_than_a_paper_takes_are_refused_with_the_way_out() {
    let refused = |paper: &Paper| match paper.pdf() {
        Err(Error::Conflict(why)) => why,
        other => panic!("{other:?}"),
    };
    let why = refused(&paper("Schedule").table(rows(MOST_ROWS)).table(rows(1)));
    assert!(why.contains("10,001") && why.contains("Take the CSV"), "{why}");
    let mut table = rows(MOST_ROWS);
    table.row(["a", "b", "c"]);
    refused(&paper("Schedule").table(table));
    let mut table = rows(MOST_ROWS - 1);
    table.row(["a", "b", "c"]).beneath(["d", "e", "f"]);
    refused(&paper("Schedule").table(table));
    assert!(check_rows(MOST_ROWS).is_ok());
    assert!(check_rows(MOST_ROWS + 1).is_err());
}

#[test]
fn a_row_that_does_not_fit_its_heads_is_our_fault() {
    let mut short = table();
    short.row(["a", "b"]);
    let mut long = table();
    long.row(["a", "b", "c"]).beneath(["a", "b", "c", "d"]);
    let mut totals = table();
    totals.total("All", ["1", "2", "3"]);
    for table in [short, long, totals, Table::new([])] {
        assert!(matches!(paper("Schedule").table(table).pdf(), Err(Error::Internal(_))));
    }
}
