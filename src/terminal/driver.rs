//! The only place where a protocol session meets a line.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use firmware_protocols::link::{Link as _, Output};
use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::terminal::{
    Ending, Receipt, SyncId, TerminalEvent, TerminalRequest,
};
use firmware_protocols::zvt;

use super::transport::Transport;
use super::{Order, Report};
use crate::clock::Clock;
use crate::config::{LineConfig, TerminalConfig};
use crate::domain::id::EffectId;
use crate::failpoint;

/// A request that could not begin by then does not begin any more: the prompt would come when the
/// customer is gone.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Pauses between tries to open the line.
const RECONNECT: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Drives one terminal for the life of the station.
pub(super) struct Driver {
    config: TerminalConfig,
    clock: Clock,
    orders: mpsc::UnboundedReceiver<Order>,
    report: Box<dyn Fn(Report) + Send>,
    /// Started by the station, not yet by the session.
    queued: Option<Queued>,
    /// Started by the session.
    running: Option<Running>,
    /// What the terminal told last when it got ready.
    told: Option<SyncId>,
    failures: usize,
}

struct Queued {
    effect: EffectId,
    request: TerminalRequest,
    sync: Option<SyncId>,
    until: Instant,
}

struct Running {
    effect: EffectId,
    receipts: Vec<Receipt>,
}

/// Why a line is not served any more.
enum Closed {
    /// The terminal has closed a connection on which nothing was going on, as many do after some
    /// seconds. It is opened again when there is something to say.
    Idle,
    /// The session or the line ended it.
    Line(String),
    /// The station is gone.
    Station,
}

/// How far a connection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The session introduces itself.
    Introducing,
    /// The terminal is ready; the station makes its last transaction durable.
    Recording,
    /// Requests may start.
    Ready,
}

impl Driver {
    pub(super) fn new(
        config: TerminalConfig,
        clock: Clock,
        orders: mpsc::UnboundedReceiver<Order>,
        report: Box<dyn Fn(Report) + Send>,
    ) -> Self {
        Self {
            config,
            clock,
            orders,
            report,
            queued: None,
            running: None,
            told: None,
            failures: 0,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let closed = match Transport::open(&self.config.line).await {
                Ok(transport) => self.serve(transport).await,
                Err(cause) => Closed::Line(cause),
            };
            let paused = match closed {
                Closed::Station => return,
                Closed::Idle => self.rest().await,
                Closed::Line(cause) => {
                    (self.report)(Report::Down { cause });
                    self.pause().await
                }
            };
            if paused.is_err() {
                return;
            }
            self.failures = self.failures.saturating_add(1);
        }
    }

    /// Waits for the next request.
    async fn rest(&mut self) -> Result<(), Closed> {
        loop {
            let order = self.orders.recv().await.ok_or(Closed::Station)?;
            if let Order::Start {
                effect,
                request,
                sync,
            } = order
            {
                self.queue(effect, request, sync);
                return Ok(());
            }
        }
    }

    /// Waits before the line is opened again; a new request cuts the first pauses short.
    async fn pause(&mut self) -> Result<(), Closed> {
        let pause = RECONNECT
            .get(self.failures)
            .or(RECONNECT.last())
            .copied()
            .unwrap_or_default();
        let end = self.now().after(pause);
        loop {
            let expiry = self.queued.as_ref().map(|queued| queued.until);
            tokio::select! {
                () = sleep(self.until(Some(end))) => return Ok(()),
                () = sleep(self.until(expiry)), if expiry.is_some() => self.expire_queued(),
                order = self.orders.recv() => match order.ok_or(Closed::Station)? {
                    Order::Start { effect, request, sync } => {
                        self.queue(effect, request, sync);
                        return Ok(());
                    }
                    // There is no session: nothing runs that these could be about.
                    Order::Proceed | Order::Acknowledge { .. } => {}
                    Order::Abort => self.drop_queued(&Ending::Aborted),
                },
            }
        }
    }

    /// Serves one connection to its end.
    async fn serve(&mut self, mut transport: Transport) -> Closed {
        let mut link = self.session();
        link.handle_connected(self.now());
        let mut phase = Phase::Introducing;
        let mut buffer = [0_u8; 1024];
        let closed = loop {
            let wake = match self.drain(&mut link, &mut transport, &mut phase).await {
                Ok(wake) => wake,
                Err(closed) => break closed,
            };
            if phase == Phase::Ready && self.start_queued(&mut link) {
                continue;
            }
            let expiry = self.queued.as_ref().map(|queued| queued.until);
            tokio::select! {
                read = transport.read(&mut buffer) => match read {
                    Ok(count) => {
                        let bytes = buffer.get(..count).unwrap_or_default();
                        link.handle_input(bytes, self.now());
                    }
                    Err(_) if self.may_rest(phase) => break Closed::Idle,
                    Err(error) => break Closed::Line(format!("line closed: {error}")),
                },
                () = sleep(self.until(wake)), if wake.is_some() => {
                    link.handle_timeout(self.now());
                }
                () = sleep(self.until(expiry)), if expiry.is_some() => {
                    self.expire_queued();
                }
                order = self.orders.recv() => match order {
                    Some(order) => self.on_order(&mut link, &mut phase, order),
                    None => break Closed::Station,
                },
            }
        };
        // Whatever ran may have been carried out; the session says so.
        link.handle_disconnected(self.now());
        while let Output::Send(_) | Output::Event(_) | Output::Close = {
            let output = link.poll();
            if let Output::Event(event) = &output {
                self.on_event(event.clone(), &mut phase);
            }
            output
        } {}
        closed
    }

