//! The table of states: what everyone gets for every action on a deal in every state.

use crate::support::Portal;

const STATES: [&str; 13] = [
    "draft",
    "submitted",
    "in_review",
    "returned",
    "approved",
    // Approved, with an extension asked for.
    "asked",
    "rejected",
    "duplicate",
    "withdrawn",
    "won",
    "lost",
    "expired",
    "revoked",
];

/// Action, whose it is (p: partner, v: whoever decides at the vendor), in which states, and the state
/// that comes of it.
const TABLE: &[(&str, &str, &[&str], &str)] = &[
    ("edit", "p", &["draft", "returned"], "same"),
    ("standing", "p", &["draft", "returned"], "same"),
    ("submission", "p", &["draft", "returned"], "submitted"),
    ("discarding", "p", &["draft"], "gone"),
    ("withdrawal", "p", &["submitted", "in_review", "returned"], "withdrawn"),
    ("review", "v", &["submitted"], "in_review"),
    ("approval", "v", &["in_review"], "approved"),
    ("return", "v", &["in_review"], "returned"),
    ("rejection", "v", &["in_review"], "rejected"),
    ("duplicate", "v", &["in_review"], "duplicate"),
    ("win", "pv", &["approved", "asked"], "won"),
    ("loss", "pv", &["approved", "asked"], "lost"),
    ("revocation", "v", &["approved", "asked"], "revoked"),
    ("extension", "p", &["approved"], "approved"),
    ("extension/grant", "v", &["asked"], "approved"),
    ("extension/refusal", "v", &["asked"], "approved"),
];

const PEOPLE: [&str; 7] =
    ["owner", "colleague", "stranger", "distributor", "manager", "cam", "back_office"];

fn customer(number: usize) -> String {
    format!("Customer {number}")
}

/// A deal of Acme's in a state, of a customer of its own; its address.
async fn deal_in(portal: &Portal, state: &str, number: usize) -> String {
    let name = customer(number);
    let changes = [("customer_name", name.as_str()), ("customer_domain", "")];
    let before = match state {
        "draft" => return portal.draft_deal("owner", &changes).await,
        "submitted" => return portal.submitted_deal("owner", &changes).await,
        "in_review" | "returned" | "rejected" | "duplicate" | "withdrawn" => {
            portal.reviewed_deal("owner", &changes).await
        }
        _ => portal.approved_deal("owner", &changes).await,
    };
    let first = portal.submitted_deal("stranger", &changes).await;
    let first = first.rsplit('/').next().unwrap().to_owned();
    let (by, action) = match state {
        "in_review" | "approved" => return before,
        "asked" => ("owner", "extension"),
        "returned" => ("cam", "return"),
        "rejected" => ("cam", "rejection"),
        "duplicate" => ("cam", "duplicate"),
        "withdrawn" => ("owner", "withdrawal"),
        "won" => ("owner", "win"),
        "lost" => ("owner", "loss"),
        "revoked" => ("cam", "revocation"),
        "expired" => {
            portal.write(|conn| {
                use diesel::prelude::*;
                use portal::db::schema::deals;
                diesel::update(deals::table.filter(deals::status.eq("approved")))
                    .set(deals::status.eq("expired"))
                    .execute(conn)?;
                Ok(())
            });
            return before;
        }
        _ => unreachable!(),
    };
    let fields = [("why", "So"), ("until", "2026-06-15"), ("duplicate_of", first.as_str())];
    portal.at_deal(by, &before, action, &fields).await.goes_to(&before);
    before
}

/// What the table says.
fn expected(row: &(&str, &str, &[&str], &str), state: &str, person: &str) -> u16 {
    let (_, whose, states, _) = row;
    let fits = states.contains(&state);
    match person {
        "distributor" | "back_office" => 403,
        "stranger" if whose.contains('p') => 404,
        "owner" | "colleague" if whose.contains('p') => {
            if fits {
                303
            } else {
                409
            }
        }
        "manager" | "cam" if whose.contains('v') && state == "draft" => 404,
        "manager" | "cam" if whose.contains('v') => {
            if fits {
                303
            } else {
                409
            }
        }
        _ => 403,
    }
}

#[actix_web::test]
async fn every_action_in_every_state_by_everyone() {
    let mut asked = 0;
    for state in STATES {
        let portal = Portal::start().await;
        let still = deal_in(&portal, state, 0).await;
        let mut number = 0;
        for row in TABLE {
            let (action, _, _, comes) = row;
            for person in PEOPLE {
                let wanted = expected(row, state, person);
                let name = customer(number + 1);
                let mut sent = crate::support::deals::whole(&[
                    ("customer_name", name.as_str()),
                    ("customer_domain", ""),
                ]);
                sent.extend([
                    ("why", "So"),
                    ("until", "2026-06-15"),
                    ("granted_until", "2026-06-20"),
                ]);
                let what = format!("{person} {action} {state}");
                asked += 1;
                if wanted != 303 {
                    let (before, mails) = (portal.deal(&still), portal.deal_mails().len());
                    let page = portal.at_deal(person, &still, action, &sent).await;
                    assert_eq!(page.status(), wanted, "{what}: {}", page.words());
                    assert_eq!(portal.deal(&still), before, "{what} changes nothing");
                    assert_eq!(portal.deal_mails().len(), mails, "{what} tells nobody");
                    continue;
                }
                number += 1;
                let path = deal_in(&portal, state, number).await;
                let other = format!("Other {number}");
                let other = [("customer_name", other.as_str()), ("customer_domain", "")];
                let first = match *action {
                    "duplicate" => portal.submitted_deal("stranger", &other).await,
                    _ => String::new(),
                };
                sent.push(("duplicate_of", first.rsplit('/').next().unwrap()));
                let before = portal.deal(&path);
                let page = portal.at_deal(person, &path, action, &sent).await;
                assert_eq!(page.status(), 303, "{what}: {}", page.words());
                match *comes {
                    "gone" => portal.owner().get(&path).await.is(404),
                    "same" => {
                        assert_eq!(portal.deal(&path).status, before.status, "{what}");
                        continue;
                    }
                    _ => {
                        assert_eq!(portal.deal(&path).status, *comes, "{what}");
                        assert!(portal.deal(&path).revision > before.revision, "{what}");
                        continue;
                    }
                };
            }
        }
    }
    assert_eq!(asked, STATES.len() * TABLE.len() * PEOPLE.len());
}

/// What was decided on an older revision is refused, and a missing one too.
#[actix_web::test]
async fn a_decision_on_what_was_shown_before_is_refused() {
    let portal = Portal::start().await;
    let path = portal.submitted_deal("owner", &[]).await;
    let shown = portal.deal(&path).revision.to_string();
    portal.at_deal("owner", &path, "withdrawal", &[]).await.goes_to(&path);
    let mut cam = portal.visitor("cam");
    cam.post(&format!("{path}/review"), &[("seen", &shown)]).await.is(409);
    cam.post(&format!("{path}/review"), &[]).await.is(409);
    assert_eq!(portal.deal(&path).status, "withdrawn");
}
