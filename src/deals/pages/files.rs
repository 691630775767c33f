//! The files of a deal, as its pages list them.

use super::Moment;
use crate::auth::Scope;
use crate::deals::Step;
use crate::deals::attachments::{Attachment, MOST_FILES};
use crate::deals::model::Deal;

pub(in crate::deals) struct Files {
    pub(super) lines: Vec<FileLine>,
    /// Where one more goes; none where there can be no more.
    pub(super) add_path: Option<String>,
    pub(super) is_full: bool,
    /// Whether the page is a form beside.
    in_form: bool,
}

pub(super) struct FileLine {
    pub(super) href: String,
    pub(super) name: String,
    /// What it is, and how large.
    pub(super) about: String,
    pub(super) added_by: String,
    pub(super) added: Moment,
    /// Where it is removed; none where it stays.
    pub(super) remove_path: Option<String>,
}

impl Files {
    /// As far as the person may change them.
    pub(in crate::deals) fn of(deal: &Deal, found: &[Attachment], scope: &Scope) -> Self {
        let path = format!("{}/attachments", deal.path(scope));
        let open = |step: Step| step.is_open(scope.seat(), deal);
        let is_full = found.len() >= MOST_FILES;
        let (attaches, detaches) = (open(Step::Attach), open(Step::Detach));
        Self {
            lines: found.iter().map(|file| FileLine::of(file, scope, &path, detaches)).collect(),
            add_path: Some(path).filter(|_| attaches && !is_full),
            is_full: is_full && attaches,
            in_form: detaches,
        }
    }

    /// What is taken; a page that is filled in loses what was typed when a file is sent.
    pub(in crate::deals) fn hint(&self) -> &'static str {
        match self.in_form {
            true => {
                "PDF, picture, Word, Excel, PowerPoint, text or CSV; 5 MB at most, 10 files and \
                 10 MB together. Save first what you have typed elsewhere on this page."
            }
            false => {
                "PDF, picture, Word, Excel, PowerPoint, text or CSV; 5 MB at most, 10 files and \
                 10 MB together. What is added now stays."
            }
        }
    }

    pub(in crate::deals) fn is_shown(&self) -> bool {
        !self.lines.is_empty() || self.add_path.is_some()
    }
}

impl FileLine {
    fn of(file: &Attachment, scope: &Scope, path: &str, may_go: bool) -> Self {
        let (locale, zone) = (scope.actor().locale, scope.program().time_zone);
        let href = format!("{path}/{}", file.reference);
        Self {
            name: file.name.clone(),
            about: format!(
                "{}, {}",
                file.kind.label(),
                locale.size(usize::try_from(file.size).unwrap_or_default())
            ),
            added_by: file.added_by.clone(),
            added: Moment {
                iso: file.added_at.to_string(),
                text: locale.moment(file.added_at, zone),
            },
            remove_path: Some(format!("{href}/removal")).filter(|_| may_go),
            href,
        }
    }
}
