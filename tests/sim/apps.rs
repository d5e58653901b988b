//! POS apps: they ask, lose patience, lose their connections, come back, and never ask for one thing
//! under two keys.

use std::collections::BTreeSet;

use posd::api::call::{Answer, Call, Found, Query, Refusal, Standing};
use posd::domain::id::{
    Fingerprint, IdempotencyKey, OperationId, OrderId, PaymentId, PoolId, TerminalId,
};
use posd::domain::order::Order;
use posd::domain::outcome::{Outcome, Verdict};
use posd::domain::rejection::Rejection;
use posd::domain::request::{Parking, Request};
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::auditor::{Asked, Check};
use crate::leases;
use crate::plan::{Manner, Wish};
use crate::random::Random;
use crate::world::{Happening, World};

type Heard = Result<Answer, Refusal>;

#[derive(Default)]
pub(crate) struct Apps {
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) payments: Vec<PaymentId>,
    pub(crate) orders: Vec<OrderId>,
    listening: Vec<Listener>,
    /// Apps that have lost their connections.
    away: BTreeSet<usize>,
    /// What orders have cost so far, where no two payments may have the same amount.
    pub(crate) totals: BTreeSet<u64>,
}

/// Which app asks, and whether any terminal of the pool will do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who {
    pub(crate) app: usize,
    pub(crate) pool: bool,
}

/// One request of an app.
pub(crate) struct Conversation {
    pub(crate) key: IdempotencyKey,
    pub(crate) request: Request,
    who: Who,
    manner: Manner,
    is_over: bool,
    verdict: Option<Verdict>,
}

struct Listener {
    conversation: usize,
    epoch: u64,
    receiver: oneshot::Receiver<Heard>,
}

impl Apps {
    /// Requests that were neither answered nor refused.
    pub(crate) fn unanswered(&self) -> Vec<&IdempotencyKey> {
        let open = self.conversations.iter().filter(|one| !one.is_over);
        open.map(|one| &one.key).collect()
    }

    pub(crate) fn is_away(&self, app: usize) -> bool {
        self.away.contains(&app)
    }

    /// An app hears nothing more of what it has asked for.
    pub(crate) fn leave(&mut self, app: usize) {
        self.away.insert(app);
        let conversations = &self.conversations;
        self.listening
            .retain(|one| conversations[one.conversation].who.app != app);
    }

    pub(crate) fn come(&mut self, app: usize) {
        self.away.remove(&app);
    }

    /// What an app has asked for and not heard of.
    pub(crate) fn unheard(&self, app: usize) -> Vec<usize> {
        let all = self.conversations.iter().enumerate();
        let open = all.filter(|(_, one)| !one.is_over && one.who.app == app);
        open.map(|(at, _)| at).collect()
    }

    fn learn(&mut self, outcome: &Outcome) {
        for payment in &outcome.payments {
            if !self.payments.contains(&payment.id) {
                self.payments.push(payment.id.clone());
            }
        }
        if let Some(order) = &outcome.order
            && !self.orders.contains(&order.id)
        {
            self.orders.push(order.id.clone());
        }
    }
}

