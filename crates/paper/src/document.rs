//! What a paper says: typed, and without a word about how it looks.

use jiff::civil::DateTime;
use serde::Serialize;

/// A document, before it is laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What it is: the first heading, and the title that a reader's window shows.
    pub title: String,
    /// Above the title: whose it is.
    pub about: String,
    /// In the head of every page, at the left, heavy: «Confidential».
    pub marking: String,
    /// In the head of every page, at the right: what this is a page of.
    pub running: String,
    /// At the foot of every page, at the left: who printed it, when and why.
    pub foot: String,
    /// Under the title, between two hairlines: what must be known of this paper. One sentence or more for each.
    pub notice: Vec<String>,
    /// Under the notice, when this is one piece of several: «Part 2 of 3».
    pub part: String,
    /// The document's body.
    pub blocks: Vec<Block>,
    /// When it was made, UTC: the same document made at the same moment gives the same bytes.
    #[serde(skip)]
    pub made: DateTime,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Block {
    /// A heading within the document; it stands in the outline.
    Heading {
        /// The heading.
        text: String,
    },
    /// A question above its answers; a heading of the next level, not in the outline.
    Question {
        /// The question.
        text: String,
    },
    /// A paragraph, with a word at its margin that says whose voice it is or what kind of statement.
    Said {
        /// The word at the margin: «seen», «told by Mrs Khan»; blank for none.
        margin: String,
        /// The paragraph; its line breaks stay.
        text: String,
        /// How it is set apart.
        voice: Voice,
    },
    /// Something small beside the matter.
    Quiet {
        /// The sentence.
        text: String,
    },
    /// What something is called, and what it is: two columns, the first of them heads of their rows.
    Terms {
        /// Rows: what it is called, and each thing that is said of it on a line of its own.
        rows: Vec<(String, Vec<String>)>,
    },
    /// A table whose head is repeated on every page.
    Table {
        /// What the table is, for whoever cannot see it.
        summary: String,
        /// Heads of the columns.
        head: Vec<String>,
        /// How wide the columns are, as parts of the whole.
        widths: Vec<u8>,
        /// Rows, each with a cell for every head.
        rows: Vec<Vec<String>>,
    },
    /// Lines for a pen: «Signed», «Date».
    Sign {
        /// What is written above each line.
        lines: Vec<String>,
    },
}

/// How a voice is set apart: by shape, never by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Voice {
    /// Set in italic.
    pub italic: bool,
    /// With a line at its left edge.
    pub edge: bool,
}

impl Document {
    /// Every text of the document, to be looked at or changed one by one.
    pub(crate) fn texts(&mut self) -> Vec<&mut String> {
        let Self { title, about, marking, running, foot, notice, part, blocks, made: _ } = self;
        let mut texts = vec![title, about, marking, running, foot, part];
        texts.extend(notice);
        for block in blocks {
            match block {
                Block::Heading { text } | Block::Question { text } | Block::Quiet { text } => texts.push(text),
                Block::Said { margin, text, voice: _ } => texts.extend([margin, text]),
                Block::Terms { rows } => {
                    for (name, said) in rows {
                        texts.push(name);
                        texts.extend(said);
                    }
                }
                Block::Table { summary, head, widths: _, rows } => {
                    texts.push(summary);
                    texts.extend(head);
                    texts.extend(rows.iter_mut().flatten());
                }
                Block::Sign { lines } => texts.extend(lines),
            }
        }
        texts
    }
}
