//! What a station still has in its memory after a payment (S54): everything that the process could
//! write is read from outside, as a crash or an intruder would find it.

use std::fs::File;
use std::io::{self, BufRead as _, Write as _};
use std::os::unix::fs::FileExt as _;

use firmware_protocols::vocabulary::card::MaskedPan;
use hw_sim::wallet::card;
use serde_json::json;

use super::recovery::end_of;
use super::{Store, sale};
use crate::store::{Line, Setup, wait_for};

/// What happens to the result of each payment on its way, and the card that is presented. Each card
/// is another one: what is left of it was left by that payment. Those whose numbers are mostly zeros
/// are not used, because memory is that too.
const PAYMENTS: [(&str, &str); 8] = [
    ("pin", ""),
    ("pin-wrong", ""),
    ("mc-approve", "RESULT double"),
    ("decline", "RESULT split"),
    ("expired", "RESULT flip byte 9 bit 2"),
    ("low-limit", "fault lose_completion"),
    ("no-token", "RESULT drop"),
    // In its last bytes, which are those of the card number, and nothing more for a while.
    ("visa-approve", "RESULT cut byte LAST for 60s"),
];

/// Masking comes too late for what is in memory already: a terminal sends whole card numbers, in
/// results and on receipts, and none is left once the station is done with it.
#[test]
fn s54_no_card_number_stays_in_memory() {
    std::thread::scope(|scope| {
        for line in [Line::Serial, Line::Tcp] {
            scope.spawn(move || pay_and_look(line));
        }
    });
}

/// What an app has sent by mistake is refused, and nothing of it is left when the app is gone. While it
/// is there, the buffer of its connection holds what came last.
#[test]
fn s54_a_card_number_from_an_app_goes_with_its_connection() {
    let mut store = Store::open();
    if !start_readable(&mut store) {
        return;
    }
    let number = card("no-token").unwrap().expose_pan();
    let mut app = store.station.app();
    // Behind some text, because what is given back has its first bytes written over soon.
    let typed = format!("by telephone, from Mrs Hansen: {number}");
    for field in ["idempotency_key", "terminal", "currency", "reference"] {
        let mut params = sale("k1", 1_000);
        params[field] = json!(typed);
        app.refused("payment.sale", params);
    }
    let mut params = sale("k1", 1_000);
    params[&typed] = json!(1);
    app.refused("payment.sale", params);
    app.refused(&typed, json!({}));
    drop(app);
    store.station.app().call("station.health", json!({}));
    look(&store, number, "an app that is gone");
}

fn pay_and_look(line: Line) {
    let soon = ["--full-pan", "--t2-ms", "250", "--t3-ms", "1500"];
    let mut store = Store::open_with(line, &soon, |setup| Setup {
        completion_ms: 6_000,
        ..setup.impatient()
    });
    let result = result_of_a_sale(&store, line);
    if !start_readable(&mut store) {
        return;
    }
    let mut app = store.station.app();
    app.call("events.subscribe", json!({}));
    for (name, damage) in PAYMENTS {
        let number = card(name).unwrap().expose_pan();
        let damage = damage.replace("LAST", &result.last.to_string());
        let damage = damage.replace("RESULT", &format!("to till {}", result.at));
        let damage = match damage.as_str() {
            "" => String::new(),
            damage => format!("payment 1  {damage}"),
        };
        let text = format!("start card {name}\n{damage}");
        store.terminal.post("/scenario", json!({ "text": text }));
        let what = format!("{line:?} {name} {damage}");
        app.events.clear();
        let id = app.send("payment.sale", sale(name, 20_000)).unwrap();
        let masked = MaskedPan::of(number);
        let is_told = || wire(&store).contains(masked.as_str()).then_some(());
        if damage.contains("lose_completion") {
            // The result is the last that was heard, for a while.
            wait_for("the result", is_told);
            look(&store, number, &what);
        }
        if damage.contains("cut") {
            app.event(|event| event["event"] == "operation_in_doubt");
            look(&store, number, &what);
            store.terminal.post("/plug", json!({}));
        }
        let answer = app.answer(id).unwrap().unwrap();
        look(&store, number, &format!("{what}: {answer}"));
        let end = end_of(&mut app, name);
        look(&store, number, &format!("{what}: {end}"));
        assert!(is_told().is_some(), "{what}: the terminal told no number");
    }
    for (name, _) in PAYMENTS {
        look(&store, card(name).unwrap().expose_pan(), "at the end");
    }
}

/// Where a terminal's result stands among what it says during a payment, and its last byte on the line.
struct Told {
    at: usize,
    last: usize,
}

