//! A form: one kind of entry, with the questions that it asks and the facts that it sets.

use serde::Deserialize;

use crate::{
    capability::{Capability, Relation},
    clock::Limit,
    fact::FactId,
    file::FileKind,
};

/// The name of a form within a pack, for example `visit`.
pub type FormId = String;
/// The name of a field within a form, for example `seen-alone`. Never used again for another question.
pub type FieldId = String;

/// One version of one form, resolved through everything that its pack extends.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Stable name, for example `visit`.
    pub id: FormId,
    /// Counts up with each approved change.
    pub version: u32,
    /// SHA-256 of the resolved form's canonical text; goes into the leaf of every entry made with it.
    pub hash: [u8; 32],
    /// What people call it.
    pub title: String,
    /// The requirements that it comes from.
    pub source: Vec<String>,
    /// One or two sentences at the top of the form, in plain words.
    pub intro: Option<String>,
    /// Guidance shown on demand beside the form: procedures, writing help. Names of the pack's
    /// [`Guidance`](crate::pack::Guidance).
    pub guidance: Vec<String>,
    /// Whose records it is for.
    pub record: RecordKind,
    /// The capability that a person needs to complete it.
    pub may_complete: Capability,
    /// From when an entry made with it counts.
    pub stands: Stands,
    /// Whether one act may concern several children at once (R-BAS-12).
    pub about: About,
    /// Whether the form is offered under «Record something», and in which place (lower first).
    pub offered: Option<u32>,
    /// How exactly it asks when the thing happened.
    pub happens: Happens,
    /// Whether it asks who gave the information, if not the writer (R-OBS-05).
    pub asks_informant: bool,
    /// Whether an entry goes to the chronology.
    pub chronology: InChronology,
    /// Who told it and whether it belongs in the chronology is asked only when this holds.
    pub last_things_when: Option<Condition>,
    /// Whose voice the whole entry is, for entries that are set apart (R-STD-07).
    pub voice: Option<Voice>,
    /// Whether «Complete» first shows once what will stand in each child's record.
    pub check_before: CheckBefore,
    /// How soon after the event it must be completed, where the pack says: each limit that is in force, the
    /// shortest first.
    pub limits: Vec<Limit>,
    /// Who alone may record what, where that is not everybody who may complete the form.
    pub recorded_by: Vec<RecordedBy>,
    /// What becomes of a second entry about the same contact (D-09).
    pub second: Second,
    /// The roles of whoever authorises it, where somebody must (R-TIME-X08).
    pub authorised_by: Vec<String>,
    /// Whether what one of those completes needs nobody else.
    pub self_authorised: bool,
    /// Who gets a copy: codes of the list `copy-to`.
    pub copies_to: Vec<String>,
    /// The questions, in order.
    pub sections: Vec<Section>,
    /// The facts that a standing entry asserts.
    pub sets: Vec<Sets>,
}

impl Form {
    /// Every field of every section, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// Whether «Complete» shows first what will stand, for an act about so many children.
    pub const fn checks_before(&self, children: usize) -> bool {
        match self.check_before {
            CheckBefore::Always => true,
            CheckBefore::SeveralChildren => children > 1,
            CheckBefore::Never => false,
        }
    }

    /// The kind of fact that an entry named in this field began and that this form ends: a visit that is planned. What has
    /// ended already is not offered there.
    pub fn ends(&self, field: &str) -> Option<&str> {
        let of_field = |sets: &&Sets| matches!(&sets.key, Some(SetKey::Entry(entry)) if entry == field);
        self.sets.iter().filter(of_field).find(|sets| sets.value == SetValue::Nothing).map(|sets| sets.fact.as_str())
    }

    /// In words, how soon after the event it is to be completed: «3 working days»; «24 hours or 2 working days» where that
    /// depends on what it says.
    pub fn limit_in_words(&self) -> Option<String> {
        let (always, sometimes): (Vec<_>, Vec<_>) = self.limits.iter().partition(|limit| limit.when.is_empty());
        let always = limits_in_words(always);
        let mut sometimes: Vec<_> = sometimes.into_iter().map(Limit::in_words).collect();
        sometimes.dedup();
        always.or_else(|| (!sometimes.is_empty()).then(|| sometimes.join(" or ")))
    }

    /// What an entry needs before it is whole: to be authorised, and whether it stands before that.
    pub fn needs(&self) -> Option<Stands> {
        (!self.authorised_by.is_empty()).then_some(self.stands)
    }

    /// The field of this name.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields().find(|field| field.id == id)
    }
}

