//! Bad lines, cut lines, and a host that does not answer.

use firmware_protocols::time::Duration;
use firmware_protocols::zvt::message::Response;

use super::bench::{Bench, plain, repeat, sale, synced};
use super::{APPROVED, DECLINED, FaultKind, tcp};

#[test]
fn busy_mute_and_late_terminals_move_money_once_or_not_at_all() {
    for (fault, heard, money) in [
        (FaultKind::Busy, "849C", (0, 0, 0)),
        (FaultKind::Mute, "", (0, 0, 0)),
        (
            FaultKind::Late(Duration::from_secs(20)),
            APPROVED,
            (1_234, 0, 0),
        ),
        // Nobody sends a payment again because nothing was heard.
        (FaultKind::Deaf(Duration::from_millis(100)), "", (0, 0, 0)),
    ] {
        let mut bench = Bench::registered();
        bench.fault(fault);
        bench.run(sale(1_234, plain()));
        assert_eq!(
            (bench.controls().as_str(), bench.money()),
            (heard, money),
            "{fault:?}"
        );
        bench.run(sale(100, plain()));
        assert_eq!(bench.controls(), APPROVED, "{fault:?}");
    }
}

#[test]
fn a_bad_line_is_healed_by_frames() {
    for fault in [
        FaultKind::Nak,
        FaultKind::Corrupt,
        FaultKind::Drop,
        FaultKind::Double,
        FaultKind::Split,
        FaultKind::Noise,
    ] {
        let mut bench = Bench::registered();
        for _ in 0..2 {
            bench.fault(fault);
        }
        bench.run(sale(1_234, plain()));
        assert_eq!(bench.controls(), APPROVED, "{fault:?}");
        assert_eq!(bench.money(), (1_234, 0, 0), "{fault:?}");
    }
}

#[test]
fn a_cut_cable_reverses_what_was_not_acknowledged() {
    for (options, money) in [(plain(), (0, 0, 0)), (synced(None), (1_234, 0, 0))] {
        let mut bench = Bench::registered().card("slow");
        bench.send(sale(1_234, options));
        bench.pass(Duration::from_secs(3));
        bench.is_cut = true;
        bench.pass(Duration::from_secs(60));
        assert_eq!(bench.money(), money);
        assert!(!bench.terminal.is_busy());
        bench.is_cut = false;
        bench.reconnect();
        bench.run(repeat());
        assert_eq!(bench.controls() == APPROVED, money.0 > 0);
    }
}

#[test]
fn a_closed_connection_aborts_what_runs() {
    let mut bench = Bench::registered_with(tcp());
    bench.terminal.set_hold(true, bench.now);
    bench.send(sale(1_234, plain()));
    bench.pass(Duration::from_secs(3));
    bench.reconnect();
    assert!(!bench.terminal.is_busy());
    assert!(!bench.terminal.present(bench.now));
    bench.terminal.set_hold(false, bench.now);
    bench.run(sale(100, plain()));
    assert_eq!(
        (bench.controls().as_str(), bench.money()),
        (APPROVED, (100, 0, 0))
    );
}

#[test]
fn an_unreachable_host_is_asked_again_and_what_it_did_is_undone() {
    let mut bench = Bench::registered();
    bench.host_is_down = true;
    bench.run(sale(1_234, plain()));
    assert_eq!(
        (bench.controls().as_str(), bench.verdict()),
        (DECLINED, (0x7D, None))
    );
    bench.host_is_down = false;
    bench.run(sale(100, plain()));
    assert_eq!(bench.controls(), APPROVED);
    // The first one was carried out under its old key, and reversed.
    assert_eq!(bench.money(), (100, 0, 0));
    assert_eq!(bench.bank.authorizations().count(), 2);
}

/// A till that is never ready: after as many results as it said, and one more, it was no payment.
#[test]
fn a_till_that_is_never_ready_does_not_pay() {
    for (max_status, results) in [(0, 2), (2, 4)] {
        let mut bench = Bench::registered();
        bench.answers = vec![(0x040F, Response::Negative { code: 0x9C }); 10];
        let mut unit = sale(700, plain());
        unit.extend([0x02, max_status]);
        unit[2] += 2;
        bench.run(unit);
        let heard = bench
            .heard
            .iter()
            .filter(|unit| unit.starts_with(&[4, 0x0F]));
        // The last one says that nothing was paid.
        assert_eq!(heard.count(), results + 1);
        assert_eq!(bench.verdict(), (0x6C, None));
        assert_eq!(bench.abort_code(), 0x6C);
        assert_eq!(bench.money(), (0, 0, 0));
    }
}
