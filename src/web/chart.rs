//! Charts, as far as they are arithmetic: where bars, points and lines stand. `components/chart.html`
//! draws them; the page that shows one puts the same figures into a table beside it.
//!
//! Places are shares of the drawing's width and height, so that a chart is as wide as its page and
//! its letters stay as large as all others.

use std::fmt;

use crate::calendar::CalendarMonth;
use crate::locale::Locale;

/// Where the plot of a chart begins and ends, in tenths of a per cent of its height: names stand
/// below it, the highest number above it.
const TOP: i64 = 90;
const BASE: i64 = 860;
const WIDTH: i64 = 1_000;

/// A share of a drawing's width or height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(i64);

/// `12.5%`, as SVG takes it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}%", self.0 / 10, self.0 % 10)
    }
}

/// What a colour of a chart stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// A tone of the stylesheet: empty, `soft`, `bad` or `plain`.
    pub tone: &'static str,
    pub label: &'static str,
}

/// One column of figures: a month, mostly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Whether its label may be left out where there is no room for all.
    pub minor: bool,
    /// What is told of it where a pointer rests on it.
    pub tip: String,
    /// A number for each key, from the lowest part of the column up.
    pub amounts: Vec<i64>,
}

/// Columns of parts on top of one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stacked {
    pub keys: Vec<Key>,
    pub bars: Vec<Bar>,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub left: Place,
    pub middle: Place,
    pub width: Place,
    pub label: String,
    pub minor: bool,
    pub tip: String,
    pub parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub tone: &'static str,
    pub top: Place,
    pub height: Place,
}

/// A line across the plot at a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub at: Place,
    pub label: String,
}

impl Stacked {
    /// Columns of equal width, as high as the numbers are beside a round number at the top.
    pub fn new(keys: &[Key], columns: Vec<Column>, locale: Locale) -> Self {
        let highest = columns.iter().map(|column| column.amounts.iter().sum()).max();
        let top = round_up(highest.unwrap_or(0));
        let slots = Slots::of(columns.len());
        let bars = columns.into_iter().enumerate().map(|(number, column)| {
            let (mut below, mut parts) = (0, Vec::new());
            for (key, amount) in keys.iter().zip(&column.amounts) {
                let (from, to) = (level(below, top), level(below + amount, top));
                below += amount;
                if from > to {
                    parts.push(Part { tone: key.tone, top: Place(to), height: Place(from - to) });
                }
            }
            Bar {
                left: slots.left(number),
                middle: slots.middle(number),
                width: slots.bar(),
                label: column.label,
                minor: column.minor,
                tip: column.tip,
                parts,
            }
        });
        let bars = bars.collect();
        let marks = if top % 2 == 0 { vec![0, top / 2, top] } else { vec![0, top] };
        let rule = |at: i64| Rule { at: Place(level(at, top)), label: locale.number(at) };
        Self { keys: keys.to_vec(), bars, rules: marks.into_iter().map(rule).collect() }
    }
}

/// A share in per cent by column, as points on a line, with a mark that it should reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    pub points: Vec<Point>,
    pub segments: Vec<Segment>,
    pub rules: Vec<Rule>,
    pub target: Option<Rule>,
}

/// One column of a chart of shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub middle: Place,
    pub label: String,
    pub minor: bool,
    /// Where the share stands and how it is written; none where there is nothing to tell.
    pub value: Option<Rule>,
    /// Stands below the mark.
    pub below: bool,
    /// Stands so low that its number has room above it only.
    pub low: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub from: (Place, Place),
    pub to: (Place, Place),
}

impl Shares {
    /// `columns` are names, whether each may be left out, and the share in whole per cent.
    pub fn new(columns: Vec<(String, bool, Option<i64>)>, target: Option<i64>) -> Self {
        let slots = Slots::of(columns.len());
        let rule =
            |percent: i64| Rule { at: Place(level(percent, 100)), label: format!("{percent} %") };
        let points: Vec<Point> = columns
            .into_iter()
            .enumerate()
            .map(|(number, (label, minor, percent))| Point {
                middle: slots.middle(number),
                label,
                minor,
                value: percent.map(rule),
                low: percent.is_some_and(|percent| percent < 50),
                below: percent.zip(target).is_some_and(|(percent, target)| percent < target),
            })
            .collect();
        let place = |point: &Point| Some((point.middle, point.value.as_ref()?.at));
        let segments = points
            .windows(2)
            .filter_map(|pair| Some(Segment { from: place(&pair[0])?, to: place(&pair[1])? }))
            .collect();
        let rules = [0, 50, 100].map(rule).to_vec();
        Self { points, segments, rules, target: target.map(rule) }
    }
}

/// Columns side by side over the whole width; a bar takes three fifths of its own.
struct Slots {
    width: i64,
}

impl Slots {
    fn of(count: usize) -> Self {
        Self { width: WIDTH / i64::try_from(count.max(1)).unwrap_or(WIDTH) }
    }

    fn place(&self, number: usize) -> i64 {
        self.width * i64::try_from(number).unwrap_or(0)
    }

    fn left(&self, number: usize) -> Place {
        Place(self.place(number) + self.width / 5)
    }

    fn middle(&self, number: usize) -> Place {
        Place(self.place(number) + self.width / 2)
    }

    fn bar(&self) -> Place {
        Place(self.width * 3 / 5)
    }
}

/// How far from the top a number stands.
fn level(amount: i64, top: i64) -> i64 {
    let share = i128::from(amount) * i128::from(BASE - TOP) / i128::from(top.max(1));
    BASE - i64::try_from(share).unwrap_or(0)
}

/// The next of 1, 2, 4, 6, 10, 20, 40, 60, 100 and so on.
fn round_up(number: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for step in [1, 2, 4, 6] {
            let round = power.saturating_mul(step);
            if round >= number {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// What stands below a month's column; the year stands with its first month.
pub fn month_label(month: CalendarMonth, locale: Locale) -> String {
    let name = locale.short_month(month.first_day());
    let text = month.to_string();
    match text.strip_suffix("-01") {
        Some(year) => format!("{name} {}", &year[year.len().saturating_sub(2)..]),
        None => name,
    }
}

/// Whether a month's label may be left out: all but the first of each quarter.
pub fn is_minor(month: CalendarMonth) -> bool {
    !["-01", "-04", "-07", "-10"].iter().any(|quarter| month.to_string().ends_with(quarter))
}

/// "40 min", "5 h", "2 d 4 h".
pub fn span(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match (hours / 24, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h"),
        (days, _) if hours % 24 == 0 => format!("{days} d"),
        (days, _) => format!("{days} d {} h", hours % 24),
    }
}

/// Whole hours, begun ones counted.
pub fn begun_hours(seconds: i64) -> i64 {
    (seconds + 3_599) / 3_600
}
