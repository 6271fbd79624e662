//! Reading the yearly CSV sets of the collection on looked-after children (SSDA903).
//!
//! The sets of any number of years go in together; out come children, each told once, and a report in which every row
//! met exactly one end: taken, taken and listed to check, refused, already said, or in a file of a kind not read yet.
//! Nothing is put right here: what is odd is taken as received and listed, and refused only where there is no child
//! number, no date of birth or no date of its own, or where it is in conflict with itself.
//!
//! Pure: the caller brings the bytes, the lists of codes and today's date. Absent on purpose: the collection's rules
//! about combinations of codes, which are for returns that we make; and matching two numbers to one child, which would
//! undo the break that an adoption makes.

mod child;
mod codes;
mod day;
mod files;
mod merge;
mod report;
mod rows;
mod sets;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

pub use child::{Child, Earlier, Missing, Origin, Placement, Received, Review, Span, Uasc};
pub use codes::{Codes, Known, list};
pub use files::Kind;
pub use report::{Counts, FileReport, Provenance, Remark, Report, Severity, Value};

use files::Row;
use merge::{Arrival, Merger};
use report::{Note, Outcome, RowId, Tally};
use rows::{Cut, Says, Typed};
use sets::{Births, Born, SetName};

/// What the sets say, and what became of each row.
pub struct Reading {
    /// The children, by number.
    pub children: Vec<Child>,
    /// What became of each row.
    pub report: Report,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Files read.
    pub files: usize,
    /// All files.
    pub of_files: usize,
    /// The file just read.
    pub file: &'a str,
    /// Rows read in all files so far.
    pub rows: usize,
}

/// Reads the files of one or more yearly sets.
///
/// A name may carry a folder; files in one folder whose names begin with the same year are one set.
pub fn read(
    files: &[(&str, &[u8])],
    codes: &dyn Codes,
    today: Date,
    mut progress: impl FnMut(Progress<'_>),
) -> Reading {
    let mut tally = Tally::default();
    let mut parsed = Vec::new();
    for (done, (name, bytes)) in (1..).zip(files) {
        let file = tally.file(name);
        for row in files::open(&mut tally, file, bytes) {
            parse(&mut tally, &mut parsed, file, row, codes, today);
        }
        progress(Progress { files: done, of_files: files.len(), file: name, rows: tally.rows() });
    }
    let names: Vec<SetName> = files.iter().map(|(name, _)| SetName::of(name)).collect();
    let ranks = ranks(&mut tally, &names, &parsed, today);
    for row in &mut parsed {
        row.set = ranks[row.file];
    }
    // Sets in order; in each the header first, so that the other rows meet a child.
    parsed.sort_by_key(|row| (row.set, row.row.kind, row.id));
    let children = settle(&mut tally, parsed);
    Reading { children, report: tally.finish() }
}

/// A row that makes sense on its own, waiting for the others.
struct Parsed {
    id: RowId,
    file: usize,
    set: usize,
    row: Row,
    typed: Typed,
    notes: Vec<Note>,
}

fn parse(tally: &mut Tally, parsed: &mut Vec<Parsed>, file: usize, row: Row, codes: &dyn Codes, today: Date) {
    let id = row.id;
    let (typed, notes) = match rows::read(&row, codes, today) {
        Outcome::Taken(typed) => (typed, Vec::new()),
        Outcome::ToCheck(typed, notes) => (typed, notes),
        Outcome::Refused(note) => return tally.refuse(id, note),
    };
    parsed.push(Parsed { id, file, set: 0, row, typed, notes });
}

/// For each file, the place of its set among the years.
fn ranks(tally: &mut Tally, names: &[SetName], parsed: &[Parsed], today: Date) -> Vec<usize> {
    let mut sets: BTreeMap<SetName, Option<(Cut, Date)>> = names.iter().map(|name| (name.clone(), None)).collect();
    for row in parsed {
        if let Some(latest) = sets.get_mut(&names[row.file]) {
            *latest = row.typed.happened().filter(|(_, day)| *day <= today).chain(*latest).max();
        }
    }
    let ordered = sets::in_order(sets.into_iter().map(|(name, latest)| (name, latest.map(|(_, day)| day))).collect());
    let mut ranks = Vec::new();
    for (file, name) in names.iter().enumerate() {
        let rank = ordered.iter().position(|(set, _)| set == name).unwrap_or_default();
        tally.year(file, ordered[rank].1);
        ranks.push(rank);
    }
    ranks
}

/// Brings each row to its child, or refuses it.
fn settle(tally: &mut Tally, parsed: Vec<Parsed>) -> Vec<Child> {
    let mut births = Births::default();
    for Parsed { set, typed, .. } in &parsed {
        match (&typed.says, typed.born) {
            (Says::Header(_), Some(born)) => births.header(*set, &typed.child, born),
            (_, Some(born)) => births.row(&typed.child, born),
            (_, None) => {}
        }
    }
    let mut merger = Merger::default();
    let mut seen: HashMap<(Kind, Arc<[String]>), usize> = HashMap::new();
    for Parsed { id, set, row, typed, mut notes, .. } in parsed {
        let born = match birth(&births, set, &typed, &mut notes) {
            Ok(born) => born,
            Err(note) => {
                tally.refuse(id, note);
                continue;
            }
        };
        let kind = row.kind;
        match seen.insert((kind, row.cells), set) {
            Some(before) => {
                tally.already_said(id);
                if before == set {
                    continue;
                }
            }
            None => tally.take(id),
        }
        for note in notes {
            tally.check(id, note);
        }
        merger.arrive(tally, Arrival { id, set, kind, born, typed });
    }
    merger.finish(tally)
}

/// The birth of the row's child, or why the row cannot be this child's.
fn birth(births: &Births, set: usize, typed: &Typed, notes: &mut Vec<Note>) -> Result<Date, Note> {
    let born = match births.of(set, &typed.child) {
        Born::Here(born) => born,
        Born::Elsewhere(born) => {
            notes.push(Note::on("CHILD", "no header row in this set; taken by another year's"));
            born
        }
        Born::NoHeader(born) => {
            notes.push(Note::on("CHILD", "no header row in any set; taken by the date of birth in other files"));
            born
        }
        Born::Conflict => {
            let reason = "in conflict with itself: this child number has two dates of birth; not taken";
            return Err(Note::on("CHILD", reason));
        }
        Born::Unknown => {
            let reason = "no row anywhere gives this child's date of birth; not taken";
            return Err(Note::on("CHILD", reason));
        }
    };
    if typed.born.is_some_and(|own| own != born) {
        let reason = "in conflict with itself: the date of birth is not the header's; not taken";
        return Err(Note::on("DOB", reason));
    }
    if let Some((column, _)) = typed.first().filter(|(_, day)| *day < born) {
        return Err(Note::on(column, "in conflict with itself: it is before the child's birth; not taken"));
    }
    notes.extend(rows::too_old(born, typed));
    Ok(born)
}
