//! Every step from every state by everybody, against a table written by hand: what it does not allow
//! is refused and changes nothing.

use diesel::prelude::*;
use portal::db::schema::{leads, mails};

use crate::support::Portal;
use crate::support::leads::{lead, reference_of};

/// What the partner that has the lead gets. `303=` is an answer that changes nothing.
const OF_PARTNER: &str = "
                        opening acceptance decline progress notes loss junk closing edit conversion
distributed new         404     404        404     404      404   404  404  404     404 404
distributed recalled    404     404        404     404      404   404  404  404     404 404
distributed declined    404     404        404     404      404   404  404  404     404 404
distributed assigned    303     409        303     409      409   409  409  403     403 409
distributed opened      303=    303        303     409      303   409  303  403     403 409
distributed accepted    303=    409        409     303      303   303  303  403     403 303
distributed in_progress 303=    409        409     409      303   303  303  403     403 303
distributed converted   303=    409        409     409      409   409  409  403     403 409
distributed lost        303=    409        409     409      409   409  409  403     403 409
distributed junk        303=    409        409     409      409   409  409  403     403 409
distributed closed      303=    409        409     409      409   409  409  403     403 409
distributed expired     303=    409        409     409      409   409  409  403     403 409
generated   accepted    303=    409        409     303      303   303  303  303     303 303
generated   in_progress 303=    409        409     409      303   303  303  303     303 303
generated   converted   303=    409        409     409      409   409  409  409     409 409
generated   lost        303=    409        409     409      409   409  409  409     409 409
generated   junk        303=    409        409     409      409   409  409  409     409 409
generated   closed      303=    409        409     409      409   409  409  409     409 409
generated   expired     303=    409        409     409      409   409  409  409     409 409
";

/// What the vendor's account and program managers get.
const OF_VENDOR: &str = "
                        assignment recall closing edit
distributed new         303        409    303     303
distributed recalled    303        409    303     303
distributed declined    303        409    303     303
distributed assigned    303        303    303     303
distributed opened      303        303    303     409
distributed accepted    409        409    303     409
distributed in_progress 409        409    303     409
distributed converted   409        409    409     409
distributed lost        409        409    409     409
distributed junk        409        409    409     409
distributed closed      409        409    409     409
distributed expired     409        409    409     409
generated   accepted    409        409    403     403
generated   in_progress 409        409    403     403
generated   converted   409        409    403     403
generated   lost        409        409    403     403
generated   junk        409        409    403     403
generated   closed      409        409    403     403
generated   expired     409        409    403     403
";

/// The steps of a partner, and those of the vendor alone.
const WORK: &str = "opening acceptance decline progress notes loss junk closing edit conversion";
const HANDING_OUT: &str = "assignment recall";

/// What everybody else gets, whatever the state.
const OF_OTHERS: [(&str, &str, &str); 20] = [
    ("stranger", WORK, "404"),
    ("stranger", HANDING_OUT, "403"),
    ("cam", "opening acceptance decline progress notes loss junk conversion", "403"),
    ("manager", "opening acceptance decline progress notes loss junk conversion", "403"),
    ("owner", HANDING_OUT, "403"),
    ("colleague", HANDING_OUT, "403"),
    ("back_office", WORK, "403"),
    ("back_office", HANDING_OUT, "403"),
    ("distributor", WORK, "403"),
    ("distributor", HANDING_OUT, "403"),
    ("other_distributor", WORK, "403"),
    ("rival", WORK, "404"),
    ("rival", HANDING_OUT, "404"),
    ("suspended", WORK, "403"),
    ("suspended", HANDING_OUT, "403"),
    ("applicant", WORK, "403"),
    ("applicant", HANDING_OUT, "403"),
    ("guest", WORK, "in"),
    ("guest", HANDING_OUT, "in"),
    ("guest", "expiring", "in"),
];

/// What it is about says in which category its deal is registered.
const ABOUT: [(&str, &str); 1] = [("topic", "category:alarm")];

/// Kind, state, step, answer.
type Cell = (&'static str, &'static str, &'static str, &'static str);

