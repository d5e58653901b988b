//! Who has a terminal between two payments: leases end by themselves, are renewed by use, and do not
//! outlive their app for long. They are kept in memory only: a restart ends them all.

use std::collections::BTreeMap;

use firmware_protocols::time::Duration;

use super::directory::{Directory, TerminalProfile};
use super::id::{ClientName, PoolId, TerminalId, Timestamp};
use super::rejection::Rejection;
use super::state::State;

/// A terminal that an app has for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose it is.
    pub app: ClientName,
    /// How long it lasts after each use.
    pub ttl: Duration,
    /// When it ends.
    pub until: Timestamp,
}

/// What an app asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquire {
    /// Which terminal.
    pub place: Place,
    /// Who asks.
    pub app: ClientName,
    /// How long it wants to keep it after each use.
    pub ttl: Duration,
    /// Take it from another app.
    pub override_others: bool,
}

/// Where a payment is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this terminal.
    Terminal(TerminalId),
    /// At whichever is free of these.
    Pool(PoolId),
}

/// What was acquired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquired {
    /// Which terminal.
    pub terminal: TerminalId,
    /// Until when, unless it is used before.
    pub until: Timestamp,
    /// Whose it was not before: apps are told.
    pub is_new: bool,
    /// From whom it was taken.
    pub taken_from: Option<ClientName>,
}

/// All leases, and which apps are connected.
#[derive(Clone, Debug, Default)]
pub struct Leases {
    held: BTreeMap<TerminalId, Lease>,
    /// Connections of each app.
    present: BTreeMap<ClientName, u32>,
}

impl Leases {
    /// The lease of a terminal. While its app has an operation there it does not end.
    #[must_use]
    pub fn of(&self, state: &State, terminal: &TerminalId, now: Timestamp) -> Option<&Lease> {
        let lease = self.held.get(terminal)?;
        let running = state.books.holder_of_terminal(terminal);
        let in_use = running.is_some_and(|operation| operation.client == lease.app);
        (now < lease.until || in_use).then_some(lease)
    }

    /// Terminals that only one app may use now, and that app.
    #[must_use]
    pub fn only_for(&self, state: &State, now: Timestamp) -> BTreeMap<TerminalId, ClientName> {
        let terminals = state.directory.terminals.iter();
        let only = terminals.filter_map(|(id, profile)| {
            let lease = self.of(state, id, now).map(|lease| &lease.app);
            let app = lease.or(profile.app.as_ref())?;
            Some((id.clone(), app.clone()))
        });
        only.collect()
    }

    /// Whether an app may use a terminal now: nobody else has it.
    pub fn check(
        &self,
        state: &State,
        terminal: &TerminalId,
        app: &ClientName,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let leased = |holder: &ClientName, until| {
            Err(Rejection::TerminalLeased {
                terminal: terminal.clone(),
                holder: holder.clone(),
                until,
            })
        };
        if let Some(lease) = self.of(state, terminal, now) {
            if lease.app == *app {
                return Ok(());
            }
            return leased(&lease.app, Some(lease.until));
        }
        let owner = profile(&state.directory, terminal).and_then(|it| it.app.as_ref());
        match owner.filter(|owner| *owner != app) {
            Some(owner) => leased(owner, None),
            None => Ok(()),
        }
    }

    /// Gives a terminal to an app, or refuses.
    pub fn acquire(
        &mut self,
        state: &State,
        connected: impl Fn(&TerminalId) -> bool,
        asked: &Acquire,
        now: Timestamp,
    ) -> Result<Acquired, Rejection> {
        let terminal = match &asked.place {
            Place::Terminal(terminal) => terminal.clone(),
            Place::Pool(pool) => self.choose(state, connected, pool, &asked.app, now)?,
        };
        if profile(&state.directory, &terminal).is_none() {
            return Err(Rejection::TerminalUnknown(terminal));
        }
        let before = self
            .of(state, &terminal, now)
            .map(|lease| lease.app.clone());
        if !asked.override_others {
            self.check(state, &terminal, &asked.app, now)?;
            let running = state.books.holder_of_terminal(&terminal);
            if let Some(running) = running.filter(|running| running.client != asked.app) {
                return Err(Rejection::TerminalLocked {
                    terminal,
                    holder: running.id.clone(),
                });
            }
        }

        // Nothing below can fail.
        let until = now.after(asked.ttl);
        let lease = Lease {
            app: asked.app.clone(),
            ttl: asked.ttl,
            until,
        };
        self.held.insert(terminal.clone(), lease);
        Ok(Acquired {
            terminal,
            until,
            is_new: before.as_ref() != Some(&asked.app),
            taken_from: before.filter(|before| *before != asked.app),
        })
    }

