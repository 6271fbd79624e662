//! A resolved pack: everything that an authority has decided, with what it takes from the packs it extends.

use std::collections::BTreeMap;

use crate::{
    access::AccessRules,
    amendment::AmendmentRules,
    approval::ApprovalRules,
    calendar::Calendar,
    canonical,
    clock::{Clocks, Due, MetBy, Unit},
    fact::FactKind,
    file::FileRules,
    form::{Form, Voice},
    list::List,
    load::Bundle,
    practice::{Expected, Law, Procedure},
    role::Role,
    sign_in::SignInRules,
};

/// The words that pages say and a pack may give; [`Pack::word`] has them.
pub const WORDS: [&str; 10] = [
    "statement",
    "decisions",
    "child-words",
    "locks",
    "system-before",
    "pasted-mail",
    "confidential",
    "confidential-duty",
    "print-only-if",
    "print-destroy",
];

/// A pack, loaded, resolved and checked.
#[derive(Clone, Debug)]
pub struct Pack {
    pub(crate) made_of: Bundle,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) version: u32,
    pub(crate) hash: [u8; 32],
    pub(crate) forms: BTreeMap<String, Form>,
    pub(crate) lists: BTreeMap<String, List>,
    pub(crate) facts: BTreeMap<String, FactKind>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) words: BTreeMap<String, String>,
    pub(crate) marks: BTreeMap<&'static str, Mark>,
    pub(crate) natures: Vec<Nature>,
    pub(crate) glossary: BTreeMap<String, String>,
    pub(crate) avoid: Vec<Avoid>,
    pub(crate) guidance: Vec<Guidance>,
    pub(crate) clocks: Clocks,
    pub(crate) files: FileRules,
    pub(crate) amendment: AmendmentRules,
    pub(crate) approval: ApprovalRules,
    pub(crate) access: AccessRules,
    pub(crate) sign_in: SignInRules,
    pub(crate) calendar: Calendar,
    pub(crate) pasted_mail: PastedMail,
    pub(crate) laws: Vec<Law>,
    pub(crate) procedures: Vec<Procedure>,
    pub(crate) contents: Vec<Expected>,
}

/// What becomes of an e-mail that somebody pastes into a text (D-10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PastedMail {
    /// The writer is asked to say in own words what it tells, or to file it as a document (R-OBS-07).
    #[default]
    AskAgain,
    /// It may stand as it is: common text is copied to each child it is about.
    MayStay,
}

/// How a voice is set apart on the page (R-STD-07, D-60). Never by colour alone: the word is always shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The word at the passage or entry: «Child's words», «Manager's decision».
    pub word: String,
    /// Whether the text is in italic.
    pub italic: bool,
    /// The colour of the edge: `green`, or none.
    pub edge: Option<String>,
}

/// A nature that a passage may have: fact seen, told by, opinion, the child's words (R-STD-01, R-STD-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nature {
    /// Stored: `seen`, `told`, `opinion`, `assessment`, `judgement`, `decision`, `child`, `family`.
    pub code: String,
    /// Offered when writing.
    pub label: String,
    /// The small word at the margin when reading.
    pub margin: String,
    /// Whether the writer is asked who said it.
    pub asks_who: bool,
    /// Whose voice it is.
    pub voice: Option<Voice>,
}

/// Wording to think again about, with why (R-STD-03, R-STD-04).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avoid {
    /// The word or phrase, lower case.
    pub phrase: String,
    /// What to consider, in a sentence to the writer.
    pub why: String,
}

/// A heading of writing help or a procedure, shown at the point of use (R-STD-05, R-STD-09, R-STD-10, R-GOV-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guidance {
    /// Stable name: `reader`, `plain-words`, `tips` …
    pub id: String,
    /// The heading.
    pub title: String,
    /// Sentences.
    pub text: Vec<String>,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

