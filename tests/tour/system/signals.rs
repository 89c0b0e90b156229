//! `signals`.

use crate::program::Program;

#[tokio::test]
async fn signals_are_handled_by_a_task_each_and_the_last_are_waited_for() {
    let mut program = Program::start("signals", &[]);
    assert!(program.line().await.is_some_and(|line| line.starts_with("ready: process ")));
    let mut all = Vec::new();
    for (signal, answer) in
        [("HUP", "reload 1 begins"), ("USR1", "status: "), ("HUP", "reload 2 begins"), ("USR1", "status: ")]
    {
        program.signal(signal).await;
        loop {
            let line = program.line().await.expect("it goes on until SIGTERM");
            all.push(line.clone());
            if line.starts_with(answer) {
                break;
            }
        }
    }
    program.signal("TERM").await;
    let (status, lines, complaint) = program.end().await;
    assert!(status.success(), "{status}\n{complaint}");
    assert_eq!(lines.last().map(String::as_str), Some("goodbye"));
    all.extend(lines);
    for line in ["reload 1 is done", "reload 2 is done"] {
        assert_eq!(all.iter().filter(|said| *said == line).count(), 1, "{line}: {all:?}");
    }
    assert!(all.iter().any(|line| line.starts_with("SIGTERM: ")), "{all:?}");
}
