//! Draws what happens in one run.

use std::collections::BTreeSet;

use firmware_protocols::time::Duration;
use hw_sim::bank::Operation;
use hw_sim::terminal::zvt::{FaultKind, RebootPoint};

use crate::leases::SUPERVISOR;
use crate::plan::{
    CallFault, Deal, Deed, Fault, HostFault, Item, Manner, Noise, Plan, Setup, TerminalSetup, Wish,
};
use crate::random::Random;

const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// Draws a run.
pub(crate) fn plan(seed: u64, hours: u64) -> Plan {
    let mut setup = setup(&mut Random::new(seed, "setup"));
    share(&mut Random::new(seed, "share"), &mut setup);
    let end = hours * HOUR;
    let mut items = asks(&mut Random::new(seed, "asks"), &setup, end);
    hand_round(&mut Random::new(seed, "apps"), &setup, &mut items);
    items.extend(deals(&mut Random::new(seed, "deals"), &setup, end));
    items.extend(days(&mut Random::new(seed, "days"), &setup, end));
    items.extend(faults(&mut Random::new(seed, "faults"), &setup, end));
    items.sort_by_key(|item| item.at);
    Plan {
        seed,
        setup,
        items,
        end,
    }
}

fn setup(random: &mut Random) -> Setup {
    let count = random.pick(&[1, 1, 2, 3]);
    let terminals = (0..count).map(|_| TerminalSetup {
        is_serial: random.permille(600),
        knows_sync: random.permille(700),
        pre_authorization: random.permille(700),
        card_token: random.permille(800),
        sends_full_pan: random.permille(300),
        card_delay: random.pick(&[0, 800, 3_000, 12_000]),
        host_delay: random.pick(&[0, 200, 1_500]),
        works_for: None,
    });
    Setup {
        terminals: terminals.collect(),
        several_captures: random.permille(700),
        follows_up_terminals: random.permille(700),
        queues: random.permille(500),
        apps: 1,
        amounts_differ: false,
    }
}

/// How many apps there are, and whose the terminals are.
fn share(random: &mut Random, setup: &mut Setup) {
    setup.apps = random.pick(&[1, 2, 3, 4]);
    setup.amounts_differ = random.permille(500);
    for terminal in &mut setup.terminals {
        terminal.works_for = random.permille(100).then(|| random.index(setup.apps));
    }
}

/// Says which app asks for what.
fn hand_round(random: &mut Random, setup: &Setup, items: &mut [Item]) {
    let mut amounts = BTreeSet::new();
    let pools = random.pick(&[0, 0, 300]);
    for item in items {
        let Deed::Ask {
            wish, app, pool, ..
        } = &mut item.deed
        else {
            continue;
        };
        *app = random.index(setup.apps);
        *pool = random.permille(pools);
        if let Wish::Sale { minor, .. } | Wish::Authorize { minor, .. } = wish
            && setup.amounts_differ
        {
            while !amounts.insert(*minor) {
                *minor += 1;
            }
        }
    }
}

/// What the apps do about terminals, where several share them.
fn deals(random: &mut Random, setup: &Setup, end: u64) -> Vec<Item> {
    let mut items = Vec::new();
    if setup.apps == 1 {
        return items;
    }
    let pause = random.pick(&[20_000, 90_000, 300_000]);
    let mut at = random.between(1, pause);
    while at < end {
        let app = random.index(setup.apps);
        let terminal = random.index(setup.terminals.len());
        let deal = match random.below(10) {
            0..=5 => Deal::Acquire {
                terminal: random.permille(800).then_some(terminal),
                ttl: random.pick(&[1, 30, 120, 600]),
                overrides: app == SUPERVISOR && random.permille(300),
            },
            6..=7 => Deal::Release { terminal },
            _ => Deal::Leave {
                time: random.pick(&[50, 5_000, 15_000, 120_000]),
            },
        };
        items.push(Item {
            at,
            salt: random.next(),
            deed: Deed::Deal { app, deal },
        });
        at += random.between(1, 2 * pause);
    }
    items
}

/// Ends of days, more often than there are nights.
fn days(random: &mut Random, setup: &Setup, end: u64) -> Vec<Item> {
    let pause = random.pick(&[200_000, 900_000, HOUR]);
    let mut items = Vec::new();
    let mut at = random.between(1, 2 * pause);
    while at < end {
        let wish = Wish::Batch {
            terminal: random.index(setup.terminals.len()),
            closes: random.permille(700),
        };
        items.push(Item {
            at,
            salt: random.next(),
            deed: Deed::Ask {
                wish,
                manner: manner(random),
                app: SUPERVISOR,
                pool: false,
            },
        });
        at += random.between(1, 2 * pause);
    }
    items
}

