//! `dns`.

use crate::program::run;

#[tokio::test]
async fn dns_counts_what_was_resolved_when_time_was_up() {
    let lines = run("dns").await;
    assert_eq!(lines[0], "host-7.test: Some(10.0.0.7)");
    let (resolved, unknown) = lines[1].split_once(" of 1000 resolved, ").expect("it counts");
    let resolved: u32 = resolved.parse().expect("a number");
    let unknown: u32 = unknown.strip_suffix(" unknown").expect("it counts").parse().expect("a number");
    // On a machine with nothing else to do it is all of them. Five are never answered.
    assert!((1..=975).contains(&resolved) && unknown <= 20, "{}", lines[1]);
    assert_eq!(lines.len(), 2);
}
