//! `session.hello`, `session.pair` and `app.*`: an app shows its key, gets one, is let in or out.

use serde_json::Value;
use tokio::sync::oneshot;

use super::call::{Call, Found, Query};
use super::door::{Guest, Refused};
use super::error::ApiError;
use super::form::{Time, Word, json};
use super::request as wire;
use super::result::{AppRow, Apps, Done, Invited, Paired, Welcome};
use super::session::{Caller, Connection};
use super::text::Text;
use crate::domain::app::{App, Change, Role};
use crate::domain::id::ClientName;
use crate::outcome::code::Code;
use crate::outcome::text::Language;

/// Longest name of an app.
const NAME_MAX: usize = 32;

impl Connection {
    /// Takes a key and gives the connection its app and language. Who has shown a key before may
    /// change the language alone.
    pub(super) async fn greet(&self, hello: wire::Hello) -> Result<Value, ApiError> {
        let language = match hello.language {
            None => self.gateway.language,
            Some(tag) => Language::by_tag(tag.as_str()).ok_or_else(|| {
                let problem = format!("must be one of {}", Language::tags());
                ApiError::parameter(Code::LanguageUnknown, "language", &problem)
            })?,
        };
        if let Some(key) = hello.key {
            match self.gateway.door.admit(&key.0, self.origin.as_deref()) {
                Ok(seat) => {
                    // Another key on the same connection: the app before is gone from here.
                    self.leave().await;
                    self.visitor().seat = Some(seat);
                    self.arrive().await;
                }
                Err(Refused::Full) => return Err(ApiError::full()),
                Err(Refused::Wrong(delay)) => {
                    tokio::time::sleep(delay).await;
                    return Err(ApiError::unauthorized());
                }
            }
        }
        let caller = self.caller().ok_or_else(ApiError::unauthorized)?;
        self.visitor().language = language;
        let Found::Info { station } = self.query(Query::Info).await? else {
            return Err(ApiError::internal());
        };
        Ok(json(&Welcome {
            app: caller.app.as_str().to_owned(),
            role: Word(caller.role),
            info: self.gateway.info(station),
        }))
    }

    /// Gives an invited app its key, once.
    pub(super) async fn pair(&self, params: wire::Pair) -> Result<Value, ApiError> {
        let door = &self.gateway.door;
        let guest = match door.redeem(params.code.as_str(), self.origin.as_deref()) {
            Ok(guest) => guest,
            Err(delay) => {
                tokio::time::sleep(delay).await;
                return Err(ApiError::unauthorized());
            }
        };
        let by = guest.by.clone();
        let (key, app) = door.make_key(guest)?;
        let answer = json(&Paired {
            app: app.name.as_str().to_owned(),
            role: Word(app.role),
            check_word: app.check_word.clone(),
            key,
        });
        self.change(Change::Pair(app), by).await?;
        Ok(answer)
    }

    /// Opens the door for an app that will come with the code that is returned.
    pub(super) fn invite(&self, params: wire::AppInvite, by: &Caller) -> Result<Value, ApiError> {
        let name = params.app.as_str();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.len() > NAME_MAX || !name.bytes().all(is_part) {
            let problem = format!("must be at most {NAME_MAX} letters, digits, `-` and `_`");
            return Err(ApiError::field("app", &problem));
        }
        let name = ClientName::new(name);
        if self.gateway.door.watch().borrow().contains_key(&name) {
            let taken = crate::domain::rejection::Rejection::AppNameTaken(name);
            return Err(taken.into());
        }
        let origin = params.origin.map(check_origin).transpose()?;
        let (code, until) = self.gateway.door.invite(Guest {
            name,
            role: params.role.unwrap_or(Role::Cashier),
            origin,
            by: by.app.clone(),
        })?;
        Ok(json(&Invited {
            code,
            expires_at: Time(until),
        }))
    }

    /// The apps that are let in, without their keys.
    pub(super) fn list_apps(&self) -> Value {
        let apps = self.gateway.door.watch();
        let apps = apps.borrow();
        json(&Apps {
            apps: apps.values().map(row).collect(),
        })
    }

    /// Lets an app in or out; the answer comes when it is so.
    pub(super) async fn change(&self, change: Change, by: ClientName) -> Result<Value, ApiError> {
        let (reply, answer) = oneshot::channel();
        let call = Call::Change { change, by, reply };
        let () = self.gateway.call(call, answer).await?;
        Ok(json(&Done {}))
    }
}

fn row(app: &App) -> AppRow {
    AppRow {
        app: app.name.as_str().to_owned(),
        role: Word(app.role),
        origin: app.origin.clone(),
        check_word: app.check_word.clone(),
        paired_at: Time(app.paired_at),
    }
}

/// An origin as browsers send it: scheme, host and port, nothing behind them.
fn check_origin(origin: Text) -> Result<String, ApiError> {
    let is_one = origin
        .as_str()
        .split_once("://")
        .is_some_and(|(scheme, host)| {
            !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])
        });
    let is_lower = !origin
        .as_str()
        .bytes()
        .any(|byte| byte.is_ascii_uppercase());
    if is_one && is_lower {
        return Ok(origin.into_string());
    }
    let problem = "must be an origin such as https://pos.example or http://localhost:3000";
    Err(ApiError::field("origin", problem))
}
