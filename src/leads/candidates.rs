//! The partners that a lead could go to, the best first: what counts of each is read, `ranking` decides,
//! and the page says why each stands where it does.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::model::Lead;
use super::ranking::{self, Known};
use crate::auth::Program;
use crate::calendar::{add_days, start_of_day};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::names;

/// So many are shown; further ones are found by name.
pub(super) const MOST: usize = 20;
pub(super) const LIMIT: usize = 21;
/// Answers to leads count for so many days.
const ANSWERS_DAYS: i64 = 365;

/// A partner that could take the leads that were chosen.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub organisation_id: i64,
    /// Of its enrolment.
    pub reference: String,
    pub name: String,
    pub reason: String,
    pub known: Known,
}

/// Which leads are handed out, and when.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub program: &'a Program,
    pub now: Instant,
    /// Where they are from, and the category that they are about, if it is the same for all of them.
    pub country: Option<&'a str>,
    pub category_id: Option<i64>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(program: &'a Program, leads: &'a [Lead], now: Instant) -> Self {
        let shared = |same: &dyn Fn(&Lead) -> bool| !leads.is_empty() && leads.iter().all(same);
        let first = leads.first();
        let country = first.map(|lead| lead.country.as_str());
        let category_id = first.and_then(Lead::category_id);
        Self {
            program,
            now,
            country: country.filter(|one| shared(&|lead| lead.country == *one)),
            category_id: category_id.filter(|one| shared(&|lead| lead.category_id() == Some(*one))),
        }
    }

    /// From when on answers count: the beginning of a day of the program's.
    fn answers_since(self) -> Instant {
        let first = add_days(self.program.day_of(self.now), -ANSWERS_DAYS);
        Instant::from_utc(start_of_day(first, self.program.time_zone))
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    organisation_id: i64,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    name_key: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    country: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    tier_rank: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    tier: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    kind_position: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    category: Option<String>,
    #[diesel(sql_type = BigInt)]
    has_sold: i64,
    #[diesel(sql_type = BigInt)]
    open_leads: i64,
    #[diesel(sql_type = BigInt)]
    accepted: i64,
    #[diesel(sql_type = BigInt)]
    answered: i64,
}

// The states are those of the index, so that open leads are counted from it alone; so are answers and
// what was sold. Parameters are numbered in the order in which they first stand: SQLite counts them so.
const CANDIDATES: &str = "\
    SELECT enrolments.organisation_id, enrolments.reference, enrolments.name_key, \
           organisations.name, organisations.country, \
           CAST(tiers.rank AS BIGINT) AS tier_rank, tiers.name AS tier, \
           CAST(kinds.position AS BIGINT) AS kind_position, kinds.name AS kind, \
           (SELECT categories.name FROM categories WHERE categories.id = $1) AS category, \
           CAST(CASE WHEN EXISTS (SELECT 1 FROM licences \
             WHERE licences.program_id = enrolments.program_id \
               AND licences.reseller_id = enrolments.organisation_id \
               AND licences.product_id IN \
                   (SELECT products.id FROM products WHERE products.category_id = $1)) \
             THEN 1 ELSE 0 END AS BIGINT) AS has_sold, \
           (SELECT COUNT(*) FROM leads \
             WHERE leads.program_id = enrolments.program_id \
               AND leads.assigned_to_id = enrolments.organisation_id \
               AND leads.status IN ('assigned', 'opened', 'accepted', 'in_progress')) AS open_leads, \
           (SELECT COUNT(*) FROM lead_answers \
             WHERE lead_answers.program_id = enrolments.program_id \
               AND lead_answers.organisation_id = enrolments.organisation_id \
               AND lead_answers.answered_at >= $2 \
               AND lead_answers.answer = 'accepted') AS accepted, \
           (SELECT COUNT(*) FROM lead_answers \
             WHERE lead_answers.program_id = enrolments.program_id \
               AND lead_answers.organisation_id = enrolments.organisation_id \
               AND lead_answers.answered_at >= $2) AS answered \
      FROM enrolments JOIN organisations ON organisations.id = enrolments.organisation_id \
      LEFT JOIN tiers ON tiers.id = enrolments.tier_id \
      LEFT JOIN partner_types AS kinds ON kinds.id = \
           (SELECT partner_types.id FROM enrolment_types \
              JOIN partner_types ON partner_types.id = enrolment_types.type_id \
             WHERE enrolment_types.enrolment_id = enrolments.id \
             ORDER BY partner_types.position, partner_types.id LIMIT 1) \
     WHERE enrolments.program_id = $3 AND enrolments.part = 'partner' \
       AND enrolments.status = 'active' AND enrolments.name_key LIKE $4 ESCAPE '\\' \
       AND NOT EXISTS (SELECT 1 FROM lead_answers \
             WHERE lead_answers.organisation_id = enrolments.organisation_id \
               AND lead_answers.lead_id IN ({leads}) AND lead_answers.answer = 'declined')";

/// The partner to whom a lead goes that nobody chooses one for; none where no active one is left that
/// has not declined it.
pub(super) fn first_for(
    program: &Program,
    lead: &Lead,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<Candidate>> {
    let leads = std::slice::from_ref(lead);
    let all = all_for(Asked::of(program, leads, now), leads, "", conn)?;
    let country = Some(lead.country.as_str());
    Ok(all
        .into_iter()
        .min_by(|one, other| one.known.place(country).cmp(&other.known.place(country))))
}

/// The active partners of the program whose name has these words in it and that have declined none of
/// the leads, the best for all of them first.
pub(super) fn candidates_for(
    asked: Asked<'_>,
    leads: &[Lead],
    name: &str,
    most: usize,
    conn: &mut Conn,
) -> Result<Vec<Candidate>> {
    let mut all = all_for(asked, leads, name, conn)?;
    all.sort_by(|one, other| one.known.place(asked.country).cmp(&other.known.place(asked.country)));
    all.truncate(most);
    Ok(all)
}

/// They in no order: one query.
pub(super) fn all_for(
    asked: Asked<'_>,
    leads: &[Lead],
    name: &str,
    conn: &mut Conn,
) -> Result<Vec<Candidate>> {
    let ids: Vec<String> = leads.iter().map(|lead| lead.id.to_string()).collect();
    // No lead has the number 0: where none is there yet, nobody has declined it.
    let ids = if ids.is_empty() { "0".to_owned() } else { ids.join(", ") };
    let pattern = format!("%{}%", names::escape_like(&names::fold(name)));
    let rows: Vec<Row> = sql_query(CANDIDATES.replace("{leads}", &ids))
        .bind::<BigInt, _>(asked.category_id.unwrap_or(0))
        .bind::<Timestamp, _>(asked.answers_since())
        .bind::<BigInt, _>(asked.program.id)
        .bind::<Text, _>(pattern)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.candidate(asked)).collect())
}

impl Row {
    fn candidate(self, asked: Asked<'_>) -> Candidate {
        let known = Known {
            country: self.country,
            kind: self.kind_position.zip(self.kind),
            has_sold: asked.category_id.map(|_| self.has_sold > 0),
            tier: self.tier_rank.zip(self.tier),
            open_leads: self.open_leads,
            accepted: self.accepted,
            answered: self.answered,
            name_key: self.name_key,
            reference: self.reference.clone(),
        };
        Candidate {
            organisation_id: self.organisation_id,
            reference: self.reference,
            name: self.name,
            reason: ranking::reason(&known, asked.country, self.category.as_deref()),
            known,
        }
    }
}
