//! How a member hears what there is to hear.

use greenroom::{Queue, WebSocketSender};

use super::mailbox::Mailbox;
use super::news::News;

/// Whoever is so many pieces of news behind is too slow: over any transport, that one's connection ends, and only that.
pub(crate) const MOST_BEHIND: usize = 256;

#[derive(Clone, Debug)]
pub(crate) enum Outlet {
    Socket(WebSocketSender),
    Events(Queue<News>),
    Mailbox(Mailbox),
}

impl Outlet {
    /// Never waits.
    pub(crate) fn tell(&self, news: &News) {
        match self {
            // An error says that it is closed, or was too slow and is closed now: then its own task leaves.
            Self::Socket(sender) => drop(sender.push(news.clone())),
            Self::Events(queue) => {
                if queue.try_put(news.clone()).is_err() {
                    queue.shutdown_now();
                }
            }
            Self::Mailbox(mailbox) => mailbox.put(news),
        }
    }

    /// The last that is heard here.
    pub(crate) fn close(&self, last: &News) {
        self.tell(last);
        match self {
            Self::Socket(sender) => sender.close(super::socket::REFUSED, "refused"),
            Self::Events(queue) => queue.shutdown(),
            Self::Mailbox(mailbox) => mailbox.close(),
        }
    }
}
