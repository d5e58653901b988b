//! Bytes between drivers and terminals, and questions between terminals and their host.

use firmware_protocols::time::Instant;
use hw_sim::bank::TerminalKind;
use hw_sim::terminal::{HostAnswer, HostRequest, Output as TerminalOutput};
use posd::domain::id::EffectId;
use posd::station::Input;
use posd::terminal::Order;
use posd::terminal::driver::Output;

use crate::apps::till;
use crate::auditor::AtTerminal;
use crate::line::{Sent, Way};
use crate::plan::HostFault;
use crate::world::{Happening, World};

/// A line that came back before its terminal would lose the till's first words.
const WARM_UP: u64 = 20;

impl World<'_> {
    pub(crate) fn on_order(&mut self, at: usize, order: Order) {
        let now = self.instant();
        let Some(shop) = &mut self.shop else { return };
        let side = &mut shop.drivers[at];
        if side.is_opening {
            side.backlog.push_back(order);
            return;
        }
        if let Order::Start {
            effect, request, ..
        } = &order
        {
            side.money = request.moves_money().then(|| effect.clone());
        }
        self.trace
            .note(self.now, format_args!("driver {at} is told {order:?}"));
        side.machine.handle_order(order, now);
        self.drive(at);
    }

    /// Does what a driver wants, until it waits.
    pub(crate) fn drive(&mut self, at: usize) {
        loop {
            let Some(shop) = &mut self.shop else { return };
            let side = &mut shop.drivers[at];
            match side.machine.poll() {
                Output::Open => {
                    side.is_opening = true;
                    let delay = self.random.between(1, 20);
                    self.after(delay, Happening::Opened(self.epoch, at));
                    return;
                }
                Output::Send(bytes) => {
                    let step = side.money.clone();
                    if self.point() {
                        return;
                    }
                    self.send(at, Way::ToTerminal, bytes, step);
                    if self.point() {
                        return;
                    }
                }
                Output::Close => self.close_by_till(at),
                Output::Report(report) => {
                    let delay = self.random.below(2);
                    side.last_report = side.last_report.max(self.now + delay);
                    let (time, id) = (side.last_report, side.id.clone());
                    let input = Input::Terminal(id, report);
                    self.push(time, Happening::Station(self.epoch, input));
                }
                Output::Wait(wake) => {
                    let wake = wake.map(|Instant(at)| at);
                    if side.wake != wake {
                        side.wake = wake;
                        if let Some(wake) = wake {
                            self.push(wake, Happening::DriverTime(self.epoch, at, wake));
                        }
                    }
                    return;
                }
                Output::Left => return,
            }
        }
    }

    pub(crate) fn on_driver_time(&mut self, at: usize, wake: u64) {
        let now = self.instant();
        let Some(shop) = &mut self.shop else { return };
        let side = &mut shop.drivers[at];
        if side.wake != Some(wake) || side.is_opening {
            return;
        }
        side.wake = None;
        side.machine.handle_timeout(now);
        self.drive(at);
    }

    /// A try to open the line has come to something.
    pub(crate) fn on_opened(&mut self, at: usize) {
        let now = self.instant();
        let line = &mut self.lines[at];
        let is_there = line.is_plugged;
        if is_there {
            line.to_till += 1;
            line.is_open = true;
            line.opened += 1;
            if !line.is_serial {
                line.to_terminal += 1;
                self.outside.benches[at].terminal.handle_connected(now);
                self.run_terminal(at);
            }
        }
        self.note(format_args!("line {at} opened: {is_there}"));
        let Some(shop) = &mut self.shop else { return };
        let side = &mut shop.drivers[at];
        side.is_opening = false;
        side.wake = None;
        if is_there {
            side.machine.handle_opened(now);
        } else {
            side.machine.handle_closed("not there".to_owned(), now);
        }
        self.drive(at);
        while let Some(order) = self.next_in_backlog(at) {
            self.on_order(at, order);
        }
    }

    fn next_in_backlog(&mut self, at: usize) -> Option<Order> {
        let side = &mut self.shop.as_mut()?.drivers[at];
        if side.is_opening {
            return None;
        }
        side.backlog.pop_front()
    }

    /// The driver's end of the line is closed by the driver, or died with it. What it has sent still
    /// arrives.
    pub(crate) fn close_by_till(&mut self, at: usize) {
        let line = &mut self.lines[at];
        if !line.is_open {
            return;
        }
        line.is_open = false;
        line.to_till += 1;
        if !line.is_serial {
            let time = line.arrival(Way::ToTerminal, self.now + 1);
            let connection = line.to_terminal;
            self.push(time, Happening::ToTerminal(at, connection, None, None));
        }
    }

    /// The cable is out for so long.
    pub(crate) fn unplug(&mut self, at: usize, time: u64) {
        let now = self.instant();
        self.note(format_args!("line {at} is unplugged"));
        let line = &mut self.lines[at];
        let (was_open, opened) = (line.is_open, line.opened);
        line.lose();
        line.is_plugged = false;
        line.unplugged += 1;
        let (unplugged, is_serial) = (line.unplugged, line.is_serial);
        if was_open {
            // A serial device is gone at once; of a TCP connection that is learnt by chance.
            let delay = if is_serial {
                self.random.below(5)
            } else {
                self.random.pick(&[5, 500, 20_000, 400_000])
            };
            self.after(delay, Happening::LineLost(self.epoch, at, opened));
        }
        if !is_serial {
            self.outside.benches[at].terminal.handle_disconnected(now);
            self.run_terminal(at);
        }
        self.after(time, Happening::PlugIn(at, unplugged));
    }

    pub(crate) fn on_plug_in(&mut self, at: usize, unplugged: u64) {
        let now = self.instant();
        let line = &mut self.lines[at];
        if line.is_plugged || line.unplugged != unplugged {
            return;
        }
        line.is_plugged = true;
        self.note(format_args!("line {at} is plugged in"));
        if self.lines[at].is_serial {
            self.outside.benches[at].terminal.handle_connected(now);
            self.run_terminal(at);
        }
    }

    /// The driver notices that a connection is no more.
    pub(crate) fn on_line_lost(&mut self, at: usize, opened: u64) {
        let now = self.instant();
        // Opened anew since, so it was noticed before.
        if self.lines[at].opened != opened {
            return;
        }
        let Some(shop) = &mut self.shop else { return };
        let side = &mut shop.drivers[at];
        if side.is_opening {
            return;
        }
        side.machine.handle_closed("gone".to_owned(), now);
        self.drive(at);
    }

    fn send(&mut self, at: usize, way: Way, bytes: Vec<u8>, step: Option<EffectId>) {
        let line = &mut self.lines[at];
        self.trace.note(
            self.now,
            format_args!("line {at} {way:?} {} bytes", bytes.len()),
        );
        if !line.is_open {
            return;
        }
        let Sent { parcels, cut } = line.send(way, bytes, self.now, &mut self.random);
        let connection = match way {
            Way::ToTerminal => line.to_terminal,
            Way::ToTill => line.to_till,
        };
        let last = parcels.last().map_or(self.now, |parcel| parcel.at);
        for parcel in parcels {
            let bytes = Some(parcel.bytes);
            let arrives = match way {
                Way::ToTerminal => Happening::ToTerminal(at, connection, bytes, step.clone()),
                Way::ToTill => Happening::ToTill(at, connection, bytes),
            };
            self.push(parcel.at, arrives);
        }
        if let Some(time) = cut {
            self.after(last - self.now, Happening::Unplug(at, time));
        }
    }

    pub(crate) fn on_bytes_to_terminal(
        &mut self,
        at: usize,
        connection: u64,
        bytes: Option<Vec<u8>>,
        step: Option<EffectId>,
    ) {
        let now = self.instant();
        if self.lines[at].to_terminal != connection {
            return;
        }
        let bench = &mut self.outside.benches[at];
        if step.is_some() {
            bench.heard = step;
        }
        match bytes {
            Some(bytes) => {
                if bench.hear(|terminal| terminal.handle_input(&bytes, now)) {
                    let step = bench.heard.clone();
                    self.on_batch_closed(at, step);
                }
            }
            None => {
                self.lines[at].to_terminal += 1;
                bench.terminal.handle_disconnected(now);
            }
        }
        self.run_terminal(at);
    }

    pub(crate) fn on_bytes_to_till(&mut self, at: usize, connection: u64, bytes: Option<Vec<u8>>) {
        let now = self.instant();
        if self.lines[at].to_till != connection {
            return;
        }
        let Some(shop) = &mut self.shop else { return };
        let machine = &mut shop.drivers[at].machine;
        match bytes {
            Some(bytes) => machine.handle_input(&bytes, now),
            None => {
                self.lines[at].is_open = false;
                self.lines[at].to_till += 1;
                machine.handle_closed("closed by the terminal".to_owned(), now);
            }
        }
        self.drive(at);
    }

    pub(crate) fn on_terminal_time(&mut self, at: usize, wake: u64) {
        let now = self.instant();
        let bench = &mut self.outside.benches[at];
        if bench.wake == Some(wake) {
            bench.wake = None;
            bench.terminal.handle_timeout(now);
            self.run_terminal(at);
        }
    }

    /// Does what a terminal wants, until it waits.
    pub(crate) fn run_terminal(&mut self, at: usize) {
        loop {
            let bench = &mut self.outside.benches[at];
            match bench.terminal.poll() {
                TerminalOutput::Send(bytes) => self.send(at, Way::ToTill, bytes, None),
                TerminalOutput::Host(request) => self.ask_host(at, request),
                TerminalOutput::Close => {
                    let line = &mut self.lines[at];
                    if line.is_open {
                        let time = line.arrival(Way::ToTill, self.now + 1);
                        let connection = line.to_till;
                        line.to_terminal += 1;
                        self.push(time, Happening::ToTill(at, connection, None));
                    }
                }
                TerminalOutput::Reboot(time) => {
                    self.note(format_args!("terminal {at} reboots"));
                    self.unplug(at, Self::duration(time) + WARM_UP);
                }
                TerminalOutput::Unplug(time) => {
                    self.note(format_args!("terminal {at} is unplugged"));
                    self.unplug(at, Self::duration(time));
                }
                TerminalOutput::Wait(wake) => {
                    let wake = wake.map(|Instant(at)| at);
                    if bench.wake != wake {
                        bench.wake = wake;
                        if let Some(wake) = wake {
                            self.push(wake, Happening::TerminalTime(at, wake));
                        }
                    }
                    return;
                }
            }
        }
    }

    fn ask_host(&mut self, at: usize, request: HostRequest) {
        let bench = &mut self.outside.benches[at];
        let kind = request.transaction.kind;
        // Nobody can undo a reversal that a host has carried out and not told of: a terminal that
        // says "not reversed" then is wrong, and no till can find that out.
        let fault = if kind == TerminalKind::Reverse {
            None
        } else {
            bench.host_faults.pop_front()
        };
        // What a terminal takes back by itself answers nobody's request.
        let is_asked_for = |step: &EffectId| {
            let receipt = self.auditor.asks_to_reverse(step);
            let receipt = receipt.and_then(|receipt| receipt.parse().ok());
            let record = receipt.and_then(|receipt| bench.terminal.store().find(receipt));
            let original = request.transaction.original.as_ref();
            record.zip(original).is_some_and(|(record, (trace, code))| {
                trace.parse() == Ok(record.trace) && *code == record.authorization_code
            })
        };
        let step = bench
            .heard
            .clone()
            .filter(|step| kind != TerminalKind::Reverse || is_asked_for(step));
        bench.asked_for.entry(request.key.clone()).or_insert(step);
        self.note(format_args!(
            "terminal {at} asks its host: {kind:?} {} {fault:?}",
            request.transaction.money
        ));
        let delay = match fault {
            Some(HostFault::Slow) => self.random.between(5_000, 70_000),
            Some(HostFault::LostBefore | HostFault::LostAfter) | None => {
                self.random.between(10, 100)
            }
        };
        if fault == Some(HostFault::LostBefore) {
            let lost = Happening::HostAnswer(at, request.key, HostAnswer::Unreachable);
            self.after(delay, lost);
        } else {
            let is_lost = fault == Some(HostFault::LostAfter);
            self.after(delay, Happening::HostAsk(at, request, is_lost));
        }
    }

    pub(crate) fn on_host_ask(&mut self, at: usize, request: HostRequest, is_lost: bool) {
        let seconds = self.seconds();
        let mut answer = request.ask(&mut self.outside.bank, seconds);
        self.note(format_args!("host of terminal {at}: {answer:?}"));
        if let HostAnswer::Approved { .. } = answer {
            let step = self.outside.benches[at].asked_for.get(&request.key);
            let step = step.cloned().flatten();
            let checked = self.auditor.on_host(AtTerminal {
                key: request.key.clone(),
                terminal: till(at),
                kind: request.transaction.kind,
                minor: request.transaction.money.minor,
                step,
            });
            self.check(checked);
        }
        if is_lost {
            answer = HostAnswer::Unreachable;
        }
        let delay = self.random.between(10, 100);
        self.after(delay, Happening::HostAnswer(at, request.key, answer));
    }

    pub(crate) fn on_host_answer(&mut self, at: usize, key: &str, answer: HostAnswer) {
        let now = self.instant();
        let terminal = &mut self.outside.benches[at].terminal;
        terminal.handle_host(key, answer, now);
        self.run_terminal(at);
    }
}
