//! Who is let in: apps by their keys, new ones by a pairing code that a technician has shown them.
//! Decisions are pure, with the time and random bytes as arguments; [`Door`] holds what they are about.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::error::ApiError;
use crate::clock::Clock;
use crate::domain::app::{App, Role};
use crate::domain::id::{ClientName, Timestamp};
use crate::vault::{TokenKind, Vault};

/// The apps that are let in, by name.
pub type Apps = Arc<BTreeMap<ClientName, App>>;

/// So many connections may be open that have not shown a key. One more shows the oldest out, so that
/// those who only sit there are in nobody's way.
const LOBBY_MAX: usize = 64;

/// So long a pairing code is good for.
const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// So many pairing codes may be open.
const CODES_MAX: usize = 16;

/// After so many wrong codes those that are open are closed: somebody is guessing.
const WRONG_CODES_MAX: u32 = 10;

/// How long the answer to a wrong key or code takes: at first, and after many.
const SLOW: Duration = Duration::from_millis(100);
const SLOWEST: Duration = Duration::from_millis(3_200);

/// After so long without a wrong one the next is answered as the first was.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);

/// What every connection meets first.
pub struct Door {
    vault: Arc<Vault>,
    clock: Clock,
    apps: watch::Receiver<Apps>,
    seats: Arc<Semaphore>,
    lobby: Mutex<Lobby>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    invitations: Invitations,
    throttle: Throttle,
}

/// A place among the apps.
#[derive(Debug)]
pub(super) struct Seat {
    /// Whose.
    pub(super) app: ClientName,
    /// The digest of the key that was shown: another app of the same name is not this one.
    key: String,
    _place: OwnedSemaphorePermit,
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// A wrong key or code, to be answered after so long.
    Wrong(Duration),
    /// No place is free.
    Full,
}

impl Door {
    /// A door that lets these apps in, so many connections of them at a time.
    #[must_use]
    pub fn new(
        vault: Arc<Vault>,
        clock: Clock,
        apps: watch::Receiver<Apps>,
        connections: usize,
    ) -> Self {
        Self {
            vault,
            clock,
            apps,
            seats: Arc::new(Semaphore::new(connections)),
            lobby: Mutex::default(),
            state: Mutex::default(),
        }
    }

    /// Tells when somebody was let in or out for good.
    pub(super) fn watch(&self) -> watch::Receiver<Apps> {
        self.apps.clone()
    }

    /// Whether a page of this origin may knock: an app of that origin is paired or invited.
    pub(super) fn knows_origin(&self, origin: &str) -> bool {
        let paired = self.apps.borrow();
        let mut paired = paired.values();
        let now = self.clock.utc();
        paired.any(|app| app.origin.as_deref() == Some(origin))
            || self.state().invitations.names_origin(origin, now)
    }

    /// Gives a seat to the app whose key this is.
    pub(super) fn admit(&self, key: &str, origin: Option<&str>) -> Result<Seat, Refused> {
        let apps = self.apps.borrow().clone();
        let app = name_in(key).and_then(|name| apps.get(&ClientName::new(name)));
        // An unknown name takes as long as a wrong key.
        let digest = app.map_or("", |app| app.key.as_str());
        let fits = self.vault.is_digest_of(TokenKind::AppKey, key, digest);
        let Some(app) = app.filter(|app| fits && app.origin.as_deref() == origin) else {
            let delay = self.state().throttle.wrong(self.clock.utc());
            tracing::warn!(origin, delay_ms = delay.as_millis(), "wrong key");
            return Err(Refused::Wrong(delay));
        };
        let place = Arc::clone(&self.seats).try_acquire_owned();
        let place = place.map_err(|_| {
            tracing::warn!(app = %app.name, "too many connections");
            Refused::Full
        })?;
        Ok(Seat {
            app: app.name.clone(),
            key: app.key.clone(),
            _place: place,
        })
    }

    /// What the app on a seat may do now; nothing when it was revoked.
    pub(super) fn role(&self, seat: &Seat) -> Option<Role> {
        let apps = self.apps.borrow();
        let app = apps.get(&seat.app).filter(|app| app.key == seat.key)?;
        Some(app.role)
    }

    /// Invites an app: the code by which it pairs, and until when.
    pub(super) fn invite(&self, guest: Guest) -> Result<(String, Timestamp), ApiError> {
        let code = code(random()?);
        let digest = self.vault.digest(TokenKind::PairingCode, &code);
        let until = self.clock.utc().after(CODE_LIFETIME);
        self.state().invitations.add(Invitation {
            code: digest,
            until,
            guest,
        });
        Ok((
            format!(
                "{}-{}",
                &code.get(..4).unwrap_or(""),
                &code.get(4..).unwrap_or("")
            ),
            until,
        ))
    }

