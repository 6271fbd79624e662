//! The smaller tables of a pack: lists, facts, roles, natures, marks, guidance, wording.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use super::{
    draft::{
        AccessDraft, AmendmentDraft, ApprovalDraft, AvoidFileDraft, DisplayDraft, FactsDraft, FilesDraft,
        GuidanceFileDraft, ItemDraft, ListsDraft, NaturesDraft, QuestionDraft, QuestionsDraft, RoleDraft, RolesDraft,
        SignInDraft,
    },
    layers::AccessName,
    mistake::{At, FileId, Mistakes, Places},
};
use crate::{
    access::{AccessRules, MOST_MINUTES, Questions, Restriction, Threshold},
    amendment::AmendmentRules,
    approval::ApprovalRules,
    capability::{Capability, Relation},
    fact::{FactKind, Holds, Says},
    file::{FileKind, FileRules},
    list::{Item, List},
    pack::{Avoid, Guidance, Mark, Nature, PastedMail, WORDS},
    role::Role,
    sign_in::{SignInRules, Way},
};

/// What a stable name looks like.
pub(super) const NAME_RULE: &str = "names are small letters, figures and hyphens, and begin with a letter";

/// Whether this can be a stable name.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Checks a name that one file gives, and that the file has not given it before.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    pub(super) fn take(&mut self, name: &str, at: At, mistakes: &mut Mistakes) {
        if !is_name(name) {
            mistakes.add(at, format!("`{name}` is no name: {NAME_RULE}"));
        }
        self.once(name, at, mistakes);
    }

    fn once(&mut self, name: &str, at: At, mistakes: &mut Mistakes) {
        if !self.0.insert(name.to_owned()) {
            mistakes.add(at, format!("`{name}` is here twice; keep one"));
        }
    }
}

/// Lays `words.toml` over the words so far.
pub(super) fn words(words: &mut BTreeMap<String, String>, file: FileId, mistakes: &mut Mistakes) {
    for (word, text) in mistakes.parse::<BTreeMap<toml::Spanned<String>, String>>(file).unwrap_or_default() {
        if WORDS.contains(&word.get_ref().as_str()) {
            words.insert(word.into_inner(), text);
        } else {
            let all = WORDS.map(|word| format!("`{word}`")).join(", ");
            mistakes.add(file.at(&word), format!("no page says `{}`; the words are {all}", word.get_ref()));
        }
    }
}

/// Lays `facts.toml` over the facts so far; a fact is replaced whole.
pub(super) fn facts(facts: &mut BTreeMap<String, (FactKind, Places)>, file: FileId, mistakes: &mut Mistakes) {
    let mut names = Names(BTreeSet::new());
    for draft in mistakes.parse::<FactsDraft>(file).map(|file| file.fact).unwrap_or_default() {
        let mut places = Places::new(file.at(&draft.id));
        names.take(draft.id.get_ref(), places.whole, mistakes);
        places.keep(file, "says", Some(&draft.says));
        places.keep(file, "list", draft.list.as_ref());
        places.keep(file, "chronology", draft.chronology.as_ref());
        places.keep(file, "warns", draft.warns.as_ref());
        places.keep(file, "too-long-after-days", draft.too_long_after_days.as_ref());
        let kind = FactKind {
            id: draft.id.into_inner(),
            title: draft.title,
            holds: mistakes.known(file, Some(draft.holds)).unwrap_or(Holds::One),
            says: mistakes.known(file, Some(draft.says)).unwrap_or(Says::Text),
            list: draft.list.map(toml::Spanned::into_inner),
            sealed: draft.sealed,
            shared: draft.shared,
            chronology: draft.chronology.map(toml::Spanned::into_inner),
            warns: draft.warns.map(toml::Spanned::into_inner),
            too_long_after: draft.too_long_after_days.map(toml::Spanned::into_inner),
        };
        facts.insert(kind.id.clone(), (kind, places));
    }
}

