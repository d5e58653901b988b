//! Several apps share the terminals: they take them, give them back, go and come. What each was told
//! is kept here, by rules of its own: who has a terminal is written down from what the station
//! answered, and nobody else may move money there.

use std::collections::{BTreeMap, BTreeSet};

use firmware_protocols::time::Duration;
use posd::api::call::{Call, Refusal};
use posd::domain::entry::Entry;
use posd::domain::id::{ClientName, OperationId, PoolId, TerminalId, Timestamp};
use posd::domain::lease::{Acquire, Acquired, Place};
use posd::domain::operation::Call as StepCall;
use posd::domain::rejection::Rejection;
use tokio::sync::oneshot;

use crate::apps::till;
use crate::auditor::Check;
use crate::plan::{Deal, Setup};
use crate::world::{Happening, World};

/// How long an app that has gone keeps its terminals.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// The pool of all terminals that work for every app.
pub(crate) const POOL: &str = "counter";

/// The app that may take terminals from others and stop what they do.
pub(crate) const SUPERVISOR: usize = 0;

pub(crate) fn app(at: usize) -> ClientName {
    ClientName::new(format!("app-{at}"))
}

/// The terminals of the pool.
pub(crate) fn pool(setup: &Setup) -> Vec<TerminalId> {
    let terminals = setup.terminals.iter().enumerate();
    let shared = terminals.filter(|(_, terminal)| terminal.works_for.is_none());
    shared.map(|(at, _)| till(at)).collect()
}

/// What apps were told of terminals, and who asked for which operation.
#[derive(Default)]
pub(crate) struct Promises {
    held: BTreeMap<TerminalId, Promise>,
    /// Terminals that work for one app only.
    owners: BTreeMap<TerminalId, ClientName>,
    /// The apps that the running station knows to be connected.
    here: BTreeSet<ClientName>,
    asked: BTreeMap<OperationId, Asked>,
    /// How many things have happened, so that one can be told to be before another.
    count: u64,
}

struct Promise {
    app: ClientName,
    ttl: Duration,
    until: Timestamp,
    since: u64,
}

struct Asked {
    app: ClientName,
    /// The terminals that it was sent to.
    at: BTreeMap<TerminalId, Arrival>,
}

/// An operation is sent to a terminal for the first time.
struct Arrival {
    since: u64,
    /// Its app had the terminal then.
    had_it: bool,
}

impl Promises {
    pub(crate) fn new(setup: &Setup) -> Self {
        let terminals = setup.terminals.iter().enumerate();
        let owned = terminals.filter_map(|(at, one)| Some((till(at), app(one.works_for?))));
        Self {
            owners: owned.collect(),
            ..Self::default()
        }
    }

    /// A restart ends all leases, and every connection.
    pub(crate) fn on_restart(&mut self) {
        self.held.clear();
        self.here.clear();
    }

    /// Who has a terminal now, as it was told.
    fn holder(&self, terminal: &TerminalId, now: Timestamp) -> Option<&Promise> {
        self.held.get(terminal).filter(|it| now < it.until)
    }

    fn on_acquired(
        &mut self,
        asked: &Acquire,
        told: &Result<Acquired, Refusal>,
        now: Timestamp,
    ) -> Check {
        let others = |terminal: &TerminalId| {
            let holder = self.holder(terminal, now);
            holder.map(|it| &it.app).filter(|it| **it != asked.app)
        };
        match told {
            Ok(told) => {
                let other = others(&told.terminal);
                if let Some(other) = other
                    && !(asked.override_others && told.taken_from.as_ref() == Some(other))
                {
                    return Err(format!(
                        "lease: {other} has it, and {told:?}, asked {asked:?}"
                    ));
                }
                self.count += 1;
                let promise = Promise {
                    app: asked.app.clone(),
                    ttl: asked.ttl,
                    until: told.until,
                    since: self.count,
                };
                self.held.insert(told.terminal.clone(), promise);
                Ok(())
            }
            Err(Refusal::Rejected(Rejection::TerminalLeased {
                terminal, holder, ..
            })) if holder == &asked.app
                || others(terminal).is_some_and(|other| other != holder) =>
            {
                Err(format!("lease: {asked:?} is told that {holder} has it"))
            }
            Err(_) => Ok(()),
        }
    }

