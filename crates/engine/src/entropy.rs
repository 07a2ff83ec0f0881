//! Randomness as a parameter: production draws from the operating system, tests from a seed.

use rand::Rng as _;

/// A source of bytes fit for keys, nonces and tokens.
pub trait Entropy: Send + Sync {
    /// Overwrites all of `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// The thread's cryptographic generator, seeded and reseeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

#[cfg(test)]
pub(crate) mod seeded {
    //! Entropy that repeats itself, for tests.

    use super::Entropy;
    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
    use std::sync::{Mutex, PoisonError};

    /// The same bytes for the same seed.
    pub(crate) struct SeededEntropy(Mutex<StdRng>);

    impl SeededEntropy {
        pub(crate) fn new(seed: u64) -> Self {
            Self(Mutex::new(StdRng::seed_from_u64(seed)))
        }
    }

    impl Entropy for SeededEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ_and_fill_every_byte() {
        let (mut one, mut two) = ([0_u8; 64], [0_u8; 64]);
        OsEntropy.fill(&mut one);
        OsEntropy.fill(&mut two);
        assert_ne!(one, two);
        assert!(one.chunks(16).all(|part| part != [0; 16]));
    }
}
