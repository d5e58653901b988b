//! Each planted bug is found, within so many seeds.

use posd::failpoint::plant;

use crate::story;

const SEEDS: u64 = 60;

const BUGS: [&str; 21] = [
    "sent_before_journal",
    "acknowledged_before_journal",
    "answered_before_journal",
    "a_sale_is_sent_again",
    "doubt_is_a_decline",
    "silence_is_never_sent",
    "sync_value_is_old",
    "processor_key_is_new",
    "ended_keys_are_forgotten",
    "running_keys_are_forgotten",
    "open_work_is_forgotten_at_a_restart",
    "delays_never_end",
    "books_are_wrong_by_one",
    "entries_are_applied_twice",
    "events_have_gaps",
    "answers_go_to_another",
    "results_are_one_late",
    "leases_bind_nobody",
    "keys_are_everybodys",
    "anybody_stops_anything",
    "a_batch_is_closed_again",
];

#[test]
fn planted_bugs_are_found() {
    for bug in BUGS {
        plant(bug);
        let found = (1..=SEEDS).find_map(|seed| Some((seed, story::run(seed, 1).failure?)));
        plant("");
        let Some((seed, why)) = found else {
            panic!("{bug} is not found within {SEEDS} seeds");
        };
        println!(
            "{bug}: seed {seed}: {}",
            why.chars().take(100).collect::<String>()
        );
    }
}
