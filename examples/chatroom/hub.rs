//! The rooms, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::news::{Json, listed};
use super::outlet::Outlet;
use super::refusal::Refusal;
use super::room::Room;
use super::seat::Seat;
use super::ticket::Ticket;

const MOST_ROOMS: usize = 100;

/// All rooms. A room is made by entering it, and stays when it is empty, with what was said last, until its place is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<BTreeMap<String, Room>>>);

impl Hub {
    /// A seat in the room that the ticket names. What there is to hear comes by the outlet, beginning with a welcome.
    pub(crate) fn enter(&self, ticket: &Ticket, outlet: Outlet) -> Result<Seat, Refusal> {
        let mut rooms = self.lock();
        let name = ticket.room();
        if !rooms.contains_key(name) && rooms.len() >= MOST_ROOMS {
            let empty = rooms.iter().find(|(_, room)| room.is_empty()).map(|(name, _)| name.clone());
            rooms.remove(&empty.ok_or(Refusal::TooManyRooms(MOST_ROOMS))?);
        }
        let room = rooms.entry(name.to_owned()).or_default();
        let number = room.enter(ticket, outlet)?;
        Ok(Seat::new(room.clone(), ticket.clone(), number))
    }

    /// The room that the ticket names, if there is one.
    pub(crate) fn room(&self, ticket: &Ticket) -> Option<Room> {
        self.lock().get(ticket.room()).cloned()
    }

    /// The rooms and how many are in each, as JSON.
    pub(crate) fn rooms(&self) -> String {
        let rooms = self.lock();
        listed(rooms.iter().map(|(name, room)| {
            let members = room.members();
            format!(r#"{{"room":{},"members":{members}}}"#, Json(name))
        }))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
