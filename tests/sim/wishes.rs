//! Wishes made into requests, of what the apps know by then.

use posd::domain::id::{LineId, MerchantAccountId, OrderId, PaymentId, Timestamp};
use posd::domain::order::{Channel, Fulfilment, Line, LineState, Order, Tender};
use posd::domain::payment::Payment;
use posd::domain::request::{DepositShare, PickupTender, Request, WriteOff};
use posd::vault::TokenKind;

use crate::apps::till;
use crate::draw::minor;
use crate::nok;
use crate::plan::Wish;
use crate::random::Random;
use crate::world::World;

impl World<'_> {
    /// `None` when the apps know nothing that the wish could be about.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) fn request(&mut self, wish: Wish, random: &mut Random) -> Option<Request> {
        Some(match wish {
            Wish::Sale {
                terminal,
                minor,
                token,
            } => Request::Sale {
                terminal: till(terminal),
                amount: nok(minor),
                want_token: token,
                reference: None,
            },
            Wish::Authorize { terminal, minor } => Request::Authorize {
                terminal: till(terminal),
                amount: nok(minor),
                want_token: random.permille(300),
                reference: None,
            },
            Wish::Capture { which, part } => Request::Capture {
                payment: self.payment(which)?,
                amount: self.part(which, part),
            },
            Wish::Void { which } => Request::Void {
                payment: self.payment(which)?,
            },
            Wish::Refund { which, part } => self.give_up_or_back(which, part, random)?,
            Wish::Deposit { terminal } => self.deposit(terminal, random),
            Wish::Tokenize { terminal, which } => Request::DepositTokenize {
                terminal: till(terminal),
                order: self.order(which)?.id,
            },
            Wish::Put => self.put(random),
            Wish::Pickup { which, other } => {
                let order = self.order(which)?;
                Request::PickupCapture {
                    version: version(&order, random),
                    // What is missing for goods that are gone.
                    lines: match order.is_complete() && random.permille(500) {
                        true => Vec::new(),
                        false => some_lines(&order, random),
                    },
                    order: order.id,
                    tender: other.map_or(PickupTender::Available, |terminal| PickupTender::Other {
                        terminal: till(terminal),
                    }),
                }
            }
            Wish::Ship { which } => {
                let order = self.order(which)?;
                Request::OrderShip {
                    version: version(&order, random),
                    lines: some_lines(&order, random),
                    order: order.id,
                }
            }
            Wish::Cancel { which, keep } => {
                let order = self.order(which)?;
                Request::OrderCancel {
                    version: version(&order, random),
                    lines: match random.permille(500) {
                        true => Vec::new(),
                        false => some_lines(&order, random),
                    },
                    order: order.id,
                    share: match keep {
                        true => DepositShare::Keep,
                        false => DepositShare::Refund,
                    },
                }
            }
            Wish::Batch { terminal, closes } => {
                let terminal = till(terminal);
                match closes {
                    true => Request::TerminalReconcile { terminal },
                    false => Request::TerminalTotals { terminal },
                }
            }
            Wish::Repeat { .. } | Wish::Look { .. } | Wish::Abort { .. } => return None,
        })
    }

    fn payment(&self, which: u64) -> Option<PaymentId> {
        let count = u64::try_from(self.apps.payments.len()).unwrap();
        // Mostly one of the last: the old ones are over.
        let back = which.checked_rem(count.min(6))?;
        self.apps
            .payments
            .iter()
            .rev()
            .nth(usize::try_from(back).unwrap())
            .cloned()
    }

    /// Money back; or what could not be taken is not waited for any more.
    fn give_up_or_back(
        &self,
        which: u64,
        part: Option<u64>,
        random: &mut Random,
    ) -> Option<Request> {
        let payment = self.payment(which)?;
        let known = self.shop.as_ref()?.reader.payment(&payment).ok().flatten();
        let is_missing = known.is_some_and(|known| known.uncaptured > 0);
        if is_missing && random.permille(500) {
            return Some(Request::PaymentWriteOff(WriteOff {
                payment,
                by: "office".to_owned(),
                reason: "paid otherwise".to_owned(),
            }));
        }
        let amount = self.part(which, part);
        Some(Request::Refund { payment, amount })
    }

    fn part(&self, which: u64, part: Option<u64>) -> Option<firmware_protocols::vocabulary::Money> {
        let payment = self.payment(which)?;
        let known = self.shop.as_ref()?.reader.payment(&payment).ok()??;
        part.map(|permille| nok((known.authorized * permille / 1_000).max(1)))
    }

    fn deposit(&mut self, terminal: usize, random: &mut Random) -> Request {
        let id = format!("D{:04}", self.apps.conversations.len());
        let mut order = new_order(&id, Channel::Store, random);
        while self.plan.setup.amounts_differ && !self.apps.totals.insert(order.total().minor) {
            order.lines[0].amount += 1;
        }
        let waiting = order.lines.iter();
        let waiting = waiting.filter(|line| line.fulfilment != Fulfilment::CarryOut);
        let waiting: u64 = waiting.map(|line| line.amount).sum();
        let permille = random.pick(&[0, 100, 200, 200, 500, 1_000]);
        Request::DepositTake {
            terminal: till(terminal),
            deposit: nok(waiting * permille / 1_000),
            order,
        }
    }

    /// An order that a web shop or a call centre has made, with what it holds for it.
    fn put(&mut self, random: &mut Random) -> Request {
        let id = format!("W{:04}", self.apps.conversations.len());
        let channel = random.pick(&[
            Channel::Online,
            Channel::Online,
            Channel::Online,
            Channel::CallCenter,
            Channel::Store,
        ]);
        let mut order = new_order(&id, channel, random);
        let total: u64 = order.lines.iter().map(|line| line.amount).sum();
        let count = random.between(1, 3);
        let mut payments = Vec::new();
        let mut left = total;
        for at in 0..count {
            let share = if at + 1 == count { left } else { left / 2 };
            left -= share;
            if let Some(payment) = self.tender(&order.id, at, share, random) {
                order.tenders.push(Tender {
                    payment: payment.id.clone(),
                    tender_type: None,
                    card_type: None,
                    prepayment: random.permille(700),
                });
                payments.push(payment);
            }
        }
        Request::OrderPut { order, payments }
    }

    fn tender(
        &mut self,
        order: &OrderId,
        at: u64,
        share: u64,
        random: &mut Random,
    ) -> Option<Payment> {
        let card = random.pick(&["visa-approve", "visa-approve", "mc-approve", "lost-token"]);
        let key = format!("web-{order}-{at}");
        let seconds = self.seconds();
        if share == 0 {
            return None;
        }
        let held = self.outside.web_shop(&key, card, share, seconds)?;
        let account = if random.permille(900) {
            "nordic"
        } else {
            "elsewhere"
        };
        let seal = |kind, text: &str| Some(self.home.vault.seal(kind, text).unwrap());
        Some(Payment {
            authorized: share,
            auth_token: seal(TokenKind::Reference, &held.reference),
            card_token: seal(TokenKind::Card, &format!("card:{card}")),
            expires_at: Some(Timestamp(i64::try_from(held.expires_at * 1_000).unwrap())),
            ..Payment::opened(
                PaymentId::new(format!("{order}/{at}")),
                Some(order.clone()),
                Some(MerchantAccountId::new(account)),
                nok(0).currency,
            )
        })
    }
}