/// Lays `roles.toml` over the roles so far; of a role that exists, what is not given stays.
pub(super) fn roles(roles: &mut BTreeMap<String, Role>, file: FileId, mistakes: &mut Mistakes) {
    let mut names = Names(BTreeSet::new());
    for draft in mistakes.parse::<RolesDraft>(file).map(|file| file.role).unwrap_or_default() {
        let at = file.at(&draft.id);
        names.take(draft.id.get_ref(), at, mistakes);
        let old = roles.remove(draft.id.get_ref());
        let RoleDraft { id, title, source, may } = draft;
        let may = may.map(|may| {
            let pairs = may.into_iter().flat_map(|(word, relations)| {
                let capability = named::<Capability>(word.get_ref(), file.at(&word), mistakes);
                let relations = relations_of(&relations, &LEFT_OUT_OF_ROLES, (file, file.at(&word)), mistakes);
                relations.into_iter().filter_map(move |relation| capability.map(|capability| (capability, relation)))
            });
            let mut pairs: Vec<_> = pairs.collect();
            pairs.sort_unstable();
            pairs
        });
        let (old_title, old_may, old_source) =
            old.map_or((None, None, None), |role| (Some(role.title), Some(role.may), Some(role.source)));
        let role = Role {
            id: id.into_inner(),
            title: title.or(old_title).unwrap_or_default(),
            may: may.or(old_may).unwrap_or_default(),
            source: source.or(old_source).unwrap_or_default(),
        };
        if role.title.trim().is_empty() {
            mistakes.add(at, format!("the role `{}` has no title; add what people call it", role.id));
        }
        if role.source.is_empty() {
            mistakes.add(at, format!("the role `{}` has no source; name the requirement that it comes from", role.id));
        }
        let has = |capability, relation| role.may.contains(&(capability, relation));
        let opens = role.may.iter().any(|(capability, _)| *capability == Capability::OpenInEmergency);
        if opens && !has(Capability::ReadRecord, Relation::Emergency) {
            let message = format!(
                "the role `{}` has `open-in-emergency` and could read nothing that it opened; add `emergency` to its `read-record`",
                role.id
            );
            mistakes.add(at, message);
        }
        roles.insert(role.id.clone(), role);
    }
}

/// What a role need not say.
const LEFT_OUT_OF_ROLES: [(Relation, &str); 2] = [
    (Relation::Named, "whom a decision names is open to any role; leave `named` out"),
    (Relation::Support, "whoever is of support holds no role; leave `support` out"),
];

/// What a restriction need not say of a role.
const LEFT_OUT_OF_RESTRICTIONS: [(Relation, &str); 3] = [
    (Relation::Support, "a restricted record is never open to support; leave `support` out"),
    (Relation::Named, "whom the decision names reads the record whatever their role; leave `named` out"),
    (Relation::Emergency, "whether it opens in an emergency is said once, by in-emergency; leave `emergency` out"),
];

/// Relations under which something holds, but those that are left out here, each with why.
fn relations_of(
    words: &[toml::Spanned<String>],
    left_out: &[(Relation, &str)],
    (file, whole): (FileId, At),
    mistakes: &mut Mistakes,
) -> BTreeSet<Relation> {
    let can_be = |relation: &Relation| left_out.iter().all(|(left_out, _)| left_out != relation);
    let known: Vec<Relation> = Relation::ALL.into_iter().filter(can_be).collect();
    let mut relations = BTreeSet::new();
    for word in words {
        let name = word.get_ref().as_str();
        if let Some(relation) = known.iter().find(|relation| relation.name() == name) {
            relations.insert(*relation);
        } else if let Some((_, why)) = left_out.iter().find(|(relation, _)| relation.name() == name) {
            mistakes.add(file.at(word), *why);
        } else {
            let all = known.iter().map(|relation| format!("`{}`", relation.name())).collect::<Vec<_>>().join(", ");
            mistakes.add(file.at(word), format!("`{name}` is not known here; use one of {all}"));
        }
    }
    if relations.is_empty()
        && let Some((last, all)) = known.split_last()
    {
        let all: Vec<_> = all.iter().map(|relation| relation.name()).collect();
        mistakes.add(whole, format!("say for which records: {} or {}", all.join(", "), last.name()));
    }
    relations
}

