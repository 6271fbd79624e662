//! Whole sets: a small dirty one made by hand, several years of one child, and the sector's own samples.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};

use super::{Child, Codes, Counts, Known, Origin, Reading, Report, Severity, list, read};

const TODAY: Date = date(2026, 7, 1);
/// Made-up sets of others (MIT; authors in their README) and a clean one of ours.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/903");

struct Lists;

impl Codes for Lists {
    fn knows(&self, list: &str, code: &str) -> Known {
        let (current, withdrawn) = match list {
            list::SEX => ("M F U", ""),
            list::ETHNICITY => (
                "WBRI WIRI WIRT WOTH WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT",
                "",
            ),
            list::UPN_UNKNOWN => ("UN1 UN2 UN3 UN4 UN5 UN6 UN7", ""),
            list::LEGAL_STATUS => ("C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3", ""),
            list::CATEGORY_OF_NEED => ("N1 N2 N3 N4 N5 N6 N7 N8", ""),
            list::PLACEMENT_TYPE => (
                "A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z11 Z12 Z13 Z14",
                "Z1 H5 P2",
            ),
            list::PLACEMENT_PROVIDER => ("PR0 PR1 PR2 PR3 PR4 PR5", ""),
            list::REASON_NEW_EPISODE => ("S L P T B U", ""),
            list::REASON_EPISODE_CEASED => {
                ("X1 E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E9 E14 E15 E16 E17 E8", "")
            }
            list::REASON_PLACEMENT_CHANGE => {
                ("CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER", "")
            }
            list::REVIEW_PARTICIPATION => ("PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7", ""),
            list::MISSING_TYPE => ("M A", ""),
            _ => ("", ""),
        };
        let has = |codes: &str| codes.split(' ').any(|known| known == code);
        match (has(current), has(withdrawn)) {
            (true, _) => Known::Current,
            (false, true) => Known::Withdrawn,
            (false, false) => Known::Unknown,
        }
    }
}

fn reading(files: &[(&str, &str)]) -> Reading {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let reading = read(&files, &Lists, TODAY, |_| ());
    adds_up(&reading.report);
    reading
}

/// Every row met one end, and no row was refused or listed without a remark.
fn adds_up(report: &Report) {
    for file in &report.files {
        assert!(file.counts.add_up(), "{file}");
        assert_eq!(
            file.counts.not_read > 0,
            file.kind.is_some_and(|kind| !kind.is_read()) && file.counts.rows > 0,
            "{file}"
        );
        if file.not_taken.is_some() {
            continue;
        }
        let mut lines = BTreeMap::new();
        for remark in report.remarks.iter().filter(|remark| remark.file == file.name) {
            let Some(line) = remark.line else { continue };
            let worst = lines.entry(line).or_insert(remark.severity);
            *worst = remark.severity.max(*worst);
        }
        let said = |severity| lines.values().filter(|worst| **worst == severity).count() as u64;
        assert_eq!(said(Severity::ToCheck), file.counts.to_check, "{file}");
        assert_eq!(said(Severity::Refused), file.counts.refused, "{file}");
    }
}

fn remarks(report: &Report) -> String {
    let mut text = String::new();
    for remark in &report.remarks {
        let mark = if remark.severity == Severity::Refused { "refused" } else { "check" };
        writeln!(text, "{mark} {remark}").expect("a string takes text");
    }
    text
}

/// The child's legal statuses and placements in a few words.
fn story(child: &Child) -> Vec<String> {
    let until = |until: Option<Date>, assumed: bool| {
        until.map_or("now".to_owned(), |day| format!("{day}{}", if assumed { "?" } else { "" }))
    };
    let statuses = child.legal_statuses.iter().map(|span| {
        format!(
            "{} {} {} ({} rows)",
            span.code,
            span.from,
            until(span.until, span.until_assumed),
            span.origin.said_by.len()
        )
    });
    let placements = child.placements.iter().map(|placement| {
        let rows = placement.origin.said_by.len();
        format!(
            "{} {} {} ({rows} rows)",
            placement.kind,
            placement.from,
            until(placement.until, placement.until_assumed)
        )
    });
    statuses.chain(placements).collect()
}

