//! The terminal against the till's real session.

use std::collections::VecDeque;

use firmware_protocols::link::{Busy, Link as _, Output as TillOutput};
use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::{
    DeclineReason, Ending, Report, Reservation, SyncId, TerminalEvent, TerminalRequest,
    Transaction, Verdict,
};
use firmware_protocols::vocabulary::{Currency, Money};
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::session::{Config as TillConfig, Session};

use proptest::prelude::*;

use crate::bank::Bank;
use crate::cable::{CableFault, Damage, Sort, Way};
use crate::scenario::{Act, Moment, Scenario, Step};
use crate::terminal::Output;
use crate::terminal::zvt::{Config, Fault, FaultKind, RebootPoint, Terminal};
use crate::wallet;

struct Shop {
    till: Session,
    terminal: Terminal,
    bank: Bank,
    now: Instant,
    events: Vec<TerminalEvent>,
    /// What the station has recorded durably.
    sync: Option<SyncId>,
    is_tcp: bool,
    /// When the line comes back.
    line_at: Option<Instant>,
}

impl Shop {
    fn open(config: Config) -> Self {
        let till = TillConfig::new(config.framing, Currency::NOK);
        let mut shop = Self {
            till: Session::new(till.clone()),
            terminal: Terminal::new(config),
            bank: Bank::default(),
            now: Instant(1),
            events: Vec::new(),
            sync: None,
            is_tcp: till.framing == Framing::Tcp,
            line_at: None,
        };
        shop.connect();
        shop.pass(Duration::from_secs(1));
        assert!(matches!(
            shop.events.last(),
            Some(TerminalEvent::Ready { .. })
        ));
        shop
    }

    fn connect(&mut self) {
        self.terminal.handle_connected(self.now);
        self.settle();
        self.till.handle_connected(self.now);
        self.settle();
    }

    /// Runs a request to its end.
    fn ask(&mut self, request: TerminalRequest) -> Ending {
        self.events.clear();
        let mut minutes = 0;
        while self
            .till
            .start(request.clone(), self.sync.clone(), self.now)
            == Err(Busy)
        {
            minutes += 1;
            assert!(minutes < 30, "the till is never ready again");
            self.pass(Duration::from_secs(60));
        }
        self.settle();
        self.pass(Duration::from_secs(600));
        let mut endings = self.events.iter().filter_map(|event| {
            let TerminalEvent::Finished(ending) = event else {
                return None;
            };
            Some(ending.clone())
        });
        let ending = endings.next().expect("an ending");
        assert_eq!(endings.next(), None, "exactly one ending");
        ending
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        loop {
            match self.settle() {
                Some(at) if at <= end => self.now = self.now.max(at),
                Some(_) | None => break,
            }
            if self.line_at.is_some_and(|at| at <= self.now) {
                self.line_at = None;
                self.connect();
            }
            self.till.handle_timeout(self.now);
            self.settle();
            self.terminal.handle_timeout(self.now);
        }
        self.now = end;
    }

    fn settle(&mut self) -> Option<Instant> {
        let mut to_terminal = VecDeque::new();
        loop {
            let till_deadline = loop {
                match self.till.poll() {
                    TillOutput::Send(bytes) => to_terminal.push_back(bytes),
                    TillOutput::Event(event) => self.on_event(event),
                    TillOutput::Close => {
                        self.hang_up(Duration::ZERO);
                        if self.is_tcp {
                            self.terminal.handle_disconnected(self.now);
                        }
                    }
                    TillOutput::Wait(at) => break at,
                }
            };
            let Some(terminal_deadline) = self.carry_out() else {
                continue;
            };
            let Some(bytes) = to_terminal.pop_front() else {
                let deadlines = [till_deadline, terminal_deadline, self.line_at];
                return deadlines.into_iter().flatten().min();
            };
            if self.line_at.is_none() {
                self.terminal.handle_input(&bytes, self.now);
            }
        }
    }

