//! Apps that are let in, as they stand on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::StationInfo;
use crate::api::form::{Time, Word};
use crate::domain::app::Role;

/// Who the app is, and at which station.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Welcome {
    pub(in crate::api) app: String,
    pub(in crate::api) role: Word<Role>,
    #[serde(flatten)]
    pub(in crate::api) info: StationInfo,
}

/// The key of an app that has paired.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Paired {
    pub(in crate::api) app: String,
    pub(in crate::api) role: Word<Role>,
    /// For people to compare with what the station shows.
    pub(in crate::api) check_word: String,
    /// To be kept as a password is. It is told this once.
    pub(in crate::api) key: String,
}

/// The code by which an app pairs.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Invited {
    /// For `session.pair`; good once.
    pub(in crate::api) code: String,
    pub(in crate::api) expires_at: Time,
}

/// The apps that are let in.
#[derive(Serialize, JsonSchema)]
pub(in crate::api) struct Apps {
    pub(in crate::api) apps: Vec<AppRow>,
}

/// An app that has paired, without its key.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "App")]
pub(in crate::api) struct AppRow {
    pub(in crate::api) app: String,
    pub(in crate::api) role: Word<Role>,
    /// Of its page, when it runs in a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) origin: Option<String>,
    pub(in crate::api) check_word: String,
    pub(in crate::api) paired_at: Time,
}