/// Limits of one act that hold at once, in words: «immediately, and at most 5 working days».
pub fn limits_in_words<'a>(limits: impl IntoIterator<Item = &'a Limit>) -> Option<String> {
    let words: Vec<_> = limits.into_iter().map(Limit::in_words).collect();
    (!words.is_empty()).then(|| words.join(", and at most "))
}

/// Whose records a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// A child's record, main or separate.
    Child,
    /// The organisation's own record: staff, teams, roles.
    Organisation,
}

/// From when an entry sets facts, is shown as current and is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// As soon as it is completed.
    Completed,
    /// When somebody with the authority has agreed it.
    Authorised,
}

/// Who alone may record something: an authority's rule about whose task the recording is, beside what a role may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBy {
    /// Only when this holds.
    pub when: Option<Condition>,
    /// Who.
    pub by: Recorder,
    /// Why, in a sentence to whoever is not.
    pub why: String,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

/// Whose task it is to record something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// Whoever stands to the child's record in one of these ways now.
    Related(Vec<Relation>),
    /// The member of staff who was agreed: named by the fact that the entry in this field began. Where that entry names
    /// nobody, everybody may.
    Agreed {
        /// The kind of fact.
        fact: FactId,
        /// The field that refers to the entry.
        entry: FieldId,
        /// The kind of fact that the entry began where they could not agree, until their manager has named one.
        open: Option<FactId>,
    },
}

/// How many children one act may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The one whose record is open.
    One,
    /// Any of the family's children: one entry in each child's record.
    Children,
}

/// How a form asks when the thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happens {
    /// Date and time of day.
    DateTime,
    /// Date, the time if known.
    Date,
    /// It takes effect from a date which may lie ahead (a placement from Monday).
    From,
    /// It is planned for a day, today or later, and a time if that is known.
    Ahead,
}

/// When «Complete» shows once what will stand in each child's record, before it is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckBefore {
    /// Each time: what is frozen cannot be changed.
    Always,
    /// Only when the act is about several children.
    SeveralChildren,
    /// Not at all: for a form of one press.
    Never,
}

/// What becomes of a second entry with the same form about the same day and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Second {
    /// It needs a reason: one contact has one record (R-VIS-12).
    #[default]
    AsksWhy,
    /// It may stand: where other records bear on the child, a duplicate is wanted.
    MayStand,
}

/// Whether an entry goes to the chronology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InChronology {
    /// The author is asked, and gives the headline (R-CHR-04, R-GOV-07).
    Ask,
    /// Always, with the headline given.
    Always,
    /// Not itself; its facts may be.
    Never,
}

/// Whose voice a passage, a field or an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// The child's own words or views.
    Child,
    /// A parent's, carer's or relative's words or views.
    Family,
    /// A manager's supervision, decision or oversight.
    Manager,
}

/// A group of questions under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Stable name.
    pub id: String,
    /// The heading.
    pub title: String,
    /// A sentence under the heading.
    pub help: Option<String>,
    /// Asked once for each child that the act is about; the answers go only into that child's entry.
    pub for_each_child: bool,
    /// The questions.
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own that a pack may set")]
pub struct Field {
    /// Stable name.
    pub id: FieldId,
    /// What kind of answer it takes.
    pub kind: FieldKind,
    /// The question.
    pub label: String,
    /// Help under the question.
    pub hint: Option<String>,
    /// Whether completing needs an answer (when the question is asked at all).
    pub required: bool,
    /// Asked only when this holds.
    pub when: Option<Condition>,
    /// With this answer, a reason must be given (kept beside the answer).
    pub reason_if: Option<String>,
    /// Asked of the writer for that reason, for example «Why was the child not seen?».
    pub reason_label: Option<String>,
    /// Whose voice the answer is.
    pub voice: Option<Voice>,
    /// Answered once for all, and where one child's answer is another, for that child: theirs takes its place in their
    /// record.
    pub may_differ: bool,
    /// For a yes-no asked for each child: a question about people, and the child is one of them with yes and none of
    /// them with no. Two answers that contradict each other are named before they are recorded.
    pub among: Option<FieldId>,
    /// For people: staff are offered too.
    pub offers_staff: bool,
    /// Sealed though it is a coded answer (protected addresses); narrative is always sealed.
    pub sealed: bool,
    /// Filled from this fact when the form is opened: recorded once, shown everywhere (R-GOV-12).
    pub carry: Option<FactId>,
    /// Filled, when the form is opened, with what the question of the same name was answered in the newest entry made
    /// with one of these forms.
    pub carry_last: Vec<FormId>,
    /// Filled, when the form is opened from another entry, with what the question of the same name was answered there:
    /// the field that refers to that entry.
    pub same_as: Option<FieldId>,
    /// What an answer leads to: other forms to think of once this one is completed (R-PPL-13).
    pub leads_to: Option<LeadsTo>,
    /// The requirement that it comes from.
    pub source: Vec<String>,
}