/// Lays `files.toml` over what was said of files so far; what is not given stays.
pub(super) fn files(files: &mut FileRules, file: FileId, mistakes: &mut Mistakes) {
    let Some(draft) = mistakes.parse::<FilesDraft>(file) else { return };
    for (word, megabytes) in draft.largest {
        if !(1..=MOST_MEGABYTES).contains(megabytes.get_ref()) {
            let message = format!("a file may have from 1 to {MOST_MEGABYTES} megabytes");
            mistakes.add(file.at(&megabytes), message);
        } else if let Some(kind) = named::<FileKind>(word.get_ref(), file.at(&word), mistakes) {
            files.largest.insert(kind, megabytes.into_inner());
        }
    }
    if let Some(macros) = mistakes.known(file, draft.macros) {
        files.macros = macros;
    }
    if let Some(days) = draft.swept_after_days {
        if *days.get_ref() == 0 {
            mistakes.add(file.at(&days), "a file that was sent needs at least 1 day to become part of an entry");
        }
        files.swept_after_days = days.into_inner();
    }
}

/// Lays `amendment.toml` over what was said of putting right so far; what is not given stays. The places of the forms
/// that it names are kept, so that one that does not exist is named there.
pub(super) fn amendment(
    rules: &mut AmendmentRules,
    never: &mut Vec<(String, At)>,
    file: FileId,
    mistakes: &mut Mistakes,
) {
    let Some(draft) = mistakes.parse::<AmendmentDraft>(file) else { return };
    if draft.source.get_ref().is_empty() {
        mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
    }
    rules.source.clone_from(draft.source.get_ref());
    if let Some(stands) = mistakes.known(file, draft.stands) {
        rules.stands = stands;
    }
    if let Some(forms) = draft.never {
        *never = forms.iter().map(|form| (form.get_ref().clone(), file.at(form))).collect();
        rules.never = forms.into_iter().map(toml::Spanned::into_inner).collect();
    }
    if let Some(advice) = draft.advice {
        if advice.get_ref().iter().all(|line| line.trim().is_empty()) {
            mistakes.add(file.at(&advice), "say where a worker finds advice, in a sentence");
        }
        rules.advice = advice.into_inner();
    }
}

/// Lays `approval.toml` over what was said of new versions so far.
pub(super) fn approval(rules: &mut ApprovalRules, file: FileId, mistakes: &mut Mistakes) {
    let Some(draft) = mistakes.parse::<ApprovalDraft>(file) else { return };
    if draft.source.get_ref().is_empty() {
        mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
    }
    rules.source = draft.source.into_inner();
    if let Some(before_use) = mistakes.known(file, draft.before_use) {
        rules.before_use = before_use;
    }
}

/// The longest that a session of support may last: an afternoon.
const MOST_SUPPORT_MINUTES: u32 = 240;

/// The longest that a first password may live: whoever begins after a fortnight's holiday is given another.
const MOST_FIRST_PASSWORD_HOURS: u32 = 336;

/// Lays `sign-in.toml` over what was said of signing in so far; what is not given stays.
pub(super) fn sign_in(rules: &mut SignInRules, file: FileId, mistakes: &mut Mistakes) {
    let Some(draft) = mistakes.parse::<SignInDraft>(file) else { return };
    if draft.source.get_ref().is_empty() {
        mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
    }
    rules.source = draft.source.into_inner();
    if let Some(ways) = draft.ways {
        if ways.get_ref().is_empty() {
            mistakes.add(file.at(&ways), "leave at least one way of signing in");
        }
        let known = |way: &toml::Spanned<String>| named::<Way>(way.get_ref(), file.at(way), mistakes);
        rules.ways = ways.get_ref().iter().filter_map(known).collect();
        if rules.ways.iter().eq([&Way::SingleSignOn]) {
            let message = "leave another way beside `single-sign-on`: for support, and for the day on which the identity provider does not answer";
            mistakes.add(file.at(&ways), message);
        }
    }
    if let Some(days) = draft.dormant_after_days {
        rules.dormant_after_days = days;
    }
    if let Some(minutes) = draft.support_session_minutes {
        if !(1..=MOST_SUPPORT_MINUTES).contains(minutes.get_ref()) {
            let message = format!("a session of support lasts from 1 to {MOST_SUPPORT_MINUTES} minutes");
            mistakes.add(file.at(&minutes), message);
        }
        rules.support_session_minutes = minutes.into_inner();
    }
    if let Some(hours) = draft.first_password_hours {
        if !(1..=MOST_FIRST_PASSWORD_HOURS).contains(hours.get_ref()) {
            let message = format!("a first password lives from 1 to {MOST_FIRST_PASSWORD_HOURS} hours");
            mistakes.add(file.at(&hours), message);
        }
        rules.first_password_hours = hours.into_inner();
    }
    if let Some(minutes) = draft.again_after_minutes {
        rules.again_after_minutes = minutes;
    }
}

