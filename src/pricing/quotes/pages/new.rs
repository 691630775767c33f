//! A quote that nobody asked for: for whom, then the form.

use askama::Template;

use super::Word;
use crate::auth::Scope;
use crate::catalogue::Product;
use crate::db::Conn;
use crate::error::Result;
use crate::pricing::quotes::forms::Refused;
use crate::pricing::quotes::unasked::{MOST_LINES, Reseller, SHOWN, UnaskedForm, chosen, sought};
use crate::web::{FieldErrors, Frame, Visit};

#[derive(Template)]
#[template(path = "quotes/choose.html")]
pub(in crate::pricing::quotes) struct ChoosePage {
    frame: Frame,
    path: String,
    list_href: String,
    q: String,
    found: Vec<Found>,
    more: bool,
}

/// A reseller to choose.
struct Found {
    href: String,
    name: String,
    reference: String,
    country: String,
}

impl ChoosePage {
    /// One query.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        q: String,
        conn: &mut Conn,
    ) -> Result<Self> {
        let path = scope.path("/quotes/new");
        let resellers = sought(scope, &q, conn)?;
        let more = resellers.len() > SHOWN;
        let found = resellers.into_iter().take(SHOWN).map(|one| Found {
            href: format!("{path}?reseller={}", one.reference),
            name: one.name,
            reference: one.reference,
            country: one.country,
        });
        Ok(Self {
            frame: visit.frame(scope),
            list_href: scope.path("/quotes"),
            found: found.collect(),
            path,
            q,
            more,
        })
    }
}

#[derive(Template)]
#[template(path = "quotes/new.html")]
pub(in crate::pricing::quotes) struct NewPage {
    frame: Frame,
    path: String,
    list_href: String,
    /// The reseller that was chosen; none where the form names none that can be told.
    reseller: Option<Reseller>,
    products: Vec<Word>,
    rows: Vec<Row>,
    form: UnaskedForm,
    errors: FieldErrors,
}

/// A line as it was typed.
struct Row {
    number: usize,
    product: String,
    quantity: String,
    months: String,
}

/// Lines that an empty form shows.
const ROWS: usize = 5;

impl NewPage {
    /// Two queries.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        refused: Refused<UnaskedForm>,
        conn: &mut Conn,
    ) -> Result<Self> {
        let Refused { form, errors } = refused;
        let typed = (0..MOST_LINES).rev().find(|place| form.row(*place) != ("", "", ""));
        let count = typed.map_or(ROWS, |last| (last + 3).clamp(ROWS, MOST_LINES));
        let row = |place: usize| {
            let (product, quantity, months) = form.row(place);
            let [product, quantity, months] = [product, quantity, months].map(str::to_owned);
            Row { number: place + 1, product, quantity, months }
        };
        let products = Product::all(scope.program().id, conn)?;
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/quotes/new"),
            list_href: scope.path("/quotes"),
            reseller: chosen(scope, &form.reseller, conn)?,
            products: products.into_iter().map(|one| Word::new(one.code, one.name)).collect(),
            rows: (0..count).map(row).collect(),
            form,
            errors,
        })
    }
}
