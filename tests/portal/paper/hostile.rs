//! Names of all Europe, and texts that nobody should write.

use portal::locale::Locale;
use portal::paper::{Column, Paper, Party, Table};
use proptest::prelude::*;

use super::{REFERENCE, now, paper, read};
use crate::support::pdf::poppler;

const NAMES: [&str; 10] = [
    "Universit\u{e9} de Li\u{e8}ge \u{2013} D\u{e9}partement d\u{2019}informatique appliqu\u{e9}e",
    "Stra\u{df}enverkehrsamt D\u{fc}sseldorf-S\u{fc}d, Au\u{df}enstelle K\u{f6}nigsallee",
    "Co\u{f6}peratieve be\u{eb}digde re\u{fc}nie \u{132}sselmeer, \u{2019}s-Hertogenbosch",
    "Zak\u{142}ad Us\u{142}ug Wodoci\u{105}gowych \u{201e}\u{179}r\u{f3}d\u{142}o\u{201d} \u{141}\u{f3}d\u{17a}",
    "\u{395}\u{3b8}\u{3bd}\u{3b9}\u{3ba}\u{3cc} \u{39c}\u{3b5}\u{3c4}\u{3c3}\u{3cc}\u{3b2}\u{3b9}\u{3bf} \u{3a0}\u{3bf}\u{3bb}\u{3c5}\u{3c4}\u{3b5}\u{3c7}\u{3bd}\u{3b5}\u{3af}\u{3bf}",
    "\u{423}\u{43d}\u{456}\u{432}\u{435}\u{440}\u{441}\u{438}\u{442}\u{435}\u{442} \u{407}\u{436}\u{430}\u{43a}\u{435}\u{432}\u{438}\u{447}\u{430}, \u{401}\u{43b}\u{43a}\u{438}\u{43d}",
    "\u{10c}esk\u{fd} \u{fa}\u{159}ad zem\u{11b}m\u{11b}\u{159}ick\u{fd}, \u{17d}\u{10f}\u{e1}r nad S\u{e1}zavou",
    "\u{c7}a\u{11f}da\u{15f} E\u{11f}itim Vakf\u{131} \u{15e}i\u{15f}li \u{130}lk\u{f6}\u{11f}retim",
    "K\u{f8}benhavns Lufthavne, \u{c5}rhus og \u{c6}r\u{f8}",
    "\u{20ac} 1 234,50 \u{a3} 2 \u{2212} 3 \u{d7} 4 \u{201a}x\u{2018} \u{ab}y\u{bb} \u{2026}",
];

