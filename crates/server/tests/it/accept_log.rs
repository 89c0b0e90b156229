//! What the log says when accept fails.

use std::iter::repeat_n;
use std::time::Duration;

use greenroom_server::Connection;
use greenroom_testkit::LogCapture;
use tracing::Level;

use crate::scripted::{Answer, server, settle};
use Answer::{Connection as Accepted, Error};

/// The warnings since this was last asked.
fn warnings(log: &LogCapture) -> Vec<String> {
    let lines = log.take().into_iter();
    lines.filter(|line| line.level == Level::WARN).map(|line| line.text).collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_error_is_told_at_once_and_the_others_in_a_line_for_ten_seconds() {
    let log = LogCapture::of("greenroom");
    let script =
        repeat_n(Error(libc::ECONNABORTED), 60).chain(repeat_n(Error(libc::EMFILE), 8)).chain([Accepted]);
    let (server, mut stagehand) = server(script);
    let server = server.start(async |_: Connection| {}).await.unwrap();
    let _client = stagehand.client().await;
    let first = warnings(&log);
    assert_eq!(first.len(), 1, "{first:?}");
    for part in
        ["accept failed", "address=192.0.2.2:7000", &format!("os error {}", libc::ECONNABORTED), "Retry"]
    {
        assert!(first[0].contains(part), "{first:?}");
    }
    // All is well again, and nobody comes; the summary comes all the same.
    tokio::time::sleep(Duration::from_millis(9_990) - stagehand.elapsed()).await;
    assert_eq!(warnings(&log), [""; 0]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let summary = warnings(&log);
    assert_eq!(summary.len(), 1, "{summary:?}");
    for part in ["59 x ", "8 x ", &format!("(os error {})", libc::EMFILE)] {
        assert!(summary[0].contains(part), "{summary:?}");
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    server.stop().await;
    assert_eq!(warnings(&log), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_tells_what_was_held_back_and_an_endless_failure_is_a_line_for_ten_seconds() {
    let log = LogCapture::of("greenroom");
    let (server, _stagehand) = server(std::iter::repeat(Error(libc::ENOMEM)));
    let server = server.start(async |_: Connection| {}).await.unwrap();
    tokio::time::sleep(Duration::from_secs(95)).await;
    let lines = warnings(&log).len();
    assert_eq!(lines, 1 + 9);
    server.stop().await;
    settle().await;
    let rest = warnings(&log);
    assert_eq!(rest.len(), 1, "{rest:?}");
}
