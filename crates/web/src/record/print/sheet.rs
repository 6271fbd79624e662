//! The file front sheet on paper, with room for a signature (R-BAS-21).

use casework::reading::FrontPage;
use paper::{Block, Document};
use store::Db;

use crate::record::front_page::sheet_of;

/// The front sheet.
pub fn document(db: &Db, page: &FrontPage) -> Document {
    let sheet = sheet_of(db, page, db.now().day());
    let mut blocks = vec![Block::Terms { rows: sheet.terms }];
    if let Some((words, day)) = sheet.words {
        let voice = super::telling::voice(&sheet.words_classes);
        blocks.push(Block::Heading { text: db.pack().word("child-words").to_owned() });
        blocks.push(Block::Said { margin: day, text: format!("“{words}”"), voice });
    }
    if !sheet.chronology.is_empty() {
        blocks.push(Block::Heading { text: "The newest of the chronology".to_owned() });
        blocks.push(Block::Table {
            summary: "The newest of the chronology, newest first: the day and what happened".to_owned(),
            head: vec!["Day".to_owned(), "What happened".to_owned()],
            widths: vec![5, 15],
            rows: sheet.chronology.into_iter().map(|row| vec![row.day, row.headline]).collect(),
        });
    }
    blocks.push(Block::Quiet { text: sheet.checked });
    blocks.push(Block::Sign { lines: ["Signed", "Name and post", "Date"].map(str::to_owned).to_vec() });
    Document { title: "File front sheet".to_owned(), blocks, ..Document::default() }
}
