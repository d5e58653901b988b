#![expect(
    clippy::arithmetic_side_effects,
    reason = "a sum that overflows fails the test, as it should"
)]

mod bench;
mod line;
mod rows;
mod script;
mod session;

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::message::{CommandOptions, OpenReservations, Response};

use super::{Config, FaultKind, RebootPoint, Typing};
use bench::{
    Bench, book, end_of_day, number, plain, reduce, refund, release, repeat, reserve, reverse,
    sale, synced,
};

const APPROVED: &str = "8000 040F 060F";
const DECLINED: &str = "8000 040F 061E";
const ABORT: [u8; 3] = [0x06, 0xB0, 0x00];

fn tcp() -> Config {
    Config {
        framing: Framing::Tcp,
        ..Config::default()
    }
}

#[test]
fn a_sale_reads_one_card_and_moves_the_money_once() {
    for config in [Config::default(), tcp()] {
        let mut bench = Bench::registered_with(config);
        bench.run(sale(1_234, plain()));
        assert_eq!(bench.controls(), APPROVED);
        assert_eq!(bench.statuses(), [0x0A, 0x17, 0x1C]);
        assert_eq!(bench.verdict(), (0, Some(1)));
        assert_eq!(bench.result().amount, number(1_234));
        assert_eq!(bench.terminal.face().presentations, 1);
        assert_eq!(bench.terminal.face().receipts_printed, 2);
        assert_eq!(bench.money(), (1_234, 0, 0));
        assert!(!bench.terminal.is_busy());
    }
}

#[test]
fn cards_and_amounts_decline_with_the_hosts_code() {
    for (card, minor, code) in [
        ("decline", 1_000, 5),
        ("insufficient-funds", 1_000, 51),
        ("expired", 1_000, 54),
        ("pin-wrong", 1_000, 55),
        ("low-limit", 30_001, 51),
        ("visa-approve", 1_013, 13),
        ("visa-approve", 1_051, 51),
        ("unreadable", 1_000, 0x64),
    ] {
        let mut bench = Bench::registered().card(card);
        bench.run(sale(minor, plain()));
        assert_eq!(bench.controls(), DECLINED, "{card}");
        assert_eq!(bench.verdict(), (code, None), "{card}");
        assert_eq!(bench.abort_code(), code, "{card}");
        assert_eq!(bench.money(), (0, 0, 0), "{card}");
        assert_eq!(bench.terminal.face().presentations, 1, "{card}");
    }
}

#[test]
fn a_token_comes_only_when_asked_for_and_only_where_there_is_one() {
    let wanted = CommandOptions {
        card_reading: Some(0x80),
        ..plain()
    };
    for (card, options, has_token) in [
        ("visa-approve", wanted.clone(), true),
        ("visa-approve", plain(), false),
        ("no-token", wanted, false),
    ] {
        let mut bench = Bench::registered().card(card);
        bench.run(sale(1_000, options));
        assert_eq!(bench.result().token.is_some(), has_token, "{card}");
    }
}

#[test]
fn a_result_without_acknowledgement_is_reversed_within_t3() {
    let mut bench = Bench::registered();
    bench.run(sale(700, plain()));
    bench.ignores = vec![0x040F];
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_millis(4_900));
    assert_eq!(bench.money(), (1_934, 0, 0), "before T3");
    bench.ignores.clear();
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.money(), (700, 0, 0), "after T3");
    assert_eq!(bench.controls(), "8000 040F 040F 061E");
    assert_eq!(bench.verdict(), (0x6C, None));
    assert!(bench.statuses().contains(&0x05));
    assert!(!bench.terminal.is_busy());
    bench.run(repeat());
    assert_eq!(bench.verdict(), (0, Some(1)), "the one before");
}