fn new_order(id: &str, channel: Channel, random: &mut Random) -> Order {
    let lines = (0..random.between(1, 3)).map(|at| Line {
        id: LineId::new(format!("l{at}")),
        description: None,
        amount: minor(random),
        fulfilment: match random.below(5) {
            0 if channel == Channel::Store => Fulfilment::CarryOut,
            1 => Fulfilment::Ship,
            _ => Fulfilment::Pickup { store: None },
        },
        state: LineState::Open,
    });
    Order {
        id: OrderId::new(id),
        version: 1,
        currency: nok(0).currency,
        channel,
        customer_reference: None,
        lines: lines.collect(),
        deposit: 0,
        kept: 0,
        waived: 0,
        tenders: Vec::new(),
        placed_at: None,
        phone: None,
        tags: Vec::new(),
    }
}

/// The version that the app has seen, which may be an old one.
fn version(order: &Order, random: &mut Random) -> u64 {
    if random.permille(50) {
        order.version - 1
    } else {
        order.version
    }
}

/// Some of the lines that wait; any line where none does.
fn some_lines(order: &Order, random: &mut Random) -> Vec<LineId> {
    let open = order
        .lines
        .iter()
        .filter(|line| line.state == LineState::Open);
    let mut lines: Vec<LineId> = open.map(|line| line.id.clone()).collect();
    if lines.is_empty() {
        return vec![order.lines[0].id.clone()];
    }
    let keep = 1 + random.index(lines.len());
    lines.truncate(keep);
    lines
}
