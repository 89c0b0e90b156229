//! A handshake, from the server's side.
//!
//! The client hello is read first, by itself. So what is no TLS is told apart, a name can be refused in the way the
//! protocol has for it, and the connection's state, some kilobytes, is made only for a client that has begun to speak.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{Accepted, AcceptedAlert};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::StartHandshake;
use tokio_rustls::server::TlsStream;

use crate::limit::Limits;
use crate::tls::first_bytes::FirstBytes;
use crate::tls::handshake_error::{HandshakeError, HandshakeErrorKind};
use crate::tls::loaded::Loaded;

/// A fatal alert, `unrecognized_name`: rustls has no way to send it.
const UNRECOGNIZED_NAME: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70];

/// What is loaded now, and the configuration made of it, serve the whole handshake, whatever is loaded meanwhile.
pub(super) async fn accept<IO>(
    loaded: Arc<Loaded>,
    config: Arc<ServerConfig>,
    limit: Duration,
    limits: Limits,
    io: IO,
) -> Result<TlsStream<IO>, HandshakeError>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    match tokio::time::timeout(limit, shake_hands(loaded, config, limits, io)).await {
        Ok(result) => result,
        Err(_) => Err(HandshakeError::timed_out(limit)),
    }
}

async fn shake_hands<IO>(
    loaded: Arc<Loaded>,
    config: Arc<ServerConfig>,
    limits: Limits,
    mut io: IO,
) -> Result<TlsStream<IO>, HandshakeError>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let first = FirstBytes::read(&mut io).await?;
    // In a box, so that whoever waits for the first byte does not hold room for all that comes after it.
    Box::pin(answer(loaded, config, limits, io, first)).await
}

async fn answer<IO>(
    loaded: Arc<Loaded>,
    config: Arc<ServerConfig>,
    limits: Limits,
    mut io: IO,
    mut first: Box<FirstBytes>,
) -> Result<TlsStream<IO>, HandshakeError>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let accepted = client_hello(&mut io, &mut first).await?;
    drop(first);
    if loaded.refuses(accepted.client_hello().server_name()) {
        let fault = match accepted.client_hello().server_name() {
            Some(name) => format!("there is no certificate for {name:?}"),
            None => "the client names no server".to_owned(),
        };
        say_and_close(&mut io, &UNRECOGNIZED_NAME).await;
        return Err(HandshakeError::new(HandshakeErrorKind::UnknownName, fault));
    }
    // Only who has said what it has to say needs a turn: those who are silent keep nobody waiting.
    let permit = limits.handshake().await;
    let start = StartHandshake::from_parts(accepted, io);
    tokio::select! {
        biased;
        stream = start.into_stream(config) => stream.map_err(HandshakeError::of_io),
        () = permit.pushed_out() => Err(HandshakeError::new(
            HandshakeErrorKind::PushedOut,
            "it took long, and others wait: as many are in progress as the limit allows",
        )),
    }
}

async fn client_hello<IO>(io: &mut IO, first: &mut FirstBytes) -> Result<Accepted, HandshakeError>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match first.acceptor.accept() {
            Ok(Some(accepted)) => return Ok(accepted),
            Ok(None) => first.read_more(io).await?,
            Err((error, alert)) => {
                say_and_close(io, &bytes(alert)).await;
                return Err(first.judge(error));
            }
        }
    }
}

fn bytes(mut alert: AcceptedAlert) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A vector takes everything.
    let _ = alert.write_all(&mut bytes);
    bytes
}

/// A courtesy: whoever has gone away has not, by that, done worse than before.
async fn say_and_close<IO: AsyncWrite + Unpin>(io: &mut IO, alert: &[u8]) {
    if io.write_all(alert).await.is_ok() {
        let _ = io.shutdown().await;
    }
}