#[test]
fn every_kind_is_reversed_the_right_way_when_not_acknowledged() {
    for (name, command, money_before, money_after) in [
        (
            "reserve",
            reserve(500, plain()),
            (0, 0, 2_000),
            (0, 0, 2_000),
        ),
        ("book", book(1, 1_500), (0, 0, 2_000), (0, 0, 2_000)),
        ("reduce", reduce(1, 500), (0, 0, 2_000), (0, 0, 2_000)),
        ("refund", refund(300), (0, 0, 2_000), (0, 0, 2_000)),
        // To undo this would charge the customer.
        ("release", release(1), (0, 0, 2_000), (0, 0, 0)),
    ] {
        let mut bench = Bench::registered();
        bench.run(reserve(2_000, plain()));
        assert_eq!(bench.money(), money_before, "{name}");
        bench.ignores = vec![0x040F];
        bench.run(command);
        bench.ignores.clear();
        assert_eq!(bench.money(), money_after, "{name}");
        // A reservation that is held again can be booked again.
        bench.run(book(1, 2_000));
        let is_held = money_after.2 > 0;
        assert_eq!(bench.controls() == APPROVED, is_held, "{name}");
    }
}

#[test]
fn with_sync_nothing_is_reversed_until_the_till_shows_that_it_never_heard() {
    let mut bench = Bench::registered();
    bench.run(sale(700, synced(None)));
    assert_eq!(bench.result().sync, Some(&[0x00, 0x01][..]));
    bench.ignores = vec![0x040F];
    bench.run(sale(1_234, synced(Some(1))));
    bench.ignores.clear();
    assert_eq!(bench.money(), (1_934, 0, 0), "kept");
    bench.run(repeat());
    assert_eq!(bench.verdict(), (0, Some(2)), "and found");
    assert_eq!(bench.result().sync, Some(&[0x00, 0x02][..]));

    // The till never asked: it goes on with the value before.
    bench.run(sale(100, synced(Some(1))));
    assert_eq!(bench.money(), (800, 0, 0), "the unheard one is gone");
    assert_eq!(bench.verdict(), (0, Some(2)), "its number is used again");
    bench.run(sale(100, synced(Some(2))));
    assert_eq!(bench.verdict(), (0, Some(3)), "in step");
    for unrelated in [None, Some(1), Some(77)] {
        bench.run(sale(100, synced(unrelated)));
    }
    assert_eq!(bench.money(), (1_200, 0, 0), "anything else is ignored");
}

#[test]
fn a_terminal_without_sync_ignores_the_tag() {
    let mut bench = Bench::registered_with(Config {
        knows_sync: false,
        ..Config::default()
    });
    bench.run(sale(700, synced(None)));
    assert_eq!(bench.result().sync, None);
    bench.ignores = vec![0x040F];
    bench.run(sale(1_234, synced(Some(1))));
    assert_eq!(bench.money(), (700, 0, 0));
}

#[test]
fn sync_wraps_with_the_receipt_number() {
    let mut bench = Bench::registered_with(Config {
        numbers_start_after: (9_998, 999_999),
        ..Config::default()
    });
    bench.run(sale(700, synced(None)));
    assert_eq!(bench.verdict(), (0, Some(9_999)));
    assert_eq!(bench.result().trace, number(1));
    bench.run(sale(50, synced(Some(9_999))));
    assert_eq!(bench.verdict(), (0, Some(1)));
    bench.run(sale(30, synced(Some(9_999))));
    assert_eq!(bench.verdict(), (0, Some(1)));
    assert_eq!(bench.money(), (730, 0, 0));
}

#[test]
fn a_till_may_ask_for_time_or_refuse() {
    let mut bench = Bench::registered();
    bench.answers = vec![(0x040F, Response::Negative { code: 0x9C }); 3];
    bench.run(sale(700, plain()));
    assert_eq!(bench.controls(), "8000 040F 040F 040F 040F 060F");
    assert_eq!(bench.money(), (700, 0, 0));

    for (to, name) in [(0x040F, "result"), (0x06D1, "receipt")] {
        let mut bench = Bench::registered();
        bench.answers = vec![(to, Response::Negative { code: 0xCC })];
        bench.run(sale(700, plain()));
        assert_eq!(bench.money(), (0, 0, 0), "{name}");
        assert_eq!(bench.abort_code(), 0x6C, "{name}");
    }
    // Even with sync, a refusal is no lost acknowledgement.
    let mut bench = Bench::registered();
    bench.answers = vec![(0x040F, Response::Negative { code: 0x85 })];
    bench.run(sale(700, synced(None)));
    assert_eq!(bench.money(), (0, 0, 0));
}

