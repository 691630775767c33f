//! Leads that nobody has yet go to the first of the ranking by themselves, where the policy of the day
//! says so: with the same history and mail as those that somebody assigns.
//!
//! Many at once are handed out as one after the other would be: each counts with what its partner has in
//! hand for the next one.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap};

use diesel::prelude::*;

use super::assignment::{self, Decision, Receiver};
use super::candidates::{self, Asked, Candidate, all_for};
use super::fields::NewLead;
use super::model::Lead;
use super::topics::TopicId;
use crate::audit::By;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::products;
use crate::error::Result;
use crate::maintenance::{self, Capability};
use crate::programs::pack::LeadDistribution;
use crate::programs::rules_of;

/// Who hands leads out where the policy of the day says so.
pub(super) const BY: By<'static> = By::Portal("Lead distribution");

/// Whether leads go to a partner by themselves on the day.
fn is_automatic(program: &Program, now: Instant, conn: &mut Conn) -> Result<bool> {
    let rules = rules_of(program.id, conn)?;
    let policy = rules.policies.at(program.day_of(now));
    Ok(policy.lead_distribution == LeadDistribution::Automatic)
}

/// Hands a lead that nobody has to the first of the ranking, where the policy of the day says so.
/// Gives the partner's name; none where it waits to be assigned.
pub(super) fn distribute(
    decision: Decision<'_>,
    lead: &Lead,
    conn: &mut Conn,
) -> Result<Option<String>> {
    let Decision { program, now, .. } = decision;
    if !is_automatic(program, now, conn)? {
        return Ok(None);
    }
    let Some(first) = candidates::first_for(program, lead, now, conn)? else { return Ok(None) };
    let to = Receiver { organisation_id: first.organisation_id, name: first.name };
    let by_itself = Decision { by: BY, ..decision };
    assignment::assign(by_itself, std::slice::from_ref(lead), &to, "", conn)?;
    Ok(Some(to.name))
}

/// Finds partners for leads that are not there yet.
pub(super) struct Distribution<'a> {
    program: &'a Program,
    now: Instant,
    categories: HashMap<i64, i64>,
    /// By country and category of the leads.
    groups: HashMap<(String, Option<i64>), Group>,
    /// Leads that were handed out here, by partner.
    given: HashMap<i64, i64>,
}

/// The partners that are best for some leads but for what they have in hand: nobody else gets one.
struct Group {
    /// As they follow each other where they have as many leads.
    best: Vec<Candidate>,
    /// So many leads has the one at this place, as far as the heap was told.
    in_hand: BinaryHeap<Reverse<(i64, usize)>>,
}

impl<'a> Distribution<'a> {
    /// None where leads are handed out by hand, or are stopped for maintenance.
    pub(super) fn of(program: &'a Program, now: Instant, conn: &mut Conn) -> Result<Option<Self>> {
        if maintenance::open_for(program, Capability::Leads, now).is_err()
            || !is_automatic(program, now, conn)?
        {
            return Ok(None);
        }
        let categories: Vec<(i64, i64)> = products::table
            .filter(products::program_id.eq(program.id))
            .select((products::id, products::category_id))
            .load(conn)?;
        let categories = categories.into_iter().collect();
        let (groups, given) = (HashMap::new(), HashMap::new());
        Ok(Some(Self { program, now, categories, groups, given }))
    }

    /// Who gets a lead; none where no active partner is there.
    pub(super) fn next_for(&mut self, lead: &NewLead, conn: &mut Conn) -> Result<Option<Receiver>> {
        let category_id = match lead.topic {
            None => None,
            Some(TopicId::Category(id)) => Some(id),
            Some(TopicId::Product(id)) => self.categories.get(&id).copied(),
        };
        let group = match self.groups.entry((lead.country.clone(), category_id)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let country = Some(lead.country.as_str());
                let asked = Asked { program: self.program, now: self.now, country, category_id };
                place.insert(Group::read(asked, conn)?)
            }
        };
        Ok(group.next(&mut self.given))
    }
}

impl Group {
    fn read(asked: Asked<'_>, conn: &mut Conn) -> Result<Self> {
        let mut best = all_for(asked, &[], "", conn)?;
        let class = best.iter().map(|one| one.known.class(asked.country)).min();
        best.retain(|one| Some(one.known.class(asked.country)) == class);
        best.sort_by(|one, other| {
            let first = one.known.place_with(asked.country, 0);
            first.cmp(&other.known.place_with(asked.country, 0))
        });
        let in_hand = best.iter().enumerate();
        let in_hand = in_hand.map(|(place, one)| Reverse((one.known.open_leads, place))).collect();
        Ok(Self { best, in_hand })
    }

    /// The one with the fewest leads. What other groups handed out is found when its turn comes.
    fn next(&mut self, given: &mut HashMap<i64, i64>) -> Option<Receiver> {
        loop {
            let Reverse((told, place)) = self.in_hand.pop()?;
            let one = self.best.get(place)?;
            let more = given.entry(one.organisation_id).or_default();
            let has = one.known.open_leads + *more;
            if has > told {
                self.in_hand.push(Reverse((has, place)));
                continue;
            }
            *more += 1;
            self.in_hand.push(Reverse((has + 1, place)));
            return Some(Receiver { organisation_id: one.organisation_id, name: one.name.clone() });
        }
    }
}