impl World<'_> {
    pub(crate) fn on_wish(&mut self, wish: Wish, manner: Manner, who: Who, salt: u64) {
        let mut random = Random::new(salt, "wish");
        match wish {
            Wish::Look { which } => self.look(which),
            Wish::Abort { terminal } => self.abort(terminal, who.app),
            Wish::Repeat { which, changed } => self.repeat(which, changed, who, &mut random),
            _ => {
                if let Some(request) = self.request(wish, &mut random) {
                    let key = format!("key-{:04}", self.apps.conversations.len());
                    self.begin(IdempotencyKey::new(key), request, manner, who);
                }
            }
        }
    }

    fn begin(&mut self, key: IdempotencyKey, request: Request, manner: Manner, who: Who) {
        let who = Who {
            pool: who.pool && is_placed(&request),
            ..who
        };
        let at = self.apps.conversations.len();
        self.apps.conversations.push(Conversation {
            key,
            request,
            who,
            manner,
            is_over: false,
            verdict: None,
        });
        self.ask(at);
        match manner {
            Manner::Patient => {}
            Manner::Impatient(patience) | Manner::Leaves(patience) => {
                self.after(patience, Happening::App(at));
            }
            Manner::Twice => self.ask(at),
        }
    }

    /// A request of before once more, or its key with something else.
    fn repeat(&mut self, which: u64, changed: bool, who: Who, random: &mut Random) {
        let count = self.apps.conversations.len();
        if count == 0 {
            return;
        }
        let at = usize::try_from(which).unwrap_or(usize::MAX) % count;
        if changed {
            let key = self.apps.conversations[at].key.clone();
            let request = Request::Sale {
                terminal: till(0),
                amount: crate::nok(random.between(70_001, 70_099)),
                want_token: false,
                reference: None,
            };
            self.begin(key, request, Manner::Patient, who);
        } else if self.apps.conversations[at].who.app == who.app || random.permille(500) {
            self.ask(at);
        } else {
            // Another app happens upon the same key for the same thing.
            let one = &self.apps.conversations[at];
            let (key, request, pool) = (one.key.clone(), one.request.clone(), one.who.pool);
            self.begin(key, request, Manner::Patient, Who { pool, ..who });
        }
    }

    pub(crate) fn ask(&mut self, at: usize) {
        let one = &self.apps.conversations[at];
        let (reply, receiver) = oneshot::channel();
        let call = Call::Ask {
            key: Some(one.key.clone()),
            fingerprint: Fingerprint::new(format!("{:?} {:?}", one.who, one.request)),
            client: leases::app(one.who.app),
            pool: one.who.pool.then(|| PoolId::new(leases::POOL)),
            request: Box::new(one.request.clone()),
            reply,
        };
        let (app, is_away) = (one.who.app, self.apps.is_away(one.who.app));
        let what = format!("asks {} {}", one.key, one.request.method());
        self.note(format_args!("app {app} {what}"));
        // Who is away asks when it is back.
        if is_away {
            return;
        }
        if self.shop.is_none() {
            let delay = self.random.between(500, 5_000);
            self.after(delay, Happening::App(at));
            return;
        }
        self.apps.listening.push(Listener {
            conversation: at,
            epoch: self.epoch,
            receiver,
        });
        self.hand_in(call);
    }

    pub(crate) fn hand_in(&mut self, call: Call) {
        let (now, fresh) = (self.utc(), self.fresh_operation());
        if let Some(shop) = &mut self.shop {
            shop.station.handle_call(call, fresh, now);
        }
        self.run_station();
    }

    pub(crate) fn on_app_time(&mut self, at: usize) {
        let one = &mut self.apps.conversations[at];
        if one.is_over {
            return;
        }
        if let Manner::Leaves(_) = one.manner {
            one.manner = Manner::Patient;
            self.apps.listening.retain(|other| other.conversation != at);
            self.note(format_args!("an app is gone for a while"));
            self.after(60_000, Happening::App(at));
            return;
        }
        self.ask(at);
    }

    /// Takes the answers that have come.
    pub(crate) fn hear_answers(&mut self) {
        let mut at = 0;
        while let Some(listener) = self.apps.listening.get_mut(at) {
            let conversation = listener.conversation;
            let is_current = listener.epoch == self.epoch && self.shop.is_some();
            match listener.receiver.try_recv() {
                Err(TryRecvError::Empty) => {
                    at += 1;
                    continue;
                }
                Ok(heard) => self.on_heard(conversation, heard),
                Err(TryRecvError::Closed) if is_current => {
                    let key = &self.apps.conversations[conversation].key;
                    let why = format!("answers: {key} is never answered");
                    self.check(Err(why));
                }
                Err(TryRecvError::Closed) => {
                    let delay = self.random.between(500, 5_000);
                    self.after(delay, Happening::App(conversation));
                }
            }
            self.apps.listening.remove(at);
        }
    }

    fn on_heard(&mut self, at: usize, heard: Heard) {
        let one = &self.apps.conversations[at];
        let key = one.key.clone();
        let asked = self.asked(at);
        match heard {
            Ok(Answer::Finished { operation, outcome }) => {
                self.note(format_args!(
                    "app hears {key}: {:?} {:?}",
                    outcome.verdict, outcome.reason
                ));
                let checked = self.auditor.on_answer(&key, &operation, &outcome, &asked);
                self.check(checked);
                let checked = self.check_result(&operation, &outcome);
                self.check(checked);
                self.apps.learn(&outcome);
                let one = &mut self.apps.conversations[at];
                one.is_over = true;
                one.verdict = Some(outcome.verdict);
            }
            Ok(Answer::InDoubt { operation }) => {
                self.note(format_args!("app hears {key}: in doubt"));
                let checked = self.auditor.on_doubt(&key, &operation, &asked);
                self.check(checked);
                self.after(20_000, Happening::App(at));
                self.park(&key, &operation);
            }
            Err(Refusal::JournalUnavailable) => self.after(5_000, Happening::App(at)),
            Err(Refusal::Rejected(rejection)) => {
                self.note(format_args!("app hears {key}: {rejection:?}"));
                let reused = rejection == Rejection::IdempotencyKeyReused;
                let checked = self.auditor.on_refused(&key, &asked, reused);
                self.check(checked);
                self.apps.conversations[at].is_over = true;
            }
            Err(Refusal::NotFound(what)) => {
                self.check(Err(format!("answers: {what} of {key} is not found")));
            }
        }
    }

    /// Some customers do not wait for the end of a doubt.
    fn park(&mut self, key: &IdempotencyKey, operation: &OperationId) {
        let mut random = Random::new(self.plan.seed, &format!("park {key}"));
        let key = IdempotencyKey::new(format!("park-{key}"));
        let is_asked = self.apps.conversations.iter().any(|it| it.key == key);
        if random.permille(200) && !is_asked {
            let request = Request::OperationPark(Parking {
                operation: operation.clone(),
                by: "supervisor".to_owned(),
                reason: "the customer has paid in cash".to_owned(),
            });
            let who = Who {
                app: leases::SUPERVISOR,
                pool: false,
            };
            self.begin(key, request, Manner::Patient, who);
        }
    }

    /// A customer at each terminal, when nothing goes wrong any more.
    pub(crate) fn sell_everywhere(&mut self) {
        for terminal in 0..self.lines.len() {
            let request = Request::Sale {
                terminal: till(terminal),
                amount: crate::nok(4_200),
                want_token: false,
                reference: None,
            };
            let key = IdempotencyKey::new(format!("last-{terminal}"));
            for app in 0..self.plan.setup.apps {
                self.release(app, terminal);
            }
            let works_for = self.plan.setup.terminals[terminal].works_for;
            let who = Who {
                app: works_for.unwrap_or(leases::SUPERVISOR),
                pool: false,
            };
            self.begin(key, request, Manner::Patient, who);
        }
    }

    /// Whether those customers have paid.
    pub(crate) fn check_sold_everywhere(&self) -> Check {
        let last = self.apps.conversations.iter().rev().take(self.lines.len());
        for one in last {
            if one.verdict != Some(Verdict::Approved) {
                let (key, verdict) = (&one.key, one.verdict);
                return Err(format!(
                    "liveness: {key} ends {verdict:?} in a healthy store"
                ));
            }
        }
        Ok(())
    }

    /// Asks everything once more: what was answered is answered alike, and nothing begins.
    pub(crate) fn ask_all_again(&mut self) {
        let mut asked = BTreeSet::new();
        for at in 0..self.apps.conversations.len() {
            let key = self.apps.conversations[at].key.clone();
            if self.auditor.is_taken(&key) && asked.insert(key) {
                self.ask(at);
                self.hear_answers();
            }
        }
    }

    fn query(&mut self, query: Query) -> Option<Result<Found, Refusal>> {
        self.shop.as_ref()?;
        let (reply, mut receiver) = oneshot::channel();
        self.hand_in(Call::Query { query, reply });
        receiver.try_recv().ok()
    }

    pub(crate) fn order(&mut self, which: u64) -> Option<Order> {
        let orders = self.apps.orders.clone();
        let count = u64::try_from(orders.len()).unwrap();
        let at = which.checked_rem(count)?;
        let id = orders[usize::try_from(at).unwrap()].clone();
        match self.query(Query::Order(id))? {
            Ok(Found::Order(order, _)) => Some(*order),
            _ => None,
        }
    }

    /// A question changes nothing, and agrees with what was answered.
    fn look(&mut self, which: u64) {
        let count = self.apps.conversations.len();
        let at = usize::try_from(which).unwrap_or(0).checked_rem(count);
        if let Some(at) = at {
            let key = self.apps.conversations[at].key.clone();
            let found = self.query(Query::OperationByKey(key.clone()));
            if let Some(Ok(Found::Operation {
                standing: Standing::Finished(outcome),
                id,
                ..
            })) = found
            {
                self.on_looked(&key, &id, &outcome);
            }
        }
        self.query(Query::Health);
        self.query(Query::Terminals);
        if let Some(order) = self.order(which) {
            let lines = Vec::new();
            self.query(Query::Quote {
                order: order.id,
                lines,
            });
        }
    }

    fn on_looked(&mut self, key: &IdempotencyKey, id: &OperationId, outcome: &Outcome) {
        let asked = self.auditor.asked_under(key);
        if let Some(asked) = asked {
            let checked = self.auditor.on_answer(key, id, outcome, &asked);
            self.check(checked);
        }
    }

    /// What an app has asked for, for the auditor.
    fn asked(&self, at: usize) -> Asked {
        let one = &self.apps.conversations[at];
        let places = if one.who.pool {
            leases::pool(&self.plan.setup)
        } else {
            Vec::new()
        };
        Asked {
            client: leases::app(one.who.app),
            request: one.request.clone(),
            places,
        }
    }

    /// A supervisor stops whatever runs there, everybody else what is its own.
    fn abort(&mut self, terminal: usize, who: usize) {
        if self.shop.is_none() || self.apps.is_away(who) {
            return;
        }
        let (reply, mut answer) = oneshot::channel();
        let terminal = till(terminal);
        let by = (who != leases::SUPERVISOR).then(|| leases::app(who));
        self.hand_in(Call::Abort {
            terminal: terminal.clone(),
            by: by.clone(),
            reply,
        });
        if let (Ok(told), Some(_)) = (answer.try_recv(), &self.shop) {
            let checked = self.promises.on_stopped(&terminal, by.as_ref(), &told);
            self.check(checked);
        }
    }
}

/// Whether a request names a terminal at which it is done, so that it could be another one.
fn is_placed(request: &Request) -> bool {
    let mut elsewhere = request.clone();
    elsewhere.place_at(TerminalId::new("elsewhere"));
    elsewhere != *request
}

pub(crate) fn till(at: usize) -> TerminalId {
    TerminalId::new(format!("till-{at}"))
}