    fn on_released(
        &mut self,
        terminal: &TerminalId,
        by: &ClientName,
        had: bool,
        now: Timestamp,
    ) -> Check {
        let holder = self.holder(terminal, now).map(|it| it.app.clone());
        if (holder.as_ref() == Some(by)) && !had {
            return Err(format!(
                "lease: {by} has {terminal} and cannot give it back"
            ));
        }
        if holder.as_ref().is_some_and(|holder| holder != by) && had {
            return Err(format!(
                "lease: {by} gives {terminal} back, which {holder:?} has"
            ));
        }
        if had {
            self.held.remove(terminal);
        }
        Ok(())
    }

    fn on_came(&mut self, app: &ClientName, now: Timestamp) {
        self.here.insert(app.clone());
        for promise in self.held.values_mut().filter(|it| it.app == *app) {
            if now < promise.until {
                promise.until = now.after(promise.ttl);
            }
        }
    }

    fn on_went(&mut self, app: &ClientName, now: Timestamp) {
        self.here.remove(app);
        for promise in self.held.values_mut().filter(|it| it.app == *app) {
            promise.until = promise.until.min(now.after(GRACE));
        }
    }

    /// The station has decided this, all at once.
    pub(crate) fn on_decided(&mut self, entries: &[Entry], now: Timestamp) -> Check {
        let mut begun = None;
        for entry in entries {
            match entry {
                Entry::OperationStarted {
                    operation, client, ..
                } => {
                    begun = Some(operation);
                    let asked = Asked {
                        app: client.clone(),
                        at: BTreeMap::new(),
                    };
                    self.asked.insert(operation.clone(), asked);
                }
                Entry::StepRequested {
                    operation,
                    call: StepCall::Terminal { terminal, .. },
                    ..
                } => self.on_step(operation, terminal, begun == Some(operation), now)?,
                Entry::OperationFinished { operation, .. } => self.on_finished(operation, now),
                _ => {}
            }
        }
        Ok(())
    }

