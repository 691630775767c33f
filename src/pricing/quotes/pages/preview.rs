//! A draft as its reseller will see it, and the button that sends exactly that.

use askama::Template;

use super::paper::Paper;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::{self, Capability};
use crate::pricing::quotes::drafts::draft_of;
use crate::pricing::quotes::model::{Quote, Viewer};
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "quotes/preview.html")]
pub(in crate::pricing::quotes) struct PreviewPage {
    frame: Frame,
    path: String,
    list_href: String,
    reference: String,
    paper: Paper,
    /// The edition that is shown.
    seen: i64,
    /// Whether it takes the place of a revision that was sent.
    replaces: bool,
}

impl PreviewPage {
    /// One query.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        quote: &Quote,
        conn: &mut Conn,
    ) -> Result<Self> {
        let draft = draft_of(quote)?;
        // What is previewed is sent from here, and by nothing else.
        maintenance::open_for(scope.program(), Capability::Quotes, visit.now())?;
        Ok(Self {
            frame: visit.frame(scope),
            path: quote.row.path(scope),
            list_href: scope.path("/quotes"),
            reference: quote.row.reference.clone(),
            paper: Paper::read(scope, quote, draft, Viewer::Reseller, conn)?,
            seen: draft.edition,
            replaces: quote.sent().is_some(),
        })
    }
}
