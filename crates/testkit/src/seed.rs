use std::env;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use crate::Random;

/// Where [`Random`] numbers come from: the same seed gives the same numbers.
///
/// # Examples
///
/// ```
/// use greenroom_testkit::Seed;
///
/// let seed = Seed::new(7);
/// assert_eq!(seed.random().next(), seed.random().next());
/// assert_ne!(seed.random().next(), seed.random_of(1).next());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The variable that [`from_env`](Self::from_env) reads.
    pub const VARIABLE: &'static str = "GREENROOM_SEED";

    /// This seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed named by `GREENROOM_SEED`, else one at random. It is printed, so that a test that failed can be run again.
    ///
    /// # Panics
    ///
    /// If the variable is set and is not a number.
    #[must_use]
    pub fn from_env() -> Self {
        let seed = match env::var(Self::VARIABLE) {
            Ok(text) => {
                Self(text.parse().unwrap_or_else(|_| panic!("{} is no number: {text}", Self::VARIABLE)))
            }
            Err(_) => Self(RandomState::new().hash_one(std::process::id())),
        };
        #[expect(clippy::print_stderr, reason = "a test that fails has to say how to fail again")]
        {
            eprintln!("{}={seed}", Self::VARIABLE);
        }
        seed
    }

    /// Numbers from this seed.
    #[must_use]
    pub fn random(self) -> Random {
        self.random_of(0)
    }

    /// Numbers from this seed that are others for each `stream`: one for each task of a test.
    #[must_use]
    pub fn random_of(self, stream: u64) -> Random {
        // SplitMix64's step spreads neighbouring seeds, and zero, which xorshift cannot start from.
        let mut mixed = self.0.wrapping_add(stream.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Random::new(mixed ^ (mixed >> 31))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
