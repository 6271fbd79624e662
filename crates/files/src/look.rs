//! What a file is, by its content.

use std::io::{Read, Seek, SeekFrom};

use policy::{FileKind, file::Macros};

use crate::{Format, Refused, zip};

/// How many bytes at the beginning are enough for a first guess.
const HEAD: usize = 4_096;

/// What a file will turn out to be, or that it will not be taken, from its first bytes: so that whoever sends
/// something that cannot be kept is told before all of it has come.
///
/// # Errors
/// The reason, for the person.
pub fn guess(head: &[u8]) -> Result<FileKind, Refused> {
    Ok(match family(head)? {
        Family::Is(format) | Family::Boxes(format) => format.kind(),
        Family::Zip => FileKind::Office,
    })
}

/// What a file is. It is read to its end where its kind needs that.
///
/// # Errors
/// The reason why it is not taken, for the person.
pub fn look<F: Read + Seek>(file: &mut F, macros: Macros) -> Result<Format, Refused> {
    let bytes = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let format = match family(&head)? {
        Family::Zip => return zip::document(file, bytes, macros),
        Family::Boxes(format) => {
            boxes(file, bytes)?;
            format
        }
        Family::Is(format) => format,
    };
    match format {
        Format::Pdf if !ends_with_eof(file, bytes)? => return Err(Refused::Damaged("a PDF")),
        Format::Wav if riff_length(&head) > bytes => return Err(Refused::Damaged("a sound recording")),
        Format::Mp3 if !has_two_frames(file, &head)? => return Err(Refused::Damaged("a sound recording")),
        _ => {}
    }
    if is_also_a_page(&head, format) || zip::ends_as_archive(file, bytes)? {
        return Err(Refused::TwoKinds);
    }
    file.rewind()?;
    Ok(format)
}

enum Family {
    Is(Format),
    /// A zip, which may be an office document.
    Zip,
    /// Boxes of MP4 and `QuickTime`.
    Boxes(Format),
}

fn family(head: &[u8]) -> Result<Family, Refused> {
    use Family::{Boxes, Is};
    let at = |from: usize, what: &[u8]| head.get(from..from + what.len()) == Some(what);
    if head.is_empty() {
        return Err(Refused::Empty);
    }
    if zip::is_program(head) {
        return Err(Refused::Program);
    }
    Ok(match head {
        _ if at(0, b"\x89PNG\r\n\x1a\n") => Is(Format::Png),
        _ if at(0, b"\xff\xd8\xff") => Is(Format::Jpeg),
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => Is(Format::Gif),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => Is(Format::WebP),
        _ if at(0, b"RIFF") && at(8, b"WAVE") => Is(Format::Wav),
        _ if at(0, b"%PDF-1.") || at(0, b"%PDF-2.") => Is(Format::Pdf),
        _ if at(0, b"OggS\0") => Is(Format::Ogg),
        _ if at(0, b"\x1a\x45\xdf\xa3") => {
            let start = head.get(..64).unwrap_or(head);
            let says = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
            if says(b"webm") || says(b"matroska") { Is(Format::WebM) } else { return Err(Refused::Unknown) }
        }
        _ if at(4, b"ftyp") => match head.get(8..12) {
            Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"avif" | b"avis") => return Err(Refused::Heic),
            Some(b"M4A " | b"M4B ") => Boxes(Format::M4a),
            Some(b"qt  ") => Boxes(Format::Mov),
            Some(_) => Boxes(Format::Mp4),
            None => return Err(Refused::Damaged("a video")),
        },
        _ if at(0, b"PK\x03\x04") => Family::Zip,
        _ if at(0, b"ID3") || frame(head).is_some() => Is(Format::Mp3),
        _ if at(0, zip::OLE) => return Err(Refused::OldOffice),
        _ if at(0, b"Rar!") || at(0, b"7z\xbc\xaf") || at(0, b"\x1f\x8b") || at(0, b"PK\x05\x06") => {
            return Err(Refused::Archive);
        }
        _ => return Err(Refused::Unknown),
    })
}

