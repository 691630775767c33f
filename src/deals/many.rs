//! Many deals are decided on at once, each looked at on its own and answered for itself. Approvals are
//! not among what can be done so: each takes a look.

use super::forms::{Chosen, DecideMany, Many};
use super::model::Deal;
use super::verbs::{self, At};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::web::Site;

/// What became of one of them.
pub(super) struct Answered {
    pub reference: String,
    pub customer: String,
    /// Why nothing was done with it; none where it was.
    pub refused: Option<String>,
}

/// Decides on each; what was changed meanwhile, or is in another state, is left alone and says so.
pub(super) fn decide(
    scope: &Scope,
    command: &DecideMany,
    site: Option<&Site>,
    now: Instant,
    conn: &mut Conn,
) -> Result<Vec<Answered>> {
    let one = |chosen: &Chosen| {
        let deal = Deal::find_for(scope, &chosen.reference, conn)?;
        let at = At { scope, deal: &deal, seen: chosen.revision, site, now };
        let refused = match decide_one(at, command, conn) {
            Ok(()) => None,
            Err(Error::Conflict(why)) => Some(why),
            Err(fault) => return Err(fault),
        };
        Ok(Answered { reference: deal.reference, customer: deal.customer_name, refused })
    };
    command.chosen.iter().map(one).collect()
}

fn decide_one(at: At<'_>, command: &DecideMany, conn: &mut Conn) -> Result<()> {
    let step = command.what.step();
    if at.deal.revision != at.seen {
        return Err(Error::conflict("It was changed meanwhile. Look at it again."));
    }
    if !step.is_open(at.scope.seat(), at.deal) {
        let status = at.deal.status.label().to_lowercase();
        return Err(Error::conflict(format!("It is {status}; {}.", command.what.asks_for())));
    }
    match command.what {
        Many::Review => verbs::review(at, conn),
        Many::Return => verbs::return_it(at, &command.why, conn),
        Many::Reject => verbs::reject(at, &command.why, conn),
    }
}

/// How many were done.
pub(super) fn sentence(what: Many, deals: usize) -> String {
    let deals = match deals {
        0 => "No deal is".to_owned(),
        1 => "1 deal is".to_owned(),
        many => format!("{many} deals are"),
    };
    match what {
        Many::Review => format!("{deals} in review now."),
        Many::Return => format!("{deals} returned for more information."),
        Many::Reject => format!("{deals} rejected."),
    }
}
