//! From text to steps, with every mistake by its line.

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::message::Input;

use super::{Act, Moment, Outcome, Problem, Scenario, Step};
use crate::cable::{CableFault, Damage, Sort, Way};
use crate::terminal::zvt::control::key_named;
use crate::terminal::zvt::{Fault, FaultKind, RebootPoint};
use crate::wallet::{self, Decline};

/// Reads a scenario.
///
/// # Errors
///
/// One [`Problem`] for each line that cannot be understood.
pub fn read(text: &str) -> Result<Scenario, Vec<Problem>> {
    let mut steps = Vec::new();
    let mut problems = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line_number = at.saturating_add(1);
        let told = line.split('#').next().unwrap_or_default();
        let mut words = Words {
            words: told.split_whitespace().collect(),
            next: 0,
        };
        if words.peek().is_none() {
            continue;
        }
        match step(&mut words) {
            Ok(step) => steps.push(step),
            Err(Wrong { found, expected }) => problems.push(Problem {
                line: line_number,
                found,
                expected,
            }),
        }
    }
    match problems.is_empty() {
        true => Ok(Scenario { steps }),
        false => Err(problems),
    }
}

fn step(words: &mut Words<'_>) -> Result<Step, Wrong> {
    let when = moment(words)?;
    let act = act(words)?;
    match words.peek() {
        None => Ok(Step { when, act }),
        Some(_) => Err(words.wrong("the end of the line")),
    }
}

fn moment(words: &mut Words<'_>) -> Result<Moment, Wrong> {
    Ok(match words.take() {
        Some("start") => Moment::Start,
        Some("payment") => Moment::Payment(words.count("the number of a payment, from 1")?),
        Some("every") => match words.take() {
            Some("payment") => Moment::EveryPayment,
            _ => return Err(words.wrong_before("payment")),
        },
        Some("after") => Moment::After(words.time()?),
        _ => return Err(words.wrong_before("start, payment N, every payment or after TIME")),
    })
}

fn act(words: &mut Words<'_>) -> Result<Act, Wrong> {
    Ok(match words.take() {
        Some("card") => {
            let names = format!("a test card: {}", wallet::names());
            Act::Card(words.one_of(wallet::card, &names)?)
        }
        Some("hold") => Act::Hold,
        Some("present") => Act::Present,
        Some("type") => {
            let digits = |word: &str| {
                let are_digits = word.bytes().all(|byte| byte.is_ascii_digit());
                are_digits.then(|| Input::Digits(word.as_bytes().to_vec()))
            };
            Act::Enter(words.one_of(digits, "digits")?)
        }
        Some("key") => {
            let expected = "ok, clear, stop, function, up, down, f1, f2, f3 or f4";
            Act::Enter(Input::Key(words.one_of(key_named, expected)?))
        }
        Some("outcome") => Act::Outcome(outcome(words)?),
        Some("host") => Act::Host {
            is_down: words.either("down", "up")?,
        },
        Some("paper") => {
            let is_out = words.either("out", "in")?;
            Act::Lock(is_out.then_some(PRINTER_NOT_READY))
        }
        Some("lock") => {
            let code = |word: &str| u8::from_str_radix(word, 16).ok();
            Act::Lock(Some(
                words.one_of(code, "a code in hexadecimal, such as 51")?,
            ))
        }
        Some("unlock") => Act::Lock(None),
        Some("fault") => Act::Fault(fault(words)?),
        Some("reboot") => Act::Reboot,
        Some("unplug") => Act::Unplug(words.time()?),
        Some("to") => cable(words, Way::ToTill, Sort::Message)?,
        Some("from") => cable(words, Way::FromTill, Sort::Message)?,
        Some("ack") => match words.take() {
            Some("to") => cable(words, Way::ToTill, Sort::Acknowledgement)?,
            Some("from") => cable(words, Way::FromTill, Sort::Acknowledgement)?,
            _ => return Err(words.wrong_before("to till or from till")),
        },
        _ => {
            return Err(words.wrong_before(
                "card, hold, present, type, key, outcome, host, paper, lock, unlock, fault, reboot, \
                 unplug, to till, from till, ack to till or ack from till",
            ));
        }
    })
}

fn outcome(words: &mut Words<'_>) -> Result<Outcome, Wrong> {
    match words.take() {
        Some("cancel") => Ok(Outcome::Cancel),
        Some("partial") => words
            .count("an amount in minor units")
            .map(Outcome::Partial),
        Some(word) => {
            let reasons = Decline::ALL.map(Decline::word).join(", ");
            let expected = format!("cancel, partial MINOR or a reason: {reasons}");
            let decline = Decline::from_word(word).map(Outcome::Decline);
            decline.ok_or_else(|| words.wrong_before(&expected))
        }
        None => Err(words.wrong_before("cancel, partial MINOR or a reason of declines")),
    }
}

