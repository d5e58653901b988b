//! What other systems' codes become here.

use serde::Serialize;

use super::code::Code;

/// Another system that an app, or its back office, may already know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// Checkout errors of Dynamics 365 Commerce.
    D365,
    /// OnlineFundraising: payments, payment methods and subscriptions, each code with a state.
    Fundraising,
    /// BRP, membership and booking.
    Brp,
    /// Dintero: the status of a payment.
    Dintero,
}

impl System {
    /// All of them.
    pub const ALL: &[Self] = &[Self::D365, Self::Fundraising, Self::Brp, Self::Dintero];

    /// Its name on the wire and at the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::D365 => "d365",
            Self::Fundraising => "onlinefundraising",
            Self::Brp => "brp",
            Self::Dintero => "dintero",
        }
    }

    /// The system of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|system| system.name() == name)
    }
}

/// The state that a system gives beside a code, in its own spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum State {
    /// In use.
    Active,
    /// Not in use.
    Inactive,
    /// The system will try again by itself.
    AwaitingRetry,
    /// Ended by the store.
    Cancelled,
    /// Out of date.
    Expired,
    /// Ended without success.
    Failed,
    /// Refused by somebody.
    Rejected,
    /// Not confirmed in time.
    SessionExpired,
}

/// A code of another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Whose.
    pub system: System,
    /// As that system writes it.
    pub code: &'static str,
    /// The state beside it.
    pub state: Option<State>,
    /// What it is here.
    pub becomes: Code,
}

/// What a code of another system is here.
#[must_use]
pub fn from_foreign(system: System, code: &str) -> Option<&'static Foreign> {
    FOREIGN
        .iter()
        .find(|foreign| foreign.system == system && foreign.code == code)
}

/// The codes of one system.
pub fn of_system(system: System) -> impl Iterator<Item = &'static Foreign> {
    FOREIGN
        .iter()
        .filter(move |foreign| foreign.system == system)
}

const fn d365(code: &'static str, becomes: Code) -> Foreign {
    plain(System::D365, code, becomes)
}

const fn brp(code: &'static str, becomes: Code) -> Foreign {
    plain(System::Brp, code, becomes)
}

const fn dintero(code: &'static str, becomes: Code) -> Foreign {
    plain(System::Dintero, code, becomes)
}

const fn plain(system: System, code: &'static str, becomes: Code) -> Foreign {
    Foreign {
        system,
        code,
        state: None,
        becomes,
    }
}

const fn fundraising(code: &'static str, state: State, becomes: Code) -> Foreign {
    Foreign {
        system: System::Fundraising,
        code,
        state: Some(state),
        becomes,
    }
}

