//! `portal user`: logins, from the command line. No password is ever an argument: a process list
//! shows those. What opens a login is a one-time link, printed once.

use clap::{Args, Subcommand};
use diesel::prelude::*;
use serde::Serialize;

use super::open;
use super::say::{json, say};
use crate::app::Portal;
use crate::audit::By;
use crate::auth::links::Issued;
use crate::auth::{self, Access, NewPerson};
use crate::clock::Instant;
use crate::config::{DataSettings, SiteSettings};
use crate::db::Conn;
use crate::db::schema::{contacts, logins, organisations};
use crate::error::{Error, Result};
use crate::web::Fields;
use crate::{names, reference};

const BY: By<'static> = By::Portal("The command line");

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a login and print a one-time link with which the person chooses a password
    Create(Create),
    /// Print a one-time link with which the person sets a new password
    Reset(Person),
    /// Lock a login: its sessions end and no password opens it
    Lock(Person),
    /// Take the second factor from somebody who has lost app and recovery codes; their sessions end
    ResetSecondFactor(Person),
    /// Unlock a login
    Unlock(Person),
    /// List the logins
    List(List),
}

#[derive(Args)]
struct Place {
    #[command(flatten)]
    data: DataSettings,

    #[command(flatten)]
    site: SiteSettings,
}

#[derive(Args)]
struct Create {
    /// Where the person works: the organisation's name or reference
    #[arg(long, value_name = "NAME")]
    organisation: String,

    #[arg(long, value_name = "NAME")]
    name: String,

    #[arg(long, value_name = "ADDRESS")]
    email: String,

    /// administrator or member; for a vendor's people program_manager, cam or back_office
    #[arg(long, value_name = "LEVEL", value_parser = access)]
    access: Access,

    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct Person {
    /// The address that the person signs in with
    email: String,

    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct List {
    /// Only those of one organisation, by name or reference
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,

    /// Print a list of {email, name, organisation, access, state}
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    place: Place,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.verb {
        Verb::Create(create) => run_create(create),
        Verb::Reset(person) => run_reset(person),
        Verb::Lock(person) => run_lock(person),
        Verb::ResetSecondFactor(person) => run_reset_second_factor(person),
        Verb::Unlock(person) => run_unlock(person),
        Verb::List(list) => run_list(list),
    }
}

impl Place {
    fn open(&self) -> Result<Portal> {
        open::portal(&self.data, self.site.site()?)
    }
}

fn access(word: &str) -> std::result::Result<Access, String> {
    word.parse().map_err(|fault: crate::db::text::UnknownWord| fault.to_string())
}

fn run_create(create: &Create) -> Result<()> {
    let mut fields = Fields::default();
    let name = fields.required("name", "A name", &create.name, 100);
    let email = fields.email("email", &create.email);
    let (access, organisation) = (create.access, create.organisation.clone());
    let person = fields.finish(|| Some(NewPerson { organisation_id: 0, name, email, access }))?;
    let portal = create.place.open()?;
    let now = portal.clock.now();
    let link = portal.db.write_blocking(move |conn| {
        let organisation_id = organisation_named(&organisation, conn)?;
        let person = NewPerson { organisation_id, ..person.clone() };
        let contact_id = auth::add_person(BY, &person, None, now, conn)?;
        auth::issue_invitation(BY, contact_id, now, conn)
    })?;
    print_link(&portal, &create.email, "choose a password", &link)
}

fn run_reset(person: &Person) -> Result<()> {
    let portal = person.place.open()?;
    let link = change(&portal, &person.email, |contact_id, now, conn| {
        auth::issue_reset(BY, contact_id, now, conn)
    })?;
    print_link(&portal, &person.email, "set a new password", &link)
}

fn run_lock(person: &Person) -> Result<()> {
    let portal = person.place.open()?;
    change(&portal, &person.email, |contact_id, now, conn| auth::lock(BY, contact_id, now, conn))?;
    say!("{} is locked; every session has ended.", person.email)?;
    Ok(())
}

fn run_reset_second_factor(person: &Person) -> Result<()> {
    let portal = person.place.open()?;
    let site = portal.site.clone();
    change(&portal, &person.email, move |contact_id, now, conn| {
        auth::second_factor::reset(BY, contact_id, "", &site, now, conn)
    })?;
    say!(
        "The second factor of {0} is reset, every session has ended, and {0} is told by mail. At \
         the next sign-in the password is enough to set up another one.",
        person.email
    )?;
    Ok(())
}

fn run_unlock(person: &Person) -> Result<()> {
    let portal = person.place.open()?;
    change(&portal, &person.email, |contact_id, now, conn| {
        auth::unlock(BY, contact_id, now, conn)
    })?;
    say!("{} is unlocked.", person.email)?;
    Ok(())
}

/// Does something to the login with this address.
fn change<T: Send + 'static>(
    portal: &Portal,
    email: &str,
    work: impl Fn(i64, Instant, &mut Conn) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (email, now) = (email.to_owned(), portal.clock.now());
    portal.db.write_blocking(move |conn| {
        let holder: Option<i64> = logins::table
            .filter(logins::email_key.eq(names::fold_email(&email)))
            .select(logins::contact_id)
            .first(conn)
            .optional()?;
        let contact_id = holder.ok_or_else(|| {
            Error::Setting(format!("Nobody signs in with {email}; see `portal user list`."))
        })?;
        work(contact_id, now, conn)
    })
}

/// The organisation with this name or reference; with several of one name the reference decides.
fn organisation_named(text: &str, conn: &mut Conn) -> Result<i64> {
    let (name_key, normalised) = (names::fold(text), reference::normalise(text));
    let found: Vec<(i64, String)> = organisations::table
        .filter(organisations::name_key.eq(name_key).or(organisations::reference.eq(normalised)))
        .order(organisations::reference)
        .select((organisations::id, organisations::reference))
        .load(conn)?;
    match found.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(Error::Setting(format!("There is no organisation called {text}."))),
        several => {
            let references: Vec<&str> = several.iter().map(|(_, one)| one.as_str()).collect();
            Err(Error::Setting(format!(
                "Several organisations are called {text}; give one of {} instead.",
                references.join(", ")
            )))
        }
    }
}

