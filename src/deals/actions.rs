//! What can happen to a deal, as its history tells it.

use crate::audit::Action;

pub(super) const BEGUN: Action = Action::new("deal.begun", "began this registration");
pub(super) const ASKED: Action = Action::new("deal.asked", "asked whether the customer is free");
pub(super) const EDITED: Action = Action::new("deal.edited", "edited this registration");
pub(super) const DISCARDED: Action = Action::new("deal.discarded", "discarded this draft");
pub(super) const ATTACHED: Action = Action::new("deal.attached", "added a file");
pub(super) const DETACHED: Action = Action::new("deal.detached", "removed a file");
pub(super) const SUBMITTED: Action = Action::new("deal.submitted", "submitted this deal");
pub(super) const WITHDRAWN: Action = Action::new("deal.withdrawn", "withdrew this deal");
pub(super) const IN_REVIEW: Action = Action::new("deal.in_review", "began to review this deal");
/// For the vendor alone: its partner waits until two have approved it.
pub(super) const FIRST_APPROVED: Action =
    Action::new("deal.first_approved", "approved this deal as the first of two");
pub(super) const APPROVED: Action = Action::new("deal.approved", "approved this deal");
pub(super) const RETURNED: Action = Action::new("deal.returned", "asked for more information");
pub(super) const REJECTED: Action = Action::new("deal.rejected", "rejected this deal");
pub(super) const DUPLICATE: Action =
    Action::new("deal.duplicate", "found that this deal was registered before");
/// For the vendor alone: no partner reads which.
pub(super) const NAMED: Action = Action::new("deal.named", "named the deal that was there before");
pub(super) const WON: Action = Action::new("deal.won", "won this deal");
pub(super) const LOST: Action = Action::new("deal.lost", "lost this deal");
pub(super) const REVOKED: Action = Action::new("deal.revoked", "revoked the approval");
pub(super) const EXPIRED: Action = Action::new("deal.expired", "let the protection run out");
pub(super) const EXTENSION_ASKED: Action =
    Action::new("deal.extension_asked", "asked for a longer protection");
pub(super) const EXTENDED: Action = Action::new("deal.extended", "extended the protection");
pub(super) const EXTENSION_REFUSED: Action =
    Action::new("deal.extension_refused", "refused to extend the protection");

pub(crate) const ACTIONS: &[&Action] = &[
    &BEGUN,
    &ASKED,
    &EDITED,
    &DISCARDED,
    &ATTACHED,
    &DETACHED,
    &SUBMITTED,
    &WITHDRAWN,
    &IN_REVIEW,
    &FIRST_APPROVED,
    &APPROVED,
    &RETURNED,
    &REJECTED,
    &DUPLICATE,
    &NAMED,
    &WON,
    &LOST,
    &REVOKED,
    &EXPIRED,
    &EXTENSION_ASKED,
    &EXTENDED,
    &EXTENSION_REFUSED,
];
