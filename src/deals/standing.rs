//! The question whether a customer is free. It belongs to a draft, stands in the history, and can be
//! asked so often only: it is no way to find out who buys what.

use chrono::Duration;
use diesel::prelude::*;

use super::DealStatus;
use super::actions::ASKED;
use super::model::{Deal, with_names};
use super::status::{OPEN, Standing};
use super::steps::Step;
use crate::audit::{self, By, Change};
use crate::auth::Scope;
use crate::auth::throttle::{self, Limit};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{categories, deals, organisations};
use crate::error::{Error, Result};

/// Questions of one person …
pub const QUESTIONS_OF_PERSON: Limit = Limit::new("deals.person", 20, Duration::hours(1));
/// … and of everybody of a partner.
pub const QUESTIONS_OF_PARTNER: Limit = Limit::new("deals.partner", 100, Duration::hours(24));

/// What a question gave; none where too many were asked already.
pub(super) fn ask(
    scope: &Scope,
    deal: &Deal,
    now: Instant,
    conn: &mut Conn,
) -> Result<Option<Standing>> {
    let person = scope.actor().contact_id.to_string();
    let partner = format!("{}:{}", scope.program().id, scope.organisation_id());
    let may_ask = throttle::take(&QUESTIONS_OF_PERSON, &person, 1, now, conn)?
        && throttle::take(&QUESTIONS_OF_PARTNER, &partner, 1, now, conn)?;
    if !may_ask {
        return Ok(None);
    }
    let standing = of(scope, deal, conn)?;
    let change = Change { to: standing.label(), ..Change::default() };
    let by = By::Person(scope.actor());
    audit::record(by, &ASKED, deal.subject(Some(deal.partner_id)), change, now, conn)?;
    Ok(Some(standing))
}

/// Asks again for a draft that is as it was shown.
pub(super) fn ask_again(
    scope: &Scope,
    deal: &Deal,
    seen: i64,
    now: Instant,
    conn: &mut Conn,
) -> Result<Standing> {
    Step::Edit.allow(scope, deal, seen)?;
    let refused = Error::TooMany { retry_after: QUESTIONS_OF_PERSON.left(now) };
    ask(scope, deal, now, conn)?.ok_or(refused)
}

fn of(scope: &Scope, deal: &Deal, conn: &mut Conn) -> Result<Standing> {
    let others = namesakes(deal, conn)?;
    let others = others.iter().filter(|one| one.partner_id != deal.partner_id);
    let mut standing = Standing::Free;
    for other in others {
        if other.is_in_force(scope.program(), scope.today()) {
            return Ok(Standing::Taken);
        }
        if other.status != DealStatus::Approved {
            standing = Standing::Contested;
        }
    }
    Ok(standing)
}

/// Deals of the category that are known by the same name, in whichever country, or by the same domain:
/// a union, because each half has an index of its own; of the two joined by OR, sorted by time, SQLite
/// reads the whole program in the order of time. A macro, because its type has no name.
macro_rules! alike {
    ($deal:expr) => {{
        use diesel::sql_types::{BigInt, Bool, Text};
        let deal: &Deal = $deal;
        diesel::dsl::sql::<Bool>("deals.id IN (SELECT named.id FROM deals AS named")
            .sql(" WHERE named.program_id = ")
            .bind::<BigInt, _>(deal.program_id)
            .sql(" AND named.category_id = ")
            .bind::<BigInt, _>(deal.category_id)
            .sql(" AND named.customer_key = ")
            .bind::<Text, _>(deal.customer_key.clone())
            .sql(" UNION SELECT seated.id FROM deals AS seated WHERE seated.program_id = ")
            .bind::<BigInt, _>(deal.program_id)
            .sql(" AND seated.category_id = ")
            .bind::<BigInt, _>(deal.category_id)
            .sql(" AND seated.customer_domain <> '' AND seated.customer_domain = ")
            .bind::<Text, _>(deal.customer_domain.clone())
            .sql(")")
    }};
}
pub(super) use alike;

/// Every deal of the same customer and category that is open or approved, whoever's it is.
pub fn namesakes(deal: &Deal, conn: &mut Conn) -> Result<Vec<Deal>> {
    let by_name = deals::customer_key
        .eq(&deal.customer_key)
        .and(deals::customer_country.eq(&deal.customer_country));
    let by_domain =
        deals::customer_domain.eq(&deal.customer_domain).and(deals::customer_domain.ne(""));
    Ok(with_names!()
        .filter(alike!(deal))
        .filter(deals::id.ne(deal.id))
        .filter(deals::status.eq_any(OPEN))
        .filter(by_name.or(by_domain))
        .order((deals::submitted_at, deals::id))
        .load(conn)?)
}
