//! Virtual time: one thing happens after the other, and after each the promises are checked.

use std::collections::BTreeMap;
use std::fmt;

use firmware_protocols::time::{Duration, Instant};
use hw_sim::terminal::zvt::{Fault as TerminalFault, FaultKind};
use hw_sim::terminal::{HostAnswer, HostRequest};
use hw_sim::wallet;
use posd::domain::id::{EffectId, OperationId, Timestamp};
use posd::processor::{Call, Fate};
use posd::station::Input;
use posd::terminal::Order;

use crate::apps::{Apps, Who};
use crate::auditor::{Auditor, Check};
use crate::draw::HOUR;
use crate::leases::Promises;
use crate::line::{Line, Way};
use crate::outside::{BEGIN, Outside};
use crate::plan::{Deed, Fault, Plan};
use crate::random::Random;
use crate::shop::{Home, Shop};
use crate::trace::Trace;

/// So many steps for an hour of a store, and for the healing: more mean that something spins.
const STEPS_PER_HOUR: u64 = 400_000;

pub(crate) struct World<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    pub(crate) random: Random,
    pub(crate) trace: Trace,
    pub(crate) home: Home,
    /// `None` while the process is dead.
    pub(crate) shop: Option<Shop>,
    /// How often it has been started: what happens to an earlier run happens to nobody.
    pub(crate) epoch: u64,
    pub(crate) outside: Outside,
    pub(crate) lines: Vec<Line>,
    pub(crate) apps: Apps,
    pub(crate) promises: Promises,
    pub(crate) auditor: Auditor,
    /// The process dies after so many more steps, and is back after so long.
    pub(crate) crash: Option<(u64, u64)>,
    /// Until when a commit takes how long.
    pub(crate) slow_disk: (u64, u64),
    /// The next commit fails; the disk is mended after so long.
    pub(crate) disk_fails: Option<u64>,
    clock_offset: i64,
    pub(crate) calls: u64,
    pub(crate) operations: u64,
    pub(crate) is_healing: bool,
    failure: Option<String>,
    pub(crate) steps: u64,
}

/// Something that happens at a time.
#[derive(Debug)]
pub(crate) enum Happening {
    Item(usize),
    /// To one run of the station.
    Station(u64, Input),
    Commit(u64),
    Order(u64, usize, Order),
    Opened(u64, usize),
    LineLost(u64, usize, u64),
    DriverTime(u64, usize, u64),
    Fate(u64, u64, Fate),
    Start(u64),
    /// Bytes on a line; none is its end.
    ToTerminal(usize, u64, Option<Vec<u8>>, Option<EffectId>),
    ToTill(usize, u64, Option<Vec<u8>>),
    TerminalTime(usize, u64),
    HostAsk(usize, HostRequest, bool),
    HostAnswer(usize, String, HostAnswer),
    Arrives(Call),
    PlugIn(usize, u64),
    Unplug(usize, u64),
    Present(usize),
    App(usize),
    /// An app that was gone.
    Back(usize),
}

/// What a run came to.
pub(crate) struct Report {
    pub(crate) failure: Option<String>,
    pub(crate) hash: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) steps: u64,
    pub(crate) operations: u64,
}

impl<'a> World<'a> {
    pub(crate) fn new(plan: &'a Plan, keeps_lines: bool) -> Self {
        let lines = plan.setup.terminals.iter();
        let mut world = Self {
            plan,
            now: 0,
            queue: BTreeMap::new(),
            queued: 0,
            random: Random::new(plan.seed, "run"),
            trace: Trace::new(keeps_lines),
            home: Home::new(&plan.setup),
            shop: None,
            epoch: 0,
            outside: Outside::new(&plan.setup),
            lines: lines.map(|setup| Line::new(setup.is_serial)).collect(),
            apps: Apps::default(),
            promises: Promises::new(&plan.setup),
            auditor: Auditor::default(),
            crash: None,
            slow_disk: (0, 0),
            disk_fails: None,
            clock_offset: 0,
            calls: 0,
            operations: 0,
            is_healing: false,
            failure: None,
            steps: 0,
        };
        for (at, item) in plan.items.iter().enumerate() {
            world.push(item.at, Happening::Item(at));
        }
        for terminal in 0..plan.setup.terminals.len() {
            if world.lines[terminal].is_serial {
                let now = world.instant();
                world.outside.benches[terminal]
                    .terminal
                    .handle_connected(now);
            }
            world.run_terminal(terminal);
        }
        world.start();
        world
    }

