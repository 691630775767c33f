//! What may need somebody, within a scope. Each read is one query and stops counting early: the
//! page says "more than 100" and leads to where all of it stands.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text};

use crate::auth::{Part, Scope, Seats};
use crate::contacts::Role;
use crate::db::schema::{contact_roles, contacts, enrolments, organisations};
use crate::db::{Conn, Keep};
use crate::deals::DECIDING;
use crate::error::Result;
use crate::leads::DISTRIBUTING;
use crate::orders;
use crate::pricing::quotes;

/// Renewals that end within so many days are due; those that ended so many days ago are late.
pub(super) const DAYS: i64 = 30;
/// Mails that failed so many days ago or less need somebody.
pub(super) const MAIL_DAYS: i64 = 7;
/// Leads that end within so many days need somebody.
pub(super) const LEAD_DAYS: i64 = 7;
/// More are not counted.
pub(super) const MOST: usize = 100;
/// What their queries are limited to: the one too many says that there are more.
const LIMIT: i64 = 101;

/// A licence that is not renewed.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Ending {
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    #[diesel(sql_type = Text)]
    pub customer: String,
    #[diesel(sql_type = Text)]
    pub product: String,
    #[diesel(sql_type = Integer)]
    pub quantity: i32,
    #[diesel(sql_type = Text)]
    pub reseller: String,
}

/// The renewals of the scope that are late, and those that are due, the nearest end first.
pub(super) fn renewals(scope: &Scope, conn: &mut Conn) -> Result<(Vec<Ending>, Vec<Ending>)> {
    let today = scope.today();
    // Parameters are numbered in the order in which they first stand: SQLite counts them so.
    let own = match scope.part() {
        None => "$4 <> 0",
        Some(Part::Partner) => "l.reseller_id = $4",
        Some(Part::Distributor) => "l.distributor_id = $4",
    };
    let ended = endings("l.due_on >= $2 AND l.due_on < $3", own);
    let ending = endings("l.due_on >= $3 AND l.due_on <= $5", own);
    let both = format!(
        "SELECT * FROM ({ended}) AS ended UNION ALL SELECT * FROM ({ending}) AS ending \
         ORDER BY due_on, reference"
    );
    let rows: Vec<Ending> = diesel::sql_query(both)
        .bind::<BigInt, _>(scope.program().id)
        .bind::<Date, _>(today - Duration::days(DAYS))
        .bind::<Date, _>(today)
        .bind::<BigInt, _>(scope.organisation_id())
        .bind::<Date, _>(today + Duration::days(DAYS))
        .kept()
        .load(conn)?;
    Ok(rows.into_iter().partition(|row| row.due_on < today))
}

fn endings(when: &str, own: &str) -> String {
    format!(
        "SELECT l.reference, l.due_on, c.name AS customer, p.name AS product, l.quantity, \
         o.name AS reseller FROM licences l \
         JOIN customers c ON c.id = l.customer_id JOIN products p ON p.id = l.product_id \
         JOIN organisations o ON o.id = l.reseller_id \
         WHERE l.program_id = $1 AND {when} AND {own} AND l.renewed_by_id IS NULL \
         ORDER BY l.due_on, l.reference LIMIT {LIMIT}"
    )
}

/// The roles of the person's organisation that no active contact holds.
pub(super) fn gaps(scope: &Scope, part: Part, conn: &mut Conn) -> Result<Vec<Role>> {
    let held: Vec<Role> = contact_roles::table
        .inner_join(contacts::table.on(contacts::id.eq(contact_roles::contact_id)))
        .filter(contact_roles::program_id.eq(scope.program().id))
        .filter(contact_roles::held.eq(true))
        .filter(contacts::organisation_id.eq(scope.organisation_id()))
        .filter(contacts::status.eq("active"))
        .select(contact_roles::role)
        .distinct()
        .kept()
        .load(conn)?;
    Ok(Role::of_part(part).iter().copied().filter(|role| !held.contains(role)).collect())
}

/// Active partners of the program where nobody holds the role Renewals.
pub(super) fn partners_with_gap(scope: &Scope, conn: &mut Conn) -> Result<Vec<String>> {
    Ok(enrolments::table
        .inner_join(organisations::table)
        .filter(enrolments::program_id.eq(scope.program().id))
        .filter(enrolments::part.eq(Part::Partner))
        .filter(enrolments::status.eq("active"))
        .filter(enrolments::lacks_renewals.eq(true))
        .order((enrolments::name_key, enrolments::reference))
        .limit(LIMIT)
        .select(organisations::name)
        .kept()
        .load(conn)?)
}

