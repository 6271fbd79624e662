//! Who looked: the leaves of the readings, found by the child whom they showed.
//!
//! The leaves are the truth. Beside each the table `looked` has a row for everybody whom it showed, written in the same
//! commit (`record::looked` says which), so that a child's readers are found however many leaves there are; `verify`
//! works the rows out again from the leaves.

use ledger::leaf::Leaf;
use record::{
    Moment, PersonId,
    id::Id,
    looked::{How, looks},
};

use crate::{
    door::{Grant, ReadUnder, Tx},
    engine::{Arg, Conn, Statement, StoreError, args, placeholder_list},
    facts::args_of,
};

const TABLE: &str = "looked (leaf, about, reader, how, because, among)";
/// How many rows one statement adds.
const AT_ONCE: usize = 300;
/// How many leaves are read at once where all are.
const PAGE: i64 = 2_000;

/// A row of the table: the leaf, whom it showed, who looked, how, through what, among how many.
pub(crate) type Row = (String, String, String, &'static str, String, i64);

/// The rows that stand beside a leaf of the readings.
pub(crate) fn rows(id: &str, leaf: &Leaf) -> Vec<Row> {
    looks(leaf)
        .into_iter()
        .map(|one| (id.to_owned(), one.about, leaf.actor.id.clone(), one.how.code(), one.because, i64::from(one.among)))
        .collect()
}

/// The statements that add rows.
pub(crate) fn added<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<Statement> {
    let all: Vec<Vec<Arg>> = rows
        .map(|(leaf, about, reader, how, because, among)| args![leaf, about, reader, *how, because, *among])
        .collect();
    all.chunks(AT_ONCE).map(|some| Statement::insert(TABLE, some.to_vec())).collect()
}

/// The leaves of the readings behind one of them, in their order, each with its bytes.
pub(crate) async fn leaves_after(conn: &mut Conn, last: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let sql = "select id, body from leaf where id > $1 and log like 'readings-%' order by id limit $2";
    conn.query(sql, args![last, PAGE]).await?.iter().map(|row| Ok((row.text(0)?, row.blob(1)?))).collect()
}

/// Brings in what lies in the leaves of a database that is older than the table.
pub(crate) async fn bring_in(conn: &mut Conn) -> Result<(), StoreError> {
    let mut last = String::new();
    loop {
        let leaves = leaves_after(conn, &last).await?;
        let Some((end, _)) = leaves.last() else { return Ok(()) };
        last.clone_from(end);
        let mut all = Vec::new();
        for (id, body) in &leaves {
            // One that cannot be read is a finding of the check.
            if let Ok(leaf) = Leaf::from_bytes(body) {
                all.extend(rows(id, &leaf));
            }
        }
        for statement in added(all.iter()) {
            conn.run(statement).await?;
        }
    }
}

/// Which of a record's looks are asked for.
#[derive(Clone, Debug, Default)]
pub struct LooksWanted {
    /// Only by this person.
    pub reader: Option<PersonId>,
    /// From this moment on.
    pub from: Option<Moment>,
    /// Before this moment.
    pub to: Option<Moment>,
    /// Only in these ways; all where there are none.
    pub how: Vec<How>,
    /// Before this leaf: where the page before this one ended.
    pub before: Option<String>,
}

/// That somebody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The leaf's identifier.
    pub id: String,
    /// In what way.
    pub how: How,
    /// The leaf.
    pub leaf: Leaf,
}