    /// An operation goes to a terminal: one that its app may use, or where it was before somebody
    /// else was given that.
    fn on_step(
        &mut self,
        operation: &OperationId,
        terminal: &TerminalId,
        begins: bool,
        now: Timestamp,
    ) -> Check {
        self.count += 1;
        let count = self.count;
        // The station's own move no money at terminals.
        let asked = self.asked.get_mut(operation);
        let asked = asked.ok_or_else(|| format!("lease: nobody asked for {operation}"))?;
        let app = asked.app.clone();
        let owner = self.owners.get(terminal);
        // What has ended stays so, also for a clock that is set back.
        let has_ended = |it: &Promise| it.app == app && begins && it.until <= now;
        if self.held.get(terminal).is_some_and(has_ended) {
            self.held.remove(terminal);
        }
        let promise = self.held.get_mut(terminal).filter(|it| now < it.until);
        // Where it was let in it ends what it began.
        let is_new = !asked.at.contains_key(terminal);
        if is_new {
            let arrival = Arrival {
                since: count,
                had_it: promise.as_ref().is_some_and(|it| it.app == app),
            };
            asked.at.insert(terminal.clone(), arrival);
        }
        match promise {
            Some(promise) if promise.app != app && is_new => {
                let holder = &promise.app;
                return Err(format!(
                    "lease: {operation} of {app} goes to {terminal}, which {holder} has"
                ));
            }
            None if owner.is_some_and(|owner| *owner != app) && is_new => {
                return Err(format!(
                    "lease: {operation} of {app} goes to {terminal}, which works for {owner:?}"
                ));
            }
            Some(promise) if promise.app == app && begins => {
                promise.until = now.after(promise.ttl);
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn on_finished(&mut self, operation: &OperationId, now: Timestamp) {
        let Some(asked) = self.asked.get(operation) else {
            return;
        };
        if !self.here.contains(&asked.app) {
            return;
        }
        for (terminal, arrival) in &asked.at {
            // It does not end while its app is at work there.
            let lasts = |it: &Promise| now < it.until || arrival.had_it || arrival.since < it.since;
            let promise = self.held.get_mut(terminal);
            if let Some(promise) = promise.filter(|it| it.app == asked.app && lasts(it)) {
                promise.until = now.after(promise.ttl);
            }
        }
    }

    /// An app was told that something of that terminal is stopped, or whose it is instead.
    pub(crate) fn on_stopped(
        &self,
        terminal: &TerminalId,
        by: Option<&ClientName>,
        told: &Result<Option<OperationId>, Refusal>,
    ) -> Check {
        let of = |operation: &OperationId| {
            let asked = self.asked.get(operation);
            let asked = asked.filter(|asked| asked.at.contains_key(terminal));
            asked.map(|asked| &asked.app)
        };
        let is_right = match told {
            Ok(Some(operation)) => by.is_none_or(|by| of(operation) == Some(by)),
            Err(Refusal::Rejected(Rejection::TerminalLocked { holder, .. })) => {
                of(holder).is_some() && of(holder) != by
            }
            Ok(None) | Err(_) => true,
        };
        if is_right {
            Ok(())
        } else {
            Err(format!("lease: {by:?} stops {terminal}: {told:?}"))
        }
    }
}

impl World<'_> {
    pub(crate) fn on_deal(&mut self, at: usize, deal: Deal) {
        if self.apps.is_away(at) || self.shop.is_none() {
            return;
        }
        match deal {
            Deal::Acquire {
                terminal,
                ttl,
                overrides,
            } => self.acquire(at, terminal, ttl, overrides),
            Deal::Release { terminal } => self.release(at, terminal),
            Deal::Leave { time } => self.leave(at, time),
        }
    }

    fn acquire(&mut self, at: usize, terminal: Option<usize>, ttl: u64, overrides: bool) {
        let (reply, mut answer) = oneshot::channel();
        let pool = Place::Pool(PoolId::new(POOL));
        let asked = Acquire {
            place: terminal.map_or(pool, |at| Place::Terminal(till(at))),
            app: app(at),
            ttl: Duration::from_secs(ttl),
            override_others: overrides,
        };
        let now = self.utc();
        self.note(format_args!("app asks {asked:?}"));
        let call = Call::Acquire {
            asked: asked.clone(),
            reply,
        };
        self.hand_in(call);
        // The process may have died over it; then nobody was told.
        if let (Ok(told), Some(_)) = (answer.try_recv(), &self.shop) {
            self.note(format_args!("app hears {told:?}"));
            let checked = self.promises.on_acquired(&asked, &told, now);
            self.check(checked);
        }
    }

    pub(crate) fn release(&mut self, at: usize, terminal: usize) {
        let (reply, mut answer) = oneshot::channel();
        let (terminal, app, now) = (till(terminal), app(at), self.utc());
        let call = Call::Release {
            terminal: terminal.clone(),
            app: app.clone(),
            reply,
        };
        self.hand_in(call);
        if let (Ok(Ok(had)), Some(_)) = (answer.try_recv(), &self.shop) {
            self.note(format_args!("{app} gives {terminal} back: {had}"));
            let checked = self.promises.on_released(&terminal, &app, had, now);
            self.check(checked);
        }
    }

    /// An app loses its connection, and with it all that it was waiting for.
    fn leave(&mut self, at: usize, time: u64) {
        let (app, now) = (app(at), self.utc());
        self.note(format_args!("{app} is gone"));
        self.apps.leave(at);
        self.promises.on_went(&app, now);
        self.hand_in(Call::Went(app));
        self.after(time, Happening::Back(at));
    }

    pub(crate) fn on_back(&mut self, at: usize) {
        if !self.apps.is_away(at) {
            return;
        }
        self.note(format_args!("{} is back", app(at)));
        self.apps.come(at);
        self.arrive(at);
        for conversation in self.apps.unheard(at) {
            self.ask(conversation);
        }
    }

    /// Tells the station that an app is there.
    pub(crate) fn arrive(&mut self, at: usize) {
        if self.shop.is_some() && !self.apps.is_away(at) {
            let (app, now) = (app(at), self.utc());
            self.promises.on_came(&app, now);
            self.hand_in(Call::Came(app));
        }
    }
}
