//! The slice's one address.

use super::pages::StartPage;
use crate::web::{Reply, Visit, page};

pub(super) async fn show(visit: Visit) -> Reply {
    page(&visit.read(StartPage::read).await?)
}
