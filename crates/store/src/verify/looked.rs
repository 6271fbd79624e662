//! Who looked: the rows beside the leaves of the readings, worked out again from them.

use std::collections::BTreeSet;

use ledger::leaf::Leaf;

use super::{Walk, finding::Finding};
use crate::{
    engine::{StoreError, args},
    looked::{Row, leaves_after, rows},
};

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// Each leaf has its rows, and each row its leaf. A leaf that was taken out is found by the log itself, and its rows
    /// here.
    pub(super) async fn check_looked(&mut self) -> Result<(), StoreError> {
        let mut last = String::new();
        loop {
            let leaves = leaves_after(&mut self.conn, &last).await?;
            let end = leaves.last().map(|(id, _)| id.clone());
            let expected: BTreeSet<Row> = leaves
                .iter()
                .filter_map(|(id, body)| Some((id, Leaf::from_bytes(body).ok()?)))
                .flat_map(|(id, leaf)| rows(id, &leaf))
                .collect();
            let kept = self.rows_between(&last, end.as_deref()).await?;
            let wrong: BTreeSet<&str> = expected.symmetric_difference(&kept).map(|row| row.0.as_str()).collect();
            for leaf in wrong {
                self.found(Finding::Looked { leaf: leaf.to_owned() });
            }
            match end {
                Some(end) => last = end,
                None => return Ok(()),
            }
        }
    }

    /// The rows behind one leaf up to another; to the end where there is none.
    async fn rows_between(&mut self, after: &str, to: Option<&str>) -> Result<BTreeSet<Row>, StoreError> {
        let mut found = BTreeSet::new();
        // Behind the last leaf there is none; whatever is there nevertheless is wrong, and a good many say enough.
        let sql =
            "select leaf, about, reader, how, because, among from looked where leaf > $1 and leaf <= $2 limit 1000000";
        for row in self.conn.query(sql, args![after, to.unwrap_or("~")]).await? {
            let how = row.text(3)?;
            let known = record::looked::How::from_code(&how).map_or("?", record::looked::How::code);
            found.insert((row.text(0)?, row.text(1)?, row.text(2)?, known, row.text(4)?, row.int(5)?));
        }
        Ok(found)
    }
}
