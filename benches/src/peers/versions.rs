//! With what the figures came to be.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::machine::said;
use crate::peers::foreign::Foreign;

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

/// The version that this program was built with.
fn locked(name: &str) -> Option<String> {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).ok()?;
    let package = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?.1;
    Some(package.split('"').next()?.to_owned())
}
