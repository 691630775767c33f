//! Static files: in the binary, under names that carry their hash, so that a browser keeps them
//! for good; sent precompressed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header, IfNoneMatch,
    Preference, Quality,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{Reply, theme};
use crate::auth::Who;
use crate::error::{Error, Result};
use crate::routes;

routes! {
    Asset "assets.file" GET "/static/{hash}/{name:.*}" (Who::Anyone) => file;
    Asset "assets.theme" GET "/theme/{colour}.css" (Who::Anyone) => theme_css;
    Asset "assets.favicon" GET "/favicon.ico" (Who::Anyone) => favicon;
    Asset "assets.robots" GET "/robots.txt" (Who::Anyone) => robots;
}

const FOREVER: (&str, &str) = ("cache-control", "public, max-age=31536000, immutable");

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// A file with what is sent of it.
struct Asset {
    hash: String,
    address: String,
    kind: &'static str,
    plain: Bytes,
    /// Made when first asked for, then kept.
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

/// All files, read once, when the first is asked for.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| Some((name.to_string(), Asset::new(&name, Files::get(&name)?.data))))
        .collect()
});

impl Asset {
    fn new(name: &str, contents: Cow<'static, [u8]>) -> Self {
        let plain = match contents {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let (hash, kind) = (hash_of(&plain), kind_of(name));
        let address = format!("/static/{hash}/{name}");
        Self { hash, address, kind, plain, gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// What is sent in a coding; as it is where it cannot be made smaller.
    fn coded(&self, coding: ContentEncoding) -> Bytes {
        match coding {
            ContentEncoding::Brotli => self.brotli.get_or_init(|| made(brotlied(&self.plain))),
            ContentEncoding::Gzip => self.gzip.get_or_init(|| made(gzipped(&self.plain))),
            _ => &self.plain,
        }
        .clone()
    }
}

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Compressing into memory does not fail; should it ever, the file is there, empty.
fn made(compressed: std::io::Result<Vec<u8>>) -> Bytes {
    compressed.map(Bytes::from).unwrap_or_default()
}

fn gzipped(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(plain)?;
    out.finish()
}

fn brotlied(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 9, 22).write_all(plain)?;
    Ok(out)
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// The address of a static file. A name that does not exist gives an address that answers 404.
pub fn address(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/static/missing", |asset| asset.address.as_str())
}

async fn file(request: HttpRequest, path: web::Path<(String, String)>) -> Reply {
    let (hash, name) = path.into_inner();
    let asset = ASSETS.get(&name).filter(|asset| asset.hash == hash).ok_or(Error::NotFound)?;
    let coding = coding_for(&request);
    let tag = EntityTag::new_strong(format!("{hash}-{}", coding.as_str()));
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header(FOREVER)
        .insert_header(ETag(tag.clone()));
    if is_known(&request, &tag) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(answer
        .insert_header((header::CONTENT_TYPE, asset.kind))
        .insert_header((header::CONTENT_ENCODING, coding.as_str()))
        .body(asset.coded(coding)))
}

/// The smallest of ours that the browser takes.
fn coding_for(request: &HttpRequest) -> ContentEncoding {
    let takes = |coding: ContentEncoding| {
        let wanted = Preference::Specific(Encoding::Known(coding));
        AcceptEncoding::parse(request).is_ok_and(|taken| {
            taken.iter().any(|one| one.item == wanted && one.quality > Quality::ZERO)
        })
    };
    [ContentEncoding::Brotli, ContentEncoding::Gzip]
        .into_iter()
        .find(|coding| takes(*coding))
        .unwrap_or(ContentEncoding::Identity)
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|one| one.weak_eq(tag)),
        Err(_) => false,
    }
}

/// Changes with the way the stylesheets are made.
static THEMES: LazyLock<String> =
    LazyLock::new(|| hash_of(theme::stylesheet(theme::PORTAL).as_bytes()));

/// The address of the stylesheet with a program's colours, given as six hexadecimal digits.
pub fn theme_address(colour_hex: &str) -> String {
    format!("/theme/{colour_hex}.css?v={}", *THEMES)
}

/// The stylesheet with a program's colours, made from the colour alone.
async fn theme_css(colour: web::Path<String>) -> Reply {
    let colour = theme::Colour::parse(&colour).ok_or(Error::NotFound)?;
    let css = theme::stylesheet(colour);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header(FOREVER)
        .body(css))
}

/// Old browsers ask for this whatever the page says.
async fn favicon() -> Result<HttpResponse> {
    Ok(HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, address("favicon.svg")))
        .finish())
}

/// The portal is not for search engines.
async fn robots() -> Result<HttpResponse> {
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("User-agent: *\nDisallow: /\n"))
}
