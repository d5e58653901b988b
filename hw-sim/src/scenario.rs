//! Scenarios: what happens at a terminal, and when, as a table that people write.
//!
//! ```text
//! # One line a step: when, what, with what. The rest of a line after # is for readers.
//! start           card visa-approve
//! payment 2       outcome insufficient_funds
//! payment 3       fault reboot before_result
//! payment 4       to till 3 flip byte 9 bit 2
//! payment 4       ack to till next drop
//! after 90s       unplug 5s
//! every payment   from till 1 double
//! ```
//!
//! | when | |
//! | --- | --- |
//! | `start` | when the scenario begins |
//! | `payment N`, `every payment` | when a till asks for the N-th payment since then |
//! | `after TIME` | so long after the beginning |
//!
//! | what | |
//! | --- | --- |
//! | `card NAME` | this card is presented from now on |
//! | `hold`, `present` | nobody presents a card any more; somebody does |
//! | `type DIGITS`, `key NAME` | at the terminal, where the till asks for it |
//! | `outcome WHAT` | of the next payment: a reason of declines, `cancel` (the customer presses stop), `partial MINOR` (no more than that is approved) |
//! | `host down`, `host up` | the terminal cannot reach its host; it can |
//! | `paper out`, `paper in` | the printer; without paper the terminal is locked with CC |
//! | `lock CODE`, `unlock` | the terminal refuses all that moves money, with this code |
//! | `fault KIND [TIME or PLACE] [times N]` | as over the control port |
//! | `reboot`, `unplug TIME` | now |
//! | `WAY WHICH DAMAGE` | on the line, see below |
//!
//! `WAY` is `to till`, `from till`, `ack to till` or `ack from till`; `WHICH` is `next`, `every` or a
//! number, counted from the moment of the step; `DAMAGE` is `flip [byte N] [bit N]`, `drop`, `double`,
//! `split [byte N]`, `merge`, `delay TIME`, `noise`, `nak`, `cut byte N for TIME`, and `times N` behind
//! it. Bytes are counted from 0. A `TIME` is `250ms`, `5s` or `2m`.

mod parse;
mod presets;

use std::fmt;

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::message::Input;

use crate::cable::CableFault;
use crate::terminal::zvt::Fault;
use crate::wallet::{Card, Decline};

pub use parse::read;
pub use presets::{PRESETS, Preset, preset};

/// What happens, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// In the order in which they are written.
    pub steps: Vec<Step>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub when: Moment,
    /// What.
    pub act: Act,
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When the scenario begins.
    Start,
    /// When the till asks for a payment: the first is 1.
    Payment(u64),
    /// Each time it does.
    EveryPayment,
    /// So long after the beginning.
    After(Duration),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// This card is presented from now on.
    Card(&'static Card),
    /// Nobody presents a card any more.
    Hold,
    /// Somebody does.
    Present,
    /// This is entered, where the terminal waits for an input.
    Enter(Input),
    /// How the next payment ends.
    Outcome(Outcome),
    /// Whether the terminal reaches its host.
    Host {
        /// It does not.
        is_down: bool,
    },
    /// The terminal is locked with this code, or not any more.
    Lock(Option<u8>),
    /// Something goes wrong in the terminal.
    Fault(Fault),
    /// The power goes now.
    Reboot,
    /// The cable is pulled now, for so long.
    Unplug(Duration),
    /// Something happens on the line.
    Cable(CableFault),
}

/// How a payment ends, whatever the card and the amount are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The host says no.
    Decline(Decline),
    /// The customer presses stop instead of presenting a card.
    Cancel,
    /// No more than so many minor units are approved.
    Partial(u64),
}

/// Where a scenario cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The first line is 1.
    pub line: usize,
    /// What stands there; nothing at the end of a line.
    pub found: String,
    /// What could have.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found.as_str() {
            "" => write!(
                f,
                "{}: the line ends; expected {}",
                self.line, self.expected
            ),
            found => write!(f, "{}: `{found}`; expected {}", self.line, self.expected),
        }
    }
}

#[cfg(test)]
mod tests;
