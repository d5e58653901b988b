//! The line between a driver and a terminal: bytes take their time, and not all arrive.

use crate::plan::Noise;
use crate::random::Random;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToTerminal,
    ToTill,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) is_serial: bool,
    pub(crate) is_plugged: bool,
    /// Unpluggings so far: a plug that goes in again belongs to one of them.
    pub(crate) unplugged: u64,
    /// The driver has it open.
    pub(crate) is_open: bool,
    /// How often the driver has opened it.
    pub(crate) opened: u64,
    /// What is on its way belongs to one connection each.
    pub(crate) to_terminal: u64,
    pub(crate) to_till: u64,
    last_arrival: [u64; 2],
    pub(crate) noise: Option<(Noise, u64, u64)>,
    /// So many bytes more, then the line is cut for so long.
    pub(crate) cut: Option<(Way, u64, u64)>,
}

/// Bytes that will arrive, and when.
pub(crate) struct Parcel {
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

/// What becomes of bytes that are sent.
pub(crate) struct Sent {
    pub(crate) parcels: Vec<Parcel>,
    /// The line is cut behind them, for so long.
    pub(crate) cut: Option<u64>,
}

impl Line {
    pub(crate) const fn new(is_serial: bool) -> Self {
        Self {
            is_serial,
            is_plugged: true,
            unplugged: 0,
            is_open: false,
            opened: 0,
            to_terminal: 0,
            to_till: 0,
            last_arrival: [0; 2],
            noise: None,
            cut: None,
        }
    }

    pub(crate) fn send(&mut self, way: Way, bytes: Vec<u8>, now: u64, random: &mut Random) -> Sent {
        let mut bytes = bytes;
        let mut cut = None;
        if let Some((cut_way, left, time)) = &mut self.cut
            && *cut_way == way
        {
            let length = u64::try_from(bytes.len()).unwrap();
            if length > *left {
                bytes.truncate(usize::try_from(*left).unwrap());
                cut = Some(*time);
            } else {
                *left -= length;
            }
        }
        if cut.is_some() {
            self.cut = None;
        }
        let mut delay = random.between(1, 4);
        let mut chunks = vec![bytes];
        if let Some((noise, permille, until)) = self.noise
            && now < until
            && random.permille(permille)
        {
            // TCP loses, changes and doubles nothing.
            match noise {
                Noise::Drop if self.is_serial => chunks.clear(),
                Noise::Double if self.is_serial => chunks.push(chunks[0].clone()),
                Noise::Corrupt if self.is_serial && !chunks[0].is_empty() => {
                    let at = random.index(chunks[0].len());
                    chunks[0][at] ^= 1 << random.below(8);
                }
                Noise::Split => {
                    chunks = chunks[0].iter().map(|byte| vec![*byte]).collect();
                }
                Noise::Delay => delay += random.pick(&[50, 250, 1_000, 6_000, 40_000]),
                Noise::Drop | Noise::Double | Noise::Corrupt => {}
            }
        }
        let mut parcels = Vec::new();
        for bytes in chunks.into_iter().filter(|bytes| !bytes.is_empty()) {
            let at = self.arrival(way, now + delay);
            parcels.push(Parcel { at, bytes });
        }
        Sent { parcels, cut }
    }

    /// The time at which something that is sent now can arrive: nothing overtakes.
    pub(crate) fn arrival(&mut self, way: Way, at: u64) -> u64 {
        let last = match way {
            Way::ToTerminal => &mut self.last_arrival[0],
            Way::ToTill => &mut self.last_arrival[1],
        };
        *last = at.max(*last);
        *last
    }

    /// Whatever is on its way is lost.
    pub(crate) const fn lose(&mut self) {
        self.to_terminal += 1;
        self.to_till += 1;
        self.is_open = false;
        self.last_arrival = [0; 2];
    }
}
