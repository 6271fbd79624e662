//! The store's tests: one body each, run on both engines.
//!
//! PostgreSQL comes from `LIFESTORY_TEST_POSTGRES`, a connection string; each test has a schema of its own there.
//! Without it those tests say that they were skipped; in CI they fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Tests of one body that run on both engines.
macro_rules! both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: TestDb) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every body uses all that its file uses")]
            #[allow(unused_imports, reason = "not every body uses all that its file uses")]
            use super::*;

            async fn body($db: TestDb) $body

            #[tokio::test]
            async fn sqlite() {
                body(TestDb::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(db) = TestDb::postgres().await {
                    body(db).await;
                }
            }
        }
    )*};
}

mod accounts;
mod acts;
mod adoption;
mod authorising;
mod backup;
mod cast;
mod chance;
mod codes;
mod dice;
mod door;
mod drafts;
mod engine;
mod extract;
mod facts;
mod few;
mod files;
mod links;
mod looked;
mod looking;
mod moving;
mod obligations;
mod passkeys;
mod prepared;
mod right;
mod same;
mod sealing;
mod single_sign_on;
mod tampering;
mod test_db;
mod words;
