//! Attaching: a file sent while a draft is written, looked at before it is taken, and read again later.
//!
//! A file is sealed as it comes, under the key of the child in whose part it is sent. What it is, its content says. It
//! becomes part of the record when the draft is completed, and is swept away when the draft ends without it.

use std::{collections::BTreeSet, sync::LazyLock};

use bytes::Bytes;
use files::{Format, Refused, Remade, ScanError, Scanner};
use policy::{FieldKind, FileKind, file::Macros};
use record::{
    DraftId, EntryId, FileId, RecordId, Typed,
    answer::Sent,
    read::{FieldProblem, standing},
    typed::Name,
};
use store::{Action, Db, Draft, Kept, OpenFile, Piece, ReadOn, Received, Swept, Tx, Upload};
use tokio::sync::Semaphore;

use crate::{
    desk::{CaseError, Desk, retried},
    disclosing,
    reading::{Header, header},
    recording::{needed, open_grants},
};

/// The boxes of the page on which a file is sent.
pub mod boxes {
    /// The file.
    pub const FILE: &str = "file";
    /// What it shows or says, in words.
    pub const SAYS: &str = "says";
    /// Whether it says anything of other children (R-BAS-19).
    pub const OTHERS: &str = "others";
}

/// The most files of one question. More belong into entries of their own.
const MOST_FILES: usize = 20;

/// The most files that are sent for one draft, kept or not.
const MOST_SENT: usize = 100;
/// So much of the beginning is enough to see whether a file will be taken.
const HEAD: usize = 512;

/// Files are looked into one after the other: a large picture takes a few hundred megabytes while it is made anew.
static LOOKING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// What a page asks before a file is sent.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose record the draft was opened from.
    pub header: Header,
    /// The form's title.
    pub form: String,
    /// The question that the file answers.
    pub label: String,
    /// Help under the question.
    pub hint: Option<String>,
    /// The kinds that it takes, each with its largest size in megabytes.
    pub takes: Vec<(FileKind, u64)>,
    /// Whether the question asks for the child's own work: a drawing, a letter.
    pub own: bool,
}

/// A file that is coming.
pub struct Coming {
    upload: Upload,
    draft: DraftId,
    place: Name,
    takes: Vec<FileKind>,
    most: Vec<(FileKind, u64)>,
    head: Vec<u8>,
    kind: Option<FileKind>,
    bytes: u64,
}

/// What is said of a file with it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The name that the computer of whoever sent it gave it.
    pub name: String,
    /// What it shows or says, in words.
    pub says: String,
    /// Whether it says anything of other children: `yes`, `no` or nothing.
    pub others: String,
}

/// A problem at a box of the page.
fn problem(at: &str, message: impl Into<String>) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at: Name::of(at), message: message.into() }])
}

/// The draft and the question, if this person may send a file for it now.
struct Question {
    draft: Draft,
    record: RecordId,
    label: String,
    hint: Option<String>,
    takes: Vec<FileKind>,
    own: bool,
}

async fn question(desk: &Desk, tx: &Tx, draft: DraftId, place: &Name) -> Result<Question, CaseError> {
    let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
    let desk = &desk.for_draft(&draft);
    let form = desk.form(&draft.form)?;
    let found = form.sections.iter().find_map(|section| {
        let field = section.fields.iter().find(|field| field.id == place.field)?;
        // A question for each child is answered in a child's part, any other in none.
        (section.for_each_child == place.record.is_some()).then_some(field)
    });
    let Some((field, FieldKind::Document { takes })) = found.map(|field| (field, &field.kind)) else {
        return Err(CaseError::Closed);
    };
    Ok(Question {
        record: place.record.unwrap_or(draft.front),
        label: field.label.clone(),
        hint: field.hint.clone(),
        takes: takes.clone(),
        own: field.voice == Some(policy::form::Voice::Child),
        draft,
    })
}

/// How large a file of each kind may be here: as the pack says, and not more than this installation takes.
fn sizes(desk: &Desk, takes: &[FileKind], most: Option<u64>) -> Vec<(FileKind, u64)> {
    let rules = desk.db.pack().files();
    takes.iter().map(|kind| (*kind, rules.most_bytes(*kind).min(most.unwrap_or(u64::MAX)))).collect()
}

