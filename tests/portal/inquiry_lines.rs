//! What a line of an inquiry may ask for: terms, limits, bands, renewals and changes of licences.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::db::schema::{inquiries, inquiry_lines, products};

use crate::support::Portal;
use crate::support::leads::reference_of;
use crate::support::licences::{Licence, date};
use crate::support::pricing::NEW;

/// Begins a draft with lines as another page sends them.
async fn draft(portal: &Portal, lines: &[&str]) -> String {
    let mut fields = vec![("customer_name", "Hooli"), ("customer_country", "JP")];
    fields.extend(lines.iter().map(|line| ("line", *line)));
    portal.owner().post(NEW, &fields).await.created()
}

#[actix_web::test]
async fn a_term_that_is_not_sold_says_which_are() {
    let portal = Portal::start().await;
    let path = draft(&portal, &["WATCH-SITE:2:7:new"]).await;
    let mut owner = portal.owner();
    owner.get(&path).await.shows(".problem", "Sold for 3, 6, 12 or 24 months");
    let nordic = portal.enrolment_of("Nordic Supply");
    let sent = [("quoter", nordic.as_str()), ("seen", "1")];
    owner
        .post(&format!("{path}/submission"), &sent)
        .await
        .is(422)
        .shows(".error-summary", "Some lines cannot be sent");
    let path = draft(&portal, &["WATCH-HELP:1:24:new"]).await;
    owner.get(&path).await.shows(".problem", "no recommended price");
    let path = draft(&portal, &["WATCH-HOURS:1::new"]).await;
    owner.get(&path).await.shows(".problem", "paid by the month");
}

#[actix_web::test]
async fn a_quantity_that_costs_less_in_the_next_band_says_so() {
    let portal = Portal::start().await;
    // 49 × 2,700 = 132,300, and 50 × 2,250 = 112,500.
    let path = draft(&portal, &["WATCH-SEAT:49:12:new"]).await;
    portal
        .owner()
        .get(&path)
        .await
        .shows("tbody th", "50 cost less: JPY 112,500 together")
        .shows("tfoot", "JPY 132,300");
    let path = draft(&portal, &["WATCH-SEAT:50:12:new"]).await;
    portal.owner().get(&path).await.shows("tfoot", "JPY 112,500").hides("cost less");
}

#[actix_web::test]
async fn a_limit_names_what_takes_more() {
    let portal = Portal::start().await;
    portal.write(|conn| {
        for (code, most) in [("WATCH-SITE", Some(4)), ("WATCH-SEAT", Some(40))] {
            diesel::update(products::table.filter(products::code.eq(code)))
                .set((products::most_units.eq(most), products::unit.eq("place")))
                .execute(conn)?;
        }
        Ok(())
    });
    let path = draft(&portal, &["WATCH-SITE:3:12:new", "WATCH-SITE:2:12:new"]).await;
    let page = portal.owner().get(&path).await;
    let problems = page.all(".problem");
    assert_eq!(problems.len(), 2, "five in both lines: {problems:?}");
    page.shows(".problem", "At most 4 × place for a customer. Watch desk seat takes so many.");
    let path = draft(&portal, &["WATCH-SEAT:41:12:new"]).await;
    portal.owner().get(&path).await.shows(".problem", "At most 40 × place").hides("takes so many");
}

fn put(portal: &Portal, ends_on: &str, customer: &str) -> String {
    Licence::ending(date(ends_on))
        .sold_by("Acme")
        .through("Nordic Supply")
        .of(customer)
        .put(portal)
        .reference
}

/// The months and the base of the lines of a draft.
fn lines_of(portal: &Portal, path: &str) -> Vec<(String, i32, Option<i32>, Option<i64>)> {
    let reference = reference_of(path).to_owned();
    portal.read(|conn| {
        Ok(inquiry_lines::table
            .inner_join(inquiries::table)
            .filter(inquiries::reference.eq(reference))
            .order(inquiry_lines::position)
            .select((
                inquiry_lines::kind,
                inquiry_lines::quantity,
                inquiry_lines::months,
                inquiry_lines::base_id,
            ))
            .load(conn)?)
    })
}

#[actix_web::test]
async fn licences_become_one_draft_for_each_customer() {
    let portal = Portal::start().await;
    let (a, b) = (put(&portal, "2026-04-01", "Hooli"), put(&portal, "2026-04-15", "Hooli"));
    let c = put(&portal, "2026-05-01", "Pied Piper");
    let mut owner = portal.owner();
    owner.get("/p/shield/renewals").await.shows("button", "Ask for prices of the chosen");
    let path = owner.post(NEW, &[("licence", &a), ("licence", &b)]).await.created();
    let lines = lines_of(&portal, &path);
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|(kind, ..)| kind == "renewal"), "{lines:?}");
    owner.get(&path).await.shows("h1", "Hooli").shows("tbody th a", &a);
    let list = owner.post(NEW, &[("licence", &a), ("licence", &c)]).await.created();
    assert_eq!(list, "/p/shield/inquiries?status=draft");
    owner.get(&list).await.shows(".flash", "2 drafts are ready").shows("tbody", "Pied Piper");
    // Another partner's licence is as good as none.
    portal.stranger().post(NEW, &[("licence", &a)]).await.is(404);
}

#[actix_web::test]
async fn a_change_runs_to_the_end_of_the_licence() {
    let portal = Portal::start().await;
    // Today is 2 March 2026 in Tokyo.
    for (ends_on, months) in
        [("2026-03-31", 1), ("2026-04-01", 1), ("2026-04-02", 2), ("2027-03-01", 12)]
    {
        let licence = put(&portal, ends_on, ends_on);
        let path =
            portal.owner().post(NEW, &[("licence", &licence), ("kind", "change")]).await.created();
        portal.owner().get(&path).await.shows("tbody td", &format!("{months} left"));
    }
    let over = put(&portal, "2026-03-01", "Over");
    let path = portal.owner().post(NEW, &[("licence", &over), ("kind", "change")]).await.created();
    portal.owner().get(&path).await.shows(".problem", "a licence that runs");
}

#[actix_web::test]
async fn a_renewal_is_asked_for_until_the_licence_lapses() {
    let portal = Portal::start().await;
    let lapse = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() - chrono::Duration::days(40);
    let (last, late) = (lapse.to_string(), (lapse - chrono::Duration::days(1)).to_string());
    let can = put(&portal, &last, "Last day");
    let path = portal.owner().post(NEW, &[("licence", &can)]).await.created();
    portal.owner().get(&path).await.hides("ask for a new licence");
    let cannot = put(&portal, &late, "Too late");
    let path = portal.owner().post(NEW, &[("licence", &cannot)]).await.created();
    portal.owner().get(&path).await.shows(".problem", "It could be renewed until 1 March 2026");
}
