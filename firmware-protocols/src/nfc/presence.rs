//! What lies on a reader from one look to the next: what is new, what is the same as before, what is
//! gone. A machine: each round it is told what was seen and what was read of it.
//!
//! Something counts as gone when it was missing twice: a hand trembles. What stopped answering while it
//! was read is read again while it is there; in the end it is told with what was found.

use alloc::vec::Vec;

use super::reading::Found;
use super::target::Target;

/// So many rounds in a row something must be missing to be gone.
const MISSED_MAX: u8 = 2;

/// So many times a target is read that stops answering meanwhile.
const READINGS_MAX: u8 = 3;

/// All that lies on a reader.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    lying: Vec<Lying>,
}

/// What a round has shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// What has come, read. Things that came at once are told at once.
    pub tapped: Vec<(Target, Found)>,
    /// The last thing is gone.
    pub cleared: bool,
}

#[derive(Clone, Debug)]
struct Lying {
    target: Target,
    found: Found,
    seen: bool,
    missed: u8,
    readings: u8,
    told: bool,
}

impl Presence {
    /// A target answers in this round; whether it is to be read.
    pub fn see(&mut self, target: &Target) -> bool {
        let mut lying = self.lying.iter_mut();
        if let Some(known) = lying.find(|it| !it.seen && target.may_be(&it.target)) {
            known.seen = true;
            known.missed = 0;
            known.target = target.clone();
            return !known.told;
        }
        self.lying.push(Lying {
            target: target.clone(),
            found: Found::default(),
            seen: true,
            missed: 0,
            readings: 0,
            told: false,
        });
        true
    }

    /// The target that was seen last was read.
    pub fn read(&mut self, target: &Target, found: Found) {
        let mut lying = self.lying.iter_mut();
        if let Some(known) = lying.find(|it| it.seen && it.target == *target) {
            known.readings = known.readings.saturating_add(1);
            known.found = found;
        }
    }

    /// All that answers has answered.
    pub fn end_round(&mut self) -> Round {
        let mut round = Round::default();
        let was_empty = self.lying.is_empty();
        for it in &mut self.lying {
            if !it.seen {
                it.missed = it.missed.saturating_add(1);
            }
            let is_read = it.readings > 0 && !it.found.interrupted;
            let is_over = it.readings >= READINGS_MAX || it.missed >= MISSED_MAX;
            if !it.told && (is_read || is_over) {
                it.told = true;
                round.tapped.push((it.target.clone(), it.found.clone()));
            }
            it.seen = false;
        }
        self.lying.retain(|it| it.missed < MISSED_MAX);
        round.cleared = !was_empty && self.lying.is_empty();
        round
    }

    /// Whether anything lies there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lying.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(last: u8) -> Target {
        Target::A {
            uid: [4, 1, 2, 3, 4, 5, last].to_vec(),
            sak: 0,
        }
    }

    fn phone(last: u8) -> Target {
        Target::A {
            uid: [8, 1, 2, last].to_vec(),
            sak: 0x20,
        }
    }

    fn found(interrupted: bool) -> Found {
        Found {
            interrupted,
            ..Found::default()
        }
    }

    /// One round: what is seen, and whether reading it is interrupted. Which of it were read, told,
    /// and whether the reader is clear.
    fn round(presence: &mut Presence, seen: &[(Target, bool)]) -> (Vec<Target>, usize, bool) {
        let mut read = Vec::new();
        for (target, interrupted) in seen {
            if presence.see(target) {
                read.push(target.clone());
                presence.read(target, found(*interrupted));
            }
        }
        let round = presence.end_round();
        (read, round.tapped.len(), round.cleared)
    }

    #[test]
    fn what_lies_there_is_told_once() {
        let mut presence = Presence::default();
        let there = [(tag(1), false)];
        assert_eq!(round(&mut presence, &there), ([tag(1)].to_vec(), 1, false));
        assert_eq!(round(&mut presence, &there), (Vec::new(), 0, false));
        // Missing once is nothing.
        assert_eq!(round(&mut presence, &[]), (Vec::new(), 0, false));
        assert_eq!(round(&mut presence, &there), (Vec::new(), 0, false));
        assert_eq!(round(&mut presence, &[]), (Vec::new(), 0, false));
        assert_eq!(round(&mut presence, &[]), (Vec::new(), 0, true));
        assert!(presence.is_empty());
        assert_eq!(round(&mut presence, &[]), (Vec::new(), 0, false));
        assert_eq!(round(&mut presence, &there).1, 1, "tapped again");
    }

    #[test]
    fn two_at_once_are_told_together_and_a_third_later() {
        let mut presence = Presence::default();
        let two = [(tag(1), false), (tag(2), false)];
        assert_eq!(round(&mut presence, &two).1, 2);
        let three = [(tag(3), false), (tag(2), false), (tag(1), false)];
        assert_eq!(round(&mut presence, &three), ([tag(3)].to_vec(), 1, false));
    }

    #[test]
    fn a_phone_is_the_same_under_another_name_and_two_phones_are_two() {
        let mut presence = Presence::default();
        assert_eq!(round(&mut presence, &[(phone(1), false)]).1, 1);
        assert_eq!(round(&mut presence, &[(phone(2), false)]).1, 0);
        let two = [(phone(3), false), (phone(4), false)];
        assert_eq!(round(&mut presence, &two), ([phone(4)].to_vec(), 1, false));
    }

    #[test]
    fn what_stops_answering_is_read_again_while_it_is_there() {
        let mut presence = Presence::default();
        assert_eq!(round(&mut presence, &[(tag(1), true)]).1, 0);
        assert_eq!(round(&mut presence, &[(tag(1), false)]).1, 1);

        let mut presence = Presence::default();
        for told in [0, 0, 1, 0] {
            assert_eq!(round(&mut presence, &[(tag(1), true)]).1, told);
        }
        // Gone before it could be read: told in the end, with what was found.
        let mut presence = Presence::default();
        assert_eq!(round(&mut presence, &[(tag(1), true)]).1, 0);
        assert_eq!(round(&mut presence, &[]).1, 0);
        assert_eq!(round(&mut presence, &[]), (Vec::new(), 1, true));
    }
}