    /// One step of the terminal; `None` when there may be more.
    fn carry_out(&mut self) -> Option<Option<Instant>> {
        match self.terminal.poll() {
            Output::Send(bytes) if self.line_at.is_none() => {
                self.till.handle_input(&bytes, self.now);
            }
            Output::Send(_) => {}
            Output::Host(request) => {
                let answer = request.ask(&mut self.bank, self.now.0 / 1000);
                self.terminal.handle_host(&request.key, answer, self.now);
            }
            Output::Close => self.hang_up(Duration::ZERO),
            Output::Reboot(time) => self.hang_up(time),
            Output::Unplug(time) => {
                self.hang_up(time);
                if self.is_tcp {
                    self.terminal.handle_disconnected(self.now);
                }
            }
            Output::Wait(at) => return Some(at),
        }
        None
    }

    fn hang_up(&mut self, time: Duration) {
        self.line_at = Some(self.now.after(time + Duration::from_millis(1)));
        self.till.handle_disconnected(self.now);
    }

    fn on_event(&mut self, event: TerminalEvent) {
        if let TerminalEvent::Result(transaction) = &event {
            self.sync = transaction.sync.clone().or(self.sync.take());
            self.till.acknowledge(self.now);
        }
        self.events.push(event);
    }

    fn fault(&mut self, kind: FaultKind) {
        self.terminal.add_fault(Fault { kind, count: 1 });
    }

    fn held_and_taken(&self) -> (u64, u64) {
        let totals = self.bank.totals();
        totals
            .first()
            .map_or((0, 0), |(_, captured, _, held)| (*held, *captured))
    }
}

fn nok(minor: u64) -> Money {
    Money::new(minor, Currency::NOK)
}

fn sale(minor: u64) -> TerminalRequest {
    TerminalRequest::Sale {
        amount: nok(minor),
        want_token: true,
    }
}

fn approved(ending: Ending) -> Transaction {
    let Ending::Completed(Report::Approved(transaction)) = ending else {
        panic!("not approved: {ending:?}");
    };
    transaction
}

fn configs() -> Vec<Config> {
    let mut configs = Vec::new();
    for framing in [Framing::Serial, Framing::Tcp] {
        for knows_sync in [true, false] {
            configs.push(Config {
                framing,
                knows_sync,
                ..Config::default()
            });
        }
    }
    configs
}

#[test]
fn a_sale_gives_the_token_that_the_processor_knows() {
    for config in configs() {
        let mut shop = Shop::open(config);
        let paid = approved(shop.ask(sale(1_234)));
        assert_eq!(paid.verdict, Verdict::Approved);
        assert_eq!(paid.receipt_number.as_deref(), Some("0001"));
        assert_eq!(paid.terminal_id.as_deref(), Some("68001234"));
        assert_eq!(paid.authorization_code.as_deref(), Some("A0000001"));
        let token = wallet::token("shop", wallet::default_card());
        assert_eq!(paid.token.expect("a token").expose(), token);
        assert_eq!(shop.held_and_taken(), (0, 1_234));
    }
}

#[test]
fn everything_that_a_till_asks_works() {
    for config in configs() {
        let mut shop = Shop::open(config);
        let held = approved(shop.ask(TerminalRequest::Authorize {
            amount: nok(5_000),
            want_token: true,
        }));
        let reservation = Reservation {
            receipt_number: held.receipt_number.expect("a receipt"),
            trace_number: held.trace_number,
            authorization_code: held.authorization_code,
            amount: nok(5_000),
        };
        let listed = shop.ask(TerminalRequest::OpenReservations);
        let list = vec!["0001".to_owned()];
        assert_eq!(listed, Ending::Completed(Report::OpenReservations(list)));
        let amount = nok(3_400);
        approved(shop.ask(TerminalRequest::CaptureReservation {
            reservation,
            amount,
        }));
        assert_eq!(shop.held_and_taken(), (0, 3_400));
        let paid = approved(shop.ask(sale(1_000)));
        approved(shop.ask(TerminalRequest::Reverse {
            receipt_number: paid.receipt_number.expect("a receipt"),
            amount: nok(1_000),
        }));
        assert_eq!(shop.held_and_taken(), (0, 3_400));
        approved(shop.ask(TerminalRequest::Refund { amount: nok(100) }));
        // Asking closes nothing: it is told twice, and then by the end of day.
        for _ in 0..2 {
            let Ending::Completed(Report::Totals(totals)) = shop.ask(TerminalRequest::Totals)
            else {
                panic!("no totals");
            };
            assert_eq!(totals.total_minor, Some(3_300));
        }
        let closed = shop.ask(TerminalRequest::Reconcile);
        let Ending::Completed(Report::Reconciled(totals)) = closed else {
            panic!("no totals");
        };
        assert_eq!(totals.total_minor, Some(3_300));
        let Ending::Completed(Report::Totals(totals)) = shop.ask(TerminalRequest::Totals) else {
            panic!("no totals");
        };
        assert!(totals.are_empty());
        assert!(matches!(
            shop.ask(TerminalRequest::Status),
            Ending::Completed(Report::Status(_))
        ));
    }
}

