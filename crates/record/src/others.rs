//! A child's entry that names another child of the same act.
//!
//! It may be right: a brother is part of the story. It may also be a sentence that belongs to the other child alone and
//! was left «for all». So it is pointed out before the entry is frozen, and never stopped.

use std::collections::BTreeSet;

use policy::Form;

use crate::{answer::Answer, content::Content};

/// The places of this entry that name somebody by one of these names: labels of questions, «the headline» among them.
///
/// A name is found as a word with a capital letter, so that Will and Hope are not found in every sentence.
pub fn naming(form: &Form, content: &Content, names: &BTreeSet<String>) -> Vec<String> {
    let mut places = Vec::new();
    if content.headline.as_ref().is_some_and(|headline| names_one(headline, names)) {
        places.push("the headline".to_owned());
    }
    for field in form.fields() {
        let Some(answered) = content.answers.get(&field.id) else { continue };
        let said = match &answered.answer {
            Answer::Text(text) => names_one(text, names),
            Answer::Passages(passages) => passages.iter().any(|passage| {
                names_one(&passage.text, names) || passage.who.as_ref().is_some_and(|who| names_one(who, names))
            }),
            Answer::Actions(actions) => actions.iter().any(|action| names_one(&action.what, names)),
            Answer::Table(rows) => rows.iter().flatten().any(|(_, cell)| names_one(cell, names)),
            _ => false,
        };
        if said || answered.reason.as_ref().is_some_and(|reason| names_one(reason, names)) {
            places.push(format!("“{}”", field.label));
        }
    }
    places
}

/// The words by which people write of this person, without those that this child is called by as well.
pub fn called(name: Option<&str>, preferred: Option<&str>, own: &BTreeSet<String>) -> BTreeSet<String> {
    // The last word is the family's name, which siblings share.
    let words = name.map(|name| name.split_whitespace().collect::<Vec<_>>()).unwrap_or_default();
    let first = words
        .split_last()
        .map_or(&[][..], |(last, rest)| if rest.is_empty() { std::slice::from_ref(last) } else { rest });
    let preferred = preferred.into_iter().flat_map(str::split_whitespace);
    first.iter().copied().chain(preferred).map(str::to_owned).filter(|word| !own.contains(word)).collect()
}

fn names_one(text: &str, names: &BTreeSet<String>) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        capital && names.iter().any(|name| name.to_lowercase() == word.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_with_a_capital() {
        let ali = called(Some("Alistair James Wood"), Some("Ali"), &BTreeSet::from(["James".to_owned()]));
        assert_eq!(ali, BTreeSet::from(["Ali".to_owned(), "Alistair".to_owned()]));
        for text in ["Ali's shoes", "with ALI.", "(Alistair)", "Ali’s"] {
            assert!(names_one(text, &ali), "{text}");
        }
        for text in ["Alison", "ali baba", "James", "Wood", ""] {
            assert!(!names_one(text, &ali), "{text}");
        }
        assert!(names_one("Zoë-Jane came", &called(Some("Zoë-Jane Wood"), None, &BTreeSet::new())));
        assert_eq!(called(Some("Cher"), None, &BTreeSet::new()), BTreeSet::from(["Cher".to_owned()]));
    }
}
