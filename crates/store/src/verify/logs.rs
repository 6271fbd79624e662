//! The logs: `ledger::verify` over the leaves, tiles and checkpoints that the database holds.
//!
//! `ledger` reads synchronously and one thing after another; it runs on a thread of its own and asks for pages of
//! leaves and for tiles, which the snapshot's connection answers. Memory holds a page, whatever the log's size.

use std::{collections::BTreeMap, vec};

use ledger::{
    checkpoint,
    hash::leaf_hash,
    leaf::Leaf,
    note::KeyKind,
    tree::{Plan, TileBuilder, TileId, TileReader},
    verify::{Claim, Finding as LogFinding, Report, Trust},
};
use record::Moment;
use tokio::sync::{mpsc, oneshot};

use super::{
    VerifiedLog, Walk,
    finding::{About, Finding, LogProblem},
};
use crate::{
    engine::{Conn, StoreError, args},
    log::{signed, unsigned},
};

/// How many leaves are read at once.
const PAGE: i64 = 1_000;
/// After how many seconds a leaf without a number is wrong.
const PATIENCE: i64 = 60;

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// How many leaves each log has: numbered, and waiting for their numbers.
    pub(super) async fn count_leaves(&mut self) -> Result<BTreeMap<String, (u64, u64)>, StoreError> {
        let mut logs: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for row in self.conn.query("select name from log", args![]).await? {
            logs.entry(row.text(0)?).or_default();
        }
        for row in self.conn.query("select log, count(*) from leaf where seq is not null group by log", args![]).await?
        {
            logs.entry(row.text(0)?).or_default().0 = unsigned(row.int(1)?)?;
        }
        for row in self.conn.query("select log, count(*) from leaf where seq is null group by log", args![]).await? {
            logs.entry(row.text(0)?).or_default().1 = unsigned(row.int(1)?)?;
        }
        Ok(logs)
    }

    /// Checks one log from its first leaf to its checkpoint.
    pub(super) async fn check_log(&mut self, name: &str, leaves: u64, waiting: u64) -> Result<VerifiedLog, StoreError> {
        let row = self.conn.query_opt("select size, tiled, checkpoint from log where name = $1", args![name]).await?;
        let Some(row) = row else {
            if leaves > 0 {
                self.log_finding(name, LogProblem::Unsigned, None);
            }
            self.check_waiting(name, waiting).await?;
            return Ok(VerifiedLog { name: name.to_owned(), leaves, waiting });
        };
        let (size, tiled, note) = (unsigned(row.int(0)?)?, unsigned(row.int(1)?)?, row.text(2)?);
        let key = self.db.keys().signer(name)?.verifier(KeyKind::Ed25519);
        if checkpoint::open(&note, &key).is_ok_and(|signed| signed.size != size) || tiled > size {
            self.log_finding(name, LogProblem::Size, None);
        }
        let tail = self.tail_tiles(name, tiled).await?;
        let trust = Trust { log: vec![key], witnesses: Vec::new(), quorum: 1 };
        let (asks, asked) = mpsc::unbounded_channel();
        let reader = Reader { asks, tail };
        let kept = self.checkpoints.iter().filter(|(log, _)| log == name).map(|(_, note)| note.clone());
        let claims: Vec<_> = std::iter::once(note).chain(kept).map(|note| Claim { note, witnessed: false }).collect();
        let pass = tokio::task::spawn_blocking(move || {
            let leaves = Leaves { reader: &reader, page: Vec::new().into_iter(), next: Some(0) };
            ledger::verify::verify(&trust, claims, leaves, &reader)
        });
        let gaps = self.answer(name, asked).await?;
        let report = pass.await.map_err(|error| StoreError::Engine(error.to_string()))??;
        self.take_report(name, report, gaps).await?;
        self.check_waiting(name, waiting).await?;
        Ok(VerifiedLog { name: name.to_owned(), leaves, waiting })
    }

    /// The right edge that is not written as tiles yet, worked out from the leaves' own rows.
    async fn tail_tiles(&mut self, log: &str, tiled: u64) -> Result<BTreeMap<TileId, Vec<u8>>, StoreError> {
        let mut edge: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        for id in Plan::frontier(tiled).tiles().into_keys() {
            if let Some(hashes) = tile(&mut self.conn, log, id).await? {
                edge.insert(id, hashes);
            }
        }
        // A broken edge is found by the pass itself.
        let Ok(mut builder) = TileBuilder::open(&edge, tiled) else { return Ok(BTreeMap::new()) };
        let rows = self
            .conn
            .query("select body from leaf where log = $1 and seq >= $2 order by seq", args![log, signed(tiled)])
            .await?;
        for row in rows {
            builder.append(leaf_hash(&row.blob(0)?));
        }
        Ok(builder.drain().into_iter().map(|tile| (tile.id, tile.to_bytes())).collect())
    }

    /// Answers what the pass asks until it is done; gives the numbers that are left out.
    async fn answer(
        &mut self,
        log: &str,
        mut asked: mpsc::UnboundedReceiver<Ask>,
    ) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut gaps = Vec::new();
        let mut expected = 0;
        // Who asked may have stopped: then nobody waits for the answer.
        while let Some(ask) = asked.recv().await {
            match ask {
                Ask::Tile(id, answer) => drop(answer.send(tile(&mut self.conn, log, id).await?)),
                Ask::Leaves(from, answer) => {
                    let rows = self
                        .conn
                        .query(
                            "select seq, body from leaf where log = $1 and seq >= $2 order by seq limit $3",
                            args![log, signed(from), PAGE],
                        )
                        .await?;
                    let mut bodies = Vec::with_capacity(rows.len());
                    for row in &rows {
                        let seq = unsigned(row.int(0)?)?;
                        if seq > expected {
                            gaps.push((expected, seq));
                        }
                        expected = seq + 1;
                        bodies.push(row.blob(1)?);
                    }
                    self.step(bodies.len() as u64);
                    let next = (!bodies.is_empty()).then_some(expected);
                    drop(answer.send((bodies, next)));
                }
            }
        }
        Ok(gaps)
    }

    async fn take_report(&mut self, log: &str, report: Report, gaps: Vec<(u64, u64)>) -> Result<(), StoreError> {
        for finding in report.findings {
            if let LogFinding::LeafMissing { from, to } = finding
                && gaps.iter().any(|(first, end)| *first <= from && to <= *end)
            {
                continue;
            }
            let index = match &finding {
                LogFinding::LeafChanged { index } | LogFinding::LeafUnsettled { index } => Some(*index),
                LogFinding::LeafAdded { given, .. } | LogFinding::LeafUnreadable { given, .. } => Some(*given),
                _ => None,
            };
            let about = match index {
                Some(index) => self.about(log, index).await?,
                None => None,
            };
            self.log_finding(log, LogProblem::Tree(finding), about);
        }
        for (from, to) in gaps {
            self.log_finding(log, LogProblem::Gap { from, to }, None);
        }
        Ok(())
    }

    async fn about(&mut self, log: &str, seq: u64) -> Result<Option<About>, StoreError> {
        let row =
            self.conn.query_opt("select body from leaf where log = $1 and seq = $2", args![log, signed(seq)]).await?;
        let leaf = row.map(|row| row.blob(0)).transpose()?.and_then(|body| Leaf::from_bytes(&body).ok());
        Ok(leaf.map(|leaf| About { act: leaf.act, record: leaf.record, thing: leaf.thing }))
    }

    async fn check_waiting(&mut self, log: &str, waiting: u64) -> Result<(), StoreError> {
        if waiting == 0 {
            return Ok(());
        }
        let now = self.db.now();
        for row in self
            .conn
            .query("select body from leaf where seq is null and log = $1 order by id limit 100", args![log])
            .await?
        {
            let Ok(leaf) = Leaf::from_bytes(&row.blob(0)?) else { continue };
            let since = leaf.at.parse::<Moment>().ok();
            // On SQLite a leaf is numbered in the commit that writes it.
            if self.db.engine().has_one_writer() || since.is_none_or(|since| now.seconds_since(since) > PATIENCE) {
                let about = About { act: leaf.act, record: leaf.record, thing: leaf.thing };
                self.log_finding(log, LogProblem::Waiting, Some(about));
            }
        }
        Ok(())
    }

    pub(super) fn log_finding(&mut self, log: &str, problem: LogProblem, about: Option<About>) {
        self.found(Finding::Log { log: log.to_owned(), problem, about });
    }
}

