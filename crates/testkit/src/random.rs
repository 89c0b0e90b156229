/// Numbers at random for tests: quick, repeatable, of no use against an adversary. Made from a [`Seed`](crate::Seed).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(state: u64) -> Self {
        // Xorshift never leaves zero.
        Self { state: state.max(1) }
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "an iterator that never ends helps no test")]
    pub fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        // The low bits of plain xorshift are poor.
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 8
    }

    /// A number below `bound`.
    ///
    /// # Panics
    ///
    /// If the bound is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Yes in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Puts the items into any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}
