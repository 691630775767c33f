//! Leads as the vendor hands them out, page by page.

use chrono::NaiveDate;
use diesel::prelude::*;
use portal::clock::Instant;
use portal::db::schema::{audit_events, leads, mails, organisations, policies, programs};
use portal::sweeps;

use super::{Page, Portal, database};

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

    /// Somebody takes a step with a lead as it is now, for a reason where one is asked for.
    pub async fn step(&self, key: &str, path: &str, step: &str) -> Page {
        let chosen = self.as_chosen(path);
        let seen = chosen.rsplit(':').next().unwrap();
        let sent = [("seen", seen), ("text", "Because of the weather")];
        self.visitor(key).post(&format!("{path}/{step}"), &sent).await
    }

    /// A lead that somebody at a partner enters as its own.
    pub async fn own_lead(&self, key: &str, changes: &[(&str, &str)]) -> String {
        self.visitor(key).post("/p/shield/leads/new", &lead(changes)).await.created()
    }

    /// What the portal does with leads at night, on the day that it is; in words.
    pub fn lead_night(&self) -> String {
        let sweep = sweeps::find("leads").unwrap();
        sweeps::run(sweep, &self.program("shield"), None, &self.app).unwrap().outcome.text
    }

    /// The policies of "shield" become these: from which day, days of inactivity, and days of those
    /// that are closed once.
    pub fn lead_policies(&self, wanted: &[(&str, Option<i32>, Option<i32>)]) {
        const KEPT: &str = "term_starts, renewals_by_key, warranty_starts, warranty_grace_days, \
             standard_terms, sku_forms, odd_terms, order_processing, quoted_by, nfr_on_joining, \
             renewal_lapse_days, deal_protection_days, quote_validity_days, source, \
             lead_distribution";
        let wanted: Vec<(NaiveDate, Option<i32>, Option<i32>)> =
            wanted.iter().map(|one| (one.0.parse().unwrap(), one.1, one.2)).collect();
        let (id, long_ago) =
            (self.program("shield").id, NaiveDate::from_ymd_opt(1900, 1, 1).unwrap());
        self.write(move |conn| {
            let of = policies::table.filter(policies::program_id.eq(id));
            let last = of.select(policies::effective_on).order(policies::effective_on.desc());
            let last: NaiveDate = last.first(conn)?;
            diesel::delete(of.filter(policies::effective_on.ne(last))).execute(conn)?;
            diesel::update(of).set(policies::effective_on.eq(long_ago)).execute(conn)?;
            for (from, expires, closes) in &wanted {
                let day = match database::is_postgres() {
                    true => format!("DATE '{from}'"),
                    false => format!("'{from}'"),
                };
                diesel::sql_query(format!(
                    "INSERT INTO policies (program_id, effective_on, {KEPT}) \
                     SELECT program_id, {day}, {KEPT} FROM policies \
                     WHERE program_id = {id} AND effective_on = '{long_ago}'"
                ))
                .execute(conn)?;
                diesel::update(of.filter(policies::effective_on.eq(from)))
                    .set((
                        policies::lead_inactivity_days.eq(expires),
                        policies::closes_leads_inactive_days.eq(closes),
                    ))
                    .execute(conn)?;
            }
            diesel::delete(of.filter(policies::effective_on.eq(long_ago))).execute(conn)?;
            Ok(())
        });
    }

    /// From now on leads of "shield" go to the first of the ranking by themselves.
    pub fn distributes_by_itself(&self) {
        self.write(|conn| {
            diesel::update(policies::table)
                .set(policies::lead_distribution.eq("automatic"))
                .execute(conn)?;
            Ok(())
        });
    }

    /// Leads of "shield" are stopped at these times.
    pub fn stop_leads(&self, windows: &[(Instant, Instant)]) {
        let micros = |at: &Instant| at.to_datetime().timestamp_micros();
        let lines: Vec<String> = windows
            .iter()
            .map(|(from, until)| format!("MW-0 {} {} leads Stop.", micros(from), micros(until)))
            .collect();
        self.write(move |conn| {
            diesel::update(programs::table.filter(programs::slug.eq("shield")))
                .set(programs::maintenance.eq(lines.join("\n")))
                .execute(conn)?;
            Ok(())
        });
    }

    /// A lead was active last at this instant.
    pub fn was_active(&self, path: &str, at: Instant) {
        let reference = reference_of(path).to_owned();
        self.write(move |conn| {
            diesel::update(leads::table.filter(leads::reference.eq(&reference)))
                .set((leads::last_activity_at.eq(at), leads::created_at.eq(at)))
                .execute(conn)?;
            Ok(())
        });
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
