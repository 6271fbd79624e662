//! What a pack says, in the words of somebody who answers for it and writes no TOML.
//!
//! Each match names every case, so that a new kind of answer or a new right does not compile until it has its words.

use crate::{
    capability::{Capability, Relation},
    fact::{FactKind, Holds, Says},
    form::{
        About, CheckBefore, Condition, DateSpan, Field, FieldKind, Form, Happens, InChronology, RecordKind, Voice,
        Whose,
    },
    pack::Pack,
    role::Role,
};

/// Things one after the other: «a, b and c».
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    joined(items, "and")
}

/// One of several: «a, b or c».
pub fn either(items: impl IntoIterator<Item = String>) -> String {
    joined(items, "or")
}

fn joined(items: impl IntoIterator<Item = String>, word: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {word} {last}", items.join(", ")),
    }
}

/// How many of something: «1 form», «3 forms».
pub fn count(how_many: usize, one: &str) -> String {
    match (how_many, one.split_once(" of ")) {
        (1, _) => format!("1 {one}"),
        (_, Some((one, rest))) => format!("{how_many} {one}s of {rest}"),
        _ => format!("{how_many} {one}s"),
    }
}

/// What kind of answer a question takes.
pub fn kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => "a line of text".to_owned(),
        FieldKind::LongText => "text".to_owned(),
        FieldKind::Passages => "paragraphs, each marked as what it is".to_owned(),
        FieldKind::Date { span, most_days } => {
            let span = match span {
                DateSpan::Any => "a date",
                DateSpan::Past => "a date, today or before",
                DateSpan::Future => "a date, today or later",
                DateSpan::Birth => "a date of birth",
                DateSpan::Expected => "an expected date of birth",
            };
            most_days.map_or_else(|| span.to_owned(), |days| format!("{span}, at most {days} days on"))
        }
        FieldKind::Number { min, max } => format!("a number from {min} to {max}"),
        FieldKind::YesNo => "yes or no".to_owned(),
        FieldKind::Choice { list } => format!("one of the list `{list}`"),
        FieldKind::Choices { list } => format!("any of the list `{list}`"),
        FieldKind::Person => "a person".to_owned(),
        FieldKind::People => "people".to_owned(),
        FieldKind::Address => "an address".to_owned(),
        FieldKind::Telephone => "a telephone number".to_owned(),
        FieldKind::NhsNumber => "an NHS number".to_owned(),
        FieldKind::Upn => "a unique pupil number".to_owned(),
        FieldKind::Staff => "a member of staff".to_owned(),
        FieldKind::Team => "a team".to_owned(),
        FieldKind::Roles => "roles".to_owned(),
        FieldKind::Actions => "actions, each with who and by when".to_owned(),
        FieldKind::Entry { of, having, holding, whose } => {
            let made = joined(of.iter().map(|form| format!("`{form}`")), "or");
            let made = if of.is_empty() { String::new() } else { format!(", made with {made}") };
            let says = |when: &Condition| match when {
                Condition::Answered { field } => format!("`{field}` is answered"),
                Condition::Is { field, any_of } => format!("`{field}` is {}", codes(any_of)),
                Condition::IsNot { field, none_of } => format!("`{field}` is not {}", codes(none_of)),
            };
            let says = joined(having.iter().map(says), "and");
            let says = if having.is_empty() { String::new() } else { format!(", in which {says}") };
            let holds = holding.as_ref().map(|fact| format!(", whose `{fact}` holds on the day")).unwrap_or_default();
            let whose = whose
                .as_ref()
                .map(|Whose { field, of }| format!(", whose `{field}` is `{of}`, unless that is the child"));
            format!("another entry of the record{made}{says}{holds}{}", whose.unwrap_or_default())
        }
        FieldKind::Document { takes } => {
            format!("files: {}", joined(takes.iter().map(|kind| kind.in_words().to_owned()), "or"))
        }
        FieldKind::Time => "a time of day".to_owned(),
        FieldKind::Table { columns } => {
            format!("a table: {}", joined(columns.iter().map(|column| format!("«{}»", column.label)), "and"))
        }
        FieldKind::Signature { list } => format!("signatures, each with how (the list `{list}`)"),
    }
}

