//! Papers as the reader of the file has them, where each page ends above all.

mod hostile;
mod pages;
mod quotes;

use chrono::NaiveDate;
use portal::clock::Instant;
use portal::locale::Locale;
use portal::paper::{Column, Paper, Party, Table};
use portal::web::downloads::{self, Shown};
use portal::web::theme::{Colour, paper_colours};

use crate::support::pdf::{Pdf, poppler};

const REFERENCE: &str = "Q-7K3QF-9M2XT";

fn now() -> Instant {
    Instant::noon(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap())
}

fn paper(title: &str) -> Paper {
    Paper::new(title, REFERENCE, Locale::EnGb, now())
}

fn read(paper: &Paper) -> Pdf {
    Pdf::read(&paper.pdf().unwrap(), REFERENCE)
}

fn quote() -> Paper {
    let mut lines = Table::new([
        Column::text("Product"),
        Column::number("Quantity"),
        Column::number("Discount"),
        Column::number("Amount"),
    ]);
    lines
        .row(["Firewall for three years", "2", "", "6,120.00"])
        .beneath(["List price", "", "", "8,500.00"])
        .beneath(["Gold level", "", "20 %", "\u{2212}1,700.00"])
        .beneath(["Registered deal", "", "10 %", "\u{2212}680.00"]);
    lines.row(["Support", "1", "", "80.00"]);
    lines.total("Net", ["6,200.00"]).grand_total("To pay, in euro", ["\u{20ac} 7,502.00"]);
    paper("Quote for Hooli")
        .subtitle("Firewalls for the head office")
        .author("Shield Partners")
        .colour("#f5c400")
        .party(Party::new("From", "Acme").line("Keizersgracht 100").line("Amsterdam"))
        .party(Party::new("Prepared for", "Hooli").line("Zo\u{eb} M\u{fc}ller"))
        .fact("Valid until", "27 December 2026")
        .fact("Currency", "Euro")
        .table(lines)
        .heading("Conditions")
        .paragraph("Prices are net of taxes.")
        .note("List prices of 1 November 2026.")
        .footer("Acme, registered under 12345678")
}

#[test]
fn a_quote_fits_on_a_page_in_reading_order() {
    let pdf = read(&quote());
    assert_eq!(
        pdf.pages[0].lines(),
        [
            "Shield Partners Q-7K3QF-9M2XT",
            "Quote for Hooli",
            "Firewalls for the head office",
            "From Prepared for",
            "Acme Hooli",
            "Keizersgracht 100 Zo\u{eb} M\u{fc}ller",
            "Amsterdam",
            "Valid until Currency",
            "27 December 2026 Euro",
            "Product Quantity Discount Amount",
            "Firewall for three years 2 6,120.00",
            "List price 8,500.00",
            "Gold level 20 % \u{2212}1,700.00",
            "Registered deal 10 % \u{2212}680.00",
            "Support 1 80.00",
            "Net 6,200.00",
            "To pay, in euro \u{20ac} 7,502.00",
            "Conditions",
            "Prices are net of taxes.",
            "List prices of 1 November 2026.",
            "Q-7K3QF-9M2XT \u{b7} Acme, registered under 12345678 Page 1 of 1",
        ]
    );
}

#[test]
fn numbers_end_where_their_head_ends() {
    let pdf = read(&quote());
    let rows = pdf.pages[0].rows();
    let ends: Vec<f32> = rows
        .iter()
        .skip_while(|row| row[0].text != "Product")
        .take_while(|row| row[0].text != "Conditions")
        .map(|row| row.last().unwrap().right)
        .collect();
    assert_eq!(ends.len(), 8);
    assert!(ends.iter().all(|end| (end - ends[0]).abs() < 0.2), "{ends:?}");
}

#[test]
fn a_line_beneath_a_row_is_smaller_and_moved_in() {
    let pdf = read(&quote());
    let words = &pdf.pages[0].words;
    let named = |text: &str| words.iter().find(|word| word.text == text).unwrap();
    let (row, beneath) = (named("Firewall"), named("Gold"));
    assert!(beneath.left > row.left + 5.0);
    assert!(beneath.bottom - beneath.top < row.bottom - row.top);
}

