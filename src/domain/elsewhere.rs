//! What other stores have done with a payment that is known here, as a newer version of its order
//! tells it. This station has seen its own money move, so it takes in only what is more than that.

use super::payment::{Movement, Payment, Standing};

/// What was moved elsewhere beyond what is known here: nothing, unless all of its counters are at
/// least ours and it is about the same authorization. `order` are all payments that the order tells.
#[must_use]
pub fn moved(known: &Payment, told: &Payment, order: &[Payment]) -> Vec<Movement> {
    let mut books = Books {
        payment: known.clone(),
        movements: Vec::new(),
    };
    if is_unanswered(known) && told.authorized > 0 {
        books.note(Movement::Authorized {
            amount: told.authorized,
            card: told.card.clone(),
            card_token: told.card_token.clone(),
            auth_token: told.auth_token.clone(),
            terminal: told.terminal.clone(),
            expires_at: told.expires_at,
            at: told.authorized_at,
        });
    }
    let now = &books.payment;
    let captured = told.captured.checked_sub(now.captured);
    let voided = told.voided.checked_sub(now.voided);
    let refunded = told.refunded.checked_sub(now.refunded);
    let (Some(captured), Some(voided), Some(refunded)) = (captured, voided, refunded) else {
        return Vec::new();
    };
    if told.authorized != now.authorized {
        return Vec::new();
    }
    // What another store has promised it has kept since, or given up, or promised more.
    let settled = now.queued.saturating_sub(told.queued);
    books.note_some(settled, Movement::CaptureUnqueued { amount: settled });
    for movement in captures(told, captured) {
        books.note(movement);
    }
    let promised = told.queued.saturating_sub(books.payment.queued);
    let (amount, rest) = (promised, 0);
    books.note_some(promised, Movement::CaptureQueued { amount, rest });
    // What another authorization stands for already was released for good.
    let lapsed = told.lapsed.saturating_sub(books.payment.lapsed);
    let ended = lapsed > 0 && told.open().is_zero();
    let released = if ended {
        voided.saturating_sub(lapsed)
    } else {
        voided
    };
    books.note_some(released, Movement::Voided { amount: released });
    if ended {
        books.note(Movement::Lapsed);
    }
    let replaced = books.payment.lapsed.saturating_sub(told.lapsed);
    let by = order
        .iter()
        .rfind(|other| other.replaces.as_ref() == Some(&known.id));
    if let Some(by) = by {
        let by = by.id.clone();
        books.note_some(
            replaced,
            Movement::Replaced {
                amount: replaced,
                by,
            },
        );
    }
    books.note_some(refunded, Movement::Refunded { amount: refunded });
    books.movements
}

/// The card account, where it is told and not the one that is known. Sealed anew it is another text, so
/// its digest says whether it is the same.
#[must_use]
pub fn account(known: &Payment, told: &Payment) -> Option<Movement> {
    let par = told.par.clone()?;
    let same = known.par.as_ref().is_some_and(|it| it.digest == par.digest);
    (!same).then_some(Movement::AccountTold { par })
}

/// The payment as it becomes, and why.
struct Books {
    payment: Payment,
    movements: Vec<Movement>,
}

impl Books {
    fn note(&mut self, movement: Movement) {
        self.payment.apply(&movement);
        self.movements.push(movement);
    }

    fn note_some(&mut self, minor: u64, movement: Movement) {
        if minor > 0 {
            self.note(movement);
        }
    }
}

/// Whether nobody has answered for it yet, as far as is known here.
fn is_unanswered(payment: &Payment) -> bool {
    let waits = match payment.standing {
        Standing::Normal | Standing::OnHold => true,
        Standing::Rejected(_) | Standing::Failed(_) => false,
    };
    waits && payment.authorized == 0
}

