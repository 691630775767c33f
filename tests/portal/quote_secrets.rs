//! The wall round quotes: a word or number of its own in every hidden field, looked for in every page,
//! file and mail of everybody else, in every state; and other hidden values leave their bytes alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use diesel::prelude::*;
use portal::db::schema::{contacts, mail_bodies, mails, organisations};

use crate::support::quotes::{ACME, Asked};
use crate::support::{Portal, Visitor};

/// What only the quoter knows before the quote is sent, and the vendor never: 13.37 % of 23,625 is
/// 3,159, which leaves 20,466; 31.41 % of 91,200 is 28,646, which leaves 62,554; together 83,020.
const OWN_LEVEL: [&str; 15] = [
    "13.37",
    "31.41",
    "3,159",
    "3159",
    "28,646",
    "28646",
    "20,466",
    "20466",
    "62,554",
    "62554",
    "83,020",
    "83020",
    "39,980",
    "Distributor discount",
    "Notecanary",
];
const PRIVATE: [&str; 1] = ["Privatecanary"];
/// What the rules take off: nobody's but the quoter's, too, before it is sent.
const RULES: [&str; 5] = ["12.5", "23,625", "91,200", "114,825", "Program discount"];
/// Of the next revision: 47.11 % of 23,625 is 11,130, which leaves 12,495.
const NEXT: [&str; 4] = ["47.11", "11,130", "12,495", "Laternote"];
/// What a reseller says when it declines is between the two.
const DECLINED: [&str; 1] = ["Declinecanary"];

const EDIT: [(&str, &str); 4] = [
    ("percent", "13.37"),
    ("percent", "31.41"),
    ("note", "Notecanary for you"),
    ("private_note", "Privatecanary for us"),
];

async fn draft(portal: &Portal) -> String {
    let path = portal.begin_quote(&ACME, "distributor").await;
    portal.visitor("distributor").edit_draft(&path, &EDIT).await.is(303);
    path
}

/// Everything that a person can reach, and what they get where no link leads.
async fn read(portal: &Portal, key: &str, quote: &str) -> BTreeMap<String, String> {
    let mut visitor = portal.visitor(key);
    let begin = [
        "",
        "/quotes",
        "/quotes.csv",
        "/quotes?whose=own",
        "/quotes?q=hooli",
        "/orders",
        "/orders.csv",
        "/special-prices",
        "/special-prices.csv",
        "/history",
        "/history.csv",
        "/mail",
        "/mail.csv",
        "/customers.csv",
    ];
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut waiting: VecDeque<String> = VecDeque::new();
    let unlinked = ["", "/preview", "/edit", "/acceptance", "/special-prices"];
    let starts = begin.iter().map(|inner| format!("/p/shield{inner}"));
    for path in starts.chain(unlinked.iter().map(|inner| format!("{quote}{inner}"))) {
        known.insert(path.clone());
        waiting.push_back(path);
    }
    let mut found = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        assert!(found.len() < 300, "no end: {path}");
        let text = open(&mut visitor, &path, &mut known, &mut waiting).await;
        found.insert(path, text);
    }
    for (inner, sent) in [
        ("edit", vec![("percent", "1")]),
        ("sending", vec![("seen", "2")]),
        ("special-prices", vec![("special_percent", "1")]),
        ("decline", vec![]),
        ("acceptance", vec![("number", "9")]),
    ] {
        let path = format!("{quote}/{inner}");
        if key != "distributor" {
            let page = visitor.post(&path, &sent).await;
            assert!(matches!(page.status(), 403 | 404 | 409 | 422), "{key} at {path}");
            found.insert(format!("POST {path}"), page.text);
        }
    }
    found
}

async fn open(
    visitor: &mut Visitor,
    path: &str,
    known: &mut BTreeSet<String>,
    waiting: &mut VecDeque<String>,
) -> String {
    let page = visitor.get(path).await;
    let stays = |link: &String| {
        ["/quotes", "/orders", "/special-prices", "/mail", "/history", "/customers"]
            .iter()
            .any(|folder| link.starts_with(&format!("/p/shield{folder}")))
    };
    let links = if page.is_html() { page.attributes("a[href]", "href") } else { Vec::new() };
    for link in links.into_iter().filter(stays) {
        let link = link.split('#').next().unwrap().to_owned();
        if known.insert(link.clone()) {
            waiting.push_back(link);
        }
    }
    format!("{} {}\n{}", page.status(), page.header("etag"), page.text)
}