fn cells(table: &'static str) -> Vec<Cell> {
    let mut lines = table.lines().filter(|line| !line.is_empty());
    let steps: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let of_line = |line: &'static str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words.len(), steps.len() + 2, "{line}");
        let cells = steps
            .iter()
            .zip(&words[2..])
            .map(|(step, answer)| (words[0], words[1], *step, *answer));
        cells.collect::<Vec<_>>()
    };
    lines.flat_map(of_line).collect()
}

impl Portal {
    /// A lead of Acme's (or the vendor's, where nobody has it) in a state.
    async fn lead_in(&self, kind: &str, state: &str) -> String {
        if kind == "generated" {
            let path = self.own_lead("owner", &ABOUT).await;
            match state {
                "accepted" => {}
                "in_progress" => drop(self.step("owner", &path, "progress").await.is(303)),
                "converted" => drop(self.step("owner", &path, "conversion").await.is(303)),
                "lost" => drop(self.step("owner", &path, "loss").await.is(303)),
                "junk" => drop(self.step("owner", &path, "junk").await.is(303)),
                "closed" => drop(self.step("owner", &path, "closing").await.is(303)),
                _ => self.force(&path, state),
            }
            return path;
        }
        let path = self.enter_lead(&ABOUT).await;
        let steps: &[(&str, &str)] = match state {
            "new" => return path,
            "assigned" => &[],
            "recalled" => &[("cam", "recall")],
            "declined" => &[("owner", "decline")],
            "closed" => &[("cam", "closing")],
            "opened" => &[("owner", "opening")],
            "accepted" => &[("owner", "opening"), ("owner", "acceptance")],
            "in_progress" => {
                &[("owner", "opening"), ("owner", "acceptance"), ("owner", "progress")]
            }
            "converted" => {
                &[("owner", "opening"), ("owner", "acceptance"), ("owner", "conversion")]
            }
            "lost" => &[("owner", "opening"), ("owner", "acceptance"), ("owner", "loss")],
            "junk" => &[("owner", "opening"), ("owner", "junk")],
            _ => &[("owner", "opening"), ("owner", "acceptance")],
        };
        self.assign_lead(&path, "Acme").await;
        for (who, step) in steps {
            self.step(who, &path, step).await.is(303);
        }
        if state == "expired" {
            self.force(&path, state);
        }
        path
    }

    /// What no step leads to from here.
    fn force(&self, path: &str, state: &str) {
        let (reference, state) = (reference_of(path).to_owned(), state.to_owned());
        self.write(move |conn| {
            diesel::update(leads::table.filter(leads::reference.eq(&reference)))
                .set((leads::status.eq(&state), leads::expires_on.eq(None::<chrono::NaiveDate>)))
                .execute(conn)?;
            Ok(())
        });
    }

    /// All that could change by a step: the lead, its history, and the mails.
    fn stands(&self, path: &str) -> (String, i64, Option<String>, usize, i64) {
        let (status, partner, _) = self.lead(path);
        let chosen = self.as_chosen(path);
        let revision = chosen.rsplit(':').next().unwrap().parse().unwrap();
        let mails = self.read(|conn| Ok(mails::table.count().get_result(conn)?));
        (status, revision, partner, self.history_of_lead(path).len(), mails)
    }

    async fn try_step(&self, key: &str, path: &str, step: &str) -> (u16, String) {
        let chosen = self.as_chosen(path);
        let seen = chosen.rsplit(':').next().unwrap();
        let mut visitor = if key == "guest" { self.guest() } else { self.visitor(key) };
        let page = match step {
            "assignment" => {
                let globex = self.enrolment("Globex");
                let sent = [("lead", chosen.as_str()), ("partner", &globex)];
                visitor.post("/p/shield/leads/assignment", &sent).await
            }
            "expiring" => {
                let sent = [("lead", chosen.as_str()), ("action", "close"), ("text", "Old")];
                visitor.post("/p/shield/leads/expiring", &sent).await
            }
            "edit" => {
                let fields = lead(&[("seen", seen), ("phone", "+81 3 1111 2222")]);
                visitor.post(&format!("{path}/edit"), &fields).await
            }
            _ => {
                let sent = [("seen", seen), ("text", "Because of the weather")];
                visitor.post(&format!("{path}/{step}"), &sent).await
            }
        };
        (page.status(), page.header("location").to_owned())
    }
}

