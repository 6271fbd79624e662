//! Office documents are zip archives: read strictly, so that every program sees the same parts in them, and unpacked
//! once, with bounds, to see what is inside.
//!
//! Strict means: the archive begins at the first byte and ends at the last, its parts lie one behind the other without
//! overlapping, each says the same of itself in both places where it says anything, and nothing is encrypted.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read, Seek, SeekFrom},
};

use flate2::read::DeflateDecoder;
use policy::file::Macros;

use crate::{Format, Refused, look::tail};

/// How OLE files begin: office documents of before 2007, and what newer ones keep macros and foreign objects in.
pub(crate) const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The most parts of one document.
const MOST_PARTS: usize = 10_000;
/// The most bytes of an archive's list of parts.
const MOST_LIST: u64 = 4 * 1_024 * 1_024;
/// The most that everything in a document may unpack to, what is nested included.
const MOST_UNPACKED: u64 = 400_000_000;
/// The most that one nested document may have: it is held in memory while it is looked into.
const MOST_NESTED: u64 = 24 * 1_024 * 1_024;
/// How deep documents may be nested: a table in a text, and a picture's own archive in that.
const DEEPEST: u32 = 2;
/// The most of a part that says what the document is.
const MOST_SAYS: u64 = 1_024 * 1_024;

/// How programs begin: Windows, Linux, Mac, Java, scripts, Windows shortcuts.
pub(crate) fn is_program(head: &[u8]) -> bool {
    [
        &b"MZ"[..],
        b"\x7fELF",
        b"#!",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"L\0\0\0\x01\x14\x02\0",
    ]
    .into_iter()
    .any(|start| head.starts_with(start))
}

/// Whether a program that unpacks archives could take the end of this file for one.
pub(crate) fn ends_as_archive<F: Read + Seek>(file: &mut F, bytes: u64) -> Result<bool, Refused> {
    Ok(end_of_list(&tail(file, bytes, 65_557)?).is_some())
}

