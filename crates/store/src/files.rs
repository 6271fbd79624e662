//! Files of entries: their bytes sealed outside the database, their keys sealed under the records' keys in it.
//!
//! One file has one key, made by chance, and its bytes are stored once. What stands in several children's records has
//! that key sealed once under each record's key, so that a record that is destroyed takes its own way to the file with
//! it and harms no other; the bytes go when the last way has gone. (Sealing the bytes once for each record would keep
//! the same film three times for three siblings and need minutes to complete a visit.)
//!
//! Bytes are durable before the row that names them is committed, and taken away after the row that names them has
//! gone. A backup that reads the database first and then the pieces that its `file` rows name has everything: pieces
//! are written once and never changed, and only files that never became part of an entry are ever taken away.

mod seal;
mod upload;
mod vault;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    time::Duration,
};

use ledger::encode::{Reader, Writer};
use record::{
    DraftId, EntryId, FileId, RecordId,
    answer::{Answer, Document, Sent},
    content::Content,
};

pub(crate) use self::seal::FileKey;
pub use self::{
    seal::Opener,
    upload::{Kept, NotWhole, Received, Upload},
    vault::Piece,
};
pub(crate) use vault::{Incoming, Vault, failed};

use crate::{
    Db,
    door::{Action, Grant, Tx, Write},
    drafts::Draft,
    engine::{Conn, Statement, StoreError, args, placeholder_list},
    keys::{Binding, RecordKey},
};

/// The keys of files that this transaction may put into entries, and those that it has put there already.
#[derive(Default)]
pub(crate) struct FilesAtHand {
    keys: BTreeMap<FileId, FileKey>,
    placed: BTreeSet<(FileId, RecordId)>,
    /// Those that this very act made, which nobody sent for a draft.
    made: BTreeSet<FileId>,
}

/// A file that was sent for a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    /// The record under whose key it lies: the child in whose part it was sent, or the one in front.
    pub record: RecordId,
    /// What it is.
    pub sent: Sent,
}

/// A file that may be read by whoever asked.
pub struct OpenFile {
    /// What it is.
    pub sent: Sent,
    /// What it says, in words.
    pub says: String,
    /// Which piece.
    pub piece: Piece,
    key: FileKey,
    vault: Vault,
}

impl OpenFile {
    /// Opens it. For a thread that may wait, after the transaction that gave it was committed.
    ///
    /// # Errors
    /// The disk's. A file that is missing or changed is the inner error.
    pub fn open(&self) -> Result<Result<Opener, NotWhole>, StoreError> {
        upload::open_piece(&self.vault, &self.key, &self.sent, self.piece)
    }
}

fn binding<'a>(record: RecordId, file: &'a str, part: &'static str) -> Binding<'a> {
    Binding { record, thing: file, version: 1, part }
}

/// Every file that an entry has.
pub(crate) fn documents_of(content: &Content) -> impl Iterator<Item = &Document> {
    content.answers.values().flat_map(|answered| match &answered.answer {
        Answer::Documents(documents) => documents.as_slice(),
        _ => &[],
    })
}

/// The key of a file as a record's row has it.
pub(crate) fn open_key(key: &RecordKey, record: RecordId, file: FileId, sealed: &[u8]) -> Option<FileKey> {
    let plain = key.open(binding(record, &file.to_string(), "file key"), sealed)?;
    plain.try_into().ok().map(FileKey)
}

/// Whether the bytes of a file are all there and what its entry says they are. For a thread that may wait.
pub(crate) fn check_whole(vault: &Vault, key: &FileKey, sent: &Sent) -> Result<Option<NotWhole>, StoreError> {
    let prints = [(Piece::Original, Some(sent.print)), (Piece::Shown, sent.shown.map(|shown| shown.print))];
    for (piece, print) in prints {
        let Some(print) = print else { continue };
        let mut opener = match upload::open_piece(vault, key, sent, piece)? {
            Ok(opener) => opener,
            Err(why) => return Ok(Some(why)),
        };
        match opener.print(key) {
            Ok(found) if found == print => {}
            Ok(_) => return Ok(Some(NotWhole::Changed)),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Ok(Some(NotWhole::Changed)),
            Err(error) => return Err(failed(&error)),
        }
    }
    Ok(None)
}

