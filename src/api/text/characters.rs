//! Which characters a text may hold. Two texts that look the same on a screen are one for a cashier, so what
//! cannot be seen has no place in a name. Letters that look alike are another matter: they can be seen.

use std::fmt::Write as _;

/// Characters from one to the other.
type Range = (char, char);

/// What screens, logs and files take for orders, not for text.
const CONTROL: &[Range] = &[
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{2028}', '\u{2029}'),
];

/// What turns the text behind it round.
const DIRECTION: &[Range] = &[('\u{202a}', '\u{202e}'), ('\u{2066}', '\u{2069}')];

/// What is drawn as nothing, or as nothing but a gap.
const INVISIBLE: &[Range] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200b}'),
    ('\u{200e}', '\u{200f}'),
    ('\u{2060}', '\u{2065}'),
    ('\u{206a}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e00ff}'),
    ('\u{e01f0}', '\u{e0fff}'),
];

/// What is not seen, and changes how its neighbours are drawn: joiners, as Persian, Indian and other names
/// need them, and variants of a letter, as in Japanese names.
const SHAPING: &[Range] = &[
    ('\u{180b}', '\u{180d}'),
    ('\u{180f}', '\u{180f}'),
    ('\u{200c}', '\u{200d}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{e0100}', '\u{e01ef}'),
];

const BLANK: &[Range] = &[
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];

/// Arabic begins here, the first script whose letters have shapes to choose from. Before it, and in digits
/// above all, something that shapes is something that hides.
const FIRST_SHAPED: char = '\u{600}';

/// What one kind of text refuses, and what it takes although it cannot be seen.
pub(super) struct Rule {
    refused: &'static [&'static [Range]],
    unseen: &'static [&'static [Range]],
    /// Whether what shapes must have something to shape.
    strict: bool,
}

/// Names: what is compared, searched for and told apart.
pub(super) const NAME: Rule = Rule {
    refused: &[CONTROL, DIRECTION, INVISIBLE],
    unseen: &[SHAPING, BLANK],
    strict: true,
};

/// Sentences for people. Product texts come with hyphens that show at the end of a line only.
pub(super) const PROSE: Rule = Rule {
    refused: &[CONTROL, DIRECTION],
    unseen: &[INVISIBLE, SHAPING, BLANK],
    strict: false,
};

/// What only digits are taken from. Address books put marks of direction round them.
pub(super) const DIGITS: Rule = Rule {
    refused: &[CONTROL],
    unseen: &[DIRECTION, INVISIBLE, SHAPING, BLANK],
    strict: false,
};

/// What is wrong with the characters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Control,
    Direction(char),
    Invisible(char),
    /// Nothing of it can be seen.
    Blank,
}

impl Rule {
    pub(super) fn check(&self, text: &str) -> Result<(), Wrong> {
        let mut before = None;
        for c in text.chars() {
            if holds(self.refused, c) {
                return Err(match c {
                    _ if holds(&[CONTROL], c) => Wrong::Control,
                    _ if holds(&[DIRECTION], c) => Wrong::Direction(c),
                    _ => Wrong::Invisible(c),
                });
            }
            let shapes = before.is_some_and(|before| before >= FIRST_SHAPED);
            if self.strict && holds(&[SHAPING], c) && !shapes {
                return Err(Wrong::Invisible(c));
            }
            // Of two in a row the second shapes what the first does: a variant, then a joiner.
            if !holds(&[SHAPING], c) {
                before = (!holds(&[BLANK], c)).then_some(c);
            }
        }
        if text.chars().all(|c| holds(self.unseen, c)) {
            return Err(Wrong::Blank);
        }
        Ok(())
    }

    /// What it refuses as a regular expression, as far as all languages write that in the same way: nothing
    /// beyond U+FFFF, and nothing of what stands beside what.
    pub(super) fn pattern(&self) -> String {
        let mut refused = String::new();
        for (first, last) in self.refused.iter().copied().flatten() {
            let (first, last) = (u32::from(*first), u32::from(*last));
            if last > 0xffff {
                continue;
            }
            let _ = write!(refused, "\\u{first:04x}");
            if first < last {
                let _ = write!(refused, "-\\u{last:04x}");
            }
        }
        format!("^[^{refused}]*$")
    }
}

/// The text without what cannot be seen.
pub(super) fn visible(text: &str) -> String {
    let hidden: &[&[Range]] = &[DIRECTION, INVISIBLE, SHAPING];
    text.chars().filter(|c| !holds(hidden, *c)).collect()
}

fn holds(classes: &[&[Range]], c: char) -> bool {
    let mut ranges = classes.iter().copied().flatten();
    ranges.any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_in_any_script_are_names() {
        for name in [
            "O-1",
            "Kari Nordmann",
            "Đặng Thị Huyền",
            "שרה לוי",
            "محمد",
            // Persian with a non-joiner, Sinhala and Malayalam with joiners.
            "علی‌رضا",
            "ශ්‍රී",
            "ക്‍ഷ",
            // A Japanese name with a variant of its letter.
            "葛\u{e0100}城",
            "山田　太郎",
            "❤\u{fe0f}\u{200d}🔥",
        ] {
            assert_eq!(NAME.check(name), Ok(()), "{name}");
            assert_eq!(PROSE.check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_looks_like_another_name_or_like_none_is_refused() {
        for (name, wrong) in [
            (" ", Wrong::Blank),
            ("\u{3000}\u{a0}", Wrong::Blank),
            ("O-1\n", Wrong::Control),
            ("O-1\u{2028}", Wrong::Control),
            ("\u{202e}O-1", Wrong::Direction('\u{202e}')),
            ("O-\u{2066}1\u{2069}", Wrong::Direction('\u{2066}')),
            ("O\u{200b}-1", Wrong::Invisible('\u{200b}')),
            ("O\u{ad}-1", Wrong::Invisible('\u{ad}')),
            ("\u{feff}O-1", Wrong::Invisible('\u{feff}')),
            ("O-1\u{e0001}", Wrong::Invisible('\u{e0001}')),
            ("\u{3164}", Wrong::Invisible('\u{3164}')),
            // Nothing to join, nothing to vary.
            ("O-\u{200d}1", Wrong::Invisible('\u{200d}')),
            ("\u{200c}محمد", Wrong::Invisible('\u{200c}')),
            ("محمد \u{200c}", Wrong::Invisible('\u{200c}')),
            ("O-1\u{fe0f}", Wrong::Invisible('\u{fe0f}')),
        ] {
            assert_eq!(NAME.check(name), Err(wrong), "{name:?}");
        }
    }

    #[test]
    fn prose_may_hyphenate_and_a_phone_number_may_come_from_an_address_book() {
        assert_eq!(PROSE.check("Wasch\u{ad}maschine"), Ok(()));
        assert_eq!(PROSE.check("\u{ad}\u{200b} "), Err(Wrong::Blank));
        let turned = PROSE.check("a \u{202e}b");
        assert_eq!(turned, Err(Wrong::Direction('\u{202e}')));
        let phone = "\u{202a}+47 22 22 55 55\u{202c}";
        assert_eq!(DIGITS.check(phone), Ok(()));
        assert_eq!(DIGITS.check("22225555\t"), Err(Wrong::Control));
    }

    #[test]
    fn what_is_blank_here_is_what_unicode_calls_so() {
        for c in '\0'..=char::MAX {
            let gap = c.is_whitespace() && !holds(&[CONTROL], c);
            assert_eq!(holds(&[BLANK], c), gap, "{c:?}");
            assert!(!c.is_control() || holds(&[CONTROL], c), "{c:?}");
        }
    }
}
