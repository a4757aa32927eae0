//! What a process holds and has used, from `/proc`. Linux only.

use std::fs;

use crate::contender::BoxError;

/// Clock ticks per second in `/proc`: the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// The process that asks.
pub const SELF: &str = "self";

/// The memory that a process holds, in KiB.
pub fn resident(process: &str) -> Result<u64, BoxError> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.ok_or("no VmRSS")?.parse()?)
}

/// The processor time that this process has used so far, in seconds.
pub fn processor_time() -> Result<f64, BoxError> {
    times(11)
}

/// The processor time of all children of this process that have ended, in seconds.
pub fn processor_time_of_children() -> Result<f64, BoxError> {
    times(13)
}

/// A time in user mode, which comes so many fields after the process's name, and the one in the
/// kernel, which follows it.
fn times(first: usize) -> Result<f64, BoxError> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold anything.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc")?;
    let ticks = fields.split_whitespace().skip(first).take(2);
    let ticks: Result<Vec<f64>, _> = ticks.map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / TICKS)
}

/// How many sockets this process has open.
pub fn connections() -> Result<usize, BoxError> {
    let files = fs::read_dir("/proc/self/fd")?.flatten();
    let targets = files.flat_map(|file| fs::read_link(file.path()));
    let sockets = targets.filter(|path| path.to_string_lossy().starts_with("socket:"));
    Ok(sockets.count())
}
