//! The certificate for apps on other machines: whether it and its key fit, and how long it is good for.

use std::path::Path;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::Report;
use crate::api::tls::Tls;
use crate::clock::{Clock, format_utc, parse_utc};
use crate::config::Config;
use crate::domain::id::Timestamp;

const CHECK: &str = "certificate";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// It should have been renewed by then.
const DAYS_SOON: i64 = 14;

pub(super) fn check(config: &Config, report: &mut Report) {
    let Some(network) = &config.network else {
        return;
    };
    let path = &network.certificate;
    if let Err(problem) = Tls::open(path, &network.key) {
        let advice = "the station does not start with it: put a certificate and its key there";
        report.error(CHECK, problem, advice);
        return;
    }
    match expiry(path) {
        None => {
            let says = format!("{}: when it ends cannot be read", path.display());
            let advice = "make it anew; this form is unusual";
            report.warning(CHECK, says, advice);
        }
        Some(end) => told_expiry(path, end, Clock::start().utc(), report),
    }
}

fn told_expiry(path: &Path, end: Timestamp, now: Timestamp, report: &mut Report) {
    let left = end.0.saturating_sub(now.0).div_euclid(DAY);
    let at = format_utc(end);
    let advice = "renew it; the station takes the new one without a restart";
    match left {
        ..0 => report.error(
            CHECK,
            format!("{} has ended at {at}", path.display()),
            advice,
        ),
        0..DAYS_SOON => {
            let says = format!("{} ends in {left} days, at {at}", path.display());
            report.warning(CHECK, says, advice);
        }
        DAYS_SOON.. => report.ok(CHECK, format!("{} is good until {at}", path.display())),
    }
}

/// When the first certificate of a chain ends.
fn expiry(path: &Path) -> Option<Timestamp> {
    let mut chain = CertificateDer::pem_file_iter(path).ok()?;
    let own = chain.next()?.ok()?;
    not_after(&own)
}

/// RFC 5280, 4.1: certificate, to be signed, validity, its second time.
fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate, _) = object(der)?;
    let (_, mut rest, _) = object(certificate)?;
    if let (0xA0, _, behind) = object(rest)? {
        rest = behind;
    }
    // Serial number, signature, issuer.
    for _ in 0..3 {
        rest = object(rest)?.2;
    }
    let (_, validity, _) = object(rest)?;
    let (_, _, behind) = object(validity)?;
    let (tag, text, _) = object(behind)?;
    let text = std::str::from_utf8(text).ok()?;
    let full = match tag {
        // UTCTime: two digits of the year, from 1950 on.
        0x17 if text.get(..2)? >= "50" => format!("19{text}"),
        0x17 => format!("20{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| full.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    parse_utc(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// Tag, content, and what is behind it (DER).
fn object(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                length.checked_mul(256)?.checked_add(usize::from(*digit))
            });
            (length?, rest)
        }
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((*tag, content, behind))
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read_and_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cert.pem");
        let key = rcgen::KeyPair::generate().unwrap();
        for (year, text) in [(2031, "2031-02-03T"), (2061, "2061-02-03T")] {
            let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 2, 3);
            let certificate = params.self_signed(&key).unwrap();
            std::fs::write(&path, certificate.pem()).unwrap();
            let end = expiry(&path).unwrap();
            assert!(format_utc(end).starts_with(text), "{}", format_utc(end));
            for (before, level) in [(-1, Level::Error), (1, Level::Warning), (15, Level::Ok)] {
                let mut report = Report::default();
                let now = Timestamp(end.0 - before * DAY);
                told_expiry(&path, end, now, &mut report);
                assert_eq!(report.worst(), level);
            }
        }
        assert_eq!(not_after(b"\x30\x82"), None);
    }
}
