//! What a client says first, and whether it is TLS at all.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustls::server::Acceptor;
use tokio::io::{AsyncRead, ReadBuf};

use crate::tls::handshake_error::{HandshakeError, HandshakeErrorKind};

/// A client hello with a post-quantum key share has about 1,700 bytes.
const CHUNK: usize = 4096;

/// Long enough to tell HTTP by its method.
const HEAD: usize = 8;

const HTTP: [&[u8]; 9] =
    [b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"DELETE ", b"PATCH ", b"CONNECT ", b"PRI * "];

/// A client hello on its way in.
///
/// It is made when the first bytes are there: a client that only connects costs next to nothing.
pub(super) struct FirstBytes {
    pub(super) acceptor: Acceptor,
    head: [u8; HEAD],
    len: usize,
}

impl FirstBytes {
    /// Waits for the first of them; boxed, since it waits in turn for the others.
    pub(super) async fn read<IO: AsyncRead + Unpin>(io: &mut IO) -> Result<Box<Self>, HandshakeError> {
        poll_fn(|context| {
            with_chunk(io, context, |chunk| {
                let mut first = Box::new(Self { acceptor: Acceptor::default(), head: [0; HEAD], len: 0 });
                first.take_in(chunk).map(|()| first)
            })
        })
        .await
        .map_err(HandshakeError::of_io)
    }

    pub(super) async fn read_more<IO: AsyncRead + Unpin>(
        &mut self,
        io: &mut IO,
    ) -> Result<(), HandshakeError> {
        poll_fn(|context| with_chunk(io, context, |chunk| self.take_in(chunk)))
            .await
            .map_err(HandshakeError::of_io)
    }

    fn take_in(&mut self, mut chunk: &[u8]) -> io::Result<()> {
        let head = chunk.len().min(HEAD - self.len);
        self.head[self.len..][..head].copy_from_slice(&chunk[..head]);
        self.len += head;
        while !chunk.is_empty() {
            if self.acceptor.read_tls(&mut chunk)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// What rustls found wrong, and perhaps we know better.
    pub(super) fn judge(&self, error: rustls::Error) -> HandshakeError {
        let error = HandshakeError::of(error);
        let head = &self.head[..self.len];
        let is_http = HTTP.iter().any(|method| head.starts_with(&method[..method.len().min(HEAD)]));
        match error.kind() {
            HandshakeErrorKind::NotTls if is_http => {
                HandshakeError::new(HandshakeErrorKind::PlainHttp, "the client speaks plain HTTP")
            }
            _ => error,
        }
    }
}

/// The bytes pass over the stack: no future has to hold room for them.
fn with_chunk<IO: AsyncRead + Unpin, T>(
    io: &mut IO,
    context: &mut Context<'_>,
    use_it: impl FnOnce(&[u8]) -> io::Result<T>,
) -> Poll<io::Result<T>> {
    let mut room = [MaybeUninit::uninit(); CHUNK];
    let mut buffer = ReadBuf::uninit(&mut room);
    ready!(Pin::new(io).poll_read(context, &mut buffer))?;
    if buffer.filled().is_empty() {
        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
    }
    Poll::Ready(use_it(buffer.filled()))
}
