//! The memory of a process.

use std::fs;

const PAGE: usize = 4096;

/// Bytes that are resident; none of a process that is gone.
pub fn resident(pid: u32) -> usize {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * PAGE
}
