//! Who gets a mail: the portal against a paper that knows nothing of it, after every step of
//! random histories of roles, access and status, made through the pages.

use portal::auth::Program;
use portal::contacts::{Role, recipients_of};

use crate::support::paper_recipients::{Paper, PaperContact, ROLES};
use crate::support::{Portal, Visitor};

const HISTORIES: u64 = 12;
const STEPS: usize = 30;
const CONTACTS: &str = "/p/shield/contacts";

/// A small generator whose run can be told by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A partner whose administrators change things, and the paper that keeps up.
struct Story {
    portal: Portal,
    dice: Dice,
    paper: Paper,
    administrators: [(Visitor, &'static str); 2],
    day: u32,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let portal = Portal::start().await;
        let mut owner = portal.owner();
        let ann = [
            ("name", "Ann Other"),
            ("email", "ann@acme.example"),
            ("locale", "en-GB"),
            ("access", "administrator"),
        ];
        let path = owner.post(&format!("{CONTACTS}/new"), &ann).await.created();
        let ann = path.rsplit('/').next().unwrap().to_owned();
        let visitor = portal.visitor_of(&ann);
        let mut paper = Paper { organisation: "Acme".to_owned(), contacts: Vec::new() };
        for (reference, email, administrator) in [
            (portal.contact("owner"), "owner@acme.example", true),
            (ann, "ann@acme.example", true),
            (portal.contact("colleague"), "colleague@acme.example", false),
            (portal.contact("reader"), "reader@acme.example", false),
        ] {
            paper.contacts.push(PaperContact {
                reference,
                email: email.to_owned(),
                administrator,
                active: true,
                roles: std::collections::BTreeMap::new(),
            });
        }
        let administrators = [(owner, "Olive Owner"), (visitor, "Ann Other")];
        Self { portal, dice: Dice(seed), paper, administrators, day: 2 }
    }

    /// One of the contacts who are not the two that act.
    fn somebody(&mut self) -> String {
        let place = 2 + self.dice.roll(self.paper.contacts.len() - 2);
        self.paper.contacts[place].reference.clone()
    }

    async fn step(&mut self) {
        match self.dice.roll(10) {
            0 if self.paper.contacts.len() < 9 => self.add().await,
            1 | 2 => self.turn_status().await,
            3 => self.turn_access().await,
            4 => {
                self.portal.advance_days(1);
                // Sessions do not last a day.
                let own = [0, 1].map(|place: usize| self.paper.contacts[place].reference.clone());
                for (place, reference) in own.iter().enumerate() {
                    self.administrators[place].0 = self.portal.visitor_of(reference);
                }
                self.day += 1;
            }
            _ => self.save_roles().await,
        }
    }

    async fn add(&mut self) {
        let email = format!("person{}@acme.example", self.paper.contacts.len());
        let fields =
            [("name", "Some Body"), ("email", &email), ("locale", "en-GB"), ("access", "member")];
        let path =
            self.administrators[0].0.post(&format!("{CONTACTS}/new"), &fields).await.created();
        self.paper.contacts.push(PaperContact {
            reference: path.rsplit('/').next().unwrap().to_owned(),
            email,
            administrator: false,
            active: true,
            roles: std::collections::BTreeMap::new(),
        });
    }

    async fn turn_status(&mut self) {
        let reference = self.somebody();
        let contact = self.paper.contact(&reference);
        let action = if contact.active { "deactivation" } else { "reactivation" };
        contact.active = !contact.active;
        let path = format!("{CONTACTS}/{reference}/{action}");
        self.administrators[0].0.post(&path, &[("why", "as it happens")]).await.is(303);
    }

    async fn turn_access(&mut self) {
        let reference = self.somebody();
        let path = format!("{CONTACTS}/{reference}/edit");
        let visitor = &mut self.administrators[0].0;
        let page = visitor.get(&path).await.is(200);
        let value = |id: &str| page.attributes(&format!("#{id}"), "value").remove(0);
        let (name, email) = (value("name"), value("email"));
        let contact = self.paper.contact(&reference);
        let words = |is: bool| if is { "administrator" } else { "member" };
        let fields = [
            ("name", name.as_str()),
            ("was_name", &name),
            ("email", &email),
            ("was_email", &email),
            ("locale", "en-GB"),
            ("was_locale", "en-GB"),
            ("access", words(!contact.administrator)),
            ("was_access", words(contact.administrator)),
        ];
        contact.administrator = !contact.administrator;
        visitor.post(&path, &fields).await.is(303);
    }

    /// Some ticks of some contacts are turned, in one save.
    async fn save_roles(&mut self) {
        let who = self.dice.roll(2);
        let (visitor, giver) = &mut self.administrators[who];
        let page = visitor.get("/p/shield/roles").await.is(200);
        let was = page.attributes("input[name=was]", "value");
        let mut ticks = page.attributes("input[name=tick][checked]:not([disabled])", "value");
        let seen = page.attributes("input[name=seen]", "value").remove(0);
        for _ in 0..=self.dice.roll(4) {
            let place = self.dice.roll(was.len());
            let reference = was[place].split(':').next().unwrap().to_owned();
            let role = ROLES[self.dice.roll(ROLES.len())].0;
            let tick = format!("{reference}:{role}");
            let contact = self.paper.contact(&reference);
            if ticks.contains(&tick) {
                ticks.retain(|one| *one != tick);
                contact.roles.remove(role);
            } else if !was[place].split([':', ',']).any(|held| held == role) {
                ticks.push(tick);
                let day = format!("{} March 2026", self.day);
                contact.roles.insert(role, ((*giver).to_owned(), day));
            }
        }
        let mut fields = vec![("seen", seen.as_str())];
        fields.extend(was.iter().map(|was| ("was", was.as_str())));
        fields.extend(ticks.iter().map(|tick| ("tick", tick.as_str())));
        visitor.post("/p/shield/roles", &fields).await.is(303);
    }

    fn compare(&self, told: &str) {
        let acme = self.portal.organisation_id("Acme");
        for (word, _, _) in ROLES {
            let mut found: Vec<(String, String)> = self
                .portal
                .read(|conn| {
                    let program = Program::find_unscoped("shield", conn)?;
                    let role: Role = word.parse().unwrap();
                    recipients_of(&program, role, &[acme], conn)
                })
                .remove(&acme)
                .unwrap_or_default()
                .into_iter()
                .map(|one| (one.recipient.email, one.reason.text))
                .collect();
            found.sort();
            assert_eq!(found, self.paper.recipients(word), "{told}, {word}");
        }
    }

    /// The page says the same as the function.
    async fn compare_page(&mut self, told: &str) {
        for (word, _, _) in ROLES {
            let path = format!("/p/shield/roles/recipients?role={word}");
            let page = self.administrators[0].0.get(&path).await.is(200);
            let mut shown = page.all(".recipients small");
            shown.sort();
            let expected: Vec<String> =
                self.paper.recipients(word).into_iter().map(|one| one.0).collect();
            assert_eq!(shown, expected, "{told}, {word}");
            if expected.is_empty() {
                page.shows(".flash", "Nobody gets these mails");
            }
        }
    }
}

#[actix_web::test]
async fn after_any_history_the_right_people_get_the_mail() {
    for seed in 1..=HISTORIES {
        let mut story = Story::begin(seed).await;
        story.compare(&format!("history {seed}, at the beginning"));
        for step in 1..=STEPS {
            story.step().await;
            story.compare(&format!("history {seed}, step {step}"));
        }
        assert!(story.paper.active_administrators() >= 2);
        story.compare_page(&format!("history {seed}")).await;
    }
}
