//! What is offered, as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::queue::channel::channel::Channel;
use crate::queue::channel::get::ChannelGet;

impl<T> Channel<T> {
    /// The items as a stream that takes one after the other and ends when the channel is shut down.
    #[doc(alias("iter", "__iter__"))]
    pub fn stream(&self) -> ChannelStream<T> {
        ChannelStream { get: self.get(), ended: false }
    }
}

/// The items of a [`Channel`], one after the other, from [`Channel::stream`].
///
/// # Cancel safety
///
/// Cancel safe: it holds no item between polls.
#[must_use = "nothing is taken until this is polled"]
pub struct ChannelStream<T> {
    get: ChannelGet<T>,
    ended: bool,
}

impl<T> Stream for ChannelStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // A get that has ended starts anew when polled again.
        let next = ready!(Pin::new(&mut self.get).poll(cx)).ok();
        self.ended = next.is_none();
        Poll::Ready(next)
    }
}

impl<T> FusedStream for ChannelStream<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> fmt::Debug for ChannelStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelStream")
            .field("channel", self.get.channel())
            .field("ended", &self.ended)
            .finish()
    }
}