#[test]
fn a_lost_result_is_found_by_repeating_the_receipt() {
    for options in [plain(), synced(None)] {
        let mut bench = Bench::registered();
        bench.fault(FaultKind::LoseResult);
        bench.run(sale(1_234, options));
        assert_eq!(bench.controls(), "8000");
        assert!(!bench.terminal.is_busy());
        bench.run(repeat());
        assert_eq!(bench.controls(), APPROVED);
        assert_eq!(bench.verdict(), (0, Some(1)));
        assert_eq!(bench.money(), (1_234, 0, 0));
    }
}

#[test]
fn a_result_lost_on_the_line_is_kept_or_reversed_by_the_rules() {
    for framing in [Framing::Serial, Framing::Tcp] {
        for (options, money) in [(plain(), (0, 0, 0)), (synced(None), (1_234, 0, 0))] {
            let mut bench = Bench::registered_with(Config {
                framing,
                ..Config::default()
            });
            bench.fault(FaultKind::LoseOnLine);
            bench.run(sale(1_234, options));
            assert_eq!(bench.money(), money, "{framing:?}");
            assert_eq!(bench.closed, framing == Framing::Tcp);
            bench.reconnect();
            bench.run(repeat());
            assert_eq!(bench.controls() == APPROVED, money.0 > 0, "{framing:?}");
        }
    }
}

#[test]
fn a_lost_completion_leaves_the_terminal_idle() {
    let mut bench = Bench::registered();
    bench.fault(FaultKind::LoseCompletion);
    bench.run(sale(1_234, plain()));
    assert_eq!(bench.controls(), "8000 040F");
    bench.run(repeat());
    assert_eq!(bench.verdict(), (0, Some(1)));
    assert_eq!(bench.money(), (1_234, 0, 0));
}

#[test]
fn an_abort_works_while_the_terminal_waits_for_a_card_and_not_later() {
    let mut bench = Bench::registered();
    bench.terminal.set_hold(true, bench.now);
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(3));
    assert!(bench.terminal.waits_for_card());
    bench.run(ABORT.to_vec());
    assert_eq!(bench.controls(), "8000 040F 061E");
    assert_eq!(bench.abort_code(), 0x6C);
    assert_eq!(bench.terminal.face().presentations, 0);

    let mut bench = Bench::registered().card("slow");
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(3));
    bench.run(ABORT.to_vec());
    assert_eq!(bench.controls(), "8483 040F 060F");
    assert_eq!(bench.money(), (1_234, 0, 0));

    bench.run(ABORT.to_vec());
    assert_eq!(bench.controls(), "8000", "idle");
}

#[test]
fn without_a_card_a_payment_ends_by_itself() {
    let mut bench = Bench::registered();
    bench.terminal.set_hold(true, bench.now);
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(29));
    assert_eq!(bench.controls(), "8000");
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.controls(), DECLINED);
    assert_eq!(bench.verdict(), (0x6C, None));
    assert!(!bench.terminal.present(bench.now), "nobody waits any more");
}

#[test]
fn without_a_pin_a_payment_ends_by_itself() {
    let mut bench = Bench::registered().card("pin");
    bench.terminal.set_hold(true, bench.now);
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(10));
    assert!(bench.terminal.present(bench.now));
    bench.pass(Duration::from_secs(29));
    assert_eq!(bench.terminal.typing(), Typing::Pin(3));
    assert_eq!(bench.controls(), "8000");
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.controls(), DECLINED);
    assert_eq!(bench.verdict(), (0x6C, None));
    assert_eq!(bench.money(), (0, 0, 0));
}

#[test]
fn a_held_card_is_presented_by_hand() {
    let mut bench = Bench::registered().card("pin");
    bench.terminal.set_hold(true, bench.now);
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(10));
    assert!(bench.terminal.present(bench.now));
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.terminal.typing(), Typing::Pin(3));
    bench.terminal.set_hold(false, bench.now);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.controls(), APPROVED);
    assert_eq!(bench.statuses(), [0x0A, 0xCC, 0x17, 0x1C]);
}

