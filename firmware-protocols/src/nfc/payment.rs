//! EMV: which applications a card offers, and its payment account reference.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::command::ApplicationId;
use crate::wire::tlv::{Objects, Tag};

const FCI: Tag = Tag(0x6F);
const FCI_PROPRIETARY: Tag = Tag(0xA5);
const FCI_DISCRETIONARY: Tag = Tag(0xBF0C);
const APPLICATION_TEMPLATE: Tag = Tag(0x61);
const APPLICATION_ID: Tag = Tag(0x4F);
const PRIORITY: Tag = Tag(0x87);
const ACCOUNT_REFERENCE: Tag = Tag(0x9F24);

/// Length of a payment account reference (EMV Payment Tokenisation Framework 2.3, 5.1).
const REFERENCE_LENGTH: usize = 29;

/// A payment account reference (PAR): the same for a card and for all devices that stand for it. It
/// pays for nothing, but it tells a person, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountReference(String);

impl AccountReference {
    /// Reads one: 29 capital letters and digits.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_one = text.len() == REFERENCE_LENGTH
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_one.then(|| Self(String::from(text)))
    }

    /// The text, for whoever seals it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountReference(..)")
    }
}

/// The applications that the answer to SELECT PPSE offers, in the order in which the card wants them
/// taken (EMV Contactless Book B, 3.3.2). Priority 0 stands for none, and comes last.
#[must_use]
pub fn offered(answer: &[u8]) -> Vec<ApplicationId> {
    let entries = Objects::new(answer)
        .find(FCI)
        .and_then(|fci| Objects::new(fci).find(FCI_PROPRIETARY))
        .and_then(|inner| Objects::new(inner).find(FCI_DISCRETIONARY))
        .unwrap_or_default();
    let mut offered: Vec<(u8, ApplicationId)> = Objects::new(entries)
        .flatten()
        .filter(|object| object.tag == APPLICATION_TEMPLATE)
        .filter_map(|entry| {
            let fields = Objects::new(entry.value);
            let id = ApplicationId::new(fields.find(APPLICATION_ID)?)?;
            let priority = fields.find(PRIORITY).and_then(<[u8]>::first).copied();
            let place = match priority.unwrap_or_default() & 0x0F {
                0 => u8::MAX,
                place => place,
            };
            Some((place, id))
        })
        .collect();
    offered.sort_by_key(|(place, _)| *place);
    offered.into_iter().map(|(_, id)| id).collect()
}

/// The reference in the answer to GET DATA 9F24.
#[must_use]
pub fn account_reference(answer: &[u8]) -> Option<AccountReference> {
    let value = Objects::new(answer).find(ACCOUNT_REFERENCE)?;
    AccountReference::new(core::str::from_utf8(value).ok()?)
}
