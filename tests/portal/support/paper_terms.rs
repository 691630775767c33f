//! The dates of order lines as a clerk would find them: by turning the calendar's leaves one by one,
//! from the day the order was processed, and looking at each what the policy of that day says.
//! Takes nothing from `src/`.

use super::paper_calendar::Day;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    New,
    Renewal,
    Change,
    Trial,
    Nfr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goods {
    Subscription,
    Perpetual,
    Hardware { warranty_months: u32 },
    Service,
}

#[derive(Debug, Clone, Copy)]
pub struct Policy {
    pub from: Day,
    pub term_by_activation: bool,
    pub warranty_by_activation: bool,
    pub grace: i32,
    pub by_key: bool,
    pub lapse: i32,
}

#[derive(Debug, Clone, Copy)]
pub enum Base {
    None,
    Waiting,
    Ends(Day),
}

#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub kind: Kind,
    pub goods: Goods,
    pub months: Option<u32>,
    pub processed: Day,
    pub activated: Option<Day>,
    pub base: Base,
}

/// The first and the last day of a term or a warranty, as far as they are known.
pub type Period = (Option<Day>, Option<Day>);

/// The term and the warranty.
pub type Dates = (Period, Period);

/// The dates, or the name of the reason there are none.
pub type Found = Result<Dates, &'static str>;

/// The last day of a term: on through the months until the day comes round, and one back; or the
/// last day of a month that does not have it.
pub fn last_day(start: Day, months: u32) -> Day {
    let (mut here, mut turned) = (start, 0);
    while turned < months || here.day != start.day {
        let tomorrow = here.next();
        if tomorrow.day == 1 {
            if turned == months {
                return here;
            }
            turned += 1;
        }
        here = tomorrow;
    }
    here.previous()
}

pub fn find(line: &Line, policies: &[Policy], today: Day) -> Found {
    if line.activated.is_some_and(|day| day < line.processed) {
        return Err("activated-before-processed");
    }
    let months_given = line.months.is_some();
    match (line.goods, line.kind) {
        (Goods::Perpetual, Kind::Renewal) => return Err("perpetual-renewed"),
        (Goods::Perpetual, _) if months_given => return Err("perpetual-with-months"),
        (_, Kind::Renewal) | (Goods::Subscription, Kind::New | Kind::Trial | Kind::Nfr)
            if !months_given =>
        {
            return Err("months-missing");
        }
        _ => {}
    }
    let period = match (line.kind, line.base) {
        (Kind::Renewal, Base::None) => return Err("nothing-to-renew"),
        (Kind::Change, Base::None) => return Err("nothing-to-change"),
        (Kind::Change, Base::Ends(end)) if end < line.processed => return Err("changed-after-end"),
        _ if line.goods == Goods::Perpetual => (Some(line.processed), None),
        (Kind::Change, Base::Ends(end)) => (Some(line.processed), Some(end)),
        (Kind::Change, Base::Waiting) => (Some(line.processed), None),
        (Kind::Renewal, Base::Waiting) => (None, None),
        (Kind::Renewal, Base::Ends(old_end)) => {
            term(line, renewal_start(line, old_end, policies, today)?)
        }
        _ => term(line, wait_for(line, policies, today, |policy| policy.term_by_activation)),
    };
    Ok((period, warranty(line, policies, today)))
}

fn term(line: &Line, start: Option<Day>) -> Period {
    match (start, line.months) {
        (Some(start), Some(months)) => (Some(start), Some(last_day(start, months))),
        _ => (None, None),
    }
}

/// Turns the leaves from the processing on, for as long as the policy of the day asks for an activation.
fn wait_for(
    line: &Line,
    policies: &[Policy],
    today: Day,
    asks: fn(&Policy) -> bool,
) -> Option<Day> {
    let mut leaf = line.processed;
    let last_leaf = today.max(line.activated.unwrap_or(today)).max(line.processed);
    while leaf <= last_leaf {
        if !asks(policy_of(leaf, policies)) {
            let known = leaf <= today || leaf == line.processed;
            return known.then_some(line.processed);
        }
        if line.activated == Some(leaf) {
            return Some(leaf);
        }
        leaf = leaf.next();
    }
    None
}

fn renewal_start(
    line: &Line,
    old_end: Day,
    policies: &[Policy],
    today: Day,
) -> Result<Option<Day>, &'static str> {
    let lapse = policy_of(line.processed, policies).lapse;
    if old_end.steps_to(line.processed) > lapse {
        return Err("renewal-too-late");
    }
    match wait_for(line, policies, today, |policy| policy.by_key) {
        None => Ok(None),
        Some(renewed) if renewed <= old_end => Ok(Some(old_end.next())),
        Some(renewed) if old_end.steps_to(renewed) > lapse => Err("renewal-too-late"),
        renewed => Ok(renewed),
    }
}

fn warranty(line: &Line, policies: &[Policy], today: Day) -> Period {
    let Goods::Hardware { warranty_months } = line.goods else {
        return (None, None);
    };
    if line.kind == Kind::Renewal {
        return (None, None);
    }
    let rule = policy_of(line.processed, policies);
    let mut start = line.processed;
    if rule.warranty_by_activation {
        let mut grace_left = rule.grace;
        while grace_left > 0 && line.activated != Some(start) {
            start = start.next();
            grace_left -= 1;
        }
        if line.activated.is_none() && today < start {
            return (None, None);
        }
    }
    (Some(start), Some(last_day(start, warranty_months)))
}

/// The policies lie in order; the one before the first that is still to come is in force.
fn policy_of(day: Day, policies: &[Policy]) -> &Policy {
    let mut in_force = &policies[0];
    for policy in policies {
        if policy.from <= day {
            in_force = policy;
        }
    }
    in_force
}
