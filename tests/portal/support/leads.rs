//! Leads as the vendor hands them out, page by page.

use diesel::prelude::*;
use portal::db::schema::{audit_events, leads, mails, organisations};

use super::Portal;

/// What stands in every lead of the tests, unless a test says otherwise.
pub const LEAD: [(&str, &str); 6] = [
    ("company", "Hooli"),
    ("contact_name", "Gavin Belson"),
    ("email", "gavin@hooli.example"),
    ("phone", "+81 3 1234 5678"),
    ("country", "JP"),
    ("interest", "Alarms for three warehouses"),
];

/// The fields of a lead with some sent differently.
pub fn lead<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = LEAD.to_vec();
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
    fields.extend(changes);
    fields
}

/// The reference at the end of a lead's address.
pub fn reference_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

impl Portal {
    /// The account manager enters a lead; gives its address.
    pub async fn enter_lead(&self, changes: &[(&str, &str)]) -> String {
        self.visitor("cam").post("/p/shield/leads/new", &lead(changes)).await.created()
    }

    /// … and assigns it to a partner.
    pub async fn lead_for(&self, organisation: &str, changes: &[(&str, &str)]) -> String {
        let path = self.enter_lead(changes).await;
        self.assign_lead(&path, organisation).await;
        path
    }

    pub async fn assign_lead(&self, path: &str, organisation: &str) {
        let (chosen, partner) = (self.as_chosen(path), self.enrolment(organisation));
        let sent = [("lead", chosen.as_str()), ("partner", &partner)];
        self.visitor("cam").post("/p/shield/leads/assignment", &sent).await.goes_to(path);
    }

    /// The lead as a form sends it that shows it now.
    pub fn as_chosen(&self, path: &str) -> String {
        let reference = reference_of(path).to_owned();
        let revision: i64 = self.read(|conn| {
            let of = leads::table.filter(leads::reference.eq(&reference));
            Ok(of.select(leads::revision).first(conn)?)
        });
        format!("{reference}:{revision}")
    }

    /// Status, who has it and who opened it, as stored.
    pub fn lead(&self, path: &str) -> (String, Option<String>, String) {
        self.read(|conn| {
            Ok(leads::table
                .left_join(organisations::table)
                .filter(leads::reference.eq(reference_of(path)))
                .select((leads::status, organisations::name.nullable(), leads::opened_by))
                .first(conn)?)
        })
    }

    pub fn leads(&self) -> i64 {
        self.read(|conn| Ok(leads::table.count().get_result(conn)?))
    }

    /// What happened to a lead, oldest first: the action, and whose history it is part of.
    pub fn history_of_lead(&self, path: &str) -> Vec<String> {
        self.read(|conn| {
            Ok(audit_events::table
                .filter(audit_events::subject_reference.eq(reference_of(path)))
                .order(audit_events::id)
                .select(audit_events::action)
                .load(conn)?)
        })
    }

    pub fn lead_mails(&self) -> Vec<(String, String)> {
        self.read(|conn| {
            Ok(mails::table
                .filter(mails::event.like("leads.%"))
                .order(mails::id)
                .select((mails::event, mails::to_email))
                .load(conn)?)
        })
    }
}
