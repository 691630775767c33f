//! The translator's page: one SKU explained, a pasted quote in both forms, and the same as a file.

use portal::catalogue::{QuoteLine, Unreadable, read_quote};

use crate::support::{Page, Portal};

const PATH: &str = "/p/shield/skus";

async fn translated(portal: &Portal, quote: &str, day: &str) -> Page {
    portal.owner().post(PATH, &[("quote", quote), ("day", day)]).await
}

fn lines(quote: &str) -> Vec<(u64, String, i32, Option<u8>)> {
    let of = |line: QuoteLine| {
        (line.number, line.sku, line.quantity, line.months.map(portal::calendar::TermMonths::get))
    };
    read_quote(quote).unwrap().into_iter().map(of).collect()
}

#[test]
fn quotes_are_read_however_they_were_pasted() {
    let expected = [(1, "A-1".to_owned(), 25, Some(18)), (3, "B-2".to_owned(), 1, None)];
    for quote in [
        "A-1,25,18\n\nB-2",
        "A-1;25;18\r\n;;\r\nB-2;1;\r\n",
        "\u{feff}A-1\t25\t18\n\t\t\nb-2\t\t",
        "  a-1   25 18\n   \nB-2 1",
        "\"A-1\",\"25\",\"18\"\n\n\"B-2\",,",
    ] {
        assert_eq!(lines(quote), expected, "{quote:?}");
    }
    let named = "Term;Description;Qty;SKU\n18;Alarms, monitored;25;A-1\n;\"Sites; watched\";1;B-2";
    assert_eq!(lines(named), [(2, "A-1".to_owned(), 25, Some(18)), (3, "B-2".to_owned(), 1, None)]);
    // What the portal exported comes back as it was.
    assert_eq!(lines("'=A-1,2"), [(1, "=A-1".to_owned(), 2, None)]);
}

#[test]
fn what_cannot_be_read_is_told_line_by_line() {
    let faults = |quote: &str| match read_quote(quote) {
        Err(Unreadable::Faults(faults)) => {
            faults.iter().map(|one| (one.line, one.column.clone(), one.found.clone())).collect()
        }
        other => panic!("{quote:?} is {other:?}"),
    };
    let told: Vec<(u64, String, String)> = faults("A,1.5\nB,0\nC,2,61\nD,1,x\n,3\nE,1,2,3\nF,1");
    let told: Vec<_> = told.iter().map(|(l, c, f)| (*l, c.as_str(), f.as_str())).collect();
    assert_eq!(
        told,
        [
            (1, "quantity", "1.5"),
            (2, "quantity", "0"),
            (3, "months", "61"),
            (4, "months", "x"),
            (5, "sku", ""),
            (6, "", "E 1 2 3"),
        ]
    );
    assert_eq!(read_quote(" \n;;\n"), Err(Unreadable::Empty));
    assert_eq!(read_quote("sku,quantity\n"), Err(Unreadable::Empty));
    assert!(read_quote(&"A,1\n".repeat(2_000)).is_ok());
    assert_eq!(read_quote(&"A,1\n".repeat(2_001)), Err(Unreadable::TooManyLines));
}

#[actix_web::test]
async fn everyone_has_one_sku_explained_letter_by_letter() {
    let portal = Portal::start().await;
    for key in ["owner", "colleague", "distributor", "manager", "cam", "back_office"] {
        let page = portal.visitor(key).get(&format!("{PATH}?sku=g012j1acarex")).await.is(200);
        assert_eq!(
            page.all("tbody tr"),
            [
                "G 1 First or again Renewal",
                "012 2–4 Months 12 months",
                "J1 5–6 Where Japan",
                "ACAREX 7–12 What Alarm monitoring (ALARM-CARE)",
            ]
        );
        page.shows(".facts", "CARE.AGAIN.12").shows(".facts", "Orderable since 1 Apr 2022");
    }
    let page = portal.owner().get(&format!("{PATH}?sku=CARE.FIRST.24&on=2022-03-31")).await.is(200);
    page.shows(".facts", "F024J1ACAREX").shows(".facts", "Orderable until 31 Mar 2022");
    let page = portal.owner().get(&format!("{PATH}?sku=CARE.FIRST.24&on=2022-04-01")).await.is(200);
    page.shows(".facts", "Not orderable it was until 31 Mar 2022 Order F024J1ACAREX");
    let page = portal.owner().get(&format!("{PATH}?sku=G012Q7ACAREX9")).await.is(200);
    page.shows(".facts", "Not in the catalogue")
        .shows("tbody tr", "Q7 5–6 Where Not known")
        .shows("tbody tr", "9 13… Behind the last letter");
    portal.visitor("rival").get(PATH).await.is(404);
}