    /// Takes an invitation up, once.
    pub(super) fn redeem(&self, code: &str, origin: Option<&str>) -> Result<Guest, Duration> {
        let code: String = code.chars().filter(|c| *c != '-').collect();
        let code = code.to_ascii_uppercase();
        let now = self.clock.utc();
        let fits = |it: &Invitation| {
            let vault = &self.vault;
            vault.is_digest_of(TokenKind::PairingCode, &code, &it.code)
                && it.guest.origin.as_deref() == origin
        };
        let mut state = self.state();
        if let Some(guest) = state.invitations.take(now, fits) {
            return Ok(guest);
        }
        let delay = state.throttle.wrong(now);
        let closed = state.invitations.wrong();
        tracing::warn!(
            origin,
            delay_ms = delay.as_millis(),
            closed,
            "wrong pairing code"
        );
        Err(delay)
    }

    /// Makes the key of a guest, which nobody but its app will know, and what is kept of it.
    pub(super) fn make_key(&self, guest: Guest) -> Result<(String, App), ApiError> {
        let key = key_of(&guest.name, &random()?);
        let digest = self.vault.digest(TokenKind::AppKey, &key);
        let app = App {
            name: guest.name,
            role: guest.role,
            origin: guest.origin,
            check_word: check_word(&digest),
            key: digest,
            paired_at: self.clock.utc(),
        };
        Ok((key, app))
    }

    /// Lets a connection wait until it shows a key.
    pub(super) fn wait(self: &Arc<Self>) -> Ticket {
        let notify = self.lobby().enter();
        Ticket {
            door: Arc::clone(self),
            notify,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lobby(&self) -> std::sync::MutexGuard<'_, Lobby> {
        self.lobby.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door(..)")
    }
}

/// A connection without a key, for as long as it is one.
pub(super) struct Ticket {
    door: Arc<Door>,
    notify: Arc<Notify>,
}

impl Ticket {
    /// Resolves when somebody else takes the place.
    pub(super) async fn shown_out(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.door.lobby().leave(&self.notify);
    }
}

/// Those who have not shown a key, oldest first.
#[derive(Debug, Default)]
struct Lobby(VecDeque<Arc<Notify>>);

impl Lobby {
    fn enter(&mut self) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        self.0.push_back(Arc::clone(&notify));
        if self.0.len() > LOBBY_MAX
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.notify_one();
        }
        notify
    }

    fn leave(&mut self, notify: &Arc<Notify>) {
        self.0.retain(|other| !Arc::ptr_eq(other, notify));
    }
}

/// An app that is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guest {
    pub(super) name: ClientName,
    pub(super) role: Role,
    pub(super) origin: Option<String>,
    /// Who invites it.
    pub(super) by: ClientName,
}

#[derive(Debug)]
struct Invitation {
    /// Keyed digest.
    code: String,
    until: Timestamp,
    guest: Guest,
}

/// The invitations that are open; they do not outlive the station.
#[derive(Debug, Default)]
struct Invitations {
    open: VecDeque<Invitation>,
    wrong: u32,
}

impl Invitations {
    /// A second invitation of a name replaces the first.
    fn add(&mut self, invitation: Invitation) {
        let name = &invitation.guest.name;
        self.open.retain(|open| open.guest.name != *name);
        if self.open.len() >= CODES_MAX {
            self.open.pop_front();
        }
        self.open.push_back(invitation);
        self.wrong = 0;
    }

    fn names_origin(&self, origin: &str, now: Timestamp) -> bool {
        let mut open = self.open.iter().filter(|it| now <= it.until);
        open.any(|it| it.guest.origin.as_deref() == Some(origin))
    }

    fn take(&mut self, now: Timestamp, fits: impl Fn(&Invitation) -> bool) -> Option<Guest> {
        self.open.retain(|it| now <= it.until);
        let at = self.open.iter().position(fits)?;
        self.open.remove(at).map(|it| it.guest)
    }

    /// Counts a wrong code; how many invitations were closed by it.
    fn wrong(&mut self) -> usize {
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong < WRONG_CODES_MAX {
            return 0;
        }
        let closed = self.open.len();
        self.open.clear();
        closed
    }
}

/// Slows down who tries keys. Right keys are never slowed down, so nobody can keep an app out by it.
#[derive(Debug, Default)]
struct Throttle {
    wrong: u32,
    last: Timestamp,
}

impl Throttle {
    /// How long the answer to a wrong key takes.
    fn wrong(&mut self, now: Timestamp) -> Duration {
        if now.since(self.last) >= FORGIVEN_AFTER {
            self.wrong = 0;
        }
        self.last = now;
        let factor = 1_u32.checked_shl(self.wrong).unwrap_or(u32::MAX);
        self.wrong = self.wrong.saturating_add(1);
        SLOW.saturating_mul(factor).min(SLOWEST)
    }
}

/// A key as its app keeps it.
pub(crate) fn key_of(name: &ClientName, secret: &[u8; 32]) -> String {
    format!("posd.{name}.{}", URL_SAFE_NO_PAD.encode(secret))
}

