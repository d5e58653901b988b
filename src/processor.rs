//! Connectors: how each processor is asked, behind one function.
//!
//! A connector file (`sim`) is pure: it builds a request and reads an answer. `http` carries it.
//! Tokens are opened here, right before they leave, and sealed here, right after they arrive.

mod http;
mod sim;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use http::{Answer as HttpAnswer, Call, Fate};

use crate::config::AccountConfig;
use crate::domain::command::ProcessorEnding;
use crate::domain::directory::ProcessorCapabilities;
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{EffectId, MerchantAccountId, SealedToken};
use crate::domain::operation::{Answer, Approval};
use crate::domain::outcome::Reason;
use crate::trail::Pen;
use crate::vault::{TokenKind, Vault, VaultError};

/// What an account's connector can do, as far as the account says so.
#[must_use]
pub const fn capabilities(account: &AccountConfig) -> ProcessorCapabilities {
    sim::capabilities(account)
}

/// All configured merchant accounts, over HTTP.
#[derive(Clone, Debug)]
pub struct Processors {
    connectors: Connectors,
    http: http::Client,
    pen: Pen,
}

/// What the accounts' processors are asked and what their answers mean; nothing is sent from here.
#[derive(Clone, Debug)]
pub struct Connectors {
    accounts: Arc<BTreeMap<MerchantAccountId, AccountConfig>>,
    vault: Arc<Vault>,
}

/// One request on its way: the look-up of its key, where it may have been sent before, and then the
/// call, unless the look-up has told its end.
#[derive(Clone, Debug)]
pub struct Asking {
    connectors: Connectors,
    key: String,
    account: MerchantAccountId,
    request: ProcessorRequest,
    is_looking_up: bool,
}

/// What follows for a request.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Send this, once, and say by [`Asking::handle_fate`] what became of it.
    Send {
        /// To whom.
        account: AccountConfig,
        /// What.
        call: Call,
    },
    /// It is over.
    Done(ProcessorEnding),
}

/// What a call of a connector came to, tokens in the clear.
#[derive(Debug)]
enum Reply {
    /// It happened.
    Approved {
        amount: Option<u64>,
        token: Option<String>,
        expires_at: Option<String>,
    },
    /// The processor reviews it.
    OnHold { token: Option<String> },
    /// The processor said no.
    Declined(Reason),
    /// The processor did not understand or accept the call: nothing was done.
    Refused(Reason),
    /// The answer does not say what happened.
    Unclear,
}

impl Processors {
    /// Prepares the accounts; nothing is connected yet.
    pub fn new(
        accounts: BTreeMap<MerchantAccountId, AccountConfig>,
        vault: Arc<Vault>,
        pen: Pen,
    ) -> Result<Self, String> {
        Ok(Self {
            connectors: Connectors::new(accounts, vault),
            http: http::Client::new()?,
            pen,
        })
    }

    /// Carries a request out over HTTP; see [`Asking`].
    pub async fn call(
        &self,
        effect: &EffectId,
        account: &MerchantAccountId,
        request: &ProcessorRequest,
        inquire: bool,
    ) -> ProcessorEnding {
        let (mut asking, mut turn) = self.connectors.ask(effect, account, request, inquire);
        loop {
            match turn {
                Turn::Send { account: to, call } => {
                    let name = request.name();
                    self.pen.call(effect, account.as_str(), || match call.body {
                        Some(_) => format!("> POST {name}, key {effect}"),
                        None => format!("> GET what became of {name}, key {effect}"),
                    });
                    let fate = self.http.send(&to, call).await;
                    self.pen.call(effect, account.as_str(), || match &fate {
                        Fate::Answer(answer) => format!("< {}", answer.status),
                        Fate::NeverLeft => "# no connection: nothing was sent".to_owned(),
                        Fate::InDoubt => "# no answer that can be read".to_owned(),
                    });
                    turn = asking.handle_fate(fate);
                }
                Turn::Done(ending) => return ending,
            }
        }
    }
}

impl Connectors {
    /// The connectors of these accounts.
    #[must_use]
    pub fn new(accounts: BTreeMap<MerchantAccountId, AccountConfig>, vault: Arc<Vault>) -> Self {
        Self {
            accounts: Arc::new(accounts),
            vault,
        }
    }