#[actix_web::test]
async fn a_day_that_is_none_and_a_sku_that_is_too_long_are_refused() {
    let portal = Portal::start().await;
    let page = portal.owner().get(&format!("{PATH}?sku=A&on=2022-02-30")).await.is(422);
    page.shows(".error-summary", "Enter the day as a date.");
    let long = "A".repeat(81);
    portal.owner().get(&format!("{PATH}?sku={long}")).await.is(422);
    let page = translated(&portal, "", "").await.is(422);
    page.shows(".error-summary", "Paste at least one line with a SKU.");
    let page = translated(&portal, "CARE.FIRST.12,1", "soon").await.is(422);
    page.shows(".error-summary", "Enter the day as a date.");
    let page = translated(&portal, "CARE.FIRST.12;many\nCARE.FIRST.12;1", "").await.is(422);
    page.shows(".error-summary", "1 line cannot be read; it is named below.")
        .shows("tbody tr", "1 quantity many")
        .shows("textarea", "CARE.FIRST.12;many");
}

#[actix_web::test]
async fn a_pasted_quote_is_translated_line_by_line() {
    let portal = Portal::start().await;
    let quote = "sku\tquantity\tmonths\nCARE.FIRST.12\t25\t\nF001J1WSITEX\t3\t6\nALARM-HUB\t2\t\nNOBODY\t1\t\nSEAT.AGAIN.3\t4\t6";
    let page = translated(&portal, quote, "2022-04-01").await.is(200);
    assert_eq!(
        page.all("tbody tr"),
        [
            "CARE.FIRST.12 Line 2 25 Alarm monitoring 12 months, new F012J1ACAREX CARE.FIRST.12 Exact Not orderable it was until 31 Mar 2022 Order F012J1ACAREX",
            "F001J1WSITEX Line 3 3 Site watch 6 months, new 6 months, ordered as 6 times the SKU of one month. F006J1WSITEX SITE.FIRST.6 By rule Not orderable Order F006J1WSITEX",
            "ALARM-HUB Line 4 2 Alarm hub ALARM-HUB ALARM-HUB Exact Orderable",
            "NOBODY Line 5 1 Not known –None –None Not found Not in the catalogue",
            "SEAT.AGAIN.3 Line 6 4 Watch desk seat 3 months, renewal The SKU is for a term of 3, the line says 6 months; mend one. G003J1WSEATX SEAT.AGAIN.3 Exact Unclear",
        ]
    );
    let stats = page.all(".stat dd");
    assert_eq!(stats, ["5", "1", "3", "1"]);
}

#[actix_web::test]
async fn the_file_has_the_same_and_starts_no_formula() {
    let portal = Portal::start().await;
    let quote = "CARE.FIRST.12,25\n=1+1,2\n@SUM(A1),1\nF001J1WSITEX,3,12";
    let file = portal
        .owner()
        .post("/p/shield/skus.csv", &[("quote", quote), ("day", "2022-04-01")])
        .await
        .is(200);
    assert!(file.header("content-disposition").contains("skus.csv"));
    let rows: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        rows,
        [
            "line,sku,quantity,months,product,product_name,term,purpose,new_sku,legacy_sku,found,day,orderable,from,until,order_instead,currency,msrp,msrp_total,remark",
            "1,CARE.FIRST.12,25,,ALARM-CARE,Alarm monitoring,12,new,F012J1ACAREX,CARE.FIRST.12,exact,2022-04-01,no,,2022-03-31,F012J1ACAREX,,,,",
            "2,'=1+1,2,,,,,,,,none,2022-04-01,,,,,,,,",
            "3,'@SUM(A1),1,,,,,,,,none,2022-04-01,,,,,,,,",
            "4,F001J1WSITEX,3,12,WATCH-SITE,Site watch,12,new,F012J1WSITEX,SITE.FIRST.12,by_rule,2022-04-01,no,,,F012J1WSITEX,,,,\"12 months, ordered as 12 times the SKU of one month.\"",
        ]
    );
    let page = portal.owner().post("/p/shield/skus.csv", &[("quote", "A,b")]).await.is(422);
    page.shows("tbody tr", "1 quantity b");
}

