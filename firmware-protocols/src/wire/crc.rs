//! Block checks.

/// CRC-16/KERMIT: polynomial 1021 reflected, start 0, no final xor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kermit(u16);

impl Kermit {
    /// Over nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }

    /// Takes one more byte into account.
    pub fn update(&mut self, byte: u8) {
        let at = usize::from(byte ^ self.0.to_le_bytes()[0]);
        let row = TABLE.get(at).copied().unwrap_or(0);
        self.0 = (self.0 >> 8) ^ row;
    }

    /// The check value of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut crc = Self::new();
        for byte in bytes {
            crc.update(*byte);
        }
        crc
    }

    /// The value.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }
}

static TABLE: [u16; 256] = table();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "computed by the compiler, over constants: it cannot fail at run time"
)]
const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < table.len() {
        let mut row = at as u16;
        let mut bit = 0;
        while bit < 8 {
            row = if row & 1 == 1 {
                row >> 1 ^ 0x8408
            } else {
                row >> 1
            };
            bit += 1;
        }
        table[at] = row;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value() {
        assert_eq!(Kermit::of(b"123456789").value(), 0x2189);
    }
}
