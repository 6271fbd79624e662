//! `law.toml`, `procedures.toml` and `contents.toml`: read, and laid over what the packs before said, by id.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::{
    layers::Layers,
    mistake::{At, FileId, Mistakes},
    tables::{NAME_RULE, is_name},
};
use crate::practice::{Expected, Law, Procedure};

/// `law.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawsDraft {
    #[serde(default)]
    law: Vec<LawDraft>,
}

/// `[[law]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawDraft {
    id: Spanned<String>,
    title: String,
    version: Option<String>,
    about: Option<String>,
    #[serde(default)]
    source: Vec<String>,
}

/// `procedures.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProceduresDraft {
    #[serde(default)]
    procedure: Vec<ProcedureDraft>,
}

/// `[[procedure]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureDraft {
    id: Spanned<String>,
    title: String,
    text: Vec<String>,
    at: Option<Spanned<String>>,
    #[serde(default)]
    forms: Vec<Spanned<String>>,
    #[serde(default)]
    source: Vec<String>,
}

/// `contents.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentsDraft {
    #[serde(default)]
    content: Vec<ExpectedDraft>,
}

/// `[[content]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedDraft {
    id: Spanned<String>,
    title: String,
    #[serde(default)]
    forms: Vec<Spanned<String>>,
    #[serde(default)]
    facts: Vec<Spanned<String>>,
    #[serde(default)]
    readings: bool,
    #[serde(default)]
    source: Vec<String>,
}

/// What these files say, with the places of the forms and facts that they name.
#[derive(Default)]
pub(super) struct Practice {
    pub(super) laws: Vec<Law>,
    pub(super) procedures: Vec<Procedure>,
    pub(super) contents: Vec<Expected>,
    forms: Vec<(String, At)>,
    facts: Vec<(String, At)>,
}

impl Practice {
    /// Lays `law.toml`: replaced by id, new ones at the end.
    pub(super) fn laws(&mut self, file: FileId, mistakes: &mut Mistakes) {
        let mut names = BTreeSet::new();
        for draft in mistakes.parse::<LawsDraft>(file).map(|file| file.law).unwrap_or_default() {
            named(&mut names, "law", &draft.id, (&draft.title, &draft.source), file, mistakes);
            let LawDraft { id, title, version, about, source } = draft;
            let law = Law { id: id.into_inner(), title, version, about, source };
            put(&mut self.laws, law, |law| &law.id);
        }
    }

    /// Lays `procedures.toml`: replaced by id, new ones at the end.
    pub(super) fn procedures(&mut self, file: FileId, mistakes: &mut Mistakes) {
        let mut names = BTreeSet::new();
        for draft in mistakes.parse::<ProceduresDraft>(file).map(|file| file.procedure).unwrap_or_default() {
            named(&mut names, "procedure", &draft.id, (&draft.title, &draft.source), file, mistakes);
            if let Some(at) = &draft.at
                && !at.get_ref().starts_with("https://")
            {
                mistakes.add(file.at(at), "an address begins with https://; leave it out where there is none");
            }
            self.forms.extend(draft.forms.iter().map(|form| (form.get_ref().clone(), file.at(form))));
            let ProcedureDraft { id, title, text, at, forms, source } = draft;
            let procedure = Procedure {
                id: id.into_inner(),
                title,
                text,
                at: at.map(Spanned::into_inner),
                forms: forms.into_iter().map(Spanned::into_inner).collect(),
                source,
            };
            put(&mut self.procedures, procedure, |procedure| &procedure.id);
        }
    }

    /// Lays `contents.toml`: what a pack expects takes the place of all that was expected before.
    pub(super) fn contents(&mut self, file: FileId, mistakes: &mut Mistakes) {
        let mut names = BTreeSet::new();
        let Some(drafts) = mistakes.parse::<ContentsDraft>(file).map(|file| file.content) else { return };
        self.contents.clear();
        for draft in drafts {
            named(&mut names, "content", &draft.id, (&draft.title, &draft.source), file, mistakes);
            if draft.forms.is_empty() && draft.facts.is_empty() && !draft.readings {
                mistakes.add(
                    file.at(&draft.id),
                    "say what shows that it is there: forms = [\"…\"], facts = [\"…\"], or readings = true",
                );
            }
            self.forms.extend(draft.forms.iter().map(|form| (form.get_ref().clone(), file.at(form))));
            self.facts.extend(draft.facts.iter().map(|fact| (fact.get_ref().clone(), file.at(fact))));
            let ExpectedDraft { id, title, forms, facts, readings, source } = draft;
            let words = |all: Vec<Spanned<String>>| all.into_iter().map(Spanned::into_inner).collect();
            let expected =
                Expected { id: id.into_inner(), title, forms: words(forms), facts: words(facts), readings, source };
            self.contents.push(expected);
        }
    }
}

/// Every form and fact that is named exists.
pub(super) fn check(layers: &Layers, forms: &BTreeSet<String>, mistakes: &mut Mistakes) {
    for (form, at) in &layers.practice.forms {
        if !forms.contains(form) {
            mistakes.add(*at, format!("there is no form `{form}`; add it, or name one that exists"));
        }
    }
    for (fact, at) in &layers.practice.facts {
        if !layers.facts.contains_key(fact) {
            mistakes.add(*at, format!("there is no fact `{fact}`; add it to facts.toml, or name one that exists"));
        }
    }
}

/// A name that is one, given once in its file, with words and a source.
fn named(
    names: &mut BTreeSet<String>,
    what: &str,
    id: &Spanned<String>,
    (title, source): (&str, &[String]),
    file: FileId,
    mistakes: &mut Mistakes,
) {
    let (at, id) = (file.at(id), id.get_ref());
    if !is_name(id) {
        mistakes.add(at, format!("`{id}` is no name: {NAME_RULE}"));
    }
    if !names.insert(id.clone()) {
        mistakes.add(at, format!("`{id}` is here twice; keep one"));
    }
    if title.trim().is_empty() {
        mistakes.add(at, format!("the {what} `{id}` has no title; add what people call it"));
    }
    if source.is_empty() {
        mistakes.add(at, format!("the {what} `{id}` has no source; name the requirement that it comes from"));
    }
}

/// Takes the place of the one of the same name, or goes to the end.
fn put<T>(all: &mut Vec<T>, new: T, id: impl Fn(&T) -> &String) {
    match all.iter_mut().find(|old| id(old) == id(&new)) {
        Some(old) => *old = new,
        None => all.push(new),
    }
}
