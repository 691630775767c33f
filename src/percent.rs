//! Percentages: whole basis points, hundredths of a percent. Nothing about money is a float.

use crate::locale::Locale;

/// From 0 (nothing) to 10,000 (all of it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(i32);

/// One whole, in basis points.
const WHOLE: i32 = 10_000;

impl BasisPoints {
    pub const NONE: Self = Self(0);

    /// None where it is less than nothing or more than all.
    pub fn new(points: i32) -> Option<Self> {
        (0..=WHOLE).contains(&points).then_some(Self(points))
    }

    pub fn get(self) -> i32 {
        self.0
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// A percentage as people type it: `12`, `12.5`, `12,55`; a sign behind it does no harm. Not
    /// more than two decimals, from 0 to 100.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(part) || part.len() > 2
        {
            return None;
        }
        Self::new(format!("{whole}{part:0<2}").parse().ok()?)
    }

    /// As files carry it: `12.5`.
    pub fn plain(self) -> String {
        self.written('.')
    }

    /// As a person reads it: `12.5 %`.
    pub fn show(self, locale: Locale) -> String {
        format!("{}\u{a0}%", self.written(locale.decimal()))
    }

    fn written(self, decimal: char) -> String {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => whole.to_string(),
            _ if part % 10 == 0 => format!("{whole}{decimal}{}", part / 10),
            _ => format!("{whole}{decimal}{part:02}"),
        }
    }

    /// This share of an amount that is not negative, in minor units, rounded half-even.
    pub fn of(self, minor: i64) -> i64 {
        let share = half_even(i128::from(minor) * i128::from(self.0), i128::from(WHOLE));
        i64::try_from(share).unwrap_or(minor)
    }
}

/// The quotient of two numbers that are not negative, rounded to the nearest whole number; from the
/// middle to the even one, so that many roundings do not add up to one side (IEEE 754).
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}
