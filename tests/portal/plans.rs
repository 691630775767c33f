//! Which index a list goes by, where it could read more than it shows. PostgreSQL chooses by what is
//! in its tables, and is not asked.

use crate::support::plans::{Seen, plan, shape};
use crate::support::{Portal, database, furniture};

/// Who opens what, and the index that gives its rows in their order.
const LISTS: &[(&str, &str, &str)] = &[
    ("distributor", "inquiries", "inquiries_by_quoter "),
    ("distributor", "inquiries?status=submitted", "inquiries_by_quoter_status "),
    ("distributor", "inquiries?status=withdrawn", "inquiries_by_quoter_status "),
    ("manager", "inquiries", "inquiries_by_time "),
    ("manager", "inquiries?status=submitted", "inquiries_by_status "),
    ("owner", "inquiries?status=submitted", "inquiries_by_reseller "),
    ("distributor", "quotes", "quotes_by_quoter "),
    ("distributor", "quotes?status=draft", "quotes_by_quoter_status "),
    ("manager", "quotes", "quotes_by_time "),
    ("manager", "quotes?status=sent", "quotes_by_status "),
    ("owner", "quotes?status=sent", "quotes_by_reseller "),
    ("manager", "special-prices", "special_prices_by_time "),
    ("manager", "special-prices?status=submitted", "special_prices_by_status "),
];

#[actix_web::test]
async fn a_list_narrowed_to_a_status_is_read_in_the_order_of_its_index() {
    if database::is_postgres() {
        return;
    }
    let seen = Seen::default();
    let portal = Portal::observed(seen.observer()).await;
    furniture::move_in(&portal).await;
    for (key, path, index) in LISTS {
        let mut visitor = portal.visitor(key);
        seen.take();
        visitor.get(&format!("/p/shield/{path}")).await.is(200);
        let asked = seen.take_questions();
        let table = index.split("_by_").next().unwrap();
        let list = asked.iter().find(|sql| sql.contains(&format!("(`{table}`")));
        let list = list.unwrap_or_else(|| panic!("{key} at {path} asks no list: {asked:?}"));
        let plan = portal.read(|conn| Ok(plan(&shape(list), conn)));
        let by_index = plan.iter().any(|step| step.contains(&format!("USING INDEX {index}")));
        assert!(by_index, "{key} at {path}: {plan:?}");
        let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorted, "{key} at {path} sorts what it finds: {plan:?}");
    }
}

/// What waits for somebody is counted on each start page.
#[actix_web::test]
async fn what_waits_is_found_by_its_status() {
    if database::is_postgres() {
        return;
    }
    let seen = Seen::default();
    let portal = Portal::observed(seen.observer()).await;
    for (key, index) in [
        ("distributor", "inquiries_by_quoter_status "),
        ("manager", "special_prices_by_status "),
        ("owner", "quotes_waiting "),
    ] {
        let mut visitor = portal.visitor(key);
        seen.take();
        visitor.get("/p/shield").await.is(200);
        let asked = seen.take_questions();
        let waiting = asked.iter().find(|sql| sql.contains("UNION ALL") && sql.contains("place"));
        let waiting = waiting.unwrap_or_else(|| panic!("{key} is told of nothing: {asked:?}"));
        let plan = portal.read(|conn| Ok(plan(&shape(waiting), conn)));
        let found = plan.iter().any(|step| step.contains(&format!("INDEX {index}")));
        assert!(found, "{key}: {plan:?}");
    }
}

/// Who opens what, the table that is asked, and how it is read: what is counted from an index alone,
/// so that no deal is looked at one by one.
const COUNTED: &[(&str, &str, &str, &str)] = &[
    ("manager", "deals/figures", "deals", "COVERING INDEX deals_open "),
    ("manager", "deals/figures", "deal_results", "COVERING INDEX deal_results_by_time "),
    ("owner", "deals/figures", "deals", "COVERING INDEX deals_open_by_partner "),
    ("owner", "deals/figures", "deal_results", "COVERING INDEX deal_results_by_partner "),
    ("cam", "deals/figures?partner=glo", "deals", "COVERING INDEX deals_open"),
    ("cam", "deals/figures?partner=glo", "deal_results", "COVERING INDEX deal_results_by_"),
    ("manager", "leads/next-steps", "lead_next_steps", "INDEX lead_next_steps_by_day "),
    ("owner", "leads/next-steps", "lead_next_steps", "INDEX lead_next_steps_by_partner "),
    ("cam", "leads/assignment?lead=", "enrolments", "COVERING INDEX licences_sold "),
    ("cam", "leads/assignment?lead=", "enrolments", "COVERING INDEX lead_answers_by_partner "),
];

#[actix_web::test]
async fn figures_steps_and_rankings_are_read_from_their_indexes() {
    if database::is_postgres() {
        return;
    }
    let seen = Seen::default();
    let portal = Portal::observed(seen.observer()).await;
    let lead = portal.enter_lead(&[("topic", "category:alarm")]).await;
    let lead = lead.rsplit('/').next().unwrap();
    for (key, path, table, index) in COUNTED {
        let path = if path.ends_with('=') { format!("{path}{lead}") } else { (*path).to_owned() };
        let mut visitor = portal.visitor(key);
        seen.take();
        visitor.get(&format!("/p/shield/{path}")).await.is(200);
        let asked = seen.take_questions();
        let from = [format!("FROM {table} "), format!("FROM `{table}` ")];
        let found = asked.iter().find(|sql| from.iter().any(|from| sql.contains(from.as_str())));
        let found = found.unwrap_or_else(|| panic!("{key} at {path} asks no {table}: {asked:?}"));
        let plan = portal.read(|conn| Ok(plan(&shape(found), conn)));
        assert!(plan.iter().any(|step| step.contains(index)), "{key} at {path}: {plan:?}");
        let is_list = *table == "lead_next_steps";
        let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!(is_list && sorted), "{key} at {path} sorts what it finds: {plan:?}");
    }
}

/// Whether a customer is free, and who else is there, is asked of the customer's own deals alone.
#[actix_web::test]
async fn the_deals_of_a_customer_are_found_by_its_name_and_by_its_domain() {
    if database::is_postgres() {
        return;
    }
    let seen = Seen::default();
    let portal = Portal::observed(seen.observer()).await;
    let deal = portal.draft_deal("owner", &[]).await;
    seen.take();
    portal.at_deal("owner", &deal, "standing", &[]).await.is(303);
    portal.at_deal("owner", &deal, "submission", &[]).await.is(303);
    portal.at_deal("cam", &deal, "review", &[]).await.is(303);
    portal.visitor("cam").get(&deal).await.is(200);
    let asked = seen.take();
    let alike: Vec<&String> = asked.iter().filter(|sql| sql.contains("AS named")).collect();
    assert!(alike.len() >= 3, "{asked:?}");
    for sql in alike {
        let plan = portal.read(|conn| Ok(plan(&shape(sql), conn)));
        for index in ["deals_by_customer ", "deals_by_domain "] {
            let by_index = plan.iter().any(|step| step.contains(&format!("INDEX {index}")));
            assert!(by_index, "{index}: {plan:?}");
        }
        let by_time = plan.iter().any(|step| step.contains("deals_by_time"));
        assert!(!by_time, "{plan:?}");
    }
}
