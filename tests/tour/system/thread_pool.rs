//! `thread_pool`.

use crate::program::run;

#[tokio::test]
async fn thread_pool_keeps_the_loop_going_and_a_call_on_the_loop_stops_it() {
    let lines = run("thread_pool").await;
    let ticks = lines[0]
        .strip_prefix("on threads: ONE TWO THREE FOUR; the ticker ticked ")
        .and_then(|rest| rest.strip_suffix(" times")?.parse::<u32>().ok());
    assert!(ticks.is_some_and(|ticks| ticks > 0), "{}", lines[0]);
    assert_eq!(
        lines[1..],
        ["on the loop: FIVE; the ticker ticked 0 times", "told to end, the call finished: Ok(\"SIX\")",]
    );
}
