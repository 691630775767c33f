//! Licence schedules: written with the licences of their orders, unchanged ever after, seen by whom
//! they concern, and told apart from the one before.

use diesel::prelude::*;
use portal::db::schema::{licences, orders};

use crate::support::Portal;
use crate::support::orders::Cells;
use crate::support::schedules::{number_of, paper_of};

/// A subscription that waits to be activated, a device, and a support plan.
const ORDER: [Cells<'static>; 3] = [
    &[("activated_on", ""), ("delivery", "Hooli Osaka")],
    &[
        ("product", "ALARM-HUB"),
        ("quantity", "1"),
        ("months", ""),
        ("serial_number", "HUB-77"),
        ("delivery", "Hooli Osaka"),
    ],
    &[
        ("product", "WATCH-HELP"),
        ("quantity", "1"),
        ("activated_on", "2026-02-10"),
        ("delivery", "Hooli Osaka"),
    ],
];

#[actix_web::test]
async fn a_schedule_says_what_the_order_made_and_nothing_of_prices() {
    let portal = Portal::start().await;
    portal.imports(&ORDER);
    let path = portal.schedule("SO-1");
    let mut owner = portal.owner();
    let page = owner.get(&path).await.is(200);
    for words in ["Nordic Supply", "Hooli Osaka", "Acme", "Hooli", "SO-1", "2 February 2026"] {
        assert!(page.text.contains(words), "the page lacks {words}");
    }
    let page = page
        .shows("tbody th", "1. Site watch")
        .shows("tbody tr", "Not yet")
        .shows("tbody tr", "After 12 months")
        .shows("tbody th", "Serial number HUB-77 · Warranty 3 Feb 2026 – 2 Feb 2028")
        .shows("tbody tr", "10 Feb 2026")
        .hides("4,900")
        .hides("4900");
    assert_eq!(page.all("tbody tr").len(), 3);
    let paper = paper_of(&mut owner, &path).await;
    for words in [
        ["Licence schedule", "Nordic Supply", "Hooli Osaka"],
        ["Site watch", "HUB-77", "2 Feb 2028"],
        ["Support plan", "Help within the hour", "Units on 3 lines"],
    ]
    .concat()
    {
        assert!(paper.contains(words), "the paper lacks {words}: {paper}");
    }
    assert!(!paper.contains("4,900") && !paper.contains("JPY"), "{paper}");
    owner.get("/p/shield/schedules").await.is(200).shows("tbody th", "Hooli");
    owner.get("/p/shield/schedules.csv").await.is(200).says(number_of(&path));
}

#[actix_web::test]
async fn the_json_of_a_schedule_keeps_its_shape() {
    let portal = Portal::start().await;
    portal.imports(&ORDER[..2]);
    let path = portal.schedule("SO-1");
    let json = portal.owner().get(&format!("{path}/schedule.json")).await.is(200);
    assert_eq!(json.header("content-type"), "application/json");
    let found: serde_json::Value = serde_json::from_slice(&json.answer.body).unwrap();
    let (order, customer, names): (String, String, Vec<String>) = portal.read(|conn| {
        use portal::db::schema::customers;
        let order = orders::table.select(orders::reference).first(conn)?;
        let customer = customers::table.select(customers::reference).first(conn)?;
        let lines = licences::table.order(licences::position).select(licences::reference);
        Ok((order, customer, lines.load(conn)?))
    });
    let expected = serde_json::json!({
        "schedule": number_of(&path),
        "program": "shield",
        "issued_on": "2026-02-02",
        "order": {"reference": order, "number": "SO-1"},
        "distributor": "Nordic Supply",
        "delivered_to": "Hooli Osaka",
        "reseller": "Acme",
        "customer": {"reference": customer, "name": "Hooli", "country": "JP"},
        "support_plans": [],
        "lines": [
            {
                "line": 1, "licence": names[0], "kind": "new", "sku": "WATCH-SITE",
                "description": "Site watch", "quantity": 5, "unit": "site", "months": 12,
                "starts_on": null, "ends_on": null, "serial_number": null,
                "warranty_starts_on": null, "warranty_ends_on": null
            },
            {
                "line": 2, "licence": names[1], "kind": "new", "sku": "ALARM-HUB",
                "description": "Alarm hub", "quantity": 1, "unit": "hub", "months": null,
                "starts_on": null, "ends_on": null, "serial_number": "HUB-77",
                "warranty_starts_on": "2026-02-03", "warranty_ends_on": "2028-02-02"
            }
        ]
    });
    assert_eq!(found, expected);
}

