//! A room: its members, and what was said last.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::mailbox::Mailbox;
use super::news::News;
use super::outlet::Outlet;
use super::pace::Pace;
use super::refusal::Refusal;
use super::ticket::Ticket;

/// A newcomer hears so many messages that were said before.
const BACKLOG: usize = 25;
const MOST_MEMBERS: usize = 100;
const LONGEST_MESSAGE: usize = 2000;

/// A cheap handle. All members hear the same news in the same order, for telling never waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    members: BTreeMap<String, Member>,
    backlog: VecDeque<News>,
    seats: u64,
    last_said: u64,
}

#[derive(Debug)]
struct Member {
    ticket: Ticket,
    outlet: Outlet,
    pace: Pace,
    seat: u64,
}

impl Room {
    /// The number of the seat. Whoever comes again with the same key, as after a connection broke that nobody here has noticed
    /// yet, takes over the old seat; nobody hears of that but the old one.
    pub(super) fn enter(&self, ticket: &Ticket, outlet: Outlet) -> Result<u64, Refusal> {
        let mut inside = self.lock();
        let is_back = match inside.members.get(ticket.identity()) {
            Some(member) if !member.ticket.is_same(ticket) => {
                return Err(Refusal::NameTaken(ticket.name().to_owned()));
            }
            Some(member) => {
                member.outlet.close(&News::refused(&Refusal::Elsewhere));
                true
            }
            None if inside.members.len() >= MOST_MEMBERS => return Err(Refusal::RoomFull(MOST_MEMBERS)),
            None => {
                inside.tell(&News::joined(ticket.name()));
                false
            }
        };
        inside.seats += 1;
        let seat = inside.seats;
        let member = Member { ticket: ticket.clone(), outlet, pace: Pace::default(), seat };
        if let Some(old) = inside.members.insert(ticket.identity().to_owned(), member)
            && is_back
            && let Some(member) = inside.members.get_mut(ticket.identity())
        {
            // To come anew is no way to talk faster.
            member.pace = old.pace;
        }
        let names = inside.members.values().map(|member| member.ticket.name());
        let welcome = News::welcome(ticket, names, &inside.backlog);
        if let Some(member) = inside.members.get(ticket.identity()) {
            member.outlet.tell(&welcome);
        }
        Ok(seat)
    }

    /// Tells everybody, the one who says it, too.
    pub(crate) fn say(&self, ticket: &Ticket, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        let mut inside = self.lock();
        let member = inside.members.get_mut(ticket.identity());
        let member = member.filter(|member| member.ticket.is_same(ticket)).ok_or(Refusal::NoSeat)?;
        if text.is_empty() {
            return Err(Refusal::NothingSaid);
        }
        if text.chars().count() > LONGEST_MESSAGE {
            return Err(Refusal::LongMessage(LONGEST_MESSAGE));
        }
        member.pace.step()?;
        let said = News::said(ticket.name(), text, inside.next_moment());
        inside.tell(&said);
        if inside.backlog.len() == BACKLOG {
            inside.backlog.pop_front();
        }
        inside.backlog.push_back(said);
        Ok(())
    }

    /// Gives the seat back. Nothing happens if somebody has taken it over in the meantime.
    pub(super) fn leave(&self, ticket: &Ticket, seat: u64) {
        let mut inside = self.lock();
        if inside.members.get(ticket.identity()).is_some_and(|member| member.seat == seat) {
            inside.members.remove(ticket.identity());
            inside.tell(&News::left(ticket.name()));
        }
    }

    /// Where a member who polls finds what there is to hear.
    pub(crate) fn mailbox(&self, ticket: &Ticket, seat: u64) -> Result<Mailbox, Refusal> {
        let inside = self.lock();
        let member = inside.members.get(ticket.identity()).filter(|member| member.ticket.is_same(ticket));
        let member = member.ok_or(Refusal::NoSeat)?;
        match &member.outlet {
            Outlet::Mailbox(mailbox) if member.seat == seat => Ok(mailbox.clone()),
            _ => Err(Refusal::Elsewhere),
        }
    }

    pub(crate) fn members(&self) -> usize {
        self.lock().members.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn tell(&self, news: &News) {
        for member in self.members.values() {
            member.outlet.tell(news);
        }
    }

    /// Milliseconds since 1970, and never the same twice: a page that comes back knows by them what it has shown already.
    fn next_moment(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.last_said = u64::try_from(since.as_millis()).unwrap_or(u64::MAX).max(self.last_said + 1);
        self.last_said
    }
}
