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
