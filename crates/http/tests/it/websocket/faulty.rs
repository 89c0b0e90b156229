//! Connections that give and take a byte at a time, and break.

use std::io::ErrorKind;

use greenroom_core::Queue;
use greenroom_http::{HttpServer, Request, WebSocket, upgrade};
use greenroom_server::{ListenerExt, MemoryConnector, MemoryListener, ServerHandle};
use greenroom_testkit::FaultyIo;
use tokio::io::{AsyncWriteExt, DuplexStream};

use crate::websocket::peer::{BINARY, PING, PONG, Peer, REQUEST, TEXT, assert_deserted, close, echo, frame};

type Ends = Queue<Result<(), String>>;

async fn serve<F>(faults: F) -> (ServerHandle, MemoryConnector, Ends)
where
    F: Fn(FaultyIo<DuplexStream>) -> FaultyIo<DuplexStream> + Send + 'static,
{
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let ends = Queue::unbounded();
    let tell = ends.clone();
    let service = move |request: Request| {
        let tell = tell.clone();
        let response = upgrade(request, move |socket: WebSocket| async move {
            let end = echo(socket).await.map_err(|error| error.to_string());
            tell.put(end).await.unwrap();
        });
        async move { response }
    };
    let listener = listener.map_io(move |io| faults(FaultyIo::new(io)));
    (HttpServer::on(listener).start(service).await.unwrap(), connector, ends)
}

#[tokio::test(start_paused = true)]
async fn nothing_depends_on_how_many_bytes_come_at_once() {
    for size in [1, 3, 100] {
        let (server, connector, ends) =
            serve(move |io| io.short_reads(size).short_writes(size).hesitant()).await;
        let mut peer = Peer::open(&connector).await;
        // Large ones take long, a byte at a time.
        for length in [0, 1, 125, 126, 300, 1000 * size] {
            let whole = [frame(PING, b"p"), frame(BINARY, &vec![7; length])].concat();
            peer.write(&whole).await;
            assert_eq!(peer.hear().await, (PONG, b"p".to_vec()));
            assert_eq!(peer.hear().await, (BINARY, vec![7; length]));
        }
        // Its fragments may cut a text anywhere, inside of a character too.
        let (begun, rest) = "äö".as_bytes().split_at(1);
        peer.write(&[frame(0x01, begun), frame(0x80, rest), close(4000)].concat()).await;
        assert_eq!(peer.hear().await, (TEXT, "äö".into()));
        assert_eq!(peer.hear_close().await.0, 4000);
        peer.hear_the_end().await;
        assert_eq!(ends.get().await.unwrap(), Ok(()));
        assert_deserted(&server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_anywhere_gives_its_place_back() {
    let message = frame(TEXT, b"hello");
    let gone = Err("the client has gone without closing the WebSocket".to_owned());
    for at in 0..=message.len() as u64 {
        let at = REQUEST.len() as u64 + at;
        for kind in [None, Some(ErrorKind::ConnectionReset)] {
            if kind.is_some() && at == REQUEST.len() as u64 {
                // Broken before there is an answer.
                continue;
            }
            let (server, connector, ends) = serve(move |io| match kind {
                None => io.eof_at(at),
                Some(kind) => io.read_error_at(at, kind),
            })
            .await;
            let mut peer = Peer::open(&connector).await;
            // It may have broken by now.
            let _ = peer.0.write_all(&message).await;
            assert_eq!(ends.get().await.unwrap(), gone, "{at} {kind:?}");
            drop(peer);
            assert_deserted(&server).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_no_longer_takes_anything_is_gone() {
    // Behind the head of the answer, whose length is not the same in every release.
    for at in 200..230 {
        let (server, connector, ends) = serve(move |io| io.write_error_at(at, ErrorKind::BrokenPipe)).await;
        let mut peer = Peer::open(&connector).await;
        let _ = peer.0.write_all(&frame(TEXT, &[b'x'; 100])).await;
        assert!(ends.get().await.unwrap().is_err(), "{at}");
        drop(peer);
        assert_deserted(&server).await;
    }
}