async fn tile(conn: &mut Conn, log: &str, id: TileId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = conn
        .query_opt(
            "select hashes from tile where log = $1 and level = $2 and idx = $3",
            args![log, i64::from(id.level), signed(id.index)],
        )
        .await?;
    row.map(|row| row.blob(0)).transpose()
}

/// A page of leaves, and where the next one begins.
type Page = (Vec<Vec<u8>>, Option<u64>);

enum Ask {
    Leaves(u64, oneshot::Sender<Page>),
    Tile(TileId, oneshot::Sender<Option<Vec<u8>>>),
}

/// What the pass reads from, on its own thread.
struct Reader {
    asks: mpsc::UnboundedSender<Ask>,
    tail: BTreeMap<TileId, Vec<u8>>,
}

impl Reader {
    fn ask<T>(&self, make: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, StoreError> {
        let stopped = || StoreError::Engine("the check was stopped".to_owned());
        let (answer, told) = oneshot::channel();
        self.asks.send(make(answer)).map_err(|_| stopped())?;
        told.blocking_recv().map_err(|_| stopped())
    }
}

impl TileReader for Reader {
    type Error = StoreError;

    fn tile(&self, id: TileId, _: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.tail.get(&id) {
            Some(hashes) => Ok(Some(hashes.clone())),
            None => self.ask(|answer| Ask::Tile(id, answer)),
        }
    }
}

struct Leaves<'a> {
    reader: &'a Reader,
    page: vec::IntoIter<Vec<u8>>,
    next: Option<u64>,
}

impl Iterator for Leaves<'_> {
    type Item = Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(body) = self.page.next() {
            return Some(Ok(body));
        }
        let from = self.next?;
        match self.reader.ask(|answer| Ask::Leaves(from, answer)) {
            Ok((page, next)) => {
                (self.page, self.next) = (page.into_iter(), next);
                self.page.next().map(Ok)
            }
            Err(error) => {
                self.next = None;
                Some(Err(error))
            }
        }
    }
}
