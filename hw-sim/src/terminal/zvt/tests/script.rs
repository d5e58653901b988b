//! Scenarios as they are played, in virtual time.

use firmware_protocols::time::Duration;

use super::bench::{Bench, plain, sale};
use super::{APPROVED, DECLINED, tcp};
use crate::scenario::{PRESETS, read};
use crate::terminal::zvt::Config;
use crate::wallet;

fn playing(config: Config, text: &str) -> Bench {
    let mut bench = Bench::registered_with(config);
    let scenario = read(text).expect("a scenario");
    bench.terminal.play(&scenario, bench.now);
    bench
}

#[test]
fn steps_come_when_they_are_due_and_once() {
    let text = "payment 2 outcome wrong_pin\nafter 20m host down\nafter 40m host up\n\
                every payment card mc-approve";
    let mut bench = playing(Config::default(), text);
    for (verdict, heard) in [
        (0x00, APPROVED),
        (55, DECLINED),
        (0x00, APPROVED),
        (0x00, APPROVED),
        (0x00, APPROVED),
        // Each takes three minutes: it is 15, 18, and the host goes.
        (0x00, APPROVED),
        (0x00, APPROVED),
        (0x7D, DECLINED),
    ] {
        bench.terminal.choose_card(wallet::default_card());
        bench.run(sale(100, plain()));
        assert_eq!(bench.controls(), heard, "{:?}", bench.now);
        assert_eq!(bench.verdict().0, verdict, "{:?}", bench.now);
        assert_eq!(bench.terminal.face().card.name, "mc-approve");
    }
    bench.pass(Duration::from_secs(20 * 60));
    bench.run(sale(100, plain()));
    assert_eq!(bench.controls(), APPROVED, "the host is back");
    assert_eq!(bench.money(), (700, 0, 0));
}

#[test]
fn a_new_scenario_ends_the_one_before_and_counts_anew() {
    let mut bench = playing(
        Config::default(),
        "payment 2 outcome cancel\nevery payment hold",
    );
    bench.terminal.play(
        &read("payment 1 outcome partial 30").expect("one"),
        bench.now,
    );
    bench.run(sale(100, plain()));
    assert_eq!((bench.controls().as_str(), bench.money().0), (APPROVED, 30));
    bench.run(sale(100, plain()));
    assert_eq!(bench.money().0, 130, "neither cancelled nor held");
    bench.terminal.play(
        &read("every payment outcome cancel").expect("one"),
        bench.now,
    );
    bench.terminal.clear_faults();
    bench.run(sale(100, plain()));
    assert_eq!(bench.money().0, 230, "cleared");
}

/// Whatever is played, the bank and the terminal agree on what was paid, and the terminal can be used
/// again: on both lines, without waiting for anything in earnest.
#[test]
fn every_preset_leaves_a_terminal_that_works() {
    for preset in &PRESETS {
        for config in [Config::default(), tcp()] {
            let mut bench = playing(config, preset.text);
            bench.run(sale(5_000, plain()));
            bench.run(sale(5_000, plain()));
            bench.terminal.clear_faults();
            bench
                .terminal
                .play(&read("start card visa-approve").expect("one"), bench.now);
            bench.terminal.set_hold(false, bench.now);
            bench.pass(Duration::from_secs(60));
            bench.reconnect();
            let kept: u64 = bench.terminal.store().totals().total_minor();
            let (taken, refunded, held) = bench.money();
            assert_eq!((taken - refunded, held), (kept, 0), "{}", preset.name);
            bench.run(sale(100, plain()));
            assert_eq!(bench.money().0, taken + 100, "{}", preset.name);
        }
    }
}
