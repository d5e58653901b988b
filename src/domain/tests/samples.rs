//! Things to test with.

use std::collections::BTreeSet;

use firmware_protocols::vocabulary::{Currency, Money};

use crate::domain::directory::{
    Directory, Offline, PartialCapture, ProcessorCapabilities, TerminalCapabilities,
    TerminalProfile,
};
use crate::domain::id::{LineId, MerchantAccountId, OrderId, PaymentId, SealedToken, TerminalId};
use crate::domain::order::{Channel, Fulfilment, Line, LineState, Order, Tender};
use crate::domain::payment::{Capture, Payment};
use crate::domain::request::Request;

/// Terminals: `single` and `token` are named for the deposits that they allow, `plain` has no
/// processor behind it.
pub(super) fn directory() -> Directory {
    let account = |name: &str, follows_up_terminals| {
        let capabilities = ProcessorCapabilities {
            partial_capture: PartialCapture::Many,
            card_token_authorization: true,
            follows_up_terminals,
        };
        (MerchantAccountId::new(name), capabilities)
    };
    let profile = |name: &str, account: Option<&str>, pre_authorization| {
        let capabilities = TerminalCapabilities {
            pre_authorization,
            card_token: true,
            partial_capture: true,
            last_transaction: true,
        };
        let account = account.map(MerchantAccountId::new);
        (
            terminal(name),
            TerminalProfile {
                currency: Currency::NOK,
                account,
                capabilities,
                app: None,
                pools: BTreeSet::new(),
            },
        )
    };
    Directory {
        accounts: [account("many", true), account("tokens", false)].into(),
        terminals: [
            profile("single", Some("many"), true),
            profile("token", Some("tokens"), false),
            profile("plain", None, true),
        ]
        .into(),
        card_types: None,
        tender_types: None,
        stores: None,
        offline: Offline::default(),
    }
}

pub(super) fn nok(minor: u64) -> Money {
    Money::new(minor, Currency::NOK)
}

pub(super) fn terminal(name: &str) -> TerminalId {
    TerminalId::new(name)
}

pub(super) fn sale(terminal: &str, minor: u64) -> Request {
    Request::Sale {
        terminal: TerminalId::new(terminal),
        amount: nok(minor),
        want_token: false,
        reference: None,
    }
}

pub(super) fn authorize(terminal: &str, minor: u64) -> Request {
    Request::Authorize {
        terminal: TerminalId::new(terminal),
        amount: nok(minor),
        want_token: false,
        reference: None,
    }
}

/// Order `O` of lines to be picked up, named by their number.
pub(super) fn order(deposit: u64, lines: &[u64]) -> Order {
    let line = |(at, amount): (usize, &u64)| Line {
        id: LineId::new(at.to_string()),
        description: None,
        amount: *amount,
        fulfilment: Fulfilment::Pickup { store: None },
        state: LineState::Open,
    };
    Order {
        id: OrderId::new("O"),
        version: 1,
        currency: Currency::NOK,
        channel: Channel::Store,
        customer_reference: None,
        lines: lines.iter().enumerate().map(line).collect(),
        deposit,
        kept: 0,
        waived: 0,
        tenders: Vec::new(),
        placed_at: None,
        phone: None,
        tags: Vec::new(),
    }
}

pub(super) fn tender(payment: &PaymentId) -> Tender {
    Tender {
        payment: payment.clone(),
        tender_type: None,
        card_type: None,
        prepayment: true,
    }
}

/// A payment of order `O` that was made elsewhere on account `many`; `captured` of it is taken, at
/// most all.
pub(super) fn authorized(id: &PaymentId, held: u64, captured: u64) -> Payment {
    let account = Some(MerchantAccountId::new("many"));
    let captured = captured.min(held);
    let capture = Capture {
        amount: captured,
        refunded: 0,
        token: Some(SealedToken::new("capture".to_owned())),
    };
    Payment {
        authorized: held,
        captured,
        captures: if captured > 0 {
            vec![capture]
        } else {
            Vec::new()
        },
        auth_token: Some(SealedToken::new("auth".to_owned())),
        card_token: Some(SealedToken::new("card".to_owned())),
        ..Payment::opened(id.clone(), Some(OrderId::new("O")), account, Currency::NOK)
    }
}
