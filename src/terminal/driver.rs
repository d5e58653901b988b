//! What a driver does, as a machine: orders, bytes and time in; bytes, reports and the wish to open
//! or close the line out. It holds the protocol session.

use std::collections::VecDeque;

use firmware_protocols::link::{Link as _, Output as LinkOutput};
use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::{
    Ending, Prompt, Receipt, SyncId, TerminalEvent, TerminalRequest,
};
use firmware_protocols::zvt;

use super::{Order, Report};
use crate::config::{LineConfig, TerminalConfig};
use crate::domain::id::EffectId;

/// A request that could not begin by then does not begin any more: the prompt would come when the
/// customer is gone.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// So many receipts of one request are kept. A terminal that prints without end does not fill the memory.
const RECEIPTS_MAX: usize = 16;

/// So many prompts of one request are told, many more than a payment needs. Each becomes an event, and
/// events are kept: a terminal that prompts without end does not fill the disk.
const PROMPTS_MAX: u16 = 500;

/// Pauses between tries to open the line.
const RECONNECT: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Drives one terminal for the life of the station.
///
/// **After every call of a `handle_*` method, [`Self::poll`] is drained until it says
/// [`Output::Wait`], [`Output::Open`] or [`Output::Left`].**
pub struct Driver {
    config: TerminalConfig,
    line: Line,
    /// Started by the station, not yet by the session.
    queued: Option<Queued>,
    /// Started by the session.
    running: Option<Running>,
    /// What the terminal told last when it got ready.
    told: Option<SyncId>,
    failures: usize,
    /// The station ends.
    leaving: bool,
    outputs: VecDeque<Output>,
}

/// What whoever owns the line must do for a driver.
#[derive(Debug)]
pub enum Output {
    /// Open the line, then say so by [`Driver::handle_opened`] or [`Driver::handle_closed`]. Orders
    /// wait meanwhile.
    Open,
    /// Write these bytes, all of them. What cannot be written closes the line.
    Send(Vec<u8>),
    /// Close the line, without saying so.
    Close,
    /// Tell the station.
    Report(Report),
    /// Nothing more until there is input, an order, or this instant.
    Wait(Option<Instant>),
    /// The terminal is idle, and nothing more is said to it: close the line and forget the driver.
    Left,
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
    /// The last one that was told, and how many were.
    prompt: Option<Prompt>,
    prompts: u16,
}

impl Running {
    const fn new(effect: EffectId) -> Self {
        Self {
            effect,
            receipts: Vec::new(),
            prompt: None,
            prompts: 0,
        }
    }

    /// Whether a prompt is news: terminals repeat the same one to say that they are still there.
    fn is_news(&mut self, prompt: &Prompt) -> bool {
        if self.prompt.as_ref() == Some(prompt) || self.prompts == PROMPTS_MAX {
            return false;
        }
        self.prompt = Some(prompt.clone());
        self.prompts = self.prompts.saturating_add(1);
        true
    }
}

/// What is going on with the line.
enum Line {
    /// It is to be opened.
    Closed,
    /// It is being opened.
    Opening,
    /// It is opened again at this instant.
    Pausing(Instant),
    /// The terminal has closed a connection on which nothing was going on, as many do after some
    /// seconds. It is opened again when there is something to say.
    Resting,
    /// It is open.
    Open {
        link: Box<zvt::Session>,
        phase: Phase,
        wake: Option<Instant>,
    },
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
    /// A driver that wants to open its line.
    #[must_use]
    pub fn new(config: TerminalConfig) -> Self {
        Self {
            config,
            line: Line::Closed,
            queued: None,
            running: None,
            told: None,
            failures: 0,
            leaving: false,
            outputs: VecDeque::new(),
        }
    }

    /// The line is open.
    pub fn handle_opened(&mut self, now: Instant) {
        let mut link = Box::new(self.session());
        link.handle_connected(now);
        self.line = Line::Open {
            link,
            phase: Phase::Introducing,
            wake: None,
        };
        self.drain(now);
    }

    /// The line is closed, or could not be opened; `cause` is for a technician.
    pub fn handle_closed(&mut self, cause: String, now: Instant) {
        if self.may_rest() {
            self.hang_up(now);
            self.failures = self.failures.saturating_add(1);
            self.line = Line::Resting;
        } else {
            self.fail(cause, now);
        }
    }