#[track_caller]
fn quiet(who: &str, found: &BTreeMap<String, String>, canaries: &[&[&str]]) {
    for (path, text) in found {
        for canary in canaries.iter().flat_map(|some| some.iter()) {
            assert!(!text.contains(canary), "{who} reads {canary} at {path}");
        }
    }
}

/// The mails to people of an organisation, whole.
fn mails_at(portal: &Portal, organisation: &str) -> BTreeMap<String, String> {
    let rows: Vec<(String, String, String, String, String)> = portal.read(|conn| {
        Ok(mails::table
            .inner_join(mail_bodies::table)
            .inner_join(contacts::table.on(mails::contact_id.eq(contacts::id.nullable())))
            .inner_join(organisations::table.on(contacts::organisation_id.eq(organisations::id)))
            .filter(organisations::name.eq(organisation))
            .select((
                mails::reference,
                mails::subject,
                mails::reason,
                mail_bodies::text_body,
                mail_bodies::html_body,
            ))
            .load(conn)?)
    });
    rows.into_iter()
        .map(|(reference, subject, reason, text, html)| {
            (reference, [subject, reason, text, html].join("\n"))
        })
        .collect()
}

const VENDOR: [&str; 3] = ["manager", "cam", "back_office"];
const OTHERS: [&str; 2] = ["stranger", "other_distributor"];

/// What holds in every state: of the vendor's people and of other partners and distributors.
async fn walls_stand(portal: &Portal, path: &str, extra: &[&str]) {
    for key in VENDOR {
        let found = read(portal, key, path).await;
        quiet(key, &found, &[&OWN_LEVEL, &PRIVATE, &NEXT, &DECLINED, extra]);
    }
    for key in OTHERS {
        let found = read(portal, key, path).await;
        quiet(key, &found, &[&OWN_LEVEL, &PRIVATE, &NEXT, &DECLINED, &RULES, &["Hooli"]]);
    }
    for organisation in ["Shield Security", "Globex", "Southern Supply", "Nordic Supply"] {
        let found = mails_at(portal, organisation);
        quiet(organisation, &found, &[&OWN_LEVEL, &PRIVATE, &NEXT, &DECLINED, &RULES]);
    }
    quiet("Acme's mail", &mails_at(portal, "Acme"), &[&PRIVATE, &NEXT]);
}

#[actix_web::test]
async fn before_it_is_sent_no_byte_tells_of_a_quote() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let before = owner.get("/p/shield/quotes").await.text;
    let path = draft(&portal).await;
    let special = portal.visitor("distributor").ask_special(&path, "5", "").await;
    portal.manager().post(&format!("{special}/approval"), &[("percent", "5")]).await.is(303);
    assert_eq!(owner.get("/p/shield/quotes").await.text, before);
    for key in ["owner", "colleague"] {
        let found = read(&portal, key, &path).await;
        assert!(found[&path].starts_with("404"), "{key} finds the draft");
        let special = crate::support::leads::reference_of(&special);
        quiet(key, &found, &[&OWN_LEVEL, &PRIVATE, &RULES, &[special, "Hooli"]]);
    }
    assert!(mails_at(&portal, "Acme").is_empty());
    walls_stand(&portal, &path, &[]).await;
}

#[actix_web::test]
async fn of_what_is_sent_each_reads_what_is_theirs() {
    let portal = Portal::start().await;
    let path = draft(&portal).await;
    let (mut distributor, mut owner) = (portal.visitor("distributor"), portal.owner());
    distributor.send_quote(&path).await.is(303);
    let page = owner.get(&path).await.is(200);
    for shown in ["13.37", "31.41", "20,466", "83,020", "Notecanary", "12.5", "Program discount"] {
        assert!(page.text.contains(shown), "the reseller lacks {shown}");
    }
    assert!(mails_at(&portal, "Acme").values().any(|mail| mail.contains("83,020")));
    quiet("owner", &read(&portal, "owner", &path).await, &[&PRIVATE]);
    walls_stand(&portal, &path, &[]).await;
    let page = portal.manager().get(&path).await.is(200);
    page.shows("tbody", "12.5 %").shows("tfoot td", "JPY 23,625");

    // A revision that is being made is nobody's yet.
    distributor.post(&format!("{path}/revision"), &[]).await.is(303);
    let next = [("percent", "47.11"), ("percent", "31.41"), ("note", "Laternote")];
    distributor.edit_draft(&path, &next).await.is(303);
    quiet("owner", &read(&portal, "owner", &path).await, &[&PRIVATE, &NEXT]);
    walls_stand(&portal, &path, &[]).await;

    distributor.send_quote(&path).await.is(303);
    let page = owner.get(&path).await.is(200);
    page.shows(".facts li", "Distributor discount (Nordic Supply): 13.37 % → 47.11 %");
    for key in VENDOR {
        quiet(key, &read(&portal, key, &path).await, &[&OWN_LEVEL, &PRIVATE, &NEXT]);
    }
}

