//! Money: an integer number of minor units with its currency. Nothing about money is a float.

use iso_currency::Currency;

use crate::locale::Locale;

/// An amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// In the currency's minor unit: cents, or yen, or fils.
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// An amount as files carry it, such as `1234.50`: digits, at most one point, no more
    /// decimals than the currency has, not negative.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let places = decimals(currency);
        let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > places {
            return None;
        }
        let minor = format!("{whole}{part:0<places$}").parse().ok()?;
        Some(Self { minor, currency })
    }

    /// The amount with a point, as files carry it.
    pub fn plain(self) -> String {
        self.with_separators("", '.')
    }

    /// The amount and its currency as a person reads them: `€ 1,234.50`.
    pub fn show(self, locale: Locale) -> String {
        let whole = locale.number(self.whole_units());
        let part = self.part(locale.decimal());
        format!("{}\u{a0}{whole}{part}", self.currency.code())
    }

    /// What of it is whole: euros of cents.
    pub fn whole_units(self) -> i64 {
        self.minor / scale(self.currency)
    }

    fn with_separators(self, sign: &str, decimal: char) -> String {
        let whole = self.whole_units();
        format!("{sign}{whole}{}", self.part(decimal))
    }

    fn part(self, decimal: char) -> String {
        match decimals(self.currency) {
            0 => String::new(),
            places => {
                let part = self.minor.unsigned_abs() % scale(self.currency).unsigned_abs();
                format!("{decimal}{part:0places$}")
            }
        }
    }
}

/// Decimals of a currency: 2 for most, 0 for yen, 3 for dinars.
fn decimals(currency: Currency) -> usize {
    currency.exponent().map_or(2, usize::from)
}

/// Minor units in one whole unit: 100 for most.
fn scale(currency: Currency) -> i64 {
    10_i64.pow(currency.exponent().map_or(2, u32::from))
}
