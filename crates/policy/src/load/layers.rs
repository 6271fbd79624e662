//! The packs of an extension, one laid over the other, the outermost parent first.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    clocks::{self, ClockLayers},
    draft::PackDraft,
    form::{self, FormPart},
    mistake::{At, FileId, Mistakes, Places},
    practice::Practice,
    source::{Bundle, Sources},
    tables,
};
use crate::{
    access::AccessRules,
    amendment::AmendmentRules,
    approval::ApprovalRules,
    fact::FactKind,
    file::FileRules,
    list::List,
    pack::{Avoid, Guidance, Mark, Nature, PastedMail},
    role::Role,
    sign_in::SignInRules,
};

/// Everything that the packs say together, not yet checked against itself.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) made_of: Bundle,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) version: u32,
    pub(super) closed_on: Vec<(String, At)>,
    pub(super) forms: BTreeMap<String, FormPart>,
    pub(super) lists: BTreeMap<String, (List, Places)>,
    pub(super) facts: BTreeMap<String, (FactKind, Places)>,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) words: BTreeMap<String, String>,
    pub(super) marks: BTreeMap<&'static str, Mark>,
    pub(super) natures: Vec<(Nature, Places)>,
    pub(super) glossary: BTreeMap<String, String>,
    pub(super) avoid: Vec<Avoid>,
    pub(super) guidance: Vec<Guidance>,
    pub(super) clocks: ClockLayers,
    pub(super) files: FileRules,
    pub(super) amendment: AmendmentRules,
    pub(super) approval: ApprovalRules,
    pub(super) access: AccessRules,
    pub(super) sign_in: SignInRules,
    pub(super) access_names: Vec<(AccessName, At)>,
    pub(super) never_amended: Vec<(String, At)>,
    pub(super) practice: Practice,
    pub(super) pasted_mail: PastedMail,
}

/// A name in `access.toml` that something else of the pack must have.
pub(super) enum AccessName {
    /// A code of the list of kinds of restriction.
    Kind(String),
    /// A role.
    Role(String),
}

/// One pack's files, with its `pack.toml` already read.
struct Layer {
    id: String,
    draft: PackDraft,
    pack_file: FileId,
    files: Vec<(String, FileId)>,
}

/// Reads a pack and all that it extends.
pub(super) fn read(sources: &impl Sources, id: &str, mistakes: &mut Mistakes) -> Layers {
    let mut layers = Layers::default();
    for layer in chain(sources, id, &mut layers.made_of, mistakes).into_iter().rev() {
        layers.lay(layer, mistakes);
    }
    layers
}

/// The pack, then what it extends, then what that extends.
fn chain(sources: &impl Sources, id: &str, made_of: &mut Bundle, mistakes: &mut Mistakes) -> Vec<Layer> {
    let mut chain: Vec<Layer> = Vec::new();
    let mut next = Some((id.to_owned(), None));
    while let Some((id, asked_at)) = next.take() {
        let at = |mistakes: &mut Mistakes| asked_at.unwrap_or_else(|| mistakes.file(id.clone(), String::new()).start());
        if chain.iter().any(|layer| layer.id == id) {
            let at = at(mistakes);
            mistakes.add_unreadable(
                at,
                format!("`{id}` extends itself by this; let one pack of the circle extend nothing"),
            );
            break;
        }
        if !tables::is_name(&id) {
            let at = at(mistakes);
            mistakes.add_unreadable(at, format!("`{id}` is no name of a pack: {}", tables::NAME_RULE));
            break;
        }
        let found = match sources.files(&id) {
            Ok(found) => found,
            Err(wrong) => {
                let at = at(mistakes);
                mistakes.add_unreadable(at, wrong.to_string());
                break;
            }
        };
        made_of.put(&id, found.clone());
        let mut files: Vec<_> = found
            .into_iter()
            .map(|found| (mistakes.file(sources.place(&id, &found.path), found.text), found.path))
            .map(|(file, path)| (path, file))
            .collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let Some(place) = files.iter().position(|(path, _)| path == "pack.toml") else {
            let at = at(mistakes);
            mistakes
                .add_unreadable(at, format!("the pack `{id}` has no pack.toml; add one with id, title and version"));
            break;
        };
        let (_, pack_file) = files.remove(place);
        let Some(draft) = mistakes.parse::<PackDraft>(pack_file) else { break };
        if *draft.id.get_ref() != id {
            mistakes.add(pack_file.at(&draft.id), format!("the pack is in the folder `{id}`; let id say the same"));
        }
        next = draft.extends.as_ref().map(|parent| (parent.get_ref().clone(), Some(pack_file.at(parent))));
        mistakes.one_pack_down();
        chain.push(Layer { id, draft, pack_file, files });
    }
    chain
}

