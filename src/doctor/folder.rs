//! The folder that everything is written to.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Finding;

const MEGABYTE: u64 = 1024 * 1024;
/// Below this a backup or a day's work may not fit.
const TIGHT: u64 = 1024 * MEGABYTE;
/// Below this nothing is sure any more.
const FULL: u64 = 100 * MEGABYTE;

/// Whether the folder is there, can be written, is nobody else's to read, and has room.
pub fn data_folder(folder: &Path) -> Vec<Finding> {
    const CHECK: &str = "data folder";
    let shown = folder.display();
    let facts = match std::fs::metadata(folder) {
        Ok(facts) if facts.is_dir() => facts,
        Ok(_) => {
            let advice = "Name a folder with --data or PORTAL_DATA.";
            return vec![Finding::wrong(CHECK, format!("{shown} is not a folder."), advice)];
        }
        Err(fault) => {
            let advice =
                "`portal migrate` makes it; or name another one with --data or PORTAL_DATA.";
            let text = format!("{shown} cannot be opened: {fault}.");
            return vec![Finding::wrong(CHECK, text, advice)];
        }
    };
    let access = if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() {
        let advice = "Give the user who runs the portal the right to write there.";
        Finding::wrong(CHECK, format!("{shown} cannot be written."), advice)
    } else if facts.permissions().mode() & 0o007 != 0 {
        let advice = format!("Everybody on this machine can look inside: chmod 750 {shown}");
        Finding::note(CHECK, format!("{shown} is open to others."), advice)
    } else {
        Finding::well(CHECK, format!("{shown} can be written, by its owner alone."))
    };
    vec![access, disk_space(folder)]
}

fn disk_space(folder: &Path) -> Finding {
    const CHECK: &str = "disk space";
    let Ok(disk) = rustix::fs::statvfs(folder) else {
        return Finding::note(CHECK, "The disk does not say how full it is.", "Look yourself.");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let text = format!("{} MB are free.", free / MEGABYTE);
    match free {
        0..FULL => Finding::wrong(CHECK, text, "Make room now: writes are about to be refused."),
        FULL..TIGHT => Finding::note(CHECK, text, "Make room: a backup may not fit any more."),
        _ => Finding::well(CHECK, text),
    }
}
