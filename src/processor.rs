//! Connectors: how each processor is asked, behind one function.
//!
//! A connector file (`sim`) is pure: it builds a request and reads an answer. `http` carries it.
//! Tokens are opened here, right before they leave, and sealed here, right after they arrive.

mod http;
mod sim;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::AccountConfig;
use crate::domain::command::ProcessorEnding;
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{EffectId, MerchantAccountId, SealedToken};
use crate::domain::operation::{Answer, Approval};
use crate::domain::outcome::Reason;
use crate::vault::{TokenKind, Vault, VaultError};

/// All configured merchant accounts.
#[derive(Clone, Debug)]
pub struct Processors {
    accounts: Arc<BTreeMap<MerchantAccountId, AccountConfig>>,
    http: http::Client,
    vault: Arc<Vault>,
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
    ) -> Result<Self, String> {
        Ok(Self {
            accounts: Arc::new(accounts),
            http: http::Client::new()?,
            vault,
        })
    }

    /// Carries a request out. `effect` is the idempotency key: however often it is called with one
    /// key, the processor moves money once. With `inquire` the key is looked up first.
    pub async fn call(
        &self,
        effect: &EffectId,
        account: &MerchantAccountId,
        request: &ProcessorRequest,
        inquire: bool,
    ) -> ProcessorEnding {
        let Some(config) = self.accounts.get(account) else {
            return ProcessorEnding::Answered(Answer::NotDone(Reason::MerchantAccountUnknown));
        };
        let key = effect.to_string();
        if inquire {
            let found = self.http.send(config, sim::inquiry(&key)).await;
            match found {
                http::Fate::Answer(answer) => match sim::read_inquiry(&answer) {
                    sim::Inquiry::Found(reply) => return self.ending(reply),
                    sim::Inquiry::NotFound => {}
                    sim::Inquiry::Unclear => return ProcessorEnding::InDoubt,
                },
                http::Fate::NeverLeft => return ProcessorEnding::NotSent,
                http::Fate::InDoubt => return ProcessorEnding::InDoubt,
            }
        }
        let Ok(token) = self.clear_token(request) else {
            // Sealed with a key that is lost: this payment can no longer be followed up from here.
            return ProcessorEnding::Answered(Answer::NotDone(Reason::AuthorizationUnknown));
        };
        let call = sim::call(&key, &config.merchant, request, &token);
        match self.http.send(config, call).await {
            http::Fate::Answer(answer) => self.ending(sim::read_reply(&answer)),
            http::Fate::NeverLeft => ProcessorEnding::NotSent,
            http::Fate::InDoubt => ProcessorEnding::InDoubt,
        }
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
