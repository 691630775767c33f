//! What can be done with an order next, by whom, and why not.

use super::model::Order;
use super::{Hold, OrderStatus};
use crate::auth::{Part, Scope, Seat};
use crate::error::{Error, Result};

/// A step of an order that somebody takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Whoever quoted gives it to the vendor.
    Release,
    Process,
    Hold,
    /// What was held by hand goes on.
    Resume,
    Cancel,
    /// A refused order is ordered anew, under the SKUs that are right.
    Correct,
}

impl Order {
    /// Whether the person may take a step now.
    ///
    /// # Errors
    /// Forbidden where it is never theirs; a conflict where the order's state does not allow it.
    pub(super) fn allow(&self, step: Step, scope: &Scope) -> Result<()> {
        if !self.is_of(step, scope) {
            return Err(Error::forbidden(self.whose(step)));
        }
        if self.is_ready_for(step, scope) {
            return Ok(());
        }
        let held = match self.hold {
            Hold::ByHand => " by hand",
            _ => "",
        };
        Err(Error::conflict(format!(
            "Order {} is {}{held} already: look at it again.",
            self.reference,
            self.status.label().to_lowercase()
        )))
    }

    /// Whether the page offers it.
    pub(super) fn offers(&self, step: Step, scope: &Scope) -> bool {
        self.is_of(step, scope) && self.is_ready_for(step, scope)
    }

    /// The seat that the step belongs to.
    fn is_of(&self, step: Step, scope: &Scope) -> bool {
        let at_desk = matches!(scope.seat(), Seat::ProgramManager | Seat::BackOffice);
        let quotes = scope.part() == Some(Part::Distributor);
        let is_direct = self.distributor_id.is_none();
        match step {
            Step::Release => quotes || (at_desk && is_direct),
            Step::Process | Step::Hold | Step::Resume => at_desk,
            Step::Cancel => at_desk || scope.part().is_some(),
            // What came from a distributor's quote is ordered anew by the distributor.
            Step::Correct => quotes || (at_desk && (is_direct || self.quote.is_none())),
        }
    }

    fn is_ready_for(&self, step: Step, scope: &Scope) -> bool {
        let placed = self.status == OrderStatus::Placed;
        let released = self.status == OrderStatus::Released;
        let held = self.status == OrderStatus::Held;
        let by_hand = self.hold == Hold::ByHand;
        match step {
            Step::Release => placed,
            Step::Process => released || (held && !by_hand),
            Step::Hold => released || (held && !by_hand),
            Step::Resume => held && by_hand,
            Step::Cancel => match scope.part() {
                Some(Part::Partner) => placed,
                Some(Part::Distributor) => self.status.is_open(),
                None => released || held || (placed && self.distributor_id.is_none()),
            },
            Step::Correct => self.status == OrderStatus::Refused,
        }
    }

    fn whose(&self, step: Step) -> &'static str {
        match step {
            Step::Release => "Only the distributor to whom this order is addressed releases it.",
            Step::Process | Step::Hold | Step::Resume => {
                "Only the vendor's back office and program managers process orders."
            }
            Step::Cancel => "Only a party to this order and the vendor's back office cancel it.",
            Step::Correct => "Only whoever released this order orders it anew.",
        }
    }
}
