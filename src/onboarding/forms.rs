//! The form that enrols one organisation.

use serde::Deserialize;

use super::administrator::taken;
use super::{Administrator, Joining, Onboard};
use crate::auth::{Part, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::names;
use crate::partners::{self, Choices, EnrolmentStatus, Organisation, Surroundings, TermsForm};
use crate::programs::pack::is_country;
use crate::web::Fields;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OnboardForm {
    /// The reference of an organisation that exists; empty for a new one.
    pub(super) organisation: String,
    pub(super) name: String,
    pub(super) country: String,
    /// Ticked: a new organisation, although one of that name is known.
    pub(super) another: String,
    pub(super) part: String,
    #[serde(rename = "type")]
    pub(super) types: Vec<String>,
    pub(super) tier: String,
    pub(super) currency: String,
    pub(super) cam: String,
    pub(super) distributor: Vec<String>,
    pub(super) administrator_name: String,
    pub(super) administrator_email: String,
}

impl OnboardForm {
    /// The empty form of a program.
    pub(super) fn blank(scope: &Scope) -> Self {
        Self {
            part: Part::Partner.to_string(),
            currency: scope.program().currency.clone(),
            ..Self::default()
        }
    }

    pub(super) fn terms(&self) -> TermsForm {
        TermsForm {
            types: self.types.clone(),
            tier: self.tier.clone(),
            currency: self.currency.clone(),
            cam: self.cam.clone(),
            distributor: self.distributor.clone(),
        }
    }

    /// Reads it in the transaction that enrols: what it names is looked up there.
    pub(super) fn parse(
        &self,
        scope: &Scope,
        choices: &Choices,
        conn: &mut Conn,
    ) -> Result<Onboard> {
        let mut fields = Fields::default();
        let joining = self.joining(scope, &mut fields, conn)?;
        let part: Option<Part> = fields.word("part", "A part", &self.part);
        let terms = part.and_then(|part| {
            self.terms().parse(part, choices, &Surroundings::default(), &mut fields)
        });
        let administrator = self.administrator(joining.as_ref(), &mut fields, conn)?;
        fields.finish(|| {
            Some(Onboard {
                joining: joining?,
                part: part?,
                status: EnrolmentStatus::Active,
                enrolled_on: scope.today(),
                terms: terms?,
                administrator,
            })
        })
    }

    fn joining(
        &self,
        scope: &Scope,
        fields: &mut Fields,
        conn: &mut Conn,
    ) -> Result<Option<Joining>> {
        if !self.organisation.trim().is_empty() {
            let found = partners::organisation_by_reference(&self.organisation, conn)?;
            match &found {
                None => fields.refuse(
                    "organisation",
                    "No organisation has this reference. It looks like O-7K3QF-9M2XT; the \
                     organisation finds it on its enrolment page.",
                ),
                Some(found) if found.id == scope.program().vendor_id => {
                    fields.refuse("organisation", "This is the program's own vendor.");
                }
                Some(_) => {}
            }
            return Ok(found.map(Joining::Existing));
        }
        let name = fields.required("name", "A name", &self.name, 120);
        let country = self.country.trim().to_uppercase();
        if !is_country(&country) {
            fields.refuse("country", "Enter a country by its two letters, such as BE.");
        }
        let alike = partners::namesakes(scope.program(), &name, conn)?;
        if let Some(known) = alike.first()
            && self.another.is_empty()
        {
            fields.refuse("name", already_known(known));
        }
        Ok(Some(Joining::New { name, country }))
    }

    fn administrator(
        &self,
        joining: Option<&Joining>,
        fields: &mut Fields,
        conn: &mut Conn,
    ) -> Result<Option<Administrator>> {
        let is_empty =
            self.administrator_name.trim().is_empty() && self.administrator_email.trim().is_empty();
        let organisation = match joining {
            Some(Joining::Existing(organisation)) => Some(organisation),
            _ => None,
        };
        // An organisation that exists has people of its own.
        if is_empty && organisation.is_some() {
            return Ok(None);
        }
        let name = fields.required("administrator_name", "A name", &self.administrator_name, 120);
        let email = fields.email("administrator_email", &self.administrator_email);
        let key = names::fold_email(&email);
        let organisation_id = organisation.map(|organisation| organisation.id);
        if !taken(&[key], organisation_id, conn)?.is_empty() {
            fields.refuse(
                "administrator_email",
                "This address is in use already. An organisation that signs in already is enrolled \
                 by its reference, and keeps its administrators.",
            );
        }
        Ok(Some(Administrator { name, email }))
    }
}

fn already_known(known: &Organisation) -> String {
    format!(
        "{} ({}, {}) has this name. If it is the same, enter its reference above; if not, tick \
         that this is another organisation.",
        known.name, known.country, known.reference
    )
}