const EPISODES: &str =
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";
const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
const ANN: &str = "1,F,02/03/2010,WBRI,A950000178301,0,\n";

#[test]
fn a_dirty_set() {
    let header = format!(
        "{HEADER}{ANN}{ANN}\
        2,1,02/03/2010,XXXX,A950000178302,1.0,01/01/2009\n\
        ,M,02/03/2010,WBRI,UN1,,\n\
        3,M,,WBRI,UN1,,\n\
        4,M,31/02/2010,WBRI,UN1,,\n\
        5,M,02/03/2027,WBRI,UN1,,\n\
        6,M,02/03/2010,WBRI,UN1,,\n\
        6,M,03/03/2010,WBRI,UN1,,\n\
        7,m,2010-03-02,wbri,UN9,2,\n\
        8,M,02/03/2010,WBRI\n"
    );
    let episodes = format!(
        "{EPISODES}\
        1,01/05/2020,S,C1,N1,U4,PR1,01/04/2020,X1,,M1 1AE,M1 1AE,SC400001\n\
        1,,S,C1,N1,U4,PR1,,,,,,\n\
        1,01/05/2009,S,C1,N1,U4,PR1,,,,,,\n\
        2,01/05/2020,S,C1,N9,H5,PR1,,E4A,,EG19 7TT,M1 1AE,12\n\
        2,01/05/2021,P,ZZ,N1,Q1,,yesterday,,,,,\n\
        3,01/05/2020,S,C1,N1,U4,PR1,,,,,,\n\
        6,01/05/2020,S,C1,N1,U4,PR1,,,,,,\n\
        9,01/05/2020,S,C1,N1,U4,PR1,,,,,,\n"
    );
    let reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\n\
        1,02/03/2011,01/05/2020,PN1\n1,02/03/2010,01/05/2009,PN1\n1,02/03/2010,01/05/2020,PN1\n1,02/03/2010,01/05/2020,PN2\n\
        3,02/03/2012,01/05/2020,PN1\n";
    let missing =
        "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,02/03/2010,M,03/05/2020,01/05/2020\n1,02/03/2010,Q,03/05/2020,\n";
    let uasc = "CHILD,SEX,DOB,DUC\n1,M,02/03/2010,02/03/2028\n";
    let oc3 = "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n1,02/03/2010,YES,F1,K1\n";
    let reading = reading(&[
        ("h.csv", &header),
        ("e.csv", &episodes),
        ("r.csv", reviews),
        ("m.csv", missing),
        ("u.csv", uasc),
        ("o.csv", oc3),
        ("notes.csv", "A,B\n1,2\n"),
    ]);
    let expected = "\
check h.csv, line 4, MC_DOB: the child of this child is not the younger; taken as received
check h.csv, line 4, SEX: a code of an older year; taken as the letter that replaced it
check h.csv, line 4, ETHNIC: a code that is in no list; taken as received
check h.csv, line 4, UPN: the check letter does not follow from the digits; taken as received
refused h.csv, line 5, CHILD: there is no child number; not taken
refused h.csv, line 6, DOB: there is no date of birth; not taken
refused h.csv, line 7, DOB: the date of birth is not a date; not taken
refused h.csv, line 8, DOB: the date of birth is in the future; not taken
refused h.csv, line 9, CHILD: in conflict with itself: this child number has two dates of birth; not taken
refused h.csv, line 10, CHILD: in conflict with itself: this child number has two dates of birth; not taken
check h.csv, line 11, DOB: not written as dd/mm/yyyy; taken as yyyy-mm-dd
check h.csv, line 11, MOTHER: neither 0 nor 1; left blank
check h.csv, line 11, SEX: in small letters; taken as if in capitals
check h.csv, line 11, ETHNIC: in small letters; taken as if in capitals
check h.csv, line 11, UPN: a reason code of other collections; taken as received
refused h.csv, line 12: the row has more or fewer values than there are columns; not taken
refused e.csv, line 2, DEC: in conflict with itself: it ends before it starts; not taken
refused e.csv, line 3, DECOM: there is no date; not taken
refused e.csv, line 4, DECOM: in conflict with itself: it is before the child's birth; not taken
check e.csv, line 5, REC: a reason for ceasing without the date; taken as not ended in this set
check e.csv, line 5, CIN: a code that is in no list; taken as received
check e.csv, line 5, PLACE: a code of an older year; taken as received
check e.csv, line 5, HOME_POST: there can be no such postcode; taken as received
check e.csv, line 5, URN: not the shape of an Ofsted number; taken as received
check e.csv, line 5, CIN: a code of the children in need census, not of this collection; taken as received
check e.csv, line 5, DEC: no end, though a later episode began; taken as ended on that day
check e.csv, line 6, DEC: not a date; left blank
check e.csv, line 6, LS: a code that is in no list; taken as received
check e.csv, line 6, PLACE: a code of an older year; taken as received
check e.csv, line 7, CHILD: no header row in any set; taken by the date of birth in other files
refused e.csv, line 8, CHILD: in conflict with itself: this child number has two dates of birth; not taken
refused e.csv, line 9, CHILD: no row anywhere gives this child's date of birth; not taken
refused r.csv, line 2, DOB: in conflict with itself: the date of birth is not the header's; not taken
refused r.csv, line 3, REVIEW: in conflict with itself: it is before the child's birth; not taken
check r.csv, line 5: another row of this kind has the same first day; both were taken
check r.csv, line 6, CHILD: no header row in any set; taken by the date of birth in other files
refused m.csv, line 2, MIS_END: in conflict with itself: it ends before it starts; not taken
check m.csv, line 3, MISSING: a code that is in no list; taken as received
check u.csv, line 2, SEX: not what the header says; the header's was kept
refused notes.csv: its columns are not those of any SSDA903 file
";
    assert_eq!(remarks(&reading.report), expected);
    let numbers: Vec<_> = reading.children.iter().map(|child| child.number.as_str()).collect();
    assert_eq!(numbers, ["1", "2", "3", "7"]);
    let lines: Vec<_> = reading.report.files.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "h.csv: header, 11 rows: 1 taken, 2 to check, 7 refused, 1 already said",
            "e.csv: episodes, 8 rows: 0 taken, 3 to check, 5 refused, 0 already said",
            "r.csv: reviews, 5 rows: 1 taken, 2 to check, 2 refused, 0 already said",
            "m.csv: missing, 2 rows: 0 taken, 1 to check, 1 refused, 0 already said",
            "u.csv: UASC, 1 rows: 0 taken, 1 to check, 0 refused, 0 already said",
            "o.csv: OC3, 1 rows, not taken: this kind is not read yet",
            "notes.csv: 1 rows, not taken: its columns are not those of any SSDA903 file",
        ]
    );
    // The manager sees the value; neither the terminal nor the log does.
    let remark = &reading.report.remarks[1];
    assert_eq!(remark.value.as_received(), "1");
    assert!(!format!("{remark:?}").contains("\"1\""));
}