    /// A serial line that closes was unplugged; a TCP connection without work may just be over.
    fn may_rest(&self, phase: Phase) -> bool {
        let is_tcp = matches!(self.config.line, LineConfig::Tcp { .. });
        is_tcp && phase == Phase::Ready && self.running.is_none() && self.queued.is_none()
    }

    /// Carries out what the session wants, until it waits; returns until when.
    async fn drain(
        &mut self,
        link: &mut zvt::Session,
        transport: &mut Transport,
        phase: &mut Phase,
    ) -> Result<Option<Instant>, Closed> {
        loop {
            match link.poll() {
                Output::Send(bytes) => {
                    failpoint::hit("terminal.before_send");
                    let written = transport.write(&bytes).await;
                    failpoint::hit("terminal.after_send");
                    written.map_err(|error| Closed::Line(format!("line closed: {error}")))?;
                }
                Output::Event(event) => self.on_event(event, phase),
                Output::Close => return Err(Closed::Line("terminal does not answer".to_owned())),
                Output::Wait(at) => return Ok(at),
            }
        }
    }

    fn on_event(&mut self, event: TerminalEvent, phase: &mut Phase) {
        match event {
            TerminalEvent::Ready { last, .. } => {
                *phase = Phase::Recording;
                self.failures = 0;
                self.told = last.as_ref().and_then(|last| last.sync.clone());
                (self.report)(Report::Ready {
                    last: last.map(Box::new),
                });
            }
            TerminalEvent::Prompt(prompt) => {
                if let Some(running) = &self.running {
                    let effect = running.effect.clone();
                    (self.report)(Report::Prompt { effect, prompt });
                }
            }
            TerminalEvent::Receipt(receipt) => {
                if let Some(running) = &mut self.running {
                    running.receipts.push(receipt);
                }
            }
            TerminalEvent::Result(transaction) => {
                if let Some(running) = &self.running {
                    let effect = running.effect.clone();
                    let transaction = Box::new(transaction);
                    (self.report)(Report::Result {
                        effect,
                        transaction,
                    });
                }
            }
            TerminalEvent::Finished(ending) => {
                if let Some(Running { effect, receipts }) = self.running.take() {
                    let ending = Box::new(ending);
                    (self.report)(Report::Finished {
                        effect,
                        ending,
                        receipts,
                    });
                }
            }
        }
    }

    fn on_order(&mut self, link: &mut zvt::Session, phase: &mut Phase, order: Order) {
        match order {
            Order::Start {
                effect,
                request,
                sync,
            } => self.queue(effect, request, sync),
            Order::Proceed if *phase == Phase::Recording => {
                *phase = Phase::Ready;
                self.renew_sync();
            }
            Order::Proceed => {}
            Order::Acknowledge { effect } => {
                if self
                    .running
                    .as_ref()
                    .is_some_and(|running| running.effect == effect)
                {
                    link.acknowledge(self.now());
                }
            }
            Order::Abort if self.queued.is_some() => self.drop_queued(&Ending::Aborted),
            Order::Abort => link.abort(self.now()),
        }
    }

    fn queue(&mut self, effect: EffectId, request: TerminalRequest, sync: Option<SyncId>) {
        // The station sends one request at a time; an inquiry may be repeated.
        self.drop_queued(&Ending::InDoubt);
        let until = self.now().after(START_TIMEOUT);
        self.queued = Some(Queued {
            effect,
            request,
            sync,
            until,
        });
    }

    /// What is queued was decided before the station knew of the terminal's last transaction. Asked
    /// with the value from before it, the terminal would take that transaction back.
    fn renew_sync(&mut self) {
        if let (Some(queued), Some(told)) = (&mut self.queued, self.told.take()) {
            queued.sync = Some(told);
        }
    }

    /// Starts what is queued; false when there is nothing to start.
    fn start_queued(&mut self, link: &mut zvt::Session) -> bool {
        if self.running.is_some() {
            return false;
        }
        let Some(Queued {
            effect,
            request,
            sync,
            until,
        }) = self.queued.take()
        else {
            return false;
        };
        self.running = Some(Running {
            effect: effect.clone(),
            receipts: Vec::new(),
        });
        if link
            .start(request.clone(), sync.clone(), self.now())
            .is_err()
        {
            self.running = None;
            self.queued = Some(Queued {
                effect,
                request,
                sync,
                until,
            });
            return false;
        }
        true
    }

    fn expire_queued(&mut self) {
        let now = self.now();
        if self
            .queued
            .as_ref()
            .is_some_and(|queued| queued.until <= now)
        {
            self.drop_queued(&Ending::NotSent);
        }
    }

    fn drop_queued(&mut self, ending: &Ending) {
        if let Some(Queued { effect, .. }) = self.queued.take() {
            let ending = Box::new(ending.clone());
            (self.report)(Report::Finished {
                effect,
                ending,
                receipts: Vec::new(),
            });
        }
    }

    fn session(&self) -> zvt::Session {
        let framing = match self.config.line {
            LineConfig::Serial { .. } => zvt::Framing::Serial,
            LineConfig::Tcp { .. } => zvt::Framing::Tcp,
        };
        let mut config = zvt::Config::new(framing, self.config.currency);
        // The configuration has checked the digits.
        config.password =
            zvt::Password::from_digits(&self.config.password).unwrap_or(zvt::Password::ZERO);
        config.timers.t2 = config.timers.t2.min(self.config.response_timeout);
        config.timers.t3 = self.config.response_timeout;
        config.timers.t4 = self.config.completion_timeout;
        zvt::Session::new(config)
    }

    fn now(&self) -> Instant {
        self.clock.monotonic()
    }

    /// How long it is until an instant; nothing when it has come, or when there is none.
    fn until(&self, at: Option<Instant>) -> Duration {
        let at = at.map_or(0, |at| at.0);
        Duration::from_millis(at.saturating_sub(self.now().0))
    }
}