    /// Runs to the end, or to the first broken promise.
    pub(crate) fn run(mut self) -> Report {
        self.run_until(self.plan.end);
        self.heal();
        // By then every driver has noticed which of its connections are dead.
        self.run_until(self.now + HOUR / 5);
        self.run_until_quiet();
        if self.failure.is_none() {
            self.sell_everywhere();
            self.run_until_quiet();
        }
        if self.failure.is_none() {
            let checked = self.check_sold_everywhere();
            self.check(checked);
        }
        if self.failure.is_none() {
            let checked = self.check_all();
            self.check(checked);
        }
        Report {
            failure: self.failure,
            hash: self.trace.hash(),
            lines: self.trace.into_lines(),
            steps: self.steps,
            operations: self.operations,
        }
    }

    fn run_until_quiet(&mut self) {
        // Twice as long as anything here waits for anything.
        let limit = self.now + 2 * HOUR;
        while self.failure.is_none() && !self.is_quiet() {
            if self.now > limit {
                let why = self.unquiet();
                self.check(Err(format!("liveness: {why}")));
                break;
            }
            // What was late comes to be reviewed only now.
            self.outside.review_all();
            let next = self.now + 30_000;
            self.run_until(next);
        }
    }

    fn run_until(&mut self, end: u64) {
        while self.failure.is_none()
            && let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= end
        {
            let ((at, _), happening) = entry.remove_entry();
            self.now = at;
            self.step(happening);
            self.steps += 1;
            if self.steps > STEPS_PER_HOUR * (2 + self.plan.end / HOUR) {
                self.check(Err("liveness: it spins".to_owned()));
            }
        }
        self.now = end;
    }

    fn step(&mut self, happening: Happening) {
        match happening {
            Happening::Item(at) => self.on_item(at),
            Happening::Station(epoch, input) if epoch == self.epoch => self.on_input(input),
            Happening::Commit(epoch) if epoch == self.epoch => self.on_commit(),
            Happening::Order(epoch, at, order) if epoch == self.epoch => self.on_order(at, order),
            Happening::Opened(epoch, at) if epoch == self.epoch => self.on_opened(at),
            Happening::LineLost(epoch, at, opened) if epoch == self.epoch => {
                self.on_line_lost(at, opened);
            }
            Happening::DriverTime(epoch, at, wake) if epoch == self.epoch => {
                self.on_driver_time(at, wake);
            }
            Happening::Fate(epoch, call, fate) if epoch == self.epoch => self.on_fate(call, fate),
            Happening::Start(epoch) if epoch == self.epoch => self.start(),
            Happening::Station(..)
            | Happening::Commit(_)
            | Happening::Order(..)
            | Happening::Opened(..)
            | Happening::LineLost(..)
            | Happening::DriverTime(..)
            | Happening::Fate(..)
            | Happening::Start(_) => {}
            Happening::ToTerminal(at, connection, bytes, step) => {
                self.on_bytes_to_terminal(at, connection, bytes, step);
            }
            Happening::ToTill(at, connection, bytes) => {
                self.on_bytes_to_till(at, connection, bytes);
            }
            Happening::TerminalTime(at, wake) => self.on_terminal_time(at, wake),
            Happening::HostAsk(at, request, is_lost) => self.on_host_ask(at, request, is_lost),
            Happening::HostAnswer(at, key, answer) => self.on_host_answer(at, &key, answer),
            Happening::Arrives(call) => {
                let seconds = self.seconds();
                self.outside.answer(&call, seconds);
            }
            Happening::PlugIn(at, unplugged) => self.on_plug_in(at, unplugged),
            Happening::Unplug(at, time) => self.unplug(at, time),
            Happening::Present(at) => self.on_present(at),
            Happening::App(at) => self.on_app_time(at),
            Happening::Back(at) => self.on_back(at),
        }
        self.hear_answers();
        if let Some(shop) = &self.shop {
            let checked = crate::auditor::books(shop.station.books());
            self.check(checked);
        }
    }

