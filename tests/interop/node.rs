//! Node with packages from npm: a browser's driver, and a WebSocket client.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::built::profile;
use crate::running::Running;

/// By their names, so that they are asked for as what they are: nothing of theirs is under version control.
const PACKAGES: [&str; 2] = ["playwright-core", "ws"];
const CHROMIUM: &str = "/usr/bin/chromium";

/// Node, and where its packages lie.
#[derive(Debug)]
pub(crate) struct Node(&'static PathBuf);

impl Node {
    /// `None`, with a word, where there is no Node, or npm does not reach its registry.
    pub(crate) fn with_packages(test: &str) -> Option<Self> {
        static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        match FOLDER.get_or_init(make) {
            Ok(folder) => Some(Self(folder)),
            Err(why) => {
                let _ = writeln!(std::io::stderr(), "skipped: {test} (no Node with {PACKAGES:?}: {why})");
                None
            }
        }
    }

    /// The same, where there is a Chromium, too.
    pub(crate) fn with_chromium(test: &str) -> Option<Self> {
        static VERSION: OnceLock<Option<String>> = OnceLock::new();
        let version = VERSION.get_or_init(|| {
            let output = Command::new(CHROMIUM).arg("--version").output().ok()?;
            let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let _ = writeln!(std::io::stderr(), "client: {version}");
            Some(version)
        });
        if version.is_none() {
            let _ = writeln!(std::io::stderr(), "skipped: {test} (there is no {CHROMIUM})");
            return None;
        }
        Self::with_packages(test)
    }

    /// Starts a script of this folder: `chatroom.cjs`.
    pub(crate) fn start(&self, script: &str, arguments: &[&str]) -> Running {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
        let packages = format!("NODE_PATH={}", self.0.join("node_modules").display());
        let script = script.display().to_string();
        Running::start("env", &[&[packages.as_str(), "node", &script], arguments].concat())
    }
}

fn make() -> Result<PathBuf, String> {
    let folder = profile().join("interop-node");
    let _ = writeln!(std::io::stderr(), "client: node {}", run(Command::new("node").arg("--version"))?);
    let installed = |package| folder.join("node_modules").join(package).join("package.json").exists();
    if !PACKAGES.into_iter().all(installed) {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&folder).args(PACKAGES);
        run(&mut npm)?;
    }
    Ok(folder)
}

fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() { Ok(printed) } else { Err(format!("{program}: {complaint}")) }
}
