//! `subprocess`.

use std::process::Command;

use crate::program::run;

#[tokio::test]
async fn subprocess_ends_children_with_all_that_they_started() {
    let lines = run("subprocess").await;
    assert_eq!(lines[0], "tick", "the ticker goes on while a child is waited for");
    let others: Vec<_> = lines.iter().filter(|line| *line != "tick").collect();
    let uname = Command::new("uname").output().expect("there is `uname`").stdout;
    assert_eq!(
        others,
        [
            "nobody holds the pipe (exit status: 0)",
            &format!("this is {}", String::from_utf8_lossy(&uname).trim()),
            "nobody holds the pipe (signal: 9 (SIGKILL))",
            "the first sleeper timed out after 300ms",
            "nobody holds the pipe (signal: 9 (SIGKILL))",
            "the second sleeper was killed: it is morning",
        ]
    );
}