impl Layers {
    /// Lays one pack over those before it.
    fn lay(&mut self, layer: Layer, mistakes: &mut Mistakes) {
        let Layer { id, draft, pack_file, files } = layer;
        if draft.title.trim().is_empty() {
            mistakes.add(pack_file.at(&draft.id), "the pack has no title; add the authority's name for it");
        }
        self.id = id;
        self.title = draft.title;
        self.version = draft.version;
        if let Some(lists) = draft.closed_on {
            self.closed_on = lists.iter().map(|list| (list.get_ref().clone(), pack_file.at(list))).collect();
        }
        let parent = draft.extends.map(toml::Spanned::into_inner);
        let mut own_lists = BTreeSet::new();
        for (path, file) in files {
            match path.as_str() {
                "words.toml" => tables::words(&mut self.words, file, mistakes),
                "glossary.toml" => {
                    self.glossary.extend(mistakes.parse::<BTreeMap<String, String>>(file).unwrap_or_default());
                }
                "facts.toml" => tables::facts(&mut self.facts, file, mistakes),
                "roles.toml" => tables::roles(&mut self.roles, file, mistakes),
                "lists.toml" => tables::lists(&mut self.lists, &mut own_lists, file, mistakes),
                "natures.toml" => tables::natures(&mut self.natures, file, mistakes),
                "display.toml" => tables::marks(&mut self.marks, file, mistakes),
                "clocks.toml" => clocks::lay(&mut self.clocks, file, mistakes),
                "guidance.toml" => tables::guidance(&mut self.guidance, file, mistakes),
                "files.toml" => tables::files(&mut self.files, file, mistakes),
                "amendment.toml" => {
                    tables::amendment(&mut self.amendment, &mut self.never_amended, file, mistakes);
                }
                "access.toml" => tables::access(&mut self.access, &mut self.access_names, file, mistakes),
                "sign-in.toml" => tables::sign_in(&mut self.sign_in, file, mistakes),
                "approval.toml" => tables::approval(&mut self.approval, file, mistakes),
                "avoid.toml" => tables::avoid(&mut self.avoid, &mut self.pasted_mail, file, mistakes),
                "law.toml" => self.practice.laws(file, mistakes),
                "procedures.toml" => self.practice.procedures(file, mistakes),
                "contents.toml" => self.practice.contents(file, mistakes),
                _ => self.lay_from_folder(&path, file, parent.as_deref(), &mut own_lists, mistakes),
            }
        }
    }

    /// The files of `forms/` and `lists/`.
    fn lay_from_folder(
        &mut self,
        path: &str,
        file: FileId,
        parent: Option<&str>,
        own_lists: &mut BTreeSet<String>,
        mistakes: &mut Mistakes,
    ) {
        if let Some(name) = path.strip_prefix("forms/").and_then(|name| name.strip_suffix(".toml")) {
            let Some(draft) = mistakes.parse::<super::draft::FormDraft>(file) else { return };
            if draft.form.get_ref() == name {
                form::lay(&mut self.forms, draft, file, parent, mistakes);
            } else {
                let form = draft.form.get_ref();
                mistakes.add(
                    file.at(&draft.form),
                    format!("the form `{form}` is in the file of `{name}`; one must take the other's name"),
                );
            }
        } else if let Some(name) = path.strip_prefix("lists/").and_then(|name| name.strip_suffix(".csv")) {
            tables::list_from_csv(&mut self.lists, own_lists, name, file, mistakes);
        } else {
            mistakes.add(
                file.start(),
                "a pack has no such file; its files are pack, words, facts, roles, lists, natures, display, clocks, files, \
                 amendment, approval, access, sign-in, guidance, procedures, law, contents, glossary and avoid (.toml), forms/*.toml and lists/*.csv",
            );
        }
    }
}
