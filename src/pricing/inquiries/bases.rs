//! The licences that lines renew or change: those of the reseller itself.

use diesel::prelude::*;

use super::Purpose;
use super::drafts::{Head, NewLine};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{customers, licences, products};
use crate::error::{Error, Result};
use crate::programs::pack::ProductKind;

/// The usual term, where a licence does not say how long the last one was.
const USUAL_MONTHS: i32 = 12;

/// A licence of the person's organisation.
#[derive(Clone, Debug, Queryable)]
pub(super) struct BaseLicence {
    pub id: i64,
    pub reference: String,
    pub product_id: i64,
    pub quantity: i32,
    pub months: Option<i32>,
    pub customer_id: i64,
    customer_name: String,
    customer_country: String,
    kind: ProductKind,
}

impl BaseLicence {
    /// The licences behind references, in their order; not found where one is not the person's
    /// organisation's own.
    pub(super) fn all_of(
        scope: &Scope,
        references: &[String],
        conn: &mut Conn,
    ) -> Result<Vec<Self>> {
        let found: Vec<Self> = licences::table
            .inner_join(customers::table)
            .inner_join(products::table)
            .filter(licences::program_id.eq(scope.program().id))
            .filter(licences::reseller_id.eq(scope.organisation_id()))
            .filter(licences::reference.eq_any(references))
            .select((
                licences::id,
                licences::reference,
                licences::product_id,
                licences::quantity,
                licences::months,
                licences::customer_id,
                customers::name,
                customers::country,
                products::kind,
            ))
            .load(conn)?;
        let of = |reference: &String| found.iter().find(|one| one.reference == *reference).cloned();
        references.iter().map(of).collect::<Option<_>>().ok_or(Error::NotFound)
    }

    pub(super) fn head(&self) -> Head {
        Head {
            customer_name: self.customer_name.clone(),
            customer_country: self.customer_country.clone(),
            ..Head::default()
        }
    }

    /// As many units and months again, or one unit more; bought as new it renews nothing.
    pub(super) fn line(&self, purpose: Purpose) -> NewLine {
        let term = self.months.or(Some(USUAL_MONTHS)).filter(|_| self.kind.has_term());
        NewLine {
            product_id: self.product_id,
            purpose,
            quantity: if purpose == Purpose::Change { 1 } else { self.quantity },
            months: term,
            base_id: (purpose != Purpose::New).then_some(self.id),
        }
    }
}
