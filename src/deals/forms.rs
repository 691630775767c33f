//! What the forms of deals send.

use iso_currency::Currency;
use serde::Deserialize;

use super::drafts::{NewCustomer, NewDeal, NewLine, SaveDeal};
use super::list::DealQuery;
use super::model::{Deal, DealProduct};
use super::steps::Step;
use crate::error::{Error, Result};
use crate::money::Money;
use crate::names;
use crate::programs::pack::is_country;
use crate::web::{FieldErrors, Fields};

const LONGEST_NOTE: usize = 2_000;
/// The most letters of a reason.
const LONGEST_WHY: usize = 1_000;
const MOST_UNITS: i32 = 1_000_000;

/// With what a registration begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub customer_name: String,
    pub customer_domain: String,
    pub customer_country: String,
    pub category: String,
}

impl BeginForm {
    pub(super) fn parse(&self) -> Result<NewDeal> {
        let mut fields = Fields::default();
        let customer = customer(
            &self.customer_name,
            &self.customer_domain,
            &self.customer_country,
            &mut fields,
        );
        if self.category.is_empty() {
            fields.refuse("category", "Choose a category.");
        }
        let category = self.category.clone();
        fields.finish(|| Some(NewDeal { customer, category, ..NewDeal::default() }))
    }
}

fn customer(name: &str, domain: &str, country: &str, fields: &mut Fields) -> NewCustomer {
    let name = fields.required("customer_name", "The customer", name, 120);
    if !name.is_empty() && names::company(&name).is_empty() {
        fields.refuse("customer_name", "Enter the customer's name, with letters or digits.");
    }
    let typed = fields.line("customer_domain", "The domain", domain, 253);
    let domain = names::domain(&typed).unwrap_or_default();
    if !typed.is_empty() && domain.is_empty() {
        let hint = "Enter the customer's domain, such as hooli.example, or nothing.";
        fields.refuse("customer_domain", hint);
    } else if names::is_mail_provider(&domain) {
        let hint = "This domain belongs to a mail provider; enter the customer's own, or nothing.";
        fields.refuse("customer_domain", hint);
    }
    let country = country.trim().to_uppercase();
    if !is_country(&country) {
        fields.refuse("customer_country", "Enter a country by its two letters, such as BE.");
    }
    NewCustomer { name, country, domain }
}

/// A draft as its page sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DealForm {
    pub customer_name: String,
    pub customer_domain: String,
    pub customer_country: String,
    pub contact_name: String,
    pub contact_email: String,
    pub closes_on: String,
    pub found_by: String,
    pub competitor: String,
    pub tender: String,
    pub note: String,
    /// The codes of the category's products, and in the same order what was entered for each.
    pub product: Vec<String>,
    pub quantity: Vec<String>,
    pub msrp: Vec<String>,
    pub seen: String,
}

impl DealForm {
    /// A deal as it is stored.
    pub(super) fn showing(deal: &Deal, products: &[DealProduct]) -> Result<Self> {
        let currency = deal.currency()?;
        let wanted = |product: &DealProduct| product.wanted;
        let quantity = |one: &DealProduct| wanted(one).map(|(units, _)| units.to_string());
        let msrp =
            |one: &DealProduct| wanted(one).map(|(_, minor)| Money::new(minor, currency).plain());
        Ok(Self {
            customer_name: deal.customer_name.clone(),
            customer_domain: deal.customer_domain.clone(),
            customer_country: deal.customer_country.clone(),
            contact_name: deal.contact_name.clone(),
            contact_email: deal.contact_email.clone(),
            closes_on: deal.closes_on.map(|day| day.to_string()).unwrap_or_default(),
            found_by: deal.found_by.clone(),
            competitor: deal.competitor.clone(),
            tender: if deal.is_tender { "yes" } else { "" }.to_owned(),
            note: deal.note.clone(),
            product: products.iter().map(|one| one.code.clone()).collect(),
            quantity: products.iter().map(|one| quantity(one).unwrap_or_default()).collect(),
            msrp: products.iter().map(|one| msrp(one).unwrap_or_default()).collect(),
            seen: deal.revision.to_string(),
        })
    }

    pub(super) fn parse(&self, products: &[DealProduct], currency: Currency) -> Result<SaveDeal> {
        let mut fields = Fields::default();
        let customer = customer(
            &self.customer_name,
            &self.customer_domain,
            &self.customer_country,
            &mut fields,
        );
        let contact_email = match self.contact_email.trim() {
            "" => String::new(),
            typed => fields.email("contact_email", typed),
        };
        let closes_on = match self.closes_on.trim() {
            "" => None,
            day => fields.day("closes_on", "The expected close", day),
        };
        let save = SaveDeal {
            customer,
            contact_name: fields.line("contact_name", "The contact", &self.contact_name, 100),
            contact_email,
            closes_on,
            found_by: fields.line("found_by", "How it was found", &self.found_by, 160),
            competitor: fields.line("competitor", "The competitor", &self.competitor, 100),
            is_tender: self.tender == "yes",
            note: fields.text("note", &self.note, LONGEST_NOTE),
            lines: self.lines(products, currency, &mut fields),
        };
        fields.finish(|| Some(save))
    }

