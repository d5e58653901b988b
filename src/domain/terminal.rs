//! What is durably known of a terminal: its last transaction, by which a lost answer is found again.

use firmware_protocols::vocabulary::card::Card;
use firmware_protocols::vocabulary::terminal::{SyncId, Verdict};
use serde::{Deserialize, Serialize};

use super::id::{SealedToken, TerminalId};

/// A terminal's memory, as far as it was journalled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Its last transaction known here; `None` when it was seen to have none, or never seen.
    pub last: Option<TransactionMark>,
    /// Its last transaction-sync value known here.
    pub sync: Option<SyncId>,
}

/// What tells one transaction of a terminal from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionMark {
    /// Receipt number.
    pub receipt_number: Option<String>,
    /// Trace number.
    pub trace_number: Option<String>,
    /// Date on the terminal's clock, `MMDD`.
    pub date: Option<String>,
    /// Time on the terminal's clock, `HHMMSS`.
    pub time: Option<String>,
}

/// How a terminal knows a transaction, for follow-ups and for receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalReference {
    /// The configured terminal; one without a name stands in another store.
    pub terminal: TerminalId,
    /// What tells it from others.
    pub mark: TransactionMark,
    /// Approval code of the issuer.
    pub authorization_code: Option<String>,
    /// Terminal id of the acquirer.
    pub terminal_id: Option<String>,
    /// Merchant's contract number.
    pub merchant_id: Option<String>,
}

/// A transaction as a terminal reported it, with its tokens sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalResult {
    /// Approved or not.
    pub verdict: Verdict,
    /// Minor units, where told.
    pub amount_minor: Option<u64>,
    /// Its numbers.
    pub reference: TerminalReference,
    /// The card.
    pub card: Option<Card>,
    /// Reusable card token.
    pub card_token: Option<SealedToken>,
    /// Reference of the authorization for the processor, where the terminal gave enough for one.
    pub auth_token: Option<SealedToken>,
    /// Transaction-sync value to echo.
    pub sync: Option<SyncId>,
}