impl Tx {
    /// Keeps a file that was sent for a draft, under the key of the record in whose part it was sent.
    pub fn keep_sent(
        &self,
        grant: &Grant<'_, Write>,
        draft: &Draft,
        kept: &Kept,
        sent: &Sent,
        said: &str,
    ) -> Result<(), StoreError> {
        let thing = kept.file.to_string();
        let mut writer = Writer::new("sent file with its key", 1);
        writer.put_fixed(&kept.key.0).put_bytes(&sent.to_bytes());
        let sealed = grant.key.seal(binding(grant.record, &thing, "sent file"), &writer.finish())?;
        let bytes = |sealed: u64| i64::try_from(sealed).unwrap_or(i64::MAX);
        self.then(Statement::something("select 1 from draft where id = $1 and state = 'open'", args![draft.id]));
        self.then(Statement::new(
            "insert into file (id, at, bytes, shown_bytes) values ($1, $2, $3, $4)",
            args![&thing, self.now(), bytes(kept.original.on_disk), kept.shown.map(|shown| bytes(shown.on_disk))],
        ));
        self.then(Statement::new(
            "insert into sent_file (file, draft, record, sealed) values ($1, $2, $3, $4)",
            args![&thing, draft.id, grant.record, sealed],
        ));
        self.leave("file-sent", Some(grant.record), Some(thing), said, &[], true);
        Ok(())
    }

    /// Keeps a file that the program made for an entry of this same act.
    pub fn keep_made(&self, kept: &Kept) {
        let bytes = |sealed: u64| i64::try_from(sealed).unwrap_or(i64::MAX);
        self.then(Statement::new(
            "insert into file (id, at, bytes, shown_bytes) values ($1, $2, $3, $4)",
            args![kept.file, self.now(), bytes(kept.original.on_disk), kept.shown.map(|shown| bytes(shown.on_disk))],
        ));
        let mut at_hand = self.files_at_hand();
        at_hand.keys.insert(kept.file, kept.key.clone());
        at_hand.made.insert(kept.file);
    }

    /// The files that were sent for a draft, as far as the grants reach. What is given may be put into entries by this
    /// transaction.
    pub async fn sent_files(
        &self,
        draft: DraftId,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
    ) -> Result<BTreeMap<FileId, SentFile>, StoreError> {
        let rows = self
            .query("select file, record, sealed from sent_file where draft = $1 order by file", args![draft])
            .await?;
        let mut files = BTreeMap::new();
        for row in rows {
            let (file, record): (FileId, RecordId) =
                (row.parsed(0, "sent_file", "file")?, row.parsed(1, "sent_file", "record")?);
            let Some(grant) = grants.get(&record) else { continue };
            let plain = grant.key.open(binding(record, &file.to_string(), "sent file"), &row.blob(2)?);
            let read = plain.as_deref().and_then(read_sent);
            let (key, sent) = read.ok_or(StoreError::Inconsistent { table: "sent_file", column: "sealed" })?;
            self.files_at_hand().keys.insert(file, key);
            files.insert(file, SentFile { record, sent });
        }
        Ok(files)
    }

    /// A file that was sent for a draft of this actor and is not part of an entry yet.
    pub async fn open_sent(
        &self,
        draft: DraftId,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
        file: FileId,
        piece: Piece,
    ) -> Result<Option<OpenFile>, StoreError> {
        let Some(SentFile { record, sent }) = self.sent_files(draft, grants).await?.remove(&file) else {
            return Ok(None);
        };
        let Some(key) = self.files_at_hand().keys.get(&file).cloned() else { return Ok(None) };
        self.leave(reading(piece), Some(record), Some(file.to_string()), "", &[], false);
        Ok(Some(OpenFile { sent, says: String::new(), piece, key, vault: self.db.vault().clone() }))
    }

