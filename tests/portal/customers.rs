//! Customers: one of a name and country, and seen by those who have licences for them.

use diesel::prelude::*;
use portal::db::schema::customers;

use crate::support::Portal;
use crate::support::orders::Cells;

fn reference(portal: &Portal, name: &str) -> String {
    portal.read(|conn| {
        let named = customers::table.filter(customers::name.eq(name));
        Ok(named.select(customers::reference).first(conn)?)
    })
}

fn page_of(reference: &str) -> String {
    format!("/p/shield/customers/{reference}")
}

const GLOBEX: Cells<'static> = &[
    ("external_number", "G"),
    ("customer", "Gavin Belson"),
    ("customer_country", "US"),
    ("reseller", "Globex"),
    ("distributor", "Southern Supply"),
];

#[actix_web::test]
async fn a_partner_sees_the_customers_that_it_has_licences_for() {
    let portal = Portal::start().await;
    portal.imports(&[&[("customer", "Hooli")], GLOBEX]);
    let (hooli, gavin) = (reference(&portal, "Hooli"), reference(&portal, "Gavin Belson"));
    for (key, sees, name, not) in [
        ("owner", &hooli, "Hooli", &gavin),
        ("stranger", &gavin, "Gavin Belson", &hooli),
        ("distributor", &hooli, "Hooli", &gavin),
        ("other_distributor", &gavin, "Gavin Belson", &hooli),
    ] {
        let mut visitor = portal.visitor(key);
        let list = visitor.get("/p/shield/customers").await.is(200);
        assert_eq!(list.all("tbody th"), [name], "{key}");
        visitor.get(&page_of(sees)).await.is(200).shows("h1", name).shows("tbody", "Site watch");
        let missing = visitor.get(&page_of("CU-00000-00000")).await.is(404);
        assert_eq!(visitor.get(&page_of(not)).await.is(404).text, missing.text);
        visitor.get("/p/shield/customers.csv").await.is(200).hides(not);
    }
    let mut cam = portal.visitor("cam");
    assert_eq!(cam.get("/p/shield/customers").await.all("tbody th"), ["Gavin Belson", "Hooli"]);
    cam.get(&page_of(&gavin)).await.is(200).shows("tbody", "Globex");
    portal.visitor("rival").get(&page_of(&gavin)).await.is(404);
}

#[actix_web::test]
async fn a_shared_customer_shows_each_partner_its_own_licences_alone() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[("customer", "Hooli"), ("product", "Site watch")],
        &[
            ("external_number", "G"),
            ("customer", "hooli"),
            ("product", "Watch desk seat"),
            ("reseller", "Globex"),
        ],
    ]);
    let hooli = reference(&portal, "Hooli");
    let mut owner = portal.owner();
    owner.get(&page_of(&hooli)).await.shows("tbody", "Site watch").hides("Watch desk seat");
    let list = owner.get("/p/shield/customers").await;
    assert_eq!(list.all("td[data-label='Current licences']"), ["1"]);
    let mut manager = portal.manager();
    let list = manager.get("/p/shield/customers").await;
    assert_eq!(list.all("td[data-label='Current licences']"), ["2"]);
}

#[actix_web::test]
async fn a_list_is_searched_by_the_beginning_of_a_name_and_by_country() {
    let portal = Portal::start().await;
    portal.imports(&[
        &[("external_number", "A"), ("customer", "Öresund Trading"), ("customer_country", "SE")],
        &[("external_number", "B"), ("customer", "Oregon Timber"), ("customer_country", "US")],
        &[("external_number", "C"), ("customer", "Oregon Timber"), ("customer_country", "CA")],
    ]);
    let mut owner = portal.owner();
    for (query, found) in [
        ("q=ore", 3),
        ("q=oreg", 2),
        ("q=%C3%B6RES", 1),
        ("q=timber", 0),
        ("q=%25", 3),
        ("country=us", 1),
        ("q=oregon&country=SE", 0),
    ] {
        let list = owner.get(&format!("/p/shield/customers?{query}")).await.is(200);
        assert_eq!(list.all("tbody tr").len(), found, "{query}");
        if found == 0 {
            list.shows(".empty", "No customer fits");
        }
    }
    let file = owner.get("/p/shield/customers.csv?q=oreg").await.is(200);
    assert_eq!(file.text.lines().count(), 3);
    assert!(file.text.contains("Oregon Timber,US,1,2027-02-02"), "{}", file.text);
}

#[actix_web::test]
async fn an_empty_list_says_where_customers_come_from() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    owner
        .get("/p/shield/customers")
        .await
        .is(200)
        .shows(".empty", "A customer appears here with its first processed order.");
    owner.get("/p/shield/licences").await.is(200).shows(".empty", "No current licences");
}

#[actix_web::test]
async fn a_list_is_paged_by_name() {
    let portal = Portal::start().await;
    let names: Vec<String> = (0..60).map(|n| format!("Customer {n:02}")).collect();
    let lines: Vec<Vec<(&str, &str)>> = names
        .iter()
        .map(|name| vec![("external_number", name.as_str()), ("customer", name)])
        .collect();
    let lines: Vec<Cells<'_>> = lines.iter().map(Vec::as_slice).collect();
    portal.imports(&lines);
    let mut owner = portal.owner();
    let first = owner.get("/p/shield/customers").await;
    assert_eq!(first.all("tbody th").last().unwrap(), "Customer 49");
    let next = first.attributes("a[rel=next]", "href").remove(0);
    let second = owner.get(&next).await;
    assert_eq!(second.all("tbody th").first().unwrap(), "Customer 50");
    let back = second.attributes("a[rel=prev]", "href").remove(0);
    assert_eq!(owner.get(&back).await.all("tbody th"), first.all("tbody th"));
}
