//! Python with packages from PyPI: an HTTP/2 and a WebSocket that nobody here wrote, and that can be scripted.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::profile;

/// That Python, in an environment beside the examples; `None`, with a word, where none can be made.
pub(crate) fn python_with_h2() -> Option<String> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| {
        make("h2", "interop-venv")
            .map_err(|why| drop(writeln!(std::io::stderr(), "skipped: Python's h2 ({why})")))
            .ok()
    });
    python.as_ref().map(|python| python.display().to_string())
}

/// The same with the package `websockets`.
pub(crate) fn python_with_websockets() -> Option<String> {
    let python = make("websockets", "interop-venv-websockets");
    let python =
        python.map_err(|why| drop(writeln!(std::io::stderr(), "skipped: Python's websockets ({why})"))).ok();
    python.map(|python| python.display().to_string())
}

fn make(package: &str, folder: &str) -> Result<PathBuf, String> {
    let folder = profile().join(folder);
    let python = folder.join("bin/python");
    let import = format!("import {package}");
    let has_it = |python: &PathBuf| {
        Command::new(python).args(["-c", &import]).output().is_ok_and(|output| output.status.success())
    };
    if has_it(&python) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--retries", "1", package]))?;
    if has_it(&python) { Ok(python) } else { Err("it was installed, and cannot be imported".to_owned()) }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let complaint = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
    if output.status.success() { Ok(()) } else { Err(complaint) }
}
