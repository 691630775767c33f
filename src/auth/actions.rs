//! What can happen to a person's way in.

use crate::audit::Action;

pub(super) const SIGNED_IN: Action = Action::new("login.signed_in", "signed in");
pub(super) const SIGN_IN_FAILED: Action =
    Action::new("login.sign_in_failed", "tried to sign in and failed");
pub(super) const SIGNED_OUT: Action = Action::new("login.signed_out", "signed out");
pub(super) const SIGNED_OUT_EVERYWHERE: Action =
    Action::new("login.signed_out_everywhere", "signed out everywhere");
pub(super) const SIGNED_OUT_ELSEWHERE: Action =
    Action::new("login.signed_out_elsewhere", "signed out everywhere else");
pub(super) const SESSION_ENDED: Action =
    Action::new("login.session_ended", "signed out one session");
pub(super) const CREATED: Action = Action::new("login.created", "made a login for this contact");
pub(super) const INVITED: Action = Action::new("login.invited", "invited this contact");
pub(super) const INVITATION_ACCEPTED: Action =
    Action::new("login.invitation_accepted", "accepted the invitation");
pub(super) const RESET_REQUESTED: Action =
    Action::new("login.password_reset_requested", "asked for a link to set a new password");
pub(super) const PASSWORD_RESET: Action =
    Action::new("login.password_reset", "set a new password by a link");
pub(super) const PASSWORD_CHANGED: Action =
    Action::new("login.password_changed", "changed the password");
pub(super) const PASSWORD_REFUSED: Action =
    Action::new("login.password_refused", "gave a wrong current password");
pub(super) const ADDRESS_CHANGED: Action =
    Action::new("login.address_changed", "changed the address to sign in with");
pub(super) const PROFILE_CHANGED: Action =
    Action::new("login.profile_changed", "changed their own profile");
pub(super) const LOCKED: Action = Action::new("login.locked", "locked this login");
pub(super) const UNLOCKED: Action = Action::new("login.unlocked", "unlocked this login");

pub(super) const CODE_REFUSED: Action =
    Action::new("login.code_refused", "gave a wrong code of the second factor");
pub(super) const SECOND_FACTOR_ACTIVATED: Action =
    Action::new("login.second_factor_activated", "set up the second factor");
pub(super) const SECOND_FACTOR_REMOVED: Action =
    Action::new("login.second_factor_removed", "removed the second factor");
pub(super) const SECOND_FACTOR_RESET: Action =
    Action::new("login.second_factor_reset", "reset the second factor of this contact");
pub(super) const RECOVERY_CODE_USED: Action =
    Action::new("login.recovery_code_used", "used a recovery code");
pub(super) const RECOVERY_CODES_RENEWED: Action =
    Action::new("login.recovery_codes_renewed", "made new recovery codes");
pub(super) const READING_STOPPED: Action = Action::new(
    "login.reading_stopped",
    "was stopped after opening many different records within a minute",
);
pub(super) const FEED_MADE: Action =
    Action::new("login.feed_made", "made a secret calendar address");
pub(super) const FEED_ENDED: Action =
    Action::new("login.feed_ended", "ended the secret calendar address");
pub(super) const EXPORTING_STOPPED: Action =
    Action::new("login.exporting_stopped", "was stopped after taking many files within an hour");

pub(crate) const ACTIONS: &[&Action] = &[
    &SIGNED_IN,
    &SIGN_IN_FAILED,
    &SIGNED_OUT,
    &SIGNED_OUT_EVERYWHERE,
    &SIGNED_OUT_ELSEWHERE,
    &SESSION_ENDED,
    &CREATED,
    &INVITED,
    &INVITATION_ACCEPTED,
    &RESET_REQUESTED,
    &PASSWORD_RESET,
    &PASSWORD_CHANGED,
    &PASSWORD_REFUSED,
    &ADDRESS_CHANGED,
    &PROFILE_CHANGED,
    &LOCKED,
    &UNLOCKED,
    &CODE_REFUSED,
    &SECOND_FACTOR_ACTIVATED,
    &SECOND_FACTOR_REMOVED,
    &SECOND_FACTOR_RESET,
    &RECOVERY_CODE_USED,
    &RECOVERY_CODES_RENEWED,
    &READING_STOPPED,
    &EXPORTING_STOPPED,
    &FEED_MADE,
    &FEED_ENDED,
];