#[test]
fn a_power_cut_at_any_point_loses_no_money() {
    use RebootPoint::{AfterCard, AfterResult, BeforeAck, BeforeCard, BeforeResult};
    for (point, presentations, kept_plain, kept_synced) in [
        (BeforeCard, 0, false, false),
        (AfterCard, 1, false, false),
        (BeforeResult, 1, false, true),
        (BeforeAck, 1, false, true),
        (AfterResult, 1, true, true),
    ] {
        for (options, is_kept) in [(plain(), kept_plain), (synced(None), kept_synced)] {
            let mut bench = Bench::registered();
            bench.fault(FaultKind::Reboot(point));
            bench.run(sale(1_234, options));
            assert_eq!(bench.reboots, 1, "{point:?}");
            assert_eq!(bench.terminal.face().presentations, presentations);
            let money = if is_kept { (1_234, 0, 0) } else { (0, 0, 0) };
            assert_eq!(bench.money(), money, "{point:?}");
            bench.register();
            bench.run(repeat());
            assert_eq!(bench.controls() == APPROVED, is_kept, "{point:?}");
        }
    }
}

#[test]
fn a_reservation_is_listed_booked_reduced_and_released() {
    let mut bench = Bench::registered();
    bench.run(OpenReservations.encode());
    assert_eq!(
        bench.heard[1][..7],
        [0x06, 0x1E, 0x04, 0xB8, 0x87, 0xFF, 0xFF]
    );
    for _ in 0..3 {
        bench.run(reserve(5_000, plain()));
        assert_eq!(bench.controls(), APPROVED);
    }
    bench.run(OpenReservations.encode());
    let list = [
        0x06,
        0x1E,
        0x14,
        0xB8,
        0x87,
        0x00,
        0x01,
        0x06,
        0x0C + 2,
        0x23,
        0x0C,
        0x08,
        0x02,
        0x00,
        0x01,
        0x08,
        0x02,
        0x00,
        0x02,
        0x08,
        0x02,
        0x00,
        0x03,
    ];
    assert_eq!(bench.heard[1], list);

    bench.run(book(1, 5_001));
    assert_eq!(
        (bench.controls().as_str(), bench.abort_code()),
        ("8000 061E", 0xB7)
    );
    bench.run(book(1, 3_400));
    assert_eq!(
        (bench.verdict(), bench.money()),
        ((0, Some(4)), (3_400, 0, 10_000))
    );
    assert_eq!(bench.result().original_trace, number(1));
    bench.run(reduce(2, 1_600));
    assert_eq!(
        (bench.verdict(), bench.money()),
        ((0, Some(5)), (6_800, 0, 5_000))
    );
    bench.run(release(3));
    assert_eq!(
        (bench.verdict(), bench.money()),
        ((0, Some(6)), (6_800, 0, 0))
    );
    assert_eq!(bench.result().amount, number(0));
    for command in [book(1, 1), reduce(2, 1), release(3), release(77)] {
        bench.run(command);
        assert_eq!(
            (bench.controls().as_str(), bench.abort_code()),
            ("8000 061E", 0xB8)
        );
    }
    assert_eq!(bench.terminal.face().presentations, 3);
}

#[test]
fn reversals_follow_the_turnover_store() {
    let mut bench = Bench::registered();
    bench.run(sale(700, plain()));
    bench.run(sale(800, plain()));
    bench.run(reverse(1));
    assert_eq!(
        (bench.verdict(), bench.money()),
        ((0, Some(3)), (800, 0, 0))
    );
    assert_eq!(bench.result().original_trace, number(1));
    bench.run(reverse(1));
    assert_eq!(bench.abort_code(), 0xB4);
    bench.run(reverse(3));
    assert_eq!(bench.abort_code(), 0xB5);
    bench.run(end_of_day());
    bench.run(reverse(2));
    assert_eq!(bench.abort_code(), 0xB5);
    assert_eq!(bench.money(), (800, 0, 0));

    let mut strict = Bench::registered_with(Config {
        reverses_last_only: true,
        ..Config::default()
    });
    strict.run(sale(700, plain()));
    strict.run(sale(800, plain()));
    strict.run(reverse(1));
    assert_eq!(strict.abort_code(), 0xB5);
    strict.run(reverse(2));
    assert_eq!(strict.controls(), APPROVED);
}

#[test]
fn a_reversed_booking_holds_its_reservation_again() {
    let mut bench = Bench::registered();
    bench.run(reserve(5_000, plain()));
    bench.run(book(1, 3_400));
    bench.run(reverse(2));
    assert_eq!(
        (bench.controls().as_str(), bench.money()),
        (APPROVED, (0, 0, 5_000))
    );
    bench.run(book(1, 5_000));
    assert_eq!(bench.money(), (5_000, 0, 0));
}

