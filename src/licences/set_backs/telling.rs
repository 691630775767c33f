//! Tells partners of their set-back licences: one mail for each contact with the role Renewals, with
//! all that came since the last one. The mail, the note that the partner was told and the licences'
//! histories are one transaction. Where nobody can be told, the licences wait until somebody can.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::TOLD;
use super::mail::{SetBackMail, Told};
use crate::audit::{self, By, Change, Subject};
use crate::auth::Program;
use crate::clock::Instant;
use crate::contacts::{Role, RoleRecipient, recipients_of};
use crate::db::schema::{customers, enrolments, licences, products, set_backs};
use crate::db::{self, Conn, Db};
use crate::error::Result;
use crate::licences::line_name;
use crate::mail::{self, Letter};
use crate::sweep::SweepOutcome;
use crate::web::Site;

/// Partners that are looked for together.
const PARTNERS: i64 = 200;
const BY: By<'static> = By::Portal("Changes of policy");

pub(super) fn sweep(
    program: &Program,
    day: NaiveDate,
    site: &Site,
    now: Instant,
    db: &Db,
) -> Result<SweepOutcome> {
    let (mut after, mut mails, mut told) = (0, 0, 0);
    loop {
        let partners = db.read_blocking(|conn| untold_partners(program, after, conn))?;
        let Some(last) = partners.last().copied() else {
            let text = format!("{mails} mails queued about {told} licences that began earlier");
            return Ok(SweepOutcome::new(mails, text));
        };
        after = last;
        for partner in partners {
            let run = Run { program: program.clone(), day, site: site.clone(), now };
            let (queued, lines) = db.write_blocking(move |conn| run.tell(partner, conn))?;
            mails += queued;
            told += lines;
        }
    }
}

/// The next active partners with licences that they were not told of.
fn untold_partners(program: &Program, after: i64, conn: &mut Conn) -> Result<Vec<i64>> {
    Ok(set_backs::table
        .inner_join(
            enrolments::table.on(enrolments::organisation_id
                .eq(set_backs::reseller_id)
                .and(enrolments::program_id.eq(set_backs::program_id))),
        )
        .filter(set_backs::program_id.eq(program.id))
        .filter(set_backs::told_on.is_null())
        .filter(set_backs::reseller_id.gt(after))
        .filter(enrolments::status.eq("active"))
        .select(set_backs::reseller_id)
        .distinct()
        .order(set_backs::reseller_id)
        .limit(PARTNERS)
        .load(conn)?)
}

/// What one run of the sweep goes by.
#[derive(Clone)]
struct Run {
    program: Program,
    day: NaiveDate,
    site: Site,
    now: Instant,
}

impl Run {
    /// Gives how many mails were queued, about how many licences.
    fn tell(&self, partner: i64, conn: &mut Conn) -> Result<(usize, usize)> {
        let lines = self.untold(partner, conn)?;
        let mut people = recipients_of(&self.program, Role::Renewals, &[partner], conn)?;
        let people = people.remove(&partner).unwrap_or_default();
        if lines.is_empty() || people.is_empty() {
            return Ok((0, 0));
        }
        let told: Vec<Told> = lines.iter().map(|(_, line)| line.clone()).collect();
        let mut queued = Vec::new();
        for RoleRecipient { recipient, reason } in people {
            let message = SetBackMail::new(&self.program, &recipient, &told);
            let letter = Letter {
                to: &recipient,
                program: Some(&self.program),
                organisation_id: partner,
                reason,
                key: &format!("{}:{}", self.program.slug, self.day),
                message: &message,
            };
            if mail::queue(&letter, &self.site, self.now, conn)?.is_some() {
                queued.push(recipient.name);
            }
        }
        // Today's mail has gone already: what came after it is told tomorrow.
        if queued.is_empty() {
            return Ok((0, 0));
        }
        self.note(partner, &lines, &queued.join(", "), conn)?;
        Ok((queued.len(), lines.len()))
    }

    /// What the partner was not told of, in the order of the customers' names.
    fn untold(&self, partner: i64, conn: &mut Conn) -> Result<Vec<(i64, Told)>> {
        type Row = (
            (i64, String, NaiveDate, i32, i32),
            (String, i32, NaiveDate, Option<NaiveDate>),
            (String, String, String),
        );
        let rows: Vec<Row> = set_backs::table
            .inner_join(licences::table.inner_join(customers::table).inner_join(products::table))
            .filter(set_backs::program_id.eq(self.program.id))
            .filter(set_backs::reseller_id.eq(partner))
            .filter(set_backs::told_on.is_null())
            .order((customers::name_key, customers::id, set_backs::reference))
            .select((
                (
                    set_backs::licence_id,
                    set_backs::reference,
                    set_backs::changed_on,
                    set_backs::days_gone,
                    set_backs::days_left,
                ),
                (licences::sku, licences::quantity, licences::processed_on, licences::ends_on),
                (customers::name, products::name, products::unit),
            ))
            .load(conn)?;
        let told = |(set_back, licence, names): Row| {
            let (id, reference, changed_on, days_gone, days_left) = set_back;
            let (sku, quantity, processed_on, ends_on) = licence;
            let (customer, product, unit) = names;
            let told = Told {
                reference,
                customer,
                product,
                sku,
                quantity,
                unit,
                processed_on,
                ends_on,
                changed_on,
                days_gone,
                days_left,
            };
            (id, told)
        };
        Ok(rows.into_iter().map(told).collect())
    }

    fn note(
        &self,
        partner: i64,
        lines: &[(i64, Told)],
        people: &str,
        conn: &mut Conn,
    ) -> Result<()> {
        let ids: Vec<i64> = lines.iter().map(|(id, _)| *id).collect();
        for chunk in ids.chunks(db::ROWS_PER_STATEMENT) {
            let told = set_backs::table.filter(set_backs::licence_id.eq_any(chunk));
            diesel::update(told).set(set_backs::told_on.eq(self.day)).execute(conn)?;
        }
        let names: Vec<String> =
            lines.iter().map(|(_, line)| line_name(&line.product, &line.customer)).collect();
        let history: Vec<(Subject<'_>, Change<'_>)> = lines
            .iter()
            .zip(&names)
            .map(|((id, line), name)| {
                let subject = Subject {
                    kind: "licence",
                    id: *id,
                    reference: &line.reference,
                    name,
                    program_id: Some(self.program.id),
                    organisation_id: Some(partner),
                };
                (subject, Change { to: people, ..Change::default() })
            })
            .collect();
        audit::record_all(BY, &TOLD, &history, self.now, conn)
    }
}