/// The newest captures of a payment that make up `amount`, oldest first, each with its reference.
fn captures(told: &Payment, amount: u64) -> Vec<Movement> {
    let mut rest = amount;
    let mut movements = Vec::new();
    for capture in told.captures.iter().rev() {
        let part = rest.min(capture.amount);
        if part > 0 {
            rest = rest.saturating_sub(part);
            let token = capture.token.clone();
            movements.push(Movement::Captured {
                amount: part,
                token,
            });
        }
    }
    if rest > 0 {
        movements.push(Movement::Captured {
            amount: rest,
            token: None,
        });
    }
    movements.reverse();
    movements
}

#[cfg(test)]
mod tests {
    use firmware_protocols::vocabulary::Currency;

    use super::*;
    use crate::domain::id::PaymentId;
    use crate::domain::payment::Capture;

    /// (authorized, captures, voided, refunded, lapsed)
    type Counters<'a> = (u64, &'a [u64], u64, u64, u64);

    fn payment((authorized, captures, voided, refunded, lapsed): Counters<'_>) -> Payment {
        let captures = captures.iter().map(|amount| Capture {
            amount: *amount,
            refunded: 0,
            token: None,
        });
        let captures: Vec<Capture> = captures.collect();
        Payment {
            authorized,
            captured: captures.iter().map(|capture| capture.amount).sum(),
            captures,
            voided,
            refunded,
            lapsed,
            ..Payment::opened(PaymentId::new("P"), None, None, Currency::NOK)
        }
    }

    #[test]
    fn only_what_is_more_than_is_known_here_is_taken_in() {
        let rows: &[(Counters<'_>, Counters<'_>, Counters<'_>)] = &[
            // known, told, becomes
            (
                (100, &[], 0, 0, 0),
                (100, &[60], 0, 0, 0),
                (100, &[60], 0, 0, 0),
            ),
            (
                (100, &[20], 0, 0, 0),
                (100, &[20, 30, 50], 0, 0, 0),
                (100, &[20, 30, 50], 0, 0, 0),
            ),
            (
                (100, &[60], 0, 0, 0),
                (100, &[60], 40, 60, 0),
                (100, &[60], 40, 60, 0),
            ),
            // It has ended there; nothing stands for it yet.
            (
                (100, &[20], 0, 0, 0),
                (100, &[20], 80, 0, 80),
                (100, &[20], 80, 0, 80),
            ),
            // A new authorization stands for all or a part of it.
            (
                (100, &[20], 0, 0, 0),
                (100, &[20], 80, 0, 0),
                (100, &[20], 80, 0, 0),
            ),
            (
                (100, &[20], 0, 0, 0),
                (100, &[20], 80, 0, 30),
                (100, &[20], 80, 0, 30),
            ),
            (
                (100, &[20], 80, 0, 80),
                (100, &[20], 80, 0, 30),
                (100, &[20], 80, 0, 30),
            ),
            // It was made known before anybody had answered for it.
            (
                (0, &[], 0, 0, 0),
                (100, &[20], 0, 0, 0),
                (100, &[20], 0, 0, 0),
            ),
            // Less than is known here, or about something else.
            (
                (100, &[60], 0, 0, 0),
                (100, &[], 40, 0, 0),
                (100, &[60], 0, 0, 0),
            ),
            (
                (100, &[], 0, 0, 0),
                (200, &[60], 0, 0, 0),
                (100, &[], 0, 0, 0),
            ),
        ];
        let by = Payment {
            id: PaymentId::new("Q"),
            replaces: Some(PaymentId::new("P")),
            ..payment((50, &[], 0, 0, 0))
        };
        for (known, told, becomes) in rows {
            let mut books = payment(*known);
            let told = payment(*told);
            for movement in moved(&books.clone(), &told, &[told.clone(), by.clone()]) {
                books.apply(&movement);
            }
            let mut expected = payment(*becomes);
            // Which capture was refunded is told by the counters of the captures.
            expected.captures.clone_from(&books.captures);
            assert_eq!(books, expected);
        }
    }
}
