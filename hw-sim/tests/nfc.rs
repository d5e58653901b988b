//! The reader: its chip against what libnfc and a PN532 have said to each other, and the whole of it
//! against Debian's libnfc tools, where they are installed (libnfc-bin, libnfc-examples).
#![expect(clippy::unwrap_used, reason = "helpers of a test may stop it")]

use std::io::Write as _;
use std::process::{Output as Ended, Stdio};
use std::time::Duration;

use firmware_protocols::nfc::pn532::{self, ACK};
use firmware_protocols::time::Instant;
use hw_sim::nfc::chip::{Chip, Fault, Output};
use hw_sim::nfc::{control, wallet};
use hw_sim::serve::nfc::{Running, start};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

const NOTHING: [u8; 0] = [];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs
        .map(|pair| u8::from_str_radix(&pair, 16).unwrap())
        .collect()
}

/// Everything that the chip says now, and when it wants to be called.
fn drain(chip: &mut Chip) -> (Vec<u8>, Option<Instant>) {
    let mut said = Vec::new();
    loop {
        match chip.poll() {
            Output::Send(bytes) => said.extend(bytes),
            Output::Wait(at) => return (said, at),
        }
    }
}

/// One command, in the middle of other bytes, and the answer to it.
fn ask(chip: &mut Chip, command: &str) -> Vec<u8> {
    chip.handle_input(&pn532::encode(&hex(command)), Instant(0));
    drain(chip).0
}

fn awake() -> Chip {
    let mut chip = Chip::new();
    chip.handle_input(&hex("55550000000000000000000000000000"), Instant(0));
    chip
}

fn tap(chip: &mut Chip, name: &str) {
    chip.tap(wallet::card(name).unwrap(), Instant(0));
}

#[test]
fn the_dialogue_of_libnfc() {
    let mut chip = awake();
    tap(&mut chip, "payment");
    for (command, answer) in [
        ("d41401", "d515"),
        ("d40000 6c69626e6663", "d50100 6c69626e6663"),
        ("d402", "d50332010607"),
        ("d41214", "d513"),
        ("d40663026303630d6338633d", "d5070000000000"),
        ("d40863028363038b630d00", "d509"),
        ("d40663026303630d", "d507838b00"),
        ("d4320100", "d533"),
        ("d4320101", "d533"),
        ("d43205ffffff", "d533"),
        ("d43205000102", "d533"),
        ("d44a0100", "d54b0101 0004 20 04 a1b2c3d1 0578807002"),
        (
            "d44001 80ca9f2400",
            // Nothing is selected in it yet.
            "d54100 6a82",
        ),
        (
            "d44001 00a404000e325041592e5359532e444446303100",
            "d54100 6f23840e325041592e5359532e4444463031a511bf0c0e610c4f07a0000000041010870101 9000",
        ),
        (
            "d44001 00a4040007a000000004101000",
            "d54100 6f11 8407a0000000041010 a506 9f38 03 9f3501 9000",
        ),
        (
            "d44001 80ca9f2400",
            "d54100 9f241d35303031413142324333443445354636473748384a394b304c314d324e 9000",
        ),
        ("d442b2", "d54300a2"),
        ("d44400", "d54500"),
        // It is deselected: nobody answers until the field was off.
        ("d44a0100", "d54b00"),
        ("d4320100", "d533"),
        ("d44a0100", "d54b0101 0004 20 04 a1b2c3d1 0578807002"),
        ("d44a0103 00", "d54b00"),
        ("d45200", "d55300"),
        ("d44001 80ca9f2400", "d54101"),
        ("d416f0", "d51700"),
    ] {
        let said = ask(&mut chip, command);
        let expected = [&ACK[..], &pn532::encode(&hex(answer))].concat();
        assert_eq!(said, expected, "{command}");
    }
    // It sleeps: nothing but the preamble wakes it.
    assert_eq!(ask(&mut chip, "d402"), NOTHING);
    assert!(chip.is_asleep() && !chip.has_field());
}