#[derive(Clone, Copy)]
enum Kind {
    Sale,
    Authorize,
    Capture,
    Void,
    Refund,
    Deposit,
    Tokenize,
    Put,
    Pickup,
    PickupOther,
    Ship,
    Cancel,
    Repeat,
    Look,
    Abort,
}

fn asks(random: &mut Random, setup: &Setup, end: u64) -> Vec<Item> {
    let kinds = [
        Kind::Sale,
        Kind::Authorize,
        Kind::Capture,
        Kind::Void,
        Kind::Refund,
        Kind::Deposit,
        Kind::Tokenize,
        Kind::Put,
        Kind::Pickup,
        Kind::PickupOther,
        Kind::Ship,
        Kind::Cancel,
        Kind::Repeat,
        Kind::Look,
        Kind::Abort,
    ];
    let mut weights = random.swarm(&kinds);
    // A store without payments shows nothing.
    weights.extend([(Kind::Sale, 3), (Kind::Put, 1)]);
    let pause = random.pick(&[20_000, 60_000, 90_000, 150_000]);
    let mut items = Vec::new();
    let mut at = 1_000;
    while at < end {
        let terminal = random.index(setup.terminals.len());
        if let Some(kind) = random.weighted(&weights) {
            items.push(Item {
                at,
                salt: random.next(),
                deed: Deed::Ask {
                    wish: wish(random, kind, terminal),
                    manner: manner(random),
                    app: 0,
                    pool: false,
                },
            });
        }
        // Now and then two apps want something at the same moment.
        at += if random.permille(150) {
            random.below(300)
        } else {
            random.between(1, 2 * pause)
        };
    }
    items
}

fn wish(random: &mut Random, kind: Kind, terminal: usize) -> Wish {
    let which = random.next();
    let part = random.permille(500).then(|| random.between(1, 1_200));
    match kind {
        Kind::Sale => Wish::Sale {
            terminal,
            minor: minor(random),
            token: random.permille(300),
        },
        Kind::Authorize => Wish::Authorize {
            terminal,
            minor: minor(random),
        },
        Kind::Capture => Wish::Capture { which, part },
        Kind::Void => Wish::Void { which },
        Kind::Refund => Wish::Refund { which, part },
        Kind::Deposit => Wish::Deposit { terminal },
        Kind::Tokenize => Wish::Tokenize { terminal, which },
        Kind::Put => Wish::Put,
        Kind::Pickup => Wish::Pickup { which, other: None },
        Kind::PickupOther => Wish::Pickup {
            which,
            other: Some(terminal),
        },
        Kind::Ship => Wish::Ship { which },
        Kind::Cancel => Wish::Cancel {
            which,
            keep: random.permille(500),
        },
        Kind::Repeat => Wish::Repeat {
            which,
            changed: random.permille(200),
        },
        Kind::Look => Wish::Look { which },
        Kind::Abort => Wish::Abort { terminal },
    }
}

/// Few amounts, so that different payments often have the same one; some end in what the bank
/// declines.
pub(crate) fn minor(random: &mut Random) -> u64 {
    match random.below(10) {
        0..=4 => random.pick(&[100, 12_900, 25_000]),
        5..=7 => random.between(1, 400) * 100,
        _ => random.between(1, 60_000),
    }
}

fn manner(random: &mut Random) -> Manner {
    match random.below(10) {
        0..=4 => Manner::Patient,
        5..=7 => Manner::Impatient(random.between(50, 30_000)),
        8 => Manner::Twice,
        _ => Manner::Leaves(random.between(10, 10_000)),
    }
}

#[derive(Clone, Copy)]
enum FaultName {
    Terminal,
    Reboot,
    Unplug,
    Cut,
    Noise,
    Host,
    Processor,
    Decline,
    Expire,
    Card,
    NoCard,
    SlowDisk,
    DiskFails,
    Crash,
    Clock,
}

