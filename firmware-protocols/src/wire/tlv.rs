//! Tag-length-value objects, BER-like as ZVT uses them.
//!
//! The first byte of a tag holds class, the "constructed" bit and a number; number 31 says that
//! more bytes follow, each with bit 8 set announcing one more. ZVT's own tags 1F80 to 1F83 break
//! that: bit 8 is set but nothing follows. Lengths are one byte up to 7F, `81 nn` or `82 hi lo`.

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

/// A tag as the big-endian number of its bytes: `0x1F14`, `0xE4`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(pub u32);

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({:X})", self.0)
    }
}

/// One object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Its contents; of a constructed tag, more objects.
    pub value: &'a [u8],
}

/// Contents may be card data: only their length is printed.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.tag, self.value.len())
    }
}

/// The objects of a container, in order. Ends after the first error.
#[derive(Clone, Copy, Debug)]
pub struct Objects<'a> {
    reader: Reader<'a>,
}

impl<'a> Objects<'a> {
    /// The objects in `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
        }
    }

    /// Contents of the first object with `tag`; broken objects behind it do not matter.
    #[must_use]
    pub fn find(self, tag: Tag) -> Option<&'a [u8]> {
        self.flatten()
            .find(|object| object.tag == tag)
            .map(|object| object.value)
    }
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let object = read_object(&mut self.reader);
        if object.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(object)
    }
}

/// Reads a length.
pub fn read_length(reader: &mut Reader<'_>) -> Result<usize, DecodeError> {
    match reader.u8("TLV length")? {
        short @ 0..=0x7F => Ok(usize::from(short)),
        0x81 => reader.u8("TLV length").map(usize::from),
        0x82 => reader
            .array("TLV length")
            .map(|be| usize::from(u16::from_be_bytes(be))),
        _ => Err(DecodeError::InvalidField {
            field: "TLV length",
            reason: "unknown form",
        }),
    }
}

/// Writes a length. What no two-byte length can say is said as FFFF; callers stay far below.
pub fn write_length(length: usize, writer: &mut Writer) {
    match u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short @ 0..=0x7F] => writer.u8(short),
        [0, low] => writer.put(&[0x81, low]),
        [high, low] => writer.put(&[0x82, high, low]),
    }
}

/// Writes one object.
pub fn write_object(tag: Tag, value: &[u8], writer: &mut Writer) {
    let bytes = tag.0.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    for byte in bytes.iter().skip(from) {
        writer.u8(*byte);
    }
    write_length(value.len(), writer);
    writer.put(value);
}

/// Writes one object whose contents are what `fill` writes.
pub fn write_constructed(tag: Tag, writer: &mut Writer, fill: impl FnOnce(&mut Writer)) {
    let mut inner = Writer::new();
    fill(&mut inner);
    let inner: Vec<u8> = inner.into_bytes();
    write_object(tag, &inner, writer);
}

/// Reads one object.
pub(crate) fn read_object<'a>(reader: &mut Reader<'a>) -> Result<Object<'a>, DecodeError> {
    let tag = read_tag(reader)?;
    let length = read_length(reader)?;
    let value = reader.take("TLV value", length)?;
    Ok(Object { tag, value })
}

fn read_tag(reader: &mut Reader<'_>) -> Result<Tag, DecodeError> {
    let first = reader.u8("TLV tag")?;
    let mut tag = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok(Tag(tag));
    }
    for _ in 0..3 {
        let next = reader.u8("TLV tag")?;
        tag = tag << 8 | u32::from(next);
        if next & 0x80 == 0 || matches!(tag, 0x1F80..=0x1F83) {
            return Ok(Tag(tag));
        }
    }
    Err(DecodeError::InvalidField {
        field: "TLV tag",
        reason: "too long",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_every_length() {
        let bytes = [
            0x14, 0x01, 0xFE, // one byte
            0x1F, 0x14, 0x00, // two, empty
            0x1F, 0x80, 0x01, 0x07, // the exception
            0xFF, 0x01, 0x81, 0x01, 0x09, // constructed, long form of length
            0x1F, 0x84, 0x01, 0x01, 0x05, // three
        ];
        let tags: Vec<_> = Objects::new(&bytes)
            .map(|o| o.map(|o| (o.tag.0, o.value.len())))
            .collect();
        let expected = [
            (0x14, 1),
            (0x1F14, 0),
            (0x1F80, 1),
            (0xFF01, 1),
            (0x1F_8401, 1),
        ];
        assert_eq!(tags, expected.map(Ok));
        let mut again = Writer::new();
        for object in Objects::new(&bytes).flatten() {
            write_object(object.tag, object.value, &mut again);
        }
        assert_eq!(Objects::new(again.as_slice()).count(), 5);
    }

    #[test]
    fn a_broken_length_ends_the_list() {
        let mut objects = Objects::new(&[0x14, 0x83, 0, 0, 0]);
        assert!(objects.next().unwrap().is_err());
        assert!(objects.next().is_none());
    }
}
