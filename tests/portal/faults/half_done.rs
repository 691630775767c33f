//! The N-th change of a row fails, for every N until a write passes untouched: what it changed
//! before is undone, whatever it was.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use portal::audit::{self, By, Change, Subject};
use portal::auth::Program;
use portal::contacts::Role;
use portal::db::{Conn, DatabaseAddress, DatabaseSettings, Db, migrate};
use portal::error::{Error, Result};
use portal::locale::Locale;
use portal::mail::digest::{Place, gather};
use portal::mail::hours::Rhythm;
use portal::mail::{self, Letter, Reason, Recipient};
use portal::orders::{Order, Processor};
use portal::programs::{self, pack};

use crate::support::channel::give_role;
use crate::support::database::{Database, is_postgres};
use crate::support::people::beginning;
use crate::support::post::Noted;
use crate::support::{Portal, people};

const FAULT: &str = "a planned fault";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(question: &str, conn: &mut Conn) -> Result<Vec<String>> {
    let lines: Vec<Line> = sql_query(question).load(conn)?;
    Ok(lines.into_iter().map(|one| one.line).collect())
}

fn tables(conn: &mut Conn) -> Result<Vec<String>> {
    let question = if is_postgres() {
        "SELECT table_name::text AS line FROM information_schema.tables \
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
    } else {
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    let ours = |name: &String| {
        !name.starts_with("sqlite_") && !name.starts_with("__") && name != "planned_faults"
    };
    Ok(lines(question, conn)?.into_iter().filter(ours).collect())
}

/// Puts a trigger on every table that counts the changes down and refuses the last.
fn plan_faults(conn: &mut Conn) -> Result<()> {
    conn.batch_execute(
        "CREATE TABLE planned_faults (remaining BIGINT NOT NULL); \
         INSERT INTO planned_faults VALUES (0);",
    )?;
    if is_postgres() {
        conn.batch_execute(&format!(
            "CREATE FUNCTION planned_fault() RETURNS trigger LANGUAGE plpgsql AS $$ \
             DECLARE left_over BIGINT; \
             BEGIN \
               UPDATE planned_faults SET remaining = remaining - 1 \
                 RETURNING remaining INTO left_over; \
               IF left_over = 0 THEN RAISE EXCEPTION '{FAULT}'; END IF; \
               IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; \
               RETURN NEW; \
             END $$"
        ))?;
    }
    for table in tables(conn)? {
        conn.batch_execute(&trigger_on(&table))?;
    }
    Ok(())
}

fn trigger_on(table: &str) -> String {
    if is_postgres() {
        return format!(
            "CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION planned_fault()"
        );
    }
    ["INSERT", "UPDATE", "DELETE"]
        .map(|change| {
            format!(
                "CREATE TRIGGER fault_{change}_{table} BEFORE {change} ON {table} BEGIN \
                   UPDATE planned_faults SET remaining = remaining - 1; \
                   SELECT RAISE(ABORT, '{FAULT}') FROM planned_faults WHERE remaining = 0; \
                 END;"
            )
        })
        .concat()
}

/// Everything that is stored, as text.
fn contents(conn: &mut Conn) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for table in tables(conn)? {
        let row = if is_postgres() {
            "row_of::text".to_owned()
        } else {
            let columns = format!(
                "SELECT 'quote(' || name || ')' AS line \
                FROM pragma_table_info('{table}') ORDER BY cid"
            );
            lines(&columns, conn)?.join(" || ', ' || ")
        };
        let rows = format!("SELECT {row} AS line FROM {table} AS row_of ORDER BY 1");
        all.extend(lines(&rows, conn)?.into_iter().map(|row| format!("{table}: {row}")));
    }
    Ok(all)
}

/// Runs a write with a fault at its first change, its second and so on, until one run meets none.
/// Gives how many changes that one made.
fn fails_at_every_change<T: Send + 'static>(
    db: &Db,
    write: impl Fn(&mut Conn) -> Result<T> + Clone + Send + 'static,
) -> usize {
    db.write_blocking(plan_faults).unwrap();
    let before = db.read_blocking(contents).unwrap();
    for change in 1..1_000 {
        let arm = format!("UPDATE planned_faults SET remaining = {change}");
        db.write_blocking(move |conn| Ok(sql_query(arm.as_str()).execute(conn)?)).unwrap();
        let outcome = db.write_blocking(write.clone());
        let after = db.read_blocking(contents).unwrap();
        match outcome {
            Ok(_) => {
                assert_ne!(after, before);
                return change - 1;
            }
            Err(Error::Internal(cause)) => assert!(cause.contains(FAULT), "{cause}"),
            Err(fault) => panic!("change {change}: {fault:?}"),
        }
        assert_eq!(after, before, "change {change} failed and left something");
    }
    panic!("it never passes");
}

