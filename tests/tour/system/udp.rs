//! `udp`.

use crate::program::{Program, run};

#[tokio::test]
async fn udp_answers_each_datagram_with_its_length() {
    let lines = run("udp").await;
    assert_eq!(
        lines,
        [
            "the server says: received 5 bytes",
            "the server says: received 2000 bytes",
            "the server says: received 0 bytes",
            "0 datagrams were dropped",
        ]
    );
}

#[tokio::test]
async fn udp_sends_the_words_it_is_given() {
    let (status, lines, complaint) = Program::start("udp", &["a", "grüße"]).end().await;
    assert!(status.success(), "{status}\n{complaint}");
    assert_eq!(lines[..2], ["the server says: received 1 bytes", "the server says: received 7 bytes"]);
}
