//! What hurts in a change of pack: with its place, and what to do about it.
//!
//! What was written stays readable whatever changes, since each entry is read with the pack that it was made with. What
//! can hurt is the work that goes on: a fact whose code no page can name any more, a question that silently became
//! another one, a fact that two packs understand differently.

use super::Comparison;
use crate::{
    capability::Capability,
    form::{Field, FieldKind, Form},
    pack::Pack,
};

/// How much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The new pack cannot be put in force over the old one.
    Refused,
    /// It can, and somebody should know.
    Warned,
}

/// Something that hurts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concern {
    /// How much.
    pub weight: Weight,
    /// Where, as whoever wrote the pack finds it: «forms/visit.toml, question seen».
    pub place: String,
    /// What is wrong, and what to do about it.
    pub message: String,
    /// What may still be in use in the record, where only a database can tell.
    pub of: Option<Use>,
}

/// Something of a pack that records may use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// A code of a list, by the questions that take it and the kinds of fact that say it.
    Code {
        /// The code.
        code: String,
        /// Form and question.
        questions: Vec<(String, String)>,
        /// Kinds of fact.
        facts: Vec<String>,
        /// Whether some of them are sealed, so that nobody can count them.
        sealed: bool,
    },
    /// A role that somebody may hold.
    Role(String),
}

impl Concern {
    /// With how often records use it now: what is in use is refused until it is put back, and what is not is no more than
    /// a word of warning.
    pub fn is_used(&mut self, times: u64) {
        let said = match (&self.of, times) {
            (None, _) => return,
            (Some(Use::Code { sealed: true, .. }), 0) => {
                "nothing has it now that can be counted; some of the answers are sealed".to_owned()
            }
            (Some(_), 0) => "nothing has it now".to_owned(),
            (Some(Use::Code { .. }), 1) => "one entry or fact has it now".to_owned(),
            (Some(Use::Code { .. }), times) => format!("{times} entries and facts have it now"),
            (Some(Use::Role(_)), 1) => "one person has it now".to_owned(),
            (Some(Use::Role(_)), times) => format!("{times} people have it now"),
        };
        self.message = format!("{} ({said})", self.message);
        if times > 0 {
            self.weight = Weight::Refused;
        }
    }
}

impl std::fmt::Display for Concern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// What hurts when `new` takes the place of `old`, the heaviest first.
pub fn concerns(old: &Pack, new: &Pack, between: &Comparison) -> Vec<Concern> {
    let mut found = Vec::new();
    let mut say = |weight, place: String, message: String, of| found.push(Concern { weight, place, message, of });
    if !between.is_empty() && old.id() == new.id() && old.version() == new.version() {
        say(
            Weight::Warned,
            "pack.toml, version".to_owned(),
            format!("something differs, and the version is {} as before; let it count up", new.version()),
            None,
        );
    }
    if !new.roles().any(|role| role.may.iter().any(|(may, _)| *may == Capability::ApprovePolicy)) {
        let may = Capability::ApprovePolicy.name();
        say(
            Weight::Refused,
            "roles.toml".to_owned(),
            format!("no role has `{may}`: nobody could ever put another version in force; give it to a role"),
            None,
        );
    }
    for before in old.forms() {
        match new.form(&before.id) {
            None => say(
                Weight::Warned,
                format!("forms/{}.toml", before.id),
                format!(
                    "«{}» is gone: nobody can begin one any more. What was written with it stays, and drafts of it can be finished",
                    before.title
                ),
                None,
            ),
            Some(after) => form_concerns(before, after, &mut say),
        }
    }
    for list in old.lists() {
        let gone =
            list.items.iter().filter(|item| new.list(&list.id).is_none_or(|list| list.item(&item.code).is_none()));
        let (questions, facts, sealed) = uses_of(old, &list.id);
        for item in gone.filter(|_| !questions.is_empty() || !facts.is_empty()) {
            let (questions, facts) = (questions.clone(), facts.clone());
            say(
                Weight::Warned,
                format!("lists.toml, list `{}`, code `{}`", list.id, item.code),
                format!(
                    "«{}» is gone, and entries and facts may have it; put it back and mark it withdrawn = true",
                    item.label
                ),
                Some(Use::Code { code: item.code.clone(), questions, facts, sealed }),
            );
        }
    }
    for before in old.facts() {
        let place = format!("facts.toml, fact `{}`", before.id);
        match new.fact(&before.id) {
            None => say(
                Weight::Warned,
                place,
                format!("«{}» is gone: what is known by it stays in the records, and no page shows it", before.title),
                None,
            ),
            Some(after) if (before.holds, before.says, before.sealed) != (after.holds, after.says, after.sealed) => {
                say(
                    Weight::Refused,
                    place,
                    format!(
                        "«{}» was {} and is now {}: what is known by it could not be read as it was meant; leave it as it was, and give the new kind of fact another id",
                        before.title,
                        crate::words::fact(before),
                        crate::words::fact(after)
                    ),
                    None,
                );
            }
            Some(_) => {}
        }
    }
    for role in old.roles().filter(|role| new.role(&role.id).is_none()) {
        say(
            Weight::Warned,
            format!("roles.toml, role `{}`", role.id),
            format!(
                "«{}» is gone: whoever has it can do nothing by it any more; give them another role first",
                role.title
            ),
            Some(Use::Role(role.id.clone())),
        );
    }
    found.sort();
    found
}

