//! Static files: in the binary, under names that carry their hash, so that a browser keeps them
//! for good; sent precompressed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header;
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
    kind: &'static str,
    plain: Cow<'static, [u8]>,
    gzip: Vec<u8>,
    brotli: Vec<u8>,
}

/// All files, compressed once, when the first is asked for.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| Some((name.to_string(), asset(&name, Files::get(&name)?.data))))
        .collect()
});

fn asset(name: &str, plain: Cow<'static, [u8]>) -> Asset {
    let hash = Sha256::digest(&plain).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let (gzip, brotli) =
        (gzipped(&plain).unwrap_or_default(), brotlied(&plain).unwrap_or_default());
    Asset { hash, kind: kind_of(name), gzip, brotli, plain }
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
pub fn address(name: &str) -> String {
    let hash = ASSETS.get(name).map_or("missing", |asset| asset.hash.as_str());
    format!("/static/{hash}/{name}")
}

async fn file(request: HttpRequest, path: web::Path<(String, String)>) -> Reply {
    let (hash, name) = path.into_inner();
    let asset = ASSETS.get(&name).filter(|asset| asset.hash == hash).ok_or(Error::NotFound)?;
    let accepts = |coding: &str| {
        let accepted = request.headers().get(header::ACCEPT_ENCODING);
        accepted.and_then(|text| text.to_str().ok()).is_some_and(|text| text.contains(coding))
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, asset.kind))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header(FOREVER);
    if accepts("br") {
        Ok(answer.insert_header((header::CONTENT_ENCODING, "br")).body(asset.brotli.clone()))
    } else if accepts("gzip") {
        Ok(answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(asset.gzip.clone()))
    } else {
        Ok(answer.insert_header((header::CONTENT_ENCODING, "identity")).body(asset.plain.to_vec()))
    }
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