#[test]
fn an_end_of_day_tells_totals_and_keeps_the_last_receipt() {
    let mut bench = Bench::registered();
    bench.run(sale(700, plain()));
    bench.run(sale(800, plain()));
    bench.run(reverse(1));
    bench.run(refund(300));
    bench.run(reserve(5_000, plain()));
    bench.run(end_of_day());
    assert_eq!(bench.controls(), APPROVED);
    let totals = bench.result().totals.expect("totals");
    assert_eq!(
        (Some(totals.first_receipt), Some(totals.last_receipt)),
        (number(1), number(5))
    );
    assert_eq!(
        (totals.groups[4].0, totals.groups[4].1.number()),
        (2, Some(500))
    );
    assert_eq!(bench.result().amount, number(500));
    bench.run(repeat());
    assert_eq!(bench.verdict(), (0, Some(5)));
    bench.run(end_of_day());
    assert_eq!(bench.result().amount, number(0));
    bench.run(book(5, 5_000));
    assert_eq!(bench.controls(), APPROVED, "a reservation outlives the day");

    let mut strict = Bench::registered_with(Config {
        strict_end_of_day: true,
        ..Config::default()
    });
    strict.run(reserve(5_000, plain()));
    strict.run(end_of_day());
    assert_eq!(strict.abort_code(), 0xB8);
}

#[test]
fn an_empty_terminal_has_no_receipt_to_repeat() {
    let mut bench = Bench::registered();
    bench.run(repeat());
    assert_eq!(
        (bench.controls().as_str(), bench.abort_code()),
        ("8000 061E", 0x83)
    );
}

#[test]
fn card_numbers_are_masked_unless_the_till_is_to_be_tested() {
    for (sends_full_pan, expected) in [(false, false), (true, true)] {
        let mut bench = Bench::registered_with(Config {
            sends_full_pan,
            ..Config::default()
        });
        bench.run(sale(1_234, plain()));
        let full = [
            0x22, 0xF0, 0xF8, 0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
        ];
        let printed = b"4111111111111111";
        for told in [&full[..], printed] {
            let is_there = bench
                .heard
                .iter()
                .any(|unit| unit.windows(told.len()).any(|window| window == told));
            assert_eq!(is_there, expected);
        }
        let masked = bench.result().pan.expect("a number");
        assert_eq!(masked.as_str(), "411111******1111");
        let shown = format!("{:?}", bench.terminal);
        assert!(!shown.contains("4111111111111111"));
    }
}

#[test]
fn registration_decides_on_receipts_and_states() {
    use firmware_protocols::zvt::Password;
    use firmware_protocols::zvt::message::{ConfigByte, Registration, RegistrationTlv};
    for (config, permitted, lines, blocks, states) in [
        (0xBE, vec![], 14, 0, 3),
        (0xBE, vec![0x06D3], 0, 2, 3),
        (0xB6, vec![], 14, 0, 0),
        (0x3E, vec![], 0, 0, 3),
        (0xB8, vec![], 0, 0, 3),
    ] {
        let mut bench = Bench::new(Config::default());
        let registration = Registration {
            password: Password::ZERO,
            config: ConfigByte(config),
            currency: number(578),
            service: None,
            tlv: Some(RegistrationTlv {
                numbers: None,
                permitted,
                longest: None,
            }),
        };
        bench.run(registration.encode());
        bench.run(sale(1_234, plain()));
        assert_eq!(bench.controls(), APPROVED);
        let count = |start: [u8; 2]| {
            let matching = bench.heard.iter().filter(|unit| unit.starts_with(&start));
            matching.count()
        };
        let counted = (count([6, 0xD1]), count([6, 0xD3]), count([4, 0xFF]));
        assert_eq!(counted, (lines, blocks, states), "{config:02X}");
    }
}

#[test]
fn the_wrong_currency_is_refused() {
    let mut bench = Bench::registered();
    let mut unit = sale(1_234, plain());
    let at = unit.windows(3).position(|it| it == [0x49, 0x05, 0x78]);
    unit[at.expect("a currency") + 1] = 0x09;
    bench.run(unit);
    assert_eq!(bench.controls(), "846F");
}
