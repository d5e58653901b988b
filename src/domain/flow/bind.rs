//! `nfc.bind`: says whose a tag is, so that a customer's orders are found by it. Nothing is asked of the
//! outside.

use crate::domain::draft::Draft;
use crate::domain::entry::Entry;
use crate::domain::id::{OperationId, TapId};
use crate::domain::rejection::Rejection;

pub(super) fn admit(
    draft: &Draft<'_>,
    operation: &OperationId,
    tap: &TapId,
    customer_reference: Option<&String>,
) -> Result<Vec<Entry>, Rejection> {
    let tap = draft.taps().find(tap).ok_or(Rejection::TapUnknown)?;
    let identity = tap.identity().ok_or(Rejection::TapNotBindable)?;
    Ok([Entry::TagBound {
        operation: operation.clone(),
        identity: identity.clone(),
        customer_reference: customer_reference.cloned(),
    }]
    .into())
}
