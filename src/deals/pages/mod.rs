//! Pages of deals.

mod charts;
pub(super) mod deal;
pub(super) mod draft;
pub(super) mod figures;
pub(super) mod files;
pub(super) mod list;
pub(super) mod new;
pub(super) mod receipt;

use deal::DealPage;
use draft::DraftPage;

/// What the address of a deal shows.
pub(super) enum Shown {
    Draft(Box<DraftPage>),
    Deal(Box<DealPage>),
}

/// An instant as it is shown.
struct Moment {
    iso: String,
    text: String,
}
