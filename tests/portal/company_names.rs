//! Which names and domains are one customer's: a list written by hand.

use portal::names::{company, domain};

/// Each line is one company, however it is written.
const SAME: &[&[&str]] = &[
    &[
        "Hooli",
        "HOOLI",
        "hooli B.V.",
        "Hooli BV",
        "Hooli b v",
        "Hóóli, N.V.",
        "Hooli Ltd.",
        "Hooli, Inc.",
    ],
    &["Müller", "MÜLLER GmbH", "Muller G.m.b.H.", "Müller GmbH & Co. KG", "Müller AG"],
    &[
        "Société Générale",
        "Societe Generale SA",
        "SOCIÉTÉ GÉNÉRALE S.A.S.",
        "Société-Générale SARL",
    ],
    &["L'Étoile S.à r.l.", "L ETOILE", "l’étoile sarl"],
    &["A & B", "A and B", "A und B GmbH", "A et B SA", "A en B nv"],
    &["Coca-Cola", "Coca Cola Company", "CocaCola Co.", "COCA COLA Corp"],
    &["I.B.M.", "IBM Corporation", "ibm"],
    &["Ørsted A/S", "Orsted as", "ØRSTED"],
    &["Łódź Sp. z o.o.", "Lodz", "ŁÓDŹ sp z o o"],
    &["Straße 7 oHG", "STRASSE 7", "Strasse 7 OHG"],
    &["ﬁne Foods Ltd", "Fine Foods Limited", "FINE FOODS PLC"],
    &["ＨＯＯＬＩ２", "hooli2 pty ltd"],
    &["Acme Pte. Ltd.", "Acme Pvt Ltd", "ACME"],
    &["東京電力", "東京電力 K.K."],
    &["Stichting Kappa", "KAPPA", "kappa vzw"],
    &["OOO Romashka", "Romashka"],
    &["BV", "B.V."],
    &["Ltd", "LTD."],
];

#[test]
fn one_company_has_one_name_however_it_is_written() {
    for line in SAME {
        for name in *line {
            assert_eq!(company(name), company(line[0]), "{name} is {}", line[0]);
            assert!(!company(name).is_empty(), "{name}");
        }
    }
}

#[test]
fn different_companies_have_different_names() {
    let mut known = std::collections::BTreeMap::new();
    for line in SAME {
        assert_eq!(known.insert(company(line[0]), line[0]), None, "{}", line[0]);
    }
    for (one, other) in [("Hooli", "Hoolihan"), ("Alpha", "Alpha Beta"), ("3M", "4M")] {
        assert_ne!(company(one), company(other), "{one} is not {other}");
    }
    assert_eq!(company("-- !"), "");
}

#[test]
fn one_domain_is_written_in_many_ways() {
    for (typed, known) in [
        ("hooli.example", Some("hooli.example")),
        ("HOOLI.Example", Some("hooli.example")),
        ("www.hooli.example", Some("hooli.example")),
        ("https://www.hooli.example/about?x=1#y", Some("hooli.example")),
        ("http://hooli.example:8080", Some("hooli.example")),
        ("gavin@hooli.example", Some("hooli.example")),
        ("hooli.example.", Some("hooli.example")),
        ("münchen.example", Some("xn--mnchen-3ya.example")),
        ("XN--MNCHEN-3YA.example", Some("xn--mnchen-3ya.example")),
        ("MÜNCHEN.EXAMPLE", Some("xn--mnchen-3ya.example")),
        ("ｈｏｏｌｉ。example", Some("hooli.example")),
        ("shop.hooli.example", Some("shop.hooli.example")),
        ("www.example", None),
        ("hooli", None),
        ("10.0.0.1", None),
        ("[::1]", None),
        ("hoo li.example", None),
        ("hooli..example", None),
        ("", None),
        ("-", None),
    ] {
        assert_eq!(domain(typed).as_deref(), known, "{typed}");
    }
}
