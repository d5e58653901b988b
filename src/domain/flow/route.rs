//! Who can follow up on a payment: the processor of its merchant account, or the terminal that
//! made it.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::{Reservation, TerminalRequest};

use crate::domain::directory::Directory;
use crate::domain::draft::Draft;
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{MerchantAccountId, OperationId, SealedToken, TerminalId};
use crate::domain::operation::{Call, Step};
use crate::domain::payment::Payment;

/// A way to follow up on an authorization.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// By its reference, without the card.
    Processor {
        /// On which account.
        account: MerchantAccountId,
        /// By which reference.
        auth_token: SealedToken,
    },
    /// By its receipt, at the terminal that made it.
    Terminal {
        /// Which.
        terminal: TerminalId,
        /// What it made.
        reservation: Reservation,
    },
}

/// The way to follow up on a payment from here, if there is one. The processor goes first: it needs
/// no cashier at a terminal and can capture in parts.
pub(super) fn find(directory: &Directory, payment: &Payment) -> Option<Route> {
    by_processor(directory, payment).or_else(|| by_terminal(directory, payment))
}

impl Route {
    /// Takes `amount` of what is held.
    pub(super) fn capture(self, amount: Money) -> Call {
        match self {
            Self::Processor {
                account,
                auth_token,
            } => {
                let request = ProcessorRequest::Capture { amount, auth_token };
                Call::Processor { account, request }
            }
            Self::Terminal {
                terminal,
                reservation,
            } => {
                let request = TerminalRequest::CaptureReservation {
                    reservation,
                    amount,
                };
                Call::Terminal { terminal, request }
            }
        }
    }

    /// Whether nobody else has the terminal that it needs.
    pub(super) fn is_free_for(&self, draft: &Draft<'_>, operation: &OperationId) -> bool {
        match self {
            Self::Processor { .. } => true,
            Self::Terminal { terminal, .. } => {
                let holder = draft.before().holder_of_terminal(terminal);
                holder.is_none_or(|holder| holder.id == *operation)
                    && is_open_to(draft, terminal, operation)
            }
        }
    }

    /// Releases `amount`, which is all that is held.
    pub(super) fn void(self, amount: Money) -> Call {
        match self {
            Self::Processor {
                account,
                auth_token,
            } => {
                let request = ProcessorRequest::Void { amount, auth_token };
                Call::Processor { account, request }
            }
            Self::Terminal {
                terminal,
                reservation,
            } => Call::Terminal {
                terminal,
                request: TerminalRequest::VoidReservation { reservation },
            },
        }
    }
}

/// Whether an operation that has begun elsewhere may go on at a terminal: one that another app has been
/// given meanwhile, or has for itself, is not used. Where it has been before, it ends what it began;
/// and one that would begin there is refused by whoever asks for the decision.
fn is_open_to(draft: &Draft<'_>, terminal: &TerminalId, operation: &OperationId) -> bool {
    let Some(operation) = draft.operation(operation) else {
        return true;
    };
    let was_there = |step: &Step| match &step.call {
        Call::Terminal { terminal: at, .. } => at == terminal,
        Call::Processor { .. } => false,
    };
    operation.steps.is_empty()
        || operation.steps.iter().any(was_there)
        || draft
            .only_for(terminal)
            .is_none_or(|app| *app == operation.client)
}

fn by_processor(directory: &Directory, payment: &Payment) -> Option<Route> {
    let account = payment.account.clone()?;
    let capabilities = directory.accounts.get(&account)?;
    if payment.terminal.is_some() && !capabilities.follows_up_terminals {
        return None;
    }
    let auth_token = payment.auth_token.clone()?;
    Some(Route::Processor {
        account,
        auth_token,
    })
}

fn by_terminal(directory: &Directory, payment: &Payment) -> Option<Route> {
    let made_by = payment.terminal.as_ref()?;
    directory.terminals.get(&made_by.terminal)?;
    let reservation = Reservation {
        receipt_number: made_by.mark.receipt_number.clone()?,
        trace_number: made_by.mark.trace_number.clone(),
        authorization_code: made_by.authorization_code.clone(),
        amount: payment.open(),
    };
    Some(Route::Terminal {
        terminal: made_by.terminal.clone(),
        reservation,
    })
}