    /// What was entered for a product.
    pub(super) fn entered<'f>(&'f self, code: &str) -> (&'f str, &'f str) {
        let place = self.product.iter().position(|one| one == code);
        let cell = |cells: &'f Vec<String>| {
            place.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
        };
        (cell(&self.quantity), cell(&self.msrp))
    }

    fn lines(
        &self,
        products: &[DealProduct],
        currency: Currency,
        fields: &mut Fields,
    ) -> Vec<NewLine> {
        let mut lines = Vec::new();
        for product in products {
            let (quantity, msrp) = self.entered(&product.code);
            if quantity.is_empty() && msrp.is_empty() {
                continue;
            }
            let units = quantity.parse().ok().filter(|units| (1..=MOST_UNITS).contains(units));
            let price = amount(msrp, currency);
            match (units, price) {
                (Some(quantity), Some(msrp_minor)) => {
                    lines.push(NewLine { product_id: product.id, quantity, msrp_minor });
                }
                (None, _) => {
                    let text = format!("{}: enter a whole number of units.", product.name);
                    fields.refuse("lines", text);
                }
                (_, None) => {
                    let text = format!(
                        "{}: enter the expected price of all units in {}, such as 1250.",
                        product.name,
                        currency.code()
                    );
                    fields.refuse("lines", text);
                }
            }
        }
        lines
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// An amount as people type it: spaces between the thousands, a point or a comma before the decimals.
fn amount(typed: &str, currency: Currency) -> Option<i64> {
    let bare: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let bare = if bare.contains('.') { bare } else { bare.replace(',', ".") };
    Money::parse(&bare, currency).map(|money| money.minor)
}

/// A decision, with what it needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    /// The reason, or a word with it.
    pub why: String,
    /// The reference of the deal that was there before.
    pub duplicate_of: String,
    /// The day that is asked for, and the one that is granted.
    pub until: String,
    pub granted_until: String,
    pub seen: String,
}

impl DecisionForm {
    /// The reason, which may not be empty.
    pub(super) fn required(&self) -> Result<String> {
        if self.why.trim().is_empty() {
            return Err(Error::field("why", "Enter a reason; the other side reads it."));
        }
        self.optional()
    }

    pub(super) fn optional(&self) -> Result<String> {
        let mut fields = Fields::default();
        let why = fields.text("why", &self.why, LONGEST_WHY);
        fields.finish(|| Some(why))
    }

    pub(super) fn day(
        &self,
        field: &'static str,
        label: &str,
        typed: &str,
    ) -> Result<chrono::NaiveDate> {
        let mut fields = Fields::default();
        let day = fields.day(field, label, typed);
        fields.finish(|| day)
    }

    pub(super) fn seen(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

/// More are not decided at once.
const MOST_CHOSEN: usize = 100;

/// A decision on many deals of the list, which comes back as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ManyForm {
    /// References, each with the revision that was shown: `D-7K3QF-9M2XT:3`.
    pub deal: Vec<String>,
    /// `review`, `return` or `reject`.
    pub action: String,
    /// One reason for all of them.
    pub why: String,
    pub q: String,
    pub status: String,
    pub partner: String,
    pub whose: String,
    pub sort: String,
}

/// What is done with many deals at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    Review,
    Return,
    Reject,
}

impl Many {
    pub(super) fn step(self) -> Step {
        match self {
            Self::Review => Step::Review,
            Self::Return => Step::Return,
            Self::Reject => Step::Reject,
        }
    }

    /// In which state it is done.
    pub(super) fn asks_for(self) -> &'static str {
        match self {
            Self::Review => "only the review of a submitted deal can begin",
            Self::Return => "only a deal in review can be returned",
            Self::Reject => "only a deal in review can be rejected",
        }
    }
}

/// One that was chosen, as it was shown.
pub(super) struct Chosen {
    pub reference: String,
    pub revision: i64,
}

/// A decision on many deals.
pub(super) struct DecideMany {
    pub chosen: Vec<Chosen>,
    pub what: Many,
    /// Empty where a review begins.
    pub why: String,
}

impl ManyForm {
    pub(super) fn parse(&self) -> Result<DecideMany> {
        let mut fields = Fields::default();
        let chosen = chosen(&self.deal);
        if chosen.is_empty() {
            fields.refuse("deal", "Choose the deals first.");
        } else if chosen.len() > MOST_CHOSEN {
            fields.refuse("deal", format!("Choose at most {MOST_CHOSEN} deals at once."));
        }
        let what = match self.action.as_str() {
            "review" => Some(Many::Review),
            "return" => Some(Many::Return),
            "reject" => Some(Many::Reject),
            _ => {
                fields.refuse("action", "Choose what is to be done with them.");
                None
            }
        };
        let needs_why = matches!(what, Some(Many::Return | Many::Reject));
        if needs_why && self.why.trim().is_empty() {
            fields.refuse("why", "Enter a reason; the partners read it.");
        }
        let why = fields.text("why", &self.why, LONGEST_WHY);
        fields.finish(|| Some(DecideMany { chosen, what: what?, why }))
    }

    /// The list as it was.
    pub(super) fn query(&self) -> DealQuery {
        DealQuery {
            q: self.q.clone(),
            status: self.status.clone(),
            partner: self.partner.clone(),
            whose: self.whose.clone(),
            sort: self.sort.clone(),
            page: String::new(),
        }
    }
}

/// The deals that were chosen, each once; what is no such thing is left out.
fn chosen(sent: &[String]) -> Vec<Chosen> {
    let mut chosen = Vec::<Chosen>::new();
    for one in sent {
        let Some((reference, revision)) = one.rsplit_once(':') else { continue };
        let Ok(revision) = revision.parse() else { continue };
        if chosen.iter().all(|other| other.reference != reference) {
            chosen.push(Chosen { reference: reference.to_owned(), revision });
        }
    }
    chosen
}

/// A receipt's number and the hash that somebody kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReceiptQuery {
    pub number: String,
    pub sha256: String,
}

/// A form with what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused<F> {
    pub form: F,
    pub errors: FieldErrors,
}
