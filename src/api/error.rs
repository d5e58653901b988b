//! Errors and declines as apps see them. What they say, and what to do next, comes from the
//! catalogue of outcomes; here it gets its form on the wire.

use firmware_protocols::vocabulary::Money;
use schemars::JsonSchema;
use serde::Serialize;

use super::call::Refusal;
use super::form::{CodeWord, Time, Word};
use super::result::{FundraisingRef, Refs, Told};
use crate::domain::app::Role;
use crate::domain::id::{OperationId, Timestamp};
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::outcome::code::Code;
use crate::outcome::foreign::{System, from_foreign};
use crate::outcome::text::{Audience, Facts, Language, text};

/// Why a request is not carried out. It gets its words when it is known who reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    /// JSON-RPC code: -32700 to -32600 as the specification says, -32000 for refusals.
    rpc: i32,
    code: Code,
    details: Box<Details>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    /// What the sentence names.
    facts: Facts,
    /// What is wrong with the request, for developers: the field, as a path, and the problem.
    field: Option<String>,
    problem: Option<String>,
    /// What is left, where an amount was too large: minor units.
    available_minor: Option<u64>,
    /// What the order costs, and what was authorized for it: minor units.
    total_minor: Option<u64>,
    authorized_minor: Option<u64>,
    /// The order's version here.
    order_version: Option<u64>,
    /// The operation that is in the way.
    holder: Option<String>,
    /// The role that would do.
    needs: Option<Role>,
    /// The app that has the terminal, and until when.
    app: Option<String>,
    until: Option<Timestamp>,
}

impl ApiError {
    fn new(rpc: i32, code: Code) -> Self {
        Self {
            rpc,
            code,
            details: Box::default(),
        }
    }

    /// Something is wrong with the request as a whole.
    pub(super) fn malformed(rpc: i32, code: Code, problem: &str) -> Self {
        let mut error = Self::new(rpc, code);
        error.details.problem = Some(problem.to_owned());
        error
    }

    /// A parameter is wrong.
    pub(super) fn field(field: &str, problem: &str) -> Self {
        Self::parameter(Code::InvalidParams, field, problem)
    }

    /// A parameter is wrong in a way that has a name of its own.
    pub(super) fn parameter(code: Code, field: &str, problem: &str) -> Self {
        let mut error = Self::malformed(-32602, code, problem);
        error.details.field = Some(field.to_owned());
        error
    }

    /// Our own fault; the log knows more.
    pub(super) fn internal() -> Self {
        Self::new(-32603, Code::InternalError)
    }

    /// No key, or none that opens anything. Who is not let in learns nothing else.
    pub(super) fn unauthorized() -> Self {
        Self::refused(Code::Unauthorized)
    }

    /// The key is right, the role is not.
    pub(super) fn forbidden(method: &str, role: Role, needed: Role) -> Self {
        let problem = format!("{method} needs {needed}, this is {role}");
        let mut error = Self::malformed(-32000, Code::Forbidden, &problem);
        error.details.needs = Some(needed);
        error
    }

    /// No place is free for one more connection.
    pub(super) fn full() -> Self {
        Self::refused(Code::TooManyConnections)
    }

    fn refused(code: Code) -> Self {
        Self::new(-32000, code)
    }

    fn held_by(mut self, holder: &OperationId) -> Self {
        self.details.holder = Some(holder.as_str().to_owned());
        self
    }

    fn with_amount(mut self, left: Money) -> Self {
        self.details.available_minor = Some(left.minor);
        self.details.facts.amount = Some(left);
        self
    }

    /// The field, if it is about one, and what is wrong, for developers.
    pub(super) fn in_short(&self) -> (Option<String>, String) {
        let problem = self.details.problem.clone();
        let problem = problem.unwrap_or_else(|| self.code.name().to_owned());
        (self.details.field.clone(), problem)
    }

