//! What Linux says of this process. Elsewhere it says nothing, and the figures are missing.

use std::fs;

use crate::clock::Instant;
use crate::figures::Process;

/// Ticks a second in `/proc/self/stat`: the same on every Linux.
const TICKS: f64 = 100.0;

pub(super) fn facts(started_at: Instant) -> Option<Process> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()?;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let after_name = stat.rsplit_once(')')?.1;
    let mut ticks = after_name.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some(Process {
        started_at: started_at.to_datetime().timestamp() as f64,
        resident_bytes: kilobytes * 1024,
        cpu_seconds: (user + system) / TICKS,
        open_files: fs::read_dir("/proc/self/fd").ok()?.count(),
    })
}
