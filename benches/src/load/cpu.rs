//! The CPU time of a process.

use std::fs;

/// Nanoseconds, user and system, of all threads that the process has now. `/proc/<pid>/stat` counts in ticks of 10 ms, which
/// is too coarse for a window of a second.
pub fn cpu_ns(pid: u32) -> u64 {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return 0 };
    let of_thread = |thread: fs::DirEntry| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    threads.flatten().filter_map(of_thread).sum()
}

/// The same with the threads that have ended, of which only ticks are kept.
pub fn cpu_of_ended_ns(pid: u32) -> u64 {
    const TICK_NS: u64 = 10_000_000;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything: state, ten others, then user and system.
    let figures = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    figures.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_NS
}