    /// The JSON-RPC error object.
    pub(super) fn to_wire(&self, language: Language) -> ErrorObject {
        let (message, told) = tell(self.code, language, &self.details.facts);
        let details = (*self.details).clone();
        ErrorObject {
            code: self.rpc,
            message,
            data: ErrorData {
                told,
                field: details.field,
                problem: details.problem,
                available_minor: details.available_minor,
                total_minor: details.total_minor,
                authorized_minor: details.authorized_minor,
                order_version: details.order_version,
                holder: details.holder,
                needs: details.needs.map(Word),
                app: details.app,
                until: details.until.map(Time),
            },
        }
    }
}

/// A JSON-RPC error.
#[derive(Serialize, JsonSchema)]
pub(super) struct ErrorObject {
    code: i32,
    /// A sentence for the cashier, in the language of the session.
    message: String,
    data: ErrorData,
}

/// What an app can act on when a request is not carried out. Nothing was sent to a terminal or
/// processor. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
pub(super) struct ErrorData {
    #[serde(flatten)]
    told: Told,
    /// The parameter that is wrong, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What is wrong, in English, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// What is left, where an amount was too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    available_minor: Option<u64>,
    /// What the order costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_minor: Option<u64>,
    /// What was authorized for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized_minor: Option<u64>,
    /// The order's version here.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_version: Option<u64>,
    /// The operation that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// The role that would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Word<Role>>,
    /// The app that has the terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    /// Until when it has it, if it has an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
}

/// The sentence for the cashier, and what an app can act on.
pub(super) fn tell(code: Code, language: Language, facts: &Facts) -> (String, Told) {
    let told = Told {
        code: CodeWord(code),
        customer_message: text(code, language, Audience::Customer, facts),
        next_action: Word(code.next_action()),
        retryable: code.retryable(),
        retry_safety: Word(code.retry_safety()),
        refs: refs(code),
    };
    (text(code, language, Audience::Cashier, facts), told)
}

/// The same outcome in the words of other systems; one that gives states has code and state.
fn refs(code: Code) -> Refs {
    let mut refs = Refs::default();
    for (system, foreign) in code.refs() {
        let Some(foreign) = from_foreign(*system, foreign) else {
            continue;
        };
        match system {
            System::Fundraising => {
                refs.onlinefundraising = Some(FundraisingRef {
                    code: foreign.code,
                    state: foreign.state,
                });
            }
            System::D365 => refs.d365 = Some(foreign.code),
            System::Brp => refs.brp = Some(foreign.code),
            System::Dintero => refs.dintero = Some(foreign.code),
        }
    }
    refs
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::JournalUnavailable => Self::refused(Code::JournalUnavailable),
            Refusal::NotFound(what) => {
                let problem = format!("this {what} is not known here");
                Self::malformed(-32000, Code::NotFound, &problem)
            }
        }
    }
}

