//! The room over a WebSocket: what the client sends is what it says, what it gets is news.

use greenroom::{Message, Request, Response, WebSocket, WebSocketError, WebSocketUpgrade, bracket};

use super::LONGEST_BODY;
use super::hub::Hub;
use super::news::News;
use super::outlet::{MOST_BEHIND, Outlet};
use super::refusal::Refusal;
use super::seat::Seat;
use super::ticket::Ticket;

/// The close code of one who gets no seat: a code of our own, as 4000 and above are.
pub(crate) const REFUSED: u16 = 4000;

pub(crate) fn open(request: Request, hub: &Hub) -> Response {
    // A script cannot read the answer to a handshake, so a refusal comes over the socket.
    let ticket = Ticket::of(&request);
    let hub = hub.clone();
    let upgrade =
        WebSocketUpgrade::new().same_origin().max_message(LONGEST_BODY as usize).outbox(MOST_BEHIND);
    upgrade.on(request, |mut socket| async move {
        let seat = ticket.and_then(|ticket| hub.enter(&ticket, Outlet::Socket(socket.sender())));
        match seat {
            Ok(seat) => bracket(seat, async |seat: &mut Seat| chat(seat, socket).await, Seat::leave).await,
            Err(refusal) => {
                socket.send(News::refused(&refusal)).await?;
                socket.close(REFUSED, "refused").await;
                Ok(())
            }
        }
    })
}

/// Until the client goes, or the server: `next` tells of both, and sends the news meanwhile.
async fn chat(seat: &Seat, mut socket: WebSocket) -> Result<(), WebSocketError> {
    while let Some(message) = socket.next().await? {
        let said = match &message {
            Message::Text(text) => seat.say(text),
            Message::Binary(_) => Err(Refusal::Unreadable),
        };
        if let Err(refusal) = said {
            socket.send(News::unsaid(&refusal)).await?;
        }
    }
    Ok(())
}