/// Lays `access.toml` over what was said of restricted records and emergencies so far; a restriction is replaced whole.
/// The places of what it names are kept, so that what does not exist is named there.
pub(super) fn access(
    rules: &mut AccessRules,
    names: &mut Vec<(AccessName, At)>,
    file: FileId,
    mistakes: &mut Mistakes,
) {
    let Some(draft) = mistakes.parse::<AccessDraft>(file) else { return };
    if draft.source.get_ref().is_empty() {
        mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
    }
    rules.source = draft.source.into_inner();
    if let Some(minutes) = draft.emergency_minutes {
        if *minutes.get_ref() > MOST_MINUTES {
            let message =
                format!("an opening in an emergency lasts at most {MOST_MINUTES} minutes; 0 means that there is none");
            mistakes.add(file.at(&minutes), message);
        }
        rules.emergency_minutes = minutes.into_inner();
    }
    let mut kinds = Names::default();
    for draft in draft.restriction {
        let at = file.at(&draft.kind);
        let kind = draft.kind.into_inner();
        kinds.take(&kind, at, mistakes);
        names.push((AccessName::Kind(kind.clone()), at));
        if draft.source.get_ref().is_empty() {
            mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
        }
        let mut open_to = BTreeMap::new();
        for (role, relations) in draft.open_to {
            let at = file.at(&role);
            names.push((AccessName::Role(role.get_ref().clone()), at));
            let relations = relations_of(&relations, &LEFT_OUT_OF_RESTRICTIONS, (file, at), mistakes);
            open_to.insert(role.into_inner(), relations);
        }
        let restriction = Restriction { open_to, in_emergency: draft.in_emergency, source: draft.source.into_inner() };
        rules.restrictions.insert(kind, restriction);
    }
    questions(&mut rules.questions, (draft.questions, draft.question), file, mistakes);
}

/// The longest that is looked back on for readings that deserve a question: the page is worked out when it is opened.
const MOST_DAYS_BACK: u32 = 92;

/// Which readings somebody is asked about: how far back and what counts is replaced whole, each pattern by itself; one
/// that is asked about from 0 on is not asked about.
fn questions(
    rules: &mut Questions,
    (common, patterns): (Option<QuestionsDraft>, Vec<QuestionDraft>),
    file: FileId,
    mistakes: &mut Mistakes,
) {
    if let Some(draft) = common {
        if !(1..=MOST_DAYS_BACK).contains(draft.days.get_ref()) {
            mistakes.add(file.at(&draft.days), format!("from 1 to {MOST_DAYS_BACK} days are looked back on"));
        }
        if !is_span_of_hours(draft.night.get_ref()) {
            mistakes.add(file.at(&draft.night), "a night is two times of day, like 2300-0530");
        }
        if draft.source.get_ref().is_empty() {
            mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
        }
        rules.days = draft.days.into_inner();
        rules.night = draft.night.into_inner();
        rules.search_shows = draft.search_shows;
        rules.work_days = draft.work_days;
        rules.handover_days = draft.handover_days;
        rules.common_name = draft.common_name;
        rules.source = draft.source.into_inner();
    }
    for draft in patterns {
        let Some(pattern) = mistakes.known(file, Some(draft.pattern)) else { continue };
        if draft.source.get_ref().is_empty() {
            mistakes.add(file.at(&draft.source), "name at least one requirement that this comes from");
        }
        if !(1..=rules.days).contains(draft.within_days.get_ref()) {
            mistakes
                .add(file.at(&draft.within_days), "within at least a day and at most as many as are looked back on");
        }
        let (at_least, within_days) = (draft.at_least.into_inner(), draft.within_days.into_inner());
        if at_least == 0 {
            rules.patterns.remove(&pattern);
        } else {
            let limit = Threshold { at_least, within_days, source: draft.source.into_inner() };
            rules.patterns.insert(pattern, limit);
        }
    }
}

