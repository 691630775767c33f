//! Inquiries as a reseller makes them, page by page.

use diesel::prelude::*;
use portal::db::schema::{enrolments, inquiries, organisations};
use portal::reference;

use super::Portal;
use super::leads::reference_of;

pub const NEW: &str = "/p/shield/inquiries/new";

/// What a draft has beside its reference, and a line of it beside its draft.
const HEAD: &str = "program_id, reseller_id, status, customer_name, customer_key, \
     customer_country, currency, note, promotion_codes, lines, created_by_id, created_by, \
     created_at, revision";
const LINE: &str = "position, product_id, kind, quantity, months, sku";

impl Portal {
    /// Begins a draft with lines of so many units, for the usual customer; gives its address.
    pub async fn draft_of(&self, key: &str, lines: &[(&str, i32)]) -> String {
        let lines: Vec<String> =
            lines.iter().map(|(code, quantity)| format!("{code}:{quantity}:12:new")).collect();
        let mut fields = vec![("customer_name", "Hooli"), ("customer_country", "JP")];
        fields.extend(lines.iter().map(|line| ("line", line.as_str())));
        self.visitor(key).post(NEW, &fields).await.created()
    }

    /// So many more drafts like one; gives their addresses.
    pub fn drafts_like(&self, path: &str, count: usize) -> Vec<String> {
        let drawn: Vec<String> = (0..count).map(|_| reference::draw("IN")).collect();
        let (of, references) = (reference_of(path).to_owned(), drawn.clone());
        self.write(move |conn| {
            for reference in &references {
                diesel::sql_query(format!(
                    "INSERT INTO inquiries (reference, {HEAD}) SELECT '{reference}', {HEAD} \
                     FROM inquiries WHERE reference = '{of}'"
                ))
                .execute(conn)?;
                diesel::sql_query(format!(
                    "INSERT INTO inquiry_lines (inquiry_id, {LINE}) SELECT \
                     (SELECT id FROM inquiries WHERE reference = '{reference}'), {LINE} \
                     FROM inquiry_lines WHERE inquiry_id = \
                     (SELECT id FROM inquiries WHERE reference = '{of}')"
                ))
                .execute(conn)?;
            }
            Ok(())
        });
        drawn.iter().map(|reference| format!("/p/shield/inquiries/{reference}")).collect()
    }

    /// … and sends it to a distributor.
    pub async fn inquiry_of(&self, key: &str, distributor: &str, lines: &[(&str, i32)]) -> String {
        let path = self.draft_of(key, lines).await;
        self.submit_inquiry(key, &path, distributor).await;
        path
    }

    pub async fn submit_inquiry(&self, key: &str, path: &str, distributor: &str) {
        let (quoter, seen) = (self.enrolment_of(distributor), self.seen_of(path));
        let sent = [("quoter", quoter.as_str()), ("seen", &seen)];
        self.visitor(key).post(&format!("{path}/submission"), &sent).await.goes_to(path);
    }

    /// The reference of an organisation's enrolment.
    pub fn enrolment_of(&self, organisation: &str) -> String {
        self.read(|conn| {
            Ok(enrolments::table
                .inner_join(organisations::table)
                .filter(organisations::name.eq(organisation))
                .select(enrolments::reference)
                .first(conn)?)
        })
    }

    /// The revision of an inquiry, as its page sends it.
    pub fn seen_of(&self, path: &str) -> String {
        let reference = reference_of(path).to_owned();
        self.read(|conn| {
            let of = inquiries::table.filter(inquiries::reference.eq(reference));
            let revision: i64 = of.select(inquiries::revision).first(conn)?;
            Ok(revision.to_string())
        })
    }

    /// Its status and the sum of its recommended prices, as stored.
    pub fn inquiry_stands(&self, path: &str) -> (String, Option<i64>) {
        let reference = reference_of(path).to_owned();
        self.read(|conn| {
            let of = inquiries::table.filter(inquiries::reference.eq(reference));
            Ok(of.select((inquiries::status, inquiries::msrp_minor)).first(conn)?)
        })
    }
}
