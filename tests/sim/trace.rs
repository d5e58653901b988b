//! What happened, as a hash of every line, and on request as the lines themselves.

use std::fmt;

#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keeps_lines: bool) -> Self {
        Self {
            hash: 0xcbf2_9ce4_8422_2325,
            lines: keeps_lines.then(Vec::new),
        }
    }

    /// Notes a line.
    pub(crate) fn note(&mut self, now: u64, what: fmt::Arguments<'_>) {
        let _ = fmt::write(&mut Hasher(&mut self.hash), format_args!("{now} {what}\n"));
        if let Some(lines) = &mut self.lines {
            let (minutes, ms) = (now / 60_000, now % 60_000);
            lines.push(format!("{minutes:4}:{} {what}", Seconds(ms)));
        }
    }

    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}

struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

struct Hasher<'a>(&'a mut u64);

impl fmt::Write for Hasher<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.0 = (*self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        Ok(())
    }
}