/// `2300-0530`: two times of a day.
fn is_span_of_hours(code: &str) -> bool {
    let time = |text: &str| {
        let part = |at: std::ops::Range<usize>, most: u8| {
            text.get(at).and_then(|part| part.parse::<u8>().ok()).is_some_and(|number| number < most)
        };
        text.len() == 4 && part(0..2, 24) && part(2..4, 60)
    };
    code.split_once('-').is_some_and(|(from, to)| time(from) && time(to) && from != to)
}

/// The most that one file may have: what is larger belongs on a carrier of its own.
const MOST_MEGABYTES: u32 = 4_000;

/// A word of a closed list that stands as a key or in an array.
fn named<T: for<'de> Deserialize<'de>>(word: &str, at: At, mistakes: &mut Mistakes) -> Option<T> {
    let known = T::deserialize(StrDeserializer::<Error>::new(word));
    known.map_err(|wrong| mistakes.add(at, super::mistake::in_plain_words(&wrong.to_string()))).ok()
}

/// Lays `lists.toml` over the lists so far; a list is replaced whole.
pub(super) fn lists(
    lists: &mut BTreeMap<String, (List, Places)>,
    own: &mut BTreeSet<String>,
    file: FileId,
    mistakes: &mut Mistakes,
) {
    for draft in mistakes.parse::<ListsDraft>(file).map(|file| file.list).unwrap_or_default() {
        let at = file.at(&draft.id);
        let items = draft.items.into_iter().map(|item| (file.at(&item), item.into_inner())).collect();
        lay_list(lists, own, draft.id.into_inner(), at, items, mistakes);
    }
}

/// Lays `lists/<name>.csv` over the lists so far. Columns `code` and `label`, and if wanted `group`; any others are for
/// other readers. The national files mark in `group` what is no longer used.
pub(super) fn list_from_csv(
    lists: &mut BTreeMap<String, (List, Places)>,
    own: &mut BTreeSet<String>,
    name: &str,
    file: FileId,
    mistakes: &mut Mistakes,
) {
    let text = mistakes.text(file).to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (Some(code), Some(label)) = (column("code"), column("label")) else {
        mistakes.add_unreadable(file.start(), "a list has the columns code and label, named in the first line");
        return;
    };
    let group = column("group");
    let mut items = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cell = |column: usize| record.get(column).unwrap_or_default().trim().to_owned();
                let group = group.map(cell).filter(|group| !group.is_empty());
                let offset = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
                let item = ItemDraft {
                    code: cell(code),
                    label: cell(label),
                    inverse: None,
                    withdrawn: group.as_deref().is_some_and(says_withdrawn),
                    group,
                };
                items.push((file.within(offset..offset), item));
            }
            Err(wrong) => {
                let offset = wrong.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
                let message = match wrong.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!(
                            "this line has {len} cells, and the first line {expected_len}; text with a comma in it goes in quotes"
                        )
                    }
                    _ => format!("this line is not CSV as expected: {wrong}"),
                };
                mistakes.add_unreadable(file.within(offset..offset), message);
            }
        }
    }
    lay_list(lists, own, name.to_owned(), file.start(), items, mistakes);
}

/// How the national code sets mark in their group what is no longer used.
fn says_withdrawn(group: &str) -> bool {
    let group = group.to_lowercase();
    ["withdrawn", "superseded", "historical"].iter().any(|word| group.contains(word))
}

fn lay_list(
    lists: &mut BTreeMap<String, (List, Places)>,
    own: &mut BTreeSet<String>,
    id: String,
    at: At,
    drafts: Vec<(At, ItemDraft)>,
    mistakes: &mut Mistakes,
) {
    if !is_name(&id) {
        mistakes.add(at, format!("`{id}` is no name: {NAME_RULE}"));
    }
    if !own.insert(id.clone()) {
        mistakes.add(at, format!("the list `{id}` is in this pack twice; keep one"));
    }
    let mut codes = Names(BTreeSet::new());
    let mut items = Vec::new();
    for (at, draft) in drafts {
        let ItemDraft { code, label, inverse, group, withdrawn } = draft;
        if code.is_empty() || label.is_empty() {
            mistakes.add(at, "every code has a code and a label; add what is missing");
        }
        codes.once(&code, at, mistakes);
        items.push((at, Item { code, label, inverse, group, withdrawn }));
    }
    for (at, item) in &items {
        if let Some(inverse) =
            item.inverse.as_ref().filter(|inverse| items.iter().all(|(_, item)| item.code != **inverse))
        {
            mistakes
                .add(*at, format!("the inverse `{inverse}` of `{}` is no code of the list `{id}`; add it", item.code));
        }
    }
    let items = items.into_iter().map(|(_, item)| item).collect();
    lists.insert(id.clone(), (List { id, items }, Places::new(at)));
}

