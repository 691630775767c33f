//! `/` leads to where the person works.

use crate::auth::pages::HomePage;
use crate::auth::programs_of;
use crate::error::Result;
use crate::web::{Guest, Reply, Visit, page, see_other};

pub(super) async fn home(guest: Guest, visit: Result<Visit>) -> Reply {
    if guest.actor().is_none() {
        return Ok(see_other("/sign-in"));
    }
    let visit = visit?;
    let actor = visit.actor().clone();
    let read = move |conn: &mut _| programs_of(&actor, conn);
    let programs = visit.db().read(read).await?;
    if let [only] = programs.as_slice() {
        return Ok(see_other(&format!("/p/{}", only.slug)));
    }
    page(&HomePage {
        frame: visit.frame_of_person(programs.clone()),
        organisation: visit.actor().organisation_name.clone(),
        programs,
    })
}
