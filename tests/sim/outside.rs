//! The terminals, the processor and the bank, and what goes wrong on the way to them.

use std::collections::{BTreeMap, VecDeque};

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::Framing;
use hw_sim::bank::{Bank, Options, Phase, Request, Status};
use hw_sim::processor;
use hw_sim::terminal::zvt::{Config, Terminal};
use posd::domain::id::EffectId;
use posd::processor::{Call, HttpAnswer};
use serde_json::{Value, json};

use crate::plan::{CallFault, HostFault, Setup, TerminalSetup};

/// Whose money it is.
pub(crate) const MERCHANT: &str = "M-1";

/// The time at which a run begins, in seconds since 1970.
pub(crate) const BEGIN: u64 = 1_767_225_600;

pub(crate) struct Outside {
    pub(crate) bank: Bank,
    pub(crate) benches: Vec<Bench>,
    pub(crate) call_faults: VecDeque<CallFault>,
}

/// A terminal, and what is known of it from outside.
pub(crate) struct Bench {
    pub(crate) terminal: Terminal,
    /// The instant for which it is called next.
    pub(crate) wake: Option<u64>,
    pub(crate) host_faults: VecDeque<HostFault>,
    /// The money request whose bytes it has got last.
    pub(crate) heard: Option<EffectId>,
    /// For which step it asks its host under which key, as it was when it first asked.
    pub(crate) asked_for: BTreeMap<String, Option<EffectId>>,
    /// What the batch held that it has closed last, minor units.
    pub(crate) closed: u64,
}

impl Bench {
    /// Something comes to the terminal. Says whether it has closed its batch over it.
    pub(crate) fn hear(&mut self, hears: impl FnOnce(&mut Terminal)) -> bool {
        let store = self.terminal.store();
        let (held, count) = (store.totals().total_minor(), store.batches_closed());
        hears(&mut self.terminal);
        let has_closed = self.terminal.store().batches_closed() > count;
        if has_closed {
            self.closed = held;
        }
        has_closed
    }
}

impl Outside {
    pub(crate) fn new(setup: &Setup) -> Self {
        let benches = setup.terminals.iter().enumerate().map(|(at, setup)| Bench {
            terminal: terminal(at, setup),
            wake: None,
            host_faults: VecDeque::new(),
            heard: None,
            asked_for: BTreeMap::new(),
            closed: 0,
        });
        Self {
            bank: Bank::new(Options {
                several_captures: setup.several_captures,
                ..Options::default()
            }),
            benches: benches.collect(),
            call_faults: VecDeque::new(),
        }
    }

    /// The processor gets a call.
    pub(crate) fn answer(&mut self, call: &Call, seconds: u64) -> HttpAnswer {
        let path: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        if let ["v1", "requests", key] = path.as_slice() {
            return match self.bank.recorded(&unescaped(key)) {
                Some((request, answer)) => http(
                    200,
                    json!({
                        "status_code": processor::status_code(),
                        "body": processor::answer(request, answer),
                    }),
                ),
                None => http(404, json!({"error": "not_found"})),
            };
        }
        if let (["v1", "authorizations", one], None) = (path.as_slice(), &call.body) {
            return match self.bank.authorization(&unescaped(one)) {
                Some(one) => http(200, processor::authorization(one)),
                None => http(404, json!({"error": "not_found"})),
            };
        }
        let (Some(key), Some(body)) = (&call.idempotency_key, &call.body) else {
            return http(400, json!({"error": "invalid_request"}));
        };
        let request = match path.as_slice() {
            ["v1", "authorizations"] => processor::authorize(body),
            ["v1", "authorizations", one, "captures"] => processor::capture(unescaped(one), body),
            ["v1", "authorizations", one, "voids"] => processor::void(unescaped(one), body),
            ["v1", "captures", one, "refunds"] => processor::refund(unescaped(one), body),
            _ => return http(404, json!({"error": "not_found"})),
        };
        let Ok(request) = request else {
            return http(400, json!({"error": "invalid_request"}));
        };
        match self.bank.execute(key, &request, seconds) {
            Ok(answer) => http(
                processor::status_code(),
                processor::answer(&request, &answer),
            ),
            Err(_) => http(409, json!({"error": "idempotency_key_reused"})),
        }
    }

    /// A person decides on whatever waits for one.
    pub(crate) fn review_all(&mut self) {
        let waiting = self.bank.authorizations();
        let waiting = waiting.filter(|one| matches!(one.phase, Phase::OnHold(_)));
        let waiting: Vec<(String, u64)> = waiting.map(|one| (one.id(), one.number)).collect();
        for (id, number) in waiting {
            self.bank.review(&id, number % 2 == 0).unwrap();
        }
    }

    /// A web shop holds money for an order of its own. `None` when the bank declines.
    pub(crate) fn web_shop(
        &mut self,
        key: &str,
        card: &str,
        minor: u64,
        now: u64,
    ) -> Option<WebHold> {
        let request = Request::Authorize {
            merchant: MERCHANT.to_owned(),
            card_token: format!("card:{card}"),
            money: crate::nok(minor),
            reference: Some(key.to_owned()),
        };
        let answer = self.bank.execute(key, &request, now).ok()?;
        let is_approved = answer.status == Status::Approved;
        Some(WebHold {
            reference: answer.made.filter(|_| is_approved)?,
            expires_at: answer.expires_at?,
        })
    }
}

pub(crate) struct WebHold {
    pub(crate) reference: String,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
}

fn terminal(at: usize, setup: &TerminalSetup) -> Terminal {
    Terminal::new(Config {
        framing: if setup.is_serial {
            Framing::Serial
        } else {
            Framing::Tcp
        },
        merchant: MERCHANT.to_owned(),
        terminal_id: format!("6800{at:04}"),
        knows_sync: setup.knows_sync,
        card_delay: Duration::from_millis(setup.card_delay),
        pin_delay: Duration::from_millis(setup.card_delay),
        host_delay: Duration::from_millis(setup.host_delay),
        sends_full_pan: setup.sends_full_pan,
        started_at: BEGIN,
        run: format!("t{at}"),
        ..Config::default()
    })
}

const fn http(status: u16, body: Value) -> HttpAnswer {
    HttpAnswer { status, body }
}

/// Undoes percent-encoding.
fn unescaped(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: Option<u8>| char::from(digit.unwrap()).to_digit(16).unwrap();
        bytes.push(if byte == b'%' {
            let high = hex(rest.next());
            u8::try_from(high * 16 + hex(rest.next())).unwrap()
        } else {
            byte
        });
    }
    String::from_utf8(bytes).unwrap()
}
