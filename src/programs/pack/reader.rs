//! Reading values out of TOML: each reader returns the value or reports why there is none.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::{Range, RangeInclusive};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{Findings, quoted};
use crate::calendar::instants_at;

/// A table of the file and where it stands.
pub(super) struct Section<'a> {
    findings: &'a Findings<'a>,
    path: String,
    place: Range<usize>,
    table: &'a DeTable<'a>,
}

/// A value of the file and where it stands.
pub(super) struct Node<'a> {
    findings: &'a Findings<'a>,
    path: String,
    place: Range<usize>,
    value: &'a DeValue<'a>,
}

/// An enum that a file writes as one of a few words.
pub(super) trait Word: Copy + 'static {
    fn all() -> &'static [Self];
    fn word(self) -> &'static str;
}

impl<'a> Section<'a> {
    /// The file itself.
    pub(super) fn root(findings: &'a Findings<'a>, table: &'a DeTable<'a>) -> Self {
        Self { findings, path: String::new(), place: 0..0, table }
    }

    /// Reports every key that is not one of `known`.
    pub(super) fn allows(&self, known: &[&'static str]) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let hint = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("remove it, or use one of {}", known.join(", ")),
            };
            self.findings.report(key.span(), &self.path_of(name), "this key is not known", hint);
        }
    }

    /// The value of a key that may be left out.
    pub(super) fn optional(&self, key: &str) -> Option<Node<'a>> {
        let value = self.table.get(key)?;
        Some(Node::new(self.findings, self.path_of(key), value))
    }

    /// The value of a key that must be there; `example` is a line that would be right.
    pub(super) fn required(&self, key: &str, example: &str) -> Option<Node<'a>> {
        let node = self.optional(key);
        if node.is_none() {
            self.missing(key, &format!("add a line such as {example}"));
        }
        node
    }

    /// The `[key]` below this one.
    pub(super) fn required_section(&self, key: &str) -> Option<Section<'a>> {
        let node = self.optional(key);
        if node.is_none() {
            self.missing(key, &format!("add a section [{key}]"));
        }
        node?.section(&format!("write its keys below a heading [{key}]"))
    }

    /// Every `[[key]]` below this one; nothing when `key` is something else.
    pub(super) fn sections(&self, key: &str) -> Option<Vec<Section<'a>>> {
        let Some(node) = self.optional(key) else {
            return Some(Vec::new());
        };
        let hint = format!("write [[{key}]], with two brackets, above each");
        let DeValue::Array(items) = node.value else {
            node.report("this is not a list of sections", hint);
            return None;
        };
        let items = node.items_of(items);
        let sections: Vec<Option<Section<'a>>> =
            items.iter().map(|item| item.section(&hint)).collect();
        sections.into_iter().collect()
    }

    /// Every `[[key]]`, of which there must be at least one.
    pub(super) fn required_sections(&self, key: &str) -> Option<Vec<Section<'a>>> {
        let sections = self.sections(key)?;
        if sections.is_empty() {
            let heading = without_places(&self.path_of(key));
            self.missing(key, &format!("add at least one section [[{heading}]]"));
            return None;
        }
        Some(sections)
    }

    /// The texts of `key` in every `[[list]]`, wherever there are any; reports nothing.
    pub(super) fn texts_of(&self, list: &str, key: &str) -> Vec<String> {
        let items = self.table.get(list).and_then(|value| value.get_ref().as_array());
        let items = items.into_iter().flat_map(|items| items.iter());
        let values = items.filter_map(|item| item.get_ref().get(key));
        values.filter_map(|value| value.get_ref().as_str()).map(str::to_owned).collect()
    }

    /// The texts of these keys in every `[[list]]` that has them all; reports nothing.
    pub(super) fn texts_in<const N: usize>(&self, list: &str, keys: [&str; N]) -> Vec<[String; N]> {
        let items = self.table.get(list).and_then(|value| value.get_ref().as_array());
        let items = items.into_iter().flat_map(|items| items.iter());
        items
            .filter_map(|item| {
                let texts = keys.map(|key| item.get_ref().get(key)?.get_ref().as_str());
                let all = texts.iter().all(Option::is_some);
                all.then(|| texts.map(|text| text.unwrap_or_default().to_owned()))
            })
            .collect()
    }

    /// Every key of the table with its value, in the order of the keys.
    pub(super) fn entries(&self) -> Vec<(String, Node<'a>)> {
        let entry =
            |(key, value): (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
                let key = key.get_ref().as_ref();
                (key.to_owned(), Node::new(self.findings, self.path_of(key), value))
            };
        self.table.iter().map(entry).collect()
    }

    /// Reports something about the section as a whole.
    pub(super) fn report(&self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.report(self.place.clone(), &self.path, what, hint);
    }

    /// Reports a key that is not there.
    pub(super) fn missing(&self, key: &str, hint: &str) {
        self.findings.report(self.place.clone(), &self.path_of(key), "this is missing", hint);
    }

    fn path_of(&self, key: &str) -> String {
        let bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let key = if bare && !key.is_empty() { key.to_owned() } else { quoted(key) };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }
}

