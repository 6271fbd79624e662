//! A document too long for one piece of paper, in pieces.

use crate::{Block, Document, document::Voice};

/// How many lines of text, by a careful guess, one piece may have: some 130 pages of ordinary writing, so that no
/// writing at all comes near [`MOST_PAGES`](crate::MOST_PAGES).
const LINES: usize = 6_000;
/// The fewest letters that a line of the widest letters holds.
const LETTERS_IN_LINE: usize = 50;
/// How many lines one run of a paragraph may have; a longer one is parted, between two words where it has any.
const LINES_IN_RUN: usize = 2_000;

/// The document in pieces that each fit, in order; a document that fits is its own one piece. `part` says what is
/// written on the pieces of several: from the number of this one and how many there are.
pub fn pieces(mut document: Document, part: impl Fn(usize, usize) -> String) -> Vec<Document> {
    let mut runs: Vec<Vec<Block>> = vec![Vec::new()];
    let mut used = 0;
    for block in std::mem::take(&mut document.blocks).iter().flat_map(small) {
        let lines = lines(&block);
        if used + lines > LINES && used > 0 {
            // A heading never stays behind alone.
            let last = runs.last_mut();
            let headings = last.map(headings_at_end).unwrap_or_default();
            used = headings.iter().map(self::lines).sum();
            runs.push(headings);
        }
        used += lines;
        let Some(run) = runs.last_mut() else { continue };
        join(run, block);
    }
    let of = runs.len();
    let piece = |(at, blocks): (usize, Vec<Block>)| Document {
        part: if of > 1 { part(at + 1, of) } else { String::new() },
        blocks,
        ..document.clone()
    };
    runs.into_iter().enumerate().map(piece).collect()
}

fn headings_at_end(run: &mut Vec<Block>) -> Vec<Block> {
    let stay = run
        .iter()
        .rposition(|block| !matches!(block, Block::Heading { .. } | Block::Question { .. }))
        .map_or(run.len(), |at| at + 1);
    run.split_off(stay)
}

/// Adds a block; a row joins the table that it was taken from.
fn join(run: &mut Vec<Block>, block: Block) {
    match (run.last_mut(), block) {
        (
            Some(Block::Table { summary, head, widths: _, rows }),
            Block::Table { summary: other, head: heads, rows: more, .. },
        ) if *summary == other && *head == heads => rows.extend(more),
        (_, block) => run.push(block),
    }
}

/// A block as parts that can stand on different pieces: a table row by row, a long paragraph run by run.
fn small(block: &Block) -> Vec<Block> {
    match block {
        Block::Table { summary, head, widths, rows } if !rows.is_empty() => rows
            .iter()
            .map(|row| Block::Table {
                summary: summary.clone(),
                head: head.clone(),
                widths: widths.clone(),
                rows: vec![row.clone()],
            })
            .collect(),
        Block::Said { margin, text, voice } if lines(block) > LINES_IN_RUN => runs(text)
            .map(|text| Block::Said { margin: margin.clone(), text: text.to_owned(), voice: *voice })
            .collect(),
        Block::Terms { rows } if lines(block) > LINES => rows
            .iter()
            .flat_map(|(name, said)| {
                let name = Block::Question { text: name.clone() };
                let voice = Voice::default();
                let plain = |text: &str| Block::Said { margin: String::new(), text: text.to_owned(), voice };
                std::iter::once(name).chain(said.iter().flat_map(|text| runs(text)).map(plain)).collect::<Vec<_>>()
            })
            .collect(),
        block => vec![block.clone()],
    }
}

/// A text in runs that each fit, parted between words where it has any.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = run_end(rest);
        let (run, more) = rest.split_at(end);
        rest = more.strip_prefix(' ').unwrap_or(more);
        Some(run)
    })
}

/// Where the first run of a text ends: at its last white space before it is too long, or in the midst of a word.
fn run_end(text: &str) -> usize {
    let (mut used, mut space) = (0, 0);
    for (at, letter) in text.char_indices() {
        if used >= LINES_IN_RUN * LETTERS_IN_LINE {
            return if space > 0 { space } else { at };
        }
        if letter.is_whitespace() && at > 0 {
            space = at;
        }
        // A new line begins wherever the last one was.
        used += if letter == '\n' { LETTERS_IN_LINE } else { 1 };
    }
    text.len()
}

