//! What a mail says and what stands round it: three templates (subject, text, HTML) of a slice in
//! the program's name and colour, with the reason why this person gets it.

use super::Enclosure;
use crate::auth::Program;
use crate::error::Result;
use crate::locale::Locale;
use crate::text_enum;
use crate::web::{Site, theme};

/// A mail of a slice: its event, and its three parts. Made with [`mail_message!`].
///
/// [`mail_message!`]: crate::mail_message
pub trait Message {
    /// What happened, as the outbox and the ledger name it: `renewals.due`.
    const EVENT: &'static str;

    fn subject(&self, frame: &MailFrame) -> Result<String>;
    fn text(&self, frame: &MailFrame) -> Result<String>;
    fn html(&self, frame: &MailFrame) -> Result<String>;

    /// The files that go with it.
    fn enclosures(&self) -> Vec<Enclosure> {
        Vec::new()
    }
}

/// Ties a struct to its event and its templates. In them, `message` is the struct and `mail` the
/// [`MailFrame`]. What follows the templates is the struct's own function that names the files that
/// go with it, where any do.
///
/// ```ignore
/// mail_message!(RenewalsDue, "renewals.due", "mail/renewals/due.subject.txt",
///     "mail/renewals/due.txt", "mail/renewals/due.html");
/// ```
#[macro_export]
macro_rules! mail_message {
    ($name:ident, $event:literal, $subject:literal, $text:literal, $html:literal
        $(, encloses $enclosures:ident)? $(,)?) => {
        const _: () = {
            use $crate::mail::MailFrame;

            #[derive(askama::Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                message: &'a $name,
            }

            #[derive(askama::Template)]
            #[template(path = $text)]
            struct Text<'a> {
                message: &'a $name,
                mail: &'a MailFrame,
            }

            #[derive(askama::Template)]
            #[template(path = $html)]
            struct Html<'a> {
                message: &'a $name,
                mail: &'a MailFrame,
            }

            impl $crate::mail::Message for $name {
                const EVENT: &'static str = $event;

                fn subject(&self, _: &MailFrame) -> $crate::error::Result<String> {
                    let subject = askama::Template::render(&Subject { message: self })?;
                    Ok(subject.trim().to_owned())
                }

                fn text(&self, mail: &MailFrame) -> $crate::error::Result<String> {
                    Ok(askama::Template::render(&Text { message: self, mail })?)
                }

                fn html(&self, mail: &MailFrame) -> $crate::error::Result<String> {
                    Ok(askama::Template::render(&Html { message: self, mail })?)
                }
                $(
                fn enclosures(&self) -> Vec<$crate::mail::Enclosure> {
                    self.$enclosures()
                }
                )?
            }
        };
    };
}

/// Who gets a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub contact_id: i64,
    pub name: String,
    pub email: String,
    pub locale: Locale,
}

/// A list of an organisation's own that mail goes to, beside the contact roles.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// As it is stored, and as the outbox asks who is on it.
    pub word: &'static str,
    /// Where the organisation keeps it, below `/p/{program}`.
    pub page: &'static str,
}

text_enum! {
    /// As what somebody gets a mail.
    pub enum Because {
        /// They hold the contact role, or are on the list.
        Holder = "holder",
        /// An administrator, while nobody holds the contact role or is on the list.
        StandIn = "stand_in",
        /// An administrator, whoever holds what.
        Administrator = "administrator",
        /// It concerns their own account.
        Account = "account",
        /// It is about something of theirs: an inquiry they sent, a partner they look after.
        Concerned = "concerned",
        /// They chose to get mail of their roles collected.
        Digest = "digest",
    }
}

/// Why somebody gets a mail: the sentence at its foot, and the role if one is the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub text: String,
    pub because: Because,
    /// A contact role's word, where the mail goes to whoever holds it.
    pub role: Option<&'static str>,
    /// The list, where the mail goes to whoever is on it.
    pub list: Option<&'static List>,
    /// The roles that the person can stop from within the mail. Of a role that nobody holds there
    /// is nothing to stop; it can be given to somebody.
    pub stops: Vec<String>,
}

impl Reason {
    fn plain(text: String, because: Because) -> Self {
        Self { text, because, role: None, list: None, stops: Vec::new() }
    }