#[actix_web::test]
async fn each_step_is_taken_where_the_table_allows_it_and_nowhere_else() {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (people, table) in [(["owner", "colleague"], OF_PARTNER), (["cam", "manager"], OF_VENDOR)] {
        for key in people {
            let portal = Portal::start().await;
            let cells = cells(table);
            for of_state in cells.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
                let mut path = portal.lead_in(of_state[0].0, of_state[0].1).await;
                for (kind, state, step, answer) in of_state {
                    assert_eq!(portal.lead(&path).0, *state, "{kind} before {step}");
                    let before = portal.stands(&path);
                    let (status, _) = portal.try_step(key, &path, step).await;
                    let changed = portal.stands(&path) != before;
                    asked += 1;
                    if status.to_string() != answer[..3] || changed != (*answer == "303") {
                        wrong.push(format!(
                            "{key} {step} of a {kind} lead that is {state}: {status}, changed: \
                             {changed}, instead of {answer}"
                        ));
                    }
                    if changed {
                        path = portal.lead_in(kind, state).await;
                    }
                }
            }
        }
    }
    assert!(asked > 400, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn nobody_else_takes_any_step_in_any_state() {
    let portal = Portal::start().await;
    let mut wrong = Vec::new();
    let states = cells(OF_VENDOR);
    for of_state in states.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        let (kind, state) = (of_state[0].0, of_state[0].1);
        let path = portal.lead_in(kind, state).await;
        let before = portal.stands(&path);
        for (key, steps, answer) in OF_OTHERS {
            for step in steps.split(' ') {
                let (status, location) = portal.try_step(key, &path, step).await;
                let to_sign_in = location.starts_with("/sign-in");
                let got = if to_sign_in { "in".to_owned() } else { status.to_string() };
                if got != answer {
                    wrong.push(format!("{key} {step} of a {kind} lead that is {state}: {got}"));
                }
            }
        }
        assert_eq!(portal.stands(&path), before, "{kind} {state}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_step_on_what_was_changed_meanwhile_is_refused() {
    let portal = Portal::start().await;
    let path = portal.lead_in("distributed", "opened").await;
    let seen = portal.as_chosen(&path);
    let seen = seen.rsplit(':').next().unwrap();
    portal.step("colleague", &path, "acceptance").await.is(303);
    let sent = [("seen", seen), ("text", "Not for us")];
    for step in ["acceptance", "decline", "junk", "loss"] {
        portal.owner().post(&format!("{path}/{step}"), &sent).await.is(409);
    }
    portal.visitor("cam").post(&format!("{path}/closing"), &sent).await.is(409).says("meanwhile");
    assert_eq!(portal.lead(&path).0, "accepted");
}

#[actix_web::test]
async fn what_is_wrong_with_a_form_is_told_and_changes_nothing() {
    let portal = Portal::start().await;
    let opened = portal.lead_in("distributed", "opened").await;
    let accepted = portal.lead_in("distributed", "accepted").await;
    let own = portal.lead_in("generated", "accepted").await;
    let before = [&opened, &accepted, &own].map(|path| portal.stands(path));
    let long = "x".repeat(1_001);
    for text in ["", "  \n ", "a\u{0}b", &long] {
        for (path, step) in
            [(&opened, "decline"), (&opened, "junk"), (&accepted, "loss"), (&own, "closing")]
        {
            let chosen = portal.as_chosen(path);
            let seen = chosen.rsplit(':').next().unwrap();
            let sent = [("seen", seen), ("text", text)];
            let page = portal.owner().post(&format!("{path}/{step}"), &sent).await.is(422);
            assert_eq!(page.attributes(".error-summary a", "href"), ["#text"], "{step} {text:?}");
        }
    }
    let notes = format!("{accepted}/notes");
    let far = "x".repeat(161);
    for (fields, fault) in [
        (&[("text", "")][..], "#text"),
        (&[("text", "a\u{7}b")], "#text"),
        (&[("text", &long)], "#text"),
        (&[("text", "Called"), ("kind", "dream")], "#kind"),
        (&[("text", "Called"), ("next_on", "soon"), ("next_step", "Visit")], "#next_on"),
        (&[("text", "Called"), ("next_on", "2020-01-01"), ("next_step", "Visit")], "#next_on"),
        (&[("text", "Called"), ("next_on", "2999-01-01"), ("next_step", "Visit")], "#next_on"),
        (&[("text", "Called"), ("next_on", "2026-04-01")], "#next_step"),
        (&[("text", "Called"), ("next_step", &far)], "#next_step"),
    ] {
        let page = portal.owner().post(&notes, fields).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), [fault], "{fields:?}");
    }
    let chosen = portal.as_chosen(&own);
    for (fields, fault) in [
        (&[("action", "close"), ("text", "Old")][..], "#lead"),
        (&[("lead", &chosen), ("text", "Old")], "#action"),
        (&[("lead", &chosen), ("action", "dance")], "#action"),
        (&[("lead", &chosen), ("action", "close")], "#text"),
        (&[("lead", &chosen), ("action", "close"), ("text", &long)], "#text"),
        (&[("lead", "nonsense"), ("action", "progress")], "#lead"),
    ] {
        let page = portal.owner().post("/p/shield/leads/expiring", fields).await.is(422);
        assert_eq!(page.attributes(".error-summary a", "href"), [fault], "{fields:?}");
    }
    assert_eq!([&opened, &accepted, &own].map(|path| portal.stands(path)), before);
}

