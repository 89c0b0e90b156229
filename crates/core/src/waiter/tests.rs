//! The line against the plainest model of it: a deque of the waiting and a list of the served.

use std::collections::VecDeque;

use greenroom_testkit::{CountingWaker, Seed};

use super::{Ticket, Waiters, Wakers};

/// One parked future of the test.
struct Parked {
    id: u32,
    ticket: Ticket,
    waker: CountingWaker,
}

#[test]
fn any_mix_of_park_serve_refresh_and_leave_keeps_the_order_of_arrival() {
    let mut random = Seed::from_env().random();
    for _ in 0..200 {
        let mut line = Waiters::new();
        let mut held: Vec<Parked> = Vec::new();
        let mut waiting = VecDeque::new();
        let mut most = 0;
        for id in 0..300_u32 {
            match random.below(7) {
                0..=2 => {
                    let waker = CountingWaker::new();
                    let ticket = line.park(id, waker.waker());
                    waiting.push_back(id);
                    held.push(Parked { id, ticket, waker });
                }
                3 => {
                    let served = line.serve();
                    assert_eq!(served.as_ref().map(|(_, value)| *value), waiting.pop_front());
                    if let Some((waker, id)) = served {
                        waker.wake();
                        let parked = held.iter().find(|parked| parked.id == id).expect("served a stranger");
                        assert_eq!(parked.waker.count(), 1, "the waker belongs to the one who was served");
                    }
                }
                4 if !held.is_empty() => {
                    let any = random.below(held.len() as u64) as usize;
                    let parked = &mut held[any];
                    let fresh = CountingWaker::new();
                    let replaced = line.refresh(&parked.ticket, &fresh.waker());
                    assert_eq!(replaced.is_some(), waiting.contains(&parked.id));
                    if replaced.is_some() {
                        assert!(
                            line.refresh(&parked.ticket, &fresh.waker()).is_none(),
                            "it is current already"
                        );
                        parked.waker = fresh;
                    }
                }
                5.. if !held.is_empty() => {
                    let any = random.below(held.len() as u64) as usize;
                    let parked = held.swap_remove(any);
                    let left = line.leave(parked.ticket).map(|(_, value)| value);
                    let place = waiting.iter().position(|id| *id == parked.id);
                    assert_eq!(left, place.and_then(|place| waiting.remove(place)));
                }
                _ => {}
            }
            most = most.max(held.len());
            assert_eq!(line.is_empty(), waiting.is_empty());
            assert_eq!(line.peek(), waiting.front());
            for parked in &held {
                assert_eq!(line.is_served(&parked.ticket), !waiting.contains(&parked.id));
            }
        }
        assert!(line.places() <= most, "places are used again: {} for {most} at once", line.places());
    }
}

#[test]
fn a_place_may_be_left_from_either_end_and_from_the_middle() {
    for leaver in 0..3 {
        let mut line = Waiters::new();
        let waker = CountingWaker::new();
        let mut tickets: Vec<_> = (0..3).map(|id| line.park(id, waker.waker())).collect();
        assert_eq!(line.leave(tickets.remove(leaver)).map(|(_, id)| id), Some(leaver));
        let order: Vec<_> = std::iter::from_fn(|| line.serve()).map(|(_, id)| id).collect();
        assert_eq!(order, (0..3).filter(|id| *id != leaver).collect::<Vec<_>>());
    }
}

#[test]
fn serving_all_wakes_each_one_once_and_leaves_an_empty_line() {
    let mut line = Waiters::new();
    let wakers: Vec<_> = (0..5).map(|_| CountingWaker::new()).collect();
    let tickets: Vec<_> = wakers.iter().map(|waker| line.park((), waker.waker())).collect();
    Wakers::of_all(&mut line).wake();
    assert!(line.is_empty());
    assert!(wakers.iter().all(|waker| waker.count() == 1));
    for ticket in tickets {
        assert!(line.leave(ticket).is_none(), "served, so nothing is left to take along");
    }
}
