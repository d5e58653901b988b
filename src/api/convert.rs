//! Wire to domain: parameters become a typed [`Request`], tokens are sealed on the way.

use firmware_protocols::vocabulary::Money;
use sha2::{Digest as _, Sha256};

use super::error::ApiError;
use super::request as wire;
use super::text::Text;
use super::{Gateway, order};
use crate::domain::id::{
    ClientName, Fingerprint, LineId, OperationId, OrderId, PaymentId, PoolId, Reference, TerminalId,
};
use crate::domain::request::{DepositShare, Parking, PickupTender, Request, Resolution, WriteOff};
use crate::domain::search::PhoneEnd;
use crate::outcome::code::Code;

/// Digest of a method, its parameters without their idempotency key, and the app that asks: the answer
/// to one app's request is none for another that uses the same key. Equal requests have equal
/// digests, whatever the sequence of their fields; tokens do not show in it, and of a phone number it
/// holds no more than the order keeps: whoever has the order could guess the rest by it.
pub(super) fn fingerprint(
    method: &str,
    params: &serde_json::Value,
    app: &ClientName,
) -> Fingerprint {
    let mut params = params.clone();
    if let serde_json::Value::Object(fields) = &mut params {
        fields.remove("idempotency_key");
    }
    if let Some(phone) = params.pointer_mut("/order/phone") {
        let kept = phone.as_str().and_then(PhoneEnd::of);
        *phone = kept.map_or(serde_json::Value::Null, |kept| kept.as_str().into());
    }
    let mut digest = Sha256::new();
    digest.update(method.as_bytes());
    digest.update([0]);
    digest.update(params.to_string().as_bytes());
    digest.update([0]);
    digest.update(app.as_str().as_bytes());
    let hex: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Fingerprint::new(hex)
}

impl Gateway {
    pub(super) fn sale(&self, params: &wire::Sale) -> Result<Request, ApiError> {
        Ok(Request::Sale {
            terminal: self.place(params.terminal.as_ref())?,
            amount: Money::new(params.amount_minor.0, params.currency),
            want_token: params.tokenize,
            reference: reference(params),
        })
    }

    pub(super) fn authorize(&self, params: &wire::Sale) -> Result<Request, ApiError> {
        Ok(Request::Authorize {
            terminal: self.place(params.terminal.as_ref())?,
            amount: Money::new(params.amount_minor.0, params.currency),
            want_token: params.tokenize,
            reference: reference(params),
        })
    }

    pub(super) fn capture(params: &wire::FollowUp) -> Result<Request, ApiError> {
        let amount = part(params)?;
        Ok(Request::Capture {
            payment: PaymentId::new(params.payment_id.as_str()),
            amount,
        })
    }

    pub(super) fn refund(params: &wire::FollowUp) -> Result<Request, ApiError> {
        let amount = part(params)?;
        Ok(Request::Refund {
            payment: PaymentId::new(params.payment_id.as_str()),
            amount,
        })
    }

    pub(super) fn deposit_take(&self, params: wire::DepositTake) -> Result<Request, ApiError> {
        if !params.order.tenders.is_empty() {
            return Err(ApiError::field(
                "order.tenders",
                "must be empty: the deposit makes them",
            ));
        }
        if params.order.kept_minor.0 > 0 {
            return Err(ApiError::field(
                "order.kept_minor",
                "must be 0: nothing was cancelled yet",
            ));
        }
        if params.order.waived_minor.0 > 0 {
            return Err(ApiError::field(
                "order.waived_minor",
                "must be 0: nothing was given back yet",
            ));
        }
        let deposit = Money::new(params.deposit_minor.0, params.order.currency);
        let (order, _) = order::read(&self.vault, params.order)?;
        if deposit.is_zero() && order.carry_out_total().is_zero() {
            let problem = "must be at least 1 when nothing is carried out";
            return Err(ApiError::parameter(
                Code::AmountOutOfRange,
                "deposit_minor",
                problem,
            ));
        }
        let terminal = self.place(params.terminal.as_ref())?;
        Ok(Request::DepositTake {
            terminal,
            order,
            deposit,
        })
    }

    pub(super) fn deposit_tokenize(
        &self,
        params: &wire::DepositTokenize,
    ) -> Result<Request, ApiError> {
        Ok(Request::DepositTokenize {
            terminal: self.place(params.terminal.as_ref())?,
            order: OrderId::new(params.order_id.as_str()),
        })
    }

    pub(super) fn order_put(&self, params: wire::OrderPut) -> Result<Request, ApiError> {
        let (order, payments) = order::read(&self.vault, params.order)?;
        Ok(Request::OrderPut { order, payments })
    }

    pub(super) fn resolve(params: wire::OperationResolve, by: &ClientName) -> Request {
        Request::OperationResolve(Resolution {
            operation: OperationId::new(params.operation_id.into_string()),
            finding: params.finding,
            evidence: params.evidence.into_string(),
            by: by.as_str().to_owned(),
            reason: params.reason.into_string(),
        })
    }

