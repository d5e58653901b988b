//! The cable between a simulated terminal and its till, and what can happen to what is on it.
//!
//! Every message, and every acknowledgement of a serial line, passes here in both directions. Faults
//! are done to whole messages, down to single bytes of them; time is an argument, so that a test can
//! wait for a late message without waiting.

use std::collections::VecDeque;
use std::mem::discriminant;

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::apdu::Apdu;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the terminal to the till.
    ToTill,
    /// From the till to the terminal.
    FromTill,
}

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A frame, or on TCP a unit.
    Message,
    /// ACK or NAK of a serial line.
    Acknowledgement,
}

/// Something that happens on the cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CableFault {
    /// To what goes this way,
    pub way: Way,
    /// of this sort,
    pub sort: Sort,
    /// after so many of them,
    pub skip: u64,
    /// so many times,
    pub times: u64,
    /// this.
    pub damage: Damage,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A bit is flipped.
    Flip {
        /// In this byte, the first is 0; the middle one if none is named.
        byte: Option<usize>,
        /// The lowest bit is 0.
        bit: u8,
    },
    /// It is lost.
    Drop,
    /// It comes twice.
    Double,
    /// It comes in two pieces, the first of so many bytes; or byte by byte.
    Split(Option<usize>),
    /// It waits for the next one that goes this way, and comes as one with it.
    Merge,
    /// It comes so much later, and nothing overtakes it.
    Delay(Duration),
    /// Noise comes before it.
    Noise,
    /// It is refused: a message gets NAK and is not looked at, an ACK becomes a NAK.
    Nak,
    /// The cable is pulled after so many bytes of it, and plugged in again after a while.
    Cut {
        /// Bytes that still arrive.
        after: usize,
        /// For how long.
        back: Duration,
    },
}

/// What comes out of the cable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// At this end.
    Bytes(Way, Vec<u8>),
    /// It is pulled for so long.
    Cut(Duration),
}

/// The cable.
#[derive(Debug)]
pub(crate) struct Cable {
    faults: Vec<CableFault>,
    splitter: Splitter,
    /// What waits for the next message, and what is on its way, for each way.
    merging: [Vec<u8>; 2],
    late: [VecDeque<(Instant, Vec<u8>)>; 2],
    passed: VecDeque<Passed>,
}

impl Cable {
    pub(crate) const fn new(framing: Framing) -> Self {
        Self {
            faults: Vec::new(),
            splitter: Splitter {
                framing,
                buffer: Vec::new(),
                state: State::Outside,
            },
            merging: [Vec::new(), Vec::new()],
            late: [VecDeque::new(), VecDeque::new()],
            passed: VecDeque::new(),
        }
    }

    pub(crate) fn add(&mut self, fault: CableFault) {
        if fault.times > 0 {
            self.faults.push(fault);
        }
    }

    /// Nothing happens any more; what was held back comes at the next call.
    pub(crate) fn clear(&mut self) {
        self.faults.clear();
        for way in [Way::ToTill, Way::FromTill] {
            let held = std::mem::take(self.merging_on(way));
            if !held.is_empty() {
                self.late_on(way).push_back((Instant::default(), held));
            }
        }
    }

    /// Whatever is on its way is lost: the cable was pulled, or the terminal is off.
    pub(crate) fn lose(&mut self) {
        self.splitter.buffer.clear();
        self.splitter.state = State::Outside;
        self.merging = [Vec::new(), Vec::new()];
        self.late = [VecDeque::new(), VecDeque::new()];
        self.passed.clear();
    }

    /// Something goes in. What the till sends may be split anywhere; what the terminal sends is whole.
    pub(crate) fn put(&mut self, way: Way, bytes: Vec<u8>, now: Instant) {
        if way == Way::ToTill {
            let sort = match bytes.len() {
                0 | 1 => Sort::Acknowledgement,
                _ => Sort::Message,
            };
            self.pass(way, sort, bytes, now);
            return;
        }
        let is_watched = self.faults.iter().any(|fault| fault.way == way);
        let is_joined = !self.merging_on(way).is_empty();
        if !is_watched && !is_joined && self.splitter.buffer.is_empty() {
            self.deliver(way, bytes, now, Duration::ZERO);
            return;
        }
        for byte in bytes {
            match self.splitter.take(byte) {
                Some((Some(sort), whole)) => self.pass(way, sort, whole, now),
                Some((None, noise)) => self.deliver(way, noise, now, Duration::ZERO),
                None => {}
            }
        }
    }

