use std::io::ErrorKind;
use std::net::SocketAddr;

use greenroom_server::Listener;
use greenroom_testkit::ScriptedAnswer::{Connection, Error, Kind};
use greenroom_testkit::{ScriptedListener, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(start_paused = true)]
async fn answers_come_in_the_order_of_the_script_and_then_clients() {
    let (mut listener, mut stagehand) = ScriptedListener::new([Error(7), Connection, Kind(ErrorKind::Other)]);
    let mut late = stagehand.connect_from(SocketAddr::from(([192, 0, 2, 9], 1)), 16);
    assert_eq!(listener.accept().await.unwrap_err().raw_os_error(), Some(7));
    let (mut io, peer) = listener.accept().await.unwrap();
    assert_eq!(peer.port(), Some(5000));
    stagehand.client().await.write_all(b"x").await.unwrap();
    assert_eq!(io.read_u8().await.unwrap(), b'x');
    assert_eq!(listener.accept().await.unwrap_err().kind(), ErrorKind::Other);
    let (mut io, peer) = listener.accept().await.unwrap();
    assert_eq!(peer.port(), Some(1));
    late.write_all(b"y").await.unwrap();
    assert_eq!(io.read_u8().await.unwrap(), b'y');
    assert_eq!(stagehand.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_client_survives_an_accept_that_was_dropped_and_every_call_counts() {
    let (mut listener, stagehand) = ScriptedListener::new([]);
    {
        let mut accepting = std::pin::pin!(listener.accept());
        assert!(is_pending(accepting.as_mut()).await);
        let _client = stagehand.connect(16);
        until_idle().await;
    }
    listener.accept().await.unwrap();
    assert_eq!(stagehand.calls(), 2);
    assert!(!stagehand.is_closed());
    drop(listener);
    assert!(stagehand.is_closed());
    let mut nobody = stagehand.connect(16);
    assert_eq!(nobody.read(&mut [0]).await.unwrap(), 0, "as if refused");
}

/// Whether it is pending.
async fn is_pending<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
}