#[test]
fn years_are_one_child() {
    let first = format!(
        "{EPISODES}1,01/05/2017,S,V2,N1,U4,PR1,01/09/2017,X1,,M1 1AE,M1 1AE,SC400001\n\
        1,01/09/2017,L,C1,N1,U4,PR1,,,,M1 1AE,M1 1AE,SC400001\n"
    );
    let second = format!(
        "{EPISODES}1,01/09/2017,L,C1,N1,U4,PR1,01/06/2018,X1,CARPL,M1 1AE,M1 1AE,SC400001\n\
        1,01/06/2018,P,C1,N1,K2,PR4,,,,M1 1AE,M1 1AF,SC400002\n"
    );
    let third =
        format!("{EPISODES}1,01/06/2018,P,C2,N1,K2,PR4,,,,M1 1AE,M1 1AF,SC400002\n1,01/02/2020,P,C2,N1,U6,PR4,,,,,,\n");
    let header = format!("{HEADER}{ANN}");
    let changed = format!("{HEADER}{}", ANN.replace("WBRI", "BCRB"));
    let (a, b, c) = (("a/h.csv", &*header), ("b/h.csv", &*header), ("c/h.csv", &*changed));
    // The order of the files does not matter: the years are known by their dates.
    let all = reading(&[c, ("c/e.csv", &third), ("a/e.csv", &first), a, b, ("b/e.csv", &second)]);
    let [child] = &all.children[..] else { panic!("one child") };
    assert_eq!(
        story(child),
        [
            "V2 2017-05-01 2017-09-01 (1 rows)",
            "C1 2017-09-01 2018-06-01 (2 rows)",
            "C2 2018-06-01 now (3 rows)",
            "U4 2017-05-01 2018-06-01 (3 rows)",
            "K2 2018-06-01 2020-02-01? (2 rows)",
            "U6 2020-02-01 now (1 rows)",
        ]
    );
    assert_eq!(child.ethnicity.as_deref(), Some("BCRB"));
    assert_eq!(
        child.earlier.iter().map(|was| (was.column, was.value.as_received())).collect::<Vec<_>>(),
        [("ETHNIC", "WBRI")]
    );
    assert_eq!(
        remarks(&all.report),
        "check c/h.csv, line 2, ETHNIC: not what an earlier row says; this was taken, the earlier kept\n\
        check c/e.csv, line 2, LS: not what an earlier year says of the same thing; this row was taken\n\
        check c/e.csv, line 2, DEC: no end, though a later episode began; taken as ended on that day\n"
    );
    assert_eq!(all.report.files[4].counts, Counts { rows: 1, already_said: 1, ..Counts::default() });
    // A year read alone gives items that the same keys know.
    let alone = reading(&[b, ("b/e.csv", &second)]);
    for span in &alone.children[0].legal_statuses {
        assert!(child.legal_statuses.iter().any(|known| known.origin.keys.contains(&span.origin.keys[0])));
    }
    for placement in &alone.children[0].placements {
        assert!(child.placements.iter().any(|known| known.origin.keys.contains(&placement.origin.keys[0])));
    }
}

