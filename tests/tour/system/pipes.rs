//! `pipes`.

use crate::program::run;

#[tokio::test]
async fn pipes_relay_hold_back_and_are_waited_for() {
    let lines = run("pipes").await;
    let greetings: Vec<_> = (0..10).map(|n| format!("hi in {n}")).collect();
    assert_eq!(lines[..10], greetings);
    assert_eq!(lines[10], "the relay ended: exit status: 0");
    let ahead = lines[11]
        .strip_prefix("50000 lines came back; the writer was never more than ")
        .and_then(|rest| rest.strip_suffix(" ahead")?.parse::<u32>().ok());
    // However large the system makes pipes, they do not hold three megabytes.
    assert!(ahead.is_some_and(|ahead| (1..25_000).contains(&ahead)), "{}", lines[11]);
    assert_eq!(lines[12..], ["the bell rang 3 times; the library is done"]);
}
