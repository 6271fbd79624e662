//! The bytes that are hashed: one value, one encoding.
//!
//! Two readings of the same value must give the same bytes for ever, and two values must never share bytes. So
//! nothing is optional, sorted, escaped or padded: an encoding is the kind of thing it holds and the version of its
//! layout, then its parts in a fixed order. Reading is as strict as writing is plain; what [`Reader`] accepts,
//! [`Writer`] would have written.
//!
//! | part           | bytes                                                   |
//! |----------------|---------------------------------------------------------|
//! | u8, u32, u64   | 1, 4, 8 bytes, big-endian                               |
//! | bool           | 0 or 1                                                  |
//! | fixed          | the bytes, of a length that the layout knows            |
//! | bytes, text    | length as u32, then the bytes (of text: UTF-8 as given) |
//! | option         | 0, or 1 and the value                                   |
//! | list           | count as u32, then the values                           |
//! | *the whole*    | kind as text, version as u8, then the parts             |

/// Writes parts in order.
///
/// ```
/// # use ledger::encode::{Reader, Writer};
/// let mut w = Writer::new("greeting", 1);
/// w.put_text("hello").put_option(Some(&7), |w, n| { w.put_u32(*n); });
/// let bytes = w.finish();
///
/// let mut r = Reader::open(&bytes, "greeting")?;
/// assert_eq!((r.version(), r.text()?, r.option(Reader::u32)?), (1, "hello", Some(7)));
/// r.finish()?;
/// # Ok::<(), ledger::encode::DecodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins the encoding of a `kind` of thing in a `version` of its layout. The kind keeps the bytes of one thing
    /// from being read as another.
    pub fn new(kind: &str, version: u8) -> Self {
        let mut writer = Writer(Vec::new());
        writer.put_text(kind).put_u8(version);
        writer
    }

    /// One byte.
    pub fn put_u8(&mut self, value: u8) -> &mut Self {
        self.put_fixed(&[value])
    }

    /// Four bytes, big-endian.
    pub fn put_u32(&mut self, value: u32) -> &mut Self {
        self.put_fixed(&value.to_be_bytes())
    }

    /// Eight bytes, big-endian.
    pub fn put_u64(&mut self, value: u64) -> &mut Self {
        self.put_fixed(&value.to_be_bytes())
    }

    /// 0 or 1.
    pub fn put_bool(&mut self, value: bool) -> &mut Self {
        self.put_u8(value.into())
    }

    /// Bytes whose number the layout knows: no length is written.
    pub fn put_fixed<const N: usize>(&mut self, value: &[u8; N]) -> &mut Self {
        self.0.extend_from_slice(value);
        self
    }

    /// Length and bytes.
    pub fn put_bytes(&mut self, value: &[u8]) -> &mut Self {
        self.put_length(value.len());
        self.0.extend_from_slice(value);
        self
    }

    /// Length and UTF-8, exactly as given: Unicode forms are not changed.
    pub fn put_text(&mut self, value: &str) -> &mut Self {
        self.put_bytes(value.as_bytes())
    }

    /// Whether there is a value, then the value.
    pub fn put_option<T>(&mut self, value: Option<&T>, put: impl FnOnce(&mut Self, &T)) -> &mut Self
    where
        T: ?Sized,
    {
        self.put_bool(value.is_some());
        if let Some(value) = value {
            put(self, value);
        }
        self
    }

    /// How many values, then the values in the order given.
    pub fn put_list<T>(&mut self, values: &[T], mut put: impl FnMut(&mut Self, &T)) -> &mut Self {
        self.put_length(values.len());
        for value in values {
            put(self, value);
        }
        self
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    fn put_length(&mut self, length: usize) {
        self.put_u32(u32::try_from(length).expect("no part of a record comes near 4 GiB: uploads are stored apart"));
    }
}

/// Why some bytes are not what they should be. `at` counts bytes from the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are of another kind of thing.
    #[error("not a {0}")]
    Kind(String),
    /// A layout that this program does not know.
    #[error("unknown version {0}")]
    Version(u8),
    /// The bytes end inside a part.
    #[error("ends inside the part at byte {at}")]
    Truncated {
        /// Where the part begins.
        at: usize,
    },
    /// A text that is not UTF-8.
    #[error("bad UTF-8 at byte {at}")]
    NotUtf8 {
        /// Where the text begins.
        at: usize,
    },
    /// A byte that stands for nothing: a flag other than 0 and 1, or a code without a meaning.
    #[error("meaningless code {code} at byte {at}")]
    Code {
        /// Where the byte is.
        at: usize,
        /// The byte.
        code: u8,
    },
    /// Bytes after the last part.
    #[error("goes on after its end, at byte {at}")]
    Trailing {
        /// Where the end should have been.
        at: usize,
    },
}

/// Reads parts in the order in which they were written, and refuses whatever [`Writer`] would not have written.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    version: u8,
}

impl<'a> Reader<'a> {
    /// Begins to read. The caller looks at [`version`](Self::version) and refuses those that it does not know.
    pub fn open(bytes: &'a [u8], kind: &str) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes, at: 0, version: 0 };
        if reader.bytes() != Ok(kind.as_bytes()) {
            return Err(DecodeError::Kind(kind.to_owned()));
        }
        reader.version = reader.u8()?;
        Ok(reader)
    }

