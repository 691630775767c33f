//! The workbench: a draft, what the rules propose for it, and what its quoter adds.

use askama::Template;

use super::paper::Paper;
use super::{Moment, Word};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::maintenance::{Capability, StoppedNote, stopped};
use crate::pricing::quotes::drafts::draft_of;
use crate::pricing::quotes::forms::{DraftForm, Refused, SpecialForm};
use crate::pricing::quotes::model::{Quote, Revision, Viewer};
use crate::pricing::quotes::special::Special;
use crate::web::{FieldErrors, Frame, Visit};

/// What was wrong with one of the page's forms.
#[derive(Default)]
pub(in crate::pricing::quotes) struct Refusal {
    pub draft: Option<Refused<DraftForm>>,
    pub special: Option<Refused<SpecialForm>>,
}

#[derive(Template)]
#[template(path = "quotes/workbench.html")]
pub(in crate::pricing::quotes) struct WorkbenchPage {
    frame: Frame,
    path: String,
    list_href: String,
    reference: String,
    paper: Paper,
    priced: Moment,
    /// The number of the revision that stays valid meanwhile.
    valid_meanwhile: Option<i32>,
    form: DraftForm,
    special_form: SpecialForm,
    products: Vec<Word>,
    specials: Vec<SpecialLine>,
    /// Why it can be neither sent nor a special price asked for now; none where it can.
    stopped: Option<StoppedNote>,
    errors: FieldErrors,
}

/// A special price that was asked for.
struct SpecialLine {
    href: String,
    reference: String,
    about: String,
    asked: String,
    granted: String,
    tone: &'static str,
    status: &'static str,
}

impl WorkbenchPage {
    /// Two queries.
    pub(in crate::pricing::quotes) fn read(
        visit: &Visit,
        scope: &Scope,
        quote: &Quote,
        refusal: Refusal,
        conn: &mut Conn,
    ) -> Result<Self> {
        let draft = draft_of(quote)?;
        let paper = Paper::read(scope, quote, draft, Viewer::Quoter, conn)?;
        let specials = Special::of_quote(quote.row.id, conn)?;
        let mut products: Vec<Word> = Vec::new();
        for line in &paper.lines {
            if products.iter().all(|word| word.value != line.product_code) {
                products.push(Word::new(&line.product_code, &line.product));
            }
        }
        let (form, draft_errors) = match refusal.draft {
            Some(refused) => (refused.form, refused.errors),
            None => (Self::showing(draft, &paper), FieldErrors::default()),
        };
        let special = refusal.special.unwrap_or_default();
        let errors = if draft_errors.is_empty() { special.errors } else { draft_errors };
        Ok(Self {
            frame: visit.frame(scope),
            path: quote.row.path(scope),
            list_href: scope.path("/quotes"),
            reference: quote.row.reference.clone(),
            paper,
            priced: Moment::of(draft.priced_at, scope),
            valid_meanwhile: quote.sent().map(|sent| sent.number),
            form,
            special_form: special.form,
            products,
            stopped: stopped(scope.program(), Capability::Quotes, visit.now())
                .map(|one| one.note(scope.actor().locale)),
            specials: specials.iter().map(|one| SpecialLine::of(one, scope)).collect(),
            errors,
        })
    }

    fn showing(draft: &Revision, paper: &Paper) -> DraftForm {
        DraftForm {
            percent: paper.lines.iter().map(|line| line.own.clone()).collect(),
            codes: draft.promotion_codes.clone(),
            valid_until: draft.valid_until_on.to_string(),
            note: draft.note.clone(),
            private_note: draft.private_note.clone(),
            seen: draft.edition.to_string(),
            next: String::new(),
        }
    }

    /// What stands in the field of a line.
    fn percent(&self, position: &i32) -> &str {
        let place = usize::try_from(position - 1).unwrap_or(usize::MAX);
        self.form.percent.get(place).map_or("", String::as_str)
    }
}

impl SpecialLine {
    fn of(special: &Special, scope: &Scope) -> Self {
        let locale = scope.actor().locale;
        Self {
            href: special.path(scope),
            reference: special.reference.clone(),
            about: special.about().to_owned(),
            asked: special.asked().show(locale),
            granted: special.granted().map(|percent| percent.show(locale)).unwrap_or_default(),
            tone: special.status.tone(),
            status: special.status.label(),
        }
    }
}
