//! The wall: what one person may see and do in one program.

use chrono::NaiveDate;

use super::programs::{Place, places_of};
use super::{Actor, Part, Program, ProgramChoice, Seat, Who};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};

/// One person in one program. Every read and write takes a scope and stays inside of it; it is
/// made here alone, from who is signed in, so that a query without one does not compile.
#[derive(Clone, Debug)]
pub struct Scope {
    actor: Actor,
    seat: Seat,
    program: Program,
    programs: Vec<ProgramChoice>,
    enrolment_id: Option<i64>,
    currency: String,
    today: NaiveDate,
}

impl Scope {
    /// Enters a program. Not found where the person's organisation has no part in it, forbidden
    /// where it has but the route is not open to the person's seat.
    pub(crate) fn enter(
        actor: &Actor,
        slug: &str,
        who: Who,
        now: Instant,
        conn: &mut Conn,
    ) -> Result<Self> {
        let places = places_of(actor, conn)?;
        let programs = choices(&places, slug);
        let place = places.into_iter().find(|place| place.program.slug == slug);
        let Place { program, enrolment } = place.ok_or(Error::NotFound)?;
        let part = enrolment.as_ref().map(|enrolled| enrolled.part);
        let seat = Seat::of(actor.access, part).ok_or(Error::NotFound)?;
        if let Some(enrolled) = &enrolment {
            refuse_inactive(&enrolled.status, &program.name)?;
        }
        let open = matches!(who, Who::Seats(seats) if seats.has(seat));
        if !open {
            return Err(Error::forbidden(
                "Your access level does not include this page. Ask an administrator of your \
                 organisation if you need it.",
            ));
        }
        let enrolment_id = enrolment.as_ref().map(|enrolled| enrolled.id);
        let currency =
            enrolment.map_or_else(|| program.currency.clone(), |enrolled| enrolled.currency);
        let today = program.day_of(now);
        Ok(Self { actor: actor.clone(), seat, program, programs, enrolment_id, currency, today })
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn seat(&self) -> Seat {
        self.seat
    }

    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The programs between which the person can switch.
    pub fn programs(&self) -> &[ProgramChoice] {
        &self.programs
    }

    pub fn organisation_id(&self) -> i64 {
        self.actor.organisation_id
    }

    /// The organisation's enrolment in the program; none for the vendor's own people.
    pub fn enrolment_id(&self) -> Option<i64> {
        self.enrolment_id
    }

    /// The currency in which the organisation buys; the program's for the vendor's own people.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// What the person's organisation is in this program; none for the vendor.
    pub fn part(&self) -> Option<Part> {
        match self.seat {
            Seat::PartnerAdministrator | Seat::PartnerMember => Some(Part::Partner),
            Seat::DistributorAdministrator | Seat::DistributorMember => Some(Part::Distributor),
            Seat::ProgramManager | Seat::Cam | Seat::BackOffice => None,
        }
    }

    pub fn is_vendor(&self) -> bool {
        self.seat.is_vendor()
    }

    /// The program's civil day.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// An address inside the program.
    pub fn path(&self, inner: &str) -> String {
        format!("/p/{}{inner}", self.program.slug)
    }
}

fn choices(places: &[Place], current: &str) -> Vec<ProgramChoice> {
    places
        .iter()
        .filter(|place| place.enrolment.as_ref().is_none_or(|enrolled| enrolled.status != "ended"))
        .map(|place| ProgramChoice {
            slug: place.program.slug.clone(),
            name: place.program.name.clone(),
            current: place.program.slug == current,
        })
        .collect()
}

/// Only an active enrolment opens the program. One that ended is as good as none.
fn refuse_inactive(status: &str, program: &str) -> Result<()> {
    match status {
        "active" => Ok(()),
        "applied" => Err(Error::forbidden(format!(
            "Your organisation's application to {program} is still being decided. You will get a \
             mail when it is."
        ))),
        "suspended" => Err(Error::forbidden(format!(
            "Your organisation's part in {program} is suspended. Please ask your channel account \
             manager."
        ))),
        _ => Err(Error::NotFound),
    }
}
