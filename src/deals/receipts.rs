//! Receipts: what was submitted, word for word, when, by whom, and the hash over all of it. Whoever
//! kept the hash can show later that this is what was submitted, and when.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::attachments::Attachment;
use super::model::{Deal, DealProduct};
use crate::auth::Scope;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{deal_receipts, deals};
use crate::error::Result;
use crate::money::Money;
use crate::reference;

/// What the number of a receipt begins with.
const PREFIX: &str = "RC";

/// A receipt, with the deal that it is of.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deal_receipts)]
pub struct Receipt {
    pub reference: String,
    pub submitted_at: Instant,
    pub submitted_by: String,
    pub content: String,
    /// In hexadecimal.
    pub sha256: String,
    #[diesel(select_expression = deals::reference)]
    pub deal: String,
    #[diesel(select_expression = deals::customer_name)]
    pub customer: String,
}

impl Receipt {
    /// A receipt of a deal that the person may see.
    pub fn find_for(scope: &Scope, reference: &str, conn: &mut Conn) -> Result<Self> {
        let mut query = deal_receipts::table
            .inner_join(deals::table)
            .filter(deal_receipts::reference.eq(reference))
            .filter(deals::program_id.eq(scope.program().id))
            .select(Self::as_select())
            .into_boxed();
        if !scope.is_vendor() {
            query = query.filter(deals::partner_id.eq(scope.organisation_id()));
        }
        Ok(query.first(conn)?)
    }

    /// Whether what is stored is still what the hash was made of.
    pub fn is_intact(&self) -> bool {
        hash(&self.content) == self.sha256
    }

    /// Whether a hash that somebody kept is this receipt's, and what is stored is what was submitted.
    pub fn verifies(&self, kept: &str) -> bool {
        let kept: String = kept.chars().filter(|letter| !letter.is_whitespace()).collect();
        self.is_intact() && kept.to_lowercase() == self.sha256
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(content: &str) -> String {
    hexadecimal(&Sha256::digest(content.as_bytes()))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes down what is submitted; gives the receipt's number.
pub(super) fn issue(
    scope: &Scope,
    deal: &Deal,
    products: &[DealProduct],
    now: Instant,
    conn: &mut Conn,
) -> Result<String> {
    let number = reference::draw(PREFIX);
    let files = Attachment::of(deal, conn)?;
    let content = content(scope, &number, deal, products, &files, now)?;
    let row = (
        deal_receipts::reference.eq(&number),
        deal_receipts::program_id.eq(deal.program_id),
        deal_receipts::deal_id.eq(deal.id),
        deal_receipts::submitted_at.eq(now),
        deal_receipts::submitted_by.eq(&scope.actor().name),
        deal_receipts::sha256.eq(hash(&content)),
        deal_receipts::content.eq(&content),
    );
    diesel::insert_into(deal_receipts::table).values(row).execute(conn)?;
    Ok(number)
}

/// One line for each thing, in a fixed order; a note of several lines is set in.
fn content(
    scope: &Scope,
    number: &str,
    deal: &Deal,
    products: &[DealProduct],
    files: &[Attachment],
    now: Instant,
) -> Result<String> {
    let currency = deal.currency()?;
    let mut lines = vec![
        format!("Receipt: {number}"),
        format!("Program: {}", scope.program().name),
        format!("Deal: {}", deal.reference),
        format!("Submitted: {now}"),
        format!("By: {} ({})", scope.actor().name, scope.actor().organisation_name),
        format!("Customer: {}", deal.customer_name),
        format!("Domain: {}", deal.customer_domain),
        format!("Country: {}", deal.customer_country),
        format!("Category: {}", deal.names.category),
        format!("Contact: {}", deal.contact_name),
        format!("Contact's e-mail: {}", deal.contact_email),
    ];
    for product in products {
        if let Some((quantity, msrp)) = product.wanted {
            let price = Money::new(msrp, currency).plain();
            lines.push(format!("Product: {} × {quantity} at {price}", product.code));
        }
    }
    lines.extend([
        format!("Value: {} {}", deal.value()?.plain(), deal.currency),
        format!(
            "Expected close: {}",
            deal.closes_on.map(|day| day.to_string()).unwrap_or_default()
        ),
        format!("Found: {}", deal.found_by),
        format!("Competitor: {}", deal.competitor),
        format!("Tender: {}", if deal.is_tender { "yes" } else { "no" }),
    ]);
    lines.extend(
        files.iter().map(|file| {
            format!("File: {}, {} bytes, SHA-256 {}", file.name, file.size, file.sha256)
        }),
    );
    lines.push("Note:".to_owned());
    lines.extend(deal.note.lines().map(|line| format!("    {line}")));
    Ok(format!("{}\n", lines.join("\n")))
}
