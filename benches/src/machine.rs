//! Where and when the figures came to be.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde_json::{Value, json};

pub fn machine() -> Value {
    json!({
        "cpu": field("/proc/cpuinfo", "model name"),
        "cores": available_parallelism().map_or(0, usize::from),
        "memory": field("/proc/meminfo", "MemTotal"),
        "kernel": said(Command::new("uname").arg("-sr")),
    })
}

pub fn date() -> Option<String> {
    said(Command::new("date").args(["-u", "+%F"]))
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What it prints, if it can.
pub fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
