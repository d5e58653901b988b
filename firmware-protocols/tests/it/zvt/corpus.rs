//! Vectors from outside: captures, another implementation's numbers, and units built by hand.

pub(super) const CRC: &str = include_str!("../../vectors/zvt/crc.txt");
pub(super) const DOUBLING: &str = include_str!("../../vectors/zvt/doubling.txt");
pub(super) const WORKED_EXCHANGE: &str = include_str!("../../vectors/zvt/worked_exchange.txt");

/// By hand, each with what its bytes say.
const COMMANDS: &str = include_str!("../../vectors/zvt/commands.txt");

/// Captures, by file name.
const CAPTURES: [(&str, &str); 19] = [
    capture(
        "card_read",
        include_str!("../../vectors/zvt/feig_card_read.txt"),
    ),
    capture(
        "read_card_command",
        include_str!("../../vectors/zvt/feig_read_card_command.txt"),
    ),
    capture(
        "completion",
        include_str!("../../vectors/zvt/feig_completion.txt"),
    ),
    capture(
        "end_of_day",
        include_str!("../../vectors/zvt/feig_end_of_day.txt"),
    ),
    capture(
        "end_of_day_result",
        include_str!("../../vectors/zvt/feig_end_of_day_result.txt"),
    ),
    capture(
        "intermediate_status",
        include_str!("../../vectors/zvt/feig_intermediate_status.txt"),
    ),
    capture(
        "no_open",
        include_str!("../../vectors/zvt/feig_no_open_reservations.txt"),
    ),
    capture(
        "one_open",
        include_str!("../../vectors/zvt/feig_one_open_reservation.txt"),
    ),
    capture(
        "partial_reversal",
        include_str!("../../vectors/zvt/feig_partial_reversal.txt"),
    ),
    capture(
        "read_card",
        include_str!("../../vectors/zvt/feig_read_card.txt"),
    ),
    capture(
        "receipt_block",
        include_str!("../../vectors/zvt/feig_receipt_block.txt"),
    ),
    capture(
        "registration",
        include_str!("../../vectors/zvt/feig_registration.txt"),
    ),
    capture(
        "registered",
        include_str!("../../vectors/zvt/feig_registration_completion.txt"),
    ),
    capture(
        "reservation",
        include_str!("../../vectors/zvt/feig_reservation.txt"),
    ),
    capture(
        "reservation_result",
        include_str!("../../vectors/zvt/feig_reservation_result.txt"),
    ),
    capture(
        "voiding",
        include_str!("../../vectors/zvt/feig_reservation_reversal.txt"),
    ),
    capture(
        "voided",
        include_str!("../../vectors/zvt/feig_reservation_reversal_result.txt"),
    ),
    capture(
        "status_report",
        include_str!("../../vectors/zvt/feig_status_report.txt"),
    ),
    capture(
        "unmasked_result",
        include_str!("../../vectors/zvt/feig_unmasked_result.txt"),
    ),
];

const fn capture(name: &'static str, text: &'static str) -> (&'static str, &'static str) {
    (name, text)
}

pub(super) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

pub(super) fn captured(name: &str) -> Vec<u8> {
    let (_, text) = CAPTURES.iter().find(|(known, _)| *known == name).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with(['<', '>']))
        .unwrap();
    hex(&line[1..])
}

/// All units of all files.
pub(super) fn units() -> Vec<Vec<u8>> {
    let tables = [CRC, DOUBLING].into_iter().flat_map(str::lines);
    let tables = tables.filter(|line| !line.starts_with('#'));
    let tables = tables
        .filter_map(|line| line.split_once(" = "))
        .map(|(unit, _)| hex(unit));
    let exchange = WORKED_EXCHANGE
        .lines()
        .filter(|line| line.starts_with(['<', '>']));
    let exchange = exchange.map(|line| hex(&line[1..]));
    let by_hand = COMMANDS
        .lines()
        .filter(|line| line.starts_with(['<', '>']))
        .map(|line| hex(line[1..].split(" | ").next().unwrap()));
    let captures = CAPTURES.iter().map(|(name, _)| captured(name));
    tables
        .chain(exchange)
        .chain(by_hand)
        .chain(captures)
        .collect()
}
