//! Places for whoever is alive: taken and given back without a lock, and read by those who walk.
//!
//! The ledger knows two words a place, the address of an entry and that of its kind, and follows neither. It promises
//! that what a walker reads has not left yet, and cannot have left before the walker is done with it.
//!
//! Places stand in blocks. A block has a word `freed`: the places given back to it, and the mark of a walker. Every
//! write to `freed` is a read-modify-write, acquire and release, so whoever comes later sees what the earlier had done.
//!
//! Invariants:
//! 1. Each free place is in one block's `freed`, or in one [`Hand`]: only its owner writes to it.
//! 2. A block is among the stock's `free` if and only if `freed` holds a place, or will be in a moment: who gives the
//!    first one back puts it there. Taking the block out and its places from `freed` is one step under the mutex.
//! 3. A walker reads a block under the mutex, between setting its mark and removing it. Thus no place that is given
//!    back meanwhile gets another entry before the walker is done: the two words it reads belong together.
//! 4. Leaving clears the place and then writes to `freed`. If the mark was set later, the walker sees the cleared
//!    place. If it was set earlier and is still there, the one who leaves waits for the mutex. If it is gone, so is the
//!    walker. In each case nobody reads the entry after [`Ledger::remove`] has returned.

use std::array;
use std::cell::Cell;
use std::ptr;
use std::sync::OnceLock;

use crate::sync::{AtomicPtr, AtomicUsize, Mutex, Ordering};

/// How many places a block has: one bit of a word each, and one is left for the mark.
pub(super) const PLACES: usize = if cfg!(greenroom_loom) { 2 } else { usize::BITS as usize - 1 };
const MARK: usize = 1 << PLACES;
const ALL: usize = MARK - 1;
/// A place's number is its block's times 64, and its own in the block.
const SHIFT: u32 = 6;
/// Bucket `n` has room for 2^n blocks; together as many as a `u32` can number.
const BUCKETS: usize = (u32::BITS - SHIFT) as usize;

type Bucket = Box<[OnceLock<Box<Block>>]>;

pub(super) struct Ledger {
    buckets: [OnceLock<Bucket>; BUCKETS],
    stock: Mutex<Stock>,
}

#[derive(Default)]
struct Stock {
    made: u32,
    /// Blocks that have free places; those freed last, and so the warmest, at the end.
    free: Vec<u32>,
}

#[repr(align(64))]
struct Block {
    freed: AtomicUsize,
    places: [Place; PLACES],
}

struct Place {
    entry: AtomicPtr<()>,
    kind: AtomicPtr<()>,
}

/// Places of one block that a thread has taken ahead. They must be given back: [`Ledger::give_back`].
pub(super) struct Hand {
    block: Cell<u32>,
    places: Cell<usize>,
}

impl Hand {
    pub(super) const fn new() -> Self {
        Self { block: Cell::new(0), places: Cell::new(0) }
    }
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { buckets: array::from_fn(|_| OnceLock::new()), stock: Mutex::default() }
    }

    /// Enters somebody; returns the number of the place.
    #[inline]
    pub(super) fn insert(&self, hand: &Hand, entry: *mut (), kind: *mut ()) -> u32 {
        let places = match hand.places.get() {
            0 => self.refill(hand),
            places => places,
        };
        hand.places.set(places & (places - 1));
        let (block, index) = (hand.block.get(), places.trailing_zeros());
        let place = &self.block(block).places[index as usize];
        place.kind.store(kind, Ordering::Relaxed);
        place.entry.store(entry, Ordering::Release);
        (block << SHIFT) | index
    }

    /// Strikes out the entry of a place. When it returns, no walker reads the entry any more.
    #[inline]
    pub(super) fn remove(&self, place: u32) {
        let (number, index) = (place >> SHIFT, place & ((1 << SHIFT) - 1));
        let block = self.block(number);
        block.places[index as usize].entry.store(ptr::null_mut(), Ordering::Relaxed);
        self.give(number, block, 1 << index);
    }

    /// Gives back what a thread did not use.
    pub(super) fn give_back(&self, hand: &Hand) {
        let places = hand.places.take();
        if places != 0 {
            let number = hand.block.get();
            self.give(number, self.block(number), places);
        }
    }

    #[inline]
    fn give(&self, number: u32, block: &Block, places: usize) {
        let before = block.freed.fetch_or(places, Ordering::AcqRel);
        if before == 0 || before & MARK != 0 {
            self.meet(number, before);
        }
    }

    /// Waits for a walker to leave, and puts the block among those with free places if it was not there.
    #[cold]
    fn meet(&self, number: u32, before: usize) {
        let mut stock = self.stock.lock();
        if before & ALL == 0 {
            stock.free.push(number);
        }
    }

    /// Takes all free places of some block in hand.
    #[cold]
    fn refill(&self, hand: &Hand) -> usize {
        let mut stock = self.stock.lock();
        let (number, places) = match stock.free.pop() {
            Some(number) => (number, self.block(number).freed.swap(0, Ordering::AcqRel)),
            None => {
                let number = stock.made;
                self.make(number);
                stock.made += 1;
                (number, ALL)
            }
        };
        drop(stock);
        hand.block.set(number);
        places
    }

    /// Reads a block, under the mutex: `read` must be short. `false` if there is no such block.
    pub(super) fn walk(&self, number: u32, mut read: impl FnMut(*mut (), *mut ())) -> bool {
        let stock = self.stock.lock();
        if number >= stock.made {
            return false;
        }
        let block = self.block(number);
        block.freed.fetch_or(MARK, Ordering::AcqRel);
        for place in &block.places {
            let entry = place.entry.load(Ordering::Acquire);
            if !entry.is_null() {
                read(entry, place.kind.load(Ordering::Relaxed));
            }
        }
        block.freed.fetch_and(!MARK, Ordering::AcqRel);
        true
    }

    /// How many are in.
    pub(super) fn len(&self) -> usize {
        let places = (0..self.blocks()).flat_map(|number| &self.block(number).places);
        places.filter(|place| !place.entry.load(Ordering::Relaxed).is_null()).count()
    }

    /// How many blocks have been made; they stay.
    pub(super) fn blocks(&self) -> u32 {
        self.stock.lock().made
    }

    fn make(&self, number: u32) {
        let (bucket, index) = position(number);
        let bucket = self.buckets[bucket].get_or_init(|| (0..1 << bucket).map(|_| OnceLock::new()).collect());
        bucket[index].get_or_init(Box::default);
    }

    #[inline]
    fn block(&self, number: u32) -> &Block {
        let (bucket, index) = position(number);
        match self.buckets[bucket].get().and_then(|bucket| bucket[index].get()) {
            Some(block) => block,
            None => unreachable!("a block is made before its number is known"),
        }
    }
}

/// Where a block stands: its bucket, and its index there.
#[inline]
fn position(number: u32) -> (usize, usize) {
    let bucket = (number + 1).ilog2();
    (bucket as usize, (number + 1 - (1 << bucket)) as usize)
}

impl Default for Block {
    fn default() -> Self {
        let place =
            |_| Place { entry: AtomicPtr::new(ptr::null_mut()), kind: AtomicPtr::new(ptr::null_mut()) };
        Self { freed: AtomicUsize::new(0), places: array::from_fn(place) }
    }
}
