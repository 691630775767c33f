//! Deals as partners register them and the vendor decides, page by page.

use diesel::prelude::*;
use portal::db::schema::{audit_events, deal_attachments, deal_claims, deals, mails};

use super::leads::reference_of;
use super::{Page, Portal};

/// What stands in every deal of the tests, unless a test says otherwise.
pub const DEAL: [(&str, &str); 7] = [
    ("customer_name", "Hooli B.V."),
    ("customer_domain", "hooli.example"),
    ("customer_country", "BE"),
    ("contact_name", "Gavin Belson"),
    ("contact_email", "gavin@hooli.example"),
    ("closes_on", "2026-06-30"),
    ("found_by", "A call"),
];

/// The fields of a whole draft with some sent differently; a hub for 250,000 yen.
pub fn whole<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = DEAL.to_vec();
    fields.extend([("product", "ALARM-HUB"), ("quantity", "2"), ("msrp", "250000")]);
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
    fields.extend(changes);
    fields
}

/// A deal as the database has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Stored {
    pub status: String,
    pub revision: i64,
    pub receipt: String,
    pub until: Option<chrono::NaiveDate>,
}

/// A file of a deal as the database has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct StoredFile {
    pub reference: String,
    pub name: String,
    pub kind: String,
    pub sha256: String,
    pub content: Vec<u8>,
}

impl Portal {
    /// A draft with nothing but its customer; gives its address.
    pub async fn begin_deal(&self, key: &str, changes: &[(&str, &str)]) -> String {
        let mut fields = whole(changes);
        fields.retain(|(name, _)| name.starts_with("customer"));
        fields.push(("category", "alarm"));
        self.visitor(key).post("/p/shield/deals/new", &fields).await.created()
    }

    /// … that says everything.
    pub async fn draft_deal(&self, key: &str, changes: &[(&str, &str)]) -> String {
        let path = self.begin_deal(key, changes).await;
        self.at_deal(key, &path, "edit", &whole(changes)).await.goes_to(&path);
        path
    }

    pub async fn submitted_deal(&self, key: &str, changes: &[(&str, &str)]) -> String {
        let path = self.draft_deal(key, changes).await;
        self.at_deal(key, &path, "submission", &[]).await.goes_to(&path);
        path
    }

    pub async fn reviewed_deal(&self, key: &str, changes: &[(&str, &str)]) -> String {
        let path = self.submitted_deal(key, changes).await;
        self.at_deal("cam", &path, "review", &[]).await.goes_to(&path);
        path
    }

    pub async fn approved_deal(&self, key: &str, changes: &[(&str, &str)]) -> String {
        let path = self.reviewed_deal(key, changes).await;
        self.at_deal("cam", &path, "approval", &[]).await.goes_to(&path);
        path
    }

    /// Does something with a deal as it stands.
    pub async fn at_deal(
        &self,
        key: &str,
        path: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Page {
        let seen = self.deal(path).revision.to_string();
        let mut sent = vec![("seen", seen.as_str())];
        sent.extend(fields);
        self.visitor(key).post(&format!("{path}/{action}"), &sent).await
    }

    /// Adds a file.
    pub async fn attached(&self, key: &str, path: &str, name: &str, content: &[u8]) {
        self.attaches(key, path, name, content).await.goes_to(path);
    }

    /// … or tries to.
    pub async fn attaches(&self, key: &str, path: &str, name: &str, content: &[u8]) -> Page {
        let to = format!("{path}/attachments");
        self.visitor(key).upload(&to, ("file", name, content), &[]).await
    }

    /// The files of a deal, by name.
    pub fn files_of_deal(&self, path: &str) -> Vec<StoredFile> {
        self.read(|conn| {
            Ok(deal_attachments::table
                .inner_join(deals::table)
                .filter(deals::reference.eq(reference_of(path)))
                .order(deal_attachments::name)
                .select((
                    deal_attachments::reference,
                    deal_attachments::name,
                    deal_attachments::kind,
                    deal_attachments::sha256,
                    deal_attachments::content,
                ))
                .load(conn)?)
        })
    }

    pub fn deal(&self, path: &str) -> Stored {
        self.read(|conn| {
            Ok(deals::table
                .filter(deals::reference.eq(reference_of(path)))
                .select((deals::status, deals::revision, deals::receipt, deals::protected_until_on))
                .first(conn)?)
        })
    }

    /// By what the customers of protected deals are known.
    pub fn deal_claims(&self) -> Vec<String> {
        self.read(|conn| {
            Ok(deal_claims::table
                .order(deal_claims::claim)
                .select(deal_claims::claim)
                .load(conn)?)
        })
    }

    pub fn history_of_deal(&self, path: &str) -> Vec<String> {
        self.read(|conn| {
            Ok(audit_events::table
                .filter(audit_events::subject_reference.eq(reference_of(path)))
                .order(audit_events::id)
                .select(audit_events::action)
                .load(conn)?)
        })
    }

    /// Every mail about deals: the event and to whom.
    pub fn deal_mails(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::event.like("deals.%"))
                .order(mails::id)
                .select((mails::event, mails::to_email))
                .load(conn)?)
        })
    }

    /// Those that came after so many.
    pub fn deal_mails_since(&self, before: usize) -> Vec<(String, String)> {
        self.deal_mails().split_off(before)
    }
}