/// Whether a browser or a reader of PDF could take the file for one of theirs: they look into the first kilobyte.
fn is_also_a_page(head: &[u8], format: Format) -> bool {
    let start = head.get(..1_024).unwrap_or(head).to_ascii_lowercase();
    let says = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    let page = [&b"<script"[..], b"<html", b"<!doctype", b"<?php", b"<svg", b"<iframe"].into_iter().any(says);
    page || (format != Format::Pdf && says(b"%pdf-"))
}

fn ends_with_eof<F: Read + Seek>(file: &mut F, bytes: u64) -> Result<bool, Refused> {
    let tail = tail(file, bytes, 1_024)?;
    Ok(tail.windows(5).any(|part| part == b"%%EOF"))
}

/// The last bytes of a file.
pub(crate) fn tail<F: Read + Seek>(file: &mut F, bytes: u64, most: u64) -> Result<Vec<u8>, Refused> {
    file.seek(SeekFrom::Start(bytes.saturating_sub(most)))?;
    let mut tail = Vec::new();
    file.by_ref().take(most).read_to_end(&mut tail)?;
    Ok(tail)
}

/// The length that a RIFF file says it has.
fn riff_length(head: &[u8]) -> u64 {
    head.get(4..8)
        .and_then(|length| length.try_into().ok())
        .map_or(u64::MAX, |length| u64::from(u32::from_le_bytes(length)) + 8)
}

/// Walks the boxes of an MP4 from the first to the last, which must end where the file ends.
fn boxes<F: Read + Seek>(file: &mut F, bytes: u64) -> Result<(), Refused> {
    const DAMAGED: Refused = Refused::Damaged("a video or sound recording");
    const MOST_BOXES: u32 = 100_000;
    let mut at = 0;
    for _ in 0..MOST_BOXES {
        if at == bytes {
            return Ok(());
        }
        let mut header = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let got = bytes.saturating_sub(at).min(16);
        if got < 8 {
            return Err(DAMAGED);
        }
        file.read_exact(&mut header[..usize::try_from(got).unwrap_or(8)])?;
        let [a, b, c, d, kind @ ..] = header;
        if !kind[..4].iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == 0xa9) {
            return Err(DAMAGED);
        }
        let size = match (u32::from_be_bytes([a, b, c, d]), kind) {
            (0, _) => return Ok(()),
            (1, [_, _, _, _, long @ ..]) if got == 16 => u64::from_be_bytes(long),
            (size, _) => u64::from(size),
        };
        at = at.checked_add(size).filter(|next| size >= 8 && *next <= bytes).ok_or(DAMAGED)?;
    }
    Err(DAMAGED)
}

/// The length of the frame of MPEG audio that begins here, if one does.
fn frame(bytes: &[u8]) -> Option<usize> {
    const RATES_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const RATES_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [a, b, c, ..] = *bytes else { return None };
    // Layer III of version 1, 2 or 2.5.
    if a != 0xff || b & 0xe0 != 0xe0 || b & 0x06 != 0x02 || b & 0x18 == 0x08 {
        return None;
    }
    let version_1 = b & 0x18 == 0x18;
    let rate =
        usize::from(c >> 4).checked_sub(1).and_then(|at| if version_1 { RATES_1 } else { RATES_2 }.get(at).copied())?;
    let samples = [44_100, 48_000, 32_000].get(usize::from(c >> 2 & 3)).copied()?;
    let samples = match b & 0x18 {
        0x18 => samples,
        0x10 => samples / 2,
        _ => samples / 4,
    };
    let padding = usize::from(c >> 1 & 1);
    Some(if version_1 { 144 } else { 72 } * rate * 1_000 / samples + padding)
}

