//! Partner types, tiers and categories: lists of a key, a name and a place.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::Imported;
use crate::db::Conn;
use crate::db::schema::{
    categories, discounts, enrolment_types, enrolments, leads, partner_types, products,
    promotion_categories, tiers,
};
use crate::error::{Error, Result};
use crate::programs::pack::Pack;

/// A line of such a list. The place is the position in the file, or a tier's rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    key: String,
    name: String,
    place: i32,
}

/// The lines of one table that the pack no longer has, each with its key inside.
pub(super) type Leftover = BTreeMap<i64, Line>;

/// Makes and changes the lines of one table as the pack says; gives those it does not have.
macro_rules! put_lines {
    ($to:expr, $conn:expr, $table:ident . $place:ident, $wanted:expr) => {{
        let to: &mut Target<'_> = $to;
        let stored: Vec<(i64, String, String, i32)> = $table::table
            .filter($table::program_id.eq(to.program_id))
            .select(($table::id, $table::key, $table::name, $table::$place))
            .load($conn)?;
        let mut stored: Leftover = stored
            .into_iter()
            .map(|(id, key, name, place)| (id, Line { key, name, place }))
            .collect();
        for line in $wanted {
            let values = ($table::name.eq(&line.name), $table::$place.eq(line.place));
            let known = stored.iter().find(|(_, known)| known.key == line.key);
            match known.map(|(id, _)| *id) {
                None => {
                    let key = ($table::program_id.eq(to.program_id), $table::key.eq(&line.key));
                    diesel::insert_into($table::table).values((key, values)).execute($conn)?;
                    to.added(line);
                }
                Some(id) => {
                    let known = stored.remove(&id);
                    if known.as_ref() != Some(line) {
                        diesel::update($table::table.find(id)).set(values).execute($conn)?;
                        to.changed(line, stringify!($place));
                    }
                }
            }
        }
        stored
    }};
}

/// Removes what is left over, unless rows of other tables refer to it.
macro_rules! remove_lines {
    ($to:expr, $conn:expr, $table:ident, $leftover:expr, $wanted:expr,
        $($users:ident . $column:ident),+) => {{
        let to: &mut Target<'_> = $to;
        for (id, line) in $leftover {
            let mut users: i64 = 0;
            $(users += $users::table
                .filter($users::$column.eq(id))
                .count()
                .get_result::<i64>($conn)?;)+
            if users > 0 {
                to.kept(&line, $wanted, users)?;
            } else {
                diesel::delete($table::table.find(id)).execute($conn)?;
                to.removed(&line);
            }
        }
    }};
}

/// Whose list it is, what a line of it is called, and where to tell what was done.
struct Target<'a> {
    program_id: i64,
    what: &'static str,
    done: &'a mut Imported,
}

impl Target<'_> {
    fn say(&mut self, line: &Line, text: impl std::fmt::Display) {
        let sentence = format!("{} {}: {text}", self.what, line.key);
        self.done.changes.push(sentence);
    }

    fn added(&mut self, line: &Line) {
        self.say(line, "added");
    }

    fn changed(&mut self, line: &Line, place: &str) {
        self.say(line, format_args!("now {}, {place} {}", line.name, line.place));
    }

    fn removed(&mut self, line: &Line) {
        self.say(line, "removed");
    }

    /// What is kept must still be told from what the pack has: by its name and, of tiers, its
    /// rank.
    fn kept(&mut self, old: &Line, wanted: &[Line], users: i64) -> Result<()> {
        let what = self.what;
        let alike = |new: &&Line| new.name == old.name || (what == TIER && new.place == old.place);
        if let Some(new) = wanted.iter().find(alike) {
            return Err(Error::conflict(format!(
                "The {what} {} is still in use and is kept, and the {what} {} of the pack has its \
                 name or rank; give {} another one, or keep {} in the pack.",
                old.key, new.key, new.key, old.key
            )));
        }
        self.done.kept.push(format!(
            "{what} {}: not in the pack, kept because it is in use ({users})",
            old.key
        ));
        Ok(())
    }
}

const TIER: &str = "tier";

pub(super) fn import_types(
    pack: &Pack,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let wanted = lines(pack.partner_types.iter().map(|one| (&one.key, &one.name)));
    let to = &mut Target { program_id, what: "partner type", done };
    let leftover = put_lines!(to, conn, partner_types.position, &wanted);
    remove_lines!(to, conn, partner_types, leftover, &wanted, enrolment_types.type_id);
    Ok(())
}

pub(super) fn import_tiers(
    pack: &Pack,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let mut wanted = lines(pack.tiers.iter().map(|one| (&one.key, &one.name)));
    for (line, tier) in wanted.iter_mut().zip(&pack.tiers) {
        line.place = tier.rank;
    }
    let to = &mut Target { program_id, what: TIER, done };
    let leftover = put_lines!(to, conn, tiers.rank, &wanted);
    remove_lines!(to, conn, tiers, leftover, &wanted, enrolments.tier_id, discounts.tier_id);
    Ok(())
}

/// Makes and changes the categories; [`remove_categories`] takes what is left over, when the
/// products that refer to them are as they should be.
pub(super) fn import_categories(
    pack: &Pack,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<Leftover> {
    let wanted = lines(pack.categories.iter().map(|one| (&one.key, &one.name)));
    let to = &mut categories_of(program_id, done);
    Ok(put_lines!(to, conn, categories.position, &wanted))
}

pub(super) fn remove_categories(
    pack: &Pack,
    leftover: Leftover,
    program_id: i64,
    done: &mut Imported,
    conn: &mut Conn,
) -> Result<()> {
    let wanted = lines(pack.categories.iter().map(|one| (&one.key, &one.name)));
    let to = &mut categories_of(program_id, done);
    remove_lines!(
        to,
        conn,
        categories,
        leftover,
        &wanted,
        products.category_id,
        discounts.category_id,
        promotion_categories.category_id,
        leads.category_id
    );
    Ok(())
}

fn categories_of(program_id: i64, done: &mut Imported) -> Target<'_> {
    Target { program_id, what: "category", done }
}

/// The lines of a list in the order of the file.
fn lines<'a>(list: impl Iterator<Item = (&'a String, &'a String)>) -> Vec<Line> {
    list.zip(1..)
        .map(|((key, name), place)| Line { key: key.clone(), name: name.clone(), place })
        .collect()
}
