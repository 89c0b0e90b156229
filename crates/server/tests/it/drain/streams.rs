//! Streams as transports of the matrix.

use std::sync::Arc;
use std::time::Duration;

use greenroom_server::{Phase, ServerEnd, ServerHandle, StreamServer, with};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

use crate::drain::stage::{Situation, Stage};
use crate::drain::transport::Transport;
use crate::scripted::{self, Stagehand};

/// How to listen, and to connect. Half a handshake, where there is one, takes the place of half a request.
pub(crate) trait Dial: Sized {
    const NAME: &'static str;
    const EXACT: bool;
    type Stream: AsyncRead + AsyncWrite + Unpin;

    fn listen() -> (StreamServer, Self);

    async fn dial(&self, server: &ServerHandle) -> Self::Stream;

    async fn half(&self, server: &ServerHandle, stage: &Stage) -> Self::Stream {
        let mut client = self.dial(server).await;
        // In one write: whoever has the first line has read the rest as well.
        client.write_all(b"half\nrep").await.unwrap();
        stage.reached(2).await;
        client
    }

    async fn rest(&self, client: &mut Self::Stream) {
        client.write_all(b"ly\n").await.unwrap();
    }
}

pub(crate) struct Memory(Stagehand);

impl Dial for Memory {
    const NAME: &'static str = "memory";
    const EXACT: bool = true;
    type Stream = DuplexStream;

    fn listen() -> (StreamServer, Self) {
        let (server, stagehand) = scripted::server([]);
        (server, Self(stagehand))
    }

    async fn dial(&self, _server: &ServerHandle) -> DuplexStream {
        self.0.connect(64 * 1024)
    }
}

pub(crate) struct Tcp;

impl Dial for Tcp {
    const NAME: &'static str = "TCP";
    const EXACT: bool = false;
    type Stream = TcpStream;

    fn listen() -> (StreamServer, Self) {
        (StreamServer::bind("127.0.0.1:0"), Self)
    }

    async fn dial(&self, server: &ServerHandle) -> TcpStream {
        TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap()
    }
}

pub(crate) struct Streams<D> {
    server: ServerHandle,
    dial: D,
}

impl<D: Dial> Transport for Streams<D> {
    const NAME: &'static str = D::NAME;
    const EXACT: bool = D::EXACT;
    type Client = D::Stream;

    async fn start(stage: &Arc<Stage>, kill_grace: Duration) -> Self {
        let (server, dial) = D::listen();
        let handler = with(Arc::clone(stage), Stage::serve);
        Self { server: server.kill_grace(kill_grace).start(handler).await.unwrap(), dial }
    }

    async fn client(&self, stage: &Stage, situation: Situation) -> D::Stream {
        let role: &[u8] = match situation {
            Situation::Half => return self.dial.half(&self.server, stage).await,
            Situation::Idle => b"",
            Situation::Busy => b"busy\n",
            Situation::Stuck => b"stuck\n",
            Situation::SlowReader => b"slow\n",
        };
        let mut client = self.dial.dial(&self.server).await;
        client.write_all(role).await.unwrap();
        stage.reached(if role.is_empty() { 1 } else { 2 }).await;
        client
    }

    fn stop_within(&self, grace: Duration) -> ServerEnd {
        self.server.stop_within(grace)
    }

    fn phase(&self) -> Phase {
        self.server.phase()
    }

    async fn go_on(&self, stage: &Stage, client: &mut D::Stream, situation: Situation) {
        match situation {
            Situation::Busy => stage.done.stop(),
            Situation::Half => self.dial.rest(client).await,
            Situation::Idle | Situation::Stuck | Situation::SlowReader => {}
        }
    }

    async fn hear(&self, mut client: D::Stream) -> usize {
        let mut heard = Vec::new();
        // A killed connection may be reset; what came before that was heard.
        let _ = client.read_to_end(&mut heard).await;
        heard.len()
    }
}
