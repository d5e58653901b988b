//! Seconds since 1970 as dates and times.

/// One second of the Gregorian calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Such as 2026.
    pub year: u64,
    /// 1 to 12.
    pub month: u64,
    /// 1 to 31.
    pub day: u64,
    /// 0 to 23.
    pub hour: u64,
    /// 0 to 59.
    pub minute: u64,
    /// 0 to 59.
    pub second: u64,
}

impl Calendar {
    /// The second that `seconds` after 1970 began.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "divisors are constants, and all sums stay below the seconds that were given"
    )]
    pub fn at(seconds: u64) -> Self {
        let (mut days, second) = (seconds / 86_400, seconds % 86_400);
        let mut year = 1970_u64;
        let is_leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        while days >= 365 + u64::from(is_leap(year)) {
            days -= 365 + u64::from(is_leap(year));
            year += 1;
        }
        let february = 28 + u64::from(is_leap(year));
        let mut month = 1_u64;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        Self {
            year,
            month,
            day: days + 1,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// The second, since 1970, of `YYMMDD` and `HHMMSS` of this century; `None` when there is none.
    #[must_use]
    pub fn read(date: &str, time: &str) -> Option<u64> {
        let number = |text: &str, at: usize| -> Option<u64> {
            text.get(at..at.checked_add(2)?)?.parse().ok()
        };
        let year = number(date, 0)?.checked_add(2000)?;
        let (month, day) = (number(date, 2)?, number(date, 4)?);
        let (hour, minute, second) = (number(time, 0)?, number(time, 2)?, number(time, 4)?);
        let wanted = Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        };
        // From a second that is certainly not later, day by day: at most a year and some days.
        let years = year.checked_sub(1970)?;
        let of_day = hour
            .checked_mul(3600)?
            .checked_add(minute.checked_mul(60)?)?;
        let of_day = of_day.checked_add(second)?;
        let first = years.checked_mul(365)?;
        let last = first.checked_add(400)?;
        (first..last)
            .filter_map(|day| day.checked_mul(86_400)?.checked_add(of_day))
            .find(|seconds| Self::at(*seconds) == wanted)
    }

    /// `YYMMDD`.
    #[must_use]
    pub fn short_date(&self) -> String {
        let year = self.year.checked_rem(100).unwrap_or(0);
        format!("{year:02}{}", self.month_day())
    }

    /// `2026-01-31T12:00:00Z`.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// `MMDD`.
    #[must_use]
    pub fn month_day(&self) -> String {
        format!("{:02}{:02}", self.month, self.day)
    }

    /// `HHMMSS`.
    #[must_use]
    pub fn time(&self) -> String {
        format!("{:02}{:02}{:02}", self.hour, self.minute, self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_for_people_and_programs() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Calendar::at(seconds).rfc3339(), text);
        }
        assert_eq!(Calendar::read("000229", "000000"), Some(951_782_400));
        assert_eq!(Calendar::read("241231", "235959"), Some(1_735_689_599));
        assert_eq!(Calendar::read("240230", "000000"), None);
        assert_eq!(Calendar::read("241231", "240000"), None);
        assert_eq!(Calendar::at(951_782_400).short_date(), "000229");
        let last = Calendar::at(1_735_689_599);
        assert_eq!(
            (last.month_day(), last.time()),
            ("1231".to_owned(), "235959".to_owned())
        );
    }
}
