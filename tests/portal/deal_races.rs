//! Many partners register one customer, written in many ways: one deal at a time can be approved,
//! whatever the timing.

use diesel::prelude::*;
use futures_util::future::join_all;
use portal::auth::Access;
use portal::db::schema::{deals, logins};

use crate::support::channel::{add_contact, enrol};
use crate::support::{Portal, Visitor};

/// One customer, as six people write it (name, domain): all by the same name …
const BY_NAME: [(&str, &str); 6] = [
    ("Münchner Kaffee GmbH", "münchner-kaffee.example"),
    ("MUNCHNER KAFFEE gmbh", ""),
    ("Munchner-Kaffee, G.m.b.H.", "www.Münchner-Kaffee.example"),
    ("Münchner Kaffee Ltd", "another.example"),
    ("Münchner Kaffee", "WWW.XN--MNCHNER-KAFFEE-GSB.EXAMPLE"),
    ("Münchner  Kaffee & Co. KG", "info@münchner-kaffee.example"),
];

/// … or all by the same domain.
const BY_DOMAIN: [(&str, &str); 6] = [
    ("Münchner Kaffee GmbH", "münchner-kaffee.example"),
    ("Kaffee aus München", "MÜNCHNER-KAFFEE.example"),
    ("MK Holding", "www.Münchner-Kaffee.example"),
    ("Another name Ltd", "https://xn--mnchner-kaffee-gsb.example/about"),
    ("Munich Coffee", "WWW.XN--MNCHNER-KAFFEE-GSB.EXAMPLE"),
    ("Rösterei Isar", "info@münchner-kaffee.example."),
];

/// Four more partners, and somebody of each of the six.
fn six_partners(portal: &Portal) -> Vec<Visitor> {
    let mut people = vec![portal.owner(), portal.stranger()];
    for name in ["Third", "Fourth", "Fifth", "Sixth"] {
        let organisation = enrol(name, portal);
        let contact = add_contact(organisation, 0, true, portal);
        people.push(sign_in(contact, portal));
    }
    people
}

fn sign_in(contact: i64, portal: &Portal) -> Visitor {
    use portal::db::schema::contacts;
    let reference: String = portal.write(move |conn| {
        let (reference, email): (String, String) = contacts::table
            .find(contact)
            .filter(contacts::access.eq(Access::Administrator))
            .select((contacts::reference, contacts::email_key))
            .first(conn)?;
        let known: i64 =
            logins::table.filter(logins::contact_id.eq(contact)).count().get_result(conn)?;
        if known == 0 {
            diesel::insert_into(logins::table)
                .values((logins::contact_id.eq(contact), logins::email_key.eq(email)))
                .execute(conn)?;
        }
        Ok(reference)
    });
    portal.visitor_of(&reference)
}

async fn register(visitor: &mut Visitor, (name, domain): (&str, &str)) -> String {
    let customer = [
        ("customer_name", name),
        ("customer_domain", domain),
        ("customer_country", "DE"),
        ("category", "alarm"),
    ];
    let path = visitor.post("/p/shield/deals/new", &customer).await.created();
    let mut whole = crate::support::deals::whole(&customer[..3]);
    whole.push(("seen", "1"));
    visitor.post(&format!("{path}/edit"), &whole).await.is(303);
    visitor.post(&format!("{path}/submission"), &[("seen", "2")]).await.is(303);
    path
}

#[actix_web::test]
async fn of_six_partners_one_is_approved_whatever_they_call_the_customer() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    let mut people = six_partners(&portal);
    for round in 0..6 {
        let mut paths = Vec::new();
        let variants = if round % 2 == 0 { BY_NAME } else { BY_DOMAIN };
        for (visitor, variant) in people.iter_mut().zip(variants.iter().cycle().skip(round)) {
            paths.push(register(visitor, *variant).await);
        }
        for path in &paths {
            portal.at_deal("cam", path, "review", &[]).await.is(303);
        }
        // Two processes, six approvals at once.
        let mut deciders = Vec::new();
        for (place, path) in paths.iter().enumerate() {
            let process = if place % 2 == 0 { &portal } else { &other };
            deciders.push((process.visitor("cam"), path.clone()));
        }
        let answers = join_all(deciders.iter_mut().map(|(cam, path)| async move {
            cam.post(&format!("{path}/approval"), &[("seen", "4")]).await.status()
        }));
        let answers = answers.await;
        let approved = answers.iter().filter(|status| **status == 303).count();
        assert_eq!(approved, 1, "round {round}: {answers:?}");
        assert!(answers.iter().all(|status| [303, 409].contains(status)), "{answers:?}");
        let stored: i64 = portal.read(|conn| {
            Ok(deals::table.filter(deals::status.eq("approved")).count().get_result(conn)?)
        });
        assert_eq!(stored, 1, "round {round}");
        // The next round begins with the customer free again.
        for (path, status) in paths.iter().zip(&answers) {
            let action = if *status == 303 { "loss" } else { "rejection" };
            portal.at_deal("cam", path, action, &[("why", "Next")]).await.is(303);
        }
        assert!(portal.deal_claims().is_empty());
    }
}

/// Of many decisions on one deal one is made.
#[actix_web::test]
async fn of_many_decisions_on_one_deal_the_first_counts() {
    let portal = Portal::start().await;
    let other = portal.beside().await;
    for round in 0..5 {
        let name = format!("Customer {round}");
        let path = portal
            .reviewed_deal("owner", &[("customer_name", &name), ("customer_domain", "")])
            .await;
        let seen = portal.deal(&path).revision.to_string();
        let sent = [("seen", seen.as_str()), ("why", "So")];
        let mut people = [
            (portal.visitor("cam"), "approval"),
            (other.visitor("cam"), "rejection"),
            (other.visitor("manager"), "return"),
            (portal.visitor("owner"), "withdrawal"),
        ];
        let answers = join_all(people.iter_mut().map(|(visitor, action)| {
            let address = format!("{path}/{action}");
            async move { visitor.post(&address, &sent).await.status() }
        }))
        .await;
        let done = answers.iter().filter(|status| **status == 303).count();
        assert_eq!(done, 1, "round {round}: {answers:?}");
        assert_eq!(
            portal.deal(&path).revision.to_string(),
            (seen.parse::<i64>().unwrap() + 1).to_string()
        );
    }
}