    /// A file of an entry. None where the entry has no such file or no such piece.
    pub async fn open_file<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entry: EntryId,
        file: FileId,
        piece: Piece,
    ) -> Result<Option<OpenFile>, StoreError> {
        let Some(stored) = self.entry(grant, entry).await? else { return Ok(None) };
        let found = documents_of(&stored.content).find(|document| document.sent.file == file).cloned();
        let Some(Document { sent, says }) = found else { return Ok(None) };
        if piece == Piece::Shown && sent.shown.is_none() {
            return Ok(None);
        }
        let rows = self
            .query("select sealed from file_key where record = $1 and file = $2", args![grant.record, file.to_string()])
            .await?;
        let sealed = rows.first().map(|row| row.blob(0)).transpose()?;
        let key = sealed.and_then(|sealed| open_key(&grant.key, grant.record, file, &sealed));
        let key = key.ok_or(StoreError::Inconsistent { table: "file_key", column: "sealed" })?;
        self.leave(reading(piece), Some(grant.record), Some(file.to_string()), &self.purpose_of(grant), &[], false);
        Ok(Some(OpenFile { sent, says, piece, key, vault: self.db.vault().clone() }))
    }

    /// Takes up the files of an entry that stands already, so that another entry may have them too: one that puts it
    /// right, or the same one moved to the record where it belongs.
    pub async fn take_up_files<A: Action>(&self, grant: &Grant<'_, A>, content: &Content) -> Result<(), StoreError> {
        for document in documents_of(content) {
            let file = document.sent.file;
            let rows = self
                .query("select sealed from file_key where record = $1 and file = $2", args![grant.record, file])
                .await?;
            let sealed = rows.first().map(|row| row.blob(0)).transpose()?;
            let key = sealed.and_then(|sealed| open_key(&grant.key, grant.record, file, &sealed));
            let key = key.ok_or(StoreError::Inconsistent { table: "file_key", column: "sealed" })?;
            let mut at_hand = self.files_at_hand();
            at_hand.keys.insert(file, key);
            at_hand.placed.insert((file, grant.record));
        }
        Ok(())
    }

    /// Puts the files of an entry under its record's key.
    pub(crate) fn place_files(&self, grant: &Grant<'_, Write>, content: &Content) -> Result<(), StoreError> {
        for document in documents_of(content) {
            let file = document.sent.file;
            let thing = file.to_string();
            let mut at_hand = self.files_at_hand();
            let key = at_hand.keys.get(&file).cloned();
            let key = key.ok_or(StoreError::Inconsistent { table: "sent_file", column: "file" })?;
            let first = !at_hand.placed.iter().any(|(placed, _)| *placed == file);
            let new = at_hand.placed.insert((file, grant.record));
            let first = first && !at_hand.made.contains(&file);
            drop(at_hand);
            if !new {
                continue;
            }
            let sealed = grant.key.seal(binding(grant.record, &thing, "file key"), &key.0)?;
            self.then(Statement::new(
                "insert into file_key (record, file, sealed) values ($1, $2, $3)",
                args![grant.record, &thing, sealed],
            ));
            if first {
                // It is swept away in the meantime, or it is here: never both.
                self.then(Statement::one_row("delete from sent_file where file = $1", args![thing]));
            }
        }
        Ok(())
    }
}

const fn reading(piece: Piece) -> &'static str {
    match piece {
        Piece::Original => "read-file",
        Piece::Shown => "read-picture",
    }
}

fn read_sent(plain: &[u8]) -> Option<(FileKey, Sent)> {
    let mut reader = Reader::open(plain, "sent file with its key").ok().filter(|reader| reader.version() == 1)?;
    let key = reader.fixed().ok()?;
    let sent = Sent::from_bytes(reader.bytes().ok()?)?;
    reader.finish().ok()?;
    Some((FileKey(key), sent))
}

/// A file that is there, as a backup needs it: nothing in it opens without the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveFile {
    /// The file.
    pub file: FileId,
    /// How many sealed bytes it has.
    pub bytes: u64,
    /// How many sealed bytes the picture has that is shown of it.
    pub shown_bytes: Option<u64>,
    /// Whether an entry has it. One that none has may be swept away at any time.
    pub of_entry: bool,
}

impl LiveFile {
    /// Its pieces, with how many sealed bytes each has.
    pub fn pieces(self) -> impl Iterator<Item = (Piece, u64)> {
        let shown = self.shown_bytes.map(|bytes| (Piece::Shown, bytes));
        std::iter::once((Piece::Original, self.bytes)).chain(shown)
    }
}

/// What a sweeping took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were sent and never became part of an entry.
    pub unused: usize,
    /// Pieces that no row names, and uploads that never came to their end.
    pub left_over: usize,
}

/// How old a piece without a row must be before it is taken away: an upload names its piece and commits its row within
/// a minute.
const LEFT_OVER_AFTER: Duration = Duration::from_hours(24);
/// How many rows are asked for at once.
const PAGE: usize = 500;

