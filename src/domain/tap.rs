//! What was held against a contactless reader, as far as an order or a customer can be found by it.
//! Taps live in memory, and only for a while; what is kept of one is a digest.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{OrderId, ReaderId, TapId};
use super::search::{Mark, Wanted};

/// So many taps are remembered: enough for a cashier who looks for the order, not for a history.
const REMEMBERED: usize = 64;

/// The lasting identity of a tag, a card or a phone: a digest under the station's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(String);

/// Things that were held against a reader at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// Its name.
    pub id: TapId,
    /// Where.
    pub reader: ReaderId,
    /// What.
    pub media: Vec<Medium>,
}

/// One tag, card or phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Medium {
    /// What it is.
    pub kind: MediumKind,
    /// By what it is recognised next time; absent when it has another name at each meeting and tells
    /// no account.
    pub identity: Option<Identity>,
    /// By what an order may be found: what it says of itself, and whose account it is.
    pub wanted: Vec<Wanted>,
    /// It was taken away before all was read.
    pub interrupted: bool,
}

/// By what it is looked up may name a person: it is not printed.
impl fmt::Debug for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Medium")
            .field("kind", &self.kind)
            .field("lasting", &self.identity.is_some())
            .field("interrupted", &self.interrupted)
            .finish()
    }
}

/// What was held against a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediumKind {
    /// A payment card, or a phone or a watch that stands for one.
    PaymentCard,
    /// A tag that says something: a loyalty card, a pickup slip.
    Tag,
}

/// The latest taps, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Taps {
    recent: VecDeque<Tap>,
}

impl Identity {
    /// Wraps a digest.
    #[must_use]
    pub const fn new(digest: String) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tap {
    /// The identity of the only thing that was held there; `None` of two at once, as nobody can say
    /// which was meant.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match &self.media[..] {
            [only] => only.identity.as_ref(),
            [..] => None,
        }
    }
}

impl Taps {
    /// Remembers a tap, and forgets the oldest.
    pub fn remember(&mut self, tap: Tap) {
        self.recent.push_back(tap);
        while self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
    }

    /// The tap of that name.
    #[must_use]
    pub fn find(&self, id: &TapId) -> Option<&Tap> {
        self.recent.iter().find(|tap| tap.id == *id)
    }
}

/// What a text or an address on a tag may be looked up by: an order's number, or a tag or a customer's
/// reference that an order carries. Of an address its last part counts as well.
#[must_use]
pub fn wanted_by(text: &str) -> Vec<Wanted> {
    let last = text.rsplit(['/', '=', '#', ':']).next();
    let last = last.filter(|last| *last != text);
    let names = [Some(text), last];
    let names = names.into_iter().flatten().map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .flat_map(|name| {
            [
                Wanted::Order(OrderId::new(name)),
                Wanted::Mark(Mark::tag(name)),
                Wanted::Mark(Mark::customer_reference(name)),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(name: &str) -> Tap {
        Tap {
            id: TapId::new(name),
            reader: ReaderId::new("counter"),
            media: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_tap_is_forgotten() {
        let mut taps = Taps::default();
        for number in 0..=REMEMBERED {
            taps.remember(tap(&number.to_string()));
        }
        assert_eq!(taps.find(&TapId::new("0")), None);
        assert!(taps.find(&TapId::new("1")).is_some());
        assert!(taps.find(&TapId::new(REMEMBERED.to_string())).is_some());
    }

    #[test]
    fn an_address_is_looked_up_by_its_last_part_too() {
        let orders = |text| {
            let wanted = wanted_by(text).into_iter();
            let orders = wanted.filter_map(|wanted| match wanted {
                Wanted::Order(order) => Some(order.as_str().to_owned()),
                Wanted::Mark(_) => None,
            });
            orders.collect::<Vec<_>>()
        };
        assert_eq!(orders("O-47"), ["O-47"]);
        assert_eq!(
            orders("https://shop.example/pickup?order=O-47"),
            ["https://shop.example/pickup?order=O-47", "O-47"]
        );
        assert_eq!(orders("https://shop.example/"), ["https://shop.example/"]);
        assert_eq!(orders(" \n"), [""; 0]);
        assert_eq!(wanted_by("urn:nfc:O-47").len(), 6);
    }

    #[test]
    fn of_two_at_once_nobody_can_say_which_is_meant() {
        let medium = |name: &str| Medium {
            kind: MediumKind::Tag,
            identity: Some(Identity::new(name.to_owned())),
            wanted: Vec::new(),
            interrupted: false,
        };
        let mut tap = tap("1");
        assert_eq!(tap.identity(), None);
        tap.media.push(medium("a"));
        assert_eq!(tap.identity().map(Identity::as_str), Some("a"));
        tap.media.push(medium("b"));
        assert_eq!(tap.identity(), None);
    }
}