/// What to ask before a file is sent for this question. `most` is the largest that this installation takes, in bytes.
///
/// # Errors
/// [`CaseError::Closed`] for a question that takes no files, or a child whose record is closed to this person.
pub async fn ask(desk: &Desk, draft: DraftId, place: &Name, most: Option<u64>) -> Result<Asked, CaseError> {
    let tx = desk.begin().await?;
    let question = question(desk, &tx, draft, place).await?;
    let desk = &desk.for_draft(&question.draft);
    let form = desk.form(&question.draft.form)?;
    let grant = tx.authorise(needed(&tx, form, question.draft.amends).await?, question.record, "record").await?;
    let facts = Vec::new();
    let header = header(desk, &tx, &grant, &facts).await?;
    drop(grant);
    tx.commit().await?;
    let takes = sizes(desk, &question.takes, most).into_iter().map(|(kind, most)| (kind, most / 1_000_000)).collect();
    Ok(Asked { header, form: form.title.clone(), label: question.label, hint: question.hint, takes, own: question.own })
}

/// Begins to take a file in, for a question of this person's draft.
///
/// # Errors
/// As [`ask`]; a problem at the box where the question has as many files as it takes.
pub async fn begin(desk: &Desk, draft: DraftId, place: Name, most: Option<u64>) -> Result<Coming, CaseError> {
    let tx = desk.begin().await?;
    let question = question(desk, &tx, draft, &place).await?;
    let desk = &desk.for_draft(&question.draft);
    let form = desk.form(&question.draft.form)?;
    let grants = open_grants(
        &tx,
        needed(&tx, form, question.draft.amends).await?,
        &[question.draft.front, question.record].into(),
        question.draft.front,
    )
    .await?;
    if !grants.contains_key(&question.record) {
        return Err(CaseError::Closed);
    }
    let sent = tx.sent_files(draft, &grants).await?.len();
    drop(grants);
    tx.commit().await?;
    // Removed ones count too: what was sent lies there until the draft has ended.
    if sent >= MOST_SENT {
        return Err(problem(
            boxes::FILE,
            "Too many files were sent for this draft. Complete it, and add the rest to another",
        ));
    }
    let upload = desk.db.receive(desk.new_id());
    let most = sizes(desk, &question.takes, most);
    Ok(Coming { upload, draft, place, takes: question.takes, most, head: Vec::new(), kind: None, bytes: 0 })
}

impl Coming {
    /// Takes the next bytes. What will not be taken is refused as soon as it shows.
    ///
    /// # Errors
    /// A problem at the file's box; the disk's.
    pub async fn take(&mut self, bytes: Bytes) -> Result<(), CaseError> {
        self.bytes += bytes.len() as u64;
        if self.head.len() < HEAD {
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
            if self.head.len() == HEAD {
                self.first_look()?;
            }
        }
        let most = match self.kind {
            Some(kind) => self.most_of(kind),
            None => self.most.iter().map(|(_, most)| *most).max().unwrap_or(0),
        };
        if self.bytes > most {
            return Err(too_large(self.kind, most));
        }
        Ok(self.upload.take(bytes).await?)
    }

    fn first_look(&mut self) -> Result<(), CaseError> {
        let kind = files::guess(&self.head).map_err(|refused| problem(boxes::FILE, refused.to_string()))?;
        if !self.takes.contains(&kind) {
            return Err(not_this_kind(kind, &self.takes));
        }
        self.kind = Some(kind);
        Ok(())
    }

    fn most_of(&self, kind: FileKind) -> u64 {
        self.most.iter().find(|(one, _)| *one == kind).map_or(0, |(_, most)| *most)
    }
}

fn too_large(kind: Option<FileKind>, most: u64) -> CaseError {
    let what = kind.map_or("a file", FileKind::in_words);
    problem(boxes::FILE, format!("This file is too large: {what} may have up to {} MB here", most / 1_000_000))
}

fn not_this_kind(kind: FileKind, takes: &[FileKind]) -> CaseError {
    let words: Vec<_> = takes.iter().map(|kind| kind.in_words()).collect();
    problem(boxes::FILE, format!("This is {}. Choose {}", kind.in_words(), words.join(", or ")))
}

/// What was found in a file, and what was made of it.
struct Looked {
    received: Received,
    format: Format,
    size: Option<(u32, u32)>,
    scanned: bool,
}