#[test]
fn an_endless_search_ends_with_a_card_or_with_a_command() {
    let mut chip = awake();
    ask(&mut chip, "d43205ffffff");
    assert_eq!(ask(&mut chip, "d44a0100"), ACK);
    assert!(chip.waits_for_card());
    tap(&mut chip, "payment-b");
    assert_eq!(
        drain(&mut chip).0,
        NOTHING,
        "not of the type that is wanted"
    );
    tap(&mut chip, "blank");
    let found = pn532::encode(&hex("d54b0101 0044 00 07 04a2b3c4d5e681"));
    assert_eq!(drain(&mut chip).0, found);
    chip.remove(None);

    // As nfc-poll asks: 20 times 2 periods of 150 ms.
    assert_eq!(ask(&mut chip, "d4601402201003"), ACK);
    let (_, until) = drain(&mut chip);
    assert_eq!(until, Some(Instant(6_000)));
    chip.handle_timeout(Instant(5_999));
    assert_eq!(drain(&mut chip).0, NOTHING);
    chip.handle_timeout(Instant(6_000));
    assert_eq!(drain(&mut chip).0, pn532::encode(&hex("d56100")));

    ask(&mut chip, "d4601402201003");
    chip.handle_input(&ACK, Instant(0));
    assert!(!chip.waits_for_card(), "told to stop");
}

#[test]
fn a_card_that_leaves_is_silent() {
    let mut chip = awake();
    tap(&mut chip, "leaves");
    ask(&mut chip, "d43205000102");
    ask(&mut chip, "d44a0100");
    let time_out = [&ACK[..], &pn532::encode(&hex("d54101"))].concat();
    for _ in 0..2 {
        let said = ask(&mut chip, "d44001 00a404000e325041592e5359532e444446303100");
        assert_ne!(said, time_out);
    }
    assert_eq!(ask(&mut chip, "d44001 80ca9f2400"), time_out);
    assert_eq!(chip.cards().count(), 0);
    let log = control::log(&chip);
    assert_eq!(log["exchanges"].as_array().unwrap().len(), 3);
    assert_eq!(log["exchanges"][2]["answer"], Value::Null);
}

#[test]
fn a_slow_card_takes_its_time_and_a_phone_another_name_each_time() {
    let mut chip = awake();
    tap(&mut chip, "slow");
    ask(&mut chip, "d44a0100");
    assert_eq!(ask(&mut chip, "d44001 80ca9f2400"), ACK);
    assert_eq!(drain(&mut chip).1, Some(Instant(400)));
    chip.handle_timeout(Instant(400));
    assert_eq!(drain(&mut chip).0, pn532::encode(&hex("d54100 6a82")));
    chip.remove(Some("slow"));

    tap(&mut chip, "phone");
    ask(&mut chip, "d43205000102");
    let mut uids: Vec<Vec<u8>> = (0..3)
        .map(|_| {
            ask(&mut chip, "d4320100");
            let said = ask(&mut chip, "d44a0100");
            // Behind the ACK, the frame's head and six bytes of the answer.
            said[6 + 5 + 2 + 6..][..4].to_vec()
        })
        .collect();
    assert!(uids.iter().all(|uid| uid[0] == 0x08), "{uids:02x?}");
    uids.dedup();
    assert_eq!(uids.len(), 3);
}

#[test]
fn faults_come_one_after_the_other() {
    let mut chip = awake();
    let good = [&ACK[..], &pn532::encode(&hex("d50332010607"))].concat();
    for (fault, said) in [
        (Fault::NoAck, vec![]),
        (Fault::Nack, pn532::NACK.to_vec()),
        (Fault::Silent, ACK.to_vec()),
        (Fault::ErrorFrame, [&ACK[..], &pn532::SYNTAX_ERROR].concat()),
        (Fault::Truncate, good[..6 + 6].to_vec()),
        (
            Fault::Noise,
            [&ACK[..], &[0x5A, 0, 0xA5], &good[6..]].concat(),
        ),
    ] {
        chip.add_fault(fault, 1);
        assert_eq!(ask(&mut chip, "d402"), said, "{fault:?}");
        assert_eq!(ask(&mut chip, "d402"), good, "after {fault:?}");
    }
    chip.add_fault(Fault::BadChecksum, 2);
    for _ in 0..2 {
        let said = ask(&mut chip, "d402");
        assert_eq!(said.len(), good.len());
        assert_ne!(said, good);
    }
    assert_eq!(ask(&mut chip, "d402"), good);
}

/// A reader, and its control port as a client.
struct Reader {
    running: Running,
}

