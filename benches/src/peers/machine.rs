//! Where and with what the figures came to be.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;

use serde_json::{Value, json};

use crate::peers::foreign::Foreign;

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

pub fn versions(foreign: &Foreign) -> Value {
    let gevent = |python: &String| {
        let words = "import gevent, sys; print(gevent.__version__, 'on Python', sys.version.split()[0])";
        said(Command::new(python).args(["-c", words]))
    };
    json!({
        "rustc": said(Command::new("rustc").arg("--version")),
        "greenroom": locked("greenroom"),
        "tokio": locked("tokio"),
        "actix-server": locked("actix-server"),
        "hyper": locked("hyper"),
        "axum": locked("axum"),
        "rustls": locked("rustls"),
        "go": foreign.go.as_ref().and_then(|_| said(Command::new("go").arg("version"))),
        "gevent": foreign.python.as_ref().and_then(gevent),
    })
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version that this program was built with.
fn locked(name: &str) -> Option<String> {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).ok()?;
    let package = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?.1;
    Some(package.split('"').next()?.to_owned())
}
