//! Numbers that look random and come from a seed alone.

/// A stream of numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of this name: what one stream draws changes nothing in another.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let mut state = seed ^ 0x9E37_79B9_7F4A_7C15;
        for byte in name.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        let mut random = Self(state);
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from `first` to `last`.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// An index of something of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    /// True so many times in a thousand.
    pub(crate) fn permille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    /// One of the choices, each as often as its weight says; `None` when all weights are 0.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> Option<T> {
        let sum: u64 = choices.iter().map(|(_, weight)| weight).sum();
        if sum == 0 {
            return None;
        }
        let mut at = self.below(sum);
        for (choice, weight) in choices {
            if at < *weight {
                return Some(*choice);
            }
            at -= weight;
        }
        None
    }

    /// Weights for a run: some kinds are not there at all, so that the others meet each other more
    /// often than they would in a mixture of everything.
    pub(crate) fn swarm<T: Copy>(&mut self, kinds: &[T]) -> Vec<(T, u64)> {
        let some = self.between(1, 10);
        let weights = kinds.iter().map(|kind| {
            let is_there = self.below(10) < some;
            (*kind, if is_there { self.between(1, 10) } else { 0 })
        });
        weights.collect()
    }
}
