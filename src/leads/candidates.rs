//! The partners that a lead could go to, the best first.
//!
//! By country, then by how many leads each has in hand, then by name: the same question gives the
//! same answer, and the page says why each stands where it does.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::model::Lead;
use super::rules;
use crate::db::Conn;
use crate::error::Result;
use crate::names;

/// So many are shown; further ones are found by name.
pub(super) const MOST: usize = 20;
pub(super) const LIMIT: i64 = 21;

/// A partner that could take the leads that were chosen.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub organisation_id: i64,
    /// Of its enrolment.
    pub reference: String,
    pub name: String,
    pub reason: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    organisation_id: i64,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    country: String,
    #[diesel(sql_type = BigInt)]
    open_leads: i64,
}

// The words are those of the index, so that the count is read from it alone. Parameters are
// numbered in the order in which they first stand: SQLite counts them so.
const CANDIDATES: &str = "\
    SELECT enrolments.organisation_id, enrolments.reference, organisations.name, organisations.country, \
           (SELECT COUNT(*) FROM leads \
             WHERE leads.program_id = enrolments.program_id \
               AND leads.assigned_to_id = enrolments.organisation_id \
               AND leads.status IN ('assigned', 'opened', 'accepted', 'in_progress')) AS open_leads \
      FROM enrolments JOIN organisations ON organisations.id = enrolments.organisation_id \
     WHERE enrolments.program_id = $1 AND enrolments.part = 'partner' \
       AND enrolments.status = 'active' AND enrolments.name_key LIKE $2 ESCAPE '\\' \
       AND NOT EXISTS (SELECT 1 FROM lead_answers \
             WHERE lead_answers.organisation_id = enrolments.organisation_id \
               AND lead_answers.lead_id IN ({leads}) AND lead_answers.answer = 'declined') \
     ORDER BY CASE WHEN organisations.country = $3 THEN 0 ELSE 1 END, 5, enrolments.name_key, \
              enrolments.reference \
     LIMIT $4";

/// The partner to whom a lead goes that nobody chooses one for; none where no active one is left that
/// has not declined it.
pub(super) fn first_for(
    program_id: i64,
    lead: &Lead,
    conn: &mut Conn,
) -> Result<Option<Candidate>> {
    let ranked = candidates_for(program_id, std::slice::from_ref(lead), "", 1, conn)?;
    Ok(ranked.into_iter().next())
}

/// The active partners of the program whose name has these words in it and that have declined none of
/// the leads, the best for all of them first.
pub(super) fn candidates_for(
    program_id: i64,
    leads: &[Lead],
    name: &str,
    most: i64,
    conn: &mut Conn,
) -> Result<Vec<Candidate>> {
    let country = shared_country(leads);
    let ids: Vec<String> = leads.iter().map(|lead| lead.id.to_string()).collect();
    let text = CANDIDATES.replace("{leads}", &ids.join(", "));
    let pattern = format!("%{}%", names::escape_like(&names::fold(name)));
    let rows: Vec<Row> = sql_query(text)
        .bind::<BigInt, _>(program_id)
        .bind::<Text, _>(pattern)
        .bind::<Text, _>(country.unwrap_or_default())
        .bind::<BigInt, _>(most)
        .load(conn)?;
    let candidate = |row: Row| Candidate {
        organisation_id: row.organisation_id,
        reason: rules::reason(&row.country, country, row.open_leads),
        reference: row.reference,
        name: row.name,
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// The country of the leads, if it is the same for all of them.
fn shared_country(leads: &[Lead]) -> Option<&str> {
    let first = leads.first()?.country.as_str();
    leads.iter().all(|lead| lead.country == first).then_some(first)
}
