//! What the log says of a stop.

use std::time::Duration;

use greenroom_server::Connection;
use greenroom_testkit::{LogCapture, until_idle};
use tracing::Level;

use crate::scripted::one_client;

async fn logged(handler: impl greenroom_server::Handler) -> String {
    let log = LogCapture::of("greenroom_server::drain");
    let (server, _client) = one_client(handler).await;
    until_idle().await;
    server.stop_within(Duration::from_secs(2)).await;
    drop(server.stop());
    until_idle().await;
    let lines: Vec<_> = log.take().into_iter().filter(|line| line.level <= Level::INFO).collect();
    let [line] = &lines[..] else { panic!("one line for one stop: {lines:?}") };
    line.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_clean_stop_is_one_line_of_information() {
    let line = logged(async |conn: Connection| conn.stopping().await).await;
    let expected = "INFO stopped in 0.0 s: 1 connection drained, 0 killed, 0 cut off";
    assert!(line.starts_with(expected) && line.contains("server 192.0.2.2:7000"), "{line}");
    assert!(!line.contains("slowest"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_killed_is_one_warning_that_names_the_slowest() {
    let line = logged(async |_conn: Connection| std::future::pending::<()>().await).await;
    let expected = "WARN stopped in 2.0 s: 0 connections drained, 1 killed, 0 cut off";
    assert!(line.starts_with(expected), "{line}");
    assert!(line.contains("slowest=192.0.2.1:5000 (number "), "{line}");
    assert!(line.contains("here for 2 s) killed after 2.0 s"), "{line}");
}