#[actix_web::test]
async fn an_order_keeps_the_wall() {
    let portal = Portal::start().await;
    let path = draft(&portal).await;
    portal.visitor("distributor").send_quote(&path).await.is(303);
    let order = portal.owner().accept_quote(&path).await;
    walls_stand(&portal, &path, &[]).await;
    let page = portal.manager().get(&order).await.is(200);
    assert_eq!(page.all("tfoot td"), ["JPY 123,000"]);
    quiet("owner", &read(&portal, "owner", &path).await, &[&PRIVATE]);
    let page = portal.owner().get(&order).await.is(200);
    page.shows("tfoot td", "JPY 83,020");
}

#[actix_web::test]
async fn a_refusal_keeps_the_wall() {
    let portal = Portal::start().await;
    let path = draft(&portal).await;
    portal.visitor("distributor").send_quote(&path).await.is(303);
    let mut owner = portal.owner();
    let [(_, number), (_, revision)] = owner.shown(&path).await;
    let sent = [
        ("number", number.as_str()),
        ("revision", revision.as_str()),
        ("why", "Declinecanary: 83,020 is too much"),
    ];
    owner.post(&format!("{path}/decline"), &sent).await.is(303);
    walls_stand(&portal, &path, &[]).await;
    portal.visitor("distributor").get(&path).await.shows(".facts", "Declinecanary");
}

/// Gives every hidden field another value, straight in the tables.
fn change_hidden_values(portal: &Portal) {
    portal.write(|conn| {
        for statement in [
            "UPDATE quote_lines SET quoter_basis_points = 9000, net_minor = 17",
            "UPDATE quote_levels SET basis_points = 9000, amount_minor = 18 \
             WHERE level = 'distributor'",
            "UPDATE quote_revisions SET net_minor = 19, note = 'Elsewise', private_note = 'Other'",
            "UPDATE quotes SET net_minor = 20 WHERE net_minor IS NOT NULL",
            "UPDATE quotes SET why = 'Else' WHERE why <> ''",
            "UPDATE order_lines SET net_minor = 21",
        ] {
            diesel::sql_query(statement).execute(conn)?;
        }
        Ok(())
    });
}

#[actix_web::test]
async fn other_hidden_values_leave_the_bytes_of_others_alone() {
    let portal = Portal::start().await;
    let path = draft(&portal).await;
    let other = portal.begin_quote(&Asked { customer: "Raviga", ..ACME }, "distributor").await;
    let readers = ["owner", "manager", "cam", "back_office", "stranger", "other_distributor"];
    let mut before = BTreeMap::new();
    for key in readers {
        before.insert(key, read(&portal, key, &path).await);
    }
    change_hidden_values(&portal);
    for key in readers {
        assert!(
            read(&portal, key, &path).await == before[key],
            "{key} gets other bytes of a draft"
        );
    }
    // Sent, ordered and declined: the reseller may know by now, the others still may not.
    let portal = Portal::start().await;
    let accepted = draft(&portal).await;
    let declined = draft(&portal).await;
    let sent = draft(&portal).await;
    let (mut distributor, mut owner) = (portal.visitor("distributor"), portal.owner());
    for path in [&accepted, &declined, &sent] {
        distributor.send_quote(path).await.is(303);
    }
    owner.accept_quote(&accepted).await;
    let [(_, number), (_, revision)] = owner.shown(&declined).await;
    let answer = [("number", number.as_str()), ("revision", revision.as_str()), ("why", "Because")];
    owner.post(&format!("{declined}/decline"), &answer).await.is(303);
    let mut before = BTreeMap::new();
    for key in VENDOR.iter().chain(&OTHERS) {
        before.insert(*key, read(&portal, key, &sent).await);
    }
    change_hidden_values(&portal);
    for key in VENDOR.iter().chain(&OTHERS) {
        let now = read(&portal, key, &sent).await;
        for (address, bytes) in &before[key] {
            assert!(now.get(address) == Some(bytes), "{key} gets other bytes at {address}");
        }
    }
    assert_ne!(path, other);
}
