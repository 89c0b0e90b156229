//! The room over plain requests: one enters, asks for news again and again, says something, and leaves.

use std::time::Duration;

use greenroom::{BodyError, Request, RequestFacts, Response, bracket, long_poll, spawn};
use http::StatusCode;

use super::hub::Hub;
use super::mailbox::Mailbox;
use super::news::News;
use super::outlet::Outlet;
use super::page::plain;
use super::refusal::Refusal;
use super::room::Room;
use super::seat::Seat;
use super::ticket::{Ticket, value};

/// So long a request waits for news.
const POLL: Duration = Duration::from_secs(10);

/// No request lasts as long as the seat, so a task holds it. Its number goes with each poll: one who has come in again from another
/// window hears nothing in the old one.
pub(crate) fn enter(request: &Request, hub: &Hub) -> Response {
    let mailbox = Mailbox::new();
    let seat = Ticket::of(request).and_then(|ticket| hub.enter(&ticket, Outlet::Mailbox(mailbox.clone())));
    let (seat, facts) = match (seat, RequestFacts::of(request)) {
        (Ok(seat), Some(facts)) => (seat, facts),
        (Err(refusal), _) => return refusal.response(),
        (Ok(_), None) => unreachable!("every request of a server has its facts"),
    };
    let stopped = facts.stop_signal().stopped();
    let stay = async move |_: &mut Seat| {
        tokio::select! {
            () = mailbox.is_forsaken() => {}
            _ = stopped => {}
        }
    };
    let number = seat.number();
    spawn(bracket(seat, stay, Seat::leave));
    plain(StatusCode::CREATED, number.to_string())
}

/// 200 with news; 204 if there is none for now; 410 if the seat is gone.
pub(crate) async fn news(request: &Request, hub: &Hub) -> Response {
    let (mailbox, facts) = match (mailbox(request, hub), RequestFacts::of(request)) {
        (Ok(mailbox), Some(facts)) => (mailbox, facts),
        (Err(refusal), _) => return refusal.response(),
        (Ok(_), None) => unreachable!("every request of a server has its facts"),
    };
    let stopped = facts.stop_signal().stopped();
    let seen = number(request, "seen");
    let answer = long_poll(request, POLL, async {
        tokio::select! {
            biased;
            news = mailbox.next(seen) => news,
            _ = stopped => Some(format!(r#"{{"number":{seen},"news":[{}]}}"#, News::leaving())),
        }
    });
    let answer = answer.await;
    if answer.status() == StatusCode::NO_CONTENT && mailbox.is_closed() {
        return Refusal::NoSeat.response();
    }
    answer
}

/// What members without a WebSocket say.
pub(crate) async fn say(request: Request, hub: &Hub) -> Result<Response, BodyError> {
    let seated = seated(&request, hub);
    let text = String::from_utf8(request.into_body().bytes().await?.into());
    let said = seated.and_then(|(room, ticket)| room.say(&ticket, &text.map_err(|_| Refusal::Unreadable)?));
    Ok(said.map_or_else(|refusal| refusal.response(), |()| plain(StatusCode::ACCEPTED, "Said.")))
}

/// Goodbye. Where there is a connection that ends, its end says so.
pub(crate) fn leave(request: &Request, hub: &Hub) -> Response {
    if let Ok(mailbox) = mailbox(request, hub) {
        mailbox.close();
    }
    plain(StatusCode::ACCEPTED, "Goodbye.")
}

fn seated(request: &Request, hub: &Hub) -> Result<(Room, Ticket), Refusal> {
    let ticket = Ticket::of(request)?;
    let room = hub.room(&ticket).ok_or(Refusal::NoSeat)?;
    Ok((room, ticket))
}

fn mailbox(request: &Request, hub: &Hub) -> Result<Mailbox, Refusal> {
    let (room, ticket) = seated(request, hub)?;
    room.mailbox(&ticket, number(request, "seat"))
}

fn number(request: &Request, what: &str) -> u64 {
    let query = request.uri().query().unwrap_or("");
    value(query, what).and_then(|number| number.parse().ok()).unwrap_or(0)
}
