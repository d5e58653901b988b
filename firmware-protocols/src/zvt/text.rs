//! Text of displays and receipts (PA00P016, "Character sets"; PA00P015, tag 14).
//!
//! Whatever is decoded here has the digit runs masked that could be card numbers: a receipt is the
//! one place where a careless terminal prints one.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A character set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// IBM code page 437, the default.
    #[default]
    Cp437,
    /// The 7-bit set: Ä Ö Ü at 5B 5C 5D, ä ö ü ß at 7B 7C 7D 7E.
    SevenBit,
    /// ISO 8859-1. Other parts of that standard are read as this one: their letters differ.
    Latin1,
    /// UTF-8.
    Utf8,
}

impl Charset {
    /// The set that tag 14 names; `None` for an unknown number.
    #[must_use]
    pub const fn from_tag(number: u8) -> Option<Self> {
        match number {
            0x00 => Some(Self::SevenBit),
            0x01..=0x10 => Some(Self::Latin1),
            0xFE => Some(Self::Utf8),
            0xFF => Some(Self::Cp437),
            0x11..=0xFD => None,
        }
    }

    /// Its number in tag 14.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::SevenBit => 0x00,
            Self::Latin1 => 0x01,
            Self::Utf8 => 0xFE,
            Self::Cp437 => 0xFF,
        }
    }
}

/// Text as it was on the wire. It decodes and prints masked only.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Text<'a>(pub &'a [u8]);

impl Text<'_> {
    /// The text without trailing blanks and NULs, with possible card numbers masked.
    #[must_use]
    pub fn decode(&self, charset: Charset) -> String {
        let plain = match charset {
            Charset::Utf8 => String::from_utf8_lossy(self.0).into_owned(),
            Charset::Cp437 => self.0.iter().map(|byte| cp437(*byte)).collect(),
            Charset::SevenBit => self.0.iter().map(|byte| seven_bit(*byte)).collect(),
            Charset::Latin1 => self.0.iter().map(|byte| char::from(*byte)).collect(),
        };
        let printable: String = plain
            .trim_end_matches(['\0', ' ', '\r', '\n'])
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        mask_card_numbers(printable)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.decode(Charset::Cp437))
    }
}

/// `text` in code page 437; `?` for what it lacks.
#[must_use]
pub fn encode(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| encode_char(c).unwrap_or(b'?'))
        .collect()
}

/// Replaces the digits of everything that could be a card number, all but the last four: 12 digits
/// or more, also with up to two blanks or dashes between them.
///
/// It errs towards masking: a long contract number is lost rather than a card number shown.
#[must_use]
pub fn mask_card_numbers(text: String) -> String {
    if text.chars().filter(char::is_ascii_digit).count() < FEWEST_DIGITS {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let mut gap = 0_usize;
    for c in text.chars() {
        let separates = matches!(c, ' ' | '-' | '\u{a0}' | '\t');
        if c.is_ascii_digit() {
            run.push(c);
            gap = 0;
        } else if separates && !run.is_empty() && gap < 2 {
            run.push(c);
            gap = gap.saturating_add(1);
        } else {
            flush(&mut run, &mut out);
            gap = 0;
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

/// The shortest run that is masked. Card numbers have 12 to 19 digits; longer runs hide them.
const FEWEST_DIGITS: usize = 12;

fn flush(run: &mut String, out: &mut String) {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let hidden = if digits < FEWEST_DIGITS {
        0
    } else {
        digits.saturating_sub(4)
    };
    let mut seen = 0_usize;
    for c in run.chars() {
        let is_digit = c.is_ascii_digit();
        out.push(if is_digit && seen < hidden { '*' } else { c });
        seen = seen.saturating_add(usize::from(is_digit));
    }
    run.clear();
}

fn cp437(byte: u8) -> char {
    let Some(at) = byte.checked_sub(0x80) else {
        return char::from(byte);
    };
    CP437.get(usize::from(at)).copied().unwrap_or('?')
}

fn seven_bit(byte: u8) -> char {
    match byte {
        0x5B => 'Ä',
        0x5C => 'Ö',
        0x5D => 'Ü',
        0x7B => 'ä',
        0x7C => 'ö',
        0x7D => 'ü',
        0x7E => 'ß',
        0x00..=0x7F => char::from(byte),
        0x80..=0xFF => '?',
    }
}

fn encode_char(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(u32::from(c)).ok();
    }
    let at = CP437.iter().position(|known| *known == c)?;
    u8::try_from(at).ok()?.checked_add(0x80)
}

#[rustfmt::skip]
static CP437: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐',
    '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧',
    '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐', '▀',
    'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩',
    '≡', '±', '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn card_numbers_are_masked() {
        for (given, shown) in [
            ("Karte 4711110000001112", "Karte ************1112"),
            ("4711 1100 0000 1112 VISA", "**** **** **** 1112 VISA"),
            ("4711-1100-0000-1112", "****-****-****-1112"),
            ("471111000011", "********0011"),
            ("47111100001", "47111100001"),
            ("4711  1100  0000 1112.", "****  ****  **** 1112."),
            ("Trace 000123 Beleg 0001", "Trace 000123 Beleg 0001"),
            (
                "#############1112 22.11.2025 13:35",
                "#############1112 22.11.2025 13:35",
            ),
            (
                "47111100000011124711110000001112",
                "****************************1112",
            ),
            ("", ""),
        ] {
            assert_eq!(mask_card_numbers(given.into()), shown);
            let raw = Text(given.as_bytes());
            assert!(!format!("{raw:?}").contains("4711110000001112"));
        }
    }

    #[test]
    fn umlauts_in_each_set() {
        assert_eq!(Text(&[0x8E, 0x94, 0xE1]).decode(Charset::Cp437), "Äöß");
        assert_eq!(Text(&[0x5B, 0x7C, 0x7E]).decode(Charset::SevenBit), "Äöß");
        assert_eq!(Text(&[0xC4, 0xF6, 0xDF]).decode(Charset::Latin1), "Äöß");
        assert_eq!(Text("Äöß".as_bytes()).decode(Charset::Utf8), "Äöß");
        assert_eq!(encode("Zahlung für 5 €"), b"Zahlung f\x81r 5 ?");
    }

    #[test]
    fn filling_and_control_characters_go() {
        assert_eq!(Text(b"VISA\0").decode(Charset::Cp437), "VISA");
        assert_eq!(Text(b"A1B2\0\0\0\0").decode(Charset::Cp437), "A1B2");
        assert_eq!(Text(b"a\x1bb  ").decode(Charset::Cp437), "a b");
    }
}
