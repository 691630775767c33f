//! The form of a new order.

use askama::Template;

use crate::auth::Scope;
use crate::catalogue::Product;
use crate::db::Conn;
use crate::error::Result;
use crate::licences::rules::LineKind;
use crate::orders::entry::{EntryForm, MOST_LINES};
use crate::orders::import::Column;
use crate::web::{FieldErrors, Frame, Visit};

/// Lines that an empty form shows; where lines were typed, so many empty ones follow.
const ROWS: usize = 4;
const MORE_ROWS: usize = 3;

#[derive(Template)]
#[template(path = "orders/new.html")]
pub(in crate::orders) struct EntryPage {
    frame: Frame,
    path: String,
    list_href: String,
    import_href: String,
    program_currency: String,
    most_lines: usize,
    products: Vec<Word>,
    kinds: Vec<Word>,
    rows: Vec<Row>,
    form: EntryForm,
    errors: FieldErrors,
}

struct Word {
    value: String,
    label: String,
}

/// A line as it was typed.
struct Row {
    number: usize,
    product: String,
    kind: String,
    quantity: String,
    months: String,
    unit_price: String,
    sku: String,
    serial_number: String,
    renews: String,
}

impl Row {
    fn of(form: &EntryForm, place: usize) -> Self {
        let cell = |column| form.cell(column, place).to_owned();
        Self {
            number: place + 1,
            product: cell(Column::Product),
            kind: cell(Column::Kind),
            quantity: cell(Column::Quantity),
            months: cell(Column::Months),
            unit_price: cell(Column::UnitPrice),
            sku: cell(Column::Sku),
            serial_number: cell(Column::SerialNumber),
            renews: cell(Column::Renews),
        }
    }
}

impl EntryPage {
    fn currency_hint(&self) -> String {
        format!("Empty for {}.", self.program_currency)
    }

    /// One query.
    pub(in crate::orders) fn read(
        visit: &Visit,
        scope: &Scope,
        form: Option<EntryForm>,
        errors: FieldErrors,
        conn: &mut Conn,
    ) -> Result<Self> {
        let program = scope.program();
        let form = form.unwrap_or_else(|| EntryForm {
            released_on: scope.today().to_string(),
            ..EntryForm::default()
        });
        let count = match form.lines().last() {
            None => ROWS,
            Some(last) => (last + 1 + MORE_ROWS).clamp(ROWS, MOST_LINES),
        };
        let products = Product::all(program.id, conn)?;
        let kind =
            |one: &LineKind| Word { value: one.as_str().to_owned(), label: one.label().to_owned() };
        Ok(Self {
            frame: visit.frame(scope),
            path: scope.path("/orders/new"),
            list_href: scope.path("/orders"),
            import_href: scope.path("/orders/import"),
            program_currency: program.currency.clone(),
            most_lines: MOST_LINES,
            products: products
                .into_iter()
                .map(|one| Word { value: one.code, label: one.name })
                .collect(),
            kinds: LineKind::ALL.iter().map(kind).collect(),
            rows: (0..count).map(|place| Row::of(&form, place)).collect(),
            form,
            errors,
        })
    }
}
