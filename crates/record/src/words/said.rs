//! What an entry says in words: what is searched, and shown where it was found.

use std::borrow::Cow;

use super::tokens::tokens;
use crate::{
    answer::{Answer, Document, Passage},
    content::Content,
};

/// One piece of an entry that somebody wrote in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// The question that it answers; none for the headline and other words about the entry.
    pub field: Option<&'a str>,
    /// The passage that it is, with its nature, where it is one.
    pub passage: Option<&'a Passage>,
    /// The words.
    pub text: Cow<'a, str>,
}

/// Everything that an entry says in words, in the order in which it is kept. Codes and identifiers are no words, and
/// addresses are left to the facts, which know whether one is protected.
pub fn said(content: &Content) -> Vec<Said<'_>> {
    let mut all = Vec::new();
    let about = [&content.headline, &content.informant, &content.second_because];
    let late = content.late.as_ref().map(|late| &late.reason);
    all.extend(about.into_iter().flatten().chain(late).map(|text| plain(None, text.as_str())));
    for (field, answered) in &content.answers {
        let field = Some(field.as_str());
        match &answered.answer {
            Answer::Text(text) => all.push(plain(field, text.as_str())),
            Answer::Passages(passages) => {
                for passage in passages {
                    all.extend(passage.who.as_ref().map(|who| plain(field, who.as_str())));
                    all.push(Said { passage: Some(passage), ..plain(field, passage.text.as_str()) });
                }
            }
            Answer::People(people) => {
                let described = people.iter().filter(|named| !named.name.is_empty());
                all.extend(described.map(|named| plain(field, format!("{} {}", named.name, named.role))));
            }
            Answer::Actions(actions) => {
                all.extend(actions.iter().map(|action| plain(field, format!("{} {}", action.what, action.who))));
            }
            Answer::Documents(documents) => {
                let named = |document: &Document| format!("{} {}", document.says, document.sent.name);
                all.extend(documents.iter().map(|document| plain(field, named(document))));
            }
            Answer::Table(rows) => {
                let cells = |row: &Vec<(String, String)>| {
                    row.iter().map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join(" ")
                };
                all.extend(rows.iter().map(|row| plain(field, cells(row))));
            }
            Answer::Signatures(signed) => all.extend(signed.iter().map(|one| plain(field, one.name.as_str()))),
            Answer::Date(_)
            | Answer::Number(_)
            | Answer::YesNo(_)
            | Answer::Code(_)
            | Answer::Codes(_)
            | Answer::Person(_)
            | Answer::Address(_)
            | Answer::Team(_)
            | Answer::Entry(_) => {}
        }
        all.extend(answered.reason.as_ref().map(|reason| plain(field, reason.as_str())));
    }
    all
}

fn plain<'a>(field: Option<&'a str>, text: impl Into<Cow<'a, str>>) -> Said<'a> {
    Said { field, passage: None, text: text.into() }
}

/// The stems of everything that an entry says, piece by piece; a phrase never goes from one into the next.
pub fn passages(content: &Content) -> Vec<Vec<String>> {
    said(content)
        .iter()
        .map(|said| tokens(&said.text).into_iter().map(|token| token.stem).collect())
        .filter(|stems: &Vec<String>| !stems.is_empty())
        .collect()
}
