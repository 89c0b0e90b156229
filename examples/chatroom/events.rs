//! The room over server-sent events: the news as they come. What one says goes by `POST /say`.

use std::future::pending;

use futures_util::StreamExt;
use greenroom::{Queue, Request, Response, Sse, bracket};

use super::hub::Hub;
use super::news::News;
use super::outlet::{MOST_BEHIND, Outlet};
use super::refusal::Refusal;
use super::seat::Seat;
use super::ticket::Ticket;

pub(crate) fn open(request: &Request, hub: &Hub) -> Response {
    let news = Queue::bounded(MOST_BEHIND);
    // Polled together with the stream, and dropped with it: when the client has gone, or the queue is shut down and empty.
    let staying = stay(Ticket::of(request).map(|ticket| (ticket, hub.clone())), news.clone());
    Sse::new(request, news.stream().take_until(staying)).farewell(News::leaving()).response()
}

/// Until it is dropped. It enters when it is first polled, so nobody has a seat whose news nobody reads.
async fn stay(ticket: Result<(Ticket, Hub), Refusal>, news: Queue<News>) {
    let entered = ticket.and_then(|(ticket, hub)| hub.enter(&ticket, Outlet::Events(news.clone())));
    match entered {
        Ok(seat) => bracket(seat, async |_: &mut Seat| pending().await, Seat::leave).await,
        Err(refusal) => {
            Outlet::Events(news).close(&News::refused(&refusal));
            pending().await
        }
    }
}
