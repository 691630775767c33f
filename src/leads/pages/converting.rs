//! The page that makes a deal of a lead: in which category.

use askama::Template;

use crate::auth::Scope;
use crate::db::Conn;
use crate::deals::DealCategory;
use crate::error::{Error, Result};
use crate::leads::converting::categories_for;
use crate::leads::forms::{ConversionForm, Refused};
use crate::leads::model::{Details, Lead};
use crate::leads::rules::Step;
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "leads/convert.html")]
pub(in crate::leads) struct ConversionPage {
    frame: Frame,
    path: String,
    list_href: String,
    details: Details,
    country: String,
    categories: Vec<Choice>,
    seen: i64,
    form: ConversionForm,
    errors: FieldErrors,
}

/// A choice of a field.
struct Choice {
    value: String,
    label: String,
}

impl ConversionPage {
    /// Three queries, and one more where the lead is about a product.
    pub(in crate::leads) fn read(
        visit: &Visit,
        scope: &Scope,
        reference: &str,
        refused: Option<Refused<ConversionForm>>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let lead = Lead::find_for(scope, reference, conn)?;
        lead.allow(Step::Convert, scope)?;
        let details = lead.details_for(scope).cloned().ok_or(Error::NotFound)?;
        let (known, own) = categories_for(scope, &lead, conn)?;
        let refused = refused.unwrap_or_else(|| Refused {
            form: ConversionForm { category: own.unwrap_or_default(), ..ConversionForm::default() },
            errors: FieldErrors::default(),
        });
        let choice = |one: DealCategory| Choice { value: one.key, label: one.name };
        Ok(Self {
            frame: visit.frame(scope),
            path: lead.path(scope),
            list_href: scope.path("/leads"),
            details,
            country: lead.country.clone(),
            categories: known.into_iter().map(choice).collect(),
            seen: lead.revision,
            form: refused.form,
            errors: refused.errors,
        })
    }
}
