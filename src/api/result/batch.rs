//! A terminal's batch beside the journal, as it stands on the wire (docs/end-of-day.md).

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::form::CurrencyCode;
use crate::domain::id::PaymentId;
use crate::domain::reconciliation::{self as domain, Counted};

/// What a terminal and the journal count. Amounts are minor units.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Reconciliation {
    terminal: String,
    #[schemars(with = "CurrencyCode")]
    currency: &'static str,
    /// Whether the batch is closed now; otherwise it was only asked for.
    closed: bool,
    /// Whether both sides say the same in every group.
    agrees: bool,
    /// First receipt number of the batch, as the terminal told it.
    first_receipt: Option<String>,
    /// Last receipt number of the batch.
    last_receipt: Option<String>,
    /// By group of cards; those with nothing on either side are left out.
    groups: Vec<Group>,
    /// Payments that are counted here and whose receipt numbers are not in the batch.
    not_at_terminal: Vec<String>,
    /// Receipt numbers of the batch that the journal does not know.
    not_in_journal: Vec<String>,
    /// Payments each of which would explain the difference of its group alone.
    likely: Vec<String>,
}

/// A group of cards.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReconciledGroup")]
struct Group {
    /// As the terminal calls it.
    group: String,
    /// Whether both sides say the same.
    agrees: bool,
    journal: Side,
    terminal: Side,
}

/// What was taken without what was given back.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CountedSide")]
struct Side {
    /// How many, both kinds.
    count: u32,
    amount_minor: u64,
}

impl From<&domain::Reconciliation> for Reconciliation {
    fn from(compared: &domain::Reconciliation) -> Self {
        let names = |ids: &[PaymentId]| ids.iter().map(|id| id.as_str().to_owned()).collect();
        Self {
            terminal: compared.terminal.as_str().to_owned(),
            currency: compared.currency.code(),
            closed: compared.closed,
            agrees: compared.agrees(),
            first_receipt: compared.first_receipt.clone(),
            last_receipt: compared.last_receipt.clone(),
            groups: compared.groups.iter().map(Into::into).collect(),
            not_at_terminal: names(&compared.not_at_terminal),
            not_in_journal: compared.not_here.clone(),
            likely: names(&compared.likely),
        }
    }
}

impl From<&domain::Group> for Group {
    fn from(group: &domain::Group) -> Self {
        Self {
            group: group.name.clone(),
            agrees: group.agrees(),
            journal: group.here.into(),
            terminal: group.terminal.into(),
        }
    }
}

impl From<Counted> for Side {
    fn from(counted: Counted) -> Self {
        Self {
            count: counted.count,
            amount_minor: counted.minor,
        }
    }
}
