//! Renewals by month as somebody would keep them on paper: a list of lines, gone through once for
//! each month with a calendar at hand. It knows nothing of the portal.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

/// A line as an order left it.
#[derive(Clone, Debug)]
pub struct Line {
    /// `new`, `renewal`, `change`, `trial`, `nfr`.
    pub kind: &'static str,
    pub ends_on: Option<NaiveDate>,
    pub units: i64,
    pub price: i64,
    pub currency: &'static str,
    pub is_renewed: bool,
}

/// A year and a month of it.
pub type Month = (i32, u32);

/// One month: how many are renewed, coming, late and lapsed; of how many that have ended how many
/// were renewed; and the same in money, by currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub renewed: i64,
    pub coming: i64,
    pub late: i64,
    pub lapsed: i64,
    pub ended: i64,
    pub ended_renewed: i64,
    pub value: BTreeMap<&'static str, (i64, i64)>,
}

impl Row {
    /// As a person writes it down: whole per cent, never rounded up.
    pub fn rate(&self) -> String {
        percent(self.ended_renewed, self.ended).unwrap_or_else(|| "–".to_owned())
    }

    pub fn rate_by_value(&self) -> String {
        let worth: Vec<(&&str, String)> = self
            .value
            .iter()
            .filter_map(|(currency, (renewed, all))| Some((currency, percent(*renewed, *all)?)))
            .collect();
        match worth.as_slice() {
            [] => "–".to_owned(),
            [(_, only)] => only.clone(),
            several => {
                let each: Vec<String> =
                    several.iter().map(|(currency, rate)| format!("{currency} {rate}")).collect();
                each.join(", ")
            }
        }
    }
}

fn percent(part: i64, whole: i64) -> Option<String> {
    (whole > 0).then(|| format!("{} %", part * 100 / whole))
}

/// The months of the page: the twelve before today's, today's, and the eleven after it.
pub fn months(today: NaiveDate) -> Vec<Month> {
    let months = |from: i32| {
        let number = today.year() * 12 + today.month0() as i32 + from;
        (number.div_euclid(12), number.rem_euclid(12) as u32 + 1)
    };
    (-12..12).map(months).collect()
}

/// What one month looks like on a day.
pub fn row(lines: &[Line], month: Month, today: NaiveDate, lapse_days: u64) -> Row {
    let mut row = Row::default();
    for line in lines.iter().filter(|line| line.kind == "new" || line.kind == "renewal") {
        let Some(end) = line.ends_on.filter(|end| (end.year(), end.month()) == month) else {
            continue;
        };
        let is_over = end < today;
        match line.is_renewed {
            true => row.renewed += 1,
            false if !is_over => row.coming += 1,
            false if end + Days::new(lapse_days) >= today => row.late += 1,
            false => row.lapsed += 1,
        }
        if is_over {
            let worth = line.units * line.price;
            let value = row.value.entry(line.currency).or_default();
            row.ended += 1;
            value.1 += worth;
            if line.is_renewed {
                row.ended_renewed += 1;
                value.0 += worth;
            }
        }
    }
    row
}

/// The twelve whole months before today's, together.
pub fn last_twelve(lines: &[Line], today: NaiveDate, lapse_days: u64) -> Row {
    let mut all = Row::default();
    for month in months(today).into_iter().take(12) {
        let one = row(lines, month, today, lapse_days);
        all.ended += one.ended;
        all.ended_renewed += one.ended_renewed;
        for (currency, (renewed, ended)) in one.value {
            let value = all.value.entry(currency).or_default();
            *value = (value.0 + renewed, value.1 + ended);
        }
    }
    all
}
