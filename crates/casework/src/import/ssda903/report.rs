//! What became of every row: counts that add up, and a remark for each thing that a person should look at.

use std::borrow::Cow;
use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;

use super::Kind;

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provenance {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// Its line; the first line is 1.
    pub line: u64,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)
    }
}

/// A value out of a child's row. `Debug` keeps it back, so that it cannot reach a log by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Value(pub(super) String);

impl Value {
    /// The value as received, to be shown to somebody who may see the child's record.
    pub fn as_received(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(kept back)")
    }
}

/// What a remark did to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The row was taken, and somebody should look.
    ToCheck,
    /// The row, or the whole file where there is no line, was not taken.
    Refused,
}

/// One thing that somebody should look at.
///
/// `Display` is for the terminal and the log, and says only file, line, column and reason; reasons never quote a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// The line; none where the remark is about the whole file.
    pub line: Option<u64>,
    /// The column, in the collection's own spelling.
    pub column: Option<&'static str>,
    /// What the column said; the whole row where the remark is about no one column.
    pub value: Value,
    /// What is wrong, and what was done.
    pub reason: Cow<'static, str>,
    /// What the remark did to its row.
    pub severity: Severity,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// A remark before it is known which row it belongs to. The value comes from the row.
#[derive(Clone, Copy)]
pub(super) struct Note {
    pub column: Option<&'static str>,
    pub reason: &'static str,
}

impl Note {
    pub fn on(column: &'static str, reason: &'static str) -> Self {
        Self { column: Some(column), reason }
    }

    pub fn on_row(reason: &'static str) -> Self {
        Self { column: None, reason }
    }
}

/// What a row looked like on its own, before it met the others.
pub(super) enum Outcome<T> {
    Taken(T),
    ToCheck(T, Vec<Note>),
    Refused(Note),
}

/// How many rows met which end. The five ends add up to `rows`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows in the file, its heading and empty lines apart.
    pub rows: u64,
    /// Taken, with nothing to say.
    pub taken: u64,
    /// Taken as received, and listed for somebody to look at.
    pub to_check: u64,
    /// Not taken; a remark says why.
    pub refused: u64,
    /// The same as a row taken earlier, in every column.
    pub already_said: u64,
    /// In a file of a kind that is not read yet.
    pub not_read: u64,
}

impl Counts {
    /// Whether every row met exactly one end.
    pub fn add_up(&self) -> bool {
        self.taken + self.to_check + self.refused + self.already_said + self.not_read == self.rows
    }

    fn count(&mut self, fate: Fate) {
        self.rows += 1;
        match fate {
            Fate::NotRead => self.not_read += 1,
            Fate::Taken => self.taken += 1,
            Fate::ToCheck => self.to_check += 1,
            Fate::Refused => self.refused += 1,
            Fate::AlreadySaid => self.already_said += 1,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.taken += other.taken;
        self.to_check += other.to_check;
        self.refused += other.refused;
        self.already_said += other.already_said;
        self.not_read += other.not_read;
    }
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file, as the caller named it.
    pub name: Arc<str>,
    /// Which of the yearly files it is; none where it is none of them.
    pub kind: Option<Kind>,
    /// The year in which its set begins: 2017 for 2017/18. None where nothing in the set is dated.
    pub year: Option<i16>,
    /// What became of its rows.
    pub counts: Counts,
    /// Why nothing in it was taken, where that is so.
    pub not_taken: Option<Cow<'static, str>>,
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { rows, taken, to_check, refused, already_said, .. } = self.counts;
        write!(f, "{}: ", self.name)?;
        if let Some(kind) = self.kind {
            write!(f, "{}, ", kind.name())?;
        }
        write!(f, "{rows} rows")?;
        match &self.not_taken {
            Some(reason) => write!(f, ", not taken: {reason}"),
            None => write!(f, ": {taken} taken, {to_check} to check, {refused} refused, {already_said} already said"),
        }
    }
}

/// What became of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every file, in the order in which the caller gave them.
    pub files: Vec<FileReport>,
    /// Every remark, by file and line.
    pub remarks: Vec<Remark>,
}

impl Report {
    /// The counts of all files together.
    pub fn totals(&self) -> Counts {
        let mut totals = Counts::default();
        for file in &self.files {
            totals += file.counts;
        }
        totals
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    NotRead,
    Taken,
    ToCheck,
    Refused,
    AlreadySaid,
}

/// A row among all rows of all files. Only [`Tally::open`] makes one, so no row can be forgotten.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowId(usize);

struct RowState {
    file: usize,
    line: u64,
    fate: Fate,
    /// As received, but trimmed: in the order of the file's kind, or the whole line where it could not be parted.
    cells: Arc<[String]>,
}

/// Keeps one end for each row while the sets are read.
#[derive(Default)]
pub(super) struct Tally {
    files: Vec<FileReport>,
    rows: Vec<RowState>,
    remarks: Vec<(usize, Remark)>,
}

impl Tally {
    pub fn file(&mut self, name: &str) -> usize {
        let (name, counts) = (Arc::from(name), Counts::default());
        self.files.push(FileReport { name, kind: None, year: None, counts, not_taken: None });
        self.files.len() - 1
    }

