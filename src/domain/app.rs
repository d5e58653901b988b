//! The apps that have paired, and how they are let in and out. Their keys are known by keyed digests
//! only.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::draft::{Decision, Draft};
use super::effect::Effect;
use super::entry::Entry;
use super::event::Event;
use super::id::{ClientName, Timestamp};
use super::rejection::Rejection;
use super::state::State;

/// What an app may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes payments, hands out orders.
    Cashier,
    /// Decides what a cashier may not: doubts, other apps' terminals.
    Supervisor,
    /// Lets apps in and out.
    Technician,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cashier => "cashier",
            Self::Supervisor => "supervisor",
            Self::Technician => "technician",
        })
    }
}

/// An app that has paired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Its name, by which the journal knows what it asked for.
    pub name: ClientName,
    /// What it may do.
    pub role: Role,
    /// A page in a browser has the origin that it was loaded from; a program has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Keyed digest of its key.
    pub key: String,
    /// Shown by the app and by the station, for people to compare.
    pub check_word: String,
    /// When it paired.
    pub paired_at: Timestamp,
}

/// A change of who is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new app.
    Pair(App),
    /// Another role.
    SetRole {
        /// Of which app.
        app: ClientName,
        /// Which.
        role: Role,
    },
    /// Its key opens nothing any more. The name is free again.
    Revoke {
        /// Which app.
        app: ClientName,
    },
}

/// Decides about a change that the app `by` asks for.
pub fn decide(state: &State, change: &Change, by: &ClientName) -> Result<Decision, Rejection> {
    let mut draft = Draft::new(state);
    let known = |app: &ClientName| {
        let found = state.books.apps.get(app);
        found.ok_or_else(|| Rejection::AppUnknown(app.clone()))
    };
    match change {
        Change::Pair(app) => {
            if state.books.apps.contains_key(&app.name) {
                return Err(Rejection::AppNameTaken(app.name.clone()));
            }
            draft.record(Entry::AppPaired {
                app: Box::new(app.clone()),
                by: by.clone(),
            });
            draft.event(Event::AppPaired {
                app: app.name.clone(),
                role: app.role,
                check_word: app.check_word.clone(),
            });
        }
        Change::SetRole { app, role } => {
            known(app)?;
            draft.record(Entry::AppRoleChanged {
                app: app.clone(),
                role: *role,
                by: by.clone(),
            });
            draft.event(Event::AppRoleChanged {
                app: app.clone(),
                role: *role,
            });
        }
        Change::Revoke { app } => {
            known(app)?;
            draft.record(Entry::AppRevoked {
                app: app.clone(),
                by: by.clone(),
            });
            draft.event(Event::AppRevoked { app: app.clone() });
        }
    }
    draft.effect(Effect::AppsChanged);
    Ok(draft.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> App {
        App {
            name: ClientName::new(name),
            role: Role::Cashier,
            origin: None,
            key: "digest".to_owned(),
            check_word: "rabilo".to_owned(),
            paired_at: Timestamp(1),
        }
    }

    fn change(state: &mut State, change: &Change) -> Result<(), Rejection> {
        let decision = decide(state, change, &ClientName::new("local"))?;
        for entry in &decision.entries {
            state.books.apply(entry);
        }
        assert_eq!(decision.effects, [Effect::AppsChanged]);
        Ok(())
    }

    #[test]
    fn a_name_is_one_apps_until_it_is_revoked() {
        let mut state = State::default();
        let till = || ClientName::new("till-1");
        let unknown = Err(Rejection::AppUnknown(till()));
        let revoke = Change::Revoke { app: till() };
        assert_eq!(change(&mut state, &revoke), unknown);
        let promote = Change::SetRole {
            app: till(),
            role: Role::Supervisor,
        };
        assert_eq!(change(&mut state, &promote), unknown);
        let pair = Change::Pair(app("till-1"));
        assert_eq!(change(&mut state, &pair), Ok(()));
        let taken = Err(Rejection::AppNameTaken(till()));
        assert_eq!(change(&mut state, &pair), taken);
        assert_eq!(change(&mut state, &promote), Ok(()));
        assert_eq!(state.books.apps[&till()].role, Role::Supervisor);
        assert_eq!(change(&mut state, &revoke), Ok(()));
        assert_eq!(state.books.apps.len(), 0);
        assert_eq!(change(&mut state, &pair), Ok(()));
    }

    #[test]
    fn each_role_may_do_what_those_before_it_may() {
        assert!(Role::Cashier < Role::Supervisor && Role::Supervisor < Role::Technician);
    }
}