impl Tx {
    /// Who has looked at a record, newest first: what the ledger holds of readings, searches, prints and refusals.
    ///
    /// The grant is to see readings; the leaves are the evidence and are given as they are.
    pub async fn looked_at(
        &self,
        grant: &Grant<'_, ReadUnder>,
        wanted: &LooksWanted,
        most: usize,
    ) -> Result<Vec<Looked>, StoreError> {
        let mut found: Vec<Looked> = Vec::new();
        for about in subjects(grant) {
            let mut args = args![about];
            let mut conditions = vec!["w.about = $1".to_owned()];
            let mut narrow = |condition: &str, value: Vec<Arg>| {
                args.extend(value);
                conditions.push(format!("w.{condition} ${}", args.len()));
            };
            if let Some(reader) = wanted.reader {
                narrow("reader =", args![reader]);
            }
            if let Some(from) = wanted.from {
                narrow("leaf >=", args![Id::earliest(from).to_string()]);
            }
            if let Some(to) = wanted.to {
                narrow("leaf <", args![Id::earliest(to).to_string()]);
            }
            if let Some(before) = &wanted.before {
                narrow("leaf <", args![before]);
            }
            if !wanted.how.is_empty() {
                let list = placeholder_list(args.len() + 1, wanted.how.len());
                args.extend(args_of(wanted.how.iter().map(|how| how.code().to_owned())));
                conditions.push(format!("w.how in ({list})"));
            }
            let sql = format!(
                "select w.leaf, w.how, l.body from looked w join leaf l on l.id = w.leaf
                 where {} order by w.leaf desc limit {most}",
                conditions.join(" and ")
            );
            for row in self.query(sql, args).await? {
                let inconsistent = |column| StoreError::Inconsistent { table: "looked", column };
                found.push(Looked {
                    id: row.text(0)?,
                    how: How::from_code(&row.text(1)?).ok_or_else(|| inconsistent("how"))?,
                    leaf: Leaf::from_bytes(&row.blob(2)?).map_err(|_| inconsistent("leaf"))?,
                });
            }
        }
        found.sort_by(|a, b| b.id.cmp(&a.id));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(most);
        Ok(found)
    }

    /// Everybody who has ever looked at a record: whom the page of its readers can be narrowed to.
    pub async fn readers(&self, grant: &Grant<'_, ReadUnder>) -> Result<Vec<PersonId>, StoreError> {
        let subjects = subjects(grant);
        let sql =
            format!("select distinct reader from looked where about in ({})", placeholder_list(1, subjects.len()));
        let rows = self.query(sql, args_of(subjects)).await?;
        // A job of the program has a name that is no person's.
        Ok(rows.iter().filter_map(|row| row.text(0).ok()?.parse().ok()).collect())
    }
}

/// Under what leaves speak of a record: itself, and whose it is, since a search shows people.
fn subjects(grant: &Grant<'_, ReadUnder>) -> Vec<String> {
    let holders = grant.twin_holders().into_iter().map(|(_, holder)| holder).chain(grant.holder());
    grant.records().iter().map(ToString::to_string).chain(holders.map(|holder| holder.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Actor, Db, Place, verify::verify};

    /// A database from before the table has all of it once it is brought to this step.
    #[tokio::test]
    async fn what_lies_in_the_leaves_of_an_older_database_is_brought_in() {
        let folder = tempfile::tempdir().unwrap();
        let pack = Arc::new(policy::load(&policy::embedded(), "rochdale").unwrap());
        let clock: crate::Clock = Arc::new(|| "2026-03-03T15:20:00.000000Z".parse().unwrap());
        let place = Place::Folder(folder.path().join("data"));
        let db = Db::open(&place, &folder.path().join("keys"), pack, clock).await.unwrap();
        let tx = db.begin(Actor::System("tests"), db.now()).await.unwrap();
        for nth in 0..3_000 {
            tx.leave("list-team", None, None, "", &[format!("a{nth}"), format!("b{nth}")], false);
        }
        tx.commit().await.unwrap();
        let mut conn = db.engine().begin_writing().await.unwrap();
        conn.execute("delete from looked", args![]).await.unwrap();
        conn.commit().await.unwrap();
        assert_eq!(verify(&db, |_, _| {}).await.unwrap().findings.len(), 3_000);
        let mut conn = db.engine().begin_writing().await.unwrap();
        bring_in(&mut conn).await.unwrap();
        conn.commit().await.unwrap();
        assert!(verify(&db, |_, _| {}).await.unwrap().is_sound());
    }
}
