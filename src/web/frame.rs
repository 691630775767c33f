//! What stands round every page: who is signed in, the program and its colour, the navigation,
//! the sentence that the last action left.

use chrono::NaiveDate;

use super::nav::{self, NavEntry};
use super::{Flash, assets};
use crate::auth::{Actor, Program, ProgramChoice, Scope};
use crate::calendar::add_days;
use crate::clock::Instant;
use crate::locale::Locale;
use crate::stoppages::{Capability, Stoppage};

/// Everything `base.html` asks for.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    program: Option<FrameProgram>,
    programs: Vec<ProgramChoice>,
    nav: Vec<NavEntry>,
    person: Option<Person>,
    flashes: Vec<FlashLine>,
    demo: Option<Demo>,
    maintenance: Vec<MaintenanceLine>,
    locale: Locale,
}

/// A maintenance window that is announced or runs.
#[derive(Clone, Debug)]
pub struct MaintenanceLine {
    pub href: String,
    /// Whether it stops something now.
    pub runs: bool,
    pub starts_iso: String,
    pub starts: String,
    pub ends_iso: String,
    pub ends: String,
    /// What it stops: "order processing and quotes".
    pub what: String,
    /// Whether a sentence about that takes "are".
    pub is_several: bool,
}

/// The program as the frame shows it.
#[derive(Clone, Debug)]
pub struct FrameProgram {
    pub name: String,
    pub slug: String,
    /// Six hexadecimal digits; names the stylesheet with the program's colours.
    pub colour_hex: String,
}

impl FrameProgram {
    /// The address of the stylesheet with the program's colours.
    pub fn theme(&self) -> String {
        assets::theme_address(&self.colour_hex)
    }
}

/// Who is signed in, as the account menu shows it.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub organisation: String,
    pub access_label: &'static str,
}

#[derive(Clone, Debug)]
pub struct FlashLine {
    pub tone: &'static str,
    pub text: String,
}

/// The bar of a demo: which day it is there, in the program of the page; UTC's where it has none.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    pub(super) day: NaiveDate,
}

impl Demo {
    /// The first day to which it can be moved.
    pub fn tomorrow(&self) -> NaiveDate {
        add_days(self.day, 1)
    }
}

impl Frame {
    /// For pages that are the same for everyone: errors.
    pub fn bare() -> Self {
        Self::default()
    }

    pub(super) fn signed_out(flash: Option<Flash>, demo: Option<Demo>) -> Self {
        Self { flashes: lines(flash), demo, ..Self::default() }
    }

    pub(super) fn signed_in(
        actor: &Actor,
        flash: Option<Flash>,
        demo: Option<Demo>,
        programs: Vec<ProgramChoice>,
    ) -> Self {
        Self {
            person: Some(Person {
                name: actor.name.clone(),
                organisation: actor.organisation_name.clone(),
                access_label: actor.access.label(),
            }),
            programs,
            locale: actor.locale,
            ..Self::signed_out(flash, demo)
        }
    }

    pub(super) fn in_program(mut self, scope: &Scope, path: &str, now: Instant) -> Self {
        let program = scope.program();
        self.maintenance = program
            .stoppages
            .shown(now, program.time_zone)
            .map(|one| MaintenanceLine::of(one, scope, now))
            .collect();
        self.demo = self.demo.map(|_| Demo { day: scope.today() });
        self.program = Some(FrameProgram {
            name: program.name.clone(),
            slug: program.slug.clone(),
            colour_hex: colour_hex(program),
        });
        self.programs = scope.programs().to_vec();
        self.nav = nav::entries(scope, path);
        self
    }

    pub fn title_suffix(&self) -> String {
        self.program.as_ref().map_or_else(
            || " · Partner portal".to_owned(),
            |program| format!(" · {}", program.name),
        )
    }

    pub fn program(&self) -> Option<&FrameProgram> {
        self.program.as_ref()
    }

    pub fn programs(&self) -> &[ProgramChoice] {
        &self.programs
    }

    pub fn nav(&self) -> &[NavEntry] {
        &self.nav
    }

    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    pub fn flashes(&self) -> &[FlashLine] {
        &self.flashes
    }

    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// What is announced or stopped, for everybody in the program.
    pub fn maintenance(&self) -> &[MaintenanceLine] {
        &self.maintenance
    }

    /// The day of the demo, as the person writes days.
    pub fn demo_day(&self) -> String {
        self.demo.map(|demo| self.locale.day(demo.day)).unwrap_or_default()
    }

    /// The address of a static file, with its contents' hash in it.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    pub fn locale(&self) -> Locale {
        self.locale
    }
}

impl MaintenanceLine {
    fn of(window: &Stoppage, scope: &Scope, now: Instant) -> Self {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        Self {
            href: scope.path(&format!("/maintenance/{}", window.reference)),
            runs: window.runs_at(now),
            starts_iso: window.starts_at.to_string(),
            starts: locale.moment(window.starts_at, zone),
            ends_iso: window.ends_at.to_string(),
            ends: locale.moment(window.ends_at, zone),
            what: Capability::list(&window.capabilities),
            is_several: !matches!(
                window.capabilities.as_slice(),
                [one] if *one != Capability::Quotes
            ),
        }
    }
}

fn lines(flash: Option<Flash>) -> Vec<FlashLine> {
    flash
        .into_iter()
        .map(|flash| FlashLine { tone: flash.tone.as_str(), text: flash.text })
        .collect()
}

fn colour_hex(program: &Program) -> String {
    program.colour.trim_start_matches('#').to_owned()
}
