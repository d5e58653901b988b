//! ZVT card types (BMP 8A, tag 41; PA00P015, "List of ZVT card types"): the part that names a brand.

/// Brand of a card type. The rest are fleet, gift and telephone cards.
#[must_use]
pub const fn brand(card_type: u8) -> Option<&'static str> {
    Some(match card_type {
        2 => "ec",
        5 => "girocard",
        6 => "Mastercard",
        8 => "American Express",
        9 => "ELV",
        10 => "VISA",
        11 => "VISA Electron",
        12 => "Diners",
        13 => "V PAY",
        14 => "JCB",
        15 => "REKA",
        30 => "GeldKarte",
        46 => "Maestro",
        69 => "PostFinance",
        87 => "Bancontact",
        97 | 107 => "Alipay",
        111 => "instant payment",
        127 => "AirPlus",
        196 => "Dankort",
        197 => "VISA/Dankort",
        198 => "UnionPay",
        200 | 202 => "Payback",
        217 => "Austria Card",
        232 => "Discover",
        _ => return None,
    })
}
