//! Whose books say what, at the end of the demo: the journals of both stations, the terminal and the
//! processor.

use std::collections::BTreeMap;

use firmware_protocols::vocabulary::{Currency, Money};
use serde_json::Value;

use super::super::say;
use super::stage::{Stage, Station};
use crate::domain::id::PaymentId;
use crate::domain::payment::Payment;
use crate::journal::Reader;

/// Minor units authorized, captured, voided, refunded.
type Counters = [u64; 4];

/// Prints the books side by side, one row for each authorization, and says whether they agree.
pub(super) async fn compare(stage: &Stage) -> Result<bool, String> {
    let mut codes = BTreeMap::new();
    let journal_a = journal(&stage.a, &mut codes)?;
    let journal_b = journal(&stage.b, &mut codes)?;
    let terminal = terminal(&stage.terminal_state().await?);
    let processor = processor(&stage.processor_books().await?);
    say(&row(
        "approval",
        "journal A",
        "journal B",
        "terminal",
        "processor",
    ));
    let mut agree = true;
    for (code, truth) in &processor {
        let [a, b] = [journal_a.get(code), journal_b.get(code)];
        // A station knows what has passed through it: one of the two knows all.
        let known = [a, b]
            .into_iter()
            .flatten()
            .any(|counters| counters == truth);
        agree &= known;
        say(&row(
            code,
            &cell(a),
            &cell(b),
            &terminal
                .get(code)
                .map_or_else(|| "-".to_owned(), |minor| money(*minor)),
            &cell(Some(truth)),
        ));
    }
    let known = journal_a.keys().chain(journal_b.keys());
    agree &= known.into_iter().all(|code| processor.contains_key(code));
    say("");
    say("   authorized / captured / voided / refunded; the terminal tells what it approved");
    say(
        "   journal A does not know what store B has done since: B's newer order version would tell",
    );
    say(if agree {
        "   the books agree to the øre"
    } else {
        "   THE BOOKS DO NOT AGREE"
    });
    Ok(agree)
}

/// A station's payments that hold or held money, by the issuer's approval code. A payment that
/// came with an order has none here; its id is the same in the store that made it.
fn journal(
    station: &Station,
    codes: &mut BTreeMap<PaymentId, String>,
) -> Result<BTreeMap<String, Counters>, String> {
    let reader = Reader::open(&station.journal).map_err(|error| error.to_string())?;
    let payments = reader
        .payments_after("", u32::MAX)
        .map_err(|error| error.to_string())?;
    let mut rows = BTreeMap::new();
    for payment in payments.iter().filter(|payment| payment.authorized > 0) {
        let made_here = payment.terminal.as_ref();
        if let Some(code) = made_here.and_then(|terminal| terminal.authorization_code.clone()) {
            codes.insert(payment.id.clone(), code);
        }
        let code = codes.get(&payment.id).cloned();
        let code = code.unwrap_or_else(|| payment.id.as_str().to_owned());
        rows.insert(code, counters(payment));
    }
    Ok(rows)
}

const fn counters(payment: &Payment) -> Counters {
    [
        payment.authorized,
        payment.captured,
        payment.voided,
        payment.refunded,
    ]
}

fn terminal(state: &Value) -> BTreeMap<String, u64> {
    let rows = state["transactions"].as_array().into_iter().flatten();
    rows.filter_map(|row| {
        Some((
            row["authorization_code"].as_str()?.to_owned(),
            row["amount_minor"].as_u64()?,
        ))
    })
    .collect()
}

fn processor(books: &Value) -> BTreeMap<String, Counters> {
    let rows = books["authorizations"].as_array().into_iter().flatten();
    rows.filter_map(|row| {
        let counter = |name: &str| row[name].as_u64();
        let counters = [
            counter("authorized_minor")?,
            counter("captured_minor")?,
            counter("voided_minor")?,
            counter("refunded_minor")?,
        ];
        Some((row["authorization_code"].as_str()?.to_owned(), counters))
    })
    .collect()
}

fn cell(counters: Option<&Counters>) -> String {
    counters.map_or_else(
        || "-".to_owned(),
        |counters| counters.map(money).join(" / "),
    )
}

fn money(minor: u64) -> String {
    let text = Money::new(minor, Currency::NOK).to_string();
    text.trim_end_matches(" NOK").to_owned()
}

fn row(code: &str, a: &str, b: &str, terminal: &str, processor: &str) -> String {
    format!("   {code:<10} {a:<34} {b:<34} {terminal:<10} {processor}")
}
