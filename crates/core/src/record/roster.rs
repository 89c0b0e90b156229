//! The live tasks of the process.
//!
//! The roster counts no reference, since that would cost each task more than all the rest: it keeps addresses, in a
//! [`Ledger`], and a walker makes references of them.
//!
//! Invariants:
//! 1. A record is on the roster only while whoever runs the task holds a reference to it: they are the ones to remove
//!    it, and drop their reference after that.
//! 2. The ledger promises that an entry which a walker reads has not been removed yet, and that its removal does not
//!    return before the walker is done. So there is a reference for as long as the walker needs to make another.
//! 3. A record that dies while it is listed would break the first; it takes the process with it.
#![expect(
    unsafe_code,
    reason = "a counted reference and a lock for each task cost 30 to 40 ns; this costs 5 to 8"
)]

use std::process;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use super::ledger::{Hand, Ledger, PLACES};
use super::{Facts, Record};

const NONE: u32 = u32::MAX;

static ENABLED: AtomicBool = AtomicBool::new(true);
static LEDGER: LazyLock<Ledger> = LazyLock::new(Ledger::new);

thread_local! {
    static HAND: OwnHand = const { OwnHand(Hand::new()) };
}

/// Gives its places back when its thread ends.
struct OwnHand(Hand);

impl Drop for OwnHand {
    fn drop(&mut self) {
        LEDGER.give_back(&self.0);
    }
}

/// What is known of an entry's type.
struct Kind {
    revive: unsafe fn(*const ()) -> Arc<dyn Record>,
}

/// Makes a reference of an address.
///
/// # Safety
///
/// It is the address of an `R` in an [`Arc`], to which somebody holds a reference for as long as this runs.
unsafe fn revive<R: Record>(record: *const ()) -> Arc<dyn Record> {
    let record = record.cast::<R>();
    // SAFETY: the caller says that it is an `R` in an `Arc` and alive; the count that is added is the new one's.
    unsafe {
        Arc::increment_strong_count(record);
        Arc::from_raw(record)
    }
}

/// A record's place on the roster.
#[derive(Debug)]
pub(crate) struct Listing(AtomicU32);

impl Listing {
    pub(crate) fn none() -> Self {
        Self(AtomicU32::new(NONE))
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        if *self.0.get_mut() != NONE {
            tracing::error!("a task was dropped without an end: this is a bug of greenroom");
            process::abort();
        }
    }
}

/// All live tasks.
pub(crate) struct Roster;

impl Roster {
    pub(crate) fn is_enabled() -> bool {
        ENABLED.load(Ordering::Relaxed)
    }

    pub(crate) fn set_enabled(enabled: bool) {
        ENABLED.store(enabled, Ordering::Relaxed);
    }

    /// Lists a record, until [`remove`](Self::remove). Called once, by whoever starts the task.
    #[inline]
    pub(crate) fn insert<R: Record>(record: &Arc<R>) {
        if !Self::is_enabled() {
            return;
        }
        let kind = ptr::from_ref(const { &Kind { revive: revive::<R> } }).cast_mut().cast();
        let entry = Arc::as_ptr(record).cast_mut().cast();
        let enter = |hand: &OwnHand| LEDGER.insert(&hand.0, entry, kind);
        // A thread that ends has no hand any more.
        let place = HAND.try_with(enter).unwrap_or_else(|_| enter(&OwnHand(Hand::new())));
        record.facts().listing.0.store(place, Ordering::Relaxed);
    }

    /// Takes a record off, if it is listed. Called by whoever ends the task, with a reference that outlives the call.
    #[inline]
    pub(crate) fn remove(facts: &Facts) {
        // Nobody else writes it meanwhile, and who runs a task sees what its spawner did.
        let place = facts.listing.0.load(Ordering::Relaxed);
        if place != NONE {
            facts.listing.0.store(NONE, Ordering::Relaxed);
            LEDGER.remove(place);
        }
    }

    pub(crate) fn len() -> usize {
        LEDGER.len()
    }

    #[cfg(test)]
    pub(super) fn blocks() -> u32 {
        LEDGER.blocks()
    }

    /// Calls `visit` with every task that is live throughout the walk, and some that come or go meanwhile; in no
    /// particular order. No lock is held during a call.
    pub(crate) fn walk(mut visit: impl FnMut(Arc<dyn Record>)) {
        let mut records = Vec::with_capacity(PLACES);
        let mut block = 0;
        while LEDGER.walk(block, |entry, kind| {
            // SAFETY: `insert` wrote the two words together: the address of a `Kind` that lives for ever, and that of
            // a record in an `Arc` of that kind. It has not been removed, and cannot be until this returns: invariants
            // 1 and 2.
            records.push(unsafe { ((*kind.cast::<Kind>()).revive)(entry) });
        }) {
            block += 1;
            records.drain(..).for_each(&mut visit);
        }
    }
}
