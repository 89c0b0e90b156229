//! By hand, for many idle connections: one buffer for all, borrowed while there is something to read.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::ready;

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::line::raw::accept::accept;
use crate::line::serving::Serving;

thread_local! {
    static POOL: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

const CHUNK: usize = 4096;

pub async fn start() -> Serving {
    accept(echo).await
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    loop {
        let (buffer, n) = read(&mut stream).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n]).await?;
        POOL.with_borrow_mut(|pool| pool.push(buffer));
    }
}

async fn read(stream: &mut TcpStream) -> io::Result<(Vec<u8>, usize)> {
    poll_fn(|context| {
        let mut buffer = POOL.with_borrow_mut(Vec::pop).unwrap_or_else(|| vec![0; CHUNK]);
        let mut space = ReadBuf::new(&mut buffer);
        let poll = Pin::new(&mut *stream).poll_read(context, &mut space);
        let n = space.filled().len();
        if poll.is_pending() {
            POOL.with_borrow_mut(|pool| pool.push(std::mem::take(&mut buffer)));
        }
        ready!(poll)?;
        std::task::Poll::Ready(Ok((buffer, n)))
    })
    .await
}
