//! Mail preferences: one's own for all programs, and a contact's for one.

use askama::Template;
use chrono_tz::Tz;

use crate::auth::{Actor, Scope};
use crate::contacts::Contact;
use crate::contacts::mail_preferences::{
    Choices, InProgram, MailPreferencesForm, Receives, RoleLine, ZONES,
};
use crate::locale::Locale;
use crate::mail::hours::Rhythm;
use crate::names::capitalised;
use crate::web::{FieldErrors, Frame};

#[derive(Template)]
#[template(path = "contacts/mail_preferences.html")]
pub(in crate::contacts) struct PreferencesPage {
    frame: Frame,
    whose: Whose,
    programs: Vec<ProgramCard>,
    form: MailPreferencesForm,
    errors: FieldErrors,
}

/// Whose page it is, and for whom it is written.
pub(in crate::contacts) struct Whose {
    /// None on one's own page.
    contact: Option<ContactCrumb>,
    action: String,
    organisation: String,
    locale: Locale,
}

struct ContactCrumb {
    name: String,
    href: String,
    list_href: String,
}

impl Whose {
    pub(in crate::contacts) fn own(actor: &Actor) -> Self {
        Self {
            contact: None,
            action: "/account/mail".to_owned(),
            organisation: actor.organisation_name.clone(),
            locale: actor.locale,
        }
    }

    pub(in crate::contacts) fn contact(scope: &Scope, contact: &Contact) -> Self {
        let href = scope.path(&format!("/contacts/{}", contact.reference));
        Self {
            action: format!("{href}/mail"),
            contact: Some(ContactCrumb {
                name: contact.name.clone(),
                href,
                list_href: scope.path("/contacts"),
            }),
            organisation: scope.actor().organisation_name.clone(),
            locale: scope.actor().locale,
        }
    }
}

struct ProgramCard {
    name: String,
    zone: String,
    /// Why none of its mails come, whatever is chosen; empty where they do.
    closed: String,
    chosen: Vec<RoleChoice>,
    /// The roles of which nothing comes, in words; empty where there are none.
    missing: String,
    /// What waits; empty where nothing does.
    waiting: String,
}

struct RoleChoice {
    /// Of its field, on a page with many.
    id: String,
    label: &'static str,
    tells_of: &'static str,
    /// Why mail of a role comes that is not held; empty where it is.
    stands_in: String,
    options: Vec<Choice>,
    selected: String,
}

#[derive(Clone)]
struct Choice {
    value: String,
    label: String,
}

impl PreferencesPage {
    /// With the form as it was typed, or else as things are.
    pub(in crate::contacts) fn new(
        frame: Frame,
        whose: Whose,
        choices: &Choices,
        typed: Option<MailPreferencesForm>,
        errors: FieldErrors,
    ) -> Self {
        let form = typed.unwrap_or_else(|| MailPreferencesForm::of(choices));
        let programs = choices
            .programs
            .iter()
            .map(|one| ProgramCard::new(one, choices, &whose, &form))
            .collect();
        Self { frame, whose, programs, form, errors }
    }

    fn title(&self) -> &'static str {
        "Mail preferences"
    }

    /// Whether there is anything to choose.
    fn has_choice(&self) -> bool {
        self.programs.iter().any(|program| !program.chosen.is_empty())
    }

    fn is_quiet(&self) -> bool {
        !self.form.quiet.is_empty()
    }

    fn zones(&self) -> Vec<Choice> {
        let programs_own = match self.programs.as_slice() {
            [only] => format!("That of the program ({})", only.zone),
            _ => "That of each program".to_owned(),
        };
        let first = Choice { value: String::new(), label: programs_own };
        let named = |zone: &Tz| Choice { value: zone.name().to_owned(), label: spaced(*zone) };
        std::iter::once(first).chain(ZONES.iter().map(named)).collect()
    }

    fn hours(&self) -> Vec<Choice> {
        (0..24)
            .map(|hour| Choice { value: hour.to_string(), label: format!("{hour:02}:00") })
            .collect()
    }
}

impl ProgramCard {
    fn new(one: &InProgram, choices: &Choices, whose: &Whose, form: &MailPreferencesForm) -> Self {
        let chosen = one.roles.iter().filter(|line| line.receives != Receives::Not);
        let missing: Vec<&str> = one
            .roles
            .iter()
            .filter(|line| line.receives == Receives::Not)
            .map(|line| line.role.label())
            .collect();
        Self {
            name: one.program.name.clone(),
            zone: spaced(one.program.time_zone),
            closed: closed(one, whose),
            chosen: chosen.map(|line| RoleChoice::new(line, one, whose, form)).collect(),
            missing: missing.join(", "),
            waiting: waiting(one, choices, whose.locale),
        }
    }
}

fn closed(one: &InProgram, whose: &Whose) -> String {
    match one.status.as_str() {
        "active" => String::new(),
        status => format!(
            "The part of {} in {} is {status}: until it is active, none of these mails are sent.",
            whose.organisation, one.program.name
        ),
    }
}

fn waiting(one: &InProgram, choices: &Choices, locale: Locale) -> String {
    let Some(in_store) = one.in_store else {
        return String::new();
    };
    let zone = choices.chosen.preferences.hours(one.program.time_zone).zone;
    let at = locale.moment(in_store.due_at, zone);
    match in_store.mails {
        1 => format!("1 notice waits; it comes on {at}."),
        mails => format!("{} notices wait; the first come on {at}.", locale.number(mails)),
    }
}

impl RoleChoice {
    fn new(line: &RoleLine, one: &InProgram, whose: &Whose, form: &MailPreferencesForm) -> Self {
        let place = format!("{}:{}:", one.program.slug, line.role.as_str());
        let options: Vec<Choice> = Rhythm::all()
            .map(|rhythm| Choice {
                value: format!("{place}{}", rhythm.word()),
                label: capitalised(rhythm.label()),
            })
            .collect();
        let typed = form.rhythm.iter().find(|word| word.starts_with(&place)).cloned();
        Self {
            id: format!("{}-{}", one.program.slug, line.role.as_str()),
            label: line.role.label(),
            tells_of: line.role.tells_of(),
            stands_in: stands_in(line, whose),
            options,
            selected: typed.unwrap_or_else(|| format!("{place}{}", line.rhythm.word())),
        }
    }
}

fn stands_in(line: &RoleLine, whose: &Whose) -> String {
    if line.receives != Receives::AsAdministrator {
        return String::new();
    }
    let (organisation, they) = (&whose.organisation, whose.contact.is_some());
    let comes_to = if they { "it comes to this contact" } else { "it comes to you" };
    format!(
        "Nobody at {organisation} holds this role, so {comes_to} as an administrator until \
         somebody does."
    )
}

/// `America/New York`.
fn spaced(zone: Tz) -> String {
    zone.name().replace('_', " ")
}
