//! The program packs that lie in the binary.

use rust_embed::RustEmbed;

use crate::programs::pack::{self, Pack};

#[derive(RustEmbed)]
#[folder = "programs/"]
struct Files;

/// All of them, by name.
pub(super) fn all() -> Vec<Pack> {
    let mut packs: Vec<Pack> =
        Files::iter().filter(|file| !file.contains('/')).filter_map(|file| read(&file)).collect();
    packs.sort_by(|a, b| a.name.cmp(&b.name));
    packs
}

fn read(file: &str) -> Option<Pack> {
    let bytes = Files::get(file)?.data;
    pack::parse(file, std::str::from_utf8(&bytes).ok()?).ok()
}

/// The one with this slug.
pub(super) fn find(slug: &str) -> Option<Pack> {
    all().into_iter().find(|pack| pack.slug == slug)
}