#[test]
fn a_later_word_is_taken() {
    let header = |ethnicity: &str| format!("{HEADER}{}", ANN.replace("WBRI", ethnicity));
    let (white, black) = (header("WBRI"), header("BCRB"));
    let reviews = |code: &str| format!("CHILD,DOB,REVIEW,REVIEW_CODE\n1,02/03/2010,01/05/2017,{code}\n");
    let (before, after) = (reviews("PN1"), reviews("PN2"));
    let missing = |end: &str| format!("CHILD,DOB,MISSING,MIS_START,MIS_END\n1,02/03/2010,M,30/03/2018,{end}\n");
    let (open, closed) = (missing(""), missing("02/04/2018"));
    let reading = reading(&[
        ("2017-h.csv", &white),
        ("2018-h.csv", &black),
        ("2019-h.csv", &white), // the first again: not "already said", since something else was said in between
        ("2017-r.csv", &before),
        ("2018-r.csv", &after),
        ("2017-m.csv", &open),
        ("2018-m.csv", &closed),
    ]);
    let [child] = &reading.children[..] else { panic!("one child") };
    assert_eq!(child.ethnicity.as_deref(), Some("WBRI"));
    let [review] = &child.reviews[..] else { panic!("one review") };
    assert_eq!(review.participation.as_deref(), Some("PN2"));
    assert_eq!(review.origin.keys, ["903/1/review/2017-05-01/PN1", "903/1/review/2017-05-01/PN2"]);
    let [missing] = &child.missing[..] else { panic!("once missing") };
    assert_eq!(missing.until, Some(date(2018, 4, 2)));
    assert_eq!(
        remarks(&reading.report),
        "check 2018-h.csv, line 2, ETHNIC: not what an earlier row says; this was taken, the earlier kept\n\
        check 2019-h.csv, line 2, ETHNIC: not what an earlier row says; this was taken, the earlier kept\n\
        check 2018-r.csv, line 2, REVIEW_CODE: not what an earlier year says of the same thing; this row was taken\n"
    );
}

