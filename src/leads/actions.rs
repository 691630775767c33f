//! What can happen to a lead, as its history tells it.

use crate::audit::Action;

pub(super) const ENTERED: Action = Action::new("lead.entered", "entered this lead");
pub(super) const IMPORTED: Action = Action::new("lead.imported", "imported this lead");
pub(super) const EDITED: Action = Action::new("lead.edited", "edited this lead");
pub(super) const ASSIGNED: Action = Action::new("lead.assigned", "assigned this lead");
pub(super) const RECALLED: Action = Action::new("lead.recalled", "recalled this lead");
pub(super) const OPENED: Action = Action::new("lead.opened", "opened this lead");
pub(super) const NOTED: Action = Action::new("lead.noted", "added a note to this lead");

pub(crate) const ACTIONS: &[&Action] =
    &[&ENTERED, &IMPORTED, &EDITED, &ASSIGNED, &RECALLED, &OPENED, &NOTED];
