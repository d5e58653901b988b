//! Wire to domain: parameters become a typed [`Request`], tokens are sealed on the way.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::{Card, MaskedPan};
use sha2::{Digest as _, Sha256};

use super::Gateway;
use super::error::ApiError;
use super::request as wire;
use super::text::Text;
use crate::clock;
use crate::domain::id::{
    Fingerprint, LineId, MerchantAccountId, OrderId, PaymentId, SealedToken, TerminalId,
};
use crate::domain::order::{Channel, Fulfilment, Line, LineState, Order, Tender};
use crate::domain::payment::{Capture, Payment};
use crate::domain::request::{DepositShare, PickupTender, Request};
use crate::vault::TokenKind;

/// Digest of a method and its parameters without their idempotency key. Equal requests have equal
/// digests, whatever the sequence of their fields; tokens do not show in it.
pub(super) fn fingerprint(method: &str, params: &serde_json::Value) -> Fingerprint {
    let mut params = params.clone();
    if let serde_json::Value::Object(fields) = &mut params {
        fields.remove("idempotency_key");
    }
    let mut digest = Sha256::new();
    digest.update(method.as_bytes());
    digest.update([0]);
    digest.update(params.to_string().as_bytes());
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
            terminal: self.terminal(params.terminal.as_ref())?,
            amount: Money::new(params.amount_minor.0, params.currency),
            want_token: params.tokenize,
        })
    }

    pub(super) fn authorize(&self, params: &wire::Sale) -> Result<Request, ApiError> {
        Ok(Request::Authorize {
            terminal: self.terminal(params.terminal.as_ref())?,
            amount: Money::new(params.amount_minor.0, params.currency),
            want_token: params.tokenize,
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
        let deposit = Money::new(params.deposit_minor.0, params.order.currency);
        let (order, _) = self.order_from(params.order)?;
        let terminal = self.terminal(params.terminal.as_ref())?;
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
            terminal: self.terminal(params.terminal.as_ref())?,
            order: OrderId::new(params.order_id.as_str()),
        })
    }

    pub(super) fn order_put(&self, params: wire::OrderPut) -> Result<Request, ApiError> {
        let (order, payments) = self.order_from(params.order)?;
        Ok(Request::OrderPut { order, payments })
    }

    pub(super) fn pickup_capture(&self, params: wire::PickupCapture) -> Result<Request, ApiError> {
        let tender = match params.pays {
            wire::PickupUse::Available if params.terminal.is_some() => {
                return Err(ApiError::field("terminal", "belongs to use: other"));
            }
            wire::PickupUse::Available => PickupTender::Available,
            wire::PickupUse::Other => PickupTender::Other {
                terminal: self.terminal(params.terminal.as_ref())?,
            },
        };
        Ok(Request::PickupCapture {
            order: OrderId::new(params.order_id.into_string()),
            version: params.order_version,
            lines: some_lines(params.lines)?,
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

    /// The terminal that is named, or the only one there is.
    pub(super) fn terminal(&self, name: Option<&Text>) -> Result<TerminalId, ApiError> {
        match (name, &*self.terminals) {
            (Some(name), _) => Ok(TerminalId::new(name.as_str())),
            (None, [only]) => Ok(only.clone()),
            (None, []) => Err(ApiError::field(
                "terminal",
                "no terminal is configured here",
            )),
            (None, [_, ..]) => {
                let known: Vec<&str> = self.terminals.iter().map(TerminalId::as_str).collect();
                let problem = format!("must name one of {}", known.join(", "));
                Err(ApiError::field("terminal", &problem))
            }
        }
    }

    fn order_from(&self, order: wire::Order) -> Result<(Order, Vec<Payment>), ApiError> {
        if order.version > u64::from(u32::MAX) {
            return Err(ApiError::field("order.version", "is too large"));
        }
        let id = OrderId::new(order.order_id.into_string());
        let mut tenders = Vec::new();
        let mut payments = Vec::new();
        for (at, tender) in order.tenders.into_iter().enumerate() {
            let name = |tender: &wire::Tender| match &tender.payment_id {
                Some(name) => PaymentId::new(name.as_str()),
                // The same place in a newer version of the order is the same payment.
                None => PaymentId::new(format!("{id}/{at}")),
            };
            let payment = PaymentParts {
                id: name(&tender),
                order: id.clone(),
                at,
            };
            tenders.push(Tender {
                payment: payment.id.clone(),
                tender_type: tender.tender_type.clone().map(Text::into_string),
                card_type: tender.card_type.clone().map(Text::into_string),
                prepayment: tender.prepayment,
            });
            payments.push(self.payment(payment, tender, order.currency)?);
        }
        let order = Order {
            id,
            version: order.version,
            currency: order.currency,
            channel: match order.channel {
                wire::Channel::Store => Channel::Store,
                wire::Channel::Online => Channel::Online,
                wire::Channel::CallCenter => Channel::CallCenter,
            },
            customer_reference: order.customer_reference.map(Text::into_string),
            lines: order.lines.into_iter().map(line).collect(),
            deposit: order.deposit_minor.0,
            kept: order.kept_minor.0,
            tenders,
        };
        Ok((order, payments))
    }

    fn payment(
        &self,
        parts: PaymentParts,
        tender: wire::Tender,
        currency: firmware_protocols::vocabulary::Currency,
    ) -> Result<Payment, ApiError> {
        let field = |name: &str| format!("order.tenders[{}].{name}", parts.at);
        let expires_at = match &tender.expires_at {
            None => None,
            Some(text) => Some(clock::parse_utc(text.as_str()).ok_or_else(|| {
                ApiError::field(
                    &field("expires_at"),
                    "must be a time such as 2026-01-31T12:00:00Z",
                )
            })?),
        };
        if tender.authorized_minor.0 > 0 && tender.auth_token.is_none() {
            return Err(ApiError::field(
                &field("auth_token"),
                "must be there when money is held",
            ));
        }
        let account = tender
            .merchant_account
            .map(|name| MerchantAccountId::new(name.into_string()));
        let auth_token = self.sealed(TokenKind::Reference, tender.auth_token.as_ref())?;
        let captured = Capture {
            amount: tender.captured_minor.0,
            refunded: tender.refunded_minor.0,
            token: self.sealed(TokenKind::Reference, tender.auth_token.as_ref())?,
        };
        let card = tender.masked_pan.is_some() || tender.brand.is_some();
        let card = card.then(|| Card {
            masked_pan: tender.masked_pan.map(|pan| MaskedPan::of(pan.as_str())),
            brand: tender.brand.map(Text::into_string),
            entry_mode: None,
        });
        Ok(Payment {
            authorized: tender.authorized_minor.0,
            captured: tender.captured_minor.0,
            voided: tender.voided_minor.0,
            refunded: tender.refunded_minor.0,
            card,
            card_token: self.sealed(TokenKind::Card, tender.card_token.as_ref())?,
            auth_token,
            captures: if captured.amount > 0 {
                vec![captured]
            } else {
                Vec::new()
            },
            expires_at,
            ..Payment::opened(parts.id, Some(parts.order), account, currency)
        })
    }

    fn sealed(
        &self,
        kind: TokenKind,
        token: Option<&Text>,
    ) -> Result<Option<SealedToken>, ApiError> {
        token
            .map(|token| self.vault.seal(kind, token.as_str()))
            .transpose()
            .map_err(|_| ApiError::internal())
    }
}

/// What a tender's payment gets from its order.
struct PaymentParts {
    id: PaymentId,
    order: OrderId,
    at: usize,
}

pub(super) fn lines(names: Vec<Text>) -> Vec<LineId> {
    names
        .into_iter()
        .map(|name| LineId::new(name.into_string()))
        .collect()
}

fn some_lines(names: Vec<Text>) -> Result<Vec<LineId>, ApiError> {
    if names.is_empty() {
        return Err(ApiError::field("lines", "must name at least one line"));
    }
    Ok(lines(names))
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

fn line(line: wire::Line) -> Line {
    Line {
        id: LineId::new(line.line_id.into_string()),
        description: line.description.map(Text::into_string),
        amount: line.amount_minor.0,
        fulfilment: match line.fulfilment {
            wire::Fulfilment::CarryOut => Fulfilment::CarryOut,
            wire::Fulfilment::Pickup => Fulfilment::Pickup {
                store: line.store.map(Text::into_string),
            },
            wire::Fulfilment::Ship => Fulfilment::Ship,
        },
        state: match line.state {
            wire::LineState::Open => LineState::Open,
            wire::LineState::Fulfilled => LineState::Fulfilled,
            wire::LineState::Cancelled => LineState::Cancelled,
        },
    }
}