    pub fn kind(&mut self, file: usize, kind: Kind) {
        self.files[file].kind = Some(kind);
    }

    pub fn year(&mut self, file: usize, year: Option<i16>) {
        self.files[file].year = year;
    }

    pub fn name(&self, file: usize) -> Arc<str> {
        Arc::clone(&self.files[file].name)
    }

    /// A row exists. Until something else is said of it, it was not read.
    pub fn open(&mut self, file: usize, line: u64) -> RowId {
        self.rows.push(RowState { file, line, fate: Fate::NotRead, cells: Arc::default() });
        RowId(self.rows.len() - 1)
    }

    /// What the row holds, for remarks to show.
    pub fn holds(&mut self, row: RowId, cells: Arc<[String]>) {
        self.rows[row.0].cells = cells;
    }

    pub fn at(&self, row: RowId) -> Provenance {
        let row = &self.rows[row.0];
        Provenance { file: self.name(row.file), line: row.line }
    }

    /// What the row holds.
    pub fn cells(&self, row: RowId) -> Arc<[String]> {
        Arc::clone(&self.rows[row.0].cells)
    }

    pub fn not_read(&mut self, file: usize) {
        self.files[file].not_taken = Some(Cow::Borrowed("this kind is not read yet"));
    }

    /// The whole file is refused, with every row in it so far.
    pub fn refuse_file(&mut self, file: usize, line: Option<u64>, reason: &'static str) {
        let reason = Cow::Borrowed(reason);
        self.files[file].not_taken = Some(reason.clone());
        for row in self.rows.iter_mut().filter(|row| row.file == file) {
            row.fate = Fate::Refused;
        }
        let name = self.name(file);
        let severity = Severity::Refused;
        self.remarks.push((file, Remark { file: name, line, column: None, value: Value::default(), reason, severity }));
    }

    pub fn take(&mut self, row: RowId) {
        self.rows[row.0].fate = Fate::Taken;
    }

    pub fn already_said(&mut self, row: RowId) {
        self.rows[row.0].fate = Fate::AlreadySaid;
    }

    /// A row said before, that differs from what was said in between, says something again.
    pub fn say_again(&mut self, row: RowId) {
        if self.is_already_said(row) {
            self.take(row);
        }
    }

    pub fn is_already_said(&self, row: RowId) -> bool {
        self.rows[row.0].fate == Fate::AlreadySaid
    }

    /// How many rows there are so far.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    pub fn refuse(&mut self, row: RowId, note: Note) {
        self.rows[row.0].fate = Fate::Refused;
        self.remark(row, note, Severity::Refused);
    }

    /// Something to look at in a row that was taken. A row that says nothing new gets no second remark.
    pub fn check(&mut self, row: RowId, note: Note) {
        let fate = &mut self.rows[row.0].fate;
        if matches!(fate, Fate::Taken | Fate::ToCheck) {
            *fate = Fate::ToCheck;
            self.remark(row, note, Severity::ToCheck);
        }
    }

    /// Something to look at in a whole file whose rows are taken.
    pub fn check_file(&mut self, file: usize, Note { column, reason }: Note) {
        let (name, reason) = (self.name(file), Cow::Borrowed(reason));
        let (value, severity) = (Value::default(), Severity::ToCheck);
        self.remarks.push((file, Remark { file: name, line: None, column, value, reason, severity }));
    }

    fn remark(&mut self, row: RowId, Note { column, reason }: Note, severity: Severity) {
        let Provenance { file, line } = self.at(row);
        let RowState { file: number, cells, .. } = &self.rows[row.0];
        let columns = self.files[*number].kind.map_or(&[][..], Kind::columns);
        let place = columns.iter().position(|known| Some(*known) == column);
        let value = Value(place.and_then(|place| cells.get(place).cloned()).unwrap_or_else(|| cells.join(",")));
        let reason = Cow::Borrowed(reason);
        self.remarks.push((*number, Remark { file, line: Some(line), column, value, reason, severity }));
    }

    pub fn finish(mut self) -> Report {
        for row in &self.rows {
            self.files[row.file].counts.count(row.fate);
        }
        self.remarks.sort_by_key(|(file, remark)| (*file, remark.line));
        Report { files: self.files, remarks: self.remarks.into_iter().map(|(_, remark)| remark).collect() }
    }
}