    /// What comes out next.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Passed> {
        if let Some(passed) = self.passed.pop_front() {
            return Some(passed);
        }
        let ways = [Way::ToTill, Way::FromTill].into_iter().zip(&mut self.late);
        for (way, late) in ways {
            if late.front().is_some_and(|(at, _)| *at <= now) {
                let (_, bytes) = late.pop_front()?;
                return Some(Passed::Bytes(way, bytes));
            }
        }
        None
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let late = self.late.iter();
        late.filter_map(|late| Some(late.front()?.0)).min()
    }

    /// One message or acknowledgement, whole.
    fn pass(&mut self, way: Way, sort: Sort, whole: Vec<u8>, now: Instant) {
        let damages = self.hits(way, sort);
        let mut parts = vec![whole];
        let mut delay = Duration::ZERO;
        let mut cut = None;
        let mut merges = false;
        for damage in damages {
            match damage {
                Damage::Flip { byte, bit } => flip(&mut parts, byte, bit),
                Damage::Drop => parts.clear(),
                Damage::Double => parts.extend(parts.clone()),
                Damage::Split(at) => parts = split(parts, at),
                Damage::Merge => merges = true,
                Damage::Delay(time) => delay = delay.saturating_add(time),
                Damage::Noise => parts.insert(0, NOISE.to_vec()),
                Damage::Nak if sort == Sort::Acknowledgement => parts = vec![vec![NAK]],
                Damage::Nak => {
                    parts.clear();
                    self.deliver(other(way), vec![NAK], now, Duration::ZERO);
                }
                Damage::Cut { after, back } => cut = Some((after, back)),
            }
        }
        if let Some((after, back)) = cut {
            let mut whole = parts.concat();
            whole.truncate(after);
            self.deliver(way, whole, now, delay);
            self.passed.push_back(Passed::Cut(back));
            return;
        }
        let mut held = std::mem::take(self.merging_on(way));
        if merges {
            held.extend(parts.concat());
            *self.merging_on(way) = held;
            return;
        }
        if !held.is_empty() {
            held.extend(parts.concat());
            parts = vec![held];
        }
        for part in parts {
            self.deliver(way, part, now, delay);
        }
    }

    /// What happens to this one. Faults of one kind take turns: each hits a message of its own.
    fn hits(&mut self, way: Way, sort: Sort) -> Vec<Damage> {
        let mut damages: Vec<Damage> = Vec::new();
        for fault in &mut self.faults {
            if fault.way != way || fault.sort != sort {
                continue;
            }
            let is_kind = |damage: &Damage| discriminant(damage) == discriminant(&fault.damage);
            if fault.skip > 0 {
                fault.skip = fault.skip.saturating_sub(1);
            } else if !damages.iter().any(is_kind) {
                fault.times = fault.times.saturating_sub(1);
                damages.push(fault.damage);
            }
        }
        self.faults.retain(|fault| fault.times > 0);
        damages
    }

    fn deliver(&mut self, way: Way, bytes: Vec<u8>, now: Instant, delay: Duration) {
        if bytes.is_empty() {
            return;
        }
        let late = self.late_on(way);
        let behind = late.back().map(|(at, _)| *at);
        if behind.is_none() && delay.is_zero() {
            self.passed.push_back(Passed::Bytes(way, bytes));
            return;
        }
        let at = now.after(delay);
        late.push_back((behind.map_or(at, |behind| behind.max(at)), bytes));
    }

    const fn merging_on(&mut self, way: Way) -> &mut Vec<u8> {
        let [to_till, from_till] = &mut self.merging;
        match way {
            Way::ToTill => to_till,
            Way::FromTill => from_till,
        }
    }

    const fn late_on(&mut self, way: Way) -> &mut VecDeque<(Instant, Vec<u8>)> {
        let [to_till, from_till] = &mut self.late;
        match way {
            Way::ToTill => to_till,
            Way::FromTill => from_till,
        }
    }
}

