//! Orders in a file: one line of JSON each, in the form of `order.put` and `order.get`.

use super::error::ApiError;
use super::form::json;
use super::request as wire;
use super::unambiguous::{self, TWICE};
use super::{envelope, order};
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::rejection::Rejection;
use crate::vault::Vault;

/// What is wrong with a line, for the person who has the file at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, as a path, where it is one.
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads the order of a line and its payments, in the sequence of its tenders; tokens get sealed.
pub fn read(vault: &Vault, line: &str) -> Result<(Order, Vec<Payment>), Problem> {
    let order = match serde_json::from_str::<wire::Order>(line) {
        Ok(order) => order,
        Err(error) if error.is_eof() => return Err(Problem::of("ends before the order does")),
        // Once more, so that the field can be named.
        Err(_) => {
            let value = unambiguous::read(line).map_err(|error| {
                let is_twice = error.to_string().starts_with(TWICE);
                let what = if is_twice { TWICE } else { "is not JSON" };
                Problem::of(&format!("{what}, from column {} on", error.column()))
            })?;
            if !value.is_object() {
                return Err(Problem::of("is not a JSON object"));
            }
            envelope::read(&value)?
        }
    };
    Ok(order::read(vault, order)?)
}

/// Writes an order as a line, without its end. With a vault its tokens are told in the clear.
#[must_use]
pub fn write(order: &Order, payments: &[Payment], tokens: Option<&Vault>) -> String {
    json(&order::write(order, payments, tokens)).to_string()
}

impl Problem {
    /// Something that is wrong with a line as a whole.
    #[must_use]
    pub fn of(reason: &str) -> Self {
        Self {
            field: None,
            reason: reason.to_owned(),
        }
    }
}

/// Why the rules refuse an order.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        if let Rejection::OrderChanged { version } = &rejection {
            return Self {
                field: Some("version".to_owned()),
                reason: format!("is not newer than {version}, which is known here"),
            };
        }
        if let Rejection::OrderBusy { holder } | Rejection::PaymentBusy { holder } = &rejection {
            let reason = format!("operation {holder} works on it and has not ended");
            return Self::of(&reason);
        }
        ApiError::from(rejection).into()
    }
}

/// The field without the name of the parameter that holds the order.
impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let (field, reason) = error.in_short();
        Self {
            field: field.map(|field| match field.strip_prefix("order.") {
                Some(field) => field.to_owned(),
                None => field,
            }),
            reason,
        }
    }
}
