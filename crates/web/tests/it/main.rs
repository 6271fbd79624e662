//! The pages, driven as a browser drives them: the router in this process, forms filled from the page that shows
//! them, posts as a browser sends them.
//!
//! Everything runs on SQLite; the stories that matter most run on PostgreSQL too, from the same body.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Stories of one body that run on both engines.
macro_rules! both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($town:ident: Town) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn body($town: Town) $body

            #[tokio::test]
            async fn sqlite() {
                body(Town::new().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(town) = Town::on_postgres().await {
                    body(town).await;
                }
            }
        }
    )*};
}

mod a_new_authority;
mod adoption;
mod amending;
mod answers;
mod approval;
mod attaching;
mod authorising;
mod checking;
mod chronologies;
mod codes;
mod confidential;
mod consent;
mod counts;
mod disclosing;
mod drafts;
mod emergency;
mod family;
mod file_reading;
mod in_the_system;
mod late;
mod ledger_fails;
mod looked;
mod looking;
mod matrix;
mod moving;
mod my_work;
mod notices;
mod other;
mod owed;
mod page;
mod passkeys;
mod passwords;
mod planned;
mod printing;
mod protecting;
mod races;
#[path = "../../../paper/tests/it/reader.rs"]
#[expect(dead_code, reason = "what else it reads is for the tests of paper")]
mod reader;
mod reading;
mod recent;
mod record_once;
mod records;
mod right;
mod routes;
mod same_time;
mod searching;
mod security;
mod sign_in;
mod single_sign_on;
mod staffing;
mod story;
mod support;
mod town;
mod twice;
mod visits;
mod what_is_expected;
mod where_they_differ;