#[test]
fn declines_and_aborts_have_their_reasons() {
    for (card, reason) in [
        ("decline", DeclineReason::IssuerDeclined),
        ("insufficient-funds", DeclineReason::InsufficientFunds),
        ("expired", DeclineReason::ExpiredCard),
        ("pin-wrong", DeclineReason::WrongPin),
        ("unreadable", DeclineReason::CardNotReadable),
    ] {
        let mut shop = Shop::open(Config::default());
        shop.terminal
            .choose_card(wallet::card(card).expect("a card"));
        let ending = shop.ask(sale(1_000));
        let Ending::Declined { reason: told, .. } = ending else {
            panic!("{card}: {ending:?}");
        };
        assert_eq!(told, reason, "{card}");
    }
    let mut shop = Shop::open(Config::default());
    shop.terminal.set_hold(true, shop.now);
    assert_eq!(shop.ask(sale(1_000)), Ending::Aborted, "no card came");
}

#[test]
fn what_is_in_doubt_is_settled_by_asking_the_terminal() {
    use RebootPoint::{AfterCard, BeforeCard, BeforeResult};
    for config in configs() {
        for fault in [
            FaultKind::LoseResult,
            FaultKind::LoseOnLine,
            FaultKind::LoseCompletion,
            FaultKind::Mute,
            FaultKind::Reboot(BeforeCard),
            FaultKind::Reboot(AfterCard),
            FaultKind::Reboot(BeforeResult),
        ] {
            let name = format!("{fault:?} {:?} sync {}", config.framing, config.knows_sync);
            let mut shop = Shop::open(config.clone());
            approved(shop.ask(sale(700)));
            shop.fault(fault);
            assert_eq!(shop.ask(sale(1_234)), Ending::InDoubt, "{name}");
            let ending = shop.ask(TerminalRequest::Inquire);
            let Ending::Completed(Report::LastTransaction(Some(last))) = ending else {
                panic!("{name}: {ending:?}");
            };
            let is_paid = shop.held_and_taken() == (0, 1_934);
            let said_paid = last.amount_minor == Some(1_234);
            assert_eq!(said_paid, is_paid, "{name}: what the terminal says is true");
            if !is_paid {
                assert_eq!(shop.held_and_taken(), (0, 700), "{name}");
                assert_eq!(last.amount_minor, Some(700), "{name}");
            }
            shop.sync = last.sync.or(shop.sync.take());
            approved(shop.ask(sale(50)));
            let sum = if is_paid { 1_984 } else { 750 };
            assert_eq!(shop.held_and_taken(), (0, sum), "{name}: and stays so");
        }
    }
}

