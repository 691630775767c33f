//! What can be done with a deal next, by whom, and why not.

use super::model::Deal;
use super::{DECIDING, DealStatus};
use crate::auth::{Scope, Seat, Seats};
use crate::error::{Error, Result};

/// Something that a person does with a deal that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Edit,
    Discard,
    Attach,
    Detach,
    Submit,
    Withdraw,
    Review,
    Approve,
    Return,
    Reject,
    Duplicate,
    Win,
    Lose,
    Revoke,
    AskExtension,
    GrantExtension,
    RefuseExtension,
}

impl Step {
    /// Whose step it is.
    pub fn seats(self) -> Seats {
        match self {
            Self::Edit
            | Self::Discard
            | Self::Attach
            | Self::Detach
            | Self::Submit
            | Self::Withdraw
            | Self::AskExtension => Seats::PARTNER,
            Self::Win | Self::Lose => Seats::PARTNER.and(DECIDING),
            Self::Review
            | Self::Approve
            | Self::Return
            | Self::Reject
            | Self::Duplicate
            | Self::Revoke
            | Self::GrantExtension
            | Self::RefuseExtension => DECIDING,
        }
    }

    /// Whether a deal's state lets it be done.
    pub fn fits(self, status: DealStatus, asks_extension: bool) -> bool {
        match self {
            Self::Edit | Self::Detach | Self::Submit => status.is_written(),
            Self::Attach => status.is_written() || status.waits(),
            Self::Discard => status == DealStatus::Draft,
            Self::Withdraw => status.waits() || status == DealStatus::Returned,
            Self::Review => status == DealStatus::Submitted,
            Self::Approve | Self::Return | Self::Reject | Self::Duplicate => {
                status == DealStatus::InReview
            }
            Self::Win | Self::Lose | Self::Revoke => status == DealStatus::Approved,
            Self::AskExtension => status == DealStatus::Approved && !asks_extension,
            Self::GrantExtension | Self::RefuseExtension => {
                status == DealStatus::Approved && asks_extension
            }
        }
    }

    pub fn is_open(self, seat: Seat, deal: &Deal) -> bool {
        self.seats().has(seat) && self.fits(deal.status, deal.extension_until_on.is_some())
    }

    /// Lets a person do it with a deal that they see, as it was shown to them.
    ///
    /// # Errors
    /// Forbidden where it is not theirs to do, a conflict where the deal's state does not let it be
    /// done or where it was changed since.
    pub(super) fn allow(self, scope: &Scope, deal: &Deal, seen: i64) -> Result<()> {
        if !self.seats().has(scope.seat()) {
            return Err(Error::forbidden("This is not for you to decide."));
        }
        let fits = self.fits(deal.status, deal.extension_until_on.is_some());
        if !fits || deal.revision != seen {
            return Err(changed_meanwhile(deal));
        }
        Ok(())
    }
}

/// Somebody was first, or it is not what it was.
pub(super) fn changed_meanwhile(deal: &Deal) -> Error {
    let status = deal.status.label().to_lowercase();
    Error::conflict(format!(
        "Deal {} is {status}, or was changed meanwhile. Look at it again.",
        deal.reference
    ))
}