fn name_in(key: &str) -> Option<&str> {
    let (name, _) = key.strip_prefix("posd.")?.split_once('.')?;
    Some(name)
}

/// Digits and capital letters that are not taken for each other.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Eight letters of five bits each.
fn code(random: [u8; 5]) -> String {
    let bits = random
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |at: u32| {
        let five = bits.checked_shr(at.saturating_mul(5)).unwrap_or(0) & 31;
        let letter = usize::try_from(five)
            .ok()
            .and_then(|five| CODE_LETTERS.get(five));
        char::from(letter.copied().unwrap_or(b'?'))
    };
    (0..8).map(letter).collect()
}

/// Three syllables that people can compare aloud in any language.
fn check_word(digest: &str) -> String {
    let bytes = STANDARD_NO_PAD.decode(digest).unwrap_or_default();
    let syllable = |byte: &u8| {
        let consonant = b"bdfghjklmnprstvz".get(usize::from(byte >> 4));
        let vowel = b"aeio".get(usize::from(byte & 3));
        [consonant, vowel].map(|letter| char::from(letter.copied().unwrap_or(b'?')))
    };
    bytes.iter().take(3).flat_map(syllable).collect()
}

fn random<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| ApiError::internal())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_keys_are_answered_slower_and_slower() {
        let mut throttle = Throttle::default();
        let now = Timestamp(1_000_000);
        let told: Vec<u128> = (0..8).map(|_| throttle.wrong(now).as_millis()).collect();
        assert_eq!(told, [100, 200, 400, 800, 1600, 3200, 3200, 3200]);
        let later = now.after(FORGIVEN_AFTER);
        assert_eq!(throttle.wrong(later).as_millis(), 100);
        throttle.wrong = u32::MAX;
        assert_eq!(throttle.wrong(later), SLOWEST);
    }

    fn invitation(code: &str, name: &str) -> Invitation {
        Invitation {
            code: code.to_owned(),
            until: Timestamp(1_000),
            guest: Guest {
                name: ClientName::new(name),
                role: Role::Cashier,
                origin: Some("https://pos.example".to_owned()),
                by: ClientName::new("local"),
            },
        }
    }

    #[test]
    fn an_invitation_is_good_once_and_for_a_while() {
        let mut open = Invitations::default();
        open.add(invitation("a", "till-1"));
        let take = |open: &mut Invitations, code: &str, at| {
            let guest = open.take(Timestamp(at), |it| it.code == code);
            guest.map(|guest| guest.name.as_str().to_owned())
        };
        assert!(open.names_origin("https://pos.example", Timestamp(1_000)));
        assert!(!open.names_origin("https://pos.example", Timestamp(1_001)));
        assert!(!open.names_origin("https://evil.example", Timestamp(1)));
        assert_eq!(take(&mut open, "b", 1_000), None);
        assert_eq!(take(&mut open, "a", 1_000).as_deref(), Some("till-1"));
        assert_eq!(take(&mut open, "a", 1_000), None);
        open.add(invitation("a", "till-1"));
        open.add(invitation("b", "till-1"));
        assert_eq!(take(&mut open, "a", 1), None, "replaced");
        assert_eq!(take(&mut open, "b", 1_001), None, "too late");
    }

    #[test]
    fn who_guesses_closes_all_invitations() {
        let mut open = Invitations::default();
        open.add(invitation("a", "till-1"));
        for _ in 1..WRONG_CODES_MAX {
            assert_eq!(open.wrong(), 0);
        }
        assert_eq!(open.wrong(), 1);
        assert_eq!(open.take(Timestamp(1), |_| true), None);
        for at in 0..=CODES_MAX {
            open.add(invitation("c", &format!("till-{at}")));
        }
        assert_eq!(open.open.len(), CODES_MAX);
    }

    #[test]
    fn the_oldest_who_only_sits_there_makes_room() {
        let mut lobby = Lobby::default();
        let first = lobby.enter();
        for _ in 1..LOBBY_MAX {
            lobby.enter();
        }
        assert!(lobby.0.iter().any(|it| Arc::ptr_eq(it, &first)));
        let last = lobby.enter();
        assert!(!lobby.0.iter().any(|it| Arc::ptr_eq(it, &first)));
        assert_eq!(lobby.0.len(), LOBBY_MAX);
        lobby.leave(&last);
        lobby.leave(&first);
        assert_eq!(lobby.0.len(), LOBBY_MAX - 1);
    }

    #[test]
    fn codes_and_words_can_be_read_aloud() {
        assert_eq!(code([0; 5]), "22222222");
        assert_eq!(code([255; 5]), "ZZZZZZZZ");
        assert_eq!(code([0, 0, 0, 0, 33]), "33222222");
        assert_eq!(check_word("AAAA"), "bababa");
        assert_eq!(check_word("////"), "zozozo");
        let key = key_of(&ClientName::new("till-1"), &[0; 32]);
        assert_eq!(name_in(&key), Some("till-1"));
    }
}
