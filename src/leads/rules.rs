//! What may be done with a lead in each state, by whom, and why not: decisions without a database.

use super::{LeadKind, LeadStatus};

/// What somebody can do with a lead, as far as it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Assign,
    Reassign,
    Recall,
    Edit,
    Open,
    Accept,
    Decline,
    /// Work on it begins.
    Progress,
    AddNote,
    /// It becomes a deal.
    Convert,
    Lose,
    Junk,
    Close,
}

impl Step {
    /// Why it cannot be done now; nothing where it can.
    pub fn why_not(self, kind: LeadKind, status: LeadStatus) -> Option<&'static str> {
        let own = kind == LeadKind::Generated;
        match self {
            Self::Edit => why_no_edit(kind, status),
            Self::Convert => why_no_conversion(status),
            Self::Assign | Self::Reassign | Self::Recall if own => {
                Some("It is the partner's own lead.")
            }
            Self::Open | Self::Accept | Self::Decline if own => {
                Some("Your organisation brought it: nobody has to accept it.")
            }
            _ if status.is_over() => Some("It is over."),
            Self::Assign if status.is_unassigned() => None,
            Self::Assign => Some("It is assigned already."),
            Self::Reassign | Self::Recall => why_no_recall(status),
            Self::Close => None,
            _ if status.is_unassigned() => Some("Nobody has it."),
            Self::Open => (status != LeadStatus::Assigned).then_some("It is open already."),
            Self::Decline => (!status.is_unaccepted()).then_some("It is accepted already."),
            _ if status == LeadStatus::Assigned => Some("Open it first."),
            Self::Accept => (status != LeadStatus::Opened).then_some("It is accepted already."),
            Self::AddNote | Self::Junk => None,
            Self::Progress | Self::Lose if status == LeadStatus::Opened => Some("Accept it first."),
            Self::Progress => {
                (status != LeadStatus::Accepted).then_some("Work on it has begun already.")
            }
            Self::Lose => None,
        }
    }

    /// Whether it is ever theirs: of the vendor's people those who distribute, else everyone of the
    /// partner that has the lead. What each brought, each closes and edits.
    pub(super) fn is_of(self, kind: LeadKind, is_vendor: bool, distributes: bool) -> bool {
        match self {
            Self::Assign | Self::Reassign | Self::Recall => is_vendor && distributes,
            Self::Edit | Self::Close => match kind {
                LeadKind::Distributed => is_vendor && distributes,
                LeadKind::Generated => !is_vendor,
            },
            _ => !is_vendor,
        }
    }

    /// Whose it is, for whom it is not.
    pub(super) fn whose(self) -> &'static str {
        match self {
            Self::Assign | Self::Reassign | Self::Recall => {
                "Program managers and channel account managers hand leads out."
            }
            Self::Edit => "A lead is edited by those who brought it.",
            Self::Close => "A lead is closed by those who brought it.",
            _ => "This is for the partner that has the lead.",
        }
    }
}

fn why_no_recall(status: LeadStatus) -> Option<&'static str> {
    match status {
        LeadStatus::Assigned | LeadStatus::Opened => None,
        _ if status.is_unassigned() => Some("Nobody has it."),
        _ => Some("The partner has accepted it and works on it."),
    }
}

/// Whether its deal is still there is for the lead to say: a draft can be thrown away.
fn why_no_conversion(status: LeadStatus) -> Option<&'static str> {
    match status {
        LeadStatus::Accepted | LeadStatus::InProgress | LeadStatus::Converted => None,
        LeadStatus::Opened => Some("Accept it first."),
        LeadStatus::Assigned => Some("Open it first."),
        _ if status.is_unassigned() => Some("Nobody has it."),
        _ => Some("It is over."),
    }
}

fn why_no_edit(kind: LeadKind, status: LeadStatus) -> Option<&'static str> {
    let may = match kind {
        LeadKind::Distributed => status.is_unassigned() || status == LeadStatus::Assigned,
        LeadKind::Generated => status.is_at_work(),
    };
    match kind {
        _ if may => None,
        _ if status.is_over() => Some("It is over."),
        _ => Some("The partner has opened it and works with what it says."),
    }
}
