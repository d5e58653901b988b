//! The caller's monotonic clock, as a number; nothing in this crate reads one.

pub use core::time::Duration;

/// A point on the caller's monotonic clock, in milliseconds since an epoch that the caller chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

impl Instant {
    /// This instant moved by `delay`; saturates at the end of time.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(delay_ms))
    }
}
