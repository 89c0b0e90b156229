//! How many connections each source has.
//!
//! Invariants:
//! 1. A source's count is the number of permits that hold its prefix. At zero the entry goes, so there are never more
//!    entries than connections.
//! 2. While the limit is off no lock is taken, and nothing is counted. Permits that were counted before stay so.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::limit::Refused;
use crate::limit::prefix::{Lengths, Prefix};
use crate::sync::Mutex;

/// No limit.
const OFF: usize = usize::MAX;
/// A table of so many entries keeps its memory; a larger one gives it back when three quarters of it are empty.
const KEPT: usize = 64;
const SPARSE: usize = 4;

pub(super) struct Addresses {
    limit: AtomicUsize,
    refused: AtomicU64,
    table: Mutex<Table>,
}

struct Table {
    lengths: Lengths,
    counts: HashMap<Arc<Prefix>, usize>,
}

impl Addresses {
    pub(super) fn new() -> Self {
        let table = Table { lengths: Lengths::DEFAULT, counts: HashMap::new() };
        Self { limit: AtomicUsize::new(OFF), refused: AtomicU64::new(0), table: Mutex::new(table) }
    }

    pub(super) fn limit(&self) -> Option<usize> {
        Some(self.limit.load(Ordering::Relaxed)).filter(|limit| *limit != OFF)
    }

    pub(super) fn set_limit(&self, limit: Option<usize>) {
        self.limit.store(limit.unwrap_or(OFF), Ordering::Relaxed);
    }

    pub(super) fn set_lengths(&self, lengths: Lengths) {
        self.table.lock().lengths = lengths;
    }

    pub(super) fn count_of(&self, source: IpAddr) -> usize {
        let table = self.table.lock();
        table.counts.get(&Prefix::of(source, table.lengths)).copied().unwrap_or(0)
    }

    /// How many connections were refused so far.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Counts a connection under its source. One that is counted already moves, or stays where it is if it is refused.
    pub(super) fn admit(&self, source: IpAddr, counted: &mut Option<Arc<Prefix>>) -> Result<(), Refused> {
        let Some(limit) = self.limit() else { return Ok(()) };
        let admitted = self.table.lock().admit(source, limit, counted);
        if admitted.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        admitted
    }

    /// A connection that was counted is gone.
    pub(super) fn leave(&self, counted: &Prefix) {
        self.table.lock().leave(counted);
    }
}

impl Table {
    fn admit(
        &mut self,
        source: IpAddr,
        limit: usize,
        counted: &mut Option<Arc<Prefix>>,
    ) -> Result<(), Refused> {
        let prefix = Prefix::of(source, self.lengths);
        if counted.as_deref() == Some(&prefix) {
            return Ok(());
        }
        let present = self.counts.get_key_value(&prefix).map(|(prefix, count)| (Arc::clone(prefix), *count));
        let (shared, count) = present.unwrap_or_else(|| (Arc::new(prefix), 0));
        if count >= limit {
            return Err(Refused { source: prefix, limit });
        }
        self.counts.insert(Arc::clone(&shared), count + 1);
        if let Some(before) = counted.replace(shared) {
            self.leave(&before);
        }
        Ok(())
    }

    fn leave(&mut self, counted: &Prefix) {
        let Some(count) = self.counts.get_mut(counted) else { return };
        *count -= 1;
        if *count > 0 {
            return;
        }
        self.counts.remove(counted);
        let (len, capacity) = (self.counts.len(), self.counts.capacity());
        if capacity > KEPT && len < capacity / SPARSE {
            self.counts.shrink_to(len * 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;
    use crate::limit::prefix::Lengths;

    fn admit(addresses: &Addresses, source: &str) -> bool {
        // The permit of one that stays.
        addresses.admit(source.parse().unwrap(), &mut None).is_ok()
    }

    #[test]
    fn one_source_is_refused_and_others_are_not() {
        let addresses = Addresses::new();
        addresses.set_limit(Some(2));
        let table = [
            ("127.0.1.1", true),
            ("127.0.1.1", true),
            ("127.0.1.1", false),
            ("::ffff:127.0.1.1", false),
            ("127.0.2.1", true),
            ("::1", true),
            ("2001:db8::1", true),
            ("2001:db8::2", true),
            ("2001:db8::3", false),
            ("2001:db8:0:1::3", true),
        ];
        for (source, admitted) in table {
            assert_eq!(admit(&addresses, source), admitted, "{source}");
        }
        assert_eq!(addresses.refused(), 3);
        assert_eq!(addresses.count_of("::ffff:127.0.1.1".parse().unwrap()), 2);
        assert_eq!(addresses.count_of("127.0.3.1".parse().unwrap()), 0);
    }

    #[test]
    fn a_connection_moves_from_the_proxy_to_its_source_and_stays_if_it_may_not() {
        let addresses = Addresses::new();
        addresses.set_limit(Some(1));
        let [proxy, source, other] = ["10.0.0.1", "192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().unwrap());
        let (mut first, mut second) = (None, None);
        addresses.admit(proxy, &mut first).unwrap();
        let refused = addresses.admit(proxy, &mut second).unwrap_err();
        assert_eq!(refused.to_string(), "10.0.0.1 has 1 connections, which is the limit for one address");
        addresses.admit(source, &mut first).unwrap();
        addresses.admit(source, &mut first).unwrap();
        assert_eq!((addresses.count_of(proxy), addresses.count_of(source)), (0, 1));
        addresses.admit(proxy, &mut second).unwrap();
        addresses.admit(source, &mut second).unwrap_err();
        assert_eq!((addresses.count_of(proxy), addresses.count_of(source)), (1, 1));
        addresses.admit(other, &mut second).unwrap();
        addresses.leave(&first.unwrap());
        addresses.leave(&second.unwrap());
        assert!(addresses.table.lock().counts.is_empty());
    }

    #[test]
    fn a_limit_that_comes_goes_or_changes_what_it_counts_loses_no_count() {
        let addresses = Addresses::new();
        let source = "192.0.2.77".parse().unwrap();
        let (mut before, mut counted, mut wider, mut after) = (None, None, None, None);
        addresses.admit(source, &mut before).unwrap();
        assert!(before.is_none(), "off, so it is not counted");
        addresses.set_limit(Some(1));
        addresses.admit(source, &mut counted).unwrap();
        addresses.set_lengths(Lengths::new(24, 64));
        addresses.admit(source, &mut wider).unwrap();
        addresses.set_limit(None);
        addresses.admit(source, &mut after).unwrap();
        assert!(after.is_none());
        assert_eq!(addresses.count_of("192.0.2.1".parse().unwrap()), 1);
        for prefix in [counted, wider] {
            addresses.leave(&prefix.unwrap());
        }
        assert!(addresses.table.lock().counts.is_empty());
    }

    #[test]
    fn the_memory_of_a_flood_is_given_back() {
        let addresses = Addresses::new();
        addresses.set_limit(Some(1));
        let mut permits = vec![None; 10_000];
        for (n, permit) in permits.iter_mut().enumerate() {
            addresses.admit(std::net::Ipv4Addr::from_bits(n as u32).into(), permit).unwrap();
        }
        assert_eq!(addresses.table.lock().counts.len(), 10_000);
        permits.into_iter().flatten().for_each(|prefix| addresses.leave(&prefix));
        let table = addresses.table.lock();
        assert_eq!(table.counts.len(), 0);
        assert!(table.counts.capacity() <= 128, "{}", table.counts.capacity());
    }
}