const fn other(way: Way) -> Way {
    match way {
        Way::ToTill => Way::FromTill,
        Way::FromTill => Way::ToTill,
    }
}

fn flip(parts: &mut [Vec<u8>], byte: Option<usize>, bit: u8) {
    for part in parts {
        let at = byte.unwrap_or(part.len() / 2);
        if let Some(byte) = part.get_mut(at) {
            *byte ^= 1_u8.checked_shl(u32::from(bit)).unwrap_or(1);
        }
    }
}

fn split(parts: Vec<Vec<u8>>, at: Option<usize>) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    for mut part in parts {
        match at {
            Some(at) => {
                let rest = part.split_off(at.min(part.len()));
                pieces.extend([part, rest]);
            }
            None => pieces.extend(part.into_iter().map(|byte| vec![byte])),
        }
    }
    pieces
}

/// Finds messages in what the till sends.
#[derive(Debug)]
struct Splitter {
    framing: Framing,
    buffer: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Outside,
    OutsideDle,
    Inside,
    InsideDle,
    Check(u8),
}

impl Splitter {
    /// What is whole with this byte; `None` for its sort is noise.
    fn take(&mut self, byte: u8) -> Option<(Option<Sort>, Vec<u8>)> {
        self.buffer.push(byte);
        let sort = match self.framing {
            Framing::Tcp => Apdu::split(&self.buffer).ok().map(|_| Some(Sort::Message)),
            Framing::Serial => self.frame(byte),
        }?;
        Some((sort, std::mem::take(&mut self.buffer)))
    }

    fn frame(&mut self, byte: u8) -> Option<Option<Sort>> {
        let (next, whole) = match (self.state, byte) {
            (State::Outside | State::OutsideDle, DLE) => (State::OutsideDle, None),
            (State::Outside, ACK | NAK) => (State::Outside, Some(Some(Sort::Acknowledgement))),
            (State::Outside, _) => (State::Outside, Some(None)),
            (State::OutsideDle, STX) => (State::Inside, None),
            (State::OutsideDle, _) => (State::Outside, Some(None)),
            (State::Inside, DLE) => (State::InsideDle, None),
            (State::InsideDle, ETX) => (State::Check(2), None),
            (State::Inside | State::InsideDle, _) => (State::Inside, None),
            (State::Check(2), _) => (State::Check(1), None),
            (State::Check(_), _) => (State::Outside, Some(Some(Sort::Message))),
        };
        self.state = next;
        whole
    }
}

