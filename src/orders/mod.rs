//! Orders: what a vendor processed for a customer, through a reseller and perhaps a distributor.
//! They come in files (docs/import-orders.md) and leave licences behind.

pub mod import;

use crate::audit::Action;

pub(crate) const IMPORTED: Action = Action::new("order.imported", "imported this order");

/// What can happen to an order.
pub(crate) const ACTIONS: &[&Action] = &[&IMPORTED];
