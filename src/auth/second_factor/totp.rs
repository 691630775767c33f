//! Codes of an app (RFC 6238): six digits, a new one every thirty seconds, from a secret that the
//! app and the portal share. SHA-1, because that is what all apps know.

use qrcode::{Color, EcLevel, QrCode};
use rand::Rng;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::clock::Instant;
use crate::error::{Error, Result};

/// Seconds for which a code is the current one.
pub const STEP_SECONDS: u64 = 30;
/// RFC 4226 recommends 160 bits.
pub const SECRET_BYTES: usize = 20;
/// Modules of white that readers need round a QR code.
const QUIET: usize = 4;

/// A secret for a new app.
pub fn draw_secret() -> [u8; SECRET_BYTES] {
    let mut bytes = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Which thirty seconds since 1970 a code belongs to, if it is the one of now, of just before or of
/// just after: the clocks of phones differ a little.
pub fn matched_step(secret: &[u8], code: &str, now: Instant) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.to_datetime().timestamp()).map_err(Error::internal)?;
    let step = totp(secret, "", "")?.check(&digits, seconds);
    step.map(i64::try_from).transpose().map_err(Error::internal)
}

/// The code that an app shows at an instant: for tests and tools.
pub fn code_at(secret: &[u8], now: Instant) -> Result<String> {
    let seconds = u64::try_from(now.to_datetime().timestamp()).map_err(Error::internal)?;
    Ok(totp(secret, "", "")?.generate(seconds).to_string())
}

/// The address that an app reads from the QR code.
pub fn address(secret: &[u8], issuer: &str, account: &str) -> Result<String> {
    // A colon parts the two in the address, so neither can have one.
    let plain = |text: &str| text.replace(':', " ");
    totp(secret, &plain(issuer), &plain(account))?.to_url().map_err(Error::internal)
}

fn totp(secret: &[u8], issuer: &str, account: &str) -> Result<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::from(secret))
        .with_issuer(Some(issuer))
        .with_account_name(account)
        .build()
        .map_err(Error::internal)
}

/// The secret as people type it: base 32 in groups of four.
pub fn groups(secret: &[u8]) -> Vec<String> {
    let text = Secret::from(secret).to_base32();
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}

/// A QR code as an SVG path of dark modules, in a square of so many modules with its white border.
#[derive(Clone, Debug)]
pub struct Qr {
    pub size: usize,
    pub path: String,
}

impl Qr {
    pub fn of(text: &str) -> Result<Self> {
        let code =
            QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
        let width = code.width();
        let path = code
            .to_colors()
            .chunks(width)
            .enumerate()
            .map(|(row, modules)| runs(modules, row + QUIET))
            .collect();
        Ok(Self { size: width + 2 * QUIET, path })
    }
}

/// The dark runs of a row, one rectangle each: a path of single modules would be four times as long.
fn runs(modules: &[Color], row: usize) -> String {
    let mut path = String::new();
    let mut column = 0;
    for run in modules.chunk_by(|one, next| one == next) {
        if run.first() == Some(&Color::Dark) {
            let (left, length) = (column + QUIET, run.len());
            path.push_str(&format!("M{left} {row}h{length}v1h-{length}z"));
        }
        column += run.len();
    }
    path
}

/// A secret as [`groups`] shows it, read back.
pub fn secret_of(typed: &str) -> Option<Vec<u8>> {
    let bare: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    Some(Secret::try_from_base32(bare).ok()?.as_bytes().to_vec())
}