impl Db {
    /// The files that are there, in the order of their identifiers, those after `after` first.
    ///
    /// A file with `of_entry` whose pieces ([`sealed_piece`](Self::sealed_piece)) have gone or are shorter is damage.
    pub async fn live_files(&self, after: Option<FileId>, most: u32) -> Result<Vec<LiveFile>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let files = live_files(&mut conn, after, most).await?;
        conn.rollback().await?;
        Ok(files)
    }

    /// The sealed bytes of a piece, to be copied as they are; none where there are none. Waits for the disk.
    pub fn sealed_piece(&self, file: FileId, piece: Piece) -> Result<Option<File>, StoreError> {
        self.vault().open(file, piece)
    }

    /// Takes away what nobody can need any more: files sent for drafts that ended before `before` without them, pieces
    /// that no row names, uploads that a kill or a broken connection ended.
    pub async fn sweep_files(&self, before: record::Moment) -> Result<Swept, StoreError> {
        self.sweep_files_older(before, LEFT_OVER_AFTER).await
    }

    /// The same, for pieces that are older than this.
    pub(crate) async fn sweep_files_older(&self, before: record::Moment, old: Duration) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        for file in self.unused_files(before).await? {
            let tx = self.begin(crate::Actor::System("sweep-files"), self.now()).await?;
            tx.then(Statement::one_row("delete from sent_file where file = $1", args![file.to_string()]));
            tx.then(Statement::one_row("delete from file where id = $1", args![file.to_string()]));
            tx.leave("file-swept", None, Some(file.to_string()), "", &[], true);
            match tx.commit().await {
                Ok(()) => {
                    let vault = self.vault().clone();
                    blocking(move || {
                        vault.remove(file, Piece::Shown)?;
                        vault.remove(file, Piece::Original)
                    })
                    .await?;
                    swept.unused += 1;
                }
                // It became part of an entry in the meantime, or another process swept it.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        let vault = self.vault().clone();
        let found = blocking(move || vault.older_than(vault::ago(old))).await?;
        for some in found.pieces.chunks(PAGE) {
            let known = self.known_files(some.iter().map(|(file, _)| *file).collect()).await?;
            let lost: Vec<_> = some.iter().copied().filter(|(file, _)| !known.contains(file)).collect();
            swept.left_over += lost.len();
            let vault = self.vault().clone();
            blocking(move || lost.iter().try_for_each(|(file, piece)| vault.remove(*file, *piece))).await?;
        }
        swept.left_over += found.coming.len();
        blocking(move || {
            Vault::forget_coming(&found.coming);
            Ok(())
        })
        .await?;
        Ok(swept)
    }

    /// Files of drafts that have ended and lain still since.
    async fn unused_files(&self, before: record::Moment) -> Result<Vec<FileId>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows = conn
            .query(
                "select s.file from sent_file s join draft d on d.id = s.draft where d.state <> 'open' and d.touched < $1",
                args![before],
            )
            .await?;
        conn.rollback().await?;
        rows.iter().map(|row| row.parsed(0, "sent_file", "file")).collect()
    }

    async fn known_files(&self, files: Vec<FileId>) -> Result<BTreeSet<FileId>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let list = placeholder_list(1, files.len());
        let args = crate::facts::args_of(files);
        let rows = conn.query(format!("select id from file where id in ({list})"), args).await?;
        conn.rollback().await?;
        rows.iter().map(|row| row.parsed(0, "file", "id")).collect()
    }
}

/// The files that are there at the moment of a snapshot.
pub(crate) async fn live_files(conn: &mut Conn, after: Option<FileId>, most: u32) -> Result<Vec<LiveFile>, StoreError> {
    let after = after.map_or_else(String::new, |file| file.to_string());
    let rows = conn
        .query(
            "select f.id, f.bytes, f.shown_bytes, (select count(*) from file_key k where k.file = f.id) from file f
             where f.id > $1 order by f.id limit $2",
            args![after, i64::from(most)],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let wrong = StoreError::Inconsistent { table: "file", column: "bytes" };
            Ok(LiveFile {
                file: row.parsed(0, "file", "id")?,
                bytes: u64::try_from(row.int(1)?).map_err(|_| wrong)?,
                shown_bytes: row.opt_int(2)?.map(i64::unsigned_abs),
                of_entry: row.int(3)? > 0,
            })
        })
        .collect()
}

/// Work that waits for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Files(error.to_string()))?
}
