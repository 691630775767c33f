//! Receipts: one, and whether a number and a hash belong together.

use askama::Template;

use super::Moment;
use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::forms::ReceiptQuery;
use crate::deals::receipts::Receipt;
use crate::error::{Error, Result};
use crate::reference;
use crate::web::{Frame, Visit};

#[derive(Template)]
#[template(path = "deals/receipt.html")]
pub(in crate::deals) struct ReceiptPage {
    frame: Frame,
    list_href: String,
    deal_href: String,
    text_href: String,
    verify_href: String,
    is_intact: bool,
    at: Moment,
    receipt: Receipt,
}

impl ReceiptPage {
    pub(in crate::deals) fn new(visit: &Visit, scope: &Scope, receipt: Receipt) -> Self {
        Self {
            frame: visit.frame(scope),
            list_href: scope.path("/deals"),
            deal_href: scope.path(&format!("/deals/{}", receipt.deal)),
            text_href: scope.path(&format!("/deals/receipts/{}/receipt.txt", receipt.reference)),
            verify_href: scope.path("/deals/receipts"),
            is_intact: receipt.is_intact(),
            at: submitted(&receipt, scope),
            receipt,
        }
    }
}

fn submitted(receipt: &Receipt, scope: &Scope) -> Moment {
    let (at, zone) = (receipt.submitted_at, scope.program().time_zone);
    Moment { iso: at.to_string(), text: scope.actor().locale.moment(at, zone) }
}

#[derive(Template)]
#[template(path = "deals/receipts.html")]
pub(in crate::deals) struct VerifyPage {
    frame: Frame,
    path: String,
    list_href: String,
    query: ReceiptQuery,
    found: Option<Found>,
}

/// What there is to say about what was asked.
struct Found {
    tone: &'static str,
    sentence: String,
    href: Option<String>,
}

impl VerifyPage {
    /// One query at most.
    pub(in crate::deals) fn read(
        visit: &Visit,
        scope: &Scope,
        query: ReceiptQuery,
        conn: &mut Conn,
    ) -> Result<Self> {
        let number = reference::normalise(&query.number);
        let found = match number.is_empty() {
            true => None,
            false => match Receipt::find_for(scope, &number, conn) {
                Ok(receipt) => Some(Found::of(&receipt, &query, scope)),
                Err(Error::NotFound) => Some(Found {
                    tone: "bad",
                    sentence: "There is no receipt of this number.".to_owned(),
                    href: None,
                }),
                Err(fault) => return Err(fault),
            },
        };
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/deals/receipts"),
            list_href: scope.path("/deals"),
            query,
            found,
        })
    }
}

impl Found {
    fn of(receipt: &Receipt, query: &ReceiptQuery, scope: &Scope) -> Self {
        let (tone, sentence) = match receipt.verifies(&query.sha256) {
            true => (
                "good",
                format!(
                    "They belong together: {} submitted this on {}, and it is unchanged.",
                    receipt.submitted_by,
                    submitted(receipt, scope).text
                ),
            ),
            false => {
                ("bad", "This hash is not of what was submitted under this number.".to_owned())
            }
        };
        let href = scope.path(&format!("/deals/receipts/{}", receipt.reference));
        Self { tone, sentence, href: Some(href) }
    }
}