fn codes(codes: &[String]) -> String {
    joined(codes.iter().map(|code| format!("`{code}`")), "or")
}

/// When a question is asked: «when «Was the child seen?» is «No»».
pub fn condition(when: &Condition, form: &Form, pack: &Pack) -> String {
    let (asked, answers) = asked_and_answers(when, form, pack);
    match when {
        Condition::Answered { .. } => format!("when {asked} is answered"),
        Condition::Is { .. } => format!("when {asked} is {answers}"),
        Condition::IsNot { .. } => format!("unless {asked} is {answers}"),
    }
}

/// What an entry made with this form must say: ««How was it given?» is «In writing»».
pub fn having(having: &[Condition], form: &Form, pack: &Pack) -> String {
    let says = |when: &Condition| {
        let (asked, answers) = asked_and_answers(when, form, pack);
        match when {
            Condition::Answered { .. } => format!("{asked} is answered"),
            Condition::Is { .. } => format!("{asked} is {answers}"),
            Condition::IsNot { .. } => format!("{asked} is not {answers}"),
        }
    };
    joined(having.iter().map(says), "and")
}

/// The question that a condition looks at, and the answers that it names.
fn asked_and_answers(when: &Condition, form: &Form, pack: &Pack) -> (String, String) {
    let field = form.field(when.field());
    let asked = field.map_or_else(|| format!("`{}`", when.field()), |field| format!("«{}»", field.label));
    let (Condition::Is { any_of: codes, .. } | Condition::IsNot { none_of: codes, .. }) = when else {
        return (asked, String::new());
    };
    (asked, joined(codes.iter().map(|code| format!("«{}»", answer(field, code, pack))), "or"))
}

/// What an answer by code is called.
fn answer(field: Option<&Field>, code: &str, pack: &Pack) -> String {
    match (field.map(|field| &field.kind), code) {
        (Some(FieldKind::Choice { list } | FieldKind::Choices { list }), _) => pack.label(list, code).to_owned(),
        (_, "yes") => "Yes".to_owned(),
        (_, "no") => "No".to_owned(),
        _ => code.to_owned(),
    }
}

/// What a role may do with a capability.
pub const fn capability(capability: Capability) -> &'static str {
    match capability {
        Capability::ReadRecord => "read a record",
        Capability::RecordEntry => "write entries in a record",
        Capability::RecordDecision => "write a manager’s entries in a record",
        Capability::OpenRecord => "open a record for a child who has none",
        Capability::CloseRecord => "close a record, and open it again",
        Capability::Allocate => "say who works with a child",
        Capability::OpenSeparateFile => "open a separate file beside a child’s record",
        Capability::SendObservation => "send an observation into a child’s record",
        Capability::SeeTeam => "see the page of a team",
        Capability::SeeDrafts => "see that a worker has a draft, and how old it is",
        Capability::SearchPeople => "look for people by name and date of birth",
        Capability::JoinPeople => "say that two people are one, and part them again",
        Capability::SeeReadings => "see who has looked at a record",
        Capability::ManageStaff => "add staff, change their teams and roles, end their accounts",
        Capability::ReadOrganisation => "read the organisation’s own record: staff, teams, roles, the policy",
        Capability::Import => "take another system’s data into records",
        Capability::Verify => "check the whole record against its ledger",
        Capability::SeeCounts => "count visits and recording",
        Capability::ArrangeCover => "let somebody stand in for a worker who is away",
        Capability::ChangeStaff => "say that a member of staff moves or leaves",
        Capability::PlanDuty => "say who is on duty out of hours",
        Capability::OpenOnDuty => "open a record while on duty out of hours, saying why",
        Capability::AmendEntry => "put an entry right",
        Capability::AuthoriseEntry => "authorise what a colleague has written",
        Capability::MoveEntry => "move an entry that is on the wrong child",
        Capability::ReadMoved => "read what was moved away from a record",
        Capability::ApprovePolicy => "approve a version of the policy, and say from when it holds",
        Capability::OpenInEmergency => "open a record for a short time in an emergency, saying why",
        Capability::ReviewEmergency => "look at each opening in an emergency, and say whether it was right",
        Capability::RestrictRecord => "restrict a record to few, say who they are, and lift it",
        Capability::RevealAddress => "see protected addresses, saying why",
        Capability::ReadConfidential => "read what is kept in the confidential section of a record",
        Capability::DeclareConflict => "say that they must not see a child’s record themselves",
        Capability::RecordUse => {
            "write down who uses a record for something else than the work with the child, and by what right"
        }
        Capability::GrantSupport => "open a record for some hours to somebody of support, and end that",
        Capability::LinkAdoption => "record an adoption order, with which the record after the adoption begins",
        Capability::FollowAdoption => "go from the record before an adoption to the one after it, or back, saying why",
        Capability::DecideConflict => "say that a colleague must not see a child’s record, and when that ends",
    }
}