/// Two frames that follow each other make it MPEG audio; one could be chance.
fn has_two_frames<F: Read + Seek>(file: &mut F, head: &[u8]) -> Result<bool, Refused> {
    const SEARCHED: usize = 8_192;
    let start = match head {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            [a, b, c, d].iter().fold(0_u64, |size, part| size << 7 | u64::from(**part & 0x7f)) + 10
        }
        _ => 0,
    };
    file.seek(SeekFrom::Start(start))?;
    let mut sound = Vec::new();
    file.by_ref().take(SEARCHED as u64).read_to_end(&mut sound)?;
    Ok((0..sound.len()).any(|at| {
        frame(&sound[at..]).and_then(|length| sound.get(at + length..)).is_some_and(|next| frame(next).is_some())
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn what(bytes: &[u8]) -> Result<Format, String> {
        look(&mut Cursor::new(bytes), Macros::Refused).map_err(|refused| format!("{refused:?}"))
    }

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n";

    fn mp4(brand: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 16];
        bytes.extend(b"ftyp");
        bytes.extend(brand);
        bytes.extend([0; 4]);
        bytes.extend([0, 0, 0, 12]);
        bytes.extend(b"mdatsong");
        bytes
    }

    /// R-BAS-18: recordings of sound and video are taken for what they are.
    /// ASVS 5.2.2
    #[test]
    fn r_bas_18_files_are_known_by_their_content() {
        assert_eq!(what(PDF), Ok(Format::Pdf));
        assert_eq!(what(&mp4(*b"isom")), Ok(Format::Mp4));
        assert_eq!(what(&mp4(*b"M4A ")), Ok(Format::M4a));
        assert_eq!(what(&mp4(*b"qt  ")), Ok(Format::Mov));
        let one = [&[0xff, 0xfb, 0x90, 0x00][..], &[0; 413]].concat();
        assert_eq!(what(&[&one[..], &one].concat()), Ok(Format::Mp3));
        assert_eq!(what(b"RIFF\x04\0\0\0WAVE"), Ok(Format::Wav));
        assert_eq!(what(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), Ok(Format::WebM));
        assert_eq!(what(b"OggS\0\x02"), Ok(Format::Ogg));
    }

    /// ASVS 1.3.4, 5.2.2
    #[test]
    fn what_is_no_document_is_refused_with_the_reason() {
        for (bytes, wanted) in [
            (&b""[..], "Empty"),
            (b"just some text", "Unknown"),
            (b"<html><body>", "Unknown"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>", "Unknown"),
            (b"<?xml version=\"1.0\"?><svg>", "Unknown"),
            (b"MZ\x90\0", "Program"),
            (b"\x7fELF\x02", "Program"),
            (b"#!/bin/sh\n", "Program"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OldOffice"),
            (b"Rar!\x1a\x07", "Archive"),
            (b"%PDF-1.7 and no end", "Damaged(\"a PDF\")"),
            (b"RIFF\xff\xff\0\0WAVE", "Damaged(\"a sound recording\")"),
            (b"ID3\x04\0\0\0\0\0\0 no frames", "Damaged(\"a sound recording\")"),
        ] {
            assert_eq!(what(bytes), Err(wanted.to_owned()));
            if wanted != "Damaged(\"a PDF\")" && !wanted.contains("sound") {
                assert!(guess(bytes).is_err(), "{wanted} is known at once");
            }
        }
        assert_eq!(what(&mp4(*b"heic")), Err("Heic".to_owned()));
        assert!(what(&mp4(*b"isom")[..25]).unwrap_err().starts_with("Damaged"), "cut short");
    }

    /// ASVS 1.5.3, 5.2.2
    #[test]
    fn a_file_that_is_two_kinds_at_once_is_refused() {
        let empty_zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
        assert_eq!(what(&[PDF, &empty_zip].concat()), Err("TwoKinds".to_owned()), "PDF and zip");
        assert_eq!(what(b"GIF89a/*<script>alert(1)</script>*/"), Err("TwoKinds".to_owned()), "picture and page");
        assert_eq!(what(&[b"GIF89a", PDF].concat()), Err("TwoKinds".to_owned()), "picture and PDF");
    }
}