#[test]
fn the_file_says_what_it_is() {
    let pdf = quote().pdf().unwrap();
    let said = poppler("pdfinfo", &["-isodates"], &pdf);
    for line in [
        "Title:           Quote for Hooli",
        "Author:          Shield Partners",
        "CreationDate:    2026-11-27T12:00:00Z",
        "Tagged:          yes",
        "JavaScript:      no",
        "Page size:       595.28 x 841.89 pts (A4)",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    assert!(pdf.windows(7).any(|bytes| bytes == b"(en-GB)"), "no language");
}

#[test]
fn americans_get_letter_paper() {
    let pdf = Paper::new("Quote", REFERENCE, Locale::EnUs, now()).pdf().unwrap();
    let said = poppler("pdfinfo", &[], &pdf);
    assert!(said.contains("612 x 792 pts (letter)"), "{said}");
}

#[test]
fn who_hears_it_read_hears_headings_and_heads_of_columns() {
    let tree = poppler("pdfinfo", &["-struct"], &quote().pdf().unwrap());
    let tag = |line: &str| line.trim().split([' ', ':']).next().unwrap().to_owned();
    let tags: Vec<String> = tree.lines().map(tag).collect();
    let count = |tag: &str| tags.iter().filter(|one| *one == tag).count();
    assert_eq!((count("H1"), count("H2"), count("Table")), (1, 1, 1), "{tree}");
    // Four heads of columns and the labels of two totals; three lines more than two rows.
    assert_eq!((count("TH"), count("TR")), (6, 1 + 5 + 2), "{tree}");
    assert_eq!(count("TD"), 5 * 4 + 2, "{tree}");
    assert_eq!((count("Lbl"), count("LBody")), (2, 2), "{tree}");
}

#[test]
fn every_font_is_in_the_file_and_only_what_is_used_of_it() {
    let pdf = quote().pdf().unwrap();
    let fonts = poppler("pdffonts", &[], &pdf);
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(fonts.len(), 2, "{fonts:?}");
    for font in fonts {
        let (name, rest) = font.split_once(' ').unwrap();
        assert!(name.contains("+SourceSans3-"), "{name}");
        // Embedded, a subset, with the letters it stands for.
        assert!(rest.contains("yes yes yes"), "{rest}");
    }
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
}

#[test]
fn the_same_paper_is_the_same_bytes_and_time_is_a_parameter() {
    let pdf = quote().pdf().unwrap();
    assert!(pdf == quote().pdf().unwrap());
    let later = Instant::noon(NaiveDate::from_ymd_opt(2026, 11, 28).unwrap());
    let at = |when| Paper::new("Quote", REFERENCE, Locale::EnGb, when).pdf().unwrap();
    assert!(at(now()) != at(later));
}

#[test]
fn any_colour_can_be_read_on_white_and_on_its_tint() {
    for colour in ["#f5c400", "#ffffff", "#00ff88", "#0061c2", "#000000", "no colour"] {
        let colours = paper_colours(Some(colour));
        for ground in [Colour([255, 255, 255]), colours.tint] {
            assert!(colours.text.contrast(ground) >= 4.5, "{colour}");
        }
    }
}

#[test]
fn a_download_has_a_plain_name() {
    let name = |name: &str, shown| {
        let answer = downloads::pdf(b"%PDF".to_vec(), name, shown);
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf");
        header("content-disposition")
    };
    for (from, to) in [
        ("Q-7K3QF-9M2XT", "Q-7K3QF-9M2XT"),
        ("Quote Zo\u{eb} M\u{fc}ller & Stra\u{df}e", "Quote-Zoe-Muller-Strasse"),
        ("../..\\etc/passwd\"; x=\r\ny", "etc-passwd-x-y"),
        ("\u{6771}\u{4eac}", "document"),
        ("", "document"),
    ] {
        assert_eq!(name(from, Shown::Inline), format!("inline; filename=\"{to}.pdf\""));
    }
    assert_eq!(name("a", Shown::Saved), "attachment; filename=\"a.pdf\"");
    assert_eq!(
        name(&"a".repeat(500), Shown::Saved).len(),
        "attachment; filename=\".pdf\"".len() + 80
    );
}