    pub(crate) fn push(&mut self, at: u64, happening: Happening) {
        self.queued += 1;
        self.queue
            .insert((at.max(self.now), self.queued), happening);
    }

    /// After so many milliseconds.
    pub(crate) fn after(&mut self, delay: u64, happening: Happening) {
        self.push(self.now + delay, happening);
    }

    pub(crate) fn check(&mut self, checked: Check) {
        if let Err(why) = checked
            && self.failure.is_none()
        {
            self.note(format_args!("BROKEN {why}"));
            self.failure = Some(why);
        }
    }

    pub(crate) fn note(&mut self, what: fmt::Arguments<'_>) {
        self.trace.note(self.now, what);
    }

    pub(crate) const fn instant(&self) -> Instant {
        Instant(self.now)
    }

    /// What the station takes for the calendar time.
    pub(crate) fn utc(&self) -> Timestamp {
        let true_ms = i64::try_from(BEGIN * 1_000 + self.now).unwrap();
        Timestamp(true_ms + self.clock_offset)
    }

    /// The true time in seconds since 1970.
    pub(crate) const fn seconds(&self) -> u64 {
        BEGIN + self.now / 1_000
    }

    pub(crate) fn fresh_operation(&mut self) -> OperationId {
        self.operations += 1;
        OperationId::new(format!("op{:05}", self.operations))
    }

    fn on_item(&mut self, at: usize) {
        let plan = self.plan;
        let item = &plan.items[at];
        self.note(format_args!("{item}"));
        match &item.deed {
            Deed::Ask {
                wish,
                manner,
                app,
                pool,
            } => {
                let who = Who {
                    app: *app,
                    pool: *pool,
                };
                self.on_wish(*wish, *manner, who, item.salt);
            }
            Deed::Deal { app, deal } => self.on_deal(*app, *deal),
            Deed::Fault(fault) => self.on_fault(*fault),
        }
    }

    fn on_fault(&mut self, fault: Fault) {
        let many = |count: u64| usize::try_from(count).unwrap();
        match fault {
            Fault::Terminal {
                terminal,
                kind,
                count,
            } => {
                let fault = TerminalFault { kind, count };
                self.add_fault(terminal, fault);
            }
            Fault::Reboot { terminal } => {
                let now = self.instant();
                self.outside.benches[terminal].terminal.reboot(now);
                self.run_terminal(terminal);
            }
            Fault::Unplug { terminal, time } => self.unplug(terminal, time),
            Fault::Cut {
                terminal,
                to_till,
                bytes,
                time,
            } => {
                let way = if to_till {
                    Way::ToTill
                } else {
                    Way::ToTerminal
                };
                self.lines[terminal].cut = Some((way, bytes, time));
            }
            Fault::Noise {
                terminal,
                kind,
                permille,
                time,
            } => self.lines[terminal].noise = Some((kind, permille, self.now + time)),
            Fault::Host {
                terminal,
                kind,
                count,
            } => self.outside.benches[terminal]
                .host_faults
                .extend(std::iter::repeat_n(kind, many(count))),
            Fault::Processor { kind, count } => self
                .outside
                .call_faults
                .extend(std::iter::repeat_n(kind, many(count))),
            Fault::Decline { on, count } => {
                let why = wallet::Decline::IssuerDeclined;
                self.outside.bank.force_decline(Some(on), why, count);
            }
            Fault::Expire { which } => self.expire(which),
            Fault::Card { terminal, which } => {
                let at = usize::try_from(which % 12).unwrap();
                self.outside.benches[terminal]
                    .terminal
                    .choose_card(&wallet::WALLET[at]);
            }
            Fault::NoCard { terminal, time } => {
                let now = self.instant();
                self.outside.benches[terminal].terminal.set_hold(true, now);
                self.run_terminal(terminal);
                self.after(time, Happening::Present(terminal));
            }
            Fault::SlowDisk { delay, time } => self.slow_disk = (delay, self.now + time),
            Fault::DiskFails { time } => self.disk_fails = Some(time),
            Fault::Crash { steps, time } => self.crash = Some((steps, time)),
            Fault::Clock { seconds } => self.clock_offset = seconds * 1_000,
        }
    }