fn result_of_a_sale(store: &Store, line: Line) -> Told {
    let mut app = store.station.app();
    app.call("payment.sale", sale("first", 20_000));
    // From the payment's command on: a terminal that got ready only when it was asked for registered first.
    let wire = wait_for("the result on the line", || {
        let wire = wire(store);
        let (_, payment) = wire.split_once("\"> 06 01")?;
        payment
            .contains("06 0F Completion")
            .then(|| payment.to_owned())
    });
    let units = wire.lines().filter_map(|line| line.split_once("\"< "));
    let (at, (_, unit)) = units
        .enumerate()
        .find(|(_, (_, unit))| unit.starts_with("04 0F"))
        .unwrap();
    let (unit, _) = unit.split_once(" | ").unwrap();
    let unit = unit.split(' ');
    let last = match line {
        Line::Tcp => unit.count() - 1,
        // Behind two bytes that begin the frame, and 10 is sent twice. Four bytes end the frame.
        Line::Serial => {
            2 + unit
                .map(|byte| if byte == "10" { 2 } else { 1 })
                .sum::<usize>()
        }
    };
    Told { at: at + 1, last }
}

/// What was written down of the lines.
fn wire(store: &Store) -> String {
    std::fs::read_to_string(store.station.data_dir.join("wire.log")).unwrap_or_default()
}

/// Starts the station anew so that this process may read its memory. Root may. To everybody else it is
/// closed, because the station is not dumpable; but who has made a user namespace is root in it. False,
/// and said so, where neither can be done.
fn start_readable(store: &mut Store) -> bool {
    let mut problem = String::new();
    for wrap in [&["env"][..], &["unshare", "--user", "--map-root-user"]] {
        store.station.kill();
        if !store.station.try_start_in(wrap, &[("POSD_LOG", "trace")]) {
            problem = format!("{problem}; {wrap:?} does not start");
            continue;
        }
        match memory(store.station.pid()) {
            Ok(_) => return true,
            Err(error) => problem = error.to_string(),
        }
    }
    // Not `eprintln!`: the test runner would swallow it.
    let _ = writeln!(
        io::stderr(),
        "SKIPPED scenarios::memory: cannot be read: {problem}"
    );
    false
}

/// Looks for a card number once nothing moves in the station any more.
fn look(store: &Store, number: &str, what: &str) {
    let pid = store.station.pid();
    wait_for("the station to be idle", || is_idle(pid).then_some(()));
    let needles = forms(number);
    let mut found = Vec::new();
    for (region, bytes) in memory(pid).unwrap() {
        for (form, needle) in &needles {
            if let Some(at) = find(&bytes, needle) {
                let around = &bytes[at.saturating_sub(24)..(at + 40).min(bytes.len())];
                let around = around.iter().map(|byte| match byte {
                    // A number that was found is not told.
                    byte if byte >> 4 <= 9 && byte & 0xF <= 9 => "dd".to_owned(),
                    byte => format!("{byte:02x}"),
                });
                let around = around.collect::<Vec<_>>().join(" ");
                found.push(format!("{form} at {at:#x} of {region}, among {around}\n"));
            }
        }
    }
    assert!(found.is_empty(), "{what}\n{}", found.concat());
}

/// Whether every thread of a process sleeps.
fn is_idle(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.into_iter().all(|thread| {
        let stat = thread.unwrap().path().join("stat");
        // A thread that has just ended does nothing either.
        std::fs::read_to_string(stat).is_ok_and(|stat| stat.contains(") S "))
    })
}

/// All that a process could have written into its memory, by region.
fn memory(pid: u32) -> io::Result<Vec<(String, Vec<u8>)>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let memory = File::open(format!("/proc/{pid}/mem"))?;
    let mut found = Vec::new();
    for region in maps.lines() {
        let (range, rest) = region.split_once(' ').unwrap();
        if !rest.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.read_exact_at(&mut bytes, from)?;
        found.push((region.to_owned(), bytes));
    }
    Ok(found)
}

/// A card number as memory could hold it. Its first twelve digits are enough to give it away.
fn forms(number: &str) -> [(&'static str, Vec<u8>); 5] {
    let digits = &number.as_bytes()[..12];
    let pack = |digits: &[u8]| {
        digits
            .chunks(2)
            .map(|it| it[0] << 4 | it[1] & 0xF)
            .collect()
    };
    let spaced = digits.chunks(4).collect::<Vec<_>>().join(&b' ');
    let wide = digits.iter().flat_map(|digit| [*digit, 0]).collect();
    [
        ("digits", digits.to_vec()),
        ("packed digits", pack(digits)),
        // Those at its ends share their bytes with something else.
        ("packed digits, shifted", pack(&number.as_bytes()[1..15])),
        ("digits in groups", spaced),
        ("digits of two bytes", wide),
    ]
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut behind = bytes;
    while !behind.is_empty() {
        // Much faster than a loop of our own, and there is much memory.
        behind.skip_until(*first).unwrap();
        if behind.starts_with(rest) {
            return Some(bytes.len() - behind.len() - 1);
        }
    }
    None
}