/// Lays `natures.toml` over the natures so far: replaced by code, new ones at the end.
pub(super) fn natures(natures: &mut Vec<(Nature, Places)>, file: FileId, mistakes: &mut Mistakes) {
    let mut names = Names(BTreeSet::new());
    for draft in mistakes.parse::<NaturesDraft>(file).map(|file| file.nature).unwrap_or_default() {
        let mut places = Places::new(file.at(&draft.code));
        names.take(draft.code.get_ref(), places.whole, mistakes);
        places.keep(file, "voice", draft.voice.as_ref());
        let nature = Nature {
            code: draft.code.into_inner(),
            label: draft.label,
            margin: draft.margin,
            asks_who: draft.asks_who,
            voice: mistakes.known(file, draft.voice),
        };
        put(natures, (nature, places), |(a, _), (b, _)| a.code == b.code);
    }
}

/// Lays `display.toml` over the marks so far; a voice's mark is replaced whole.
pub(super) fn marks(marks: &mut BTreeMap<&'static str, Mark>, file: FileId, mistakes: &mut Mistakes) {
    for (voice, draft) in mistakes.parse::<DisplayDraft>(file).map(|file| file.mark).unwrap_or_default() {
        let Some(key) = ["child", "family", "manager"].into_iter().find(|key| key == voice.get_ref()) else {
            let unknown = voice.get_ref();
            mistakes.add(
                file.at(&voice),
                format!("nobody speaks as `{unknown}`; the voices are child, family and manager"),
            );
            continue;
        };
        if draft.word.trim().is_empty() {
            mistakes.add(file.at(&voice), "a voice is never shown by look alone; give the mark a word");
        }
        marks.insert(key, Mark { word: draft.word, italic: draft.italic, edge: draft.edge });
    }
}

/// Lays `guidance.toml` over the guidance so far: replaced by id, new ones at the end.
pub(super) fn guidance(guidance: &mut Vec<Guidance>, file: FileId, mistakes: &mut Mistakes) {
    let mut names = Names(BTreeSet::new());
    for draft in mistakes.parse::<GuidanceFileDraft>(file).map(|file| file.guidance).unwrap_or_default() {
        let at = file.at(&draft.id);
        names.take(draft.id.get_ref(), at, mistakes);
        if draft.source.is_empty() {
            mistakes.add(at, format!("the guidance `{}` has no source; name the requirement", draft.id.get_ref()));
        }
        let new = Guidance { id: draft.id.into_inner(), title: draft.title, text: draft.text, source: draft.source };
        put(guidance, new, |a, b| a.id == b.id);
    }
}

/// Lays `avoid.toml` over the wording so far: replaced by phrase, new ones at the end.
pub(super) fn avoid(avoid: &mut Vec<Avoid>, pasted: &mut PastedMail, file: FileId, mistakes: &mut Mistakes) {
    let mut phrases = Names(BTreeSet::new());
    let Some(draft) = mistakes.parse::<AvoidFileDraft>(file) else { return };
    if let Some(word) = mistakes.known(file, draft.pasted_mail) {
        *pasted = word;
    }
    for draft in draft.avoid {
        let at = file.at(&draft.phrase);
        let phrase = draft.phrase.into_inner();
        phrases.once(&phrase, at, mistakes);
        if phrase.is_empty() || phrase != phrase.to_lowercase() {
            mistakes.add(at, "a phrase is written in small letters; it is found in either");
        }
        put(avoid, Avoid { phrase, why: draft.why }, |a, b| a.phrase == b.phrase);
    }
}

/// Takes the place of the one that is the same, or goes to the end.
pub(super) fn put<T>(all: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) {
    match all.iter_mut().find(|old| same(old, &new)) {
        Some(old) => *old = new,
        None => all.push(new),
    }
}
