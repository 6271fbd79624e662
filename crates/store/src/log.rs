//! Numbering leaves: giving each its place in the tree, keeping the tiles, signing the checkpoint.
//!
//! Exactly one numbers: the writer task on SQLite, one process by advisory lock on PostgreSQL. Tiles are written
//! when a good many leaves have come together; what is not yet in a tile is taken up again from the leaves' own rows.

use std::collections::BTreeMap;

use ledger::{
    checkpoint,
    hash::{Hash, leaf_hash},
    tree::{Plan, TileBuilder, TileId},
};
use record::Moment;

use crate::{
    engine::{Conn, Statement, StoreError, args},
    keys::KeyRing,
};

/// The log of changes: one tree for ever.
pub const CHANGES: &str = "changes";

/// The log of readings of a year: a tree of its own, so that it can lawfully end.
pub fn readings_of(now: Moment) -> String {
    format!("readings-{}", now.london().year())
}

/// A leaf on its way into a log.
#[derive(Clone, Debug)]
pub(crate) struct NewLeaf {
    pub id: String,
    pub log: String,
    pub body: Vec<u8>,
    /// Whom it showed, where it is of a reading.
    pub looked: Vec<crate::looked::Row>,
}

/// How many leaves may wait to be written into tiles.
const TILES_AFTER: u64 = 256;

struct Book {
    builder: TileBuilder,
    tiled: u64,
}

/// The right edges of the logs, in the memory of the one who numbers.
#[derive(Default)]
pub(crate) struct Numbering {
    books: BTreeMap<String, Book>,
}

impl Numbering {
    /// Forgets what is in memory; the next leaf reads it anew. For after a commit that failed.
    pub fn forget(&mut self) {
        self.books.clear();
    }

    /// The numbers for these leaves of one log, and the statements that keep tiles and checkpoint. Those end in a conflict
    /// where another process has numbered since: then [`forget`](Self::forget), and again.
    pub async fn number(
        &mut self,
        conn: &mut Conn,
        log: &str,
        bodies: &[&[u8]],
        now: Moment,
        keys: &KeyRing,
    ) -> Result<(u64, Vec<Statement>), StoreError> {
        if !self.books.contains_key(log) {
            let book = take_up(conn, log).await?;
            self.books.insert(log.to_owned(), book);
        }
        let book = self.books.get_mut(log).ok_or(StoreError::LedgerStands)?;
        let first = book.builder.size();
        for body in bodies {
            book.builder.append(leaf_hash(body));
        }
        let size = book.builder.size();
        let mut statements = Vec::new();
        if size - book.tiled >= TILES_AFTER {
            for tile in book.builder.drain() {
                statements.push(Statement::new(
                    "insert into tile (log, level, idx, hashes) values ($1, $2, $3, $4)
                     on conflict (log, level, idx) do update set hashes = excluded.hashes",
                    args![log, i64::from(tile.id.level), signed(tile.id.index), tile.to_bytes()],
                ));
            }
            book.tiled = size;
        }
        let note = checkpoint::sign(&keys.signer(log)?, size, book.builder.frontier().root());
        // Another process over the same database may have numbered since this one read: a backup leaves its leaf, an
        // import many. Then nothing of this stands.
        statements.push(Statement::one_row(
            "insert into log (name, size, tiled, checkpoint, at) values ($1, $2, $3, $4, $5)
             on conflict (name) do update set size = excluded.size, tiled = excluded.tiled,
                 checkpoint = excluded.checkpoint, at = excluded.at where log.size = $6",
            args![log, signed(size), signed(book.tiled), note, now, signed(first)],
        ));
        Ok((first, statements))
    }
}

/// The tree of a log as the database has it.
async fn take_up(conn: &mut Conn, log: &str) -> Result<Book, StoreError> {
    let Some(row) = conn.query_opt("select size, tiled from log where name = $1", args![log]).await? else {
        return Ok(Book { builder: TileBuilder::default(), tiled: 0 });
    };
    let (size, tiled) = (unsigned(row.int(0)?)?, unsigned(row.int(1)?)?);
    let mut tiles: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
    for id in Plan::frontier(tiled).tiles().into_keys() {
        let found = conn
            .query_opt(
                "select hashes from tile where log = $1 and level = $2 and idx = $3",
                args![log, i64::from(id.level), signed(id.index)],
            )
            .await?;
        if let Some(row) = found {
            tiles.insert(id, row.blob(0)?);
        }
    }
    let mut builder =
        TileBuilder::open(&tiles, tiled).map_err(|_| StoreError::Inconsistent { table: "tile", column: "hashes" })?;
    let rows = conn
        .query("select body from leaf where log = $1 and seq >= $2 order by seq", args![log, signed(tiled)])
        .await?;
    for row in rows {
        builder.append(leaf_hash(&row.blob(0)?));
    }
    if builder.size() == size {
        Ok(Book { builder, tiled })
    } else {
        Err(StoreError::Inconsistent { table: "log", column: "size" })
    }
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Inconsistent { table: "log", column: "size" })
}

/// Numbers what has been committed without a number, oldest first (PostgreSQL). Gives how many.
pub(crate) async fn integrate(
    conn: &mut Conn,
    numbering: &mut Numbering,
    now: Moment,
    keys: &KeyRing,
) -> Result<usize, StoreError> {
    let rows = conn.query("select id, log, body from leaf where seq is null order by id limit 2000", args![]).await?;
    let mut by_log: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for row in &rows {
        by_log.entry(row.text(1)?).or_default().push((row.text(0)?, row.blob(2)?));
    }
    for (log, leaves) in by_log {
        let bodies: Vec<_> = leaves.iter().map(|(_, body)| body.as_slice()).collect();
        let (first, statements) = numbering.number(conn, &log, &bodies, now, keys).await?;
        for chunk in leaves.iter().zip(first..).collect::<Vec<_>>().chunks(500) {
            let rows = crate::engine::placeholders(chunk.len(), 2);
            let args = chunk.iter().flat_map(|((id, _), seq)| args![id, signed(*seq)]).collect();
            // The first row tells PostgreSQL the types of the columns.
            let rows = rows.replacen("$1,$2", "$1::text,$2::bigint", 1);
            conn.execute(
                format!("update leaf set seq = v.seq from (values {rows}) as v (id, seq) where leaf.id = v.id"),
                args,
            )
            .await?;
        }
        for statement in statements {
            conn.run(statement).await?;
        }
    }
    Ok(rows.len())
}

/// What a checkpoint says about a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The log's name.
    pub name: String,
    /// How many leaves are numbered.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When the checkpoint was signed.
    pub signed: Moment,
    /// How many leaves are committed but not numbered yet.
    pub waiting: u64,
}
