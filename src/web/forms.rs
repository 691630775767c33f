//! Forms: strings in, typed values out, and every fault tied to its field.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::join;
use futures_util::{StreamExt, stream};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, Result};

/// A matrix of fifty contacts fits ten times; files are [`Upload`]s.
const FORM_BYTES: usize = 512 * 1024;
/// How long a form may take, from its head to its last byte …
const FORM_TIME: Duration = Duration::from_secs(30);
/// … and a file over a slow line …
const UPLOAD_TIME: Duration = Duration::from_secs(600);
/// … as long as something arrives.
const SILENCE: Duration = Duration::from_secs(20);

/// What is wrong with a form, by field, in the order in which the fields were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    list: Vec<FieldError>,
}

impl FieldErrors {
    pub fn one(field: &'static str, message: impl Into<String>) -> Self {
        Self { list: vec![FieldError { field, text: message.into() }] }
    }

    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.list.push(FieldError { field, text: message.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Each fault with its field, for the summary at the top of the page.
    pub fn list(&self) -> &[FieldError] {
        &self.list
    }

    /// The sentence beside one field.
    pub fn on(&self, field: &str) -> Option<&str> {
        self.list.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }
}

/// One fault of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: &'static str,
    pub text: String,
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> =
            self.list.iter().map(|error| format!("{}: {}", error.field, error.text)).collect();
        f.write_str(&lines.join("; "))
    }
}

/// Reads the fields of a form one by one and remembers what was wrong with each.
#[derive(Default)]
pub struct Fields {
    errors: FieldErrors,
}

impl Fields {
    /// Text of one line: trimmed, no control characters, at most `most` characters.
    pub fn line(&mut self, name: &'static str, label: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            self.errors.add(name, format!("{label} contains a control character; remove it."));
        } else if text.chars().count() > most {
            self.errors.add(name, format!("{label} is too long; {most} characters at most."));
        }
        text.to_owned()
    }

    /// Text of several lines, without control characters beside line breaks, of at most `most`.
    pub fn text(&mut self, name: &'static str, text: &str, most: usize) -> String {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().any(|letter| letter.is_control() && letter != '\n') {
            self.errors.add(name, "The text contains a control character; remove it.");
        } else if text.chars().count() > most {
            self.errors.add(name, format!("The text is too long; {most} characters at most."));
        }
        text
    }

    /// [`Fields::line`] that may not be empty.
    pub fn required(&mut self, name: &'static str, label: &str, text: &str, most: usize) -> String {
        if text.trim().is_empty() {
            self.errors.add(name, format!("Enter {}.", lower_first(label)));
        }
        self.line(name, label, text, most)
    }

    /// An address that mail can be sent to, as its owner writes it.
    pub fn email(&mut self, name: &'static str, text: &str) -> String {
        let email = self.required(name, "An e-mail address", text, 254);
        let sound = email.parse::<lettre::Address>().is_ok() && email.is_ascii();
        if !email.is_empty() && self.errors.on(name).is_none() && !sound {
            let hint = "Enter an e-mail address such as name@example.com.";
            self.errors.add(name, hint);
        }
        email
    }

    /// A word of a closed list.
    pub fn word<T: std::str::FromStr>(
        &mut self,
        name: &'static str,
        label: &str,
        text: &str,
    ) -> Option<T> {
        let word = text.trim().parse().ok();
        if word.is_none() {
            self.errors.add(name, format!("Choose {}.", lower_first(label)));
        }
        word
    }

    /// A day, as a date field sends it.
    pub fn day(
        &mut self,
        name: &'static str,
        label: &str,
        text: &str,
    ) -> Option<chrono::NaiveDate> {
        let day = chrono::NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        if day.is_none() {
            self.errors.add(name, format!("Enter {} as a date.", lower_first(label)));
        }
        day
    }

    pub fn refuse(&mut self, name: &'static str, message: impl Into<String>) {
        self.errors.add(name, message);
    }

    /// The command, if nothing was wrong. `command` is not called otherwise.
    pub fn finish<T>(self, command: impl FnOnce() -> Option<T>) -> Result<T> {
        if !self.errors.is_empty() {
            return Err(Error::Invalid(self.errors));
        }
        command().ok_or_else(|| Error::internal("a form without faults gave no command"))
    }
}

fn lower_first(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The fields of a POST, decoded; repeated fields are lists.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let mut body = Body::of(payload.take(), FORM_BYTES, FORM_TIME);
        Box::pin(async move {
            let kind = kind.as_ref().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            if !kind.starts_with("application/x-www-form-urlencoded") {
                return Err(Error::BadRequest("This address takes a form.".to_owned()));
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = body.next().await? {
                bytes.extend_from_slice(&chunk);
            }
            let form = serde_html_form::from_bytes(&bytes)
                .map_err(|_| Error::BadRequest("The form could not be read.".to_owned()))?;
            Ok(Self(form))
        })
    }
}