/// How many lines a block may take.
fn lines(block: &Block) -> usize {
    let text =
        |text: &str, letters: usize| text.split('\n').map(|line| 1 + line.chars().count() / letters).sum::<usize>();
    match block {
        Block::Heading { text: heading } => 3 + text(heading, 30),
        Block::Question { text: question } => 1 + text(question, 40),
        Block::Quiet { text: quiet } => text(quiet, LETTERS_IN_LINE),
        Block::Said { margin, text: said, voice: _ } => 1 + text(said, LETTERS_IN_LINE).max(text(margin, 10)),
        Block::Terms { rows } => rows
            .iter()
            .map(|(name, said)| 1 + said.iter().map(|one| text(one, 40)).sum::<usize>().max(text(name, 12)))
            .sum(),
        Block::Table { summary: _, head: _, widths, rows } => {
            let whole: usize = widths.iter().copied().map(usize::from).sum::<usize>().max(1);
            let letters = |column: usize| (60 * widths.get(column).copied().map_or(1, usize::from) / whole).max(4);
            rows.iter()
                .map(|row| 1 + row.iter().enumerate().map(|(at, cell)| text(cell, letters(at))).max().unwrap_or(1))
                .sum()
        }
        Block::Sign { lines } => 3 * lines.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Block {
        Block::Said { margin: String::new(), text: text.to_owned(), voice: Voice::default() }
    }

    fn of(blocks: Vec<Block>) -> Vec<Document> {
        pieces(Document { blocks, ..Document::default() }, |n, of| format!("Part {n} of {of}"))
    }

    #[test]
    fn what_fits_is_one_piece_and_says_nothing_of_parts() {
        let blocks = vec![Block::Heading { text: "One".to_owned() }, said("two")];
        let pieces = of(blocks.clone());
        assert_eq!(pieces.len(), 1);
        assert_eq!((&pieces[0].blocks, pieces[0].part.as_str()), (&blocks, ""));
    }

    #[test]
    fn nothing_is_lost_between_pieces_and_no_heading_stays_behind() {
        let row = |n: usize| vec![n.to_string(), "x".repeat(200)];
        let table = Block::Table {
            summary: "t".to_owned(),
            head: vec!["n".to_owned(), "x".to_owned()],
            widths: vec![1, 4],
            rows: (0..5_000).map(row).collect(),
        };
        let long = "word ".repeat(90_000);
        let pieces = of(vec![table, Block::Heading { text: "Then".to_owned() }, said(long.trim())]);
        assert!(pieces.len() > 3);
        assert_eq!(pieces[1].part, format!("Part 2 of {}", pieces.len()));
        let (mut rows, mut words) = (Vec::new(), 0);
        for piece in &pieces {
            assert!(!matches!(piece.blocks.last(), Some(Block::Heading { .. })));
            for block in &piece.blocks {
                match block {
                    Block::Table { rows: some, .. } => rows.extend(some.iter().map(|row| row[0].clone())),
                    Block::Said { text, .. } => words += text.split(' ').filter(|word| *word == "word").count(),
                    _ => {}
                }
            }
        }
        assert_eq!(rows, (0..5_000).map(|n: usize| n.to_string()).collect::<Vec<_>>());
        assert_eq!(words, 90_000);
    }

    #[test]
    fn a_text_without_spaces_is_parted_all_the_same() {
        let text = "ŵ".repeat(150_001);
        let found: Vec<&str> = runs(&text).collect();
        assert!(found.len() > 1 && found.iter().all(|run| run.chars().count() <= LINES_IN_RUN * LETTERS_IN_LINE));
        assert_eq!(found.concat(), text);
        // A text of empty lines is long, though it has few letters.
        let lines = "\n".repeat(9_000);
        assert!(runs(&lines).all(|run| run.len() <= LINES_IN_RUN + 1) && runs(&lines).count() > 4);
    }
}
