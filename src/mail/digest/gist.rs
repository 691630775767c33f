//! What a digest says of a mail: its opening, and what it links to, read out of its text.
//!
//! The texts of the portal's mails share a form: a greeting, paragraphs, and links that stand on a
//! line of their own under what they lead to; the last one leads to all of it. Only links into the
//! portal count: whatever a name in the text says, a digest leads nowhere else.

use crate::web::Site;

/// Links written out of one mail, beside the last.
const ITEMS: usize = 5;

/// What a digest says of one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gist {
    pub opening: String,
    pub items: Vec<Item>,
    /// How many more there were.
    pub more: usize,
    /// What leads to all of it.
    pub last: Option<Item>,
}

/// Something that a mail links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The line above, where that stands by itself: a customer's name.
    pub heading: Option<String>,
    pub title: String,
    pub details: Vec<String>,
    pub link: String,
}

impl Gist {
    pub fn of(text: &str, site: &Site) -> Self {
        let mut gist = Self::default();
        let mut heading = None;
        for block in blocks(text).into_iter().skip_while(|block| is_greeting(block)) {
            if let Some(item) = item(&block, heading.take(), site) {
                gist.items.push(item);
            } else if gist.opening.is_empty() {
                gist.opening = block.join(" ");
            } else if let [line] = block.as_slice() {
                heading = Some((*line).to_owned());
            }
        }
        gist.last = gist.items.pop();
        gist.more = gist.items.len().saturating_sub(ITEMS);
        gist.items.truncate(ITEMS);
        gist
    }
}

/// Lines that stand together, up to the signature.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().map(str::trim).take_while(|line| *line != "--").collect();
    lines
        .split(|line| line.is_empty())
        .filter(|block| !block.is_empty())
        .map(<[_]>::to_vec)
        .collect()
}

fn is_greeting(block: &[&str]) -> bool {
    matches!(block, [line] if line.starts_with("Hello ") && line.ends_with(','))
}

/// Lines that end with a link: the first is what it leads to.
fn item(block: &[&str], heading: Option<String>, site: &Site) -> Option<Item> {
    let (link, lines) = block.split_last()?;
    let (title, details) = lines.split_first()?;
    leads_into_the_portal(link, site).then(|| Item {
        heading,
        title: title.trim_end_matches(':').to_owned(),
        details: details.iter().map(|line| (*line).to_owned()).collect(),
        link: (*link).to_owned(),
    })
}

fn leads_into_the_portal(line: &str, site: &Site) -> bool {
    !line.contains(char::is_whitespace)
        && url::Url::parse(line).is_ok_and(|link| link.origin() == site.base.origin())
}