impl Pack {
    /// Stable name: the folder's.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// The authority's name for it.
    pub fn title(&self) -> &str {
        &self.title
    }
    /// The pack's version.
    pub const fn version(&self) -> u32 {
        self.version
    }
    /// SHA-256 over everything resolved.
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }
    /// Everything that it was loaded from, word for word: with it, it can be loaded again.
    pub const fn made_of(&self) -> &Bundle {
        &self.made_of
    }
    /// The form of this name.
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.get(id)
    }
    /// The canonical text of a form of this pack, to be kept for as long as entries made with it; its SHA-256 is
    /// [`Form::hash`].
    pub fn canonical_form(&self, form: &Form) -> String {
        canonical::form_text(form, self)
    }
    /// The canonical text of the whole pack; its SHA-256 is [`Pack::hash`].
    pub fn canonical(&self) -> String {
        canonical::pack_text(self)
    }
    /// Every form, by name.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }
    /// The forms offered under «Record something», in their order.
    pub fn offered(&self) -> Vec<&Form> {
        let mut forms: Vec<_> = self.forms.values().filter(|form| form.offered.is_some()).collect();
        forms.sort_by_key(|form| form.offered);
        forms
    }
    /// The list of this name.
    pub fn list(&self, id: &str) -> Option<&List> {
        self.lists.get(id)
    }
    /// Every list, by name.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        self.lists.values()
    }
    /// What a code of a list is called; the code itself where the list does not know it (as received, to check).
    pub fn label<'a>(&'a self, list: &str, code: &'a str) -> &'a str {
        self.lists.get(list).and_then(|list| list.item(code)).map_or(code, |item| &item.label)
    }
    /// The kind of fact of this name.
    pub fn fact(&self, id: &str) -> Option<&FactKind> {
        self.facts.get(id)
    }
    /// Every kind of fact, by name.
    pub fn facts(&self) -> impl Iterator<Item = &FactKind> {
        self.facts.values()
    }
    /// The role of this name.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.get(id)
    }
    /// Every role, by name.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }
    /// The pack's word for a thing (`case-note`, `allocated-worker`); the key itself where it has none.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }
    /// Every word of the pack, by its key.
    pub const fn words(&self) -> &BTreeMap<String, String> {
        &self.words
    }
    /// How a voice is set apart.
    pub fn mark(&self, voice: Voice) -> Option<&Mark> {
        let key = match voice {
            Voice::Child => "child",
            Voice::Family => "family",
            Voice::Manager => "manager",
        };
        self.marks.get(key)
    }
    /// The natures of passages, in the order in which they are offered.
    pub fn natures(&self) -> &[Nature] {
        &self.natures
    }
    /// The nature of this code.
    pub fn nature(&self, code: &str) -> Option<&Nature> {
        self.natures.iter().find(|nature| nature.code == code)
    }
    /// Abbreviations and terms with their meaning (R-STD-03).
    pub const fn glossary(&self) -> &BTreeMap<String, String> {
        &self.glossary
    }
    /// Wording to think again about.
    pub fn avoid(&self) -> &[Avoid] {
        &self.avoid
    }
    /// Writing help and procedures.
    pub fn guidance(&self) -> &[Guidance] {
        &self.guidance
    }
    /// The writing help that a form offers beside its questions, in the form's order.
    pub fn guidance_for(&self, form: &Form) -> Vec<&Guidance> {
        form.guidance.iter().filter_map(|id| self.guidance.iter().find(|text| text.id == *id)).collect()
    }
    /// What must be done by when.
    pub const fn clocks(&self) -> &Clocks {
        &self.clocks
    }
    /// How many months a chronology is fresh after it was brought up to date, where the pack says so (R-CHR-03): the
    /// clock that is met by what stands in the chronology.
    pub fn chronology_months(&self) -> Option<u32> {
        let upkeep = |met: &MetBy| matches!(met, MetBy::InChronology(_));
        let clock = self.clocks.running().find(|clock| clock.repeats && clock.met_by.iter().any(upkeep))?;
        match &clock.due {
            Due::Within(amount) if amount.unit == Unit::Months => Some(amount.count),
            _ => None,
        }
    }
    /// Whether the writer is asked about an e-mail that was pasted whole.
    pub const fn pasted_mail(&self) -> PastedMail {
        self.pasted_mail
    }
    /// The laws and standards that the policy cites, with the version cited.
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }
    /// The procedures and principles that go with the recording.
    pub fn procedures(&self) -> &[Procedure] {
        &self.procedures
    }
    /// The procedures shown beside a form.
    pub fn procedures_for(&self, form: &Form) -> Vec<&Procedure> {
        self.procedures.iter().filter(|procedure| procedure.forms.contains(&form.id)).collect()
    }
    /// What is expected to be found in every case.
    pub fn contents(&self) -> &[Expected] {
        &self.contents
    }
    /// What may be kept of files, and how large.
    pub const fn files(&self) -> &FileRules {
        &self.files
    }
    /// How an entry that is wrong is put right.
    pub const fn amendment(&self) -> &AmendmentRules {
        &self.amendment
    }
    /// What is asked before a new version of the pack is used.
    pub const fn approval(&self) -> &ApprovalRules {
        &self.approval
    }
    /// To whom restricted records are open, and how long an opening in an emergency lasts.
    pub const fn access(&self) -> &AccessRules {
        &self.access
    }
    /// How people sign in.
    pub const fn sign_in(&self) -> &SignInRules {
        &self.sign_in
    }
    /// The days on which the authority works.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }
}
