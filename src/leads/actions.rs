//! What can happen to a lead, as its history tells it.

use crate::audit::Action;

pub(super) const ENTERED: Action = Action::new("lead.entered", "entered this lead");
pub(super) const IMPORTED: Action = Action::new("lead.imported", "imported this lead");
pub(super) const EDITED: Action = Action::new("lead.edited", "edited this lead");
pub(super) const ASSIGNED: Action = Action::new("lead.assigned", "assigned this lead");
pub(super) const RECALLED: Action = Action::new("lead.recalled", "recalled this lead");
pub(super) const OPENED: Action = Action::new("lead.opened", "opened this lead");
pub(super) const ACCEPTED: Action = Action::new("lead.accepted", "accepted this lead");
pub(super) const DECLINED: Action = Action::new("lead.declined", "declined this lead");
pub(super) const PROGRESSED: Action = Action::new("lead.progressed", "began work on this lead");
pub(super) const NOTED: Action = Action::new("lead.noted", "added a note to this lead");
pub(super) const CONVERTED: Action = Action::new("lead.converted", "made this lead a deal");
pub(super) const LOST: Action = Action::new("lead.lost", "marked this lead as lost");
pub(super) const JUNKED: Action = Action::new("lead.junked", "marked this lead as junk");
pub(super) const CLOSED: Action = Action::new("lead.closed", "closed this lead");
pub(super) const EXPIRED: Action = Action::new("lead.expired", "let this lead expire");
pub(super) const WARNED: Action = Action::new("lead.warned", "warned that this lead ends soon");

pub(crate) const ACTIONS: &[&Action] = &[
    &ENTERED,
    &IMPORTED,
    &EDITED,
    &ASSIGNED,
    &RECALLED,
    &OPENED,
    &ACCEPTED,
    &DECLINED,
    &PROGRESSED,
    &NOTED,
    &CONVERTED,
    &LOST,
    &JUNKED,
    &CLOSED,
    &EXPIRED,
    &WARNED,
];