/// The query of a GET, decoded like a form; what cannot be read counts as not given.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.query_string();
        // PostgreSQL takes no NUL, not even to look for it.
        let sound = !query.contains("%00");
        let query = sound.then(|| serde_html_form::from_str(query).ok()).flatten();
        std::future::ready(Ok(Self(query.unwrap_or_default())))
    }
}

/// One file and the other fields of a multipart form.
pub struct Upload {
    pub file_name: String,
    pub bytes: Vec<u8>,
    pub fields: BTreeMap<String, String>,
}

/// The largest file that is taken in one piece.
const UPLOAD_BYTES: usize = 64 * 1024 * 1024;
/// The same for a [`Document`]: more than its slice takes, which says so beside the field.
const DOCUMENT_BYTES: usize = 16 * 1024 * 1024;

/// An [`Upload`] of something that somebody wrote or photographed, and nobody parses.
pub struct Document(pub Upload);

impl FromRequest for Document {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let upload = Upload::within(DOCUMENT_BYTES, request, payload);
        Box::pin(async move { upload.await.map(Self) })
    }
}

impl Upload {
    /// What was entered in another field of the form.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// The file as text.
    pub fn text(&self) -> Result<String> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        String::from_utf8(bytes.to_vec())
            .map_err(|_| Error::field("file", "The file is not UTF-8 text; save it as CSV UTF-8."))
    }
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Box::pin(Self::within(UPLOAD_BYTES, request, payload))
    }
}

impl Upload {
    /// Takes so many bytes of a request at most.
    fn within(
        most: usize,
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self>> + use<> {
        let boundary = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .and_then(|kind| multer::parse_boundary(kind).ok());
        let body = Body::of(payload.take(), most, UPLOAD_TIME);
        async move {
            let boundary = boundary.ok_or_else(unreadable)?;
            // The parser wants a stream that could cross threads; a request's cannot.
            let (sender, chunks) = tokio::sync::mpsc::channel(4);
            let (sent, upload) = join(body.send_to(sender), Self::parse(chunks, boundary)).await;
            sent.and(upload)
        }
    }

    /// Takes the parts out of the body as it arrives: the file is in memory once.
    async fn parse(chunks: Receiver<web::Bytes>, boundary: String) -> Result<Self> {
        let stream = stream::unfold(chunks, |mut chunks| async {
            chunks.recv().await.map(|chunk| (Ok::<_, Infallible>(chunk), chunks))
        });
        let mut parts = multer::Multipart::new(stream, boundary);
        let (mut file_name, mut bytes, mut fields) = (String::new(), Vec::new(), BTreeMap::new());
        while let Some(mut part) = parts.next_field().await.map_err(|_| unreadable())? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(given) = part.file_name() {
                file_name = given.to_owned();
                bytes.clear();
                while let Some(chunk) = part.chunk().await.map_err(|_| unreadable())? {
                    bytes.extend_from_slice(&chunk);
                }
            } else {
                fields.insert(name, part.text().await.map_err(|_| unreadable())?);
            }
        }
        Ok(Self { file_name, bytes, fields })
    }
}

fn unreadable() -> Error {
    Error::BadRequest("The upload could not be read.".to_owned())
}

/// What a request brings, up to a size and within a time.
struct Body {
    payload: Payload,
    most: usize,
    taken: usize,
    until: Instant,
}

impl Body {
    fn of(payload: Payload, most: usize, within: Duration) -> Self {
        Self { payload, most, taken: 0, until: Instant::now() + within }
    }

    async fn next(&mut self) -> Result<Option<web::Bytes>> {
        let patience = self.until.min(Instant::now() + SILENCE);
        let chunk = timeout_at(patience, self.payload.next()).await;
        let Some(chunk) = chunk.map_err(|_| Error::TooSlow)? else {
            return Ok(None);
        };
        let chunk =
            chunk.map_err(|_| Error::BadRequest("The form did not arrive whole.".to_owned()))?;
        self.taken += chunk.len();
        if self.taken > self.most {
            return Err(Error::TooLarge { most: self.most });
        }
        Ok(Some(chunk))
    }

    /// Hands everything on; stops without a fault where nobody wants more.
    async fn send_to(mut self, sender: Sender<web::Bytes>) -> Result<()> {
        while let Some(chunk) = self.next().await? {
            if sender.send(chunk).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}