#[actix_web::test]
async fn a_schedule_keeps_its_dates_and_says_what_is_different_today() {
    let portal = Portal::start().await;
    portal.imports(&ORDER);
    let path = portal.schedule("SO-1");
    let mut owner = portal.owner();
    let files = ["schedule.pdf", "lines.csv", "schedule.json"];
    let mut before = Vec::new();
    for file in files {
        before.push(owner.get(&format!("{path}/{file}")).await.is(200).answer.body);
    }
    owner.get(&path).await.hides(">Today<");
    let licence: String = portal.read(|conn| {
        let first = licences::table.filter(licences::position.eq(1));
        Ok(first.select(licences::reference).first(conn)?)
    });
    let activation = format!("/p/shield/licences/{licence}/activation");
    owner.post(&activation, &[("activated_on", "2026-03-01")]).await.is(303);
    owner
        .get(&path)
        .await
        .shows("tbody tr", "Not yet")
        .shows("tbody th", "Today 1 Mar 2026 – 28 Feb 2027")
        .shows(".flash", "The dates of one line below are others today.");
    for (file, before) in files.iter().zip(before) {
        let now = owner.get(&format!("{path}/{file}")).await.is(200).answer.body;
        assert!(now == before, "{file} has changed");
    }
    owner.get(&format!("/p/shield/licences/{licence}")).await.shows("dd a", number_of(&path));
}

#[actix_web::test]
async fn a_schedule_is_seen_by_whom_it_concerns_alone() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[],
        &[("external_number", "SO-2"), ("reseller", "Globex"), ("distributor", "Southern Supply")],
    ]);
    let paths = [portal.schedule("SO-1"), portal.schedule("SO-2")];
    let missing = "/p/shield/schedules/LS-00000-00000".to_owned();
    let nothing = portal.owner().get(&missing).await.is(404).text;
    for (key, seen) in [
        ("owner", [true, false]),
        ("colleague", [true, false]),
        ("stranger", [false, true]),
        ("distributor", [true, false]),
        ("other_distributor", [false, true]),
        ("manager", [true, true]),
        ("cam", [true, true]),
        ("back_office", [true, true]),
    ] {
        let mut visitor = portal.visitor(key);
        let list = visitor.get("/p/shield/schedules").await.is(200).text;
        let file = visitor.get("/p/shield/schedules.csv").await.is(200).text;
        for (path, seen) in paths.iter().zip(seen) {
            let number = number_of(path);
            assert_eq!((list.contains(number), file.contains(number)), (seen, seen), "{key}");
            for end in ["", "/difference", "/schedule.pdf", "/lines.csv", "/schedule.json"] {
                let page = visitor.get(&format!("{path}{end}")).await;
                assert_eq!(page.status(), if seen { 200 } else { 404 }, "{key} {path}{end}");
                assert!(seen || page.text == nothing, "{key} {path}{end}");
            }
        }
    }
    let mut rival = portal.visitor("rival");
    rival.get(&paths[0]).await.is(404);
    rival.get(&paths[0].replace("shield", "small")).await.is(404);
}

/// Renewed, changed, new, ended, and left as it was, beside the schedule before.
#[actix_web::test]
async fn a_schedule_is_told_apart_from_the_one_before() {
    let portal = Portal::start().await;
    let old = |product: &'static str, months: &'static str| -> Vec<(&'static str, &'static str)> {
        vec![
            ("external_number", "OLD"),
            ("product", product),
            ("months", months),
            ("released_at", ""),
            ("processed_at", "2025-02-20T03:00:00Z"),
            ("activated_on", "2025-02-20"),
        ]
    };
    let lines = [
        old("WATCH-SITE", "12"),
        old("WATCH-SEAT", "24"),
        old("ALARM-CARE", "1"),
        old("WATCH-HELP", "36"),
    ];
    portal.imports(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>());
    portal.imports(&[
        &[("kind", "renewal"), ("activated_on", ""), ("quantity", "7")],
        &[("product", "WATCH-SEAT"), ("kind", "change"), ("activated_on", ""), ("months", "")],
        &[("product", "WATCH-MAP"), ("months", ""), ("activated_on", "")],
    ]);
    let (first, second) = (portal.schedule("OLD"), portal.schedule("SO-1"));
    let mut owner = portal.owner();
    let page = owner.get(&format!("{second}/difference")).await.is(200);
    let rows = page.all("tbody tr");
    let expected = [
        ("Floor map editor", "– ", "New"),
        ("Site watch", "20 Feb 2025 – 19 Feb 2026 7 × site, 20 Feb 2026 – 19 Feb 2027", "Renewed"),
        (
            "Watch desk seat",
            "20 Feb 2025 – 19 Feb 2027 5 × seat, 2 Feb 2026 – 19 Feb 2027",
            "Changed",
        ),
        ("Alarm monitoring", "20 Feb 2025 – 19 Mar 2025 –", "Ended"),
        ("Help within the hour", "20 Feb 2025 – 19 Feb 2028 –", "As before"),
    ];
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
    for (row, (product, dates, standing)) in rows.iter().zip(expected) {
        let right = row.starts_with(product) && row.contains(dates) && row.ends_with(standing);
        assert!(right, "{row:?} is not {product} {dates} {standing}");
    }
    page.shows(".lead a", number_of(&first));
    owner.get(&format!("{first}/difference")).await.is(200).shows(".lead", "none before it");
}

