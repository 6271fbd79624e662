//! `rules.txt`, read.

use std::collections::BTreeMap;

/// What an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The page or the redirection with this status.
    Status(u16),
    /// To the page for signing in.
    ToSignIn,
    /// To the page on which a password is chosen.
    ToPassword,
    /// The page «Confirm that it is you».
    Confirm,
    /// The page that says that this is not part of their role.
    NotTheirRole,
    /// The page that says that it may not exist or may not be open.
    Closed,
    /// The page that says that the draft is no longer open.
    Ended,
}

impl Answer {
    fn read(word: &str) -> Self {
        match word {
            "to-sign-in" => Self::ToSignIn,
            "to-password" => Self::ToPassword,
            "confirm" => Self::Confirm,
            "not-their-role" => Self::NotTheirRole,
            "closed" => Self::Closed,
            "ended" => Self::Ended,
            status => Self::Status(status.parse().unwrap_or_else(|_| panic!("{status} is no answer"))),
        }
    }
}

/// A route as the page has it.
pub struct Line {
    pub method: String,
    pub path: String,
    /// What it needs.
    pub deed: String,
    /// Whether it asks again who somebody is.
    pub again: bool,
    answer: Answer,
    but: Vec<(String, Answer)>,
}

impl Line {
    /// What a yes is answered with.
    pub fn yes(&self, holds: impl Fn(&str) -> bool) -> Answer {
        self.but.iter().find(|(word, _)| word.split('+').all(&holds)).map_or(self.answer, |(_, answer)| *answer)
    }
}

#[derive(Default)]
pub struct Rules {
    /// By role and deed, the relations.
    roles: BTreeMap<(String, String), Vec<String>>,
    /// By kind of restriction and role, the relations.
    restrictions: BTreeMap<(String, String), Vec<String>>,
    /// Words, and what comes of it; no answer stands for a yes.
    decisions: Vec<(Vec<String>, Option<Answer>)>,
    pub routes: Vec<Line>,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Rules {
    pub fn read(text: &str) -> Self {
        let (mut rules, mut part) = (Self::default(), "");
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('[') {
                part = line;
                continue;
            }
            let (before, after) = line.rsplit_once(':').expect("a line has a colon");
            match part {
                "[roles]" => {
                    let (role, deeds) = before.split_once(':').expect("role: deeds: relations");
                    for deed in words(deeds) {
                        let new = rules.roles.insert((role.to_owned(), deed.clone()), words(after));
                        assert!(new.is_none(), "{role} {deed} stands twice");
                    }
                }
                "[restrictions]" => {
                    let (kind, role) = before.split_once(':').expect("kind: role: relations");
                    rules.restrictions.insert((kind.to_owned(), role.trim().to_owned()), words(after));
                }
                "[decisions]" => {
                    let answer = after.trim();
                    rules.decisions.push((words(before), (answer != "yes").then(|| Answer::read(answer))));
                }
                "[routes]" => {
                    let mut needs = before.split_whitespace().map(str::to_owned);
                    let mut next = || needs.next().expect("method, path, deed");
                    let (method, path, deed) = (next(), next(), next());
                    let mut answers = after.split_whitespace();
                    let answer = Answer::read(answers.next().expect("an answer"));
                    let but = answers.map(|one| one.split_once('=').expect("word=answer"));
                    let but = but.map(|(word, answer)| (word.to_owned(), Answer::read(answer))).collect();
                    rules.routes.push(Line { method, path, deed, again: needs.next().is_some(), answer, but });
                }
                other => panic!("{other} is no part of the rules"),
            }
        }
        rules
    }

    /// How somebody of this role must stand to a record to do this; none where the role never may.
    pub fn relations(&self, role: &str, deed: &str) -> Option<&[String]> {
        self.roles.get(&(role.to_owned(), deed.to_owned())).map(Vec::as_slice)
    }

    /// Whether a restriction leaves this relation of this role.
    pub fn leaves(&self, kind: &str, role: &str, relation: &str) -> bool {
        let left = self.restrictions.get(&(kind.to_owned(), role.to_owned()));
        left.is_some_and(|left| left.iter().any(|one| one == relation))
    }

    /// What comes of a case of which these words hold; none for a yes.
    pub fn decide(&self, holds: impl Fn(&str) -> bool) -> Option<Answer> {
        let line = self.decisions.iter().find(|(words, _)| words.iter().all(|word| holds(word)));
        line.expect("the last line always holds").1
    }
}