    /// For mails that nobody can turn off: what concerns the person's own account.
    pub fn account() -> Self {
        let text = "You get this because it concerns your account.".to_owned();
        Self::plain(text, Because::Account)
    }

    /// For whoever holds a contact role.
    pub fn holder(text: String, role: &'static str) -> Self {
        Self {
            role: Some(role),
            stops: vec![role.to_owned()],
            ..Self::plain(text, Because::Holder)
        }
    }

    /// For administrators, while nobody holds a contact role.
    pub fn stand_in(text: String, role: &'static str) -> Self {
        Self { role: Some(role), ..Self::plain(text, Because::StandIn) }
    }

    /// For whoever is on a list. Nobody stops such mails from within: who gets them is the
    /// organisation's to say.
    pub fn listed(text: String, list: &'static List) -> Self {
        Self { list: Some(list), ..Self::plain(text, Because::Holder) }
    }

    /// For administrators, while nobody is on a list.
    pub fn stand_in_for_list(text: String, list: &'static List) -> Self {
        Self { list: Some(list), ..Self::plain(text, Because::StandIn) }
    }

    /// For whoever something is about: what they sent, whom they look after.
    pub fn concerned(text: String) -> Self {
        Self::plain(text, Because::Concerned)
    }

    /// For administrators, about what they look after.
    pub fn administrator(organisation: &str) -> Self {
        let text = format!("You get this because you are an administrator of {organisation}.");
        Self::plain(text, Because::Administrator)
    }
}

/// One mail to one person, ready to be queued.
pub struct Letter<'a, M> {
    pub to: &'a Recipient,
    /// The program in whose name it goes out; none for mails about an account.
    pub program: Option<&'a Program>,
    /// The organisation that it is about, in whose ledger it stands.
    pub organisation_id: i64,
    pub reason: Reason,
    /// What makes a second mail for the same cause impossible; the event and the person are added.
    pub key: &'a str,
    pub message: &'a M,
}

/// What the frame of a mail's templates asks for.
pub struct MailFrame {
    locale: Locale,
    program_name: String,
    colours: theme::MailColours,
    reason: String,
    way_out: Option<WayOut>,
    site: Site,
}

/// What the foot offers to whoever does not want such mails.
#[derive(Clone, Debug)]
pub struct WayOut {
    pub label: &'static str,
    /// Absolute.
    pub href: String,
}

/// What mails about an account are sent as.
const PORTAL: &str = "Partner portal";

impl MailFrame {
    /// `unsubscribe` is the address at which the recipient stops such mails.
    pub fn of<M>(letter: &Letter<'_, M>, unsubscribe: Option<&str>, site: &Site) -> Self {
        let stop =
            unsubscribe.map(|href| WayOut { label: "Stop these mails", href: href.to_owned() });
        let give = letter.program.filter(|_| letter.reason.because == Because::StandIn);
        let give = give.map(|program| WayOut {
            label: "Choose who gets these mails",
            href: {
                let page = letter.reason.list.map_or("/roles", |list| list.page);
                site.link(&format!("/p/{}{page}", program.slug))
            },
        });
        Self {
            way_out: stop.or(give),
            locale: letter.to.locale,
            program_name: letter.program.map_or(PORTAL, |program| &program.name).to_owned(),
            colours: theme::mail_colours(letter.program.map(|program| program.colour.as_str())),
            reason: letter.reason.text.clone(),
            site: site.clone(),
        }
    }

    /// An absolute link to a path of the portal.
    pub fn link(&self, path: &str) -> String {
        self.site.link(path)
    }

    pub fn locale(&self) -> Locale {
        self.locale
    }

    pub fn program_name(&self) -> &str {
        &self.program_name
    }

    pub fn brand(&self) -> &str {
        &self.colours.brand
    }

    pub fn brand_ink(&self) -> &str {
        &self.colours.ink
    }

    pub fn brand_text_light(&self) -> &str {
        &self.colours.text_light
    }

    pub fn brand_text_dark(&self) -> &str {
        &self.colours.text_dark
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub fn way_out(&self) -> Option<&WayOut> {
        self.way_out.as_ref()
    }

    pub fn sender_line(&self) -> String {
        format!("Sent by {} · {}", self.program_name, self.site.link("/"))
    }
}
