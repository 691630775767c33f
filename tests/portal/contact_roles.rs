//! The matrix of contact roles: who is told of what, saved by several people at once.

use std::sync::{Arc, Mutex};

use crate::support::{Page, Portal, Visitor};

const ROLES: &str = "/p/shield/roles";

/// The fields of the matrix as a browser would send them, with some ticks changed.
struct Matrix {
    seen: String,
    was: Vec<String>,
    ticks: Vec<String>,
}

impl Matrix {
    fn of(page: &Page) -> Self {
        Self {
            seen: page.attributes(".matrix-wrap input[name=seen]", "value").remove(0),
            was: page.attributes(".matrix-wrap input[name=was]", "value"),
            ticks: page.attributes(".matrix-wrap input[name=tick][checked]", "value"),
        }
    }

    fn tick(mut self, contact: &str, role: &str) -> Self {
        self.ticks.push(format!("{contact}:{role}"));
        self
    }

    fn untick(mut self, contact: &str, role: &str) -> Self {
        let gone = format!("{contact}:{role}");
        let before = self.ticks.len();
        self.ticks.retain(|tick| *tick != gone);
        assert_eq!(self.ticks.len() + 1, before, "{gone} was not ticked");
        self
    }

    async fn save(&self, visitor: &mut Visitor) -> Page {
        let mut fields = vec![("seen", self.seen.as_str())];
        fields.extend(self.was.iter().map(|was| ("was", was.as_str())));
        fields.extend(self.ticks.iter().map(|tick| ("tick", tick.as_str())));
        visitor.post(ROLES, &fields).await
    }
}

async fn matrix(visitor: &mut Visitor) -> Matrix {
    Matrix::of(&visitor.get(ROLES).await.is(200))
}

#[actix_web::test]
async fn an_administrator_gives_and_takes_roles() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    matrix(&mut owner)
        .await
        .tick(&colleague, "renewals")
        .tick(&reader, "marketing")
        .save(&mut owner)
        .await
        .goes_to(ROLES);
    let page = owner
        .get(ROLES)
        .await
        .is(200)
        .shows(".flash", "Saved: 2 roles given.")
        .shows(".coverage li", "Colin Colleague");
    assert_eq!(
        page.attributes("input[name=tick][checked]", "value"),
        [format!("{colleague}:renewals"), format!("{reader}:marketing")]
    );
    matrix(&mut owner).await.untick(&reader, "marketing").save(&mut owner).await.goes_to(ROLES);
    owner.get(ROLES).await.shows(".flash", "1 role taken away");
}

#[actix_web::test]
async fn whom_nobody_is_there_for_follows_every_change_of_roles_and_people() {
    let portal = Portal::start().await;
    let lacking = |portal: &Portal| portal.gaps_hold().contains(&"acme".to_owned());
    let (mut owner, mut manager) = (portal.owner(), portal.manager());
    assert!(lacking(&portal));
    let colleague = portal.contact("colleague");
    matrix(&mut owner).await.tick(&colleague, "leads").save(&mut owner).await.goes_to(ROLES);
    assert!(lacking(&portal), "another role is not that one");
    matrix(&mut owner).await.tick(&colleague, "renewals").save(&mut owner).await.goes_to(ROLES);
    assert!(!lacking(&portal));
    manager.get("/p/shield").await.shows(".todo", "for renewals").hides("Acme");

    let path = format!("/p/shield/contacts/{colleague}");
    owner.post(&format!("{path}/deactivation"), &[("why", "Left Acme")]).await.goes_to(&path);
    assert!(lacking(&portal));
    manager.get("/p/shield").await.shows(".todo", "Acme");
    owner.post(&format!("{path}/reactivation"), &[]).await.goes_to(&path);
    assert!(!lacking(&portal), "the roles are held as before");

    matrix(&mut owner).await.untick(&colleague, "renewals").save(&mut owner).await.goes_to(ROLES);
    assert!(lacking(&portal));
}

/// A second administrator of Acme, signed in.
async fn ann(portal: &Portal) -> Visitor {
    let fields = [
        ("name", "Ann Other"),
        ("email", "ann@acme.example"),
        ("locale", "en-GB"),
        ("access", "administrator"),
    ];
    let path = portal.owner().post("/p/shield/contacts/new", &fields).await.created();
    portal.visitor_of(path.rsplit('/').next().unwrap())
}

/// Which cells are ticked, as the page shows them.
async fn ticked(visitor: &mut Visitor) -> Vec<String> {
    let mut ticks = matrix(visitor).await.ticks;
    ticks.sort();
    ticks
}

