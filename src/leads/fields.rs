//! What is written down of a lead: read from a form or from a line of a file, and compared when it
//! is edited.

use super::Details;
use super::model::Lead;
use super::topics::TopicId;
use crate::names;
use crate::programs::pack::is_country;
use crate::web::Fields;

const LONGEST_NOTE: usize = 2_000;

/// A lead that can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLead {
    pub company: String,
    pub contact_name: String,
    /// Empty where only the phone number is known.
    pub email: String,
    pub phone: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// One line that names nobody.
    pub interest: String,
    pub topic: Option<TopicId>,
    pub source: String,
    pub note: String,
    /// ISO 639; empty where nobody knows.
    pub language: String,
}

/// A lead as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Typed<'a> {
    pub company: &'a str,
    pub contact_name: &'a str,
    pub email: &'a str,
    pub phone: &'a str,
    pub country: &'a str,
    pub interest: &'a str,
    pub source: &'a str,
    pub note: &'a str,
    pub language: &'a str,
}

impl Typed<'_> {
    /// What it says; faults are kept with their fields.
    pub(super) fn read(&self, topic: Option<TopicId>, fields: &mut Fields) -> NewLead {
        let company = fields.required("company", "The company", self.company, 120);
        if !company.is_empty() && names::fold(&company).is_empty() {
            fields.refuse("company", "Enter the company's name, with letters or digits.");
        }
        let contact_name = fields.required("contact_name", "The contact", self.contact_name, 100);
        let email = self.email(fields);
        let phone = fields.line("phone", "The phone number", self.phone, 40);
        let country = self.country.trim().to_uppercase();
        if !is_country(&country) {
            fields.refuse("country", "Enter a country by its two letters, such as BE.");
        }
        let interest = fields.required("interest", "The interest", self.interest, 160);
        if tells(&interest, &[&company, &contact_name]) {
            fields.refuse(
                "interest",
                "A partner reads the interest before it opens the lead: leave out who it is.",
            );
        }
        NewLead {
            source: fields.line("source", "The source", self.source, 100),
            note: self.note(fields),
            language: self.language(fields),
            company,
            contact_name,
            email,
            phone,
            country,
            interest,
            topic,
        }
    }

    fn email(&self, fields: &mut Fields) -> String {
        if !self.email.trim().is_empty() {
            return fields.email("email", self.email);
        }
        if self.phone.trim().is_empty() {
            fields.refuse("email", "Enter an e-mail address or a phone number.");
        }
        String::new()
    }

    fn note(&self, fields: &mut Fields) -> String {
        let note = self.note.trim().replace("\r\n", "\n");
        if note.chars().any(|letter| letter.is_control() && letter != '\n') {
            fields.refuse("note", "The note contains a control character; remove it.");
        } else if note.chars().count() > LONGEST_NOTE {
            let text = format!("The note is too long; {LONGEST_NOTE} characters at most.");
            fields.refuse("note", text);
        }
        note
    }

    fn language(&self, fields: &mut Fields) -> String {
        let language = self.language.trim().to_lowercase();
        let is_code = language.len() == 2 && language.bytes().all(|one| one.is_ascii_lowercase());
        if !language.is_empty() && !is_code {
            let hint = "Enter the language by its two letters, such as nl, or nothing.";
            fields.refuse("language", hint);
        }
        language
    }
}

/// Whether a line gives away an address or one of these names.
fn tells(line: &str, who: &[&str]) -> bool {
    let words = format!(" {} ", names::fold(line));
    line.contains('@')
        || who.iter().any(|name| {
            let name = names::fold(name);
            !name.is_empty() && words.contains(&format!(" {name} "))
        })
}

/// A field that an edit changed: its label, and its values before and after.
pub(super) type FieldChange = (&'static str, String, String);

impl NewLead {
    /// What differs from a lead as it is stored. `topic` names what this one is about.
    pub(super) fn differences(&self, stored: &Lead, topic: &str) -> Vec<FieldChange> {
        let details: &Details = stored.details();
        let pairs = [
            ("Company", details.company.as_str(), self.company.as_str()),
            ("Contact", &details.contact_name, &self.contact_name),
            ("E-mail address", &details.email, &self.email),
            ("Phone", &details.phone, &self.phone),
            ("Country", &stored.country, &self.country),
            ("Interest", &stored.interest, &self.interest),
            ("About", stored.topic.name(), topic),
            ("Source", &details.source, &self.source),
            ("Note", &details.note, &self.note),
            ("Language", &details.language, &self.language),
        ];
        let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
        changed.map(|(label, before, after)| (label, shown(before), shown(after))).collect()
    }
}

/// A value as a line of history has room for it.
fn shown(value: &str) -> String {
    const MOST: usize = 80;
    match value.char_indices().nth(MOST) {
        None if value.is_empty() => "empty".to_owned(),
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}