#[test]
fn an_import_of_a_program_is_done_whole_or_not_at_all() {
    let database = Database::empty();
    let settings = DatabaseSettings::new(DatabaseAddress::parse(database.address()).unwrap());
    migrate(&settings).unwrap();
    let db = database.open(None);
    let import = |text: &'static str| {
        move |conn: &mut Conn| {
            let pack = pack::parse("shield.toml", text).unwrap();
            programs::import(&pack, By::Portal("the tests"), beginning(), conn)
        }
    };
    let changes = fails_at_every_change(&db, import(people::SHIELD));
    assert!(changes > 20, "{changes} changes");
}

#[actix_web::test]
async fn a_mail_and_its_cause_are_stored_together_or_not_at_all() {
    const NOTED: audit::Action = audit::Action::new("test.noted", "noted something");
    let portal = Portal::start().await;
    let (organisation, site, now) =
        (portal.organisation_id("Acme"), portal.app.site.clone(), portal.app.clock.now());
    let to = Recipient {
        contact_id: portal.contact_id("owner"),
        name: "Olive Owner".to_owned(),
        email: "owner@acme.example".to_owned(),
        locale: Locale::EnGb,
    };
    let changes = fails_at_every_change(portal.db(), move |conn| {
        super::keep("cause", "made", conn)?;
        let subject = Subject {
            kind: "organisation",
            id: organisation,
            reference: "O-0",
            name: "Acme",
            program_id: None,
            organisation_id: Some(organisation),
        };
        audit::record(By::Portal("the tests"), &NOTED, subject, Change::default(), now, conn)?;
        let letter = Letter {
            to: &to,
            program: None,
            organisation_id: organisation,
            reason: Reason::account(),
            key: "noted",
            message: &Noted { subject: "noted".to_owned() },
        };
        mail::queue(&letter, &site, now, conn)
    });
    assert_eq!(changes, 4, "cause, history, mail, its body");
    assert_eq!(portal.mail_to("owner"), ["noted"]);
}

#[actix_web::test]
async fn a_digest_and_the_end_of_what_it_tells_are_stored_together_or_not_at_all() {
    let portal = Portal::start().await;
    let reader = portal.contact_id("reader");
    give_role(reader, Role::Renewals, &portal);
    portal.wants_rhythm(reader, "shield", "renewals", Rhythm::Daily);
    for what in ["one", "two", "three"] {
        portal.notice(reader, "shield", "renewals", what);
    }
    portal.advance_days(1);
    let program = portal.read(|conn| Program::find_unscoped("shield", conn));
    let place = Place { contact_id: reader, program };
    let (site, now) = (portal.app.site.clone(), portal.app.clock.now());
    let changes = fails_at_every_change(portal.db(), move |conn| gather(&place, &site, now, conn));
    assert_eq!(changes, 9, "the digest, its body, the three that it tells, and how they count");
    assert_eq!(portal.mail_to("reader").last().unwrap(), "3 notices from Shield Guild");
}

/// Runs [`Processor::process`] on an order with a fault at each change in turn.
fn processes_whole_or_not_at_all(portal: &Portal, order: &str) -> usize {
    let (id, now) = (portal.order_id(order), portal.app.clock.now());
    let (program, site) = (portal.program("shield"), portal.app.site.clone());
    fails_at_every_change(portal.db(), move |conn| {
        let order = Order::find_unscoped(id, conn)?;
        let processor = Processor::of(&program, &site, By::Portal("the tests"), now, conn)?;
        processor.process(&order, conn)
    })
}

#[actix_web::test]
async fn an_order_its_licences_its_history_and_its_mail_are_one() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 10), ("WATCH-SITE", 2)]).await;
    let changes = processes_whole_or_not_at_all(&portal, &order);
    assert!(changes >= 6, "order, licences and their history, tallies: {changes}");
    assert_eq!(portal.order_stands(&order).0, "processed");
    assert_eq!(portal.licences_of(&order).len(), 2);
}

#[actix_web::test]
async fn a_refusal_its_reasons_its_history_and_its_mail_are_one() {
    let portal = Portal::start().await;
    let order = portal.released_order(&[("WATCH-SEAT", 10), ("WATCH-SITE", 2)]).await;
    portal.change_line(&order, 1, "NO-SUCH-SKU", Some(12));
    portal.change_line(&order, 2, "NONE-EITHER", Some(12));
    let changes = processes_whole_or_not_at_all(&portal, &order);
    assert!(changes >= 6, "order, two lines, history, mail, its body: {changes}");
    assert_eq!(portal.order_stands(&order).0, "refused");
    assert_eq!(portal.mail_to("distributor").last().unwrap(), "Order refused: Hooli");
}
