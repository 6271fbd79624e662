//! Gentle prompts about wording: what the pack asks to think again about, and abbreviations that nobody explained.
//! They never stop anybody.

use std::collections::BTreeSet;

use policy::Pack;

/// What to think again about in a text, each thing once.
pub fn prompts(pack: &Pack, text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let avoid = pack
        .avoid()
        .iter()
        .filter(|avoid| has_phrase(&lower, &avoid.phrase))
        .map(|avoid| format!("«{}»: {}", avoid.phrase, avoid.why));
    avoid.chain(abbreviations(pack, text)).collect()
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Abbreviations in capitals that are not explained where they stand («independent reviewing officer (IRO)»).
fn abbreviations(pack: &Pack, text: &str) -> Vec<String> {
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| (2..=6).contains(&word.len()) && word.chars().filter(char::is_ascii_uppercase).count() >= 2)
        .filter(|word| word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
        .filter(|word| !text.contains(&format!("({word})")))
        .collect();
    let explain = |word: &str| match pack.glossary().get(word) {
        Some(meaning) => format!("«{word}» is short for {meaning}. Write it out once, so that the child can read it"),
        None => format!("«{word}» may not be known to the reader. Write it out once"),
    };
    words.into_iter().filter(|word| !ORDINARY.contains(word)).map(explain).collect()
}

/// Abbreviations that everybody knows.
const ORDINARY: [&str; 10] = ["TV", "UK", "OK", "AM", "PM", "GP", "PE", "NHS", "CD", "DVD"];