/// For which records: «for those allocated to them».
pub const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Allocated => "those allocated to them",
        Relation::Covers => "those of a colleague for whom they stand in",
        Relation::Team => "those of their team",
        Relation::Manages => "those of a team that they manage",
        Relation::Duty => "those that they opened on duty",
        Relation::Emergency => "those that they opened in an emergency",
        Relation::Named => "restricted ones that name them",
        Relation::Support => "those that were opened to them for some hours",
        Relation::Any => "any",
    }
}

/// Whose voice, in a word.
pub const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::Child => "the child’s",
        Voice::Family => "the family’s",
        Voice::Manager => "a manager’s",
    }
}

/// In whose record a form is written.
pub const fn record(record: RecordKind) -> &'static str {
    match record {
        RecordKind::Child => "a child’s record",
        RecordKind::Organisation => "the organisation’s own record",
    }
}

/// What is asked of when it happened.
pub const fn happens(happens: Happens) -> &'static str {
    match happens {
        Happens::DateTime => "the day and the time of what happened",
        Happens::Date => "the day of what happened",
        Happens::From => "the day from which it holds",
        Happens::Ahead => "the day for which it is planned",
    }
}

/// Whom one entry is about.
pub const fn about(about: About) -> &'static str {
    match about {
        About::One => "one child",
        About::Children => "one or several children",
    }
}

/// Whether it goes to the chronology.
pub const fn chronology(chronology: InChronology) -> &'static str {
    match chronology {
        InChronology::Ask => "if the writer says so",
        InChronology::Always => "always",
        InChronology::Never => "never",
    }
}

/// When the writer first sees what will stand.
pub const fn check_before(check: CheckBefore) -> &'static str {
    match check {
        CheckBefore::Always => "always",
        CheckBefore::SeveralChildren => "where it is about several children",
        CheckBefore::Never => "never",
    }
}

/// What a kind of fact holds and says.
pub fn fact(fact: &FactKind) -> String {
    let says = match fact.says {
        Says::Text => "words",
        Says::Code => "a code",
        Says::Codes => "codes",
        Says::YesNo => "yes or no",
        Says::Date => "a date",
        Says::Number => "a number",
        Says::Address => "an address",
        Says::Telephone => "a telephone number",
        Says::Person => "a person",
        Says::Staff => "a member of staff",
        Says::Team => "a team",
        Says::Roles => "roles",
    };
    let holds = match fact.holds {
        Holds::One => "one at a time",
        Holds::Many => "several at once",
    };
    let of = fact.list.as_ref().map_or_else(String::new, |list| format!(" of the list `{list}`"));
    format!("{says}{of}, {holds}{}", if fact.sealed { ", sealed" } else { "" })
}

/// What a role may do, each with for which records, in the order of the rights.
pub fn rights(role: &Role) -> Vec<(&'static str, String)> {
    let of = |wanted: Capability| role.may.iter().filter(move |(may, _)| *may == wanted).map(|(_, of)| *of);
    Capability::ALL
        .into_iter()
        .filter(|may| of(*may).next().is_some())
        .map(|may| (capability(may), list(of(may).map(|of| relation(of).to_owned()))))
        .collect()
}
