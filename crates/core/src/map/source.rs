//! Where items come from.

use crate::exit::{Payload, contain, swallow};
use crate::sync::Mutex;

/// The user's iterator, which is run under this lock of its own: nobody waits for it but those who want an item.
pub(super) struct Source<I>(Mutex<Inside<I>>);

struct Inside<I> {
    /// Absent when it has ended.
    items: Option<I>,
    pulled: usize,
}

/// What was pulled.
pub(super) enum Pulled<T> {
    Item(usize, T),
    /// The iterator panicked in place of this item; there will be no other.
    Panicked(usize, Payload),
    End,
}

impl<I: Iterator> Source<I> {
    pub(super) fn new(items: I) -> Self {
        Self(Mutex::new(Inside { items: Some(items), pulled: 0 }))
    }

    /// The next item, and whether somebody else was just pulling one.
    #[inline]
    pub(super) fn pull(&self) -> (Pulled<I::Item>, bool) {
        let (mut inside, met) = match self.0.try_lock() {
            Some(inside) => (inside, false),
            None => (self.0.lock(), true),
        };
        let Some(items) = inside.items.as_mut() else { return (Pulled::End, false) };
        let (pulled, rest) = match contain(|| items.next()) {
            Ok(Some(item)) => {
                let index = inside.pulled;
                inside.pulled += 1;
                return (Pulled::Item(index, item), met);
            }
            Ok(None) => (Pulled::End, inside.items.take()),
            Err(payload) => (Pulled::Panicked(inside.pulled, payload), inside.items.take()),
        };
        drop(inside);
        swallow(|| drop(rest));
        (pulled, met)
    }

    /// Ends it.
    pub(super) fn close(&self) {
        let rest = self.0.lock().items.take();
        swallow(|| drop(rest));
    }
}
