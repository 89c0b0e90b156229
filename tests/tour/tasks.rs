//! Tasks: the first part of the tour.

use std::collections::HashSet;

#[cfg(unix)]
use crate::program::Program;
use crate::program::run;

#[tokio::test]
async fn task_state_tells_how_each_ended_and_only_the_unseen_failure_is_logged() {
    let lines = run("task_state").await;
    assert_eq!(
        lines[..7],
        [
            "Hortense: started true, finished false, successful false; the end: still to come",
            "Gaston: started true, finished false, successful false; the end: still to come",
            "Hortense: started true, finished true, successful true; the end: finished",
            "Gaston: started true, finished true, successful false; the end: failed: 90 cm is not high enough",
            "the value: 20 cm to spare",
            "the error: the task failed: 90 cm is not high enough",
            "the error: the task failed: 90 cm is not high enough",
        ]
    );
    let [log] = &lines[7..] else { panic!("one failure was not looked at: {lines:?}") };
    assert!(log.starts_with("log: ERROR a task failed and nobody looked "), "{log}");
    assert!(log.contains("name=\"Odette\"") && log.ends_with("error=100 cm is not high enough"), "{log}");
}

#[tokio::test]
async fn timeouts_end_each_wait_in_the_form_that_was_asked_for() {
    assert_eq!(
        run("timeouts").await,
        [
            "bread: Ok(\"bread\")",
            "the lid is on the jam",
            "jam: timed out after 100ms",
            "porridge: timed out after 100ms",
            "is it over? false",
            "orders: timed out after 100ms",
            "without a limit: Ok(\"milk\")",
            "shared, tea: Ok(\"tea\")",
            "shared, coffee: timed out after 100ms",
            "is any time left? false",
            "shared, juice: timed out after 100ms",
            "lifted, water: Ok(\"water\")",
            "silent: no eggs today",
            "outer first: the outer limit has passed",
            "inner first: the inner limit has passed",
            "first toast",
            "breakfast: we leave hungry: timed out after 100ms",
        ]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn shutdown_tidies_up_at_the_first_signal_of_each_kind() {
    for signal in ["QUIT", "TERM", "INT"] {
        let mut program = Program::start("shutdown", &["0"]);
        assert_eq!(program.line().await.as_deref(), Some("working"));
        program.signal(signal).await;
        let (status, lines, complaint) = program.end().await;
        assert!(status.success(), "SIG{signal}: {status}\n{complaint}");
        assert_eq!(
            lines,
            [
                format!("SIG{signal}: tidying up"),
                "all is tidy".to_owned(),
                format!("the worker was killed: SIG{signal}"),
            ]
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn shutdown_is_forced_by_a_second_signal_whichever_was_the_first() {
    for (first, second) in [("TERM", "TERM"), ("INT", "QUIT"), ("QUIT", "INT")] {
        // It would tidy up for longer than anybody waits.
        let mut program = Program::start("shutdown", &["1000"]);
        assert_eq!(program.line().await.as_deref(), Some("working"));
        program.signal(first).await;
        assert_eq!(program.line().await, Some(format!("SIG{first}: tidying up")));
        program.signal(second).await;
        let (status, lines, complaint) = program.end().await;
        assert_eq!(status.code(), Some(1), "{complaint}");
        assert_eq!(
            lines,
            [
                format!("SIG{second}: no more tidying up"),
                format!("the worker was killed and cut off in its clean-up: SIG{first}"),
            ]
        );
    }
}

#[tokio::test]
async fn sync_async_does_ten_jobs_in_order_and_ten_in_an_order_of_their_own() {
    let lines = run("sync_async").await;
    let jobs: Vec<_> = (1..=10).map(|number| format!("job {number} is done")).collect();
    assert_eq!(lines.len(), 24, "{lines:?}");
    assert_eq!((lines[0].as_str(), lines[12].as_str()), ("one after another", "all at once"));
    assert_eq!(lines[1..11], jobs);
    assert_eq!(HashSet::<&String>::from_iter(&lines[13..23]), HashSet::from_iter(&jobs));
    for took in [&lines[11], &lines[23]] {
        assert!(took.starts_with("took ") && took.ends_with(" ms"), "{took}");
    }
}

#[tokio::test]
async fn two_contexts_switch_only_where_one_waits() {
    assert_eq!(
        run("two_contexts").await,
        [
            "both are spawned, and neither has begun",
            "Ann has turn 1",
            "Ann still has it, for nobody comes in between",
            "Ben has turn 1",
            "Ben still has it, for nobody comes in between",
            "Ann has turn 2",
            "Ann still has it, for nobody comes in between",
            "Ben has turn 2",
            "Ben still has it, for nobody comes in between",
            "Ann is back, and done",
            "Ben is back, and done",
            "both are done",
        ]
    );
}

#[tokio::test]
async fn determinism_is_promised_on_one_thread_and_not_on_four() {
    let lines = run("determinism").await;
    assert_eq!(lines[0], "one thread: [0, 3, 2, 6, 1, 5, 9, 4, 8, 7], and all equal: true");
    let verdict = lines[1].strip_prefix("four threads: they may differ, and this time they ");
    assert!(matches!(verdict, Some("were all equal" | "differed")), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn typed_task_stands_still_until_it_is_started_and_knows_its_name() {
    assert_eq!(
        run("typed_task").await,
        [
            "started: false",
            "started: true",
            "the cuckoo clock runs",
            "cuckoo!",
            "cuckoo!",
            "cuckoo!",
            "it called 3 times",
        ]
    );
}

#[tokio::test]
async fn link_and_kill_tells_every_end_and_tidies_the_desk() {
    let lines = run("link_and_kill").await;
    assert_eq!(lines[0], "a link was told: failed: invalid digit found in string");
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
