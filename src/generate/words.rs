//! Names that nobody has, made of words that everybody knows.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;

const FIRST: &[&str] = &[
    "Alba", "Bento", "Clara", "Dario", "Edda", "Fynn", "Greta", "Hugo", "Ines", "Jaro", "Katja",
    "Lino", "Mira", "Nils", "Orla", "Pavel", "Quinta", "Rosa", "Simon", "Tilda", "Urs", "Vera",
    "Willem", "Xenia", "Yara", "Zeno",
];
const LAST: &[&str] = &[
    "Abels",
    "Brandt",
    "Cools",
    "Dermott",
    "Ekström",
    "Ferrer",
    "Graham",
    "Holm",
    "Ivanov",
    "Jansen",
    "Köhler",
    "Lindqvist",
    "Martens",
    "Novak",
    "Olsen",
    "Petit",
    "Quist",
    "Rossi",
    "Silva",
    "Thys",
    "Ullman",
    "Vance",
    "Wagner",
    "Xavier",
    "Young",
    "Zeller",
];
const HEADS: &[&str] = &[
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Falcon", "Granite", "Harbour", "Iron", "Juniper",
    "Kestrel", "Linden", "Maple", "North", "Onyx", "Pine", "Quarry", "River", "Summit", "Timber",
    "Union", "Valley", "Willow", "Zenith",
];
const SELLERS: &[&str] =
    &["Systems", "Networks", "Consulting", "Integration", "Cloud", "Security", "Office", "IT"];
const BUYERS: &[&str] = &[
    "Bakery",
    "Bank",
    "Brewery",
    "Clinic",
    "College",
    "Foods",
    "Hotels",
    "Insurance",
    "Logistics",
    "Motors",
    "Press",
    "Railways",
    "Shipping",
    "Textiles",
    "Town Council",
    "Works",
];
const COUNTRIES: &[&str] = &["BE", "NL", "FR", "DE", "LU", "GB", "US", "IN", "JP", "ZA"];

pub(super) fn pick<'a, T>(list: &'a [T], dice: &mut ChaCha12Rng) -> &'a T {
    &list[dice.random_range(0..list.len())]
}

/// The same of a list that may be empty.
pub(super) fn pick_from<'a, T>(list: &'a [T], dice: &mut ChaCha12Rng) -> Option<&'a T> {
    (!list.is_empty()).then(|| pick(list, dice))
}

pub(super) fn person(dice: &mut ChaCha12Rng) -> String {
    format!("{} {}", pick(FIRST, dice), pick(LAST, dice))
}

/// A partner's name; the number makes it one of its kind.
pub(super) fn seller(number: u64, dice: &mut ChaCha12Rng) -> String {
    format!("{} {} {number}", pick(HEADS, dice), pick(SELLERS, dice))
}

pub(super) fn buyer(number: u64, dice: &mut ChaCha12Rng) -> String {
    format!("{} {} {number}", pick(HEADS, dice), pick(BUYERS, dice))
}

pub(super) fn country(dice: &mut ChaCha12Rng) -> &'static str {
    let country: &&'static str = pick(COUNTRIES, dice);
    country
}
