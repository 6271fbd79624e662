//! What the files of a pack say, before anything is checked: one struct a kind of file, refusing unknown keys.
//!
//! A value whose place matters to a later check is kept with it ([`Spanned`]); a word of a closed list is
//! [`Known`], so that one misspelling does not hide the rest of the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::mistake::Known;
use crate::{
    access::Pattern,
    amendment::AmendmentStands,
    approval::BeforeUse,
    capability::{Capability, Relation},
    fact::{Holds, Says},
    file::{FileKind, Macros},
    form::{About, CheckBefore, Column, DateSpan, Happens, InChronology, LeadsTo, RecordKind, Second, Stands, Voice},
    pack::PastedMail,
};

/// `pack.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PackDraft {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) version: u32,
    pub(super) extends: Option<Spanned<String>>,
    /// Lists whose codes are days on which the authority is closed.
    pub(super) closed_on: Option<Vec<Spanned<String>>>,
}

/// `forms/*.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FormDraft {
    pub(super) form: Spanned<String>,
    pub(super) changes: Option<Spanned<String>>,
    pub(super) version: Option<u32>,
    pub(super) title: Option<String>,
    pub(super) source: Option<Vec<String>>,
    pub(super) intro: Option<String>,
    pub(super) guidance: Option<Vec<Spanned<String>>>,
    pub(super) record: Option<Spanned<Known<RecordKind>>>,
    pub(super) may_complete: Option<Spanned<Known<Capability>>>,
    pub(super) stands: Option<Spanned<Known<Stands>>>,
    pub(super) about: Option<Spanned<Known<About>>>,
    pub(super) offered: Option<u32>,
    pub(super) happens: Option<Spanned<Known<Happens>>>,
    pub(super) asks_informant: Option<bool>,
    pub(super) chronology: Option<Spanned<Known<InChronology>>>,
    pub(super) voice: Option<Spanned<Known<Voice>>>,
    pub(super) check_before: Option<Spanned<Known<CheckBefore>>>,
    pub(super) last_things_when: Option<Spanned<ConditionDraft>>,
    pub(super) recorded_by: Option<Vec<Spanned<RecordedByDraft>>>,
    pub(super) second: Option<Spanned<Known<Second>>>,
    pub(super) authorised_by: Option<Vec<Spanned<String>>>,
    pub(super) self_authorised: Option<Spanned<bool>>,
    pub(super) copies_to: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) section: Vec<SectionDraft>,
    #[serde(default)]
    pub(super) field: Vec<FieldDraft>,
    #[serde(default)]
    pub(super) sets: Vec<SetsDraft>,
}

/// `[[recorded-by]]`: `by = ["allocated", "covers"]`, or `agreed = { fact = "visit-recorder", entry = "planned" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedByDraft {
    pub(super) when: Option<ConditionDraft>,
    pub(super) by: Option<Vec<Relation>>,
    pub(super) agreed: Option<AgreedDraft>,
    pub(super) why: String,
    pub(super) source: Vec<String>,
}

/// `{ fact = "visit-recorder", entry = "planned", open = "recorder-open" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreedDraft {
    pub(super) fact: String,
    pub(super) entry: String,
    pub(super) open: Option<String>,
}

/// `whose = { field = "person", of = "of" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhoseDraft {
    pub(super) field: String,
    pub(super) of: String,
}

/// `[[section]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SectionDraft {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) help: Option<String>,
    #[serde(rename = "for")]
    pub(super) for_whom: Option<Spanned<Known<ForWhom>>>,
    pub(super) after: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) field: Vec<FieldDraft>,
}

/// Whom a section is asked for, where not once for the whole act.
#[derive(Clone, Copy, Deserialize)]
pub(super) enum ForWhom {
    #[serde(rename = "each child")]
    EachChild,
}