    /// Begins to carry a request out. `effect` is the idempotency key: however often it is asked
    /// with one key, the processor moves money once. With `inquire` the key is looked up first.
    #[must_use]
    pub fn ask(
        &self,
        effect: &EffectId,
        account: &MerchantAccountId,
        request: &ProcessorRequest,
        inquire: bool,
    ) -> (Asking, Turn) {
        let asking = Asking {
            connectors: self.clone(),
            key: effect.to_string(),
            account: account.clone(),
            request: request.clone(),
            is_looking_up: inquire,
        };
        let turn = asking.next();
        (asking, turn)
    }

    fn clear_token(&self, request: &ProcessorRequest) -> Result<String, VaultError> {
        let (kind, sealed) = match request {
            ProcessorRequest::Authorize { card_token, .. } => (TokenKind::Card, card_token),
            ProcessorRequest::Capture {
                auth_token: token, ..
            }
            | ProcessorRequest::Void {
                auth_token: token, ..
            }
            | ProcessorRequest::Review {
                auth_token: token, ..
            }
            | ProcessorRequest::Refund {
                capture_token: token,
                ..
            } => (TokenKind::Reference, token),
        };
        self.vault.unseal(kind, sealed)
    }

    fn ending(&self, reply: Reply) -> ProcessorEnding {
        let answer = match reply {
            Reply::Approved {
                amount,
                token,
                expires_at,
            } => Answer::Approved(Box::new(Approval {
                amount,
                token: self.sealed(token),
                expires_at: expires_at.as_deref().and_then(crate::clock::parse_utc),
                ..Approval::default()
            })),
            Reply::OnHold { token } => Answer::OnHold {
                token: self.sealed(token),
            },
            Reply::Declined(reason) => Answer::Declined(reason),
            Reply::Refused(reason) => Answer::NotDone(reason),
            Reply::Unclear => return ProcessorEnding::InDoubt,
        };
        ProcessorEnding::Answered(answer)
    }

    fn sealed(&self, token: Option<String>) -> Option<SealedToken> {
        let token = token?;
        self.vault
            .seal(TokenKind::Reference, &token)
            .map_err(|error| tracing::error!(%error, "token is not kept"))
            .ok()
    }
}

impl Asking {
    /// The last [`Turn::Send`] came to this.
    #[must_use]
    pub fn handle_fate(&mut self, fate: Fate) -> Turn {
        let ending = match fate {
            Fate::Answer(answer) if self.is_looking_up => match sim::read_inquiry(&answer) {
                sim::Inquiry::Found(reply) => self.connectors.ending(reply),
                sim::Inquiry::NotFound => {
                    self.is_looking_up = false;
                    return self.next();
                }
                sim::Inquiry::Unclear => ProcessorEnding::InDoubt,
            },
            Fate::Answer(answer) => {
                let reply = match self.request {
                    ProcessorRequest::Review { .. } => sim::read_review(&answer),
                    ProcessorRequest::Authorize { .. }
                    | ProcessorRequest::Capture { .. }
                    | ProcessorRequest::Void { .. }
                    | ProcessorRequest::Refund { .. } => sim::read_reply(&answer),
                };
                self.connectors.ending(reply)
            }
            Fate::NeverLeft => ProcessorEnding::NotSent,
            Fate::InDoubt => ProcessorEnding::InDoubt,
        };
        Turn::Done(ending)
    }

    fn next(&self) -> Turn {
        let not_done = |reason| Turn::Done(ProcessorEnding::Answered(Answer::NotDone(reason)));
        let Some(account) = self.connectors.accounts.get(&self.account).cloned() else {
            return not_done(Reason::MerchantAccountUnknown);
        };
        let call = if self.is_looking_up {
            sim::inquiry(&self.key)
        } else {
            let Ok(token) = self.connectors.clear_token(&self.request) else {
                // Sealed with a key that is lost: this payment can no longer be followed up here.
                return not_done(Reason::AuthorizationUnknown);
            };
            sim::call(&self.key, &account.merchant, &self.request, &token)
        };
        Turn::Send { account, call }
    }
}
