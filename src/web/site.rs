//! What this installation is: its address, and whether it is a demo.

use url::Url;

/// The same for every request; from the settings.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where people reach the portal: links in mails and redirects are made from it, never from
    /// what a request says of itself.
    pub base: Url,
    /// Sign-ins that are printed, a mailbox that anyone may read, a clock that can be set.
    pub demo: bool,
    /// How many of our own proxies stand in front, each adding one address to X-Forwarded-For.
    pub trusted_proxies: usize,
}

impl Site {
    /// Whether cookies may and must be restricted to https.
    pub fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// An absolute link to a path of the portal.
    pub fn link(&self, path: &str) -> String {
        format!("{}{}", self.base.as_str().trim_end_matches('/'), path)
    }

    /// What the browser says in `Origin` when a request comes from our own pages.
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// A cookie's name: with the prefix that binds it to this host wherever that is possible.
    pub fn cookie_name(&self, name: &str) -> String {
        if self.is_https() { format!("__Host-{name}") } else { name.to_owned() }
    }
}