    pub(super) fn park(params: wire::OperationPark, by: &ClientName) -> Request {
        Request::OperationPark(Parking {
            operation: OperationId::new(params.operation_id.into_string()),
            by: by.as_str().to_owned(),
            reason: params.reason.into_string(),
        })
    }

    pub(super) fn write_off(params: wire::PaymentWriteOff, by: &ClientName) -> Request {
        Request::PaymentWriteOff(WriteOff {
            payment: PaymentId::new(params.payment_id.as_str()),
            by: by.as_str().to_owned(),
            reason: params.reason.into_string(),
        })
    }

    pub(super) fn pickup_capture(&self, params: wire::PickupCapture) -> Result<Request, ApiError> {
        let tender = match params.pays {
            wire::PickupUse::Available if params.terminal.is_some() => {
                return Err(ApiError::field("terminal", "belongs to use: other"));
            }
            wire::PickupUse::Available => PickupTender::Available,
            wire::PickupUse::Other => PickupTender::Other {
                terminal: self.place(params.terminal.as_ref())?,
            },
        };
        Ok(Request::PickupCapture {
            order: OrderId::new(params.order_id.into_string()),
            version: params.order_version,
            lines: lines(params.lines)?,
            tender,
        })
    }

    pub(super) fn order_ship(params: wire::OrderShip) -> Result<Request, ApiError> {
        Ok(Request::OrderShip {
            order: OrderId::new(params.order_id.into_string()),
            version: params.order_version,
            lines: some_lines(params.lines)?,
        })
    }

    pub(super) fn order_cancel(params: wire::OrderCancel) -> Result<Request, ApiError> {
        Ok(Request::OrderCancel {
            order: OrderId::new(params.order_id.into_string()),
            version: params.order_version,
            lines: params.lines.map_or(Ok(Vec::new()), some_lines)?,
            share: match params.deposit {
                wire::DepositShare::Refund => DepositShare::Refund,
                wire::DepositShare::Keep => DepositShare::Keep,
            },
        })
    }

    /// Where it is to be done. Of a pool the station chooses the terminal; until then it is none.
    pub(super) fn place(&self, place: Option<&wire::Place>) -> Result<TerminalId, ApiError> {
        match place {
            Some(wire::Place::Pool(_)) => Ok(TerminalId::elsewhere()),
            Some(wire::Place::Terminal(name)) => self.terminal(Some(name)),
            None => self.terminal(None),
        }
    }

    /// The terminal that is named, or the only one there is.
    pub(super) fn terminal(&self, name: Option<&Text>) -> Result<TerminalId, ApiError> {
        let terminals = &self.equipment.borrow().terminals;
        match (name, terminals.as_slice()) {
            (Some(name), _) => Ok(TerminalId::new(name.as_str())),
            (None, [only]) => Ok(only.clone()),
            (None, []) => Err(ApiError::field(
                "terminal",
                "no terminal is configured here",
            )),
            (None, [_, ..]) => {
                let known: Vec<&str> = terminals.iter().map(TerminalId::as_str).collect();
                let problem = format!("must name one of {}", known.join(", "));
                Err(ApiError::field("terminal", &problem))
            }
        }
    }
}

/// The pool that checked parameters name as their terminal.
pub(super) fn pool(params: &serde_json::Value) -> Option<PoolId> {
    let pool = params.pointer("/terminal/pool")?.as_str()?;
    Some(PoolId::new(pool))
}

fn some_lines(names: Vec<Text>) -> Result<Vec<LineId>, ApiError> {
    if names.is_empty() {
        return Err(ApiError::field("lines", "must name at least one line"));
    }
    lines(names)
}

/// Lines, each named once.
pub(super) fn lines(names: Vec<Text>) -> Result<Vec<LineId>, ApiError> {
    let mut numbered = names.iter().enumerate();
    if let Some((at, _)) = numbered.find(|(at, name)| names.iter().take(*at).any(|it| it == *name))
    {
        let field = format!("lines[{at}]");
        return Err(ApiError::field(&field, "is named before"));
    }
    let ids = names
        .into_iter()
        .map(|name| LineId::new(name.into_string()));
    Ok(ids.collect())
}

fn reference(params: &wire::Sale) -> Option<Reference> {
    let reference = params.reference.as_ref()?;
    Some(Reference::new(reference.as_str()))
}

fn part(params: &wire::FollowUp) -> Result<Option<Money>, ApiError> {
    match (params.amount_minor, params.currency) {
        (None, None) => Ok(None),
        (Some(amount), Some(currency)) => Ok(Some(Money::new(amount.0, currency))),
        (Some(_), None) => Err(ApiError::field(
            "currency",
            "must be there with amount_minor",
        )),
        (None, Some(_)) => Err(ApiError::field(
            "amount_minor",
            "must be there with currency",
        )),
    }
}
