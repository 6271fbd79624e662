//! Files: that each one which an entry names is there, whole, and what was sent; and that no record has the key of
//! another.

use std::collections::BTreeMap;

use record::{FileId, RecordId, content::Content};

use super::{
    Walk,
    finding::{EntryProblem, FileProblem, RecordProblem},
    records::Checked,
};
use crate::{
    engine::{StoreError, placeholder_list},
    facts::args_of,
    files::{NotWhole, check_whole, documents_of, open_key},
    keys::RecordKey,
};

/// The rows of a group's files that no entry has named yet.
#[derive(Default)]
pub(super) struct FileKeys {
    rows: BTreeMap<(RecordId, FileId), FileRow>,
    /// Those that an entry has named: two entries of a record never share a file.
    named: Vec<(RecordId, FileId)>,
}

struct FileRow {
    sealed: Vec<u8>,
    /// How many sealed bytes its row says, where it has one.
    bytes: Option<i64>,
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// The keys of files that these records have.
    pub(super) async fn file_keys(&mut self, group: &[Checked]) -> Result<FileKeys, StoreError> {
        let list = placeholder_list(1, group.len());
        let sql = format!(
            "select k.record, k.file, k.sealed, f.bytes from file_key k left join file f on f.id = k.file where k.record in ({list})"
        );
        let mut keys = FileKeys::default();
        for row in self.conn.query(sql, args_of(group.iter().map(|one| one.id))).await? {
            // A name that is no identifier names no file; the entry that lacks its own is found by itself.
            let (Ok(record), Ok(file)) = (row.text(0)?.parse(), row.text(1)?.parse()) else { continue };
            keys.rows.insert((record, file), FileRow { sealed: row.blob(2)?, bytes: row.opt_int(3)? });
        }
        Ok(keys)
    }

    /// Everything that is wrong with the files of one entry: each is read to its end.
    pub(super) async fn check_files(
        &mut self,
        record: RecordId,
        key: &RecordKey,
        content: &Content,
        keys: &mut FileKeys,
    ) -> Result<Vec<EntryProblem>, StoreError> {
        let mut problems = Vec::new();
        for document in documents_of(content) {
            let file = document.sent.file;
            let row = keys.rows.get(&(record, file));
            keys.named.push((record, file));
            let found = match row.map(|row| (row.bytes, open_key(key, record, file, &row.sealed))) {
                None | Some((_, None)) => Some(FileProblem::Key),
                Some((None, _)) => Some(FileProblem::Row),
                Some((Some(bytes), Some(own))) => {
                    let (vault, sent) = (self.db.vault().clone(), document.sent.clone());
                    let checked = tokio::task::spawn_blocking(move || {
                        let found = check_whole(&vault, &own, &sent)?;
                        let length = vault.open(sent.file, crate::files::Piece::Original)?;
                        let length = length.and_then(|piece| piece.metadata().ok()).map(|about| about.len());
                        Ok::<_, StoreError>((found, length))
                    });
                    match checked.await.map_err(|error| StoreError::Files(error.to_string()))?? {
                        (Some(NotWhole::Missing), _) => Some(FileProblem::Missing),
                        (Some(NotWhole::Changed), _) => Some(FileProblem::Changed),
                        (None, length) if length != u64::try_from(bytes).ok() => Some(FileProblem::Row),
                        (None, _) => None,
                    }
                }
            };
            problems.extend(found.map(|problem| EntryProblem::File(file.to_string(), problem)));
        }
        Ok(problems)
    }

    /// Keys that no entry of their record names.
    pub(super) fn check_stray_files(&mut self, group: &[Checked], keys: &FileKeys) {
        for (record, file) in keys.rows.keys().filter(|row| !keys.named.contains(row)) {
            // Where the record's own key does not open, none of its entries could be read, and that was said.
            let of = group.iter().find(|one| one.id == *record && one.key.is_some());
            if let Some(number) = of.map(|one| one.number) {
                let problem = RecordProblem::StrayFile(file.to_string());
                self.record_finding(Some(number), &record.to_string(), problem);
            }
        }
    }
}
