//! The methods that are operations: from parameters to what the station is asked to do.

use serde_json::Value;

use super::Gateway;
use super::envelope::read;
use super::error::ApiError;
use super::request as wire;
use super::text::Text;
use crate::domain::id::{ClientName, IdempotencyKey, PaymentId};
use crate::domain::request::Request;

/// An operation and the app's name for it.
type Keyed = (Option<IdempotencyKey>, Request);

impl Gateway {
    /// The operation that a method asks for, with the app's name for it; `None` when the method is
    /// no operation.
    pub(super) fn request(
        &self,
        method: &str,
        params: &Value,
        app: &ClientName,
    ) -> Result<Option<Keyed>, ApiError> {
        let keyed =
            |key: &Text, request| Ok(Some((Some(IdempotencyKey::new(key.as_str())), request)));
        match method {
            "payment.sale" => {
                let params: wire::Sale = read(params)?;
                keyed(&params.idempotency_key, self.sale(&params)?)
            }
            "payment.authorize" => {
                let params: wire::Sale = read(params)?;
                keyed(&params.idempotency_key, self.authorize(&params)?)
            }
            "payment.capture" => {
                let params: wire::FollowUp = read(params)?;
                keyed(&params.idempotency_key, Self::capture(&params)?)
            }
            "payment.refund" => {
                let params: wire::FollowUp = read(params)?;
                keyed(&params.idempotency_key, Self::refund(&params)?)
            }
            "payment.void" => {
                let params: wire::Void = read(params)?;
                let payment = PaymentId::new(params.payment_id.as_str());
                keyed(&params.idempotency_key, Request::Void { payment })
            }
            "deposit.take" => {
                let params: wire::DepositTake = read(params)?;
                keyed(&params.idempotency_key.clone(), self.deposit_take(params)?)
            }
            "deposit.tokenize" => {
                let params: wire::DepositTokenize = read(params)?;
                keyed(&params.idempotency_key, self.deposit_tokenize(&params)?)
            }
            "order.put" => {
                let params: wire::OrderPut = read(params)?;
                let key = params.idempotency_key.as_ref();
                let key = key.map(|key| IdempotencyKey::new(key.as_str()));
                Ok(Some((key, self.order_put(params)?)))
            }
            "order.ship" => {
                let params: wire::OrderShip = read(params)?;
                keyed(&params.idempotency_key.clone(), Self::order_ship(params)?)
            }
            "order.cancel" => {
                let params: wire::OrderCancel = read(params)?;
                keyed(&params.idempotency_key.clone(), Self::order_cancel(params)?)
            }
            "nfc.bind" => {
                let params: wire::NfcBind = read(params)?;
                keyed(&params.idempotency_key.clone(), Self::nfc_bind(params))
            }
            "pickup.capture" => {
                let params: wire::PickupCapture = read(params)?;
                keyed(
                    &params.idempotency_key.clone(),
                    self.pickup_capture(params)?,
                )
            }
            _ => match Self::said(method, params, app)? {
                None => self.batch_request(method, params),
                said => Ok(said),
            },
        }
    }

    /// The same, of those by which a person says what no machine knows.
    fn said(method: &str, params: &Value, by: &ClientName) -> Result<Option<Keyed>, ApiError> {
        let keyed =
            |key: Text, request| Ok(Some((Some(IdempotencyKey::new(key.as_str())), request)));
        match method {
            "payment.write_off" => {
                let params: wire::PaymentWriteOff = read(params)?;
                keyed(params.idempotency_key.clone(), Self::write_off(params, by))
            }
            "operation.resolve" => {
                let params: wire::OperationResolve = read(params)?;
                keyed(params.idempotency_key.clone(), Self::resolve(params, by))
            }
            "operation.park" => {
                let params: wire::OperationPark = read(params)?;
                keyed(params.idempotency_key.clone(), Self::park(params, by))
            }
            _ => Ok(None),
        }
    }

    /// The same, of those about a terminal's batch.
    fn batch_request(&self, method: &str, params: &Value) -> Result<Option<Keyed>, ApiError> {
        match method {
            "terminal.totals" => {
                let params: wire::TerminalTotals = read(params)?;
                let terminal = self.terminal(params.terminal.as_ref())?;
                Ok(Some((None, Request::TerminalTotals { terminal })))
            }
            "terminal.reconcile" => {
                let params: wire::TerminalReconcile = read(params)?;
                let terminal = self.terminal(params.terminal.as_ref())?;
                let key = IdempotencyKey::new(params.idempotency_key.as_str());
                Ok(Some((Some(key), Request::TerminalReconcile { terminal })))
            }
            _ => Ok(None),
        }
    }
}