    /// The version of the layout.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.fixed().map(u8::from_be_bytes)
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.fixed().map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.fixed().map(u64::from_be_bytes)
    }

    /// 0 or 1.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        self.code(|code| match code {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }

    /// One byte that stands for one of several things.
    pub fn code<T>(&mut self, meaning: impl FnOnce(u8) -> Option<T>) -> Result<T, DecodeError> {
        let at = self.at;
        let code = self.u8()?;
        meaning(code).ok_or(DecodeError::Code { at, code })
    }

    /// Bytes whose number the layout knows.
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (part, _) = self.rest().split_first_chunk().ok_or(DecodeError::Truncated { at: self.at })?;
        self.at += N;
        Ok(*part)
    }

    /// Length and bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let at = self.at;
        let length = usize::try_from(self.u32()?).map_err(|_| DecodeError::Truncated { at })?;
        let part = self.rest().get(..length).ok_or(DecodeError::Truncated { at })?;
        self.at += length;
        Ok(part)
    }

    /// Length and UTF-8.
    pub fn text(&mut self) -> Result<&'a str, DecodeError> {
        let at = self.at;
        str::from_utf8(self.bytes()?).map_err(|_| DecodeError::NotUtf8 { at })
    }

    /// A value that may be absent.
    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        if self.bool()? { read(self).map(Some) } else { Ok(None) }
    }

    /// Several values. The count is not believed before the values are there.
    pub fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.u32()?;
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    /// Refuses bytes that nobody read.
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.rest().is_empty() { Ok(()) } else { Err(DecodeError::Trailing { at: self.at }) }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Parts = (u8, u32, u64, bool, String, Vec<u8>, Option<String>, Vec<u64>);

    fn write(parts: &Parts) -> Vec<u8> {
        let mut w = Writer::new("test", 9);
        w.put_u8(parts.0).put_u32(parts.1).put_u64(parts.2).put_bool(parts.3).put_text(&parts.4).put_bytes(&parts.5);
        w.put_option(parts.6.as_deref(), |w, text| {
            w.put_text(text);
        });
        w.put_list(&parts.7, |w, n| {
            w.put_u64(*n);
        });
        w.finish()
    }

    fn read(bytes: &[u8]) -> Result<Parts, DecodeError> {
        let mut r = Reader::open(bytes, "test")?;
        if r.version() != 9 {
            return Err(DecodeError::Version(r.version()));
        }
        let parts = (
            r.u8()?,
            r.u32()?,
            r.u64()?,
            r.bool()?,
            r.text()?.to_owned(),
            r.bytes()?.to_vec(),
            r.option(|r| r.text().map(str::to_owned))?,
            r.list(Reader::u64)?,
        );
        r.finish().map(|()| parts)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn one_value_one_encoding(parts: Parts, cut: prop::sample::Index, flip: prop::sample::Index, bit in 0..8_u8) {
            let bytes = write(&parts);
            prop_assert_eq!(read(&bytes), Ok(parts.clone()));

            prop_assert!(read(&bytes[..cut.index(bytes.len())]).is_err());
            prop_assert_eq!(read(&[&bytes[..], &[0]].concat()), Err(DecodeError::Trailing { at: bytes.len() }));

            let mut flipped = bytes.clone();
            flipped[flip.index(bytes.len())] ^= 1 << bit;
            if let Ok(other) = read(&flipped) {
                prop_assert_ne!(&other, &parts);
                prop_assert_eq!(write(&other), flipped); // what is accepted is what would have been written
            }
        }
    }

    /// A value whose parts have few bytes each: what is written over it falls on its lengths and flags as often as on the
    /// rest, and much of it can still be read. Bytes by chance alone never can.
    fn short() -> impl Strategy<Value = Parts> {
        let bytes = prop::collection::vec(any::<u8>(), 0..4);
        let numbers = prop::collection::vec(any::<u64>(), 0..2);
        (any::<u8>(), any::<u32>(), any::<u64>(), any::<bool>(), ".{0,3}", bytes, prop::option::of(".{0,3}"), numbers)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// ASVS 1.4.2, 1.5.2
        #[test]
        fn any_bytes_are_refused_or_canonical(
            tail: Vec<u8>,
            parts in short(),
            over in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
        ) {
            let head = Writer::new("test", 9).finish();
            let mut changed = write(&parts)[head.len()..].to_vec();
            for (at, byte) in over {
                let at = at.index(changed.len());
                changed[at] = byte;
            }
            for tail in [tail, changed] {
                let bytes = [&head[..], &tail].concat();
                if let Ok(parts) = read(&bytes) {
                    prop_assert_eq!(write(&parts), bytes);
                }
            }
        }
    }

    #[test]
    fn each_refusal_says_what_and_where() {
        let head = Writer::new("k", 1).finish();
        let with = |tail: &[u8]| [&head[..], tail].concat();
        let open = |bytes: &'static [u8]| Reader::open(Box::leak(with(bytes).into_boxed_slice()), "k").expect("a k");

        assert_eq!(Reader::open(&head, "other").map(|_| ()), Err(DecodeError::Kind("other".into())));
        assert_eq!(Reader::open(&head[..5], "k").map(|_| ()), Err(DecodeError::Truncated { at: 5 }));
        assert_eq!(open(b"\0\0\0").u32(), Err(DecodeError::Truncated { at: 6 }));
        assert_eq!(open(b"\0\0\0\x02a").text(), Err(DecodeError::Truncated { at: 6 }));
        assert_eq!(open(b"\0\0\0\x01\xff").text(), Err(DecodeError::NotUtf8 { at: 6 }));
        assert_eq!(open(b"\x02").bool(), Err(DecodeError::Code { at: 6, code: 2 }));
        assert_eq!(open(b"\xff\xff\xff\xff").list(Reader::u64), Err(DecodeError::Truncated { at: 10 }));
        assert_eq!(open(b"!").finish(), Err(DecodeError::Trailing { at: 6 }));
    }
}
