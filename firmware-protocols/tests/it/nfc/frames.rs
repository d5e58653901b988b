//! Frames of a PN532: those of its manual (UM0701-02, 7.2) and those that libnfc has sent.

use firmware_protocols::nfc::pn532::{self, ACK, Decoder, Frame, NACK, SYNTAX_ERROR};

use super::reading::hex;

fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut decoder = Decoder::default();
    decoder.handle_input(bytes);
    std::iter::from_fn(|| decoder.poll()).collect()
}

#[test]
fn known_frames_both_ways() {
    for (data, wire) in [
        ("d402", "0000ff02fed4022a00"),
        ("d50332010607", "0000ff06fad50332010607e800"),
        ("d4006c69626e6663", "0000ff08f8d4006c69626e6663be00"),
        ("d44a0100", "0000ff04fcd44a0100e100"),
    ] {
        assert_eq!(frames(&hex(wire)), [Frame::Data(hex(data))], "{wire}");
        assert_eq!(pn532::encode(&hex(data)), hex(wire), "{data}");
    }
    let long: Vec<u8> = (0..=255).chain(0..9).collect();
    let wire = pn532::encode(&long);
    assert_eq!(&wire[..8], &hex("0000ffffff0109f6")[..]);
    assert_eq!(frames(&wire), [Frame::Data(long)]);
}

#[test]
fn what_stands_between_frames_is_passed_over() {
    let mut wire = hex("55550000000000000000000000000000");
    wire.extend(pn532::encode(&hex("d41401")));
    wire.extend(ACK);
    wire.extend(hex("0102ff00"));
    wire.extend(NACK);
    wire.extend(SYNTAX_ERROR);
    let expected = [
        Frame::Data(hex("d41401")),
        Frame::Ack,
        Frame::Nack,
        Frame::Data(hex("7f")),
    ];
    assert_eq!(frames(&wire), expected);
}

#[test]
fn a_wrong_check_sum_is_said_and_the_next_frame_is_read() {
    let good = hex("0000ff02fed4022a00");
    for at in [3, 4, 5, 6, 7] {
        let mut wrong = good.clone();
        wrong[at] ^= 0x10;
        wrong.extend(&good);
        let read = frames(&wrong);
        assert_eq!(read.first(), Some(&Frame::Broken), "{at}: {read:?}");
        assert_eq!(read.last(), Some(&Frame::Data(hex("d402"))), "{at}");
    }
    assert_eq!(frames(&good[..7]), []);
}
