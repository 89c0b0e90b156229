//! Row 28: a client whose window is shut.

use std::error::Error;
use std::io;
use std::time::Duration;

use greenroom::{Connection, Deadline, DeadlineError, Deadlines, StreamServer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;

use crate::baseline::assert_recovered;

const CHUNK: usize = 64 * 1024;
/// More than any system keeps for a client that does not read.
const CHUNKS: usize = 512;

fn which(error: &io::Error) -> Option<Deadline> {
    let inner: &(dyn Error + 'static) = error.get_ref()?;
    inner.downcast_ref().map(DeadlineError::which)
}

#[tokio::test]
async fn a_client_that_never_reads_is_let_go_and_little_is_kept_for_it() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = StreamServer::bind("127.0.0.1:0")
        .deadlines(Deadlines::new().write(Duration::from_millis(50)))
        .start(move |mut conn: Connection| {
            let tell = tell.clone();
            async move {
                let line = conn.lines().next().await?.unwrap_or_default();
                if *line != *"flood" {
                    return conn.send_line(line).await;
                }
                for n in 0..CHUNKS {
                    if let Err(error) = conn.write_all(&[b'x'; CHUNK]).await {
                        tell.send((n, error.kind(), which(&error))).unwrap();
                        return Err(error);
                    }
                }
                Ok(())
            }
        })
        .await
        .unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    let mut deaf = socket.connect(address).await.unwrap();
    deaf.write_all(b"flood\n").await.unwrap();
    let (taken, kind, which) = told.recv().await.unwrap();
    assert_eq!((kind, which), (io::ErrorKind::TimedOut, Some(Deadline::Write)));
    assert!(taken < CHUNKS, "the handler waits for its client, and nothing is piled up");
    // It holds nothing, although it is still there.
    assert_recovered(&server, TcpStream::connect(address).await.unwrap()).await;
    drop(deaf);
}