fn fault(words: &mut Words<'_>) -> Result<Fault, Wrong> {
    let Some(name) = words.take() else {
        return Err(words.wrong_before(FaultKind::WORDS));
    };
    let kind = match name {
        "reboot" => FaultKind::Reboot(words.one_of(RebootPoint::named, RebootPoint::WORDS)?),
        "late" | "deaf" => FaultKind::named(name, words.time()?)
            .ok_or_else(|| words.wrong_before(FaultKind::WORDS))?,
        _ => FaultKind::named(name, Duration::ZERO)
            .ok_or_else(|| words.wrong_before(FaultKind::WORDS))?,
    };
    let count = words.times()?;
    Ok(Fault { kind, count })
}

fn cable(words: &mut Words<'_>, way: Way, sort: Sort) -> Result<Act, Wrong> {
    if words.take() != Some("till") {
        return Err(words.wrong_before("till"));
    }
    let (skip, most) = match words.take() {
        Some("next") => (0, 1),
        Some("every") => (0, u64::MAX),
        Some(word) => match word.parse::<u64>() {
            Ok(number @ 1..) => (number.saturating_sub(1), 1),
            Ok(0) | Err(_) => return Err(words.wrong_before(WHICH)),
        },
        None => return Err(words.wrong_before(WHICH)),
    };
    let damage = damage(words)?;
    let times = match words.peek() {
        Some("times") => words.times()?,
        Some(_) | None => most,
    };
    Ok(Act::Cable(CableFault {
        way,
        sort,
        skip,
        times,
        damage,
    }))
}

fn damage(words: &mut Words<'_>) -> Result<Damage, Wrong> {
    Ok(match words.take() {
        Some("flip") => {
            let byte = words.byte()?;
            let bit = match words.skip("bit") {
                true => words.one_of(|word| word.parse().ok().filter(|bit| *bit < 8), "0 to 7")?,
                false => 0,
            };
            Damage::Flip { byte, bit }
        }
        Some("drop") => Damage::Drop,
        Some("double") => Damage::Double,
        Some("split") => Damage::Split(words.byte()?),
        Some("merge") => Damage::Merge,
        Some("delay") => Damage::Delay(words.time()?),
        Some("noise") => Damage::Noise,
        Some("nak") => Damage::Nak,
        Some("cut") => {
            let Some(after) = words.byte()? else {
                return Err(words.wrong("byte N"));
            };
            if !words.skip("for") {
                return Err(words.wrong("for TIME"));
            }
            let back = words.time()?;
            Damage::Cut { after, back }
        }
        _ => return Err(words.wrong_before(DAMAGE)),
    })
}

/// The words of a line.
struct Words<'a> {
    words: Vec<&'a str>,
    next: usize,
}

/// What stands where something else was expected.
struct Wrong {
    found: String,
    expected: String,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    fn take(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.next = self.next.saturating_add(1);
        word
    }

    /// Takes the word if it is this one.
    fn skip(&mut self, word: &str) -> bool {
        let is_it = self.peek() == Some(word);
        if is_it {
            self.next = self.next.saturating_add(1);
        }
        is_it
    }

    /// The next word is wrong.
    fn wrong(&self, expected: &str) -> Wrong {
        Wrong {
            found: self.peek().unwrap_or_default().to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// The word that was taken last is wrong.
    fn wrong_before(&mut self, expected: &str) -> Wrong {
        self.next = self.next.saturating_sub(1);
        self.wrong(expected)
    }

    fn one_of<T>(
        &mut self,
        read: impl FnOnce(&str) -> Option<T>,
        expected: &str,
    ) -> Result<T, Wrong> {
        let found = self.take().and_then(read);
        found.ok_or_else(|| self.wrong_before(expected))
    }

    /// Whether it is the first of two words.
    fn either(&mut self, first: &str, second: &str) -> Result<bool, Wrong> {
        let which = |word: &str| match word == first {
            true => Some(true),
            false => (word == second).then_some(false),
        };
        self.one_of(which, &format!("{first} or {second}"))
    }

    fn count(&mut self, expected: &str) -> Result<u64, Wrong> {
        self.one_of(|word| word.parse().ok().filter(|it| *it > 0), expected)
    }

    /// `byte N`, where there is one.
    fn byte(&mut self) -> Result<Option<usize>, Wrong> {
        match self.skip("byte") {
            true => {
                let byte = self.one_of(|word| word.parse().ok(), "the number of a byte, from 0")?;
                Ok(Some(byte))
            }
            false => Ok(None),
        }
    }

    /// `times N`, or once.
    fn times(&mut self) -> Result<u64, Wrong> {
        match self.skip("times") {
            true => self.count("how often"),
            false => Ok(1),
        }
    }

    fn time(&mut self) -> Result<Duration, Wrong> {
        self.one_of(time, "a time such as 250ms, 5s or 2m")
    }
}

fn time(word: &str) -> Option<Duration> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = word.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

const WHICH: &str = "next, every or a number from 1";
const DAMAGE: &str =
    "flip, drop, double, split, merge, delay TIME, noise, nak or cut byte N for TIME";
/// "Printer not ready".
const PRINTER_NOT_READY: u8 = 0xCC;