/// What leads to a step changes nothing by being opened.
#[actix_web::test]
async fn a_link_changes_nothing() {
    let portal = Portal::start().await;
    for (kind, state) in
        [("distributed", "opened"), ("distributed", "accepted"), ("generated", "accepted")]
    {
        let path = portal.lead_in(kind, state).await;
        let before = portal.stands(&path);
        for key in ["owner", "colleague", "cam", "manager", "back_office", "stranger"] {
            let mut visitor = portal.visitor(key);
            for inner in [
                "",
                "/decline",
                "/loss",
                "/conversion",
                "/junk",
                "/closing",
                "/recall",
                "/edit",
                "/acceptance",
                "/progress",
                "/opening",
            ] {
                visitor.get(&format!("{path}{inner}")).await;
            }
            visitor.get("/p/shield/leads/expiring?action=close").await;
        }
        assert_eq!(portal.stands(&path), before, "{kind} {state}");
    }
}

#[actix_web::test]
async fn while_leads_are_stopped_nothing_is_handed_out_answered_or_ended() {
    let portal = Portal::start().await;
    let assigned = portal.lead_in("distributed", "assigned").await;
    let opened = portal.lead_in("distributed", "opened").await;
    let own = portal.lead_in("generated", "accepted").await;
    let new = portal.lead_in("distributed", "new").await;
    let now = portal.app.clock.now();
    let hour = chrono::Duration::hours(1);
    portal.stop_leads(&[(now - hour, now + hour)]);
    let before = [&assigned, &opened, &own, &new].map(|path| portal.stands(path));
    for (key, path, step) in [
        ("owner", &assigned, "opening"),
        ("owner", &assigned, "decline"),
        ("owner", &opened, "acceptance"),
        ("owner", &opened, "junk"),
        ("owner", &own, "progress"),
        ("owner", &own, "loss"),
        ("owner", &own, "closing"),
        ("owner", &own, "expiring"),
        ("cam", &assigned, "recall"),
        ("cam", &new, "assignment"),
        ("cam", &new, "closing"),
    ] {
        assert_eq!(portal.try_step(key, path, step).await.0, 503, "{key} {step}");
    }
    assert_eq!([&assigned, &opened, &own, &new].map(|path| portal.stands(path)), before);
    let file = b"external_id,company,contact_name,email,phone,country,interest,partner\n\
        X-1,Hooli,Gavin,gavin@hooli.example,,JP,Alarms,Acme\n";
    let sent = ("file", "leads.csv", file.as_slice());
    let action = [("action", "import")];
    portal.visitor("cam").upload("/p/shield/leads/import", sent, &action).await.is(503);
    let page = portal.owner().get(&own).await.is(200).shows(".flash.warn", "Leads are stopped");
    assert!(page.attributes("form[action$='/progress']", "action").is_empty());
    // What is written down is written down.
    portal.step("owner", &own, "notes").await.goes_to(&own);
    portal.own_lead("owner", &[]).await;
    portal.enter_lead(&[]).await;
}