    /// Gives a terminal back. False when the app did not have it.
    pub fn release(&mut self, terminal: &TerminalId, app: &ClientName) -> bool {
        let had = self.held.get(terminal).is_some_and(|it| it.app == *app);
        if had {
            self.held.remove(terminal);
        }
        had
    }

    /// The app begins to use the terminal: its lease lasts anew. One that has ended does not come back.
    pub fn used(&mut self, state: &State, terminal: &TerminalId, app: &ClientName, now: Timestamp) {
        let has_it = self
            .of(state, terminal, now)
            .is_some_and(|it| it.app == *app);
        if has_it {
            self.renew(terminal, app, now);
        } else if self.held.get(terminal).is_some_and(|it| it.app == *app) {
            self.held.remove(terminal);
        }
    }

    /// An operation of an app at the terminal is over, during which its lease did not end. An app that has
    /// gone meanwhile does not keep it.
    pub fn finished(&mut self, terminal: &TerminalId, app: &ClientName, now: Timestamp) {
        if self.present.contains_key(app) {
            self.renew(terminal, app, now);
        }
    }

    fn renew(&mut self, terminal: &TerminalId, app: &ClientName, now: Timestamp) {
        if let Some(lease) = self.held.get_mut(terminal).filter(|it| it.app == *app) {
            lease.until = now.after(lease.ttl);
        }
    }

    /// A connection of an app came. What it has lasts anew.
    pub fn came(&mut self, app: &ClientName, now: Timestamp) {
        let count = self.present.entry(app.clone()).or_default();
        *count = count.saturating_add(1);
        for lease in self.held.values_mut().filter(|it| it.app == *app) {
            if now < lease.until {
                lease.until = now.after(lease.ttl);
            }
        }
    }

    /// A connection of an app went. With the last one, what it has ends soon.
    pub fn went(&mut self, app: &ClientName, grace: Duration, now: Timestamp) {
        let count = self.present.entry(app.clone()).or_default();
        *count = count.saturating_sub(1);
        if *count > 0 {
            return;
        }
        self.present.remove(app);
        let end = now.after(grace);
        for lease in self.held.values_mut().filter(|it| it.app == *app) {
            lease.until = lease.until.min(end);
        }
    }

    /// A terminal of a pool for an app: the one that it has, else a free one; one whose line is up
    /// before one whose line is down.
    pub fn choose(
        &self,
        state: &State,
        connected: impl Fn(&TerminalId) -> bool,
        pool: &PoolId,
        app: &ClientName,
        now: Timestamp,
    ) -> Result<TerminalId, Rejection> {
        let terminals = state.directory.terminals.iter();
        let in_pool = terminals.filter(|(_, profile)| profile.pools.contains(pool));
        let in_pool: Vec<&TerminalId> = in_pool.map(|(id, _)| id).collect();
        if in_pool.is_empty() {
            return Err(Rejection::PoolUnknown(pool.clone()));
        }
        let is_own = |id: &&&TerminalId| {
            let lease = self.of(state, id, now);
            lease.is_some_and(|lease| lease.app == *app)
        };
        let is_free = |id: &&&TerminalId| {
            let idle = state.books.holder_of_terminal(id).is_none();
            idle && self.check(state, id, app, now).is_ok()
        };
        let own = in_pool.iter().find(is_own);
        let ready = || in_pool.iter().filter(is_free).find(|id| connected(id));
        let free = || in_pool.iter().find(is_free);
        let chosen = own.or_else(ready).or_else(free);
        chosen
            .map(|id| (*id).clone())
            .ok_or_else(|| Rejection::NoTerminalFree(pool.clone()))
    }
}

