//! The matrix of contact roles: who is told of what, saved by several people at once.

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
