//! What happens to a store in one run, as drawn from its seed beforehand (`draw`): one item at a time, so
//! that an item can be left out without changing the others.

use std::fmt;

use hw_sim::bank::Operation;
use hw_sim::terminal::zvt::FaultKind;

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) setup: Setup,
    pub(crate) items: Vec<Item>,
    /// When the faults end, in milliseconds.
    pub(crate) end: u64,
}

/// How the store is made.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) terminals: Vec<TerminalSetup>,
    pub(crate) several_captures: bool,
    pub(crate) follows_up_terminals: bool,
    /// Whether captures may be queued while the processor is away.
    pub(crate) queues: bool,
    /// How many apps share the terminals.
    pub(crate) apps: usize,
    /// Whether no two payments have the same amount, so that one taken for another shows.
    pub(crate) amounts_differ: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct TerminalSetup {
    pub(crate) is_serial: bool,
    pub(crate) knows_sync: bool,
    pub(crate) pre_authorization: bool,
    pub(crate) card_token: bool,
    pub(crate) sends_full_pan: bool,
    pub(crate) card_delay: u64,
    pub(crate) host_delay: u64,
    /// The one app that may use it.
    pub(crate) works_for: Option<usize>,
}

/// Something that happens at a time.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) at: u64,
    /// Its own source of chance.
    pub(crate) salt: u64,
    pub(crate) deed: Deed,
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// An app asks, at a terminal or at any of the pool.
    Ask {
        wish: Wish,
        manner: Manner,
        app: usize,
        pool: bool,
    },
    Deal {
        app: usize,
        deal: Deal,
    },
    Fault(Fault),
}

/// What apps do about terminals, and with their connections.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deal {
    /// Have a terminal, or any of the pool, for so many seconds after each use.
    Acquire {
        terminal: Option<usize>,
        ttl: u64,
        overrides: bool,
    },
    Release {
        terminal: usize,
    },
    /// Its connection is lost, and comes back after so long.
    Leave {
        time: u64,
    },
}

/// What an app wants. `which` picks among what the apps know when the time has come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Sale {
        terminal: usize,
        minor: u64,
        token: bool,
    },
    Authorize {
        terminal: usize,
        minor: u64,
    },
    Capture {
        which: u64,
        part: Option<u64>,
    },
    Void {
        which: u64,
    },
    Refund {
        which: u64,
        part: Option<u64>,
    },
    Deposit {
        terminal: usize,
    },
    Tokenize {
        terminal: usize,
        which: u64,
    },
    Put,
    Pickup {
        which: u64,
        other: Option<usize>,
    },
    Ship {
        which: u64,
    },
    Cancel {
        which: u64,
        keep: bool,
    },
    /// A request of before once more, or its key with another request.
    Repeat {
        which: u64,
        changed: bool,
    },
    Look {
        which: u64,
    },
    Abort {
        terminal: usize,
    },
    /// What a terminal's batch holds; the end of its day when it `closes`.
    Batch {
        terminal: usize,
        closes: bool,
    },
}

/// How an app waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    Patient,
    /// Asks again with the same key after so many milliseconds without an answer.
    Impatient(u64),
    /// Sends the request twice at once.
    Twice,
    /// Loses its connection after so long, and comes back much later.
    Leaves(u64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Terminal {
        terminal: usize,
        kind: FaultKind,
        count: u64,
    },
    Reboot {
        terminal: usize,
    },
    Unplug {
        terminal: usize,
        time: u64,
    },
    /// The line ends after so many more bytes.
    Cut {
        terminal: usize,
        to_till: bool,
        bytes: u64,
        time: u64,
    },
    Noise {
        terminal: usize,
        kind: Noise,
        permille: u64,
        time: u64,
    },
    Host {
        terminal: usize,
        kind: HostFault,
        count: u64,
    },
    Processor {
        kind: CallFault,
        count: u64,
    },
    Decline {
        on: Operation,
        count: u64,
    },
    Expire {
        which: u64,
    },
    Card {
        terminal: usize,
        which: u64,
    },
    /// Nobody presents a card for so long.
    NoCard {
        terminal: usize,
        time: u64,
    },
    SlowDisk {
        delay: u64,
        time: u64,
    },
    /// A commit fails; somebody mends the disk and restarts the station after so long.
    DiskFails {
        time: u64,
    },
    /// The station dies at its so many-th step from now, and is back after so long.
    Crash {
        steps: u64,
        time: u64,
    },
    /// The calendar is so many seconds ahead from now on.
    Clock {
        seconds: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noise {
    Drop,
    Corrupt,
    Double,
    Split,
    Delay,
}

/// What goes wrong between a terminal and its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostFault {
    LostBefore,
    LostAfter,
    Slow,
}

/// What goes wrong with a call of the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallFault {
    Unreachable,
    SilentBefore,
    SilentAfter,
    /// Arrives after the caller has given up.
    ArrivesLate,
    ErrorBefore,
    ErrorAfter,
    Garbled,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deed {
            Deed::Ask {
                wish,
                manner,
                app,
                pool,
            } => {
                let place = if *pool { ", from the pool" } else { "" };
                write!(f, "app {app}: {wish:?} {manner:?}{place}")
            }
            Deed::Deal { app, deal } => write!(f, "app {app}: {deal:?}"),
            Deed::Fault(fault) => write!(f, "fault: {fault:?}"),
        }
    }
}
