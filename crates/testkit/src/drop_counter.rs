use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how many of its values were made, and how many have been dropped. Allocates nothing: put it in a `static` where
/// its values have to be `'static`.
///
/// # Examples
///
/// ```
/// use greenroom_testkit::DropCounter;
///
/// static ITEMS: DropCounter = DropCounter::new();
///
/// let items = [ITEMS.counted(), ITEMS.counted()];
/// assert_eq!(ITEMS.alive(), 2);
/// drop(items);
/// assert_eq!((ITEMS.dropped(), ITEMS.alive()), (2, 0));
/// ```
#[derive(Debug, Default)]
pub struct DropCounter {
    made: AtomicUsize,
    dropped: AtomicUsize,
}

/// A value whose drop is counted; made by [`DropCounter::counted`].
#[derive(Debug)]
#[must_use = "it is counted when it is dropped"]
pub struct Counted<'a> {
    counter: &'a DropCounter,
}

impl DropCounter {
    /// A counter at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self { made: AtomicUsize::new(0), dropped: AtomicUsize::new(0) }
    }

    /// A value whose drop is counted.
    pub fn counted(&self) -> Counted<'_> {
        self.made.fetch_add(1, Ordering::AcqRel);
        Counted { counter: self }
    }

    /// How many have been dropped.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped.load(Ordering::Acquire)
    }

    /// How many have been made and not dropped.
    #[must_use]
    pub fn alive(&self) -> usize {
        let dropped = self.dropped();
        self.made.load(Ordering::Acquire) - dropped
    }
}

impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        self.counter.counted()
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.counter.dropped.fetch_add(1, Ordering::AcqRel);
    }
}
