//! What can happen to windows, as their histories tell it.

use crate::audit::Action;

pub(super) const DECLARED: Action =
    Action::new("maintenance.declared", "declared this maintenance");
pub(super) const EDITED: Action = Action::new("maintenance.edited", "edited this maintenance");
pub(super) const EXTENDED: Action =
    Action::new("maintenance.extended", "extended this maintenance");
pub(super) const SHORTENED: Action =
    Action::new("maintenance.shortened", "shortened this maintenance");
pub(super) const CANCELLED: Action =
    Action::new("maintenance.cancelled", "cancelled this maintenance");

pub(crate) const ACTIONS: &[&Action] = &[&DECLARED, &EDITED, &EXTENDED, &SHORTENED, &CANCELLED];
