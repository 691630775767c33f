//! Money, numbers, dates, names and references, as people see and type them.

use chrono::NaiveDate;
use iso_currency::Currency;
use portal::clock::Instant;
use portal::locale::Locale;
use portal::money::Money;
use portal::web::theme::{Colour, mail_colours, stylesheet};
use portal::{names, reference};
use proptest::prelude::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn money_is_shown_as_each_locale_writes_it() {
    let price = Money::new(123_456_789, Currency::EUR);
    let shown = |locale: Locale| price.show(locale).replace('\u{a0}', " ");
    assert_eq!(shown(Locale::EnGb), "EUR 1,234,567.89");
    assert_eq!(shown(Locale::De), "EUR 1.234.567,89");
    assert_eq!(shown(Locale::Fr).replace('\u{202f}', "_"), "EUR 1_234_567,89");
    assert_eq!(Money::new(5, Currency::EUR).show(Locale::EnGb).replace('\u{a0}', " "), "EUR 0.05");
    assert_eq!(
        Money::new(5000, Currency::JPY).show(Locale::EnGb).replace('\u{a0}', " "),
        "JPY 5,000"
    );
    assert_eq!(
        Money::new(1005, Currency::KWD).show(Locale::EnGb).replace('\u{a0}', " "),
        "KWD 1.005"
    );
}

#[test]
fn money_is_read_only_where_nothing_is_lost() {
    let minor = |text, currency| Money::parse(text, currency).map(|money| money.minor);
    assert_eq!(minor("1234.5", Currency::EUR), Some(123_450));
    assert_eq!(minor("1234.50", Currency::EUR), Some(123_450));
    assert_eq!(minor("0.005", Currency::KWD), Some(5));
    assert_eq!(minor("12", Currency::JPY), Some(12));
    for wrong in ["", ".", "1.234", "-1", "1,5", "1e3", "€ 1", "1.2.3", "99999999999999999999"] {
        assert_eq!(minor(wrong, Currency::EUR), None, "{wrong}");
    }
    assert_eq!(minor("1.5", Currency::JPY), None);
}

proptest! {
    #[test]
    fn money_comes_back_from_a_file(minor in 0_i64..1_000_000_000_000_000) {
        for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
            let money = Money::new(minor, currency);
            prop_assert_eq!(Money::parse(&money.plain(), currency), Some(money));
        }
    }
}

#[test]
fn days_and_numbers_follow_the_locale() {
    let date = day(2026, 3, 1);
    assert_eq!(Locale::EnGb.day(date), "1 March 2026");
    assert_eq!(Locale::EnUs.day(date), "March 1, 2026");
    assert_eq!(Locale::Nl.day(date), "1 maart 2026");
    assert_eq!(Locale::Fr.day(date), "1 mars 2026");
    assert_eq!(Locale::De.day(date), "1. März 2026");
    assert_eq!(Locale::Nl.month(date), "maart 2026");
    assert_eq!(Locale::De.number(-1_234_567), "\u{2212}1.234.567");
    assert_eq!(Locale::EnGb.number(0), "0");
    assert_eq!(Locale::EnGb.number(999), "999");
    assert_eq!(Locale::parse("NL"), Locale::Nl);
    assert_eq!(Locale::parse("xx"), Locale::EnGb);
}

#[test]
fn an_instant_is_shown_in_the_zone_of_the_program() {
    let late = Instant::from_utc(day(2023, 10, 14).and_hms_opt(22, 30, 0).unwrap());
    assert_eq!(Locale::EnGb.moment(late, chrono_tz::Europe::Brussels), "15 Oct 2023, 00:30");
}

#[test]
fn names_are_folded_by_unicode_rules() {
    for (one, other) in [
        ("Café Zürich AG", "cafe zurich ag"),
        ("STRASSE", "straße"),
        ("  Acme,  B.V. ", "acme b v"),
        ("ﬁrewall", "FIREWALL"),
        ("Ångström", "angstrom"),
    ] {
        assert_eq!(names::fold(one), names::fold(other));
    }
    assert_ne!(names::fold("Acme"), names::fold("Acne"));
    assert_eq!(names::fold_email(" Olive@Acme.Example "), "olive@acme.example");
    assert_eq!(names::escape_like(r"50%_\"), r"50\%\_\\");
}

#[test]
fn references_are_random_and_typed_forgivingly() {
    let drawn = reference::draw("D");
    assert_eq!((drawn.len(), &drawn[..2], &drawn[7..8]), (13, "D-", "-"));
    assert_ne!(drawn, reference::draw("D"));
    assert_eq!(reference::normalise(" d-olo1i-9m2xt "), "D-01011-9M2XT");
}

/// Every 17th value of each channel: black, white and 4,094 colours between.
fn colours() -> impl Iterator<Item = Colour> {
    (0..4096_u16).map(|number| {
        let channel = |shift: u16| u8::try_from((number >> shift) & 15).unwrap() * 17;
        Colour([channel(8), channel(4), channel(0)])
    })
}

#[test]
fn every_program_colour_can_be_read() {
    let hex = |text: &str| Colour::parse(text.trim_start_matches('#')).unwrap();
    for brand in colours() {
        let css = stylesheet(brand);
        let value = |name: &str| {
            let after = css.split(&format!("--{name}:")).nth(1).unwrap();
            after.split(';').next().unwrap().to_owned()
        };
        let pair = |name: &str| {
            let text = value(name);
            let inner = text.trim_start_matches("light-dark(").trim_end_matches(')');
            let (light, dark) = inner.split_once(',').unwrap();
            [hex(light), hex(dark)]
        };
        let ink = hex(&value("brand-ink"));
        assert!(ink.contrast(brand) >= 4.5, "ink on {}", brand.hex());
        assert!(ink.contrast(hex(&value("brand-hover"))) >= 4.5, "ink on hovered {}", brand.hex());
        let grounds = [["#ffffff", "#f1f3f6"], ["#16191f", "#1c2027"]];
        let (texts, tints) = (pair("brand-text"), pair("brand-tint"));
        for ((text, tint), grounds) in texts.into_iter().zip(tints).zip(grounds) {
            let under = grounds.iter().map(|ground| hex(ground)).chain([tint]);
            assert!(under.into_iter().all(|one| text.contrast(one) >= 4.5), "{}", brand.hex());
        }
    }
}

#[test]
fn a_colour_is_six_hexadecimal_digits() {
    assert_eq!(Colour::parse("0a0B0c"), Some(Colour([10, 11, 12])));
    for wrong in ["", "fff", "#ffffff", "gggggg", "+fffff", "fffffff", "é1234"] {
        assert_eq!(Colour::parse(wrong), None, "{wrong}");
    }
    assert_eq!(mail_colours(Some("nonsense")).brand, mail_colours(None).brand);
}
