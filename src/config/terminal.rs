//! `[[terminal]]`: card terminals.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use firmware_protocols::zvt::Password;

use super::file::{BAUD, FACTORY_PASSWORD, Protocol, Terminal};
use super::problem::Wrong;
use super::{AccountConfig, LineConfig, PortName, TerminalConfig, UsbName};
use crate::domain::id::{ClientName, MerchantAccountId, PoolId, TerminalId};

/// The other password of the manuals.
const SECOND_FACTORY_PASSWORD: &str = "010203";

/// A key and what is wrong with it.
type Problem = (&'static str, String);

pub(super) fn terminals(
    files: Vec<Terminal>,
    accounts: &BTreeMap<MerchantAccountId, AccountConfig>,
) -> Result<BTreeMap<TerminalId, TerminalConfig>, Wrong> {
    let mut terminals = BTreeMap::new();
    for (row, file) in files.into_iter().enumerate() {
        let id = TerminalId::new(&*file.id);
        let place = |key: &str| format!("terminal.{row}.{key}");
        if id == TerminalId::elsewhere() {
            return Err(Wrong::at(place("id"), "terminal: id must not be empty"));
        }
        let terminal = terminal(file, accounts).map_err(|(key, problem)| {
            Wrong::at(place(key), format!("terminal `{id}`: {problem}"))
        })?;
        if terminals.insert(id.clone(), terminal).is_some() {
            let what = format!("terminal `{id}` is there twice");
            return Err(Wrong::at(place("id"), what));
        }
    }
    Ok(terminals)
}

fn terminal(
    file: Terminal,
    accounts: &BTreeMap<MerchantAccountId, AccountConfig>,
) -> Result<TerminalConfig, Problem> {
    let Protocol::Zvt = file.protocol;
    let line = line(file.device, file.usb, file.address, file.baud)?;
    let password = match (file.password, file.password_file) {
        (Some(_), Some(_)) => {
            let problem = "needs password or password_file, not both";
            return Err(("password", problem.to_owned()));
        }
        (None, Some(path)) => password_in(&path).map_err(|problem| ("password_file", problem))?,
        (Some(digits), None) => password(&digits).map_err(|problem| ("password", problem))?,
        (None, None) => Password::ZERO,
    };
    let account = file.merchant_account.map(MerchantAccountId::new);
    if let Some(account) = account
        .as_ref()
        .filter(|account| !accounts.contains_key(account))
    {
        let problem = format!("merchant_account `{account}` is not configured");
        return Err(("merchant_account", problem));
    }
    Ok(TerminalConfig {
        line,
        currency: file.currency,
        password,
        response_timeout: Duration::from_millis(file.response_timeout_ms),
        completion_timeout: Duration::from_millis(file.completion_timeout_ms),
        account,
        pre_authorization: file.pre_authorization,
        card_token: file.card_token,
        app: file.app.map(ClientName::new),
        pools: file.pools.into_iter().map(PoolId::new).collect(),
    })
}

fn line(
    device: Option<PathBuf>,
    usb: Option<UsbName>,
    address: Option<String>,
    baud: Option<u32>,
) -> Result<LineConfig, Problem> {
    let port = match (device, usb, address) {
        (Some(path), None, None) => PortName::Path(path),
        (None, Some(name), None) => PortName::Usb(name),
        (None, None, Some(_)) if baud.is_some() => {
            let problem = "baud belongs to a device or to usb, not to an address";
            return Err(("baud", problem.to_owned()));
        }
        (None, None, Some(address)) => return Ok(LineConfig::Tcp { address }),
        (..) => return Err(("device", "needs device, usb or address".to_owned())),
    };
    Ok(LineConfig::Serial {
        port,
        baud: baud.unwrap_or(BAUD),
    })
}

fn password(digits: &str) -> Result<Password, String> {
    six_digits(digits).ok_or("password must be six digits")?;
    let problem = "a password of its own is a secret and does not belong in this file: write it into one \
                   of its own with mode 0600 and name that by password_file";
    factory_password(digits).ok_or_else(|| problem.to_owned())
}

/// What everybody can read in a manual is no secret; any other password is one.
#[must_use]
pub fn factory_password(digits: &str) -> Option<Password> {
    let known = [FACTORY_PASSWORD, SECOND_FACTORY_PASSWORD];
    known
        .contains(&digits)
        .then(|| six_digits(digits))
        .flatten()
}

/// The password in a file that not everybody can read; else what is wrong with it.
pub fn password_in(path: &Path) -> Result<Password, String> {
    let failed = |problem: &str| format!("password_file {}: {problem}", path.display());
    let metadata = fs::metadata(path).map_err(|error| failed(&error.to_string()))?;
    if metadata.permissions().mode() & 0o007 != 0 {
        return Err(failed(
            "everybody can read it; set its mode to 0640 or 0600",
        ));
    }
    let digits = fs::read_to_string(path).map_err(|error| failed(&error.to_string()))?;
    six_digits(digits.trim_end()).ok_or_else(|| failed("must hold six digits"))
}

fn six_digits(digits: &str) -> Option<Password> {
    let has_six = digits.len() == 6;
    Password::from_digits(digits).filter(|_| has_six)
}

#[cfg(test)]
mod tests {
    use super::super::UsbId;
    use super::*;

    #[test]
    fn a_password_of_its_own_is_read_from_a_file_that_others_cannot_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("till-1");
        let set = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        assert!(password_in(&path).unwrap_err().contains("No such file"));
        set("482913\n", 0o644);
        assert!(password_in(&path).unwrap_err().contains("everybody"));
        set("482913\n", 0o640);
        assert_eq!(password_in(&path).ok(), Password::from_digits("482913"));
        set("48291x\n", 0o600);
        let problem = password_in(&path).unwrap_err();
        assert!(problem.contains("six digits") && !problem.contains("48291"));
        assert!(password(SECOND_FACTORY_PASSWORD).is_ok());
    }
    #[test]
    fn a_terminal_is_named_in_one_way() {
        let parse = |line: &str| {
            crate::config::Config::parse(&format!(
                "[station]\nname = \"a\"\ndata_dir = \"a\"\n[[terminal]]\nid = \"t\"\nprotocol = \"zvt\"\n\
                 currency = \"NOK\"\n{line}"
            ))
        };
        let usb = "usb = { vendor = \"0b00\", product = \"00aF\", serial = \"SN 1\" }";
        let terminals = parse(usb).unwrap().terminals;
        let port = PortName::Usb(UsbName {
            vendor: UsbId(0x0b00),
            product: UsbId(0x00af),
            serial: Some("SN 1".to_owned()),
            interface: None,
        });
        let line = LineConfig::Serial { port, baud: BAUD };
        assert_eq!(terminals.into_values().next().unwrap().line, line);
        let with_device = format!("device = \"/dev/ttyS0\"\n{usb}");
        for (wrong, named) in [
            ("", "usb or address"),
            (&with_device, "usb or address"),
            (&usb.replace("0b00", "0x0b"), "`0x0b` is no USB id"),
            (&usb.replace("0b00", "+b00"), "`+b00` is no USB id"),
            (&usb.replace("serial", "seral"), "did you mean `serial`?"),
            (&usb.replace("product", "#"), "line 8"),
        ] {
            let problem = parse(wrong).unwrap_err().to_string();
            assert!(problem.contains(named), "{wrong}: {problem}");
        }
    }
}
