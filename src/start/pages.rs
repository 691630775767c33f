//! The page.

use askama::Template;

use super::model::{self, DAYS, Ending};
use super::words::{count, names};
use crate::auth::{Part, Scope, Seats};
use crate::calendar::days_between;
use crate::contacts::Role;
use crate::db::Conn;
use crate::error::Result;
use crate::locale::Locale;
use crate::names::capitalised;
use crate::web::{Frame, Visit};

/// How many of the next renewals the page lists.
const NEXT: usize = 8;

#[derive(Template)]
#[template(path = "start/index.html")]
pub(super) struct StartPage {
    frame: Frame,
    /// The person's first name.
    greeted: String,
    day: String,
    tasks: Vec<Task>,
    next: Vec<Line>,
    renewals: String,
    licences: String,
    shows_reseller: bool,
}

/// Something that needs somebody.
struct Task {
    tone: &'static str,
    icon: &'static str,
    title: String,
    detail: String,
    href: String,
    action: &'static str,
}

/// A renewal that is due.
struct Line {
    href: String,
    day: String,
    left: String,
    customer: String,
    product: String,
    quantity: String,
    reseller: String,
}

impl StartPage {
    /// Four queries at most.
    pub(super) fn read(visit: &Visit, scope: &Scope, conn: &mut Conn) -> Result<Self> {
        let locale = scope.actor().locale;
        let (late, due) = model::renewals(scope, conn)?;
        let mut tasks = Vec::new();
        tasks.extend(late_task(scope, &late));
        tasks.extend(due_task(scope, &due));
        let waiting = model::waiting(scope, conn)?;
        tasks.extend(lead_task(scope, &waiting.leads));
        tasks.extend(ending_task(scope, &waiting.ending_leads));
        tasks.extend(STEPS.task(scope, &waiting.steps));
        tasks.extend(INQUIRIES.task(scope, &waiting.inquiries));
        tasks.extend(QUOTES.task(scope, &waiting.quotes));
        let deals = if scope.is_vendor() { TO_DECIDE } else { TO_MEND };
        tasks.extend(deals.task(scope, &waiting.deals));
        tasks.extend(TO_SECOND.task(scope, &waiting.seconds));
        tasks.extend(SPECIALS.task(scope, &waiting.specials));
        let orders = if scope.is_vendor() { TO_PROCESS } else { TO_RELEASE };
        tasks.extend(orders.task(scope, &waiting.orders));
        match scope.part() {
            Some(part) if Seats::CHANNEL_ADMINISTRATORS.has(scope.seat()) => {
                tasks.extend(gap_task(scope, &model::gaps(scope, part, conn)?, part));
                tasks.extend(invitation_task(scope, &waiting.invited));
                tasks.extend(mail_task(scope, &waiting.failed_mails));
            }
            Some(_) => {}
            None => {
                tasks.extend(partner_task(scope, &model::partners_with_gap(scope, conn)?));
                tasks.extend(mail_task(scope, &waiting.failed_mails));
            }
        }
        let name = &scope.actor().name;
        Ok(Self {
            frame: visit.frame(scope),
            greeted: name.split(' ').next().unwrap_or(name).to_owned(),
            day: locale.day(scope.today()),
            tasks,
            next: due.iter().take(NEXT).map(|one| Line::of(one, scope, locale)).collect(),
            renewals: scope.path("/renewals"),
            licences: scope.path("/licences"),
            shows_reseller: scope.part() != Some(Part::Partner),
        })
    }
}

