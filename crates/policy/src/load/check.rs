//! The pack against itself: every name means something, every question can be asked, every fact can be told.

mod clocks;
mod form;
mod sets;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    layers::{AccessName, Layers},
    mistake::{At, Mistakes, Places},
};
use crate::{
    access::KINDS,
    calendar::Calendar,
    canonical,
    fact::{FactKind, Says},
    form::Voice,
    pack::Pack,
};

/// Checks everything and makes the pack: one that does not fit together, if there are mistakes.
pub(super) fn pack(mut layers: Layers, mistakes: &mut Mistakes) -> Pack {
    let forms = std::mem::take(&mut layers.forms);
    let ids: BTreeSet<String> = forms.keys().cloned().collect();
    let calendar = calendar(&layers, mistakes);
    for (fact, places) in layers.facts.values() {
        check_fact(fact, places, &layers, mistakes);
    }
    for (nature, places) in &layers.natures {
        check_voice(nature.voice, places.of("voice"), &layers, mistakes);
    }
    for (form, at) in &layers.never_amended {
        if !forms.contains_key(form) {
            mistakes.add(*at, format!("there is no form `{form}` that could be amended"));
        }
    }
    check_access(&layers, mistakes);
    super::practice::check(&layers, &ids, mistakes);
    let questions: BTreeMap<_, Vec<_>> = forms
        .iter()
        .map(|(id, part)| (id.clone(), part.fields().map(|(_, part)| part.field.clone()).collect()))
        .collect();
    let mut forms: BTreeMap<_, _> = forms
        .into_iter()
        .map(|(id, part)| (id, form::Checker { layers: &layers, forms: &questions, mistakes }.form(part)))
        .collect();
    let clocks = clocks::clocks(&layers, &mut forms, &calendar, mistakes);
    let lists = layers.lists.into_iter().map(|(id, (list, _))| (id, list)).collect();
    let natures: Vec<_> = layers.natures.into_iter().map(|(nature, _)| nature).collect();
    let mut pack = Pack {
        made_of: layers.made_of,
        id: layers.id,
        title: layers.title,
        version: layers.version,
        hash: [0; 32],
        forms,
        lists,
        facts: layers.facts.into_iter().map(|(id, (fact, _))| (id, fact)).collect(),
        roles: layers.roles,
        words: layers.words,
        marks: layers.marks,
        natures,
        glossary: layers.glossary,
        avoid: layers.avoid,
        guidance: layers.guidance,
        files: layers.files,
        amendment: layers.amendment,
        approval: layers.approval,
        access: layers.access,
        sign_in: layers.sign_in,
        clocks,
        calendar,
        pasted_mail: layers.pasted_mail,
        laws: layers.practice.laws,
        procedures: layers.practice.procedures,
        contents: layers.practice.contents,
    };
    canonical::seal(&mut pack);
    pack
}

/// The days on which the authority is closed, from the lists that the pack names.
fn calendar(layers: &Layers, mistakes: &mut Mistakes) -> Calendar {
    let mut closed = BTreeSet::new();
    for (name, at) in &layers.closed_on {
        let Some((list, places)) = layers.lists.get(name) else {
            mistakes.add(*at, format!("there is no list `{name}`; add it, or name one that exists"));
            continue;
        };
        for item in &list.items {
            match item.code.parse::<Date>() {
                Ok(day) => drop(closed.insert(day)),
                Err(_) => mistakes.add(
                    places.whole,
                    format!("`{}` in the list `{name}` is no date; closed days are written 2026-12-25", item.code),
                ),
            }
        }
    }
    Calendar::new(closed)
        .with_half_terms(layers.clocks.half_terms.clone())
        .with_days_as_working(layers.clocks.days_as_working)
}

fn check_fact(fact: &FactKind, places: &Places, layers: &Layers, mistakes: &mut Mistakes) {
    match (&fact.list, fact.says) {
        (Some(list), Says::Code | Says::Codes) if !layers.lists.contains_key(list) => {
            mistakes.add(places.of("list"), format!("there is no list `{list}`; add it, or name one that exists"));
        }
        (None, Says::Code | Says::Codes) => {
            mistakes.add(places.of("says"), format!("`{}` says codes; name their list with list = \"…\"", fact.id));
        }
        (Some(_), says) if !matches!(says, Says::Code | Says::Codes) => {
            mistakes.add(places.of("list"), format!("`{}` says no codes, so it has no list; take `list` out", fact.id));
        }
        _ => {}
    }
    if let Some(headline) = &fact.chronology {
        let rest = headline.replace("{value}", "").replace("{other}", "");
        if rest.contains(['{', '}']) {
            mistakes
                .add(places.of("chronology"), "a headline can have {value} and {other} filled in, and nothing else");
        }
    }
    if let Some(warning) = &fact.warns {
        let at = places.of("warns");
        if warning.replace("{value}", "").replace("{other}", "").contains(['{', '}']) {
            mistakes.add(at, "a warning can have {value} and {other} filled in, and nothing else");
        }
        if fact.sealed {
            mistakes
                .add(at, format!("`{}` is sealed, and a warning stands on every page; take one of them out", fact.id));
        }
    }
    let at = places.of("too-long-after-days");
    match fact.too_long_after {
        Some(0) => mistakes.add(at, "today is never too long ago; give at least 1 day"),
        Some(_) if fact.says != Says::Date => {
            mistakes.add(at, format!("`{}` says no date that could be too long ago; take this out", fact.id));
        }
        _ => {}
    }
}

fn check_access(layers: &Layers, mistakes: &mut Mistakes) {
    for (name, at) in &layers.access_names {
        match name {
            AccessName::Role(role) if !layers.roles.contains_key(role) => {
                mistakes.add(*at, format!("there is no role `{role}`; add it, or name one that exists"));
            }
            AccessName::Kind(kind) if layers.lists.get(KINDS).is_none_or(|(list, _)| list.item(kind).is_none()) => {
                mistakes
                    .add(*at, format!("the list `{KINDS}` has no `{kind}`; add it there, with what people call it"));
            }
            AccessName::Role(_) | AccessName::Kind(_) => {}
        }
    }
}

fn check_voice(voice: Option<Voice>, at: At, layers: &Layers, mistakes: &mut Mistakes) {
    let Some(voice) = voice else { return };
    let key = canonical::voice(voice);
    if !layers.marks.contains_key(key) {
        mistakes.add(at, format!("nothing says how the voice `{key}` is set apart; add [mark.{key}] to display.toml"));
    }
}
