//! What a reader tells of a target when it has selected it.

use alloc::vec::Vec;
use core::fmt;

/// SAK, bit 6: the target speaks ISO/IEC 14443-4, that is, it takes APDUs (ISO/IEC 14443-3, 6.5.3.4).
const SAK_ISO_DEP: u8 = 0x20;

/// First byte of a four byte identifier that was drawn for this one meeting (ISO/IEC 14443-3,
/// 6.5.4, "RID").
const RANDOM: u8 = 0x08;

/// One target in the field.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// ISO/IEC 14443 type A.
    A {
        /// UID: 4, 7 or 10 bytes.
        uid: Vec<u8>,
        /// Select acknowledge.
        sak: u8,
    },
    /// ISO/IEC 14443 type B.
    B {
        /// Pseudo-unique identifier.
        pupi: [u8; 4],
        /// Protocol information of the ATQB.
        protocol: [u8; 3],
    },
}

impl Target {
    /// Its identifier, whatever that is worth.
    #[must_use]
    pub fn uid(&self) -> &[u8] {
        match self {
            Self::A { uid, .. } => uid,
            Self::B { pupi, .. } => pupi,
        }
    }

    /// The identifier is another one at each meeting, as phones have it: it says nothing about whom
    /// it belongs to. A type B identifier may be fixed or not, and does not tell; it counts as random.
    #[must_use]
    pub fn uid_is_random(&self) -> bool {
        match self {
            Self::A { uid, .. } => uid.len() == 4 && uid.first() == Some(&RANDOM),
            Self::B { .. } => true,
        }
    }

    /// Whether it takes APDUs.
    #[must_use]
    pub const fn is_iso_dep(&self) -> bool {
        match self {
            Self::A { sak, .. } => *sak & SAK_ISO_DEP != 0,
            // Low nibble of the second byte (ISO/IEC 14443-3, 7.9.4.5).
            Self::B { protocol, .. } => protocol[1] & 0x01 != 0,
        }
    }

    /// Whether its memory may be read in pages, as that of NFC Forum type 2 tags.
    #[must_use]
    pub const fn is_type_2(&self) -> bool {
        matches!(self, Self::A { sak: 0, .. })
    }

    /// Whether this may be the target that was there a moment ago. One with a random identifier has
    /// got another one meanwhile.
    #[must_use]
    pub fn may_be(&self, earlier: &Self) -> bool {
        self == earlier
            || (self.uid_is_random()
                && earlier.uid_is_random()
                && matches!(self, Self::A { .. }) == matches!(earlier, Self::A { .. }))
    }
}

/// An identifier tells one person's card from another's: it is not printed.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A { uid, sak } => write!(f, "A({} bytes, sak {sak:02X})", uid.len()),
            Self::B { .. } => f.write_str("B"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;

    #[test]
    fn a_random_identifier_is_no_identity() {
        let a = |uid: &[u8], sak| Target::A {
            uid: uid.to_vec(),
            sak,
        };
        let b = |pupi| Target::B {
            pupi,
            protocol: [0, 0x81, 0xC1],
        };
        let tag = a(&[4, 1, 2, 3, 4, 5, 6], 0);
        assert!(!tag.uid_is_random() && tag.is_type_2() && !tag.is_iso_dep());
        // Seven bytes that begin like a random identifier are none.
        assert!(!a(&[8, 1, 2, 3, 4, 5, 6], 0).uid_is_random());
        let phone = a(&[8, 1, 2, 3], 0x20);
        assert!(phone.uid_is_random() && phone.is_iso_dep() && !phone.is_type_2());
        let other_phone = a(&[8, 9, 9, 9], 0x20);
        assert!(phone.may_be(&other_phone) && !phone.may_be(&tag) && tag.may_be(&tag));
        assert!(!tag.may_be(&a(&[4, 9, 9, 9, 9, 9, 9], 0)));
        assert!(b([1; 4]).may_be(&b([2; 4])) && !b([1; 4]).may_be(&phone));
        assert!(b([1; 4]).is_iso_dep());
        assert_eq!(format!("{:?}", vec![phone]), "[A(4 bytes, sak 20)]");
    }
}
