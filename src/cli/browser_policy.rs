//! `posd browser-policy`

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::client::Address;
use super::{runtime, say};

/// A browser that can be told by a file whom it lets reach the machine that it runs on.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Browser {
    /// Google Chrome and Chromium.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Mozilla Firefox.
    Firefox,
}

/// Prints the policy that lets the pages of the paired apps reach the station, and no others.
pub(super) fn run(station: &Address, browser: Browser) -> Result<ExitCode, String> {
    runtime()?.block_on(async {
        let mut client = station.connect().await?;
        let listed = client.call("app.list", json!({}), |_| {}).await?;
        let listed = listed.map_err(|error| error.to_string())?;
        let apps = listed.get("apps").and_then(Value::as_array);
        let origins = apps.into_iter().flatten().filter_map(|app| {
            let origin = app.get("origin")?.as_str()?;
            Some(origin.to_owned())
        });
        let policy = policy(browser, &origins.collect());
        say(&serde_json::to_string_pretty(&policy).map_err(|error| error.to_string())?);
        Ok(ExitCode::SUCCESS)
    })
}

fn policy(browser: Browser, origins: &BTreeSet<String>) -> Value {
    match browser {
        Browser::Chrome | Browser::Edge => json!({"LoopbackNetworkAllowedForUrls": origins}),
        // It knows pages by their hosts only.
        Browser::Firefox => {
            let hosts: BTreeSet<&str> = origins.iter().map(|origin| host(origin)).collect();
            json!({"policies": {"LocalNetworkAccess": {"Enabled": true, "SkipDomains": hosts}}})
        }
    }
}

fn host(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_paired_origins_are_allowed() {
        let origins = ["https://pos.example", "http://kiosk.example:3000"];
        let origins = origins.map(str::to_owned).into();
        for browser in [Browser::Chrome, Browser::Edge] {
            assert_eq!(
                policy(browser, &origins),
                json!({"LoopbackNetworkAllowedForUrls": [
                    "http://kiosk.example:3000", "https://pos.example",
                ]})
            );
        }
        assert_eq!(
            policy(Browser::Firefox, &origins),
            json!({"policies": {"LocalNetworkAccess": {
                "Enabled": true, "SkipDomains": ["kiosk.example", "pos.example"],
            }}})
        );
    }
}
