//! The language, and that everything written in it here can be read.

use firmware_protocols::time::Duration;

use super::{Act, Moment, Outcome, PRESETS, Step, read};
use crate::cable::{CableFault, Damage, Sort, Way};
use crate::terminal::zvt::{Fault, FaultKind, RebootPoint};
use crate::wallet::{self, Decline};

fn steps(text: &str) -> Vec<Step> {
    read(text).expect("a scenario").steps
}

fn at_the_terminal() -> Vec<(&'static str, Act)> {
    let second = Duration::from_secs(1);
    let fault = |kind, count| Act::Fault(Fault { kind, count });
    vec![
        ("card pin", Act::Card(wallet::card("pin").expect("a card"))),
        ("hold", Act::Hold),
        ("present", Act::Present),
        ("outcome cancel", Act::Outcome(Outcome::Cancel)),
        ("outcome partial 500", Act::Outcome(Outcome::Partial(500))),
        (
            "outcome wrong_pin",
            Act::Outcome(Outcome::Decline(Decline::WrongPin)),
        ),
        ("host down", Act::Host { is_down: true }),
        ("host up", Act::Host { is_down: false }),
        ("paper out", Act::Lock(Some(0xCC))),
        ("paper in", Act::Lock(None)),
        ("lock F0", Act::Lock(Some(0xF0))),
        ("unlock", Act::Lock(None)),
        ("reboot", Act::Reboot),
        ("unplug 250ms", Act::Unplug(Duration::from_millis(250))),
        ("fault late 1s", fault(FaultKind::Late(second), 1)),
        ("fault busy times 3", fault(FaultKind::Busy, 3)),
        (
            "fault reboot after_card",
            fault(FaultKind::Reboot(RebootPoint::AfterCard), 1),
        ),
    ]
}

fn on_the_line() -> Vec<(&'static str, Act)> {
    let second = Duration::from_secs(1);
    let cable = |way, sort, skip, times, damage| {
        Act::Cable(CableFault {
            way,
            sort,
            skip,
            times,
            damage,
        })
    };
    let (message, ack) = (Sort::Message, Sort::Acknowledgement);
    let (to, from) = (Way::ToTill, Way::FromTill);
    let flip = |byte, bit| Damage::Flip { byte, bit };
    vec![
        (
            "to till 4 flip byte 9 bit 2",
            cable(to, message, 3, 1, flip(Some(9), 2)),
        ),
        (
            "from till next flip",
            cable(from, message, 0, 1, flip(None, 0)),
        ),
        (
            "from till 2 drop times 5",
            cable(from, message, 1, 5, Damage::Drop),
        ),
        (
            "to till every split byte 3",
            cable(to, message, 0, u64::MAX, Damage::Split(Some(3))),
        ),
        (
            "to till next split",
            cable(to, message, 0, 1, Damage::Split(None)),
        ),
        (
            "to till 1 delay 1s",
            cable(to, message, 0, 1, Damage::Delay(second)),
        ),
        ("to till 1 merge", cable(to, message, 0, 1, Damage::Merge)),
        ("to till 1 noise", cable(to, message, 0, 1, Damage::Noise)),
        ("to till 1 double", cable(to, message, 0, 1, Damage::Double)),
        (
            "ack to till every drop",
            cable(to, ack, 0, u64::MAX, Damage::Drop),
        ),
        ("ack from till 2 nak", cable(from, ack, 1, 1, Damage::Nak)),
        (
            "from till 1 cut byte 4 for 1s",
            cable(
                from,
                message,
                0,
                1,
                Damage::Cut {
                    after: 4,
                    back: second,
                },
            ),
        ),
    ]
}

#[test]
fn every_step_is_read() {
    for (text, act) in [at_the_terminal(), on_the_line()].concat() {
        for (moment, when) in [
            ("start", Moment::Start),
            ("payment 2", Moment::Payment(2)),
            ("every payment", Moment::EveryPayment),
            ("after 2m", Moment::After(Duration::from_secs(120))),
        ] {
            let line = format!("  {moment} {text}  # so");
            assert_eq!(
                steps(&line),
                [Step {
                    when,
                    act: act.clone()
                }],
                "{line}"
            );
        }
    }
    assert!(steps("\n# nothing\n   \n").is_empty());
}

#[test]
fn every_mistake_is_named_by_its_line() {
    let text = "start card visa-approve\n\nsometimes hold\nstart card gold\nstart hold tight\n\
                payment 0 hold\nevery day hold\nafter 5 hold\nstart outcome\nstart to till 0 drop\n\
                start from tills next drop\nstart to till next flip bit 8\nstart to till 1 cut byte 3\n\
                start ack\nstart fault late\nstart fault reboot soon\nstart host away\nstart";
    let problems = read(text).expect_err("mistakes");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "3: `sometimes`; expected start,",
        "4: `gold`; expected a test card: visa-approve,",
        "5: `tight`; expected the end of the line",
        "6: `0`; expected the number of a payment, from 1",
        "7: `day`; expected payment",
        "8: `5`; expected a time such as",
        "9: the line ends; expected cancel,",
        "10: `0`; expected next, every or a number from 1",
        "11: `tills`; expected till",
        "12: `8`; expected 0 to 7",
        "13: the line ends; expected for TIME",
        "14: the line ends; expected to till or from till",
        "15: the line ends; expected a time such as",
        "16: `soon`; expected before_card,",
        "17: `away`; expected down or up",
        "18: the line ends; expected card,",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn every_preset_can_be_read_and_says_what_it_is() {
    for preset in &PRESETS {
        assert!(!steps(preset.text).is_empty(), "{}", preset.name);
        assert!(preset.summary().ends_with(['.', ')']), "{}", preset.name);
    }
}
