//! What can happen to price lists and promotions, as their histories tell it.

use crate::audit::Action;

pub(super) const LIST_PUBLISHED: Action =
    Action::new("price_list.published", "published this price list");
pub(super) const LIST_REPLACED: Action =
    Action::new("price_list.replaced", "replaced the prices of this list");
pub(super) const LIST_WITHDRAWN: Action =
    Action::new("price_list.withdrawn", "withdrew this price list");

pub(super) const PROMOTION_MADE: Action = Action::new("promotion.made", "made this promotion");
pub(super) const PROMOTION_ENDED: Action =
    Action::new("promotion.ended", "set the last day of this promotion");
pub(super) const PROMOTION_WITHDRAWN: Action =
    Action::new("promotion.withdrawn", "withdrew this promotion");

pub(crate) const ACTIONS: &[&Action] = &[
    &LIST_PUBLISHED,
    &LIST_REPLACED,
    &LIST_WITHDRAWN,
    &PROMOTION_MADE,
    &PROMOTION_ENDED,
    &PROMOTION_WITHDRAWN,
];
