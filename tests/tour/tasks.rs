//! Tasks: the first part of the tour.

use crate::program::{Program, run};

#[tokio::test]
async fn link_and_kill_tells_every_end_and_tidies_the_desk() {
    let lines = run("link_and_kill").await;
    assert_eq!(lines[0], "started: true and true");
    assert_eq!(lines[lines.len() - 2..], ["the desk is tidy", "the clerk was killed: closing time"]);
}

#[cfg(unix)]
#[tokio::test]
async fn link_and_kill_tidies_the_desk_when_the_program_is_told_to_end() {
    let mut program = Program::start("link_and_kill", &[]);
    while program.line().await.expect("it works until it is told to end") != "working, hour 1" {}
    program.signal("TERM").await;
    let (status, lines, complaint) = program.end().await;
    assert!(status.success(), "{status}\n{complaint}");
    assert_eq!(
        lines[lines.len() - 2..],
        ["the desk is tidy", "the clerk was killed: the program was told to end"]
    );
}