impl<'a> Node<'a> {
    fn new(findings: &'a Findings<'a>, path: String, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { findings, path, place: value.span(), value: value.get_ref() }
    }

    /// Reports something about this value.
    pub(super) fn report(&self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.report(self.place.clone(), &self.path, what, hint);
    }

    /// Reports that the value is not `wanted`, such as "a number".
    pub(super) fn is_not(&self, wanted: &str, hint: impl Into<String>) {
        self.report(format!("{} is not {wanted}", self.shown()), hint);
    }

    fn line(&self) -> usize {
        self.findings.position(self.place.start).0
    }

    /// The table that the value is; `hint` says how it would be written.
    pub(super) fn section(&self, hint: &str) -> Option<Section<'a>> {
        let DeValue::Table(table) = self.value else {
            self.is_not("a section", hint);
            return None;
        };
        Some(Section {
            findings: self.findings,
            path: self.path.clone(),
            place: self.place.clone(),
            table,
        })
    }

    /// The text that the value is; `example` is a text that would be right.
    pub(super) fn text(&self, example: &str) -> Option<&'a str> {
        let DeValue::String(text) = self.value else {
            self.is_not("a text", format!("write a text in quotation marks such as \"{example}\""));
            return None;
        };
        Some(text.as_ref())
    }

    /// Whether the value is this very text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.value.as_str() == Some(text)
    }

    /// Whether the value is a text, whatever it says.
    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// true or false.
    pub(super) fn yes_or_no(&self) -> Option<bool> {
        let DeValue::Boolean(value) = self.value else {
            self.is_not("yes or no", "write true or false, without quotation marks");
            return None;
        };
        Some(*value)
    }

    /// A whole number within `range`.
    pub(super) fn number(&self, range: RangeInclusive<i32>, example: i32) -> Option<i32> {
        let DeValue::Integer(digits) = self.value else {
            self.is_not("a number", format!("write a whole number such as {example}"));
            return None;
        };
        let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
        let number = number.and_then(|number| i32::try_from(number).ok());
        let fitting = number.filter(|number| range.contains(number));
        if fitting.is_none() {
            let hint = format!("write a number from {} to {}", range.start(), range.end());
            self.report(format!("{} is out of range", self.shown()), hint);
        }
        fitting
    }

    /// A date without time, written as TOML writes dates.
    pub(super) fn date(&self) -> Option<NaiveDate> {
        const HINT: &str = "write a date without quotation marks such as 2023-10-01";
        let DeValue::Datetime(moment) = self.value else {
            self.is_not("a date", HINT);
            return None;
        };
        let (Some(date), None, None) = (moment.date, moment.time, moment.offset) else {
            self.is_not("a date alone", HINT);
            return None;
        };
        let year = i32::from(date.year);
        if !(1970..=2199).contains(&year) {
            self.report(
                format!("{} is out of range", self.shown()),
                "write a year from 1970 to 2199",
            );
            return None;
        }
        NaiveDate::from_ymd_opt(year, u32::from(date.month), u32::from(date.day))
    }

    /// A day and a time without a zone, written as TOML writes them; not one that the clocks of a zone
    /// skip.
    pub(super) fn local_time(&self, zone: Option<Tz>) -> Option<NaiveDateTime> {
        const HINT: &str = "write day and time without quotation marks such as 2023-10-01T22:30:00";
        let DeValue::Datetime(moment) = self.value else {
            self.is_not("a day and a time", HINT);
            return None;
        };
        let (Some(date), Some(time), None) = (moment.date, moment.time, moment.offset) else {
            self.is_not("a day and a time", HINT);
            return None;
        };
        let whole = time.second.unwrap_or(0) == 0 && time.nanosecond.unwrap_or(0) == 0;
        if !whole || !(1970..=2199).contains(&date.year) {
            self.report(
                format!("{} is out of range", self.shown()),
                "write a full minute of a year from 1970 to 2199",
            );
            return None;
        }
        let day =
            NaiveDate::from_ymd_opt(i32::from(date.year), date.month.into(), date.day.into())?;
        let local = day.and_hms_opt(time.hour.into(), time.minute.into(), 0)?;
        if zone.is_some_and(|zone| instants_at(local, zone).is_none()) {
            self.report(
                format!("clocks skip {} in the program's time zone", self.shown()),
                "write a time that there is",
            );
            return None;
        }
        Some(local)
    }

    /// One of the words of an enum.
    pub(super) fn word<W: Word>(&self) -> Option<W> {
        let all = W::all();
        let text = self.text(all[0].word())?;
        let found = all.iter().copied().find(|word| word.word() == text);
        if found.is_none() {
            self.unknown_word("known here", text, all.iter().map(|word| word.word()));
        }
        found
    }

    /// Reports that `text` is not `wanted`, and which of `known` it may have meant.
    pub(super) fn unknown_word<'k>(
        &self,
        wanted: &str,
        text: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let all: Vec<String> = known.clone().map(quoted).collect();
        let hint = match (nearest(text, known), all.as_slice()) {
            (Some(meant), _) => format!("did you mean \"{meant}\"?"),
            (None, [only]) => format!("write {only}"),
            (None, _) => format!("write one of {}", all.join(", ")),
        };
        self.is_not(wanted, hint);
    }

    /// The items of a list; `example` is a list that would be right.
    pub(super) fn items(&self, example: &str) -> Option<Vec<Node<'a>>> {
        let DeValue::Array(items) = self.value else {
            self.is_not("a list", format!("write a list such as {example}"));
            return None;
        };
        Some(self.items_of(items))
    }

    /// The items of a list, where it is one; reports nothing.
    pub(super) fn listed(&self) -> Option<Vec<Node<'a>>> {
        let DeValue::Array(items) = self.value else {
            return None;
        };
        Some(self.items_of(items))
    }

    fn items_of(&self, items: &'a DeArray<'a>) -> Vec<Node<'a>> {
        let item =
            |(index, value)| Node::new(self.findings, format!("{}[{index}]", self.path), value);
        items.iter().enumerate().map(item).collect()
    }

    fn shown(&self) -> String {
        match self.value {
            DeValue::String(text) => quoted(text),
            DeValue::Integer(digits) => digits.to_string(),
            DeValue::Float(digits) => digits.to_string(),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a section".to_owned(),
        }
    }
}

/// A path as a heading of the file has it: `price_lists[0].prices` is below `price_lists.prices`.
fn without_places(path: &str) -> String {
    path.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}

/// Reports values that must be one of their kind.
pub(super) struct Unique {
    rule: &'static str,
    lines: HashMap<String, usize>,
}

impl Unique {
    /// `rule` says what would be right.
    pub(super) fn new(rule: &'static str) -> Self {
        Self { rule, lines: HashMap::new() }
    }

    /// Whether `node`'s value was not there before; if it was, that is reported.
    pub(super) fn admits(&mut self, node: &Node<'_>, value: &str) -> bool {
        match self.lines.entry(value.to_owned()) {
            Entry::Vacant(free) => {
                free.insert(node.line());
                true
            }
            Entry::Occupied(first) => {
                node.report(
                    format!("{} stands already in line {}", node.shown(), first.get()),
                    self.rule,
                );
                false
            }
        }
    }
}
