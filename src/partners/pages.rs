//! What the pages show.

use askama::Template;

use super::choices::{Choice, Choices, Surroundings, names_of};
use super::forms::{EditForm, ReasonForm};
use super::handlers::ResellersQuery;
use super::list::{PartnerFilter, PartnerQuery, PartnerRow, TypesOf};
use super::resellers::ResellerRow;
use super::{Enrolment, EnrolmentStatus, StatusChange};
use crate::audit::{Entry, Line};
use crate::auth::{Part, Scope, Seat, Seats};
use crate::web::{FieldErrors, Frame, Page, list_address};

/// A choice of a filter bar.
pub(super) struct Word {
    pub value: String,
    pub label: String,
}

impl Word {
    fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned() }
    }

    fn of(choices: &[Choice]) -> Vec<Self> {
        choices.iter().map(|choice| Self::new(&choice.value, &choice.label)).collect()
    }
}

/// A line of the list as it is shown.
pub(super) struct PartnerLine {
    pub href: String,
    pub name: String,
    pub country: String,
    pub part: &'static str,
    pub types: String,
    pub tier: String,
    pub cam: String,
    pub status: EnrolmentStatus,
}

#[derive(Template)]
#[template(path = "partners/index.html")]
pub(super) struct IndexPage {
    frame: Frame,
    path: String,
    csv_href: String,
    new_href: Option<String>,
    import_href: Option<String>,
    query: PartnerQuery,
    filtered: bool,
    parts: Vec<Word>,
    types: Vec<Word>,
    tiers: Vec<Word>,
    statuses: Vec<Word>,
    cams: Vec<Word>,
    lines: Vec<PartnerLine>,
    previous: Option<String>,
    next: Option<String>,
}

impl IndexPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        query: PartnerQuery,
        filter: &PartnerFilter,
        choices: &Choices,
        rows: Page<PartnerRow>,
        types: &TypesOf,
    ) -> Self {
        let path = scope.path("/partners");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        let may_enrol = Seats::PROGRAM_MANAGER.has(scope.seat());
        let mut cams = vec![Word::new("mine", "Mine"), Word::new("nobody", "Nobody")];
        cams.extend(Word::of(&choices.cams));
        Self {
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/partners.csv"), &query, None),
            new_href: may_enrol.then(|| scope.path("/partners/new")),
            import_href: may_enrol.then(|| scope.path("/partners/import")),
            filtered: *filter != PartnerFilter::default(),
            parts: Part::ALL.iter().map(|part| Word::new(part.as_str(), part.label())).collect(),
            types: Word::of(&choices.types),
            tiers: Word::of(&choices.tiers),
            statuses: EnrolmentStatus::ALL
                .iter()
                .map(|status| Word::new(status.as_str(), status.label()))
                .collect(),
            cams,
            lines: rows.rows.into_iter().map(|row| line(row, &path, types)).collect(),
            frame,
            path,
            query,
        }
    }
}

fn line(row: PartnerRow, path: &str, types: &TypesOf) -> PartnerLine {
    PartnerLine {
        href: format!("{path}/{}", row.reference),
        name: row.name,
        country: row.country,
        part: row.part.label(),
        types: types.get(&row.id).map(|types| types.join(", ")).unwrap_or_default(),
        tier: row.tier.unwrap_or_default(),
        cam: row.cam.unwrap_or_default(),
        status: row.status,
    }
}

/// What may be done next with an enrolment, or why not.
pub(super) struct NextStep {
    pub label: &'static str,
    pub href: Option<String>,
    pub why_not: &'static str,
}

/// The facts of an enrolment, as the vendor's page and the organisation's own show them.
pub(super) struct Facts {
    pub enrolment: Enrolment,
    pub types: String,
    pub tier: String,
    pub enrolled_text: String,
    pub distributors: Vec<Choice>,
}

impl Facts {
    fn new(enrolment: Enrolment, around: &Surroundings, frame: &Frame) -> Self {
        Self {
            types: names_of(&around.types),
            tier: enrolment.tier.as_ref().map(|tier| tier.name.clone()).unwrap_or_default(),
            enrolled_text: frame.locale().day(enrolment.enrolled_on),
            distributors: around.distributors.clone(),
            enrolment,
        }
    }

    fn is_partner(&self) -> bool {
        self.enrolment.part == Part::Partner
    }
}

#[derive(Template)]
#[template(path = "partners/show.html")]
pub(super) struct ShowPage {
    frame: Frame,
    list_href: String,
    contacts_href: String,
    mail_href: String,
    facts: Facts,
    around: Surroundings,
    gaps: String,
    steps: Vec<NextStep>,
    edit_href: Option<String>,
    history: Vec<Line>,
}

