//! Handshakes that take their time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep};

use crate::limit::Limits;
use crate::tls::HandshakeErrorKind;
use crate::tls::tests::shake::two_sides;

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_let_go_after_ten_seconds() {
    let (tls, client) = two_sides();
    let (near, mut far) = duplex(1024);
    let begin = Instant::now();
    let error = tls.accept(near, Limits::new()).await.unwrap_err();
    assert_eq!(error.kind(), HandshakeErrorKind::TimedOut);
    assert_eq!(error.to_string(), "TLS handshake failed: not over within 10s");
    assert_eq!(begin.elapsed().as_secs(), 10);
    assert_eq!(far.read(&mut [0]).await.unwrap(), 0, "the connection is closed");

    let (near, _far) = duplex(1024);
    let begin = Instant::now();
    let client = client.handshake_timeout(Duration::from_secs(3));
    let error = client.connect(near, "localhost").await.unwrap_err();
    assert_eq!((error.kind(), begin.elapsed().as_secs()), (HandshakeErrorKind::TimedOut, 3));
}

#[tokio::test(start_paused = true)]
async fn bytes_that_dribble_in_do_not_prolong_the_limit() {
    let (tls, _) = two_sides();
    let tls = tls.with_handshake_timeout(Duration::from_secs(7));
    assert_eq!(tls.handshake_timeout(), Duration::from_secs(7));
    let (near, mut far) = duplex(1024);
    let begin = Instant::now();
    let dribble = async {
        for byte in [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3].into_iter().cycle() {
            if far.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    let ((), error) = tokio::join!(dribble, async { tls.accept(near, Limits::new()).await.unwrap_err() });
    assert_eq!(error.kind(), HandshakeErrorKind::TimedOut);
    assert_eq!(begin.elapsed().as_secs(), 7);
}

#[tokio::test]
async fn who_waits_for_a_first_byte_holds_little() {
    let (tls, _) = two_sides();
    let (near, _far) = duplex(1024);
    let size = size_of_val(&tls.accept(near, Limits::new()));
    assert!(size <= 320, "{size}");
}