/// The record at the end of an archive, and where in `tail` it begins: one whose comment ends where the file ends.
fn end_of_list(tail: &[u8]) -> Option<(usize, &[u8])> {
    (0..tail.len().checked_sub(21)?).rev().find_map(|at| {
        let record = &tail[at..];
        let comment = usize::from(u16_at(record, 20)?);
        (record.starts_with(b"PK\x05\x06") && record.len() == 22 + comment).then_some((at, record))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// One part of an archive.
struct Part {
    name: String,
    deflated: bool,
    packed: u64,
    unpacked: u64,
    /// Where its header stands.
    at: u64,
}

/// What an office document is.
pub(crate) fn document<F: Read + Seek>(file: &mut F, bytes: u64, macros: Macros) -> Result<Format, Refused> {
    let mut unpacked = 0;
    let found = archive(file, bytes, macros, 0, &mut unpacked)?;
    file.rewind()?;
    found.ok_or(Refused::Archive)
}

/// Looks through an archive; says which document it is, if it is one.
fn archive<F: Read + Seek>(
    file: &mut F,
    bytes: u64,
    macros: Macros,
    depth: u32,
    unpacked: &mut u64,
) -> Result<Option<Format>, Refused> {
    let parts = parts(file, bytes)?;
    let mut says = String::new();
    let mut has_macros = false;
    for (nth, part) in parts.iter().enumerate() {
        let lower = part.name.to_ascii_lowercase();
        has_macros |= lower.ends_with("vbaproject.bin")
            || lower.contains("/macrosheets/")
            || ["basic/", "scripts/"].iter().any(|folder| lower.starts_with(folder));
        let says_what = lower == "[content_types].xml" || (nth == 0 && lower == "mimetype");
        let content = unpack(file, part, unpacked, says_what)?;
        if says_what {
            says = String::from_utf8_lossy(&content.kept).into_owned();
        } else if is_program(&content.kept) {
            return Err(Refused::Program);
        } else if content.kept.starts_with(OLE) && !lower.ends_with("vbaproject.bin") {
            // A foreign object in the old way may be anything, a program too.
            return Err(Refused::Program);
        } else if content.kept.starts_with(b"PK\x03\x04") {
            if depth == DEEPEST || part.unpacked > MOST_NESTED {
                return Err(Refused::Bomb);
            }
            let whole = unpack(file, part, unpacked, true)?.kept;
            let length = whole.len() as u64;
            archive(&mut Cursor::new(whole), length, macros, depth + 1, unpacked)?;
        }
    }
    let format = named(&says);
    has_macros |= says.contains("macroEnabled");
    if has_macros && macros == Macros::Refused {
        return Err(Refused::Macro);
    }
    Ok(format.map(|format| match format {
        Format::Docx if has_macros => Format::Docm,
        Format::Xlsx if has_macros => Format::Xlsm,
        Format::Pptx if has_macros => Format::Pptm,
        format => format,
    }))
}

/// The document that the part which says so names.
fn named(says: &str) -> Option<Format> {
    [
        ("wordprocessingml.document.main+xml", Format::Docx),
        ("spreadsheetml.sheet.main+xml", Format::Xlsx),
        ("presentationml.presentation.main+xml", Format::Pptx),
        ("presentationml.slideshow.main+xml", Format::Pptx),
        ("ms-word.document.macroEnabled.main+xml", Format::Docm),
        ("ms-excel.sheet.macroEnabled.main+xml", Format::Xlsm),
        ("ms-powerpoint.presentation.macroEnabled.main+xml", Format::Pptm),
        ("application/vnd.oasis.opendocument.text", Format::Odt),
        ("application/vnd.oasis.opendocument.spreadsheet", Format::Ods),
        ("application/vnd.oasis.opendocument.presentation", Format::Odp),
    ]
    .into_iter()
    .find_map(|(word, format)| says.contains(word).then_some(format))
}

const DAMAGED: Refused = Refused::Damaged("an office document");

/// The parts of an archive, in the order in which they lie.
fn parts<F: Read + Seek>(file: &mut F, bytes: u64) -> Result<Vec<Part>, Refused> {
    let tail = tail(file, bytes, 65_557)?;
    let (at, end) = end_of_list(&tail).ok_or(DAMAGED)?;
    let end_at = bytes - (tail.len() - at) as u64;
    let number = |at: usize| u16_at(end, at).ok_or(DAMAGED);
    let (disk, first_disk, here, count) = (number(4)?, number(6)?, number(8)?, number(10)?);
    let size = u64::from(u32_at(end, 12).ok_or(DAMAGED)?);
    let start = u64::from(u32_at(end, 16).ok_or(DAMAGED)?);
    if disk != 0 || first_disk != 0 || here != count || start + size != end_at {
        return Err(DAMAGED);
    }
    if usize::from(count) > MOST_PARTS || size > MOST_LIST {
        return Err(Refused::Bomb);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut list = Vec::new();
    file.by_ref().take(size).read_to_end(&mut list)?;
    let mut rest = list.as_slice();
    let (mut parts, mut names) = (Vec::new(), BTreeSet::new());
    for _ in 0..count {
        let (part, length) = listed(rest)?;
        rest = rest.get(length..).ok_or(DAMAGED)?;
        if !names.insert(part.name.to_lowercase()) {
            return Err(Refused::TwoKinds);
        }
        parts.push(part);
    }
    if !rest.is_empty() {
        return Err(DAMAGED);
    }
    parts.sort_by_key(|part| part.at);
    let mut next = 0;
    for part in &parts {
        // One behind the other: nothing before the first, none inside another. Writers may leave a little in between.
        if part.at < next || (next == 0 && part.at != 0) {
            return Err(Refused::TwoKinds);
        }
        next = part.at + 30 + part.name.len() as u64 + part.packed;
    }
    if next > start {
        return Err(Refused::TwoKinds);
    }
    Ok(parts)
}

/// One part as the list at the end has it, and how long its line is.
fn listed(line: &[u8]) -> Result<(Part, usize), Refused> {
    let short = |at: usize| u16_at(line, at).ok_or(DAMAGED);
    let long = |at: usize| u32_at(line, at).map(u64::from).ok_or(DAMAGED);
    if !line.starts_with(b"PK\x01\x02") {
        return Err(DAMAGED);
    }
    if short(8)? & 1 == 1 {
        return Err(Refused::OldOffice);
    }
    // What Unix calls a link is one to some programs and a text to others.
    if long(38)? >> 28 == 0o12 {
        return Err(Refused::TwoKinds);
    }
    let method = short(10)?;
    if method != 0 && method != 8 {
        return Err(DAMAGED);
    }
    let name_length = usize::from(short(28)?);
    let name = line.get(46..46 + name_length).ok_or(DAMAGED)?;
    let name = String::from_utf8_lossy(name).into_owned();
    if name.contains("..") || name.starts_with(['/', '\\']) || name.contains('\0') {
        return Err(Refused::TwoKinds);
    }
    let length = 46 + name_length + usize::from(short(30)?) + usize::from(short(32)?);
    let part = Part { name, deflated: method == 8, packed: long(20)?, unpacked: long(24)?, at: long(42)? };
    if part.unpacked > MOST_UNPACKED {
        return Err(Refused::Bomb);
    }
    Ok((part, length))
}

/// A part that was unpacked: its beginning, or all of it.
struct Unpacked {
    kept: Vec<u8>,
}

/// Unpacks a part, counting; keeps its first bytes, or all of it where `whole` says so.
fn unpack<F: Read + Seek>(file: &mut F, part: &Part, unpacked: &mut u64, whole: bool) -> Result<Unpacked, Refused> {
    let mut header = [0; 30];
    file.seek(SeekFrom::Start(part.at))?;
    file.read_exact(&mut header).map_err(|_| DAMAGED)?;
    let name_length = u16_at(&header, 26).ok_or(DAMAGED)?;
    let extra = u16_at(&header, 28).ok_or(DAMAGED)?;
    let mut name = vec![0; usize::from(name_length)];
    file.read_exact(&mut name).map_err(|_| DAMAGED)?;
    let method = u16_at(&header, 8).ok_or(DAMAGED)?;
    if !header.starts_with(b"PK\x03\x04")
        || String::from_utf8_lossy(&name) != part.name
        || (method == 8) != part.deflated
    {
        return Err(Refused::TwoKinds);
    }
    file.seek(SeekFrom::Current(i64::from(extra)))?;
    let mut packed = file.by_ref().take(part.packed);
    let keep = if whole { MOST_NESTED.max(MOST_SAYS) } else { 16 };
    let mut kept = Vec::new();
    let length = if part.deflated {
        count(&mut DeflateDecoder::new(&mut packed), part.unpacked, keep, &mut kept)?
    } else {
        count(&mut packed, part.unpacked, keep, &mut kept)?
    };
    *unpacked += length;
    if length != part.unpacked {
        // More or less comes out than it says: made by hand, to be read differently by different programs.
        return Err(if length > part.unpacked { Refused::Bomb } else { DAMAGED });
    }
    if *unpacked > MOST_UNPACKED {
        return Err(Refused::Bomb);
    }
    Ok(Unpacked { kept })
}

/// Reads to the end, or to the first byte beyond what was said.
fn count(from: &mut impl Read, said: u64, keep: u64, kept: &mut Vec<u8>) -> Result<u64, Refused> {
    let mut buffer = [0; 16 * 1_024];
    let mut length = 0_u64;
    loop {
        let got = from.read(&mut buffer).map_err(|_| DAMAGED)?;
        if got == 0 || length > said {
            return Ok(length);
        }
        let room = usize::try_from(keep.saturating_sub(kept.len() as u64)).unwrap_or(usize::MAX);
        kept.extend_from_slice(&buffer[..got.min(room)]);
        length += got as u64;
    }
}

#[cfg(test)]
mod tests;
