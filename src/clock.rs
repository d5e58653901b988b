//! The only place that reads a clock.

use firmware_protocols::time::Instant;

use crate::domain::id::Timestamp;

/// Both clocks of the machine: one that only goes forward, for delays, and the calendar, for people.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: std::time::Instant,
}

impl Clock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    pub fn start() -> Self {
        Self {
            epoch: std::time::Instant::now(),
        }
    }

    /// Monotonic milliseconds since the start.
    #[must_use]
    pub fn monotonic(&self) -> Instant {
        Instant(u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// How long ago the start was, as exactly as it can be told.
    #[must_use]
    pub fn elapsed(&self) -> std::time::Duration {
        self.epoch.elapsed()
    }

    /// The calendar time.
    #[must_use]
    pub fn utc(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }
}

/// Reads an RFC 3339 time such as `2026-01-31T12:00:00Z`.
#[must_use]
pub fn parse_utc(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(|at| Timestamp(at.as_millisecond()))
}

/// Reads a day such as `2026-01-31`, as a span of time that holds this day in every time zone: from
/// where it begins first (UTC+14) to where it ends last (UTC-12).
#[must_use]
pub fn parse_day(text: &str) -> Option<(Timestamp, Timestamp)> {
    let hours = |count: i64| count.saturating_mul(3_600_000);
    let day: jiff::civil::Date = text.parse().ok()?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    let start = start.as_millisecond();
    Some((
        Timestamp(start.saturating_sub(hours(14))),
        Timestamp(start.saturating_add(hours(24 + 12))),
    ))
}

/// Writes a time as RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn format_utc(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| at.0.to_string(), |at| format!("{at:.3}"))
}
