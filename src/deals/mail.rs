//! Mails about deals. None says anything of another partner's.

use std::ops::Deref;

use chrono::NaiveDate;

use super::DealStatus;
use super::model::Deal;
use crate::auth::Program;
use crate::error::Result;
use crate::mail::Recipient;
use crate::mail_message;

/// What all of them say.
pub(super) struct Told {
    pub name: String,
    pub subject: String,
    pub opening: String,
    /// The words of whoever decided; may be empty.
    pub why: String,
    pub facts: Vec<Fact>,
    pub path: String,
    pub button: &'static str,
}

pub(super) struct Fact {
    pub label: &'static str,
    pub value: String,
}

/// One mail for each thing that can happen to a deal; all look alike.
macro_rules! told {
    ($($name:ident = $event:literal;)+) => {$(
        pub(super) struct $name(pub Told);

        impl Deref for $name {
            type Target = Told;

            fn deref(&self) -> &Told {
                &self.0
            }
        }

        mail_message!(
            $name,
            $event,
            "mail/deals/told.subject.txt",
            "mail/deals/told.txt",
            "mail/deals/told.html",
        );
    )+};
}

told! {
    Submitted = "deals.submitted";
    Received = "deals.received";
    InReview = "deals.in_review";
    Approved = "deals.approved";
    Returned = "deals.returned";
    Rejected = "deals.rejected";
    Duplicate = "deals.duplicate";
    Withdrawn = "deals.withdrawn";
    TakenBack = "deals.taken_back";
    SecondWanted = "deals.second_wanted";
    Won = "deals.won";
    Lost = "deals.lost";
    Revoked = "deals.revoked";
    Expired = "deals.expired";
    ExpiresSoon = "deals.expires_soon";
    ExtensionAsked = "deals.extension_asked";
    Extended = "deals.extended";
    ExtensionRefused = "deals.extension_refused";
}

impl Told {
    fn new(
        program: &Program,
        deal: &Deal,
        to: &Recipient,
        (subject, opening): (String, String),
    ) -> Result<Self> {
        let fact = |label: &'static str, value: String| Fact { label, value };
        let mut facts = vec![
            fact("Deal", deal.reference.clone()),
            fact("Category", deal.names.category.clone()),
            fact("Value", deal.value()?.show(to.locale)),
        ];
        if let Some(day) = deal.closes_on {
            facts.push(fact("Expected close", to.locale.day(day)));
        }
        Ok(Self {
            name: to.name.clone(),
            subject,
            opening,
            why: deal.why.clone(),
            facts,
            path: format!("/p/{}/deals/{}", program.slug, deal.reference),
            button: "Open the deal",
        })
    }

    /// The state that a deal has come to, for its partner.
    pub(super) fn of_state(program: &Program, deal: &Deal, to: &Recipient) -> Result<Self> {
        let customer = &deal.customer_name;
        let until = deal.last_day(program).map(|day| to.locale.day(day)).unwrap_or_default();
        let (word, opening) = match deal.status {
            DealStatus::Draft | DealStatus::Submitted => (
                "received",
                format!(
                    "{} has received your registration of {customer}. Its receipt is {}.",
                    program.name, deal.receipt
                ),
            ),
            DealStatus::InReview => (
                "in review",
                format!("{} has begun to review your registration of {customer}.", program.name),
            ),
            DealStatus::Approved => (
                "protected",
                format!(
                    "Your registration of {customer} is approved. It is protected until {until}."
                ),
            ),
            DealStatus::Returned => (
                "returned",
                format!(
                    "{} needs to know more before it can decide on {customer}. Add it and submit \
                     the deal again.",
                    program.name
                ),
            ),
            DealStatus::Rejected => {
                ("rejected", format!("Your registration of {customer} is rejected."))
            }
            DealStatus::Duplicate => (
                "registered before",
                format!("Your registration of {customer} is refused: it was registered before."),
            ),
            DealStatus::Withdrawn => {
                ("withdrawn", format!("Your registration of {customer} is withdrawn."))
            }
            DealStatus::Won => ("won", format!("{customer} is recorded as won. Congratulations!")),
            DealStatus::Lost => {
                ("lost", format!("{customer} is recorded as lost; its protection has ended."))
            }
            DealStatus::Revoked => {
                ("revoked", format!("{} has taken back the approval of {customer}.", program.name))
            }
            DealStatus::Expired => {
                ("expired", format!("The protection of {customer} ended after {until}."))
            }
        };
        Self::new(program, deal, to, (format!("Deal {word}: {customer}"), opening))
    }

    /// For whoever decides.
    pub(super) fn received(program: &Program, deal: &Deal, to: &Recipient) -> Result<Self> {
        let (partner, customer) = (&deal.names.partner, &deal.customer_name);
        let subject = format!("Deal to decide: {customer} ({partner})");
        let opening = format!("{partner} registers {customer} in {}.", program.name);
        let told = Self::new(program, deal, to, (subject, opening))?;
        Ok(Self { button: "Review the deal", ..told })
    }

    /// Its partner has withdrawn what was to be decided.
    pub(super) fn taken_back(program: &Program, deal: &Deal, to: &Recipient) -> Result<Self> {
        let (partner, customer) = (&deal.names.partner, &deal.customer_name);
        let subject = format!("Deal withdrawn: {customer} ({partner})");
        let opening = format!(
            "{partner} has withdrawn its registration of {customer} in {}. There is nothing to \
             decide any more.",
            program.name
        );
        Self::new(program, deal, to, (subject, opening))
    }

    /// Somebody has approved a deal that two people have to approve.
    pub(super) fn second_wanted(program: &Program, deal: &Deal, to: &Recipient) -> Result<Self> {
        let (partner, customer) = (&deal.names.partner, &deal.customer_name);
        let first = deal.names.first_approval.as_ref();
        let who = first.map_or("Somebody", |first| first.approved_by.as_str());
        let subject = format!("Second approval wanted: {customer} ({partner})");
        let opening = format!(
            "{who} has approved the registration of {customer} by {partner}. At its value a second \
             person has to approve it before it is protected."
        );
        let why = first.map(|first| first.note.clone()).unwrap_or_default();
        let told = Self::new(program, deal, to, (subject, opening))?;
        Ok(Self { why, button: "Review the deal", ..told })
    }

    pub(super) fn extension_asked(program: &Program, deal: &Deal, to: &Recipient) -> Result<Self> {
        let (partner, customer) = (&deal.names.partner, &deal.customer_name);
        let until = deal.extension_until_on.map(|day| to.locale.day(day)).unwrap_or_default();
        let subject = format!("Extension asked for: {customer} ({partner})");
        let opening = format!("{partner} asks to protect {customer} until {until}.");
        let told = Self::new(program, deal, to, (subject, opening))?;
        Ok(Self { why: deal.extension_why.clone(), button: "Decide on it", ..told })
    }

    /// So many days before the last one.
    pub(super) fn reminder(
        program: &Program,
        deal: &Deal,
        last: NaiveDate,
        left: i64,
        to: &Recipient,
    ) -> Result<Self> {
        let customer = &deal.customer_name;
        let when = match left {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        let subject = format!("Protection ends {when}: {customer}");
        let opening = format!(
            "The protection of {customer} ends after {}. Record how it ended, or ask for a longer \
             protection.",
            to.locale.day(last)
        );
        let told = Self::new(program, deal, to, (subject, opening))?;
        Ok(Self { why: String::new(), ..told })
    }
}
