//! Which version of HTTP a connection speaks.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use greenroom_server::Connection;

use crate::refusal::Refusal;
use crate::service::HttpService;
use crate::speak::dialogue::Dialogue;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// How HTTP/2 begins (RFC 9113, section 3.4). No request of HTTP/1 has a method `PRI`.
const PRI: &[u8] = b"PRI ";

impl<S: HttpService> Dialogue<S> {
    /// What the handshake agreed on, or else what the client begins with; `None` if it begins with nothing in time.
    pub(super) async fn protocol(&mut self, conn: &mut Connection) -> Option<Protocol> {
        match (self.http.http1, self.http.http2, self.life.facts.alpn()) {
            (true, false, _) => return Some(Protocol::Http1),
            (true, true, Some(b"http/1.1" | b"http/1.0")) => return Some(Protocol::Http1),
            (_, true, Some(b"h2")) => return Some(Protocol::Http2),
            _ => {}
        }
        let first = self.peek(conn, 1).await?;
        let begins_as_http2 = first == PRI[..1] && self.peek(conn, PRI.len()).await? == PRI;
        match begins_as_http2 {
            true => Some(Protocol::Http2),
            false if self.http.http1 => Some(Protocol::Http1),
            false => {
                self.refuse(conn, Refusal::Version).await;
                None
            }
        }
    }

    /// The first bytes; `None` if they do not come in time, or at all.
    async fn peek(&mut self, conn: &mut Connection, n: usize) -> Option<Vec<u8>> {
        let (clock, http, life) = (&mut self.clock, &self.http, &self.life);
        let peeked = {
            let mut peek = pin!(conn.peek(n));
            poll_fn(|context| match peek.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending => clock.poll_waiting(http, life, context).map(|_| None),
            })
            .await
        };
        match peeked {
            Some(Ok(bytes)) => Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty()),
            Some(Err(error)) => {
                tracing::debug!(id = %life.facts.id, peer = %life.facts.peer, %error, "gone before its first request");
                None
            }
            None => {
                // Whoever has said something is told what became of it.
                if n > 1 {
                    self.refuse(conn, Refusal::HeadOverdue).await;
                }
                None
            }
        }
    }
}
