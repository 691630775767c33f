//! Whom a partner can ask: its distributors, and the vendor where the policy of the day lets it
//! quote. Read together with what the policy says of terms: one query.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::QUOTERS;
use super::rules::TermRules;
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{enrolment_distributors, enrolments, organisations, policies, programs};
use crate::error::{Error, Result};
use crate::partners::EnrolmentStatus;
use crate::programs::pack::{OddTerms, QuotedBy};

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoter {
    pub organisation_id: i64,
    /// As the form sends it: the reference of the distributor's enrolment, or [`VENDOR`].
    pub value: String,
    pub label: String,
}

/// The vendor itself, as the form sends it.
pub const VENDOR: &str = "vendor";

/// Whom a partner can ask on a day, and what holds then.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub quoters: Vec<Quoter>,
    pub terms: TermRules,
    /// How long a quote is valid.
    pub quote_validity_days: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = policies)]
struct PolicyRow {
    effective_on: NaiveDate,
    standard_terms: String,
    odd_terms: OddTerms,
    quoted_by: QuotedBy,
    renewal_lapse_days: i32,
    quote_validity_days: i32,
}

type Row = (PolicyRow, (i64, String), Option<(String, EnrolmentStatus)>, Option<(i64, String)>);

impl Surroundings {
    pub fn of(scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let distributors = diesel::alias!(enrolments as distributor_enrolments);
        let mine = enrolment_distributors::enrolment_id.eq(scope.enrolment_id().unwrap_or(0));
        let rows: Vec<Row> = policies::table
            .inner_join(programs::table.inner_join(organisations::table))
            .left_join(enrolment_distributors::table.on(mine))
            .left_join(
                distributors.on(distributors
                    .field(enrolments::id)
                    .nullable()
                    .eq(enrolment_distributors::distributor_id.nullable())),
            )
            .left_join(
                QUOTERS.on(QUOTERS
                    .field(organisations::id)
                    .nullable()
                    .eq(distributors.field(enrolments::organisation_id).nullable())),
            )
            .filter(policies::program_id.eq(scope.program().id))
            .order((policies::effective_on, QUOTERS.field(organisations::name_key)))
            .select((
                PolicyRow::as_select(),
                (organisations::id, organisations::name),
                distributors.fields((enrolments::reference, enrolments::status)).nullable(),
                QUOTERS.fields((organisations::id, organisations::name)).nullable(),
            ))
            .load(conn)?;
        Self::in_force(rows, scope.today())
    }

    /// The first policy also covers every day before its own.
    fn in_force(rows: Vec<Row>, today: NaiveDate) -> Result<Self> {
        let days = || rows.iter().map(|(policy, ..)| policy.effective_on);
        let day = days().filter(|day| *day <= today).max().or_else(|| days().min());
        let mut surroundings: Option<Self> = None;
        let mut vendor = None;
        let of_the_day = rows.into_iter().filter(|(policy, ..)| Some(policy.effective_on) == day);
        for (policy, (vendor_id, vendor_name), enrolment, organisation) in of_the_day {
            if policy.quoted_by == QuotedBy::Vendor {
                let label = format!("{vendor_name}, the vendor");
                vendor =
                    Some(Quoter { organisation_id: vendor_id, value: VENDOR.to_owned(), label });
            }
            let found = match &mut surroundings {
                Some(found) => found,
                None => surroundings.insert(policy.surroundings()?),
            };
            if let (Some((value, EnrolmentStatus::Active)), Some((organisation_id, label))) =
                (enrolment, organisation)
            {
                found.quoters.push(Quoter { organisation_id, value, label });
            }
        }
        let mut found =
            surroundings.ok_or_else(|| Error::internal("a program without policies"))?;
        found.quoters.extend(vendor);
        Ok(found)
    }

    pub fn quoter(&self, value: &str) -> Option<&Quoter> {
        self.quoters.iter().find(|quoter| quoter.value == value)
    }
}

impl PolicyRow {
    fn surroundings(&self) -> Result<Surroundings> {
        let terms = self.standard_terms.split_whitespace().map(str::parse);
        let standard_terms = terms.collect::<std::result::Result<_, _>>();
        Ok(Surroundings {
            quoters: Vec::new(),
            terms: TermRules {
                standard_terms: standard_terms.map_err(Error::internal)?,
                odd_terms: self.odd_terms,
                renewal_lapse_days: self.renewal_lapse_days,
            },
            quote_validity_days: self.quote_validity_days,
        })
    }
}