#[actix_web::test]
async fn what_two_administrators_change_at_once_is_merged() {
    let portal = Portal::start().await;
    let (mut owner, mut ann) = (portal.owner(), ann(&portal).await);
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    let mine = matrix(&mut owner).await.tick(&colleague, "renewals").tick(&reader, "leads");
    let theirs = matrix(&mut ann).await.tick(&colleague, "leads").tick(&reader, "leads");
    theirs.save(&mut ann).await.goes_to(ROLES);
    mine.save(&mut owner).await.goes_to(ROLES);
    let mut expected =
        [format!("{colleague}:leads"), format!("{colleague}:renewals"), format!("{reader}:leads")];
    expected.sort();
    assert_eq!(ticked(&mut owner).await, expected);
    owner
        .get(&format!("/p/shield/contacts/{reader}"))
        .await
        .shows(".recipients", "Given by Ann Other on 2 March 2026.")
        .shows(".timeline", "Gave a role");
}

#[actix_web::test]
async fn a_true_conflict_is_shown_and_nothing_is_lost() {
    let portal = Portal::start().await;
    let (mut owner, mut ann) = (portal.owner(), ann(&portal).await);
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    let mine = matrix(&mut owner).await.tick(&colleague, "renewals").tick(&reader, "leads");
    matrix(&mut ann).await.tick(&colleague, "renewals").save(&mut ann).await.is(303);
    matrix(&mut ann).await.untick(&colleague, "renewals").save(&mut ann).await.is(303);

    let page = mine.save(&mut owner).await.is(409);
    let page = page
        .shows("h2", "Somebody else was faster")
        .shows("[role=alert] p", "Saved: 1 role given.")
        .shows("[role=alert] th", "Colin Colleague")
        .shows("[role=alert] td", "Renewals")
        .shows("[role=alert] td", "Ticked")
        .shows("[role=alert] td", "Not ticked by Ann Other, 2 Mar 2026, 10:00");
    assert_eq!(ticked(&mut owner).await, [format!("{reader}:leads")], "the rest is saved");

    // "Save what I chose" sends the wish again, on what is saved by now.
    let again = Matrix {
        seen: page.attributes("[role=alert] input[name=seen]", "value").remove(0),
        was: page.attributes("[role=alert] input[name=was]", "value"),
        ticks: page.attributes("[role=alert] input[name=tick]", "value"),
    };
    again.save(&mut owner).await.goes_to(ROLES);
    let mut expected = [format!("{colleague}:renewals"), format!("{reader}:leads")];
    expected.sort();
    assert_eq!(ticked(&mut ann).await, expected);
}

#[actix_web::test]
async fn a_contact_deactivated_meanwhile_is_a_conflict() {
    let portal = Portal::start().await;
    let (mut owner, mut ann) = (portal.owner(), ann(&portal).await);
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    let mine = matrix(&mut owner).await.tick(&colleague, "renewals").tick(&reader, "renewals");
    let path = format!("/p/shield/contacts/{colleague}/deactivation");
    ann.post(&path, &[("why", "Left")]).await.is(303);
    let page = mine.save(&mut owner).await.is(409);
    let page = page
        .shows("[role=alert] th", "Colin Colleague")
        .shows("[role=alert] td", "Contact deactivated by Ann Other (Acme), 2 Mar 2026, 10:00");
    assert!(page.all("[role=alert] button").is_empty(), "there is nothing to insist on");
    assert_eq!(ticked(&mut owner).await, [format!("{reader}:renewals")]);
}

#[actix_web::test]
async fn fifty_rounds_of_two_saves_at_once_lose_nothing() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let ann = ann(&portal).await;
    let (mut owner, mut other) = (beside.owner(), ann);
    let (colleague, reader) = (portal.contact("colleague"), portal.contact("reader"));
    let roles = ["renewals", "leads", "deal_registration", "program_updates", "marketing"];
    let mut expected = Vec::new();
    for round in 0..50 {
        let role = roles[round % roles.len()];
        let (mine, theirs) = (matrix(&mut owner).await, matrix(&mut other).await);
        let (mine, theirs) = if (round / roles.len()).is_multiple_of(2) {
            expected.push(format!("{colleague}:{role}"));
            expected.push(format!("{reader}:{role}"));
            (mine.tick(&colleague, role), theirs.tick(&reader, role))
        } else {
            expected.retain(|tick| !tick.ends_with(&format!(":{role}")));
            (mine.untick(&colleague, role), theirs.untick(&reader, role))
        };
        let (one, two) =
            futures_util::future::join(mine.save(&mut owner), theirs.save(&mut other)).await;
        assert_eq!((one.status(), two.status()), (303, 303), "round {round}");
        expected.sort();
        assert_eq!(ticked(&mut owner).await, expected, "round {round}");
    }
}

#[actix_web::test]
async fn an_opposite_save_at_the_same_time_is_told_and_not_overwritten() {
    let portal = Portal::start().await;
    let beside = portal.beside().await;
    let mut ann = ann(&portal).await;
    let mut owner = beside.owner();
    let reader = portal.contact("reader");
    for round in 0..10 {
        // Ann ticks and thinks better of it, while Olive's page still shows what was before.
        let stale = matrix(&mut owner).await.tick(&reader, "leads");
        matrix(&mut ann).await.tick(&reader, "leads").save(&mut ann).await.is(303);
        let back = matrix(&mut ann).await.untick(&reader, "leads");
        let (mine, theirs) =
            futures_util::future::join(stale.save(&mut owner), back.save(&mut ann)).await;
        assert_eq!(theirs.status(), 303, "round {round}");
        // Olive was first and wanted what was there, or came late and is asked.
        assert!(matches!(mine.status(), 303 | 409), "round {round}: {}", mine.status());
        assert!(ticked(&mut owner).await.is_empty(), "round {round}: Ann's last word stands");
    }
}