/// ASVS 1.5.2
#[test]
fn random_bytes_harm_nothing() {
    let header = format!("{HEADER}{ANN}2,M,03/04/2011,WBRI,UN1,,\n");
    let episodes = format!(
        "{EPISODES}1,01/05/2017,S,V2,N1,U4,PR1,01/09/2017,X1,,M1 1AE,M1 1AE,SC400001\n2,01/05/2017,S,V2,N1,U4,PR1,,,,,,\n"
    );
    let interesting = b"\",\n\r/-0129AZ\xFF\xC3\xA9\0 ";
    let mut seed: u64 = 903;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    for _ in 0..2_000 {
        let mut files = [header.clone().into_bytes(), episodes.clone().into_bytes()];
        for _ in 0..=next(6) {
            let file = &mut files[next(2)];
            let at = next(file.len());
            file[at] = interesting[next(interesting.len())];
        }
        let [header, episodes] = &files;
        let reading = read(&[("h.csv", header), ("e.csv", episodes)], &Lists, TODAY, |_| ());
        adds_up(&reading.report);
    }
}

fn csv_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the samples are there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            csv_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            found.push(path);
        }
    }
    found.sort();
}

/// The files of a sample, under another folder's name too where they are to be read twice.
fn sample(folder: &str, copies: &[&str]) -> Reading {
    let mut paths = Vec::new();
    csv_files(&Path::new(SAMPLES).join(folder), &mut paths);
    let mut files = Vec::new();
    for copy in copies {
        for path in &paths {
            let name = path.strip_prefix(SAMPLES).expect("found in the samples").display();
            files.push((format!("{copy}{name}"), fs::read(path).expect("the file can be read")));
        }
    }
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let mut heard = 0;
    let reading = read(&files, &Lists, TODAY, |progress| heard = progress.files);
    assert_eq!(heard, files.len());
    adds_up(&reading.report);
    accounted_for(&reading);
    reading
}

fn origins(child: &Child) -> impl Iterator<Item = &Origin> {
    (child.legal_statuses.iter().map(|item| &item.origin))
        .chain(child.placements.iter().map(|item| &item.origin))
        .chain(child.reviews.iter().map(|item| &item.origin))
        .chain(child.missing.iter().map(|item| &item.origin))
        .chain(child.uasc.iter().map(|item| &item.origin))
}

/// Every row that was taken stands behind something, and no two things share a key.
fn accounted_for(reading: &Reading) {
    let mut keys = BTreeSet::new();
    let mut rows = BTreeSet::new();
    for child in &reading.children {
        rows.extend(&child.said_by);
        for origin in origins(child) {
            rows.extend(&origin.said_by);
            for key in &origin.keys {
                assert!(keys.insert(key), "{key} twice");
            }
        }
    }
    let Counts { taken, to_check, already_said, .. } = reading.report.totals();
    let found = rows.len() as u64;
    assert!((taken + to_check..=taken + to_check + already_said).contains(&found), "{found} of {taken} and {to_check}");
}

#[test]
fn the_sectors_samples() {
    for (folder, year, children, [rows, taken, to_check, refused, already_said, not_read]) in [
        ("d2i-903-fake", 2017, 2675, [25_975, 12_572, 7_908, 0, 2, 5_493]),
        ("cs-demand-model-903-2017-2021", 2017, 820, [21_441, 3_568, 4_508, 0, 8_911, 4_454]),
        ("hand-clean", 2025, 3, [31, 16, 0, 0, 3, 12]),
    ] {
        let once = sample(folder, &[""]);
        assert_eq!(once.report.totals(), Counts { rows, taken, to_check, refused, already_said, not_read }, "{folder}");
        assert_eq!(once.children.len(), children);
        assert_eq!(once.report.files[0].year, Some(year), "{folder}");
        // The same sets again, from another folder, say nothing new.
        let twice = sample(folder, &["", "copy/"]);
        let said: Vec<_> = once.children.iter().map(keys).collect();
        assert!(said == twice.children.iter().map(keys).collect::<Vec<_>>(), "{folder}");
    }
}

fn keys(child: &Child) -> Vec<&String> {
    origins(child).flat_map(|origin| &origin.keys).collect()
}
