//! Which clients these were.

use std::io::Write;
use std::process::Command;

use crate::foreign::switched_on;
use crate::venv::python_with_h2;

/// They are written into docs/http.md, "Clients it was tried with".
#[test]
fn the_clients_of_http_say_which_they_are() {
    if !switched_on("clients: the_clients_of_http_say_which_they_are") {
        return;
    }
    let python = python_with_h2();
    let h2 = python.as_deref().map(|python| [python, "-c", "import h2; print('Python h2', h2.__version__)"]);
    for command in [
        &["curl", "--version"][..],
        &["nghttp", "--version"],
        &["h2load", "--version"],
        &["ab", "-V"],
        // It knows no such option, and says so with a status of its own.
        &["wrk", "-v"],
        &["python3", "--version"],
        h2.as_ref().map_or(&[][..], |command| command),
    ] {
        let Some((program, arguments)) = command.split_first() else { continue };
        let output = Command::new(program).args(arguments).output();
        let output = output.unwrap_or_else(|error| panic!("`{program}` does not start: {error}"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = said.lines().next().unwrap_or_default();
        assert!(version.contains(|c: char| c.is_ascii_digit()), "{program}: {said}");
        // Past the harness, which would swallow a plain print.
        let _ = writeln!(std::io::stderr(), "client: {version}");
    }
}
