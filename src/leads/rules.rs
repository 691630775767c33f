//! What may be done with a lead in each state, and why not; and which partner a lead goes to
//! first. Decisions without a database.

use super::{LeadKind, LeadStatus};

/// What its vendor can do with a lead, as far as it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Assign,
    Reassign,
    Recall,
    Edit,
    Open,
    AddNote,
}

impl Step {
    /// Why it cannot be done now; nothing where it can.
    pub fn why_not(self, kind: LeadKind, status: LeadStatus) -> Option<&'static str> {
        match self {
            Self::Edit => why_no_edit(kind, status),
            Self::Open => (status != LeadStatus::Assigned).then_some("It is open already."),
            Self::AddNote if status == LeadStatus::Assigned => Some("Open it first."),
            Self::AddNote => (!status.is_at_work()).then_some("Nobody is at work on it."),
            _ if kind == LeadKind::Generated => Some("It is the partner's own lead."),
            Self::Assign if status.is_unassigned() => None,
            Self::Assign => Some("It is assigned already."),
            Self::Reassign | Self::Recall if status == LeadStatus::Assigned => None,
            Self::Reassign | Self::Recall if status.is_unassigned() => Some("Nobody has it."),
            Self::Reassign | Self::Recall => {
                Some("The partner has opened it and knows the details.")
            }
        }
    }
}

fn why_no_edit(kind: LeadKind, status: LeadStatus) -> Option<&'static str> {
    let may = match kind {
        LeadKind::Distributed => status.is_unopened(),
        LeadKind::Generated => status.is_at_work(),
    };
    match kind {
        _ if may => None,
        LeadKind::Distributed => Some("The partner has opened it and works with what it says."),
        LeadKind::Generated => Some("It is over."),
    }
}

/// Why a partner stands where it does among those that could take a lead: by country first, then by
/// how much it has in hand, then by name.
pub fn reason(partner_country: &str, lead_country: Option<&str>, open_leads: i64) -> String {
    let hand = match open_leads {
        0 => "no open leads".to_owned(),
        1 => "1 open lead".to_owned(),
        many => format!("{many} open leads"),
    };
    match lead_country {
        Some(country) if country == partner_country => format!("Same country, {hand}"),
        Some(_) => format!("Another country ({partner_country}), {hand}"),
        None => format!("In {partner_country}, {hand}"),
    }
}