    /// TCP changes and doubles nothing.
    fn add_fault(&mut self, terminal: usize, fault: TerminalFault) {
        let is_of_line = matches!(fault.kind, FaultKind::Corrupt | FaultKind::Double);
        if self.lines[terminal].is_serial || !is_of_line {
            self.outside.benches[terminal].terminal.add_fault(fault);
        }
    }

    fn expire(&mut self, which: u64) {
        let all: Vec<String> = self
            .outside
            .bank
            .authorizations()
            .filter(|one| one.captured == 0)
            .map(hw_sim::bank::Authorization::id)
            .collect();
        if !all.is_empty() {
            let at = usize::try_from(which % u64::try_from(all.len()).unwrap()).unwrap();
            // One that is over cannot end.
            let _ = self.outside.bank.expire(&all[at]);
        }
    }

    fn on_present(&mut self, terminal: usize) {
        let now = self.instant();
        self.outside.benches[terminal].terminal.set_hold(false, now);
        self.run_terminal(terminal);
    }

    /// Nothing goes wrong any more.
    fn heal(&mut self) {
        self.note(format_args!("-- the faults are over"));
        self.is_healing = true;
        self.crash = None;
        self.disk_fails = None;
        self.slow_disk = (0, 0);
        self.outside.call_faults.clear();
        self.outside.review_all();
        for terminal in 0..self.lines.len() {
            self.outside.benches[terminal].terminal.clear_faults();
            self.outside.benches[terminal].host_faults.clear();
            self.lines[terminal].noise = None;
            self.lines[terminal].cut = None;
            let card = wallet::default_card();
            self.outside.benches[terminal].terminal.choose_card(card);
            self.on_present(terminal);
        }
        if self.shop.as_ref().is_none_or(|shop| shop.is_dead) {
            self.start();
        }
        for app in 0..self.plan.setup.apps {
            self.on_back(app);
        }
    }

    /// Whether everything has come to its end.
    fn is_quiet(&self) -> bool {
        let open = self.shop.as_ref().is_some_and(|shop| {
            shop.station.books().operations.is_empty() && shop.pending.is_empty()
        });
        let idle = self
            .outside
            .benches
            .iter()
            .all(|bench| !bench.terminal.is_busy());
        open && idle && self.auditor.open().is_empty() && self.apps.unanswered().is_empty()
    }

    fn unquiet(&self) -> String {
        let busy = self.outside.benches.iter();
        let busy: Vec<bool> = busy.map(|bench| bench.terminal.is_busy()).collect();
        let open = self.shop.as_ref().map(|shop| {
            let operations = shop.station.books().operations.values();
            let open = operations.map(|operation| {
                let step = operation.steps.last();
                let doubt = operation.is_in_doubt();
                format!("{} in doubt: {doubt}, last step {step:?}", operation.id)
            });
            open.collect::<Vec<_>>()
        });
        format!(
            "still open {open:?}, unanswered {:?}, terminals busy {busy:?}",
            self.apps.unanswered()
        )
    }

    pub(crate) const fn duration(delay: Duration) -> u64 {
        let ms = delay.as_millis();
        if ms > HOUR as u128 { HOUR } else { ms as u64 }
    }
}
