//! Which file is which, by its columns and never by its name, and its rows.
//!
//! A file is read line by line: no value of the collection holds a line break, so a quotation mark left open can spoil
//! its own line and no other.

use std::sync::Arc;

use super::report::{Note, RowId, Tally};

/// The yearly files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One row a child.
    Header,
    /// One row for each change of legal status or placement.
    Episodes,
    /// Reviews of looked-after children.
    Reviews,
    /// Missing, or away without authorisation.
    Missing,
    /// Unaccompanied asylum-seeking children.
    Uasc,
    /// Outcomes of children looked after for a year.
    Oc2,
    /// Care leavers.
    Oc3,
    /// Adoptions.
    Ad1,
    /// Decisions that a child should be placed for adoption.
    PlacedForAdoption,
    /// Permanence before this period of care.
    PreviousPermanence,
    /// Social workers.
    SocialWorker,
    /// Deprivation of liberty orders.
    Dolo,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Header,
        Self::Episodes,
        Self::Reviews,
        Self::Missing,
        Self::Uasc,
        Self::Oc2,
        Self::Oc3,
        Self::Ad1,
        Self::PlacedForAdoption,
        Self::PreviousPermanence,
        Self::SocialWorker,
        Self::Dolo,
    ];

    /// What people call the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Episodes => "episodes",
            Self::Reviews => "reviews",
            Self::Missing => "missing",
            Self::Uasc => "UASC",
            Self::Oc2 => "OC2",
            Self::Oc3 => "OC3",
            Self::Ad1 => "AD1",
            Self::PlacedForAdoption => "placed for adoption",
            Self::PreviousPermanence => "previous permanence",
            Self::SocialWorker => "social worker",
            Self::Dolo => "deprivation of liberty",
        }
    }

    /// Whether its rows become part of a child.
    pub fn is_read(self) -> bool {
        self <= Self::Uasc
    }

    /// Its columns, in the collection's order.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Header => &["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
            Self::Episodes => &[
                "CHILD",
                "DECOM",
                "RNE",
                "LS",
                "CIN",
                "PLACE",
                "PLACE_PROVIDER",
                "DEC",
                "REC",
                "REASON_PLACE_CHANGE",
                "HOME_POST",
                "PL_POST",
                "URN",
            ],
            Self::Reviews => &["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
            Self::Missing => &["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
            Self::Uasc => &["CHILD", "SEX", "DOB", "DUC"],
            Self::Oc2 => &[
                "CHILD",
                "DOB",
                "SDQ_SCORE",
                "SDQ_REASON",
                "CONVICTED",
                "HEALTH_CHECK",
                "IMMUNISATIONS",
                "TEETH_CHECK",
                "HEALTH_ASSESSMENT",
                "SUBSTANCE_MISUSE",
                "INTERVENTION_RECEIVED",
                "INTERVENTION_OFFERED",
            ],
            Self::Oc3 => &["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
            Self::Ad1 => {
                &["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"]
            }
            Self::PlacedForAdoption => &["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
            Self::PreviousPermanence => &["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
            Self::SocialWorker => &["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
            Self::Dolo => &["CHILD", "DOB", "DOLO_START", "DOLO_END"],
        }
    }

    /// Columns that a set may lack: older years did not have them.
    fn may_lack(self) -> &'static [&'static str] {
        match self {
            Self::Header => &["UPN", "MOTHER", "MC_DOB"],
            Self::Episodes => &["PLACE_PROVIDER", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"],
            _ => &[],
        }
    }

    /// The kind with these columns, in any order.
    fn of(headings: &[String]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            let has = |column: &&str| headings.iter().any(|heading| heading == column);
            headings.iter().all(|heading| kind.columns().contains(&heading.as_str()))
                && kind.columns().iter().all(|column| has(column) || kind.may_lack().contains(column))
        })
    }
}

/// A row of a file whose kind is known: trimmed values, in the order of [`Kind::columns`] whatever the file's own.
#[derive(Clone)]
pub(super) struct Row {
    pub id: RowId,
    pub kind: Kind,
    pub cells: Arc<[String]>,
}

impl Row {
    pub fn get(&self, column: &str) -> &str {
        let at = self.kind.columns().iter().position(|known| *known == column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

/// Opens a file: its rows, where its kind is one that is read. What cannot be used is said to the tally.
pub(super) fn open(tally: &mut Tally, file: usize, bytes: &[u8]) -> Vec<Row> {
    let text = match text(bytes) {
        Ok(text) => text,
        Err((line, reason)) => {
            tally.refuse_file(file, line, reason);
            return Vec::new();
        }
    };
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let headings: Vec<String> = lines
        .next()
        .and_then(|(_, line)| values(line))
        .unwrap_or_default()
        .into_iter()
        .map(|heading| heading.to_ascii_uppercase())
        .collect();
    let kind = Kind::of(&headings);
    let repeated = kind.is_some() && (1..headings.len()).any(|at| headings[..at].contains(&headings[at]));
    let Some(kind) = kind.filter(|_| !repeated) else {
        for (line, _) in lines {
            tally.open(file, line);
        }
        let reason =
            if repeated { "it has the same column twice" } else { "its columns are not those of any SSDA903 file" };
        tally.refuse_file(file, None, reason);
        return Vec::new();
    };
    tally.kind(file, kind);
    if !kind.is_read() {
        tally.not_read(file);
    }
    for column in kind.columns().iter().filter(|column| !headings.iter().any(|heading| heading == **column)) {
        tally.check_file(file, Note::on(column, "the file has no such column; its rows were taken without it"));
    }
    let places: Vec<Option<usize>> =
        kind.columns().iter().map(|column| headings.iter().position(|heading| heading == column)).collect();
    let mut rows = Vec::new();
    for (number, line) in lines {
        let id = tally.open(file, number);
        if !kind.is_read() {
            continue;
        }
        match values(line) {
            Some(mut values) if values.len() == headings.len() => {
                let cells = places.iter().map(|at| at.map_or_else(String::new, |at| std::mem::take(&mut values[at])));
                let cells: Arc<[String]> = cells.collect();
                tally.holds(id, Arc::clone(&cells));
                rows.push(Row { id, kind, cells });
            }
            values => {
                tally.holds(id, Arc::from([line.to_owned()]));
                let reason = match values {
                    Some(_) => "the row has more or fewer values than there are columns; not taken",
                    None => "a quotation mark is not closed; not taken",
                };
                tally.refuse(id, Note::on_row(reason));
            }
        }
    }
    rows
}

fn text(bytes: &[u8]) -> Result<&str, (Option<u64>, &'static str)> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err((None, "it is empty"));
    }
    if bytes.contains(&0) {
        return Err((None, "it is not a text file (a workbook must be saved as CSV first)"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = (1..).zip(bytes[..error.valid_up_to()].split(|byte| *byte == b'\n')).last().map(|(line, _)| line);
        (line, "a character here is not UTF-8; save the file as \"CSV UTF-8\" and run again")
    })
}

/// The trimmed values of one line; none where a quotation mark is left open.
fn values(line: &str) -> Option<Vec<String>> {
    if !line.contains('"') {
        return Some(line.split(',').map(|value| value.trim().to_owned()).collect());
    }
    if !line.matches('"').count().is_multiple_of(2) {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|value| value.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Kind, open, values};
    use std::sync::Arc;

    use super::super::report::{Report, Tally};

    fn opened(bytes: &[u8]) -> (Option<Kind>, Vec<Arc<[String]>>, Report) {
        let mut tally = Tally::default();
        let file = tally.file("f.csv");
        let rows = open(&mut tally, file, bytes).into_iter().map(|row| row.cells).collect();
        let report = tally.finish();
        (report.files[0].kind, rows, report)
    }

    #[test]
    fn a_file_is_known_by_its_columns() {
        for kind in Kind::ALL {
            let columns = kind.columns().join(",");
            assert_eq!(opened(columns.as_bytes()).0, Some(kind));
        }
        let (kind, rows, report) =
            opened(b"\xEF\xBB\xBFdob, Review_Code ,REVIEW,child\r\n\r\n01/02/2003,PN1,\"02/03/2013\", 7\r\n");
        assert_eq!(kind, Some(Kind::Reviews));
        assert_eq!(rows[0][..], ["7", "01/02/2003", "02/03/2013", "PN1"]);
        assert_eq!(report.files[0].counts.rows, 1);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_refused_whole() {
        for (bytes, line, says) in [
            (&b""[..], None, "empty"),
            (b"PK\x03\x04\0\0", None, "not a text file"),
            (b"CHILD,DOB\n1,\xA0\n", Some(2), "not UTF-8"),
            (b"CHILD,DOB,IN_TOUCH,ACTIV,ACCOM,NOTE\n1,,,,,\n", None, "not those of any"),
            (b"CHILD,DOB,REVIEW,REVIEW_CODE,DOB\n1,,,,\n", None, "same column twice"),
            (b"<EXPSSDA903>\n<CHILD>\n", None, "not those of any"),
        ] {
            let (kind, rows, report) = opened(bytes);
            assert_eq!((kind, rows.len()), (None, 0));
            let [remark] = &report.remarks[..] else { panic!("{says}: {}", report.remarks.len()) };
            assert!(remark.reason.contains(says) && remark.line == line, "{remark}");
            let counts = report.files[0].counts;
            assert!(counts.add_up() && counts.refused == counts.rows, "{counts:?}");
        }
    }

    #[test]
    fn a_spoilt_line_spoils_no_other() {
        let (_, rows, report) = opened(b"CHILD,DOB,REVIEW,REVIEW_CODE\n1,\"2,3,4\n1,2,3\n5,6,7,8\n");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0][..], ["5", "6", "7", "8"]);
        assert_eq!(report.remarks[0].value.as_received(), "1,\"2,3,4");
        assert_eq!(report.remarks.iter().map(|remark| remark.line).collect::<Vec<_>>(), [Some(2), Some(3)]);
    }

    #[test]
    fn columns_of_later_years_may_be_lacking() {
        let (kind, _, report) = opened(b"CHILD,SEX,DOB,ETHNIC,UPN\n1,M,01/01/2001,WBRI,UN1\n");
        assert_eq!(kind, Some(Kind::Header));
        assert_eq!(report.remarks.len(), 2);
    }

    #[test]
    fn values_of_a_line() {
        assert_eq!(values("a, b ,,\"c,\"\"d\""), Some(["a", "b", "", "c,\"d"].map(String::from).to_vec()));
        assert_eq!(values("a,\"b"), None);
    }
}
