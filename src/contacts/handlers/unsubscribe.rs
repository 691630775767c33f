//! Stopping mails from within a mail (RFC 8058): looking changes nothing, since mail scanners look
//! at every link, and the POST answers at once, without a redirect and without a sign-in. What it
//! sends is not read: some mail services send the pair that the standard asks for as one kind of
//! form, some as the other, and the address says all there is to say.

use actix_web::web::Path;

use crate::contacts::leaving::{Leaving, leave_roles};
use crate::contacts::pages::unsubscribe::{State, UnsubscribePage};
use crate::web::{Guest, Reply, page};

pub(in crate::contacts) async fn ask(guest: Guest, token: Path<String>) -> Reply {
    let leaving = guest.db().read(move |conn| Leaving::find(&token, conn)).await?;
    let state = if leaving.held.is_empty() { State::Already } else { State::Asked };
    page(&UnsubscribePage::new(guest.frame(), &leaving, state))
}

pub(in crate::contacts) async fn stop(guest: Guest, token: Path<String>) -> Reply {
    let (site, now) = (guest.site().clone(), guest.now());
    let (leaving, left) = guest
        .db()
        .write(move |conn| {
            let leaving = Leaving::find(&token, conn)?;
            let left = leave_roles(&leaving, &site, now, conn)?;
            Ok((leaving, left))
        })
        .await?;
    let state = if left.taken.is_empty() { State::Already } else { State::Stopped };
    page(&UnsubscribePage::new(guest.frame(), &leaving, state))
}
