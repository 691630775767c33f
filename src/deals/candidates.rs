//! Which other deals may be of the same customer, the likeliest first, each with its reason. The
//! vendor's alone.

use std::cmp::Reverse;

use diesel::prelude::*;

use super::DealStatus;
use super::model::{Deal, with_names};
use super::standing::alike;
use super::status::OPEN;
use crate::auth::Program;
use crate::db::schema::{categories, deals, organisations};
use crate::db::{Conn, Keep};
use crate::error::Result;
use crate::locale::Locale;

/// More are not shown.
const MOST: usize = 10;
const LIMIT: i64 = 100;

/// How much speaks for one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    NameAbroad,
    Name,
    Domain,
    DomainAndName,
}

/// A deal that stands beside another.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub deal: Deal,
    /// In words.
    pub reason: String,
    /// Whether only one of the two can be approved.
    pub excludes: bool,
}

/// The open and approved deals of the same category that may be of the same customer. One query.
pub(super) fn candidates_for(deal: &Deal, conn: &mut Conn) -> Result<Vec<Deal>> {
    Ok(with_names!()
        .filter(alike!(deal))
        .filter(deals::id.ne(deal.id))
        .filter(deals::status.eq_any(OPEN))
        .order((deals::submitted_at, deals::id))
        .limit(LIMIT)
        .kept()
        .load(conn)?)
}

/// The likeliest first; of two alike the one that is protected, then the one that came first.
pub(super) fn ranked(
    deal: &Deal,
    others: Vec<Deal>,
    program: &Program,
    locale: Locale,
) -> Vec<Candidate> {
    let mut others: Vec<(Likeness, Deal)> =
        others.into_iter().map(|other| (likeness(deal, &other), other)).collect();
    others.sort_by_key(|(like, other)| {
        let approved = other.status == DealStatus::Approved;
        (Reverse(*like), !approved, other.submitted_at, other.id)
    });
    others
        .into_iter()
        .take(MOST)
        .map(|(like, other)| Candidate {
            reason: reason(deal, like, &other, program, locale),
            excludes: like != Likeness::NameAbroad,
            deal: other,
        })
        .collect()
}

fn likeness(deal: &Deal, other: &Deal) -> Likeness {
    let domain = !deal.customer_domain.is_empty() && deal.customer_domain == other.customer_domain;
    let name = deal.customer_key == other.customer_key;
    let country = deal.customer_country == other.customer_country;
    match (domain, name && country) {
        (true, true) => Likeness::DomainAndName,
        (true, false) => Likeness::Domain,
        (false, true) => Likeness::Name,
        (false, false) => Likeness::NameAbroad,
    }
}

fn reason(deal: &Deal, like: Likeness, other: &Deal, program: &Program, locale: Locale) -> String {
    let same = match like {
        Likeness::DomainAndName => "Same domain and same name",
        Likeness::Domain => "Same domain, another name",
        Likeness::Name if other.customer_domain.is_empty() || deal.customer_domain.is_empty() => {
            "Same name and country"
        }
        Likeness::Name => "Same name and country, another domain",
        Likeness::NameAbroad => "Same name in another country",
    };
    let stands = match (other.status, other.last_day(program)) {
        (DealStatus::Approved, Some(day)) => format!("protected until {}", locale.short_day(day)),
        (status, _) => {
            let at = other.submitted_at.unwrap_or(other.created_at);
            let day = locale.day(program.day_of(at));
            let order = if other.submitted_at < deal.submitted_at { "before" } else { "after" };
            match status.waits() {
                true => format!("waits since {day}, {order} this one"),
                false => {
                    format!("submitted on {day}, {order} this one, and returned to its partner")
                }
            }
        }
    };
    format!("{same}; {stands}")
}