/// Looks at a file that has come whole, and takes it or says why not. Gives what it is.
///
/// # Errors
/// A problem at each box of the page that must be put right: then nothing of the file is kept.
pub async fn finish(desk: &Desk, coming: Coming, said: &Said, scanner: Option<&Scanner>) -> Result<Sent, CaseError> {
    let Coming { draft, place, takes, most, bytes, .. } = &coming;
    let (draft, place, takes, most, bytes) = (*draft, place.clone(), takes.clone(), most.clone(), *bytes);
    let mut problems = said.problems();
    if bytes == 0 {
        problems.insert(0, FieldProblem { at: Name::of(boxes::FILE), message: "Choose a file".to_owned() });
    }
    if !problems.is_empty() {
        return Err(CaseError::Problems(problems));
    }
    let received = coming.upload.end().await?;
    let macros = desk.db.pack().files().macros;
    let scanner = scanner.cloned();
    let turn = LOOKING.acquire().await.map_err(|_| CaseError::Closed)?;
    let looked = tokio::task::spawn_blocking(move || look(received, macros, scanner.as_ref())).await;
    drop(turn);
    let looked = looked.map_err(|_| problem(boxes::FILE, Refused::Damaged("a file").to_string()))??;
    let kind = looked.format.kind();
    if !takes.contains(&kind) {
        return Err(not_this_kind(kind, &takes));
    }
    let allowed = most.iter().find(|(one, _)| *one == kind).map_or(0, |(_, most)| *most);
    if bytes > allowed {
        return Err(too_large(Some(kind), allowed));
    }
    let Looked { received, format, size, scanned } = looked;
    let kept = tokio::task::spawn_blocking(move || received.keep()).await.map_err(|_| CaseError::Closed)??;
    let name = files::clean_name(&said.name, format);
    let sent = kept.sent(name, (kind, format.media()), size, scanned);
    let filed = file(desk, draft, &place, &kept, &sent, said).await;
    if filed.is_err() {
        desk.db.discard(&kept).await;
    }
    filed.map(|()| sent)
}

impl Said {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |at: &str, message: &str| {
            problems.push(FieldProblem { at: Name::of(at), message: message.to_owned() });
        };
        if self.says.trim().is_empty() {
            add(boxes::SAYS, "Say in words what it shows or says, for somebody who cannot see or hear it");
        } else if self.says.chars().count() > MOST_WORDS {
            add(boxes::SAYS, "This is too long: 1,000 characters are the most that fits");
        }
        match self.others.as_str() {
            "no" => {}
            "yes" => add(
                boxes::OTHERS,
                "Make a copy that says only what belongs to this child, and send that one. Another child’s part cannot be kept in this record",
            ),
            _ => add(boxes::OTHERS, "Say whether anything in it belongs to another child"),
        }
        problems
    }
}

/// The longest that a file is said in words.
const MOST_WORDS: usize = 1_000;

fn look(mut received: Received, macros: Macros, scanner: Option<&Scanner>) -> Result<Looked, CaseError> {
    let refused = |refused: Refused| match refused {
        Refused::Io(error) => CaseError::Store(store::StoreError::Files(error.to_string())),
        refused => problem(boxes::FILE, refused.to_string()),
    };
    let format = files::look(&mut received.open()?, macros).map_err(refused)?;
    if let Some(scanner) = scanner {
        scanner.scan(&mut received.open()?).map_err(|error| {
            match &error {
                ScanError::Virus(name) => tracing::warn!(virus = name, "a file with a virus was not taken"),
                ScanError::NoAnswer(why) => tracing::error!(why, "the virus scanner does not answer; no file is taken"),
                ScanError::TooLarge => {
                    tracing::error!("the virus scanner takes no file as large as this: raise its StreamMaxLength");
                }
                ScanError::Io(_) => {}
            }
            problem(boxes::FILE, error.to_string())
        })?;
    }
    let mut size = None;
    if format.kind() == FileKind::Picture {
        let Remade { bytes, width, height } = files::remake(&mut received.open()?, format).map_err(refused)?;
        received.add_shown(&bytes)?;
        size = Some((width, height));
    }
    Ok(Looked { received, format, size, scanned: scanner.is_some() })
}