impl Line {
    fn of(ending: &Ending, scope: &Scope, locale: Locale) -> Self {
        let left = match days_between(scope.today(), ending.due_on) {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        Self {
            href: scope.path(&format!("/licences/{}", ending.reference)),
            day: locale.short_day(ending.due_on),
            left,
            customer: ending.customer.clone(),
            product: ending.product.clone(),
            quantity: locale.number(ending.quantity.into()),
            reseller: ending.reseller.clone(),
        }
    }
}

fn late_task(scope: &Scope, late: &[Ending]) -> Option<Task> {
    (!late.is_empty()).then(|| Task {
        tone: "bad",
        icon: "calendar-due",
        title: format!(
            "{} ended in the last {DAYS} days",
            capitalised(&count(late.len(), "licence", "licences"))
        ),
        detail: format!("Not renewed: {}.", customers(late)),
        href: scope.path("/renewals?show=late"),
        action: "See what is late",
    })
}

fn due_task(scope: &Scope, due: &[Ending]) -> Option<Task> {
    (!due.is_empty()).then(|| Task {
        tone: "warn",
        icon: "calendar-event",
        title: format!(
            "{} end in the next {DAYS} days",
            capitalised(&count(due.len(), "licence", "licences"))
        )
        .replace("1 licence end", "1 licence ends"),
        detail: format!("Next: {}.", customers(due)),
        href: scope.path("/renewals"),
        action: "See renewals",
    })
}

/// `waiting` are their countries, in order.
fn lead_task(scope: &Scope, waiting: &[String]) -> Option<Task> {
    let mut countries: Vec<&str> = waiting.iter().map(String::as_str).collect();
    countries.dedup();
    let (one, many, path, action) = if scope.is_vendor() {
        (
            "lead is not assigned",
            "leads are not assigned",
            "/leads?status=unassigned",
            "Assign them",
        )
    } else {
        (
            "lead waits to be opened",
            "leads wait to be opened",
            "/leads?status=assigned",
            "Open them",
        )
    };
    (!waiting.is_empty()).then(|| Task {
        tone: "warn",
        icon: "target",
        title: capitalised(&count(waiting.len(), one, many)),
        detail: format!("From {}.", names(&countries)),
        href: scope.path(path),
        action,
    })
}

/// `ending` are whom the leads are about.
fn ending_task(scope: &Scope, ending: &[String]) -> Option<Task> {
    let companies: Vec<&str> = ending.iter().map(String::as_str).collect();
    (!ending.is_empty()).then(|| Task {
        tone: "warn",
        icon: "clock",
        title: capitalised(&count(ending.len(), "lead ends this week", "leads end this week")),
        detail: format!("Nobody works on {}.", names(&companies)),
        href: scope.path("/leads/expiring"),
        action: "Keep or close them",
    })
}

/// What waits for the person at one list, customer by customer.
struct ForCustomers {
    icon: &'static str,
    one: &'static str,
    many: &'static str,
    path: &'static str,
    action: &'static str,
}

const STEPS: ForCustomers = ForCustomers {
    icon: "calendar-event",
    one: "next step with a lead is due",
    many: "next steps with leads are due",
    path: "/leads/next-steps",
    action: "See what is due",
};
const INQUIRIES: ForCustomers = ForCustomers {
    icon: "inbox",
    one: "inquiry waits for your quote",
    many: "inquiries wait for your quote",
    path: "/inquiries?status=submitted",
    action: "Quote them",
};
const QUOTES: ForCustomers = ForCustomers {
    icon: "file-text",
    one: "quote waits for your answer",
    many: "quotes wait for your answer",
    path: "/quotes?status=sent",
    action: "Answer them",
};
const TO_RELEASE: ForCustomers = ForCustomers {
    icon: "package",
    one: "order waits for its release",
    many: "orders wait for their release",
    path: "/orders?status=placed",
    action: "Release them",
};
const TO_PROCESS: ForCustomers = ForCustomers {
    icon: "package",
    one: "order waits to be processed",
    many: "orders wait to be processed",
    path: "/orders?status=released",
    action: "Process them",
};
const TO_MEND: ForCustomers = ForCustomers {
    icon: "shield-check",
    one: "deal was returned for more information",
    many: "deals were returned for more information",
    path: "/deals?status=returned",
    action: "Add to them",
};
const TO_DECIDE: ForCustomers = ForCustomers {
    icon: "shield-check",
    one: "deal waits for a decision",
    many: "deals wait for a decision",
    path: "/deals?status=waiting&sort=oldest",
    action: "Decide",
};
const TO_SECOND: ForCustomers = ForCustomers {
    icon: "shield-check",
    one: "deal waits for a second approval",
    many: "deals wait for a second approval",
    path: "/deals?status=second&sort=oldest",
    action: "Approve or refuse",
};
const SPECIALS: ForCustomers = ForCustomers {
    icon: "shield-check",
    one: "special price waits for a decision",
    many: "special prices wait for a decision",
    path: "/special-prices?status=submitted",
    action: "Decide",
};

impl ForCustomers {
    /// `waiting` are their customers, in order.
    fn task(&self, scope: &Scope, waiting: &[String]) -> Option<Task> {
        let mut customers: Vec<&str> = waiting.iter().map(String::as_str).collect();
        customers.dedup();
        (!waiting.is_empty()).then(|| Task {
            tone: "warn",
            icon: self.icon,
            title: capitalised(&count(waiting.len(), self.one, self.many)),
            detail: format!("For {}.", names(&customers)),
            href: scope.path(self.path),
            action: self.action,
        })
    }
}

/// Whose licences these are, each customer once.
fn customers(endings: &[Ending]) -> String {
    let mut found: Vec<&str> = Vec::new();
    for ending in endings {
        if !found.contains(&ending.customer.as_str()) {
            found.push(&ending.customer);
        }
    }
    names(&found)
}

fn gap_task(scope: &Scope, gaps: &[Role], part: Part) -> Option<Task> {
    if gaps.is_empty() {
        return None;
    }
    let labels: Vec<&str> = gaps.iter().map(|role| role.label()).collect();
    let detail = if gaps.iter().any(|role| role.falls_on_administrators()) {
        "Such mail goes to the administrators, or to nobody, until somebody is chosen."
    } else {
        "Such mail goes to nobody until somebody is chosen."
    };
    let all = gaps.len() == Role::of_part(part).len();
    Some(Task {
        tone: "warn",
        icon: "list-check",
        title: if all {
            "Nobody holds any contact role yet".to_owned()
        } else {
            format!("Nobody holds {}", names(&labels))
        },
        detail: detail.to_owned(),
        href: scope.path("/roles"),
        action: "Choose who gets it",
    })
}

fn invitation_task(scope: &Scope, invited: &[String]) -> Option<Task> {
    let people: Vec<&str> = invited.iter().map(String::as_str).collect();
    (!people.is_empty()).then(|| Task {
        tone: "info",
        icon: "mail",
        title: capitalised(&count(
            people.len(),
            "invitation is not accepted yet",
            "invitations are not accepted yet",
        )),
        detail: format!("{}.", names(&people)),
        href: scope.path("/contacts"),
        action: "See contacts",
    })
}

fn partner_task(scope: &Scope, partners: &[String]) -> Option<Task> {
    let found: Vec<&str> = partners.iter().map(String::as_str).collect();
    (!found.is_empty()).then(|| Task {
        tone: "warn",
        icon: "building",
        title: capitalised(&count(
            found.len(),
            "partner has nobody for renewals",
            "partners have nobody for renewals",
        )),
        detail: format!("{}. Their administrators get the mail meanwhile.", names(&found)),
        href: scope.path("/partners"),
        action: "See partners",
    })
}

fn mail_task(scope: &Scope, failed: &[String]) -> Option<Task> {
    let mut to: Vec<&str> = failed.iter().map(String::as_str).collect();
    let found = to.len();
    to.dedup();
    (found > 0).then(|| Task {
        tone: "bad",
        icon: "alert-triangle",
        title: capitalised(&count(
            found,
            "mail could not be delivered this week",
            "mails could not be delivered this week",
        )),
        detail: format!("To {}.", names(&to)),
        href: scope.path(if scope.is_vendor() { "/mail" } else { "/mail?status=failed" }),
        action: "See mails",
    })
}
