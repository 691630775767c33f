//! One sentence for the next page, in a signed cookie that lives a minute: a page view writes
//! nothing to the database.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Site;

const NAME: &str = "flash";

/// A browser drops a cookie of more than 4,096 bytes in silence; signed and encoded, so much of a
/// text stays well below.
const MOST_BYTES: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Success,
    Warning,
    Error,
}

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "good",
            Self::Warning => "warn",
            Self::Error => "bad",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}

impl Flash {
    pub fn success(text: impl Into<String>) -> Self {
        Self { tone: Tone::Success, text: text.into() }
    }

    pub fn warning(text: impl Into<String>) -> Self {
        Self { tone: Tone::Warning, text: text.into() }
    }

    pub fn error(text: impl Into<String>) -> Self {
        Self { tone: Tone::Error, text: text.into() }
    }

    /// The signed cookie that carries it; a text that is too long for one is cut.
    pub fn cookie(&self, site: &Site, key: &Key) -> Cookie<'static> {
        let name = site.cookie_name(NAME);
        let value = format!("{}:{}", self.tone.as_str(), shortened(&self.text));
        let mut jar = CookieJar::new();
        jar.signed_mut(key).add(Cookie::new(name.clone(), value));
        let signed = jar.get(&name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        // Nothing in it means anything to a cookie, an address or a form, whoever decodes it.
        bare(name, URL_SAFE_NO_PAD.encode(signed), site, Duration::minutes(1))
    }

    /// What the request carries, if it is ours.
    pub fn read(request: &HttpRequest, site: &Site, key: &Key) -> Option<Self> {
        let name = site.cookie_name(NAME);
        let sent = request.cookie(&name)?;
        let signed = String::from_utf8(URL_SAFE_NO_PAD.decode(sent.value()).ok()?).ok()?;
        let mut jar = CookieJar::new();
        jar.add_original(Cookie::new(name.clone(), signed));
        let value = jar.signed(key).get(&name)?.value().to_owned();
        let (tone, text) = value.split_once(':')?;
        let tone = [Tone::Success, Tone::Warning, Tone::Error]
            .into_iter()
            .find(|one| one.as_str() == tone)?;
        Some(Self { tone, text: text.to_owned() })
    }

    /// The cookie that ends it, once it was shown.
    fn spent(site: &Site) -> Cookie<'static> {
        bare(site.cookie_name(NAME), String::new(), site, Duration::ZERO)
    }
}

/// Middleware: a flash message that came with the request of a page is not shown again.
pub async fn forget_when_shown(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let spent = request
        .app_data::<Data<Site>>()
        .filter(|site| request.cookie(&site.cookie_name(NAME)).is_some())
        .map(|site| Flash::spent(site));
    let mut response = next.call(request).await?;
    if let Some(cookie) = spent
        && shows_flashes(response.status())
        && response.headers().get(header::CONTENT_TYPE).is_some_and(is_page)
    {
        response.response_mut().add_cookie(&cookie).map_err(actix_web::Error::from)?;
    }
    Ok(response)
}

/// Pages of errors are the same for everyone and show none.
fn shows_flashes(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::UNPROCESSABLE_ENTITY
}

fn is_page(kind: &header::HeaderValue) -> bool {
    kind.as_bytes().starts_with(b"text/html")
}

fn bare(name: String, value: String, site: &Site, lives: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(lives)
        .finish()
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_BYTES {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(MOST_BYTES)]))
}
