//! The life of a WebSocket, in the connection's own task.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use greenroom_server::{Connection, Escaped, HandlerOutput};
use http::HeaderValue;

use crate::facts::RequestFacts;
use crate::life::Running;
use crate::websocket::WebSocket;
use crate::websocket::engine::Engine;
use crate::websocket::farewell::Farewell;
use crate::websocket::home::Home;
use crate::websocket::terms::Terms;

/// What the connection does when it is a WebSocket.
pub(super) fn serving<F, Fut>(
    terms: Terms,
    facts: RequestFacts,
    protocol: Option<HeaderValue>,
    serve: F,
) -> Box<dyn FnOnce(Connection, Bytes) -> Running + Send>
where
    F: FnOnce(WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output: HandlerOutput> + Send + 'static,
{
    Box::new(move |conn, read| {
        Box::pin(async move {
            let home = Arc::new(Home::default());
            let engine = Box::new(Engine::new(conn, &read, terms, facts.clone(), protocol));
            drop(read);
            let socket = WebSocket::new(engine, Arc::clone(&home));
            let ending = caught(async move { serve(socket).await.failure() }).await;
            let mut engine = home.returned().await;
            match &ending {
                Ok(None) => engine.leave(engine.usual_farewell()),
                Ok(Some(error)) => {
                    let (id, peer, error) = (facts.id(), facts.peer_addr(), Escaped(error));
                    if engine.has_failed() {
                        // A client that goes as it likes is nothing to warn of.
                        tracing::debug!(%id, %peer, %error, "a WebSocket ended with an error");
                    } else {
                        tracing::warn!(%id, %peer, %error, "a WebSocket's handler failed");
                    }
                    engine.leave(Farewell::FAILED);
                }
                Err(_) => engine.leave(Farewell::FAILED),
            }
            poll_fn(|context| engine.poll_over(context)).await;
            drop(engine);
            if let Err(panic) = ending {
                // The task's to log and to count.
                resume_unwind(panic);
            }
        })
    })
}

/// What the future gives, or its panic.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => std::task::Poll::Ready(Err(panic)),
    })
    .await
}