/// Without spaces: where lines are broken is not what is asked.
fn tight(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn named(name: &str) -> Paper {
    let mut table = Table::new([Column::text("Name"), Column::number("Amount")]);
    table.row([name, "1.00"]);
    paper("Names").table(table)
}

#[test]
fn the_names_of_europe_come_out_as_they_went_in() {
    for name in NAMES {
        let pdf = read(&named(name).paragraph(name).heading(name));
        assert_eq!(tight(&pdf.text()).matches(&tight(name)).count(), 3, "{name}: {}", pdf.text());
    }
    // Written as a letter and its accent, which is how some systems hand them over.
    assert!(read(&named("Lie\u{300}ge")).text().contains("Li\u{e8}ge"));
}

#[test]
fn a_letter_that_the_font_lacks_is_a_box_and_can_still_be_copied() {
    let pdf = read(&named("Tokyo \u{6771}\u{4eac} \u{1f389} Ltd"));
    let text = pdf.text();
    assert!(text.contains("Tokyo \u{6771}\u{4eac} \u{1f389} Ltd"), "{text}");
    let wide = |name: &str| {
        let pdf = read(&named(name));
        let word =
            pdf.pages[0].rows().into_iter().flatten().find(|word| word.text == name).unwrap();
        word.right - word.left
    };
    let boxes = wide("\u{25a1}\u{25a1}");
    assert!(boxes > 5.0 && (wide("\u{6771}\u{4eac}") - boxes).abs() < 0.1);
    // One that is made of others is spelled.
    assert!(read(&named("5 \u{338f} \u{ff21}")).text().contains("5 kg A"));
}

#[test]
fn control_characters_are_gone_and_line_ends_are_lines() {
    let pdf = read(&named("a\u{0}b\u{1b}[31m\u{202e}c\u{200b}d\u{feff}\te\r\nf\rg"));
    let lines = pdf.pages[0].lines();
    let at = lines.iter().position(|line| line == "ab[31mcd e 1.00").unwrap();
    assert_eq!(lines[at + 1..at + 3], ["f", "g"]);
    let info = poppler("pdfinfo", &[], &paper("One\u{0}\n\u{202e}two \u{fffe}").pdf().unwrap());
    assert!(info.contains("One two \u{fffd}\n"), "{info}");
}

#[test]
fn a_long_word_breaks_and_a_long_name_wraps() {
    // That nothing stands in the margins is checked for every paper that is read.
    let word = "Donaudampfschifffahrtselektrizit\u{e4}ten".repeat(12);
    let mut table = Table::new([
        Column::text("Product").weight(3),
        Column::short("Licence"),
        Column::number("Quantity"),
        Column::number("Amount"),
    ]);
    table.row([word.as_str(), "L-7K3QF-9M2XT", "2", "1.00"]);
    table.row(["x", &word, "2", "1.00"]);
    table.row(["x", "y", &word, &word]);
    let name = "Endpoint Protection Advanced with Detection and Response 24/7";
    let mut sixty = Table::new([Column::text("Product"), Column::number("Amount")]);
    sixty.row([name, "1.00"]);
    let pdf = read(&paper(&word).subtitle(&word).fact(&word, &word).table(table).table(sixty));
    let text = tight(&pdf.text());
    assert!(text.contains(&tight(name)));
    assert!(text.matches("Donaudampf").count() > 12 * 4);
    assert!(pdf.pages.iter().any(|page| page.count(&format!("{name} 1.00")) == 1));
}

#[test]
fn columns_without_any_text_fill_the_page_too() {
    let mut table = Table::new([Column::short("Licence"), Column::number("Amount")]);
    table.row(["L-7K3QF-9M2XT", "1.00"]);
    let pdf = read(&paper("Amounts").table(table));
    let amount = pdf.pages[0].words.iter().find(|word| word.text == "1.00").unwrap();
    assert!(amount.right > pdf.pages[0].width - 60.0);
}

#[test]
fn everything_may_be_empty() {
    let mut table = Table::new([Column::text(""), Column::number("")]);
    table.group("");
    table.row(["", ""]).beneath(["", ""]);
    table.total("", [""]);
    let paper = Paper::new("", "", Locale::Nl, now())
        .party(Party::new("", ""))
        .fact("", "")
        .heading("")
        .paragraph("")
        .note("")
        .table(table)
        .footer("");
    assert!(paper.pdf().unwrap().starts_with(b"%PDF-"));
}

/// Any letters, any of the troublesome, and words.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{0,40}",
        "[\u{0}-\u{1f}\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{300}-\u{36f}\u{e000}\u{fdd0}\u{feff}\u{fffe}]{1,5}",
        "\\PC{0,200}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_stops_a_paper(
        texts in proptest::collection::vec(text(), 12),
        cells in proptest::collection::vec(text(), 0..90),
    ) {
        let mut table = Table::new([
            Column::text(&texts[0]),
            Column::short(&texts[1]),
            Column::number(&texts[2]),
        ]);
        for (at, three) in cells.chunks_exact(3).enumerate() {
            match at % 5 {
                0 => { table.group(&three[0]); }
                1 => { table.row(three).beneath(three).beneath(three); }
                _ => { table.row(three); }
            }
        }
        table.total(&texts[3], [&texts[4]]).grand_total(&texts[5], [&texts[6]]);
        let paper = Paper::new(&texts[7], REFERENCE, Locale::De, now())
            .subtitle(&texts[8])
            .author(&texts[9])
            .party(Party::new(&texts[10], &texts[11]).line(&texts[0]))
            .fact(&texts[1], &texts[2])
            .heading(&texts[3])
            .paragraph(&texts[4])
            .table(table)
            .footer(&texts[5]);
        let pdf = paper.pdf();
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
        prop_assert_eq!(pdf.unwrap(), paper.pdf().unwrap());
    }
}