/// Puts a file that lies durably into the draft: one commit for its rows and for the text that names it.
async fn file(
    desk: &Desk,
    draft: DraftId,
    place: &Name,
    kept: &Kept,
    sent: &Sent,
    said: &Said,
) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        let question = question(desk, &tx, draft, place).await?;
        let draft = question.draft;
        let desk = &desk.for_draft(&draft);
        let form = desk.form(&draft.form)?;
        let on = draft.heads.last().map_or(0, |head| head.n);
        let mut records: BTreeSet<RecordId> = [draft.front, question.record].into();
        records.extend(tx.draft_records(&draft, on).await?);
        let grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
        let grant = grants.get(&question.record).ok_or(CaseError::Closed)?;
        let mut typed = tx.typed(&draft, &grants, on).await?;
        let rows = typed.rows(&place.field, place.record);
        if rows.len() >= MOST_FILES {
            return Err(problem(
                boxes::FILE,
                format!("This question has {MOST_FILES} files already. Add the rest to another entry"),
            ));
        }
        let at = place.clone().row(rows.last().map_or(0, |last| last.saturating_add(1)));
        typed.put(at.clone().part(standing::FILE), sent.file.to_string());
        typed.put(at.part(standing::SAYS), said.says.trim());
        tx.keep_sent(grant, &draft, kept, sent, "said to be about this child alone")?;
        tx.save_draft(&draft, &grants, on, &typed, true)?;
        drop(grants);
        tx.commit().await?;
        Ok(())
    })
}

/// What was typed, without the file of this row.
pub fn without(typed: &Typed, row: &Name) -> Typed {
    let mut kept = Typed::default();
    for (name, value) in typed.pairs() {
        let of_row = name.field == row.field && name.record == row.record && name.row == row.row;
        if !of_row {
            kept.put(name.clone(), value);
        }
    }
    kept
}

/// A file of an entry. Its reading has its leaf when this returns; only then may it be opened.
///
/// # Errors
/// [`CaseError::Closed`] where the record is closed to this person, or the entry has no such file.
pub async fn of_entry(
    desk: &Desk,
    record: RecordId,
    entry: EntryId,
    file: FileId,
    piece: Piece,
) -> Result<OpenFile, CaseError> {
    of_entry_for(desk, ReadOn("read-entry-page"), record, entry, file, piece).await
}

pub(crate) async fn of_entry_for<A: Action>(
    desk: &Desk,
    action: A,
    record: RecordId,
    entry: EntryId,
    file: FileId,
    piece: Piece,
) -> Result<OpenFile, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(action, record, "").await?;
    if tx.known_entries(&[entry]).await?.get(&entry).is_some_and(|(_, form)| form == disclosing::DISCLOSURE) {
        let stored = tx.entry(&grant, entry).await?.ok_or(CaseError::Closed)?;
        if !disclosing::may_have_files_of(desk, &tx, &grant, &stored).await? {
            return Err(CaseError::Closed);
        }
    }
    let open = tx.open_file(&grant, entry, file, piece).await?.ok_or(CaseError::Closed)?;
    drop(grant);
    tx.commit().await?;
    Ok(open)
}

/// A file of this person's draft.
///
/// # Errors
/// [`CaseError::Closed`] where it has no such file; [`CaseError::DraftEnded`] where it has ended.
pub async fn of_draft(desk: &Desk, draft: DraftId, file: FileId, piece: Piece) -> Result<OpenFile, CaseError> {
    let tx = desk.begin().await?;
    let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
    let desk = &desk.for_draft(&draft);
    let form = desk.form(&draft.form)?;
    let mut records: BTreeSet<RecordId> = [draft.front].into();
    for head in &draft.heads {
        records.extend(tx.draft_records(&draft, head.n).await?);
    }
    let grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
    let mut open = tx.open_sent(draft.id, &grants, file, piece).await?;
    // A draft that amends has the files of what it amends, until it takes one off.
    if let (None, Some(entry), Some(grant)) = (&open, draft.amends, grants.get(&draft.front)) {
        open = tx.open_file(grant, entry, file, piece).await?;
    }
    let open = open.filter(|open| piece == Piece::Original || open.sent.shown.is_some()).ok_or(CaseError::Closed)?;
    drop(grants);
    tx.commit().await?;
    Ok(open)
}

/// Takes away what was sent and never became part of an entry, as soon as the pack says so.
pub async fn sweep(db: &Db) -> Result<Swept, CaseError> {
    let db = db.at_this_moment().await?;
    let days = i64::from(db.pack().files().swept_after_days);
    Ok(db.sweep_files(db.now().plus_seconds(-days * 24 * 3_600)).await?)
}