fn print_link(portal: &Portal, email: &str, purpose: &str, link: &Issued) -> Result<()> {
    say!("With this link {email} can {purpose}, once, until {}:", link.expires_at)?;
    say!("{}", portal.site.link(&link.path))
}

/// A line of the list; its names stay.
#[derive(Serialize)]
struct Line {
    email: String,
    name: String,
    organisation: String,
    access: Access,
    state: &'static str,
}

type Row = (String, String, String, Access, String, Option<String>, Option<Instant>);

impl Line {
    fn of((email, name, organisation, access, status, hash, locked_at): Row) -> Self {
        let state = match (status.as_str(), locked_at, hash) {
            ("active", None, Some(_)) => "open",
            ("active", None, None) => "invited",
            ("active", Some(_), _) => "locked",
            _ => "deactivated",
        };
        Self { email, name, organisation, access, state }
    }
}

fn run_list(list: &List) -> Result<()> {
    let portal = list.place.open()?;
    let lines = portal.db.read_blocking(|conn| lines(list.organisation.as_deref(), conn))?;
    if list.json {
        json(&lines)?;
        return Ok(());
    }
    if lines.is_empty() {
        say!("Nobody has a login; make one with `portal user create`.")?;
    }
    let width = lines.iter().map(|line| line.email.chars().count()).max().unwrap_or(0);
    for Line { email, name, organisation, access, state } in lines {
        say!("{email:width$}  {state:11}  {name}, {organisation} ({access})")?;
    }
    Ok(())
}

fn lines(organisation: Option<&str>, conn: &mut Conn) -> Result<Vec<Line>> {
    let mut query = logins::table
        .inner_join(contacts::table)
        .inner_join(organisations::table.on(organisations::id.eq(contacts::organisation_id)))
        .order((organisations::name_key, contacts::name_key, contacts::id))
        .select((
            contacts::email,
            contacts::name,
            organisations::name,
            contacts::access,
            contacts::status,
            logins::password_hash,
            logins::locked_at,
        ))
        .into_boxed();
    if let Some(name) = organisation {
        query = query.filter(organisations::id.eq(organisation_named(name, conn)?));
    }
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().map(Line::of).collect())
}