/// Every foreign code, once.
const FOREIGN: &[Foreign] = &[
    d365("CCR001", Code::CardTypeUnknown),
    d365("CCR002", Code::CardDeclined),
    d365("CCR003", Code::AuthenticationNeeded),
    // No result is not a refusal: the money may be held.
    d365("CCR004", Code::InDoubt),
    d365("CCR005", Code::MerchantAccountUnknown),
    d365("CCR006", Code::NoRoute),
    d365("CCR007", Code::CustomerAccountAlreadyUsed),
    d365("CCR008", Code::CustomerAccountWrongSign),
    d365("CCR009", Code::CustomerAccountExceedsDue),
    d365("CCR010", Code::CustomerAccountNotOwn),
    d365("CCR011", Code::ExceedsFloorLimit),
    d365("CCR012", Code::CustomerAccountNotAllowed),
    d365("CCR013", Code::VoidFailed),
    d365("CCR014", Code::CardTokenNotReadable),
    d365("CCR015", Code::LoyaltyPointsInsufficient),
    d365("CCR016", Code::LoyaltyRefundExceedsLimit),
    d365("CCR017", Code::LoyaltyCardUnknown),
    d365("CCR018", Code::LoyaltyCardBlocked),
    d365("CCR019", Code::LoyaltyCardNotAccepted),
    d365("CCR020", Code::GiftCardCurrencyMismatch),
    d365("CCR021", Code::GiftCardBalanceInsufficient),
    d365("CCR022", Code::LoyaltyAlreadyUsed),
    d365("CCR023", Code::PaymentAlreadyVoided),
    d365("CCR024", Code::FraudSuspected),
    // The order may have gone through all the same.
    d365("CCR025", Code::InDoubt),
    d365("CCR026", Code::AuthorizedAmountChanged),
    d365("CCR027", Code::OrderChanged),
    d365("CCR028", Code::TenderLineMissing),
    fundraising("100001", State::Active, Code::PaymentMethodMissing),
    fundraising("100002", State::Inactive, Code::SubscriptionInactive),
    fundraising("100003", State::Inactive, Code::PaymentMethodMissing),
    fundraising("100101", State::Inactive, Code::SubscriptionCancelled),
    fundraising("100102", State::Inactive, Code::SubscriptionCancelled),
    fundraising("100103", State::Inactive, Code::SubscriptionExpired),
    fundraising("100104", State::Inactive, Code::PaymentMethodCancelled),
    fundraising("200001", State::Failed, Code::PaymentDataInvalid),
    fundraising("200002", State::Rejected, Code::RejectedByCustomer),
    fundraising("200003", State::SessionExpired, Code::SessionExpired),
    // Said of an expired card and of one that must be confirmed again: the wider code.
    fundraising("200004", State::Expired, Code::PaymentMethodExpired),
    fundraising("200005", State::Failed, Code::PaymentMethodFailed),
    fundraising("300001", State::AwaitingRetry, Code::AwaitingRetry),
    fundraising("300002", State::Failed, Code::CaptureFailed),
    fundraising("300003", State::SessionExpired, Code::SessionExpired),
    fundraising("300004", State::Rejected, Code::RejectedByCustomer),
    fundraising("300005", State::Rejected, Code::CardDeclined),
    fundraising("300006", State::Failed, Code::PaymentMethodInactive),
    fundraising("300101", State::Cancelled, Code::Cancelled),
    brp("9", Code::MerchantAccountUnknown),
    brp("10", Code::TenderTypeUnknown),
    brp("11", Code::NoRoute),
    brp("12", Code::OrderUnknown),
    brp("13", Code::TenderTypeNotSupported),
    brp("14", Code::TenderTypeNotSupported),
    brp("15", Code::CardNotTokenizable),
    brp("100", Code::OrderWithoutStore),
    brp("101", Code::OrderAlreadyPaid),
    brp("102", Code::OrderAmountNotPositive),
    brp("103", Code::OrderWithoutCustomer),
    brp("104", Code::IdentityNumberMissing),
    brp("105", Code::ContactMissing),
    brp("106", Code::EmailMissing),
    brp("107", Code::PostalAddressMissing),
    brp("108", Code::OrderNotPayable),
    brp("109", Code::OrderNotPayable),
    brp("110", Code::OrganisationMissing),
    brp("111", Code::ParticipantsMissing),
    brp("200", Code::PaymentDataInvalid),
    brp("201", Code::Failed),
    brp("202", Code::AuthorizedAmountChanged),
    brp("203", Code::OrderNoLongerValid),
    brp("204", Code::ProcessorAnswerUnexpected),
    brp("205", Code::Cancelled),
    brp("206", Code::CardNotTokenizable),
    brp("207", Code::GiftCardChanged),
    brp("208", Code::CaptureFailed),
    brp("300", Code::InvoiceUnknown),
    brp("301", Code::InvoiceIncomplete),
    brp("302", Code::InvoiceAmountNotPositive),
    brp("303", Code::InvoiceNoLongerValid),
    brp("304", Code::InvoiceIncomplete),
    brp("305", Code::InvoiceNotPossible),
    brp("400", Code::SignatureWrong),
    brp("500", Code::CustomerAccountCreditInsufficient),
    brp("501", Code::CustomerAccountTooYoung),
    brp("502", Code::CustomerAccountWithoutMandate),
    brp("503", Code::CustomerAccountInvoiceUnpaid),
    brp("504", Code::EmailMissing),
    brp("505", Code::CustomerAccountNotAllowed),
    brp("506", Code::CustomerAccountWithoutSubscription),
    brp("902", Code::PhoneNumberInvalid),
    dintero("initialized", Code::PaymentNotReady),
    dintero("on_hold", Code::OnHold),
    dintero("authorized", Code::PaymentAuthorized),
    dintero("partially_captured", Code::PaymentPartiallyCaptured),
    dintero("captured", Code::PaymentCaptured),
    dintero("authorization_voided", Code::PaymentAlreadyVoided),
    dintero("partially_refunded", Code::PaymentPartiallyRefunded),
    dintero("refunded", Code::PaymentRefunded),
    dintero("rejected", Code::CardDeclined),
    dintero("failed", Code::Failed),
];