    /// Bytes from the line, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        if let Line::Open { link, .. } = &mut self.line {
            link.handle_input(bytes, now);
        }
        self.drain(now);
    }

    /// The instant of the last [`Output::Wait`] has come. Calling early or twice is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        match &mut self.line {
            Line::Open { link, wake, .. } if wake.is_some_and(|wake| wake <= now) => {
                link.handle_timeout(now);
            }
            Line::Pausing(end) if *end <= now => self.line = Line::Closed,
            Line::Closed | Line::Opening | Line::Pausing(_) | Line::Resting | Line::Open { .. } => {
            }
        }
        let expired = |queued: &Queued| queued.until <= now;
        if self.queued.as_ref().is_some_and(expired) {
            self.drop_queued(&Ending::NotSent);
        }
        self.drain(now);
    }

    /// Something was plugged in or pulled out, and the terminal may be there now: the pause is cut
    /// short. Not to nothing, because a port that has just come is about to get its name and its rights.
    pub fn handle_plugged(&mut self, now: Instant) {
        if let Line::Pausing(end) = &mut self.line {
            self.failures = 0;
            let soon = RECONNECT.first().copied().unwrap_or_default();
            *end = now.after(soon).min(*end);
        }
    }

    /// The station tells something.
    pub fn handle_order(&mut self, order: Order, now: Instant) {
        match order {
            Order::Start {
                effect,
                request,
                sync,
            } => self.queue(effect, request, sync, now),
            Order::Proceed => self.proceed(),
            Order::Acknowledge { effect } => {
                let running = self.running.as_ref();
                if let Line::Open { link, .. } = &mut self.line
                    && running.is_some_and(|running| running.effect == effect)
                {
                    link.acknowledge(now);
                }
            }
            Order::Leave => self.leaving = true,
            Order::Abort if self.queued.is_some() => self.drop_queued(&Ending::Aborted),
            Order::Abort => {
                if let Line::Open { link, .. } = &mut self.line {
                    link.abort(now);
                }
            }
        }
        self.drain(now);
    }

    /// What the line is used for now.
    #[must_use]
    pub fn effect(&self) -> Option<&EffectId> {
        let running = self.running.as_ref().map(|running| &running.effect);
        running.or(self.queued.as_ref().map(|queued| &queued.effect))
    }

    /// How units travel on the line.
    #[must_use]
    pub const fn framing(&self) -> zvt::Framing {
        match self.config.line {
            LineConfig::Serial { .. } => zvt::Framing::Serial,
            LineConfig::Tcp { .. } => zvt::Framing::Tcp,
        }
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        if self.leaving && self.is_idle() {
            return Output::Left;
        }
        let wake = match &self.line {
            Line::Closed => {
                self.line = Line::Opening;
                return Output::Open;
            }
            Line::Opening | Line::Resting => None,
            Line::Pausing(end) => Some(*end),
            Line::Open { wake, .. } => *wake,
        };
        let expiry = self.queued.as_ref().map(|queued| queued.until);
        Output::Wait([wake, expiry].into_iter().flatten().min())
    }

    /// Takes what the session wants until it waits, starts what may be started.
    fn drain(&mut self, now: Instant) {
        loop {
            let Line::Open { link, wake, .. } = &mut self.line else {
                return;
            };
            match link.poll() {
                LinkOutput::Send(bytes) => self.outputs.push_back(Output::Send(bytes)),
                LinkOutput::Event(event) => self.on_event(event),
                LinkOutput::Close => {
                    self.outputs.push_back(Output::Close);
                    self.fail("terminal does not answer".to_owned(), now);
                }
                LinkOutput::Wait(at) => {
                    *wake = at;
                    if !self.start_queued(now) {
                        return;
                    }
                }
            }
        }
    }

    fn on_event(&mut self, event: TerminalEvent) {
        let running = self.running.as_ref().map(|running| running.effect.clone());
        let report = match event {
            TerminalEvent::Ready { last, .. } => {
                if let Line::Open { phase, .. } = &mut self.line {
                    *phase = Phase::Recording;
                }
                self.failures = 0;
                self.told = last.as_ref().and_then(|last| last.sync.clone());
                let last = last.map(Box::new);
                Some(Report::Ready { last })
            }
            TerminalEvent::Prompt(prompt) => {
                let is_news = |running: &mut Running| running.is_news(&prompt);
                let is_news = self.running.as_mut().is_some_and(is_news);
                running
                    .filter(|_| is_news)
                    .map(|effect| Report::Prompt { effect, prompt })
            }
            TerminalEvent::Receipt(receipt) => {
                if let Some(running) = &mut self.running
                    && running.receipts.len() < RECEIPTS_MAX
                {
                    running.receipts.push(receipt);
                }
                None
            }
            TerminalEvent::Result(transaction) => running.map(|effect| Report::Result {
                effect,
                transaction: Box::new(transaction),
            }),
            TerminalEvent::Finished(ending) => {
                self.running.take().map(|running| Report::Finished {
                    effect: running.effect,
                    ending: Box::new(ending),
                    receipts: running.receipts,
                })
            }
        };
        self.outputs.extend(report.map(Output::Report));
    }

    fn queue(
        &mut self,
        effect: EffectId,
        request: TerminalRequest,
        sync: Option<SyncId>,
        now: Instant,
    ) {
        // The station sends one request at a time; an inquiry may be repeated.
        self.drop_queued(&Ending::InDoubt);
        self.queued = Some(Queued {
            effect,
            request,
            sync,
            until: now.after(START_TIMEOUT),
        });
        // A new request cuts a pause short.
        if matches!(self.line, Line::Pausing(_) | Line::Resting) {
            self.line = Line::Closed;
        }
    }

    /// What the terminal said when it got ready is durable. What is queued was decided before the
    /// station knew of the terminal's last transaction. Asked with the value from before it, the
    /// terminal would take that transaction back.
    fn proceed(&mut self) {
        if let Line::Open { phase, .. } = &mut self.line
            && *phase == Phase::Recording
        {
            *phase = Phase::Ready;
            if let (Some(queued), Some(told)) = (&mut self.queued, self.told.take()) {
                queued.sync = Some(told);
            }
        }
    }

    /// Starts what is queued; false when there is nothing to start.
    fn start_queued(&mut self, now: Instant) -> bool {
        let Line::Open { link, phase, .. } = &mut self.line else {
            return false;
        };
        if *phase != Phase::Ready || self.running.is_some() {
            return false;
        }
        let Some(queued) = self.queued.take() else {
            return false;
        };
        let started = link.start(queued.request.clone(), queued.sync.clone(), now);
        if started.is_err() {
            self.queued = Some(queued);
            return false;
        }
        self.running = Some(Running::new(queued.effect));
        true
    }

    fn drop_queued(&mut self, ending: &Ending) {
        if let Some(Queued { effect, .. }) = self.queued.take() {
            self.outputs.push_back(Output::Report(Report::Finished {
                effect,
                ending: Box::new(ending.clone()),
                receipts: Vec::new(),
            }));
        }
    }

    /// Whether there is nothing that the terminal or the station still waits for. A session that is
    /// introduced and has no timer has delivered all it said.
    const fn is_idle(&self) -> bool {
        let is_silent = match &self.line {
            Line::Open { phase, wake, .. } => {
                !matches!(phase, Phase::Introducing) && wake.is_none()
            }
            Line::Closed | Line::Opening | Line::Pausing(_) | Line::Resting => true,
        };
        is_silent && self.queued.is_none() && self.running.is_none()
    }

    /// A serial line that closes was unplugged; a TCP connection without work may just be over.
    fn may_rest(&self) -> bool {
        let is_tcp = matches!(self.config.line, LineConfig::Tcp { .. });
        let is_ready = matches!(
            self.line,
            Line::Open {
                phase: Phase::Ready,
                ..
            }
        );
        is_tcp && is_ready && self.running.is_none() && self.queued.is_none()
    }

    /// The line does not serve any more: pause, then try again.
    fn fail(&mut self, cause: String, now: Instant) {
        self.hang_up(now);
        self.outputs
            .push_back(Output::Report(Report::Down { cause }));
        let pause = RECONNECT.get(self.failures).or(RECONNECT.last());
        self.failures = self.failures.saturating_add(1);
        self.line = Line::Pausing(now.after(pause.copied().unwrap_or_default()));
    }

    /// Whatever ran may have been carried out; the session says so.
    fn hang_up(&mut self, now: Instant) {
        let Line::Open { link, .. } = &mut self.line else {
            return;
        };
        link.handle_disconnected(now);
        loop {
            let Line::Open { link, .. } = &mut self.line else {
                return;
            };
            match link.poll() {
                LinkOutput::Event(event) => self.on_event(event),
                LinkOutput::Send(_) | LinkOutput::Close => {}
                LinkOutput::Wait(_) => return,
            }
        }
    }

    fn session(&self) -> zvt::Session {
        let mut config = zvt::Config::new(self.framing(), self.config.currency);
        config.password = self.config.password;
        config.timers.t2 = config.timers.t2.min(self.config.response_timeout);
        config.timers.t3 = self.config.response_timeout;
        config.timers.t4 = self.config.completion_timeout;
        zvt::Session::new(config)
    }
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = match &self.line {
            Line::Closed => "closed",
            Line::Opening => "opening",
            Line::Pausing(_) => "pausing",
            Line::Resting => "resting",
            Line::Open { .. } => "open",
        };
        write!(f, "Driver({line})")
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::vocabulary::terminal::{PromptKind, ReceiptKind};

    use super::*;
    use crate::domain::id::OperationId;

    fn driver() -> Driver {
        let config = crate::config::Config::parse(
            "[station]\nname = \"a\"\ndata_dir = \"a\"\n[[terminal]]\nid = \"t\"\nprotocol = \"zvt\"\n\
             usb = { vendor = \"0b00\", product = \"0080\" }\ncurrency = \"NOK\"",
        );
        let mut terminals = config.unwrap().terminals;
        Driver::new(terminals.pop_first().unwrap().1)
    }

    fn running() -> Running {
        Running::new(EffectId {
            operation: OperationId::new("o"),
            step: 0,
        })
    }

    /// How many prompts a driver has told since it was asked last.
    fn told(driver: &mut Driver) -> usize {
        let is_prompt = |output: &Output| matches!(output, Output::Report(Report::Prompt { .. }));
        let told = driver.outputs.iter().filter(|it| is_prompt(it)).count();
        driver.outputs.clear();
        told
    }

    #[test]
    fn the_same_prompt_is_told_once_and_prompts_without_end_are_not() {
        let mut driver = driver();
        driver.running = Some(running());
        let prompt = |kind, text: &str| {
            let text = Some(text.to_owned());
            TerminalEvent::Prompt(Prompt { kind, text })
        };
        let shown = |kind| prompt(kind, "");
        for _ in 0..3 {
            driver.on_event(shown(PromptKind::PresentCard));
        }
        assert_eq!(told(&mut driver), 1);
        driver.on_event(shown(PromptKind::EnterPin));
        driver.on_event(shown(PromptKind::PresentCard));
        assert_eq!(told(&mut driver), 2, "another one, and the first again");
        for number in 0..10_000 {
            driver.on_event(prompt(PromptKind::PresentCard, &number.to_string()));
        }
        assert_eq!(told(&mut driver), usize::from(PROMPTS_MAX) - 3);
        // The next payment tells its own.
        driver.running = Some(running());
        driver.on_event(shown(PromptKind::PresentCard));
        assert_eq!(told(&mut driver), 1);
    }

    #[test]
    fn a_terminal_that_prints_without_end_fills_no_memory() {
        let mut driver = driver();
        driver.running = Some(running());
        for _ in 0..1_000 {
            driver.on_event(TerminalEvent::Receipt(Receipt {
                kind: ReceiptKind::Merchant,
                lines: vec!["again".to_owned()],
            }));
        }
        let kept = driver.running.map(|running| running.receipts.len());
        assert_eq!(kept, Some(RECEIPTS_MAX));
    }

    #[test]
    fn what_is_plugged_in_cuts_a_long_pause_short() {
        let mut driver = driver();
        let drain = |driver: &mut Driver| loop {
            match driver.poll() {
                Output::Wait(at) => return at.map(|at| at.0),
                Output::Open => driver.handle_closed("not plugged in".to_owned(), Instant(0)),
                Output::Send(_) | Output::Close | Output::Report(_) | Output::Left => {}
            }
        };
        assert_eq!(drain(&mut driver), Some(100));
        for (now, next) in [(100, 500), (500, 2_000), (2_000, 5_000)] {
            driver.handle_timeout(Instant(now));
            assert_eq!(drain(&mut driver), Some(next));
        }
        driver.handle_plugged(Instant(2_500));
        assert_eq!(drain(&mut driver), Some(2_600));
        // Again and again does not put it off, and it is looked for closely afterwards.
        driver.handle_plugged(Instant(2_550));
        driver.handle_timeout(Instant(2_600));
        assert_eq!(drain(&mut driver), Some(100));
    }
}