impl From<Rejection> for ApiError {
    #[expect(clippy::too_many_lines, reason = "a table: one row for each rejection")]
    fn from(rejection: Rejection) -> Self {
        let code = Code::from(&rejection);
        let parameter = |field: &str, problem: &str| Self::parameter(code, field, problem);
        let mut error = match &rejection {
            Rejection::IdempotencyKeyReused => {
                parameter("idempotency_key", "was used before, for another request")
            }
            Rejection::TerminalUnknown(id) => {
                parameter("terminal", &format!("`{id}` is not configured here"))
            }
            Rejection::PoolUnknown(id) => {
                parameter("terminal.pool", &format!("no terminal belongs to `{id}`"))
            }
            Rejection::TerminalLeased { holder, until, .. } => {
                let mut error = Self::refused(code);
                error.details.app = Some(holder.as_str().to_owned());
                error.details.until = *until;
                error
            }
            Rejection::AmountOutOfRange => {
                parameter("amount_minor", "must be at least 1 and not too large")
            }
            Rejection::CurrencyMismatch { expected } => {
                parameter("currency", &format!("must be {} here", expected.code()))
            }
            Rejection::AppUnknown(id) => parameter("app", &format!("`{id}` has not paired")),
            Rejection::AppNameTaken(id) => {
                parameter("app", &format!("`{id}` has paired; revoke it first"))
            }
            Rejection::NoLines => {
                let problem = "must name a line: nothing is missing for those that are gone";
                parameter("lines", problem)
            }
            Rejection::LineUnknown(id) => {
                parameter("lines", &format!("the order has no line `{id}`"))
            }
            Rejection::LineNotShipped(id) => {
                parameter("lines", &format!("line `{id}` is not one to `ship`"))
            }
            Rejection::OrderInvalid { problem } => {
                let (field, words) = order_invalid(*problem);
                if let OrderProblem::StoreUnknown(line) = problem {
                    parameter(&format!("{field}[{line}].store"), words)
                } else {
                    parameter(field, words)
                }
            }
            Rejection::TerminalLocked { holder, .. }
            | Rejection::TerminalInDoubt { holder, .. }
            | Rejection::PaymentBusy { holder }
            | Rejection::OrderBusy { holder } => Self::refused(code).held_by(holder),
            Rejection::ExceedsOpenAmount { open } | Rejection::OnlyWholeCapture { open } => {
                Self::refused(code).with_amount(*open)
            }
            Rejection::ExceedsCapturedAmount { paid } => Self::refused(code).with_amount(*paid),
            Rejection::AuthorizedAmountChanged { total, authorized } => {
                let mut error = Self::refused(code);
                error.details.total_minor = Some(total.minor);
                error.details.authorized_minor = Some(authorized.minor);
                error
            }
            Rejection::OrderChanged { version } => {
                let mut error = Self::refused(code);
                error.details.order_version = Some(*version);
                error
            }
            Rejection::PaymentUnknown(_)
            | Rejection::PaymentNotReady
            | Rejection::PaymentOnHold
            | Rejection::PaymentEnded
            | Rejection::PaymentAlreadyVoided
            | Rejection::PaymentRefunded
            | Rejection::VoidInstead
            | Rejection::CaptureLess
            | Rejection::RefundInstead
            | Rejection::AwaitingRetry
            | Rejection::NothingToWriteOff
            | Rejection::NoRoute
            | Rejection::DepositMissing
            | Rejection::NothingToSecure
            | Rejection::OrderUnknown(_)
            | Rejection::NotInDoubt
            | Rejection::NoTerminalFree(_)
            | Rejection::StationStopping
            | Rejection::EvidenceChanged
            | Rejection::TapUnknown
            | Rejection::TapNotBindable
            | Rejection::LineNotOpen(_) => Self::refused(code),
        };
        name(&mut error.details.facts, &rejection);
        error
    }
}

/// Fills in what the sentence names.
fn name(facts: &mut Facts, rejection: &Rejection) {
    if let Rejection::PoolUnknown(id) = rejection {
        facts.terminal = Some(id.as_str().to_owned());
    }
    if let Rejection::TerminalUnknown(id) = rejection {
        facts.terminal = Some(id.as_str().to_owned());
    }
    if let Rejection::CurrencyMismatch { expected } = rejection {
        facts.currency = Some(*expected);
    }
    if let Rejection::LineUnknown(id) | Rejection::LineNotOpen(id) | Rejection::LineNotShipped(id) =
        rejection
    {
        facts.line = Some(id.as_str().to_owned());
    }
}

const fn order_invalid(problem: OrderProblem) -> (&'static str, &'static str) {
    match problem {
        OrderProblem::NoLines => ("order.lines", "must not be empty"),
        OrderProblem::DuplicateLine => ("order.lines", "two lines have one line_id"),
        OrderProblem::DuplicateTender => ("order.tenders", "two tenders have one payment_id"),
        OrderProblem::DepositTooLarge => (
            "deposit_minor",
            "is larger than what the waiting lines cost",
        ),
        OrderProblem::MixedCurrencies => ("order.tenders", "are not in the order's currency"),
        OrderProblem::ImpossibleCounters => (
            "order.tenders",
            "captured and voided exceed what was authorized, or refunded exceeds captured",
        ),
        OrderProblem::TotalOutOfRange => ("order.lines", "cost too much in all"),
        OrderProblem::ForeignPayment => ("order.tenders", "belong to another order"),
        OrderProblem::PaidTooMuch => ("order.tenders", "have taken more than the lines cost"),
        OrderProblem::StoreUnknown(_) => ("order.lines", "is not a store that is known here"),
    }
}
