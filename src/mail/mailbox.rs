//! The local mailbox: where a demo delivers, and the pages on which anyone reads its mail. On a
//! portal that is no demo these addresses do not exist.

mod handlers;
mod model;
mod pages;

pub(super) use model::keep;
pub use model::{Filter, Message};

use crate::auth::Who;
use crate::routes;

routes! {
    Page "mailbox" GET "/demo/mail" (Who::AnyoneOnDemo) => handlers::index;
    Page "mailbox.mail" GET "/demo/mail/{reference}" (Who::AnyoneOnDemo) => handlers::show;
    Download "mailbox.mail.html" GET "/demo/mail/{reference}/html" (Who::AnyoneOnDemo) => handlers::html;
    Download "mailbox.mail.source" GET "/demo/mail/{reference}/message.eml" (Who::AnyoneOnDemo) => handlers::download;
    Download "mailbox.mail.attachment" GET "/demo/mail/{reference}/attachments/{position}"
        (Who::AnyoneOnDemo) => handlers::attachment;
}
