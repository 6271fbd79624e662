use std::io::{Cursor, Write as _};

use flate2::{Compression, Crc, write::DeflateEncoder};

use super::*;

/// Writes an archive as office programs do.
fn archive_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(content).unwrap();
        let packed = deflate.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let at = u32::try_from(bytes.len()).unwrap();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        common.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(parts.len()).unwrap();
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

const WORD: &str = r#"<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let own = [("[Content_Types].xml", WORD.as_bytes()), ("word/document.xml", b"<w:document/>")];
    archive_of(&own.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>())
}

fn what(bytes: &[u8]) -> Result<Format, String> {
    crate::look(&mut Cursor::new(bytes), Macros::Refused).map_err(|refused| format!("{refused:?}"))
}

#[test]
fn office_documents_are_known_by_what_is_inside() {
    assert_eq!(what(&docx(&[])), Ok(Format::Docx));
    let text = b"application/vnd.oasis.opendocument.text";
    assert_eq!(what(&archive_of(&[("mimetype", text), ("content.xml", b"<x/>")])), Ok(Format::Odt));
    assert_eq!(what(&archive_of(&[("notes.txt", b"hello")])), Err("Archive".to_owned()));
    let sheet = docx(&[]);
    assert_eq!(what(&docx(&[("word/embeddings/one.docx", &sheet)])), Ok(Format::Docx), "a document in a document");
}

#[test]
fn macros_are_refused_or_taken_as_the_pack_says() {
    let with = docx(&[("word/vbaProject.bin", OLE)]);
    assert_eq!(what(&with), Err("Macro".to_owned()));
    assert_eq!(crate::look(&mut Cursor::new(&with), Macros::Taken).unwrap(), Format::Docm);
    let says = WORD.replace("openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled");
    assert_eq!(what(&archive_of(&[("[Content_Types].xml", says.as_bytes())])), Err("Macro".to_owned()));
    let text = b"application/vnd.oasis.opendocument.text";
    assert_eq!(what(&archive_of(&[("mimetype", text), ("Basic/Standard/a.xml", b"<x/>")])), Err("Macro".to_owned()));
}

/// ASVS 5.2.2
#[test]
fn a_program_inside_a_document_is_found() {
    assert_eq!(what(&docx(&[("word/media/image1.png", b"MZ\x90\0")])), Err("Program".to_owned()));
    assert_eq!(what(&docx(&[("word/embeddings/oleObject1.bin", OLE)])), Err("Program".to_owned()));
    let inner = docx(&[("word/media/a.png", b"\x7fELF")]);
    assert_eq!(what(&docx(&[("word/embeddings/one.docx", &inner)])), Err("Program".to_owned()), "one deeper");
}

/// ASVS 5.2.3
#[test]
fn bombs_are_refused_without_being_unpacked() {
    let zeros = vec![0; 210_000_000];
    let large = docx(&[("word/a.bin", &zeros), ("word/b.bin", &zeros)]);
    assert!(large.len() < 1_000_000, "it is small from outside");
    assert_eq!(what(&large), Err("Bomb".to_owned()), "too much in all");
    let mut nested = docx(&[]);
    for _ in 0..3 {
        nested = docx(&[("word/embeddings/one.docx", &nested)]);
    }
    assert_eq!(what(&nested), Err("Bomb".to_owned()), "too deep");
    let empty: Vec<String> = (0..=MOST_PARTS).map(|n| n.to_string()).collect();
    let parts: Vec<(&str, &[u8])> = empty.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(what(&archive_of(&parts)), Err("Bomb".to_owned()), "too many parts");
}

/// ASVS 1.5.3, 5.2.5, 5.3.3
#[test]
fn archives_that_programs_read_differently_are_refused() {
    let good = docx(&[]);
    assert_eq!(what(&[&b"PK\x03\x04 more before"[..], &good].concat()).unwrap_err(), "Damaged(\"an office document\")");
    let twice = archive_of(&[("[Content_Types].xml", WORD.as_bytes()), ("[content_types].xml", b"")]);
    assert_eq!(what(&twice), Err("TwoKinds".to_owned()), "the same name twice");
    assert_eq!(what(&docx(&[("../../autostart", b"x")])), Err("TwoKinds".to_owned()), "a name that leaves its folder");
    // The list says less than comes out.
    let mut lies = docx(&[("word/a.bin", &[7; 5_000])]);
    let at = lies.windows(4).rposition(|part| part == 5_000_u32.to_le_bytes()).unwrap();
    lies[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    assert_eq!(what(&lies), Err("Bomb".to_owned()));
    // Two parts that share their bytes.
    let mut shared = docx(&[("word/aa.bin", b"x"), ("word/bb.bin", b"x")]);
    let second = shared.windows(11).rposition(|part| part == b"word/bb.bin").unwrap();
    let first = u32::try_from(shared.windows(11).position(|part| part == b"word/aa.bin").unwrap() - 30).unwrap();
    shared[second - 4..second].copy_from_slice(&first.to_le_bytes());
    assert_eq!(what(&shared), Err("TwoKinds".to_owned()), "overlapping");
    let mut link = docx(&[("word/link", b"/etc/passwd")]);
    let at = link.windows(4).rposition(|part| part == b"PK\x01\x02").unwrap();
    link[at + 40..at + 42].copy_from_slice(&0o120_777_u16.to_le_bytes());
    assert_eq!(what(&link), Err("TwoKinds".to_owned()), "a link");
    for cut in [good.len() - 1, good.len() / 2] {
        assert!(what(&good[..cut]).is_err(), "cut at {cut}");
    }
    let mut locked = good;
    let at = locked.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    locked[at + 8] |= 1;
    assert_eq!(what(&locked), Err("OldOffice".to_owned()), "encrypted");
}
