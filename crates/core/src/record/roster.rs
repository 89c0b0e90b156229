//! The live tasks of the process, in shards by blocks of numbers.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Facts, Record, TaskId};

const SHARDS: usize = 64;
/// How many tasks are read under one lock: a walk must not hold a spawner up.
const CHUNK: usize = 256;
const NONE: u32 = u32::MAX;

static ENABLED: AtomicBool = AtomicBool::new(true);
static SHARD: [Shard; SHARDS] =
    [const { Shard(Mutex::new(Slots { entries: Vec::new(), free: NONE, live: 0 })) }; SHARDS];

/// A cache line of its own.
#[repr(align(64))]
struct Shard(Mutex<Slots>);

struct Slots {
    entries: Vec<Entry>,
    free: u32,
    live: usize,
}

enum Entry {
    Free(u32),
    Live(Arc<dyn Record>),
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

    fn shard(facts: &Facts) -> &'static Shard {
        &SHARD[((facts.id.get() - 1) / TaskId::BLOCK) as usize % SHARDS]
    }

    #[inline]
    pub(crate) fn insert<R: Record>(record: &Arc<R>) {
        if !Self::is_enabled() {
            return;
        }
        let mut slots = Self::shard(record.facts()).lock();
        slots.live += 1;
        if slots.free == NONE {
            let slot = slots.entries.len() as u32;
            record.facts().set_slot(slot);
            slots.entries.push(Entry::Live(record.clone()));
        } else {
            let slot = slots.free;
            record.facts().set_slot(slot);
            let entry = mem::replace(&mut slots.entries[slot as usize], Entry::Live(record.clone()));
            if let Entry::Free(next) = entry {
                slots.free = next;
            }
        }
    }

    #[inline]
    pub(crate) fn remove(facts: &Facts) {
        let slot = facts.slot();
        if slot == NONE {
            return;
        }
        let mut slots = Self::shard(facts).lock();
        slots.live -= 1;
        let free = Entry::Free(slots.free);
        let entry = mem::replace(&mut slots.entries[slot as usize], free);
        slots.free = slot;
        drop(slots);
        drop(entry);
    }

    pub(crate) fn len() -> usize {
        SHARD.iter().map(|shard| shard.lock().live).sum()
    }

    /// Calls `visit` with every task that is live throughout the walk, and some that come or go meanwhile; in no
    /// particular order. No lock is held during a call.
    pub(crate) fn walk(mut visit: impl FnMut(Arc<dyn Record>)) {
        for shard in &SHARD {
            let mut from = 0;
            loop {
                let chunk: Vec<_> = {
                    let slots = shard.lock();
                    if from >= slots.entries.len() {
                        break;
                    }
                    let until = slots.entries.len().min(from + CHUNK);
                    let live = |entry: &Entry| match entry {
                        Entry::Live(record) => Some(record.clone()),
                        Entry::Free(_) => None,
                    };
                    slots.entries[from..until].iter().filter_map(live).collect()
                };
                from += CHUNK;
                chunk.into_iter().for_each(&mut visit);
            }
        }
    }
}

impl Shard {
    #[inline]
    fn lock(&self) -> std::sync::MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