fn profile<'a>(directory: &'a Directory, terminal: &TerminalId) -> Option<&'a TerminalProfile> {
    directory.terminals.get(terminal)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use firmware_protocols::vocabulary::Currency;
    use proptest::prelude::{Strategy, prop_oneof, proptest};

    use super::super::directory::TerminalCapabilities;
    use super::*;

    const TERMINALS: [&str; 3] = ["a", "b", "c"];
    const TTL: Duration = Duration::from_secs(60);
    const GRACE: Duration = Duration::from_secs(10);

    fn app(name: &str) -> ClientName {
        ClientName::new(name)
    }

    fn terminal(name: &str) -> TerminalId {
        TerminalId::new(name)
    }

    /// Three terminals, of which two are a pool and the third works for one app only.
    fn state() -> State {
        let profile = |name: &str| {
            let profile = TerminalProfile {
                currency: Currency::NOK,
                account: None,
                capabilities: TerminalCapabilities {
                    pre_authorization: true,
                    card_token: true,
                    partial_capture: true,
                    last_transaction: true,
                },
                app: (name == "c").then(|| app("kiosk")),
                pools: if name == "c" {
                    BTreeSet::new()
                } else {
                    [PoolId::new("counter")].into()
                },
            };
            (terminal(name), profile)
        };
        let mut state = State::default();
        state.directory.terminals = TERMINALS.map(profile).into();
        state
    }

    fn ask(leases: &mut Leases, who: &str, place: Place, at: i64) -> Result<Acquired, Rejection> {
        let asked = Acquire {
            place,
            app: app(who),
            ttl: TTL,
            override_others: false,
        };
        leases.acquire(&state(), |_| true, &asked, Timestamp(at))
    }

    fn at(name: &str) -> Place {
        Place::Terminal(terminal(name))
    }

    fn leased(holder: &str, until: Option<i64>) -> Rejection {
        Rejection::TerminalLeased {
            terminal: terminal(if until.is_none() { "c" } else { "a" }),
            holder: app(holder),
            until: until.map(Timestamp),
        }
    }

    #[test]
    fn a_lease_is_one_apps_until_it_ends() {
        let mut leases = Leases::default();
        leases.came(&app("one"), Timestamp(0));
        let first = ask(&mut leases, "one", at("a"), 0).unwrap();
        assert_eq!(first.until, Timestamp(60_000));
        let refused = Err(leased("one", Some(60_000)));
        assert_eq!(ask(&mut leases, "two", at("a"), 59_999), refused);
        // Use makes it last.
        let state = state();
        leases.used(&state, &terminal("a"), &app("two"), Timestamp(30_000));
        leases.used(&state, &terminal("a"), &app("one"), Timestamp(30_000));
        let refused = Err(leased("one", Some(90_000)));
        assert_eq!(ask(&mut leases, "two", at("a"), 89_999), refused);
        // Once it has ended, it does not.
        leases.used(&state, &terminal("a"), &app("one"), Timestamp(90_000));
        let later = ask(&mut leases, "two", at("a"), 90_000).unwrap();
        assert_eq!((later.is_new, later.taken_from), (true, None));
        assert!(!leases.release(&terminal("a"), &app("one")));
        assert!(leases.release(&terminal("a"), &app("two")));
        assert!(ask(&mut leases, "one", at("a"), 90_001).is_ok());
    }

    #[test]
    fn an_app_that_is_gone_does_not_keep_its_terminal_for_long() {
        let mut leases = Leases::default();
        for _ in 0..2 {
            leases.came(&app("one"), Timestamp(0));
        }
        ask(&mut leases, "one", at("a"), 0).unwrap();
        leases.went(&app("one"), GRACE, Timestamp(1_000));
        let refused = Err(leased("one", Some(60_000)));
        assert_eq!(ask(&mut leases, "two", at("a"), 20_000), refused);
        leases.went(&app("one"), GRACE, Timestamp(20_000));
        let refused = Err(leased("one", Some(30_000)));
        assert_eq!(ask(&mut leases, "two", at("a"), 29_999), refused);
        // Back in time: it keeps it. Away again, and an operation of it ends: it does not.
        leases.came(&app("one"), Timestamp(29_999));
        let refused = Err(leased("one", Some(89_999)));
        assert_eq!(ask(&mut leases, "two", at("a"), 30_000), refused);
        leases.went(&app("one"), GRACE, Timestamp(40_000));
        leases.finished(&terminal("a"), &app("one"), Timestamp(45_000));
        assert!(ask(&mut leases, "two", at("a"), 50_000).is_ok());
    }

    #[test]
    fn a_supervisor_takes_it_and_it_is_told_from_whom() {
        let mut leases = Leases::default();
        ask(&mut leases, "one", at("a"), 0).unwrap();
        let asked = Acquire {
            place: at("a"),
            app: app("lead"),
            ttl: TTL,
            override_others: true,
        };
        let taken = leases.acquire(&state(), |_| true, &asked, Timestamp(1));
        assert_eq!(taken.unwrap().taken_from, Some(app("one")));
        let state = state();
        let lead = leases.check(&state, &terminal("a"), &app("lead"), Timestamp(2));
        assert_eq!(lead, Ok(()));
        let one = leases.check(&state, &terminal("a"), &app("one"), Timestamp(2));
        assert_eq!(one, Err(leased("lead", Some(60_001))));
    }

    #[test]
    fn a_dedicated_terminal_works_for_its_app_only() {
        let mut leases = Leases::default();
        let refused = Err(leased("kiosk", None));
        assert_eq!(ask(&mut leases, "one", at("c"), 0), refused);
        assert!(ask(&mut leases, "kiosk", at("c"), 0).is_ok());
        let unknown = Err(Rejection::TerminalUnknown(terminal("d")));
        assert_eq!(ask(&mut leases, "one", at("d"), 0), unknown);
    }

    #[test]
    fn a_pool_gives_what_is_free_and_connected_first() {
        let counter = || Place::Pool(PoolId::new("counter"));
        let mut leases = Leases::default();
        let asked = Acquire {
            place: counter(),
            app: app("one"),
            ttl: TTL,
            override_others: false,
        };
        let only_b = |id: &TerminalId| *id == terminal("b");
        let first = leases.acquire(&state(), only_b, &asked, Timestamp(0));
        assert_eq!(first.unwrap().terminal, terminal("b"));
        // Its own again, then the other one for the next app, then none.
        let own = ask(&mut leases, "one", counter(), 1).unwrap();
        assert_eq!((own.terminal, own.is_new), (terminal("b"), false));
        let next = ask(&mut leases, "two", counter(), 1).unwrap();
        assert_eq!(next.terminal, terminal("a"));
        let none = Err(Rejection::NoTerminalFree(PoolId::new("counter")));
        assert_eq!(ask(&mut leases, "three", counter(), 1), none);
        let attic = PoolId::new("attic");
        let unknown = Err(Rejection::PoolUnknown(attic.clone()));
        assert_eq!(ask(&mut leases, "three", Place::Pool(attic), 1), unknown);
    }

    #[derive(Clone, Debug)]
    enum Act {
        Acquire(usize, usize, bool),
        AcquireFromPool(usize),
        Release(usize, usize),
        Use(usize, usize),
        Come(usize),
        Go(usize),
        Wait(u64),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0..4_usize, 0..3_usize, proptest::bool::weighted(0.1))
                .prop_map(|(who, at, over)| Act::Acquire(who, at, over)),
            (0..4_usize).prop_map(Act::AcquireFromPool),
            (0..4_usize, 0..3_usize).prop_map(|(who, at)| Act::Release(who, at)),
            (0..4_usize, 0..3_usize).prop_map(|(who, at)| Act::Use(who, at)),
            (0..4_usize).prop_map(Act::Come),
            (0..4_usize).prop_map(Act::Go),
            (0..40_000_u64).prop_map(Act::Wait),
        ]
    }

    proptest! {
        /// Whatever apps do: who got a terminal without overriding anybody took it from nobody, a
        /// terminal is usable for at most one app while it is leased, and every lease ends.
        #[test]
        fn a_terminal_is_never_two_apps(acts in proptest::collection::vec(act(), 1..60)) {
            let state = state();
            let names = ["one", "two", "kiosk", "lead"];
            let mut leases = Leases::default();
            let mut now = Timestamp(0);
            for act in acts {
                let before: Vec<_> = TERMINALS
                    .map(|id| leases.of(&state, &terminal(id), now).map(|it| it.app.clone()))
                    .into();
                match act {
                    Act::Acquire(who, at, override_others) => {
                        let asked = Acquire {
                            place: Place::Terminal(terminal(TERMINALS[at])),
                            app: app(names[who]),
                            ttl: TTL,
                            override_others,
                        };
                        let told = leases.acquire(&state, |_| true, &asked, now);
                        let other = before[at].clone().filter(|it| *it != app(names[who]));
                        if let Ok(told) = told {
                            assert_eq!(told.taken_from, other);
                            assert!(override_others || other.is_none());
                            assert_eq!(told.until, now.after(TTL));
                        } else {
                            assert!(other.is_some() || (at == 2 && names[who] != "kiosk"));
                        }
                    }
                    Act::AcquireFromPool(who) => {
                        let pool = Place::Pool(PoolId::new("counter"));
                        if let Ok(told) = ask(&mut leases, names[who], pool, now.0) {
                            assert_eq!(told.taken_from, None);
                        } else {
                            let others = |it: &Option<ClientName>| {
                                it.as_ref().is_some_and(|it| *it != app(names[who]))
                            };
                            assert!(before[..2].iter().all(others));
                        }
                    }
                    Act::Release(who, at) => {
                        leases.release(&terminal(TERMINALS[at]), &app(names[who]));
                    }
                    Act::Use(who, at) => {
                        // The station asks first.
                        let id = terminal(TERMINALS[at]);
                        if leases.check(&state, &id, &app(names[who]), now).is_ok() {
                            leases.used(&state, &id, &app(names[who]), now);
                        }
                    }
                    Act::Come(who) => leases.came(&app(names[who]), now),
                    Act::Go(who) => leases.went(&app(names[who]), GRACE, now),
                    Act::Wait(ms) => now = now.after(Duration::from_millis(ms)),
                }
                for id in TERMINALS.map(terminal) {
                    if let Some(lease) = leases.of(&state, &id, now) {
                        let may = |name: &&str| leases.check(&state, &id, &app(name), now).is_ok();
                        assert_eq!(names.iter().filter(|name| may(name)).count(), 1);
                        assert!(lease.until <= now.after(TTL));
                    }
                    assert_eq!(leases.of(&state, &id, now.after(TTL)), None);
                }
            }
        }
    }
}
