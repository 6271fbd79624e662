//! Which tables a backup has. Every table that the migrations make is named here, in one list or the other; a test holds
//! that, so that a new table is thought about.

use std::collections::BTreeMap;

use crate::{
    engine::{Conn, Engine, StoreError, args},
    migrate,
};

/// Tables that a backup has, those that others refer to first: the order in which they are filled again.
pub(crate) const COPIED: &[&str] = &[
    "record",
    "person",
    "act",
    "form_used",
    "pack_kept",
    "entry",
    "entry_version",
    "answer",
    "not_standing",
    "to_authorise",
    "seen_entry",
    "story_place",
    "fact",
    "same_person",
    "draft",
    "draft_version",
    "draft_part",
    "amending",
    "account",
    "passkey",
    "code",
    "identity",
    "account_notice",
    "digest",
    "held_post",
    "held_text",
    "leaf",
    "log",
    "tile",
    "looked",
    "import_source",
    "file",
    "sent_file",
    "file_key",
    "owed",
];

/// Tables of earlier steps that are no more. A backup of such a step may have them, which are then filled and go as the
/// place is brought forward; one that this program makes of such a step has not.
pub(crate) const GONE: &[&str] = &["owed_under"];

/// Tables that a backup does not have, each with the reason.
pub(crate) const LEFT_OUT: &[(&str, &str)] = &[
    ("step", "a restore makes the tables step by step, and says itself how far it is"),
    ("session", "nobody stays signed in from the past"),
    ("ceremony", "what a browser was asked some minutes before, which it answers once or never"),
    ("person_key", "worked out from the facts, and filled anew when it is empty"),
];

/// The three types of columns that both engines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Bytes,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bytes => "bytes",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Text, Self::Number, Self::Bytes].into_iter().find(|kind| kind.name() == name)
    }
}

/// Tables with their columns.
pub(crate) type Shapes = BTreeMap<String, Vec<(String, Kind)>>;

/// Every table as the migrations up to this step make it, from a model in memory.
pub(crate) async fn shapes(step: i64) -> Result<Shapes, StoreError> {
    let scratch = Engine::in_memory().await?;
    migrate::up_to(&scratch, step, None).await?;
    let mut conn = scratch.begin_writing().await?;
    let found = shapes_of(&mut conn).await;
    conn.rollback().await?;
    scratch.close().await;
    found
}

async fn shapes_of(model: &mut Conn) -> Result<Shapes, StoreError> {
    let mut shapes = Shapes::new();
    let sql = "select m.name, c.name, lower(c.type) from sqlite_master m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' order by m.name, c.cid";
    for row in model.query(sql, args![]).await? {
        let kind = match row.text(2)?.as_str() {
            "text" => Kind::Text,
            "integer" | "bigint" => Kind::Number,
            "blob" => Kind::Bytes,
            _ => return Err(StoreError::Inconsistent { table: "sqlite_master", column: "type" }),
        };
        shapes.entry(row.text(0)?).or_default().push((row.text(1)?, kind));
    }
    Ok(shapes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whoever adds a table decides whether a backup has it: into one of the two lists.
    #[tokio::test]
    async fn every_table_is_in_one_list_and_after_those_that_it_refers_to() {
        let scratch = Engine::in_memory().await.unwrap();
        migrate::migrate(&scratch).await.unwrap();
        let mut model = scratch.begin_writing().await.unwrap();
        let made: BTreeSet<String> = shapes_of(&mut model).await.unwrap().into_keys().collect();
        let named = COPIED.iter().copied().chain(LEFT_OUT.iter().map(|(table, _)| *table));
        assert_eq!(named.clone().map(str::to_owned).collect::<BTreeSet<_>>(), made);
        assert_eq!(named.count(), made.len(), "a table stands in a list once");
        assert!(GONE.iter().all(|table| !made.contains(*table)), "what is gone is made again");
        for (at, table) in COPIED.iter().enumerate() {
            let sql = format!("select \"table\" from pragma_foreign_key_list('{table}')");
            for row in model.query(sql, args![]).await.unwrap() {
                let other = row.text(0).unwrap();
                assert!(COPIED[..at].contains(&other.as_str()), "{table} refers to {other}, which comes later");
            }
        }
        model.rollback().await.unwrap();
    }
}