/// What waits for somebody, kind by kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    /// The countries of leads that the person's organisation is to open, or the vendor to assign.
    pub leads: Vec<String>,
    /// Whom the organisation's own leads are about that end within a week.
    pub ending_leads: Vec<String>,
    /// Whom the leads are about whose next step is due.
    pub steps: Vec<String>,
    /// The customers of inquiries that the person's organisation is to answer with a quote.
    pub inquiries: Vec<String>,
    /// The customers of quotes that the person's organisation is to answer.
    pub quotes: Vec<String>,
    /// The customers of deals that the person's organisation is to add to, or the vendor to decide.
    pub deals: Vec<String>,
    /// The customers of deals that somebody else has approved as the first of two.
    pub seconds: Vec<String>,
    /// The customers of special prices that the vendor is to decide.
    pub specials: Vec<String>,
    /// The customers of orders that the distributor is to release, or the vendor to process.
    pub orders: Vec<String>,
    /// Colleagues who were invited and have not chosen a password yet.
    pub invited: Vec<String>,
    /// To whom mails went in the last days that were given up on, the newest first: the person's
    /// organisation's, or for the vendor all of the program's.
    pub failed_mails: Vec<String>,
}

#[derive(QueryableByName)]
struct WaitingRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    words: String,
}

// Parameters are numbered in the order in which they first stand: SQLite counts them so. The states
// of a lead are those of its index.
const OWN_LEADS: &str = "\
    SELECT 'lead' AS kind, country AS words, CAST(0 AS BIGINT) AS place, country AS key FROM leads \
     WHERE program_id = $1 AND assigned_to_id = $2 \
       AND status IN ('new', 'assigned', 'recalled', 'declined')";
const UNASSIGNED_LEADS: &str = "\
    SELECT 'lead' AS kind, country AS words, CAST(0 AS BIGINT) AS place, country AS key FROM leads \
     WHERE program_id = $1 AND $2 <> 0 AND assigned_to_id IS NULL \
       AND status IN ('new', 'assigned', 'recalled', 'declined')";
const INQUIRIES: &str = "\
    SELECT 'inquiry' AS kind, customer_name AS words, CAST(0 AS BIGINT) AS place, \
           customer_key AS key \
      FROM inquiries WHERE program_id = $1 AND quoter_id = $2 AND status = 'submitted' \
     ORDER BY submitted_at, reference";
const SPECIALS: &str = "\
    SELECT 'special' AS kind, quotes.customer_name AS words, CAST(0 AS BIGINT) AS place, \
           quotes.customer_key AS key \
      FROM special_prices JOIN quotes ON quotes.id = special_prices.quote_id \
     WHERE special_prices.program_id = $1 AND $2 <> 0 AND special_prices.status = 'submitted'";
const RETURNED_DEALS: &str = "\
    SELECT 'deal' AS kind, customer_name AS words, CAST(0 AS BIGINT) AS place, \
           customer_key AS key \
      FROM deals WHERE program_id = $1 AND partner_id = $2 AND status = 'returned'";
// The oldest first, as their index has them; what one of two has approved is told apart.
const WAITING_DEALS: &str = "\
    SELECT 'deal' AS kind, customer_name AS words, CAST(0 AS BIGINT) AS place, \
           customer_key AS key \
      FROM deals WHERE program_id = $1 AND $2 <> 0 \
       AND (status IN ('submitted', 'in_review') OR extension_until_on IS NOT NULL) \
       AND NOT EXISTS (SELECT 1 FROM deal_approvals WHERE deal_approvals.deal_id = deals.id) \
     ORDER BY submitted_at, reference";
// Nobody is the second who was the first.
const SECOND_DEALS: &str = "\
    SELECT 'second' AS kind, deals.customer_name AS words, CAST(0 AS BIGINT) AS place, \
           deals.customer_key AS key \
      FROM deals JOIN deal_approvals ON deal_approvals.deal_id = deals.id \
     WHERE deals.program_id = $1 AND $2 <> 0 AND deals.status = 'in_review' \
       AND deal_approvals.approved_by_id <> $4";
// What is to be processed is meant by the words of its index.
const TO_RELEASE: &str = "\
    SELECT 'order' AS kind, customers.name AS words, CAST(0 AS BIGINT) AS place, \
           customers.name_key AS key \
      FROM orders JOIN customers ON customers.id = orders.customer_id \
     WHERE orders.program_id = $1 AND orders.distributor_id = $2 AND orders.status = 'placed'";
const TO_PROCESS: &str = "\
    SELECT 'order' AS kind, customers.name AS words, CAST(0 AS BIGINT) AS place, \
           customers.name_key AS key \
      FROM orders JOIN customers ON customers.id = orders.customer_id \
     WHERE orders.program_id = $1 AND $2 <> 0 AND orders.status IN ('released', 'held') \
       AND orders.hold = ''";
const INVITED: &str = "\
    SELECT 'invited' AS kind, contacts.name AS words, CAST(0 AS BIGINT) AS place, \
           contacts.name_key AS key \
      FROM contacts JOIN logins ON logins.contact_id = contacts.id \
     WHERE $1 <> 0 AND contacts.organisation_id = $2 AND contacts.status = 'active' \
       AND logins.invited_at IS NOT NULL AND logins.password_hash IS NULL";
