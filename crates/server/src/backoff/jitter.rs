//! Enough randomness to keep servers that failed together from retrying together.

/// Marsaglia's xorshift; not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) const fn new(seed: u64) -> Self {
        // Zero is the one state it never leaves. Neighbouring seeds are spread first.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from -1.0 up to, but not, 1.0.
    pub(super) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The top 53 bits fill a float's mantissa exactly.
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}