impl Reader {
    async fn start(name: &str) -> Self {
        let pty = format!("hw-sim-nfc-{}-{name}", std::process::id());
        let control = "127.0.0.1:0".parse().unwrap();
        let running = start(std::env::temp_dir().join(pty), Some(control), Vec::new());
        Self {
            running: running.await.unwrap(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.control.unwrap())
    }

    async fn post(&self, path: &str, body: Value) {
        let sent = reqwest::Client::new().post(self.url(path)).json(&body);
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path} {body}");
    }

    async fn state(&self) -> Value {
        let answer = reqwest::get(self.url("/state")).await.unwrap();
        answer.json().await.unwrap()
    }

    /// A tool of libnfc at work on this reader; `None` where it is not installed.
    fn tool(&self, name: &str, test: &str) -> Option<Child> {
        let connection = format!("pn532_uart:{}:115200", self.running.pty.display());
        let started = Command::new(name)
            .env("LIBNFC_DEVICE", connection)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        if started.is_err() {
            // Past the test runner's capture.
            let mut out = std::io::stderr();
            let _ = writeln!(out, "SKIPPED hw-sim nfc::{test}: {name} is not installed");
        }
        started.ok()
    }
}

async fn ended(tool: Child) -> Ended {
    let waiting = tool.wait_with_output();
    let ended = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    ended.unwrap().unwrap()
}

/// What it said, without the blanks with which it fills its lines.
fn said(ended: &Ended) -> String {
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn nfc_list_sees_what_lies_on_the_reader() {
    let reader = Reader::start("list").await;
    for name in ["ultralight", "payment", "payment-b"] {
        reader.post("/tap", json!({ "name": name })).await;
    }
    let Some(tool) = reader.tool("nfc-list", "nfc_list_sees_what_lies_on_the_reader") else {
        return;
    };
    let ended = ended(tool).await;
    let said = said(&ended);
    assert!(ended.status.success(), "{ended:?}");
    for line in [
        "2 ISO14443A passive target(s) found:",
        "UID (NFCID1): 04 a2 b3 c4 d5 e6 80 SAK (SEL_RES): 00",
        "UID (NFCID1): a1 b2 c3 d1 SAK (SEL_RES): 20 ATS: 78 80 70 02",
        "1 ISO14443B passive target(s) found:",
        "PUPI: a1 b2 c3 d3",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[tokio::test]
async fn nfc_list_lives_through_a_bad_line() {
    let reader = Reader::start("bad").await;
    reader.post("/tap", json!({ "name": "ultralight" })).await;
    for kind in ["bad_checksum", "noise", "truncate", "error_frame", "nack"] {
        // The first commands open the reader; it may well fail to open, and then says so.
        reader
            .post("/fault", json!({ "kind": kind, "count": 1 }))
            .await;
        let Some(tool) = reader.tool("nfc-list", "nfc_list_lives_through_a_bad_line") else {
            return;
        };
        let ended = ended(tool).await;
        assert!(ended.status.code().is_some(), "{kind}: {ended:?}");
        reader.post("/fault", json!({ "kind": "clear" })).await;
    }
    let tool = reader.tool("nfc-list", "nfc_list_lives_through_a_bad_line");
    let said = said(&ended(tool.unwrap()).await);
    assert!(
        said.contains("1 ISO14443A passive target(s) found:"),
        "{said}"
    );
}

#[tokio::test]
async fn nfc_poll_sees_a_tag_come_and_go() {
    let reader = Reader::start("poll").await;
    let Some(tool) = reader.tool("nfc-poll", "nfc_poll_sees_a_tag_come_and_go") else {
        return;
    };
    let until = async |what: &str, is: fn(&Value) -> bool| {
        for _ in 0..3_000 {
            if is(&reader.state().await) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("waited in vain: {what}");
    };
    until("the tool polls", |state| state["waits_for_card"] == true).await;
    reader.post("/tap", json!({ "name": "blank" })).await;
    until("the tag is found", |state| state["waits_for_card"] == false).await;
    reader.post("/remove", json!({})).await;
    let ended = ended(tool).await;
    let said = said(&ended);
    assert!(ended.status.success(), "{ended:?}");
    assert!(
        said.contains("UID (NFCID1): 04 a2 b3 c4 d5 e6 81"),
        "{said}"
    );
    assert!(said.ends_with("done."), "{said}");
}