/// The one before may be a schedule that the person does not see: then it is not there.
#[actix_web::test]
async fn the_schedule_before_is_one_that_the_person_sees() {
    let portal = Portal::start().await;
    let early: Cells<'_> = &[
        ("external_number", "EARLY"),
        ("distributor", "Southern Supply"),
        ("released_at", ""),
        ("processed_at", "2025-12-01T03:00:00Z"),
        ("activated_on", "2025-12-02"),
    ];
    let of_another: Cells<'_> = &[
        ("external_number", "ANOTHER"),
        ("reseller", "Globex"),
        ("released_at", ""),
        ("processed_at", "2026-01-01T03:00:00Z"),
        ("activated_on", "2026-01-02"),
    ];
    portal.imports(&[early, of_another, &[]]);
    let path = format!("{}/difference", portal.schedule("SO-1"));
    let (early, another) = (portal.schedule("EARLY"), portal.schedule("ANOTHER"));
    for key in ["owner", "manager"] {
        let page = portal.visitor(key).get(&path).await.is(200);
        page.shows(".lead a", number_of(&early)).hides(number_of(&another));
    }
    let page = portal.visitor("distributor").get(&path).await.is(200);
    page.shows(".lead", "none before it").hides(number_of(&early)).hides(number_of(&another));
}

#[actix_web::test]
async fn a_batch_without_its_schedules_is_not_written() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        diesel::sql_query("DROP TABLE schedule_lines").execute(conn)?;
        Ok(())
    });
    let bytes = crate::support::orders::file(&[&[]]);
    assert!(portal.try_import_orders(&bytes).is_err());
    let left: (i64, i64, i64) = portal.read(|conn| {
        Ok((
            orders::table.count().get_result(conn)?,
            licences::table.count().get_result(conn)?,
            portal::db::schema::customers::table.count().get_result(conn)?,
        ))
    });
    assert_eq!((left, portal.schedules()), ((0, 0, 0), 0));
}

#[actix_web::test]
async fn an_order_has_one_schedule_however_often_it_is_imported() {
    let portal = Portal::start().await;
    let lines: [Cells<'_>; 3] =
        [&[], &[("product", "WATCH-SEAT")], &[("external_number", "SO-2"), ("activated_on", "")]];
    portal.imports(&lines);
    portal.imports(&lines);
    assert_eq!(portal.schedules(), 2);
    let lists =
        ["", "?q=SO-2", "?q=hool", "?q=acme", "?from=2026-02-02", "?to=2026-02-01", "?q=x%25"];
    for (list, rows) in lists.into_iter().zip([2, 1, 2, 2, 2, 0, 0]) {
        let page = portal.manager().get(&format!("/p/shield/schedules{list}")).await.is(200);
        assert_eq!(page.all("tbody tr").len(), rows, "{list}");
    }
}

#[actix_web::test]
async fn files_of_schedules_run_no_formula() {
    let portal = Portal::start().await;
    portal.imports(&[&[
        ("customer", "=HYPERLINK(\"http://evil.example\",\"Hooli\")"),
        ("delivery", "@SUM(A1)"),
        ("serial_number", "+1"),
    ]]);
    let path = portal.schedule("SO-1");
    let mut owner = portal.owner();
    for file in [format!("{path}/lines.csv"), "/p/shield/schedules.csv".to_owned()] {
        let text = owner.get(&file).await.is(200).text;
        assert!(text.contains("'=HYPERLINK") && text.contains("'@SUM"), "{text}");
        assert!(!text.contains(",=") && !text.contains(",\"=") && !text.contains(",@"), "{text}");
    }
    owner.get(&format!("{path}/lines.csv")).await.says(",'+1,");
}

/// What else stands on long papers is tested with `paper`; here it is a name of sixty letters and
/// accents, on a schedule of more than one page.
#[actix_web::test]
async fn a_long_schedule_has_its_heads_on_each_page_and_its_total_at_the_end() {
    let portal = Portal::start().await;
    let name = "Société d\u{2019}Électricité et d\u{2019}Éclairage de Liège-Guillemins SA";
    let line: Cells<'_> = &[("customer", name)];
    portal.imports(&vec![line; 120]);
    let path = portal.schedule("SO-1");
    let paper = portal.owner().get(&format!("{path}/schedule.pdf")).await.is(200);
    let pdf = crate::support::pdf::Pdf::read(&paper.answer.body, number_of(&path));
    assert!(pdf.pages.len() >= 3, "{} pages", pdf.pages.len());
    for page in &pdf.pages {
        assert_eq!(page.count("Description SKU Kind Start End Quantity"), 1);
    }
    let text = pdf.text();
    assert!(text.contains("Liège-Guillemins") && text.contains("Units on 120 lines 600"), "{text}");
    let page = portal.owner().get(&path).await.is(200).shows(".pager", "Lines 1 to 50 of 120");
    let next = page.attributes("a[rel=next]", "href").remove(0);
    portal.owner().get(&next).await.is(200).shows(".pager", "Lines 51 to 100 of 120");
}
