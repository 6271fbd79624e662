//! Chronologies made by hand for a purpose: which of their rows stand, in which order, and when the child's chronology
//! is to be brought up to date again.
//!
//! A chronology is an entry, and each of its rows is one, which names the chronology and what it comes from. A row is
//! changed by another that stands instead of it, and taken out by an entry that says why: nothing is lost.

use std::collections::BTreeSet;

use jiff::{Span, civil::Date};

use crate::{answer::Answer, confidential::KEPT, content::Content, id::EntryId};

/// The form of a chronology.
pub const CHRONOLOGY: &str = "chronology";
/// The form of one of its rows.
pub const ROW: &str = "chronology-row";
/// The form that takes a row out.
pub const OUT: &str = "chronology-row-out";
/// The form that says that the child's chronology was gone through.
pub const CHECKED: &str = "chronology-checked";

/// Questions of those forms.
pub mod field {
    /// Of a row: the chronology that it is in.
    pub const CHRONOLOGY: &str = "chronology";
    /// Of a row: the entry that tells it.
    pub const SOURCE: &str = "source";
    /// Of a row: the row in whose place it stands.
    pub const INSTEAD_OF: &str = "instead-of";
    /// Of what takes a row out: the row.
    pub const ROW: &str = "row";
    /// Of a row: its headline.
    pub const HEADLINE: &str = "event";
    /// Of a row: why it matters.
    pub const SIGNIFICANCE: &str = "significance";
    /// Of a row: what it did to the child at the time.
    pub const EFFECT_NOW: &str = "effect-now";
    /// Of a row: what it does together with what came before.
    pub const EFFECT_TOGETHER: &str = "effect-together";
    /// Of a row: how it is known, where no entry tells it.
    pub const KNOWN_FROM: &str = "known-from";
    /// Of a chronology: what it is called.
    pub const NAME: &str = "name";
    /// Of a chronology: what it is for.
    pub const PURPOSE: &str = "purpose";
    /// Of a chronology: the question that it should help to answer.
    pub const QUESTION: &str = "question";
}

/// Which of these rows stand: neither taken out nor with another in their place.
pub fn standing(rows: &[EntryId], gone: &BTreeSet<EntryId>) -> Vec<EntryId> {
    rows.iter().copied().filter(|row| !gone.contains(row)).collect()
}

/// A row, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The entry that it is.
    pub entry: EntryId,
    /// The day of the event.
    pub day: Date,
    /// Its headline.
    pub headline: String,
    /// Why it matters.
    pub significance: String,
    /// What it did to the child at the time.
    pub effect_now: String,
    /// What it does together with what came before.
    pub effect_together: String,
    /// The entry that tells it.
    pub source: Option<EntryId>,
    /// How it is known, where no entry tells it.
    pub known_from: String,
    /// Whether what it says is kept in the confidential section, as the event is.
    pub kept: bool,
}

impl Row {
    /// Reads the row that an entry is.
    pub fn of(entry: EntryId, content: &Content) -> Self {
        let text = |field: &str| match content.answer(field) {
            Some(Answer::Text(text)) => text.clone(),
            _ => String::new(),
        };
        Self {
            entry,
            day: content.happened_on,
            headline: text(field::HEADLINE),
            significance: text(field::SIGNIFICANCE),
            effect_now: text(field::EFFECT_NOW),
            effect_together: text(field::EFFECT_TOGETHER),
            source: match content.answer(field::SOURCE) {
                Some(Answer::Entry(entry)) => Some(*entry),
                _ => None,
            },
            known_from: text(field::KNOWN_FROM),
            kept: false,
        }
    }

    /// The row that an entry is which is kept in the confidential section: that there is one, and when.
    pub fn kept(entry: EntryId, content: &Content) -> Self {
        Self { headline: KEPT.to_owned(), kept: true, ..Self::of(entry, content) }
    }
}

/// The last day on which a chronology that was brought up to date then is fresh still (R-CHR-03).
pub fn fresh_until(updated: Date, months: u32) -> Date {
    updated.saturating_add(Span::new().months(i64::from(months)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// R-CHR-03
    #[test]
    fn two_months_end_on_the_same_day_of_the_month_or_its_last() {
        for (updated, until) in [
            (date(2026, 1, 5), date(2026, 3, 5)),
            (date(2025, 12, 31), date(2026, 2, 28)),
            (date(2026, 7, 31), date(2026, 9, 30)),
        ] {
            assert_eq!(fresh_until(updated, 2), until);
        }
    }
}
