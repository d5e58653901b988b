//! The station's side of the world: its tasks, its journal, its crashes.

use posd::domain::id::Timestamp;
use posd::journal::{Commit, JournalError, JournalErrorKind};
use posd::processor::{Fate, HttpAnswer, Turn};
use posd::station::{Input, Task};
use posd::terminal::Order;
use serde_json::json;

use crate::plan::CallFault;
use crate::world::{Happening, World};

impl World<'_> {
    pub(crate) fn start(&mut self) {
        self.stop();
        self.epoch += 1;
        self.note(format_args!("station starts"));
        self.promises.on_restart();
        let now: Timestamp = self.utc();
        self.shop = Some(self.home.open(now));
        for terminal in 0..self.lines.len() {
            self.drive(terminal);
        }
        self.run_station();
        for app in 0..self.plan.setup.apps {
            self.arrive(app);
        }
    }

    /// The process is gone, with all that it had not made durable.
    pub(crate) fn stop(&mut self) {
        if self.shop.take().is_some() {
            self.epoch += 1;
            for terminal in 0..self.lines.len() {
                self.close_by_till(terminal);
            }
        }
    }

    /// Passes a point at which the process may die. Says whether it did.
    pub(crate) fn point(&mut self) -> bool {
        match &mut self.crash {
            Some((0, time)) => {
                let time = *time;
                self.crash = None;
                self.note(format_args!("station dies"));
                self.stop();
                self.after(time, Happening::Start(self.epoch));
                true
            }
            Some((steps, _)) => {
                *steps -= 1;
                false
            }
            None => false,
        }
    }

    pub(crate) fn on_input(&mut self, input: Input) {
        self.note(format_args!("station hears {input:?}"));
        let now = self.utc();
        if let Some(shop) = &mut self.shop {
            shop.station.handle_input(input, now);
        }
        self.run_station();
    }

    /// Carries the station's tasks out.
    pub(crate) fn run_station(&mut self) {
        loop {
            let Some(task) = self.shop.as_mut().and_then(|shop| shop.station.poll()) else {
                return;
            };
            if self.point() {
                return;
            }
            self.carry_out(task);
        }
    }

    fn carry_out(&mut self, task: Task) {
        match task {
            Task::Append(batch) => {
                for entry in &batch.entries {
                    self.trace.note(self.now, format_args!("decided {entry:?}"));
                }
                let now = self.utc();
                let checked = self.promises.on_decided(&batch.entries, now);
                self.check(checked);
                let checked = self.check_batches(&batch.entries);
                self.check(checked);
                if let Some(shop) = self.shop.as_mut().filter(|shop| !shop.is_dead) {
                    shop.pending.push(batch);
                }
                self.commit_soon();
            }
            Task::Tell { terminal, order } => self.tell(&terminal, order),
            Task::Ask {
                effect,
                account,
                request,
                inquire,
            } => {
                let checked = self.auditor.on_send(&effect);
                self.check(checked);
                let Some(shop) = &self.shop else { return };
                let (asking, turn) = shop.connectors.ask(&effect, &account, &request, inquire);
                self.calls += 1;
                let call = self.calls;
                if let Some(shop) = &mut self.shop {
                    shop.asking.insert(call, (effect, asking));
                }
                self.on_turn(call, turn);
            }
            Task::Wake { operation, after } => {
                let input = Input::Wake(operation);
                let delay = Self::duration(after);
                self.after(delay, Happening::Station(self.epoch, input));
            }
            // Its apps have no door to pass.
            Task::LetIn(_) => {}
            Task::Announce(seq) => {
                let checked = self.auditor.on_announce(seq);
                self.check(checked);
            }
        }
    }

    fn tell(&mut self, terminal: &posd::domain::id::TerminalId, order: Order) {
        let checked = match &order {
            Order::Start { effect, .. } => self.auditor.on_send(effect),
            Order::Acknowledge { effect } => self.auditor.on_acknowledge(effect),
            Order::Proceed | Order::Abort | Order::Leave => Ok(()),
        };
        self.check(checked);
        let delay = self.random.below(2);
        let Some(shop) = &mut self.shop else { return };
        let found = shop.drivers.iter().position(|side| side.id == *terminal);
        let at = found.unwrap();
        let side = &mut shop.drivers[at];
        side.last_order = side.last_order.max(self.now + delay);
        let time = side.last_order;
        self.push(time, Happening::Order(self.epoch, at, order));
    }

    fn commit_soon(&mut self) {
        let Some(shop) = &mut self.shop else { return };
        if shop.is_committing || shop.is_dead || shop.pending.is_empty() {
            return;
        }
        shop.is_committing = true;
        let (delay, until) = self.slow_disk;
        let slow = if self.now < until { delay } else { 0 };
        let delay = slow + self.random.between(1, 4);
        self.after(delay, Happening::Commit(self.epoch));
    }

    /// The writer takes what waits, and it becomes durable or does not.
    pub(crate) fn on_commit(&mut self) {
        if self.point() {
            return;
        }
        let Some(shop) = &mut self.shop else { return };
        shop.is_committing = false;
        let group = std::mem::take(&mut shop.pending);
        let ticket = group.last().map_or(0, |batch| batch.ticket);
        let result = if let Some(time) = self.disk_fails.take() {
            shop.is_dead = true;
            self.note(format_args!("commit {ticket} fails"));
            self.after(time, Happening::Start(self.epoch));
            Err(JournalError {
                kind: JournalErrorKind::Full,
                cause: "simulated".to_owned(),
            })
        } else {
            let result = shop.writer.write(&group);
            if let Err(error) = &result {
                let why = format!("journal: {error}");
                self.check(Err(why));
            }
            let checked = self.auditor.on_durable(&group);
            self.check(checked);
            self.note(format_args!("durable up to {ticket}"));
            if self.point() {
                return;
            }
            result
        };
        let commit = Commit { ticket, result };
        let delay = self.random.below(2);
        self.after(
            delay,
            Happening::Station(self.epoch, Input::Committed(commit)),
        );
        // Often enough: it costs more than the commit.
        if ticket % 4 == 0 {
            self.check_replay();
        }
    }

    /// What a restart would know is what the station knows.
    fn check_replay(&mut self) {
        let Some(shop) = &self.shop else { return };
        let checked = crate::check::replay(shop);
        self.check(checked);
    }

    fn on_turn(&mut self, call: u64, turn: Turn) {
        let (account, sent) = match turn {
            Turn::Done(ending) => {
                let asked = self
                    .shop
                    .as_mut()
                    .and_then(|shop| shop.asking.remove(&call));
                if let Some((effect, _)) = asked {
                    let delay = self.random.below(2);
                    let input = Input::Processor(effect, ending);
                    self.after(delay, Happening::Station(self.epoch, input));
                }
                return;
            }
            Turn::Send { account, call } => (account, call),
        };
        if self.point() {
            return;
        }
        let fault = self.outside.call_faults.pop_front();
        self.note(format_args!("call {call}: {} {fault:?}", sent.path));
        let patience = Self::duration(account.timeout);
        let way = self.random.between(5, 60);
        let error = |status| {
            let body = json!({"error": "simulated"});
            Fate::Answer(HttpAnswer { status, body })
        };
        let seconds = self.seconds();
        let (delay, fate) = match fault {
            Some(CallFault::Unreachable) => (way, Fate::NeverLeft),
            Some(CallFault::SilentBefore) => (patience, Fate::InDoubt),
            Some(CallFault::SilentAfter) => {
                self.outside.answer(&sent, seconds);
                (patience, Fate::InDoubt)
            }
            Some(CallFault::ArrivesLate) => {
                let late = self.random.between(patience, 4 * patience);
                self.after(late, Happening::Arrives(sent));
                (patience, Fate::InDoubt)
            }
            Some(CallFault::ErrorBefore) => (way, error(503)),
            Some(CallFault::ErrorAfter) => {
                self.outside.answer(&sent, seconds);
                (way, error(500))
            }
            Some(CallFault::Garbled) => {
                self.outside.answer(&sent, seconds);
                (way, Fate::InDoubt)
            }
            None => (way, Fate::Answer(self.outside.answer(&sent, seconds))),
        };
        self.after(delay, Happening::Fate(self.epoch, call, fate));
        self.point();
    }

    pub(crate) fn on_fate(&mut self, call: u64, fate: Fate) {
        self.note(format_args!("call {call} comes to {fate:?}"));
        let asked = self
            .shop
            .as_mut()
            .and_then(|shop| shop.asking.get_mut(&call));
        if let Some((_, asking)) = asked {
            let turn = asking.handle_fate(fate);
            self.on_turn(call, turn);
        }
    }
}
