//! Where a queue keeps its items, and in which order it hands them out.

use std::collections::VecDeque;

use crate::queue::heap::Heap;

/// An enum and no trait object: first in first out, the common order, costs one branch that is always predicted.
pub(super) enum Store<T> {
    Fifo(VecDeque<T>),
    Lifo(Vec<T>),
    Priority(Heap<T>),
}

/// An item taken out to be looked at, and the place it goes back to.
pub(super) struct Lent<T> {
    item: T,
    /// lifo: how many lie below; priority: the arrival number; fifo: nothing, the front is the front.
    place: u64,
}

impl<T> Lent<T> {
    pub(super) fn item(&self) -> &T {
        &self.item
    }
}

impl<T> Store<T> {
    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Fifo(items) => items.len(),
            Self::Lifo(items) => items.len(),
            Self::Priority(items) => items.len(),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, item: T) {
        match self {
            Self::Fifo(items) => items.push_back(item),
            Self::Lifo(items) => items.push(item),
            Self::Priority(items) => items.push(item),
        }
    }

    /// Takes the item that is next in order.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        match self {
            Self::Fifo(items) => items.pop_front(),
            Self::Lifo(items) => items.pop(),
            Self::Priority(items) => items.pop().map(|(item, _)| item),
        }
    }

    /// Takes the item that is next in order, for a while. Nothing may be popped until it is restored.
    pub(super) fn lend(&mut self) -> Option<Lent<T>> {
        let (item, place) = match self {
            Self::Fifo(items) => (items.pop_front()?, 0),
            Self::Lifo(items) => (items.pop()?, items.len() as u64),
            Self::Priority(items) => items.pop()?,
        };
        Some(Lent { item, place })
    }

    /// Puts a lent item where it was; what was pushed meanwhile keeps its order to it.
    pub(super) fn restore(&mut self, lent: Lent<T>) {
        match self {
            Self::Fifo(items) => items.push_front(lent.item),
            Self::Lifo(items) => items.insert(lent.place as usize, lent.item),
            Self::Priority(items) => items.insert(lent.item, lent.place),
        }
    }

    /// All items, leaving the store empty.
    pub(super) fn take(&mut self) -> Self {
        match self {
            Self::Fifo(items) => Self::Fifo(std::mem::take(items)),
            Self::Lifo(items) => Self::Lifo(std::mem::take(items)),
            Self::Priority(items) => Self::Priority(items.take()),
        }
    }
}
