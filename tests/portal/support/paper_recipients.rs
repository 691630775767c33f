//! Who must get a mail of a role, as docs/domain.md says it, worked out on paper: knows nothing
//! of the portal's code.

use std::collections::BTreeMap;

/// A contact of the one organisation that the paper is about.
#[derive(Clone, Debug)]
pub struct PaperContact {
    pub reference: String,
    pub email: String,
    pub administrator: bool,
    pub active: bool,
    /// The roles held, with who gave each and on which day, in words.
    pub roles: BTreeMap<&'static str, (String, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Paper {
    pub organisation: String,
    pub contacts: Vec<PaperContact>,
}

/// The roles of a partner's contacts: word, label, and whether administrators stand in.
pub const ROLES: [(&str, &str, bool); 5] = [
    ("renewals", "Renewals", true),
    ("leads", "Leads", true),
    ("deal_registration", "Deal registration", true),
    ("program_updates", "Program updates", false),
    ("marketing", "Marketing", false),
];

impl Paper {
    pub fn contact(&mut self, reference: &str) -> &mut PaperContact {
        self.contacts.iter_mut().find(|contact| contact.reference == reference).unwrap()
    }

    pub fn active_administrators(&self) -> usize {
        self.contacts.iter().filter(|one| one.active && one.administrator).count()
    }

    /// Address and reason of everybody who gets a mail of this role, in the order of addresses.
    pub fn recipients(&self, role: &str) -> Vec<(String, String)> {
        let (word, label, stand_in) =
            ROLES.into_iter().find(|one| one.0 == role).expect("a role of partners");
        let at = &self.organisation;
        let active = || self.contacts.iter().filter(|contact| contact.active);
        let mut found: Vec<(String, String)> = active()
            .filter_map(|contact| {
                let (by, day) = contact.roles.get(word)?;
                let why = format!(
                    "You get this because you hold the role {label} at {at}, given by {by} on {day}."
                );
                Some((contact.email.clone(), why))
            })
            .collect();
        if found.is_empty() && stand_in {
            let why = format!(
                "You get this because you are an administrator of {at} and nobody there holds \
                 the role {label}."
            );
            let administrators = active().filter(|contact| contact.administrator);
            found = administrators.map(|one| (one.email.clone(), why.clone())).collect();
        }
        found.sort();
        found
    }
}