impl ShowPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        enrolment: Enrolment,
        around: Surroundings,
        history: &[Entry],
    ) -> Self {
        let path = enrolment.path(scope);
        let gaps: Vec<&str> = around.gaps(&enrolment).iter().map(|role| role.label()).collect();
        let may_edit = scope.seat() == Seat::ProgramManager;
        Self {
            list_href: scope.path("/partners"),
            contacts_href: format!(
                "{}?organisation={}",
                scope.path("/contacts"),
                enrolment.organisation.reference
            ),
            mail_href: scope.path(&format!("/mail?partner={}", enrolment.reference)),
            gaps: gaps.join(", "),
            steps: steps(&enrolment, &path, may_edit),
            edit_href: may_edit.then(|| format!("{path}/edit")),
            history: Line::all(history, frame.locale(), scope.program().time_zone),
            facts: Facts::new(enrolment, &around, &frame),
            around,
            frame,
        }
    }
}

fn steps(enrolment: &Enrolment, path: &str, may_edit: bool) -> Vec<NextStep> {
    let step = |change: &StatusChange| {
        let why_not = if may_edit {
            change.why_not(enrolment.status)
        } else {
            Some("Only a program manager decides this.")
        };
        NextStep {
            label: change.label(),
            href: why_not.is_none().then(|| format!("{path}/{}", change.word())),
            why_not: why_not.unwrap_or_default(),
        }
    };
    StatusChange::ALL.iter().map(step).collect()
}

#[derive(Template)]
#[template(path = "partners/own.html")]
pub(super) struct OwnPage {
    frame: Frame,
    program_name: String,
    program_href: String,
    facts: Facts,
    history: Vec<Line>,
}

impl OwnPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        enrolment: Enrolment,
        around: &Surroundings,
        history: &[Entry],
    ) -> Self {
        Self {
            program_name: scope.program().name.clone(),
            program_href: scope.path("/program"),
            history: Line::all(history, frame.locale(), scope.program().time_zone),
            facts: Facts::new(enrolment, around, &frame),
            frame,
        }
    }
}

#[derive(Template)]
#[template(path = "partners/edit.html")]
pub(super) struct EditPage {
    frame: Frame,
    path: String,
    list_href: String,
    name: String,
    is_partner: bool,
    choices: Choices,
    form: EditForm,
    errors: FieldErrors,
}

impl EditPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        enrolment: Enrolment,
        around: &Surroundings,
        mut choices: Choices,
        form: EditForm,
        errors: FieldErrors,
    ) -> Self {
        // What it has may stay, although nobody else could choose it any more.
        let cam = enrolment.cam.iter().map(super::Cam::choice);
        add_missing(&mut choices.cams, cam);
        add_missing(&mut choices.distributors, around.distributors.iter().cloned());
        Self {
            path: enrolment.path(scope),
            list_href: scope.path("/partners"),
            is_partner: enrolment.part == Part::Partner,
            name: enrolment.organisation.name,
            frame,
            choices,
            form,
            errors,
        }
    }
}

fn add_missing(list: &mut Vec<Choice>, held: impl Iterator<Item = Choice>) {
    for one in held {
        if super::chosen(list, &one.value).is_none() {
            list.push(one);
        }
    }
}

#[derive(Template)]
#[template(path = "partners/status.html")]
pub(super) struct StatusPage {
    frame: Frame,
    path: String,
    list_href: String,
    name: String,
    change: StatusChange,
    form: ReasonForm,
    errors: FieldErrors,
}

impl StatusPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        enrolment: Enrolment,
        change: StatusChange,
        form: ReasonForm,
        errors: FieldErrors,
    ) -> Self {
        Self {
            path: enrolment.path(scope),
            list_href: scope.path("/partners"),
            name: enrolment.organisation.name,
            frame,
            change,
            form,
            errors,
        }
    }

    fn tone(&self) -> &'static str {
        if self.change == StatusChange::Reactivate { "primary" } else { "danger" }
    }
}

#[derive(Template)]
#[template(path = "partners/resellers.html")]
pub(super) struct ResellersPage {
    frame: Frame,
    path: String,
    csv_href: String,
    query: ResellersQuery,
    rows: Vec<ResellerRow>,
    previous: Option<String>,
    next: Option<String>,
}

impl ResellersPage {
    pub(super) fn new(
        frame: Frame,
        scope: &Scope,
        query: ResellersQuery,
        rows: Page<ResellerRow>,
    ) -> Self {
        let path = scope.path("/resellers");
        let page = |cursor: &String| list_address(&path, &query, Some(cursor));
        Self {
            previous: rows.previous.as_ref().map(page),
            next: rows.next.as_ref().map(page),
            csv_href: list_address(&scope.path("/resellers.csv"), &query, None),
            rows: rows.rows,
            frame,
            path,
            query,
        }
    }
}
