//! The mail server's settings, read from one address such as `smtp://user:secret@mail.example.org:587`.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use url::{Host, Url};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain text.
    None,
    /// STARTTLS where the server offers it; the certificate is checked all the same.
    Opportunistic,
    /// STARTTLS, and no mail without it.
    Required,
    /// TLS from the first byte (`smtps`).
    Implicit,
}

/// Where and how to hand in mail. The password shows in no `Debug` output and in no fault.
#[derive(Clone)]
pub struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) sign_in: Option<Credentials>,
    pub(super) hello: ClientId,
    pub(super) connections: usize,
    pub(super) idle_limit: Duration,
    pub(super) trusted_root: Option<Vec<u8>>,
}

/// What is wrong with the settings, in words that never repeat the address: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingFault {
    /// Not an address, or not of the schemes `smtp` and `smtps`.
    Address(&'static str),
    /// A parameter after the `?` that is not known, or has a value that is not.
    Parameter(&'static str),
    /// A password would cross a network in plain text.
    SecretInTheClear,
    /// The name to greet with is not a host name.
    HelloName,
    /// TLS cannot be set up here: no trusted roots, or a certificate that cannot be read.
    Tls(String),
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(reason) => write!(
                f,
                "the mail server's address {reason}; it should look like smtp://user:password@mail.example.org:587"
            ),
            Self::Parameter(reason) => write!(
                f,
                "the mail server's address has {reason}; known are tls=required, tls=opportunistic, tls=none and connections=1 to 64"
            ),
            Self::SecretInTheClear => f.write_str(
                "the mail server's password would be sent without encryption: use tls=required or smtps://",
            ),
            Self::HelloName => f.write_str("the name to greet the mail server with is not a host name"),
            Self::Tls(reason) => write!(f, "TLS to the mail server cannot be set up: {reason}"),
        }
    }
}

impl std::error::Error for SettingFault {}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("signs_in", &self.sign_in.is_some())
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

const CONNECTIONS: usize = 4;
const MOST_CONNECTIONS: usize = 64;
const IDLE_LIMIT: Duration = Duration::from_secs(30);

impl Settings {
    /// Reads `smtp://[user:password@]host[:port][?tls=…&connections=…]` or `smtps://…`.
    ///
    /// Without `tls`, STARTTLS is required, except towards this machine itself. `hello_name` is the
    /// name that the portal greets the server with, the host of its own base address.
    pub fn from_url(address: &str, hello_name: &str) -> Result<Self, SettingFault> {
        let url = Url::parse(address).map_err(|_| SettingFault::Address("cannot be read"))?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SettingFault::Address("is neither smtp:// nor smtps://")),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingFault::Address("has something after the host"));
        }
        let (host, here) = host(&url)?;
        let parameters = Parameters::read(&url)?;
        let security = match (implicit, parameters.security) {
            (true, None | Some(Security::Required)) => Security::Implicit,
            (true, Some(_)) => {
                return Err(SettingFault::Parameter("smtps:// and another tls mode"));
            }
            (false, Some(security)) => security,
            (false, None) if here => Security::None,
            (false, None) => Security::Required,
        };
        let sign_in = sign_in(&url)?;
        let may_be_plain = matches!(security, Security::None | Security::Opportunistic);
        if sign_in.is_some() && may_be_plain && !here {
            return Err(SettingFault::SecretInTheClear);
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(default_port(security)),
            security,
            sign_in,
            hello: hello(hello_name)?,
            connections: parameters.connections.unwrap_or(CONNECTIONS),
            idle_limit: IDLE_LIMIT,
            trusted_root: None,
        })
    }

    /// Trusts the certificates of this PEM text and no others, for a server inside the house.
    #[must_use]
    pub fn trusting_only(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted_root = Some(pem.into());
        self
    }

    /// Closes connections that were not used for this long (30 seconds unless told otherwise).
    #[must_use]
    pub fn with_idle_limit(mut self, limit: Duration) -> Self {
        self.idle_limit = limit;
        self
    }

    /// How the connection is protected; `doctor` says so.
    pub fn security(&self) -> Security {
        self.security
    }
}

fn default_port(security: Security) -> u16 {
    match security {
        Security::Implicit => 465,
        Security::None => 25,
        Security::Opportunistic | Security::Required => 587,
    }
}

/// The host, and whether it is this machine.
fn host(url: &Url) -> Result<(String, bool), SettingFault> {
    let name = url.host_str().filter(|name| !name.is_empty());
    let name = name.ok_or(SettingFault::Address("names no host"))?;
    // For schemes that it does not know, the parser leaves names as they were typed.
    match Host::parse(name).map_err(|_| SettingFault::Address("has a host that cannot be read"))? {
        Host::Domain(name) => {
            let here = name == "localhost" || name.ends_with(".localhost");
            Ok((name, here))
        }
        Host::Ipv4(ip) => Ok((ip.to_string(), ip.is_loopback())),
        Host::Ipv6(ip) => Ok((ip.to_string(), ip.is_loopback())),
    }
}

fn hello(name: &str) -> Result<ClientId, SettingFault> {
    let bare = name.trim_matches(['[', ']']);
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => Ok(ClientId::Ipv4(ip)),
        Ok(IpAddr::V6(ip)) => Ok(ClientId::Ipv6(ip)),
        Err(_) => match Host::parse(name) {
            Ok(Host::Domain(domain)) => Ok(ClientId::Domain(domain)),
            _ => Err(SettingFault::HelloName),
        },
    }
}

fn sign_in(url: &Url) -> Result<Option<Credentials>, SettingFault> {
    let unreadable = SettingFault::Address("has a user or password that cannot be read");
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(SettingFault::Address("has a password and no user")),
        (_, None) => Err(SettingFault::Address("has a user and no password")),
        (user, Some(password)) => match (percent_decoded(user), percent_decoded(password)) {
            (Some(user), Some(password)) => Ok(Some(Credentials::new(user, password))),
            _ => Err(unreadable),
        },
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            plain.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            plain.push(byte);
        }
    }
    String::from_utf8(plain).ok()
}

#[derive(Default)]
struct Parameters {
    security: Option<Security>,
    connections: Option<usize>,
}

impl Parameters {
    fn read(url: &Url) -> Result<Self, SettingFault> {
        let mut read = Self::default();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "tls" => read.security = Some(security(&value)?),
                "connections" => read.connections = Some(connections(&value)?),
                _ => return Err(SettingFault::Parameter("a parameter that is not known")),
            }
        }
        Ok(read)
    }
}

fn security(value: &str) -> Result<Security, SettingFault> {
    match value {
        "required" => Ok(Security::Required),
        "opportunistic" => Ok(Security::Opportunistic),
        "none" => Ok(Security::None),
        _ => Err(SettingFault::Parameter("an unknown tls mode")),
    }
}

fn connections(value: &str) -> Result<usize, SettingFault> {
    match value.parse() {
        Ok(number) if (1..=MOST_CONNECTIONS).contains(&number) => Ok(number),
        _ => Err(SettingFault::Parameter("an impossible number of connections")),
    }
}