const ACK: u8 = 0x06;
const NAK: u8 = 0x15;
const DLE: u8 = 0x10;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// No DLE in it: receivers look for the start of a frame.
const NOISE: &[u8] = &[0x00, 0x55, 0xAA, 0x7F];

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out at once and later, after `fault` was done to `bytes` sent in pieces of `piece`.
    fn through(framing: Framing, fault: CableFault, bytes: &[&[u8]], piece: usize) -> Vec<Passed> {
        let mut cable = Cable::new(framing);
        cable.add(fault);
        let mut passed = Vec::new();
        for whole in bytes {
            let piece = match fault.way {
                Way::ToTill => whole.len(),
                Way::FromTill => piece,
            };
            for part in whole.chunks(piece) {
                cable.put(fault.way, part.to_vec(), Instant(0));
                while let Some(one) = cable.poll(Instant(0)) {
                    passed.push(one);
                }
            }
        }
        if let Some(at) = cable.deadline() {
            while let Some(one) = cable.poll(at) {
                passed.push(one);
            }
        }
        passed
    }

    const ONE: &[u8] = &[0x10, 0x02, 0x80, 0x00, 0x00, 0x10, 0x03, 0xF5, 0x1F];
    const TWO: &[u8] = &[
        0x10, 0x02, 0x06, 0x0F, 0x00, 0x10, 0x10, 0x10, 0x03, 0x01, 0x02,
    ];

    fn expected(way: Way, damage: Damage) -> Vec<Passed> {
        let bytes = |bytes: &[u8]| Passed::Bytes(way, bytes.to_vec());
        let mut flipped = TWO.to_vec();
        flipped[3] ^= 0x40;
        match damage {
            Damage::Flip { .. } => vec![bytes(ONE), bytes(&flipped)],
            Damage::Drop => vec![bytes(ONE)],
            Damage::Double => vec![bytes(ONE), bytes(TWO), bytes(TWO)],
            Damage::Split(_) => vec![bytes(ONE), bytes(&TWO[..4]), bytes(&TWO[4..])],
            // There is none behind it: it is still waiting.
            Damage::Merge => vec![bytes(ONE)],
            Damage::Delay(_) => vec![bytes(ONE), bytes(TWO)],
            Damage::Noise => vec![bytes(ONE), bytes(NOISE), bytes(TWO)],
            Damage::Nak => vec![bytes(ONE), Passed::Bytes(other(way), vec![NAK])],
            Damage::Cut { after, back } => {
                vec![bytes(ONE), bytes(&TWO[..after]), Passed::Cut(back)]
            }
        }
    }

    #[test]
    fn each_damage_is_done_to_the_message_that_is_meant() {
        let second = Duration::from_secs(1);
        for way in [Way::ToTill, Way::FromTill] {
            for damage in [
                Damage::Flip {
                    byte: Some(3),
                    bit: 6,
                },
                Damage::Drop,
                Damage::Double,
                Damage::Split(Some(4)),
                Damage::Merge,
                Damage::Delay(second),
                Damage::Noise,
                Damage::Nak,
                Damage::Cut {
                    after: 5,
                    back: second,
                },
            ] {
                let (sort, skip, times) = (Sort::Message, 1, 1);
                let fault = CableFault {
                    way,
                    sort,
                    skip,
                    times,
                    damage,
                };
                for piece in [1, 3, 100] {
                    let passed = through(Framing::Serial, fault, &[ONE, TWO], piece);
                    assert_eq!(passed, expected(way, damage), "{fault:?} by {piece}");
                }
            }
        }
    }

    #[test]
    fn acknowledgements_are_no_messages() {
        for (damage, left) in [(Damage::Drop, None), (Damage::Nak, Some(NAK))] {
            let fault = CableFault {
                way: Way::FromTill,
                sort: Sort::Acknowledgement,
                skip: 0,
                times: 1,
                damage,
            };
            let ack: &[u8] = &[ACK];
            let passed = through(Framing::Serial, fault, &[ONE, ack, ack], 2);
            let mut expected = vec![Passed::Bytes(Way::FromTill, ONE.to_vec())];
            expected.extend(left.map(|byte| Passed::Bytes(Way::FromTill, vec![byte])));
            expected.push(Passed::Bytes(Way::FromTill, ack.to_vec()));
            assert_eq!(passed, expected, "{damage:?}");
        }
    }

    #[test]
    fn units_on_tcp_are_counted_by_their_length() {
        let units: [&[u8]; 3] = [&[0x80, 0, 0], &[6, 0x0F, 2, 0x27, 0], &[0x80, 0, 0]];
        let fault = CableFault {
            way: Way::FromTill,
            sort: Sort::Message,
            skip: 1,
            times: 1,
            damage: Damage::Merge,
        };
        let passed = through(Framing::Tcp, fault, &[&units.concat()], 4);
        let merged = units[1..].concat();
        let expected = [units[0].to_vec(), merged].map(|it| Passed::Bytes(Way::FromTill, it));
        assert_eq!(passed, expected);
    }

    #[test]
    fn nothing_overtakes_what_is_late() {
        let mut cable = Cable::new(Framing::Serial);
        let (way, sort, times) = (Way::ToTill, Sort::Message, 1);
        let damage = Damage::Delay(Duration::from_secs(2));
        cable.add(CableFault {
            way,
            sort,
            skip: 0,
            times,
            damage,
        });
        cable.put(way, ONE.to_vec(), Instant(0));
        cable.put(way, TWO.to_vec(), Instant(10));
        assert_eq!(cable.poll(Instant(1_999)), None);
        assert_eq!(cable.deadline(), Some(Instant(2_000)));
        let both = [ONE, TWO].map(|bytes| Some(Passed::Bytes(way, bytes.to_vec())));
        assert_eq!(
            [cable.poll(Instant(2_000)), cable.poll(Instant(2_000))],
            both
        );
        assert_eq!(cable.deadline(), None);
    }
}
