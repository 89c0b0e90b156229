//! One member's place in a room.

use super::refusal::Refusal;
use super::room::Room;
use super::ticket::Ticket;

/// Made by [`Hub::enter`](super::hub::Hub::enter). It is to be held by a `bracket` that ends with [`leave`](Self::leave).
#[derive(Debug)]
#[must_use = "the others see its owner until it leaves"]
pub(crate) struct Seat {
    room: Room,
    ticket: Ticket,
    number: u64,
}

impl Seat {
    pub(super) const fn new(room: Room, ticket: Ticket, number: u64) -> Self {
        Self { room, ticket, number }
    }

    /// Which of those that the room has given away.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn say(&self, text: &str) -> Result<(), Refusal> {
        self.room.say(&self.ticket, text)
    }

    pub(crate) async fn leave(self) {
        self.room.leave(&self.ticket, self.number);
    }
}
