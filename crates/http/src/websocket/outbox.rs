//! What others have to say to a client.

use std::sync::OnceLock;
use std::task::Waker;

use futures_util::task::AtomicWaker;
use greenroom_core::{PutError, Queue, QueueStream, TryPutError};

use crate::websocket::Message;
use crate::websocket::farewell::Farewell;

/// A bounded queue of messages, and a word that ends it.
#[derive(Debug)]
pub(super) struct Outbox {
    messages: Queue<Message>,
    /// Said by somebody else than the handler: the socket is to close.
    verdict: OnceLock<Farewell>,
    /// Who sends them, and may be waiting for something else than messages.
    engine: AtomicWaker,
}

impl Outbox {
    pub(super) fn new(room: usize) -> Self {
        Self { messages: Queue::bounded(room), verdict: OnceLock::new(), engine: AtomicWaker::new() }
    }

    pub(super) fn messages(&self) -> QueueStream<Message> {
        self.messages.stream()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.messages.is_shut_down()
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), PutError<Message>> {
        self.messages.put(message).await
    }

    pub(super) fn try_send(&self, message: Message) -> Result<(), TryPutError<Message>> {
        self.messages.try_put(message)
    }

    /// Ends it. What is in it is still sent, unless the client is too slow for that.
    pub(super) fn condemn(&self, farewell: Farewell) {
        let too_slow = farewell.is_too_slow();
        if self.is_closed() || self.verdict.set(farewell).is_err() {
            return;
        }
        if too_slow {
            self.messages.shutdown_now();
        } else {
            self.messages.shutdown();
        }
        self.engine.wake();
    }

    pub(super) fn verdict(&self) -> Option<&Farewell> {
        self.verdict.get()
    }

    /// The engine's task, to be woken by a verdict.
    pub(super) fn listen(&self, engine: &Waker) {
        self.engine.register(engine);
    }

    /// Takes no more.
    pub(super) fn close(&self) {
        self.messages.shutdown();
    }

    /// Takes no more, and forgets what is in it.
    pub(super) fn forget(&self) {
        self.messages.shutdown_now();
    }
}