#[actix_web::test]
async fn a_line_shows_its_price_in_the_band_of_its_quantity() {
    let portal = Portal::start().await;
    let quote =
        "F012J1WSEATX;10\nF001J1WSEATX;1;12\nALARM-HUB;2\nF005J1WSEATX;1\nSEAT.FIRST.12;1;6";
    let page = translated(&portal, quote, "").await.is(200);
    assert_eq!(
        page.all("td[data-label=MSRP]"),
        ["JPY 27,000 JPY 2,700 each", "JPY 3,000", "JPY 96,000 JPY 48,000 each", "–None", "–None",]
    );
    let page = portal.owner().get(&format!("{PATH}?sku=F012J1WSEATX")).await.is(200);
    page.shows(".facts", "MSRP of one unit on that dayJPY 3,000");
    let file = portal.owner().post("/p/shield/skus.csv", &[("quote", "F012J1WSEATX;10")]).await;
    let row = file.is(200).text.lines().nth(1).unwrap().to_owned();
    assert!(row.ends_with(",JPY,2700,27000,"), "{row}");
}

#[actix_web::test]
async fn a_partner_makes_an_inquiry_of_a_quote() {
    let portal = Portal::start().await;
    let quote = "CARE.AGAIN.12;25\nF001J1WSITEX;3;6\nALARM-HUB;2\nNOBODY;1\nSEAT.FIRST.3;4;6";
    let page = translated(&portal, quote, "").await.is(200);
    let sent = page.attributes("input[name=line]", "value");
    assert_eq!(sent, ["ALARM-CARE:25:12:renewal", "WATCH-SITE:3:6:new", "ALARM-HUB:2::new"]);
    page.shows("main", "because it is not clear what they are for: 2.");
    let fields: Vec<(&str, &str)> = sent.iter().map(|line| ("line", line.as_str())).collect();
    let draft = portal.owner().post("/p/shield/inquiries/new", &fields).await.created();
    let page = portal.owner().get(&draft).await.is(200);
    page.shows("main", "Alarm monitoring").shows("main", "Site watch").shows("main", "Alarm hub");
    for key in ["manager", "distributor"] {
        let page = portal.visitor(key).post(PATH, &[("quote", quote)]).await.is(200);
        assert!(page.attributes("input[name=line]", "value").is_empty(), "{key}");
    }
}

#[actix_web::test]
async fn two_thousand_lines_are_translated_at_once() {
    let portal = Portal::start().await;
    let page = translated(&portal, &"CARE.FIRST.12;25;\n".repeat(2_000), "").await.is(200);
    assert_eq!(page.all("tbody tr").len(), 2_000);
    let page = translated(&portal, &"CARE.FIRST.12;25;\n".repeat(2_001), "").await.is(422);
    page.shows(".error-summary", "Paste at most 2000 lines at a time.");
}

#[actix_web::test]
async fn a_program_with_plain_codes_says_so() {
    let portal = Portal::start().await;
    let mut rival = portal.visitor("rival");
    let page = rival.get("/p/small/skus").await.is(200);
    page.shows("main", "The codes of this program are plain");
    let page = rival.post("/p/small/skus", &[("quote", "BOX-1 3\nBOX-2 1")]).await.is(200);
    assert_eq!(
        page.all("tbody tr"),
        [
            "BOX-1 Line 1 3 Box BOX-1 BOX-1 Exact Orderable",
            "BOX-2 Line 2 1 Not known –None –None Not found Not in the catalogue",
        ]
    );
}