#[actix_web::test]
async fn members_see_the_matrix_and_others_do_not_reach_it() {
    let portal = Portal::start().await;
    let reader = portal.contact("reader");
    let page = portal.colleague().get(ROLES).await.is(200).hides("Save roles");
    assert!(page.attributes("input[name=was]", "value").is_empty());
    assert_eq!(page.attributes(".matrix input:not([disabled])", "name"), [""; 0]);
    let was = format!("{reader}:");
    let tick = format!("{reader}:leads");
    let fields = [("seen", "0"), ("was", was.as_str()), ("tick", tick.as_str())];
    portal.colleague().post(ROLES, &fields).await.is(403);
    for key in ["stranger", "distributor"] {
        portal.visitor(key).post(ROLES, &fields).await.is(404);
    }
    for key in ["manager", "cam", "back_office"] {
        portal.visitor(key).get(ROLES).await.is(403);
        portal.visitor(key).post(ROLES, &fields).await.is(403);
    }
    portal.visitor("rival").get(ROLES).await.is(404);
    assert!(ticked(&mut portal.owner()).await.is_empty());
}

#[actix_web::test]
async fn nonsense_is_refused_whole() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let reader = portal.contact("reader");
    let (was, good) = (format!("{reader}:"), format!("{reader}:leads"));
    for bad in ["nonsense", &format!("{reader}:pricing_inquiries"), &format!("{reader}:king")] {
        let fields = [("seen", "0"), ("was", was.as_str()), ("tick", good.as_str()), ("tick", bad)];
        owner.post(ROLES, &fields).await.is(400);
    }
    assert!(ticked(&mut owner).await.is_empty());
}

#[actix_web::test]
async fn the_matrix_is_searched_and_filtered_and_a_save_comes_back_to_it() {
    let portal = Portal::start().await;
    let mut owner = portal.owner();
    let reader = portal.contact("reader");
    let names = ".matrix .person a";
    let filtered = "/p/shield/roles?q=READER%40acme";
    let page = owner.get(filtered).await.is(200);
    assert_eq!(page.all(names), ["Rita Reader"]);
    let action = page.attributes(".matrix-wrap", "action").remove(0);
    let form = Matrix::of(&page).tick(&reader, "leads");
    let (was, tick) = (form.was[0].as_str(), form.ticks[0].as_str());
    let fields = [("seen", form.seen.as_str()), ("was", was), ("tick", tick)];
    owner.post(&action, &fields).await.goes_to(&action);
    assert_eq!(owner.get("/p/shield/roles?role=leads").await.all(names), ["Rita Reader"]);
    let without = owner.get("/p/shield/roles?role=none").await.all(names);
    assert_eq!(without, ["Colin Colleague", "Olive Owner"]);
    // Coverage is the whole organisation's, whatever the page shows.
    let page = owner.get("/p/shield/roles?role=none").await;
    page.shows(".coverage li", "Rita Reader");
}

#[actix_web::test]
async fn a_distributor_has_the_role_of_pricing_inquiries() {
    let portal = Portal::start().await;
    let mut distributor = portal.visitor("distributor");
    distributor.get(ROLES).await.is(200).shows(".matrix th", "Pricing inquiries");
    distributor.get("/p/shield/roles/recipients?role=pricing_inquiries").await.is(200);
    portal.owner().get("/p/shield/roles/recipients?role=pricing_inquiries").await.is(404);
}

#[actix_web::test]
async fn the_lists_and_the_matrix_take_four_queries() {
    let statements = Arc::new(Mutex::new(Vec::<String>::new()));
    let seen = Arc::clone(&statements);
    let portal =
        Portal::observed(Arc::new(move |query| seen.lock().unwrap().push(query.to_owned()))).await;
    let mut visitors = [("owner", portal.owner()), ("manager", portal.manager())];
    let contact = format!("/p/shield/contacts/{}", portal.contact("reader"));
    for (key, visitor) in &mut visitors {
        for path in [ROLES, "/p/shield/contacts", &contact, "/p/shield/roles/recipients"] {
            if *key == "manager" && path.starts_with(ROLES) {
                continue;
            }
            visitor.get(path).await.is(200);
            statements.lock().unwrap().clear();
            visitor.get(path).await.is(200);
            let run = statements.lock().unwrap().clone();
            let beside = run
                .iter()
                .filter(|query| query.starts_with("SELECT") && !query.contains("sessions"))
                .count();
            assert!(beside <= 4, "{key} {path}: {beside} queries: {run:#?}");
            assert!(beside > 0, "the observer hears nothing");
        }
    }
}
