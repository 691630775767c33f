//! What can happen to inquiries and quotes, as their histories tell it. No amount stands in any of
//! them: the vendor reads the log of its program.

use crate::audit::Action;

pub(super) const INQUIRY_BEGUN: Action = Action::new("inquiry.begun", "began this inquiry");
pub(super) const INQUIRY_SUBMITTED: Action = Action::new("inquiry.submitted", "sent this inquiry");
pub(super) const INQUIRY_WITHDRAWN: Action =
    Action::new("inquiry.withdrawn", "withdrew this inquiry");
pub(super) const INQUIRY_DISCARDED: Action =
    Action::new("inquiry.discarded", "discarded this draft");
pub(super) const INQUIRY_QUOTED: Action = Action::new("inquiry.quoted", "answered with a quote");
pub(super) const INQUIRY_ACCEPTED: Action =
    Action::new("inquiry.accepted", "accepted the quote of this inquiry");
pub(super) const INQUIRY_DECLINED: Action =
    Action::new("inquiry.declined", "declined the quote of this inquiry");
pub(super) const INQUIRY_EXPIRED: Action =
    Action::new("inquiry.expired", "let the quote of this inquiry lapse");

pub(super) const INQUIRY_REOPENED: Action =
    Action::new("inquiry.reopened", "withdrew the quote: this inquiry waits for another");

pub(super) const QUOTE_BEGUN: Action = Action::new("quote.begun", "began this quote");
pub(super) const QUOTE_EDITED: Action = Action::new("quote.edited", "edited the draft");
pub(super) const QUOTE_DISCARDED: Action =
    Action::new("quote.discarded", "discarded the draft of a revision");
pub(super) const QUOTE_SENT: Action = Action::new("quote.sent", "sent this quote");
pub(super) const QUOTE_REVISED: Action = Action::new("quote.revised", "sent a new revision");
pub(super) const QUOTE_ACCEPTED: Action = Action::new("quote.accepted", "accepted this quote");
pub(super) const QUOTE_DECLINED: Action = Action::new("quote.declined", "declined this quote");
pub(super) const QUOTE_EXPIRED: Action = Action::new("quote.expired", "let this quote lapse");
pub(super) const QUOTE_WITHDRAWN: Action = Action::new("quote.withdrawn", "withdrew this quote");

pub(super) const CUSTOMER_PRICED: Action =
    Action::new("customer_paper.priced", "set prices for the customer");

pub(super) const SPECIAL_REQUESTED: Action =
    Action::new("special_price.requested", "asked for this special price");
pub(super) const SPECIAL_APPROVED: Action =
    Action::new("special_price.approved", "approved this special price");
pub(super) const SPECIAL_REJECTED: Action =
    Action::new("special_price.rejected", "rejected this special price");
pub(super) const SPECIAL_WITHDRAWN: Action =
    Action::new("special_price.withdrawn", "withdrew this request");

pub(crate) const ACTIONS: &[&Action] = &[
    &INQUIRY_BEGUN,
    &INQUIRY_SUBMITTED,
    &INQUIRY_WITHDRAWN,
    &INQUIRY_DISCARDED,
    &INQUIRY_QUOTED,
    &INQUIRY_ACCEPTED,
    &INQUIRY_DECLINED,
    &INQUIRY_EXPIRED,
    &INQUIRY_REOPENED,
    &QUOTE_BEGUN,
    &QUOTE_EDITED,
    &QUOTE_DISCARDED,
    &QUOTE_SENT,
    &QUOTE_REVISED,
    &QUOTE_ACCEPTED,
    &QUOTE_DECLINED,
    &QUOTE_EXPIRED,
    &QUOTE_WITHDRAWN,
    &CUSTOMER_PRICED,
    &SPECIAL_REQUESTED,
    &SPECIAL_APPROVED,
    &SPECIAL_REJECTED,
    &SPECIAL_WITHDRAWN,
];
