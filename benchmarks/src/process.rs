//! What a process holds and has used, from `/proc`. Linux only.

use std::fs;

use crate::contender::BoxError;

/// The process that asks.
pub const SELF: &str = "self";

/// The memory that a process holds, in KiB.
pub fn resident(process: &str) -> Result<u64, BoxError> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.ok_or("no VmRSS")?.parse()?)
}

/// The processor time that a process has used so far, in seconds.
pub fn processor_time(process: &str) -> Result<f64, BoxError> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Fields 14 and 15, in hundredths of a second, counted after the name in parentheses.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc")?;
    let used = fields.split_whitespace().skip(11).take(2);
    let used: f64 = used.flat_map(str::parse::<f64>).sum();
    Ok(used / 100.0)
}

/// How many sockets this process has open.
pub fn connections() -> Result<usize, BoxError> {
    let files = fs::read_dir("/proc/self/fd")?.flatten();
    let targets = files.flat_map(|file| fs::read_link(file.path()));
    let sockets = targets.filter(|path| path.to_string_lossy().starts_with("socket:"));
    Ok(sockets.count())
}