/// `[[section.field]]`, and `[[field]]` in a form that changes another pack's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FieldDraft {
    pub(super) id: Spanned<String>,
    pub(super) after: Option<Spanned<String>>,
    pub(super) kind: Spanned<Known<KindWord>>,
    pub(super) list: Option<Spanned<String>>,
    pub(super) min: Option<Spanned<i64>>,
    pub(super) max: Option<Spanned<i64>>,
    pub(super) dates: Option<Spanned<Known<DateSpan>>>,
    pub(super) of: Option<Spanned<Vec<String>>>,
    pub(super) having: Option<Spanned<Vec<ConditionDraft>>>,
    pub(super) holding: Option<Spanned<String>>,
    pub(super) whose: Option<Spanned<WhoseDraft>>,
    pub(super) most_days: Option<Spanned<u32>>,
    pub(super) takes: Option<Vec<Spanned<Known<FileKind>>>>,
    pub(super) columns: Option<Spanned<Vec<Column>>>,
    pub(super) label: Spanned<String>,
    pub(super) hint: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) when: Option<Spanned<ConditionDraft>>,
    pub(super) reason_if: Option<Spanned<String>>,
    pub(super) reason_label: Option<Spanned<String>>,
    pub(super) voice: Option<Spanned<Known<Voice>>>,
    pub(super) may_differ: Option<Spanned<bool>>,
    pub(super) among: Option<Spanned<String>>,
    pub(super) offers_staff: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) sealed: bool,
    pub(super) carry: Option<Spanned<String>>,
    pub(super) carry_last: Option<Spanned<Vec<String>>>,
    pub(super) same_as: Option<Spanned<String>>,
    pub(super) leads_to: Option<Spanned<LeadsTo>>,
    #[serde(default)]
    pub(super) source: Vec<String>,
}

/// The word for a kind of answer; what belongs to the kind stands in keys beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KindWord {
    Text,
    LongText,
    Passages,
    Date,
    Number,
    YesNo,
    Choice,
    Choices,
    Person,
    People,
    Address,
    Telephone,
    NhsNumber,
    Upn,
    Staff,
    Team,
    Roles,
    Actions,
    Entry,
    Document,
    Time,
    Table,
    Signature,
}

/// `when = { field = "seen", is = "yes" }`, `is = ["a", "b"]`, or `answered = true`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionDraft {
    pub(super) field: String,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) is: Option<Vec<String>>,
    #[serde(default, rename = "is-not", deserialize_with = "one_or_many")]
    pub(super) is_not: Option<Vec<String>>,
    pub(super) answered: Option<bool>,
}

/// `[[sets]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SetsDraft {
    pub(super) fact: Spanned<String>,
    pub(super) when: Option<Spanned<ConditionDraft>>,
    pub(super) subject: Option<Spanned<SubjectDraft>>,
    pub(super) value: Spanned<ValueDraft>,
    pub(super) other: Option<Spanned<String>>,
    pub(super) from: Option<Spanned<FromDraft>>,
    pub(super) until: Option<Spanned<String>>,
    pub(super) key: Option<Spanned<KeyDraft>>,
}

/// `subject = "holder"`, `"record"`, `{ person = "who" }`, `{ team = "team" }`
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SubjectDraft {
    Holder,
    Record,
    Person(String),
    Team(String),
}

/// `from = "since"`, `{ written = true }`
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum FromDraft {
    Field(String),
    Written(WrittenDraft),
}

/// `{ written = true }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDraft {
    #[serde(rename = "written")]
    pub(super) _written: OnlyTrue,
}

/// `key = { this = true }`, `{ entry = "planned" }`
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeyDraft {
    This(OnlyTrue),
    Entry(String),
}

/// `value = { field = "status" }`, `{ joined = ["given", "family"] }`, `{ date = "happened" }`, `{ text = "open" }`,
/// `{ moment = "happened" }`, `{ moment = "written" }`, `{ hours-after = "hours" }`, `{ nothing = true }`
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ValueDraft {
    Field(String),
    Joined(Vec<String>),
    Date(DateWord),
    Moment(MomentWord),
    HoursAfter(String),
    Text(String),
    Nothing(OnlyTrue),
}

/// `{ nothing = true }`: there is no other way to say it.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
pub(super) struct OnlyTrue;

impl TryFrom<bool> for OnlyTrue {
    type Error = &'static str;
    fn try_from(yes: bool) -> Result<Self, Self::Error> {
        if yes { Ok(Self) } else { Err("this can only be true; leave it out instead") }
    }
}

/// The moments that a form has without asking.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MomentWord {
    Happened,
    Written,
}

/// The one date that a form has without asking.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DateWord {
    Happened,
}

/// `lists.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListsDraft {
    #[serde(default)]
    pub(super) list: Vec<ListDraft>,
}

/// `[[list]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListDraft {
    pub(super) id: Spanned<String>,
    pub(super) items: Vec<Spanned<ItemDraft>>,
}

/// One code; also one line of a list's CSV file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemDraft {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) inverse: Option<String>,
    pub(super) group: Option<String>,
    #[serde(default)]
    pub(super) withdrawn: bool,
}