fn faults(random: &mut Random, setup: &Setup, end: u64) -> Vec<Item> {
    let kinds = [
        FaultName::Terminal,
        FaultName::Reboot,
        FaultName::Unplug,
        FaultName::Cut,
        FaultName::Noise,
        FaultName::Host,
        FaultName::Processor,
        FaultName::Decline,
        FaultName::Expire,
        FaultName::Card,
        FaultName::NoCard,
        FaultName::SlowDisk,
        FaultName::DiskFails,
        FaultName::Crash,
        FaultName::Clock,
    ];
    let weights = random.swarm(&kinds);
    let terminal_kinds = random.swarm(&TERMINAL_FAULTS);
    let pause = random.pick(&[30_000, 90_000, 300_000]);
    let mut items = Vec::new();
    let mut at = 0;
    loop {
        at += random.between(1, 2 * pause);
        if at >= end {
            return items;
        }
        let terminal = random.index(setup.terminals.len());
        if let Some(name) = random.weighted(&weights) {
            let fault = fault(random, name, terminal, &terminal_kinds);
            items.push(Item {
                at,
                salt: random.next(),
                deed: Deed::Fault(fault),
            });
        }
    }
}

const TERMINAL_FAULTS: [FaultKind; 18] = [
    FaultKind::LoseResult,
    FaultKind::LoseOnLine,
    FaultKind::LoseCompletion,
    FaultKind::Reboot(RebootPoint::BeforeCard),
    FaultKind::Reboot(RebootPoint::AfterCard),
    FaultKind::Reboot(RebootPoint::BeforeResult),
    FaultKind::Reboot(RebootPoint::BeforeAck),
    FaultKind::Reboot(RebootPoint::AfterResult),
    FaultKind::Busy,
    FaultKind::Mute,
    FaultKind::Late(Duration::from_secs(40)),
    FaultKind::Deaf(Duration::from_secs(7)),
    FaultKind::Nak,
    FaultKind::Corrupt,
    FaultKind::Drop,
    FaultKind::Double,
    FaultKind::Split,
    FaultKind::Noise,
];

#[expect(clippy::too_many_lines, reason = "a table")]
fn fault(
    random: &mut Random,
    name: FaultName,
    terminal: usize,
    kinds: &[(FaultKind, u64)],
) -> Fault {
    let time = random.pick(&[200, 2_000, 20_000, 120_000]);
    let count = random.between(1, 4);
    match name {
        FaultName::Terminal => Fault::Terminal {
            terminal,
            kind: random.weighted(kinds).unwrap_or(FaultKind::Busy),
            count,
        },
        FaultName::Reboot => Fault::Reboot { terminal },
        FaultName::Unplug => Fault::Unplug { terminal, time },
        FaultName::Cut => Fault::Cut {
            terminal,
            to_till: random.permille(500),
            bytes: random.between(0, 200),
            time,
        },
        FaultName::Noise => Fault::Noise {
            terminal,
            kind: random.pick(&[
                Noise::Drop,
                Noise::Corrupt,
                Noise::Double,
                Noise::Split,
                Noise::Delay,
            ]),
            permille: random.pick(&[50, 200, 500]),
            time: random.between(1_000, 300_000),
        },
        FaultName::Host => Fault::Host {
            terminal,
            kind: random.pick(&[HostFault::LostBefore, HostFault::LostAfter, HostFault::Slow]),
            count,
        },
        FaultName::Processor => Fault::Processor {
            kind: random.pick(&[
                CallFault::Unreachable,
                CallFault::SilentBefore,
                CallFault::SilentAfter,
                CallFault::ArrivesLate,
                CallFault::ErrorBefore,
                CallFault::ErrorAfter,
                CallFault::Garbled,
            ]),
            count: random.between(1, 8),
        },
        // Not at terminals, which could not take a payment back then; they have cards for that.
        FaultName::Decline => Fault::Decline {
            on: random.pick(&[
                Operation::Authorize,
                Operation::Capture,
                Operation::Void,
                Operation::Refund,
            ]),
            count,
        },
        FaultName::Expire => Fault::Expire {
            which: random.next(),
        },
        FaultName::Card => Fault::Card {
            terminal,
            which: random.next(),
        },
        FaultName::NoCard => Fault::NoCard { terminal, time },
        FaultName::SlowDisk => Fault::SlowDisk {
            delay: random.pick(&[20, 300, 3_000, 8_000]),
            time: random.between(1_000, 120_000),
        },
        FaultName::DiskFails => Fault::DiskFails { time },
        FaultName::Crash => Fault::Crash {
            steps: random.below(40),
            time,
        },
        FaultName::Clock => Fault::Clock {
            seconds: random.pick(&[-86_400, -60, 0, 3_600, 2 * 86_400]),
        },
    }
}
