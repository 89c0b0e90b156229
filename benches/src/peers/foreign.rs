//! Go and gevent, where they are installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::line::certificate::Certificate;

/// Whoever else has gevent.
const PYTHON: &str = "GREENROOM_PYTHON";

pub struct Foreign {
    pub go: Option<PathBuf>,
    pub python: Option<String>,
    folder: PathBuf,
}

impl Foreign {
    /// Says who is missing.
    pub fn find(skipped: &mut Vec<String>) -> Self {
        let program = env::current_exe().expect("this program");
        let folder = program.parent().expect("the folder of builds").join("peers");
        fs::create_dir_all(&folder).expect("a folder for what the others need");
        let Certificate { certificate, key } = Certificate::new();
        fs::write(folder.join("certificate.pem"), certificate).expect("written");
        fs::write(folder.join("key.pem"), key).expect("written");
        let go = build_go(&folder);
        if go.is_none() {
            skipped.push("Go: not installed, or it does not build (Debian: golang-go)".to_owned());
        }
        let python = find_gevent();
        if python.is_none() {
            skipped.push(format!(
                "gevent: not installed (Debian: python3-gevent; or {PYTHON}=a python that has it)"
            ));
        }
        Self { go, python, folder }
    }

    pub fn go(&self, mode: &str) -> Option<Vec<String>> {
        Some([vec![text(self.go.as_ref()?)], self.arguments(mode)].concat())
    }

    pub fn gevent(&self, mode: &str) -> Option<Vec<String>> {
        let server = source().join("server.py");
        Some([vec![self.python.clone()?, text(&server)], self.arguments(mode)].concat())
    }

    fn arguments(&self, mode: &str) -> Vec<String> {
        vec![mode.to_owned(), text(&self.folder.join("certificate.pem")), text(&self.folder.join("key.pem"))]
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn build_go(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("echo");
    let built =
        Command::new("go").arg("build").arg("-o").arg(&program).arg(source().join("echo.go")).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}

fn find_gevent() -> Option<String> {
    let chosen = env::var(PYTHON).ok();
    let mut candidates = chosen.into_iter().chain(["/usr/bin/python3", "python3"].map(str::to_owned));
    let has_it = |python: &String| {
        let output = Command::new(python).args(["-c", "import gevent"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    candidates.find(has_it)
}