/// The questions that take codes of a list, and the kinds of fact that say them; and whether any of them is sealed.
fn uses_of(pack: &Pack, list: &str) -> (Vec<(String, String)>, Vec<String>, bool) {
    let questions = pack.forms().flat_map(|form| {
        let takes = form.fields().filter(|field| field.kind.list() == Some(list));
        takes.map(|field| (form.id.clone(), field.id.clone()))
    });
    let facts = pack.facts().filter(|fact| fact.list.as_deref() == Some(list)).map(|fact| fact.id.clone());
    let fields = pack.forms().flat_map(Form::fields).filter(|field| field.kind.list() == Some(list));
    let sealed = fields.into_iter().any(|field| field.sealed)
        || pack.facts().any(|fact| fact.sealed && fact.list.as_deref() == Some(list));
    (questions.collect(), facts.collect(), sealed)
}

fn form_concerns(before: &Form, after: &Form, say: &mut impl FnMut(Weight, String, String, Option<Use>)) {
    if before.hash != after.hash && before.version == after.version {
        say(
            Weight::Warned,
            format!("forms/{}.toml, version", after.id),
            format!("«{}» differs, and its version is {} as before; let it count up", after.title, after.version),
            None,
        );
    }
    for field in before.fields() {
        let place = format!("forms/{}.toml, question `{}`", before.id, field.id);
        match after.field(&field.id) {
            Some(now) if stored_as(&field.kind) != stored_as(&now.kind) => {
                say(
                    Weight::Refused,
                    place,
                    format!(
                        "«{}» took {} and «{}» takes {}: an id is never used again for another question; give the new question an id of its own",
                        field.label,
                        crate::words::kind(&field.kind),
                        now.label,
                        crate::words::kind(&now.kind)
                    ),
                    None,
                );
            }
            Some(_) => {}
            None => {
                if let Some(like) = renamed(field, before, after) {
                    say(
                        Weight::Warned,
                        place,
                        format!(
                            "«{}» is gone and «{}» (`{}`) is new; if this is the same question, keep the id `{}`: then earlier answers are compared and carried over",
                            field.label, like.label, like.id, field.id
                        ),
                        None,
                    );
                }
            }
        }
    }
}

/// As what an answer is kept: kinds that share it can follow each other under one id.
const fn stored_as(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text | FieldKind::LongText => "text",
        kind => kind.name(),
    }
}

/// The new question that a question which is gone may have become: of the same kind, and with a label much like it or
/// at its place.
fn renamed<'f>(gone: &Field, before: &Form, after: &'f Form) -> Option<&'f Field> {
    let is_new = |field: &&Field| before.field(&field.id).is_none() && stored_as(&field.kind) == stored_as(&gone.kind);
    let neighbour = |form: &Form, id: &str| -> (Option<String>, Option<String>) {
        let ids: Vec<&str> = form.fields().map(|field| field.id.as_str()).collect();
        let at = ids.iter().position(|one| *one == id).unwrap_or_default();
        let before = at.checked_sub(1).map(|at| ids[at].to_owned());
        (before, ids.get(at + 1).map(|one| (*one).to_owned()))
    };
    let stood = neighbour(before, &gone.id);
    after.fields().filter(is_new).find(|field| alike(&field.label, &gone.label) || neighbour(after, &field.id) == stood)
}

/// Whether two labels share more than half of their words.
fn alike(one: &str, other: &str) -> bool {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        let letters = |c: char| !c.is_alphanumeric();
        text.to_lowercase().split(letters).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    let shared = one.intersection(&other).count();
    shared > 0 && shared * 2 >= one.len().max(other.len())
}