// The status twice, so that both engines see that the index of mails that ended badly is meant.
const FAILED: &str = "status = 'failed' AND status IN ('failed', 'suppressed')";

/// The questions that are the person's to ask.
fn questions(scope: &Scope) -> Vec<String> {
    let seat = scope.seat();
    let failed = |whose: &str| {
        format!(
            "SELECT 'mail' AS kind, to_email AS words, -id AS place, to_email AS key FROM mails \
             WHERE program_id = $1 AND {whose} AND {FAILED} AND queued_on >= $3"
        )
    };
    let open_quotes = format!(
        "SELECT 'quote' AS kind, customer_name AS words, CAST(0 AS BIGINT) AS place, \
         customer_key AS key FROM quotes WHERE program_id = $1 AND reseller_id = $2 \
         AND status = 'sent' AND {}",
        quotes::still_valid(scope.program(), scope.today())
    );
    let ending_leads = format!(
        "SELECT 'ending' AS kind, company AS words, CAST(0 AS BIGINT) AS place, company_key AS key \
         FROM leads WHERE program_id = $1 AND assigned_to_id = $2 AND expires_on <= '{}'",
        scope.today() + Duration::days(LEAD_DAYS)
    );
    let steps = format!(
        "SELECT 'step' AS kind, leads.company AS words, CAST(0 AS BIGINT) AS place, \
         leads.company_key AS key \
         FROM lead_next_steps JOIN leads ON leads.id = lead_next_steps.lead_id \
         WHERE lead_next_steps.program_id = $1 AND lead_next_steps.organisation_id = $2 \
         AND lead_next_steps.due_on <= '{}'",
        scope.today()
    );
    let asked = [
        (Seats::PARTNER.has(seat), OWN_LEADS.to_owned()),
        (DISTRIBUTING.has(seat), UNASSIGNED_LEADS.to_owned()),
        (Seats::PARTNER.has(seat), ending_leads),
        (Seats::PARTNER.has(seat), steps),
        (Seats::CHANNEL_ADMINISTRATORS.has(seat), INVITED.to_owned()),
        (Seats::CHANNEL_ADMINISTRATORS.has(seat), failed("organisation_id = $2")),
        (scope.is_vendor(), failed("$2 <> 0")),
        (Seats::PARTNER.has(seat), open_quotes),
        (DISTRIBUTING.has(seat), SPECIALS.to_owned()),
        (Seats::PARTNER.has(seat), RETURNED_DEALS.to_owned()),
        (DECIDING.has(seat), WAITING_DEALS.to_owned()),
        (DECIDING.has(seat), SECOND_DEALS.to_owned()),
        (Seats::DISTRIBUTOR.has(seat), INQUIRIES.to_owned()),
        (Seats::DISTRIBUTOR.has(seat), TO_RELEASE.to_owned()),
        (orders::AT_DESK.has(seat), TO_PROCESS.to_owned()),
    ];
    asked
        .iter()
        .zip(1..)
        .filter(|((asks, _), _)| *asks)
        .map(|((_, part), number)| {
            // Of the many that may wait for a distributor the oldest are read, as their index has them.
            let order = if part.contains(" ORDER BY ") { "" } else { "ORDER BY place, key" };
            format!("SELECT * FROM ({part} {order} LIMIT {LIMIT}) AS kind_{number}")
        })
        .collect()
}

/// What waits for a person, as far as it is theirs to do: one query.
pub(super) fn waiting(scope: &Scope, conn: &mut Conn) -> Result<Waiting> {
    let parts = questions(scope);
    let mut waiting = Waiting::default();
    if parts.is_empty() {
        return Ok(waiting);
    }
    let text = format!("{} ORDER BY kind, place, key", parts.join(" UNION ALL "));
    let (names_day, names_person) = (text.contains("$3"), text.contains("$4"));
    let mut query = diesel::sql_query(text)
        .into_boxed()
        .bind::<BigInt, _>(scope.program().id)
        .bind::<BigInt, _>(scope.organisation_id());
    if names_day {
        query = query.bind::<Date, _>(scope.today() - Duration::days(MAIL_DAYS));
    }
    // Whoever decides is of the vendor, and reads of failed mails, too: the day stands before.
    if names_person {
        query = query.bind::<BigInt, _>(scope.actor().contact_id);
    }
    let rows: Vec<WaitingRow> = query.kept().load(conn)?;
    for row in rows {
        waiting.take(row);
    }
    Ok(waiting)
}

impl Waiting {
    fn take(&mut self, row: WaitingRow) {
        let list = match row.kind.as_str() {
            "lead" => &mut self.leads,
            "ending" => &mut self.ending_leads,
            "step" => &mut self.steps,
            "inquiry" => &mut self.inquiries,
            "deal" => &mut self.deals,
            "second" => &mut self.seconds,
            "quote" => &mut self.quotes,
            "order" => &mut self.orders,
            "special" => &mut self.specials,
            "invited" => &mut self.invited,
            _ => &mut self.failed_mails,
        };
        list.push(row.words);
    }
}