/// `facts.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactsDraft {
    #[serde(default)]
    pub(super) fact: Vec<FactDraft>,
}

/// `[[fact]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FactDraft {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) holds: Spanned<Known<Holds>>,
    pub(super) says: Spanned<Known<Says>>,
    pub(super) list: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) sealed: bool,
    #[serde(default)]
    pub(super) shared: bool,
    pub(super) chronology: Option<Spanned<String>>,
    pub(super) warns: Option<Spanned<String>>,
    pub(super) too_long_after_days: Option<Spanned<u32>>,
}

/// `roles.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesDraft {
    #[serde(default)]
    pub(super) role: Vec<RoleDraft>,
}

/// `[[role]]`; in a pack that extends another, what is not given stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleDraft {
    pub(super) id: Spanned<String>,
    pub(super) title: Option<String>,
    pub(super) source: Option<Vec<String>>,
    pub(super) may: Option<BTreeMap<Spanned<String>, Vec<Spanned<String>>>>,
}

/// `display.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DisplayDraft {
    #[serde(default)]
    pub(super) mark: BTreeMap<Spanned<String>, MarkDraft>,
}

/// `[mark.child]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MarkDraft {
    pub(super) word: String,
    #[serde(default)]
    pub(super) italic: bool,
    pub(super) edge: Option<String>,
}

/// `natures.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NaturesDraft {
    #[serde(default)]
    pub(super) nature: Vec<NatureDraft>,
}

/// `[[nature]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NatureDraft {
    pub(super) code: Spanned<String>,
    pub(super) label: String,
    pub(super) margin: String,
    #[serde(default)]
    pub(super) asks_who: bool,
    pub(super) voice: Option<Spanned<Known<Voice>>>,
}

/// `guidance.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuidanceFileDraft {
    #[serde(default)]
    pub(super) guidance: Vec<GuidanceDraft>,
}

/// `[[guidance]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuidanceDraft {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) text: Vec<String>,
    pub(super) source: Vec<String>,
}

/// `files.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FilesDraft {
    /// Kind = megabytes.
    #[serde(default)]
    pub(super) largest: BTreeMap<Spanned<String>, Spanned<u32>>,
    pub(super) macros: Option<Spanned<Known<Macros>>>,
    pub(super) swept_after_days: Option<Spanned<u32>>,
}

/// `amendment.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AmendmentDraft {
    pub(super) stands: Option<Spanned<Known<AmendmentStands>>>,
    pub(super) never: Option<Vec<Spanned<String>>>,
    pub(super) advice: Option<Spanned<Vec<String>>>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `approval.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ApprovalDraft {
    pub(super) before_use: Option<Spanned<Known<BeforeUse>>>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `sign-in.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SignInDraft {
    pub(super) ways: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) dormant_after_days: Option<u32>,
    pub(super) again_after_minutes: Option<u32>,
    pub(super) support_session_minutes: Option<Spanned<u32>>,
    pub(super) first_password_hours: Option<Spanned<u32>>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `access.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AccessDraft {
    pub(super) emergency_minutes: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) restriction: Vec<RestrictionDraft>,
    pub(super) questions: Option<QuestionsDraft>,
    #[serde(default)]
    pub(super) question: Vec<QuestionDraft>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `[questions]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QuestionsDraft {
    pub(super) days: Spanned<u32>,
    pub(super) night: Spanned<String>,
    pub(super) search_shows: u32,
    pub(super) work_days: u32,
    pub(super) handover_days: u32,
    pub(super) common_name: u32,
    pub(super) source: Spanned<Vec<String>>,
}

/// `[[question]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QuestionDraft {
    pub(super) pattern: Spanned<Known<Pattern>>,
    pub(super) at_least: Spanned<u32>,
    pub(super) within_days: Spanned<u32>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `[[restriction]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RestrictionDraft {
    pub(super) kind: Spanned<String>,
    pub(super) in_emergency: bool,
    #[serde(default)]
    pub(super) open_to: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    pub(super) source: Spanned<Vec<String>>,
}

/// `avoid.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AvoidFileDraft {
    pub(super) pasted_mail: Option<Spanned<Known<PastedMail>>>,
    #[serde(default)]
    pub(super) avoid: Vec<AvoidDraft>,
}

/// `[[avoid]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AvoidDraft {
    pub(super) phrase: Spanned<String>,
    pub(super) why: String,
}

/// Takes one word or a list of them.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(Some(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(word) => vec![word],
        OneOrMany::Many(words) => words,
    }))
}