/// Forms to think of after a certain answer. A prompt, never a must.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadsTo {
    /// With one of these answers.
    #[serde(deserialize_with = "one_or_several")]
    pub is: Vec<String>,
    /// These forms.
    pub forms: Vec<FormId>,
    /// Why, in a sentence to the worker.
    pub why: String,
}

/// Takes one word or a list of them.
fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrSeveral {
        One(String),
        Several(Vec<String>),
    }
    Ok(match OneOrSeveral::deserialize(deserializer)? {
        OneOrSeveral::One(word) => vec![word],
        OneOrSeveral::Several(words) => words,
    })
}

/// Whose an entry must be that another one names: a consent is that of whoever is asked about (R-SHR-03). For the child whose
/// record it is others may speak, so about the child it may be anybody's: nothing is compared then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The question of the named entry that says who spoke.
    pub field: FieldId,
    /// The question of this form that says about whom.
    pub of: FieldId,
}

/// The kinds of answer. A new kind does not compile until it can be asked, checked, stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines, one nature.
    LongText,
    /// Paragraphs, each with its nature, whom it is about, and for which child.
    Passages,
    /// A civil date.
    Date {
        /// Which dates make sense.
        span: DateSpan,
        /// At most so many days after the day from which the entry takes effect: cover has an end that can be seen.
        most_days: Option<u32>,
    },
    /// A whole number between two bounds, both allowed.
    Number {
        /// Smallest allowed.
        min: i64,
        /// Largest allowed.
        max: i64,
    },
    /// Yes or no.
    YesNo,
    /// One code of a list.
    Choice {
        /// The list's name.
        list: String,
    },
    /// Any number of codes of a list.
    Choices {
        /// The list's name.
        list: String,
    },
    /// One person known to the system.
    Person,
    /// Any number of people: known ones picked, others by name and who they are (R-PPL-14).
    People,
    /// A postal address: lines, town, postcode.
    Address,
    /// A telephone number.
    Telephone,
    /// An NHS number; its check digit is shown as right or wrong.
    NhsNumber,
    /// A unique pupil number; its check letter is shown as right or wrong.
    Upn,
    /// A member of staff.
    Staff,
    /// A team.
    Team,
    /// Any number of the pack's roles.
    Roles,
    /// What will be done, by whom, by when: any number of rows.
    Actions,
    /// Another entry of the same record: the planned visit that this visit fulfils.
    Entry {
        /// The forms that it may have been made with; any form when empty.
        of: Vec<FormId>,
        /// What it must say: a consent that was given in writing.
        having: Vec<Condition>,
        /// The kind of fact that it began and that must hold on the day of the entry that names it: a consent that was
        /// given by then and not taken back.
        holding: Option<FactId>,
        /// Whose it must be, where that is asked.
        whose: Option<Whose>,
    },
    /// Files: any number, each said in words for whoever cannot see or hear it.
    Document {
        /// The kinds that are taken.
        takes: Vec<FileKind>,
    },
    /// A time of day.
    Time,
    /// Rows with columns of the pack's own: any number of rows.
    Table {
        /// What stands over each column.
        columns: Vec<Column>,
    },
    /// Who signed, on which day and how: any number of them.
    Signature {
        /// The list of ways in which it can be signed.
        list: String,
    },
}

/// A column of a table. Its id is kept with what stands in it, so that columns may come and go between versions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Stable name.
    pub id: String,
    /// What stands over it.
    pub label: String,
}

