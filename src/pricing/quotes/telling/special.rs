//! Who is told of special prices: the vendor's people who look after the reseller, and whoever asked.

use super::super::SpecialStatus;
use super::super::mail::{SpecialDecided, SpecialRequested};
use super::super::special::Special;
use super::people::{of_role, or_desk};
use super::tell;
use crate::auth::Program;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::mail::Recipient;
use crate::partners::vendor_desk;
use crate::web::Site;

/// Tells the vendor that somebody asks for a special price.
pub(in crate::pricing::quotes) fn tell_requested(
    program: &Program,
    special: &Special,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told = vendor_desk(program, special.reseller_id, &special.reseller, conn)?;
    let message = |to: &Recipient| SpecialRequested::new(program, special, to);
    tell(program, program.vendor_id, &told, &special.reference, message, site, now, conn)
}

/// Tells whoever asked what the vendor decided.
pub(in crate::pricing::quotes) fn tell_decided(
    program: &Program,
    special: &Special,
    decided: SpecialStatus,
    site: &Site,
    now: Instant,
    conn: &mut Conn,
) -> Result<()> {
    let told = match special.requested_by_id {
        Some(id) if special.quoter_id == program.vendor_id => {
            let reference = &special.reference;
            let text = format!("You get this because you asked for the special price {reference}.");
            or_desk(program, (special.reseller_id, &special.reseller), id, text, conn)?
        }
        _ => of_role(program, special.quoter_id, conn)?,
    };
    let message = |to: &Recipient| SpecialDecided::new(program, special, decided, to);
    tell(program, special.quoter_id, &told, &special.reference, message, site, now, conn)
}