fn any_fault() -> impl Strategy<Value = Option<FaultKind>> {
    use RebootPoint::{AfterCard, AfterResult, BeforeAck, BeforeCard, BeforeResult};
    proptest::sample::select(vec![
        None,
        None,
        None,
        Some(FaultKind::LoseResult),
        Some(FaultKind::LoseOnLine),
        Some(FaultKind::LoseCompletion),
        Some(FaultKind::Reboot(BeforeCard)),
        Some(FaultKind::Reboot(AfterCard)),
        Some(FaultKind::Reboot(BeforeResult)),
        Some(FaultKind::Reboot(BeforeAck)),
        Some(FaultKind::Reboot(AfterResult)),
        Some(FaultKind::Busy),
        Some(FaultKind::Mute),
        Some(FaultKind::Late(Duration::from_secs(400))),
        Some(FaultKind::Deaf(Duration::from_secs(20))),
        Some(FaultKind::Nak),
        Some(FaultKind::Corrupt),
        Some(FaultKind::Drop),
        Some(FaultKind::Double),
        Some(FaultKind::Split),
    ])
}

/// Something on the line, to one of the messages that a payment is made of.
fn any_cable_fault() -> impl Strategy<Value = CableFault> {
    let second = Duration::from_secs(1);
    let damage = prop_oneof![
        (0_usize..40, 0_u8..8).prop_map(|(byte, bit)| Damage::Flip {
            byte: Some(byte),
            bit
        }),
        (0_usize..40).prop_map(move |after| Damage::Cut {
            after,
            back: second
        }),
        (0_usize..40).prop_map(|at| Damage::Split(Some(at))),
        (1_u32..20).prop_map(move |seconds| Damage::Delay(second * seconds)),
        proptest::sample::select(vec![
            Damage::Drop,
            Damage::Double,
            Damage::Merge,
            Damage::Noise,
            Damage::Nak,
        ]),
    ];
    let way = proptest::sample::select(vec![Way::ToTill, Way::FromTill]);
    let sort = proptest::sample::select(vec![Sort::Message, Sort::Acknowledgement]);
    (way, sort, 0_u64..12, 1_u64..6, damage).prop_map(|(way, sort, skip, times, damage)| {
        CableFault {
            way,
            sort,
            skip,
            times,
            damage,
        }
    })
}

/// In the terminal, or on the line.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Terminal(Option<FaultKind>),
    Line(CableFault),
}

fn any_trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        any_fault().prop_map(Trouble::Terminal),
        any_cable_fault().prop_map(Trouble::Line),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_careful_till_and_the_bank_agree_whatever_goes_wrong(
        troubles in proptest::collection::vec(any_trouble(), 1..25),
        which in 0_usize..4,
    ) {
        let mut shop = Shop::open(configs().remove(which));
        let mut ledger = 0;
        for (at, fault) in (1_u64..).zip(troubles) {
            match fault {
                Trouble::Terminal(kind) => kind.into_iter().for_each(|kind| shop.fault(kind)),
                // TCP changes and loses nothing.
                Trouble::Line(CableFault { damage: Damage::Flip { .. }, .. }) if shop.is_tcp => {}
                Trouble::Line(fault) => {
                    let step = Step { when: Moment::Payment(1), act: Act::Cable(fault) };
                    shop.terminal.play(&Scenario { steps: vec![step] }, shop.now);
                }
            }
            // Amounts that differ, and provoke nothing.
            let amount = at * 100;
            let mut ending = shop.ask(sale(amount));
            shop.terminal.clear_faults();
            let mut tries = 0;
            while ending == Ending::InDoubt {
                tries += 1;
                prop_assert!(tries < 5, "in doubt for ever after {fault:?}");
                ending = shop.ask(TerminalRequest::Inquire);
            }
            let paid = match ending {
                Ending::Completed(Report::Approved(paid)) => Some(paid),
                Ending::Completed(Report::LastTransaction(last)) => last,
                Ending::Completed(
                    Report::Status(_)
                    | Report::OpenReservations(_)
                    | Report::Totals(_)
                    | Report::Reconciled(_),
                )
                | Ending::Declined { .. }
                | Ending::Aborted
                | Ending::Refused { .. }
                | Ending::NotSent
                | Ending::InDoubt => None,
            };
            if let Some(paid) = paid.filter(|paid| paid.amount_minor == Some(amount)) {
                ledger += amount;
                shop.sync = paid.sync.or(shop.sync.take());
            }
            prop_assert_eq!(shop.held_and_taken(), (0, ledger), "after {:?}", fault);
        }
    }
}