impl FieldKind {
    /// The name that packs use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long-text",
            Self::Passages => "passages",
            Self::Date { .. } => "date",
            Self::Number { .. } => "number",
            Self::YesNo => "yes-no",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Person => "person",
            Self::People => "people",
            Self::Address => "address",
            Self::Telephone => "telephone",
            Self::NhsNumber => "nhs-number",
            Self::Upn => "upn",
            Self::Staff => "staff",
            Self::Team => "team",
            Self::Roles => "roles",
            Self::Actions => "actions",
            Self::Entry { .. } => "entry",
            Self::Document { .. } => "document",
            Self::Time => "time",
            Self::Table { .. } => "table",
            Self::Signature { .. } => "signature",
        }
    }

    /// The list that answers are chosen from.
    pub fn list(&self) -> Option<&str> {
        match self {
            Self::Choice { list } | Self::Choices { list } | Self::Signature { list } => Some(list),
            _ => None,
        }
    }

    /// Whether an entry made with this form can be the answer.
    pub fn takes_entry_of(&self, form: &str) -> bool {
        matches!(self, Self::Entry { of, .. } if of.is_empty() || of.iter().any(|one| one == form))
    }

    /// What an entry must say to be the answer.
    pub const fn having(&self) -> &[Condition] {
        if let Self::Entry { having, .. } = self { having.as_slice() } else { &[] }
    }

    /// The kind of fact that an entry must have begun, and that holds on the day of whatever names it, to be the answer.
    pub fn holding(&self) -> Option<&str> {
        if let Self::Entry { holding, .. } = self { holding.as_deref() } else { None }
    }

    /// Whose an entry must be to be the answer.
    pub const fn whose(&self) -> Option<&Whose> {
        if let Self::Entry { whose, .. } = self { whose.as_ref() } else { None }
    }

    /// Whether more is asked of an entry than with which form it was made.
    pub fn asks_of_entry(&self) -> bool {
        self.holding().is_some() || !self.having().is_empty() || self.whose().is_some()
    }

    /// Whether the answer is narrative, which is always sealed and never a row that can be counted.
    pub const fn is_narrative(&self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::LongText
                | Self::Passages
                | Self::Actions
                | Self::People
                | Self::Document { .. }
                | Self::Table { .. }
                | Self::Signature { .. }
        )
    }
}

/// Which dates make sense as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateSpan {
    /// Any within a long lifetime either way.
    Any,
    /// Today or before.
    Past,
    /// Today or after.
    Future,
    /// A birth: today or before, and not more than 130 years ago.
    Birth,
    /// An expected birth: from ten months back to ten months ahead.
    Expected,
}

/// When a question is asked or a fact is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The field's answer is this code (`yes` and `no` for yes-no), or one of the codes for a choice of several.
    Is {
        /// The field asked about.
        field: FieldId,
        /// Any of these.
        any_of: Vec<String>,
    },
    /// The field's answer is none of these codes; also while it has none.
    IsNot {
        /// The field asked about.
        field: FieldId,
        /// None of these.
        none_of: Vec<String>,
    },
    /// The field has an answer at all.
    Answered {
        /// The field asked about.
        field: FieldId,
    },
}

impl Condition {
    /// The field that it looks at.
    pub fn field(&self) -> &str {
        match self {
            Self::Is { field, .. } | Self::IsNot { field, .. } | Self::Answered { field } => field,
        }
    }
}

/// A fact that a standing entry asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    /// Which kind of fact.
    pub fact: FactId,
    /// Only when this holds.
    pub when: Option<Condition>,
    /// Of whom.
    pub subject: SetSubject,
    /// What is said.
    pub value: SetValue,
    /// The other person of a fact between two people: the field that names them.
    pub other: Option<FieldId>,
    /// From when.
    pub from: SetFrom,
    /// Until when: a date field, where the form asks.
    pub until: Option<FieldId>,
    /// For a kind that holds many: which of them, where it is an entry that tells them apart.
    pub key: Option<SetKey>,
}

/// From when a fact holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetFrom {
    /// The day it happened.
    Happened,
    /// The day answered in this field.
    Field(FieldId),
    /// The day on which it was written: for what is known from then on about a day that lies ahead.
    Written,
}

/// Which entry tells a fact apart from others of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetKey {
    /// The entry that asserts it.
    This,
    /// The entry named in this field: it speaks of what that one began. Without an answer nothing is said.
    Entry(FieldId),
}

/// Of whom a fact is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetSubject {
    /// The person whose record it is.
    Holder,
    /// The person named in this field; the holder when it is unanswered.
    Person(FieldId),
    /// The record itself (allocation, opening, closing, restriction).
    Record,
    /// The team named in this field; the team made by this entry when it is unanswered.
    Team(FieldId),
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetValue {
    /// The answer to a field.
    Field(FieldId),
    /// Several answers joined by a space, blanks left out: first names and family name.
    Joined(Vec<FieldId>),
    /// The day it happened.
    Happened,
    /// The day it happened and the time of day, where that is known: `2026-03-10 15:30`.
    Moment,
    /// The instant at which the entry was written, as the database keeps moments.
    Written,
    /// The instant so many hours after that, by the answer to this field.
    HoursAfter(FieldId),
    /// Always this text (a code).
    Text(String),
    /// Nothing: what stood before ends and nothing takes its place (nobody is allocated any more).
    Nothing,
}
