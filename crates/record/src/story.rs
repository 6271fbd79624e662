//! Narrowing the story: what of an entry remains where only some of it is to be read.
//!
//! A filter narrows and never reorders. What is only a passage's nature is known once the entry is open; what plain rows
//! say (kind, author, date) is for the query.

use policy::{Pack, form::Voice};

use crate::{
    answer::{Answer, Answered},
    content::Content,
    id::PersonId,
    words::tokens,
};

/// Which passages are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// Those in this voice: the child's words, wherever an entry has them.
    Voice(Voice),
    /// Those of this nature.
    Nature(String),
}

/// Somebody whom entries may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whom {
    /// The person.
    pub person: PersonId,
    /// What they are called, as people write it.
    pub called: Vec<String>,
}

/// What narrows the story once an entry is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Only these passages.
    pub only: Option<Only>,
    /// Only entries that name this person.
    pub whom: Option<Whom>,
}

impl Narrowing {
    /// Whether everything is read.
    pub const fn is_nothing(&self) -> bool {
        self.only.is_none() && self.whom.is_none()
    }

    /// What of this entry is read; none when nothing of it is.
    pub fn of(&self, pack: &Pack, content: &Content) -> Option<Content> {
        if self.whom.as_ref().is_some_and(|whom| !names(content, whom)) {
            return None;
        }
        let Some(only) = &self.only else { return Some(content.clone()) };
        let form = pack.form(&content.form);
        let answers = content.answers.iter().filter_map(|(field, answered)| {
            let voice = form.and_then(|form| form.field(field)).and_then(|field| field.voice);
            let answer = match &answered.answer {
                Answer::Passages(passages) => {
                    let kept: Vec<_> = passages
                        .iter()
                        .filter(|passage| match (only, &passage.nature) {
                            (Only::Nature(wanted), Some(nature)) => wanted == nature,
                            (Only::Voice(wanted), Some(nature)) => {
                                pack.nature(nature).is_some_and(|nature| nature.voice == Some(*wanted))
                            }
                            (_, None) => false,
                        })
                        .cloned()
                        .collect();
                    (!kept.is_empty()).then_some(Answer::Passages(kept))?
                }
                Answer::Text(_) | Answer::Documents(_) if matches!(only, Only::Voice(wanted) if voice == Some(*wanted)) => {
                    answered.answer.clone()
                }
                _ => return None,
            };
            Some((field.clone(), Answered::plain(answer)))
        });
        let answers: std::collections::BTreeMap<_, _> = answers.collect();
        (!answers.is_empty()).then(|| Content {
            answers,
            informant: None,
            headline: None,
            late: None,
            second_because: None,
            ..content.clone()
        })
    }
}

/// Whether an entry names somebody: as who was there or is meant, or as who said something.
fn names(content: &Content, whom: &Whom) -> bool {
    let called: Vec<Vec<String>> = whom
        .called
        .iter()
        .map(|name| tokens(name).into_iter().map(|token| token.word).collect())
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect();
    let said_by = |text: &str| {
        let words: Vec<_> = tokens(text).into_iter().map(|token| token.word).collect();
        called.iter().any(|name| name.iter().all(|part| words.contains(part)))
    };
    content.answers.values().any(|answered| match &answered.answer {
        Answer::Person(person) => *person == whom.person,
        Answer::People(people) => people
            .iter()
            .any(|named| named.person == Some(whom.person) || named.person.is_none() && said_by(&named.name)),
        Answer::Passages(passages) => passages.iter().any(|passage| passage.who.as_deref().is_some_and(&said_by)),
        Answer::Actions(actions) => actions.iter().any(|action| said_by(&action.who)),
        Answer::Signatures(signed) => signed.iter().any(|one| said_by(&one.name)),
        _ => false,
    })
}
