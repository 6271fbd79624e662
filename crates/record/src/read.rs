//! From what was typed to answers that make sense, or to problems that each name their box.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use policy::{
    Condition, Field, FieldKind, FileKind, Form, Pack,
    clock::Limit,
    form::{Column, DateSpan, Happens, InChronology},
};

use crate::{
    answer::{Action, Address, Answer, Answered, Document, Named, Passage, Sent, Signed},
    content::{Content, Late, parse_time},
    id::{EntryId, FileId, PersonId, RecordId, TeamId},
    identifier,
    time::{Moment, day_in_words, time_in_words},
    typed::{FOR, Name, REASON, Typed},
};

/// Something that must be put right before the form can be completed, at its box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Which box.
    pub at: Name,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
}

/// What is said of an answer that no page offers: a page that has grown old, or somebody who tries what else is taken.
pub const NOT_OFFERED: &str = "Choose one of the answers offered";

/// What the form may refer to: people of this family, staff and teams of this organisation.
pub trait Directory {
    /// Whether this person may be named in this form.
    fn knows_person(&self, person: PersonId) -> bool;
    /// Whether this is a member of staff.
    fn knows_staff(&self, person: PersonId) -> bool;
    /// Whether this is a team.
    fn knows_team(&self, team: TeamId) -> bool;
    /// The form of an entry that stands in this record; none where there is no such entry in it.
    fn form_of_entry(&self, _record: RecordId, _entry: EntryId) -> Option<&str> {
        None
    }
    /// Whose record this is, where the form is about it.
    fn holder(&self, _record: RecordId) -> Option<PersonId> {
        None
    }
    /// A file that was sent for this very draft, in this child's part or for all; none where no files are sent.
    fn sent(&self, _file: FileId, _part: Option<RecordId>) -> Option<&Sent> {
        None
    }
}

/// A form read without a problem: one act, about one or several children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The day it happened.
    pub happened_on: Date,
    /// The time of day, where known.
    pub happened_at: Option<Time>,
    /// Who gave the information, if not the writer.
    pub informant: Option<String>,
    /// The headline in the chronology, if it goes there.
    pub headline: Option<String>,
    /// The headline in one child's chronology, where it is another one there.
    pub headlines: BTreeMap<RecordId, String>,
    /// Lateness with its reason.
    pub late: Option<Late>,
    /// In one child's record, where what is done there was due before and is late.
    pub late_here: BTreeMap<RecordId, Late>,
    /// Why a second record of the same contact was made.
    pub second_because: Option<String>,
    /// What was answered once for all.
    pub common: BTreeMap<String, Answered>,
    /// What was answered for each child.
    pub each: BTreeMap<RecordId, BTreeMap<String, Answered>>,
}

/// The boxes that the engine adds to every form.
pub mod standing {
    /// When it happened (parts `day`, `month`, `year`, `time`).
    pub const HAPPENED: &str = "happened";
    /// Who gave the information.
    pub const INFORMANT: &str = "informant";
    /// Whether it goes to the chronology.
    pub const SIGNIFICANT: &str = "significant";
    /// Its headline there.
    pub const HEADLINE: &str = "headline";
    /// Why it is late: written late, done late, or both.
    pub const LATE_REASON: &str = "late-reason";
    /// Why there is a second record of the same contact.
    pub const SECOND_BECAUSE: &str = "second-because";
    /// Why an entry is put right, in a draft that amends it.
    pub const PUT_RIGHT_BECAUSE: &str = "put-right-because";
    /// Which children it is about.
    pub const ABOUT: &str = "about";
    /// The part of a row that names its file.
    pub const FILE: &str = "file";
    /// The part of a row that says its file in words.
    pub const SAYS: &str = "says";
}

/// What is asked of whatever is late, after the sentence that says how it is.
pub const SAY_WHY_LATE: &str = "Say why it is late";

/// The longest text of one box, in characters. A longer one is almost always something pasted by mistake.
pub const LONGEST: usize = 100_000;

/// Reads a form about these records at this moment.
///
/// # Errors
/// Every problem, in the order of the page.
pub fn read(
    pack: &Pack,
    form: &Form,
    typed: &Typed,
    about: &[RecordId],
    directory: &dyn Directory,
    now: Moment,
) -> Result<Act, Vec<FieldProblem>> {
    let mut reader = Reader { pack, form, typed, about, directory, now, happened_on: None, problems: Vec::new() };
    let happened = reader.happened();
    reader.happened_on = happened.map(|(day, _)| day);
    let mut common = BTreeMap::new();
    let mut each: BTreeMap<RecordId, BTreeMap<String, Answered>> =
        about.iter().map(|record| (*record, BTreeMap::new())).collect();
    for section in &form.sections {
        if section.for_each_child {
            for (record, answers) in &mut each {
                for field in &section.fields {
                    reader.field(field, Some(*record), &common, answers);
                }
            }
        } else {
            for field in &section.fields {
                let mut answered = std::mem::take(&mut common);
                reader.field(field, None, &BTreeMap::new(), &mut answered);
                common = answered;
                if field.may_differ {
                    reader.differing(field, &common, &mut each);
                }
            }
        }
    }
    let last_things =
        asked(form.last_things_when.as_ref(), |id| common.get(id).map(|answered| answered.answer.clone()));
    let informant = (form.asks_informant && last_things).then(|| reader.text(&Name::of(standing::INFORMANT))).flatten();
    let (headline, headlines) = if last_things { reader.headline() } else { (None, BTreeMap::new()) };
    let late = happened.and_then(|(day, time)| reader.lateness(day, time, &common));
    let second_because = reader.text(&Name::of(standing::SECOND_BECAUSE));
    match (happened, reader.problems.is_empty()) {
        (Some((happened_on, happened_at)), true) => {
            let late_here = BTreeMap::new();
            Ok(Act {
                happened_on,
                happened_at,
                informant,
                headline,
                headlines,
                late,
                late_here,
                second_because,
                common,
                each,
            })
        }
        _ => Err(reader.problems),
    }
}

/// Whether a question is asked, given what has been answered so far in this part and for all.
pub fn asked(condition: Option<&Condition>, find: impl Fn(&str) -> Option<Answer>) -> bool {
    match condition {
        None => true,
        Some(Condition::Answered { field }) => find(field).is_some(),
        Some(Condition::IsNot { field, none_of }) => {
            find(field).is_none_or(|answer| answer.codes().iter().all(|code| none_of.iter().all(|none| none != code)))
        }
        Some(Condition::Is { field, any_of }) => {
            find(field).is_some_and(|answer| answer.codes().iter().any(|code| any_of.iter().any(|any| any == code)))
        }
    }
}

/// The limits on recording that hold for what an entry says.
pub fn limits_of<'f>(form: &'f Form, content: &Content) -> impl Iterator<Item = &'f Limit> {
    let find = |id: &str| content.answer(id).cloned();
    form.limits.iter().filter(move |limit| limit.when.iter().all(|when| asked(Some(when), find)))
}

struct Reader<'a> {
    pack: &'a Pack,
    form: &'a Form,
    typed: &'a Typed,
    about: &'a [RecordId],
    directory: &'a dyn Directory,
    now: Moment,
    /// The day from which the entry takes effect, once it is known.
    happened_on: Option<Date>,
    problems: Vec<FieldProblem>,
}

type Answers = BTreeMap<String, Answered>;

impl Reader<'_> {
    fn problem(&mut self, at: &Name, message: impl Into<String>) {
        self.problems.push(FieldProblem { at: at.clone(), message: message.into() });
    }

    fn text(&mut self, name: &Name) -> Option<String> {
        let text = plain(self.typed.get(name)?);
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let length = text.chars().count();
        if length > LONGEST {
            self.problem(name, format!("This text has {length} characters; the most that fits is {LONGEST}"));
            return None;
        }
        Some(text.to_owned())
    }

    fn happened(&mut self) -> Option<(Date, Option<Time>)> {
        let name = Name::of(standing::HAPPENED);
        let what = match self.form.happens {
            Happens::From => "From when",
            Happens::Ahead => "When it is planned",
            Happens::DateTime | Happens::Date => "When it happened",
        };
        let day = self.date(&name, what, self.now.day());
        let at = name.clone().part("time");
        let time = match self.typed.get(&at).map(parse_time) {
            Some(Ok(time)) => Some(time),
            Some(Err(_)) => {
                self.problem(&at, "The time must be like 15:20");
                None
            }
            None => {
                if self.form.happens == Happens::DateTime {
                    self.problem(&at, "Enter the time it happened, like 15:20");
                }
                None
            }
        };
        let Some(day) = day else {
            if !self
                .problems
                .iter()
                .any(|problem| problem.at.field == standing::HAPPENED && problem.at.part.as_deref() != Some("time"))
            {
                let message = format!("Enter {}", what.to_lowercase());
                self.problems.insert(0, FieldProblem { at: name.part("day"), message });
            }
            return None;
        };
        let today = self.now.day();
        if self.form.happens == Happens::Ahead && day < today {
            self.problem(
                &name.part("day"),
                format!("{what} must be today or later. Record what has been as what it was"),
            );
            return None;
        }
        if matches!(self.form.happens, Happens::DateTime | Happens::Date) {
            let ahead = match time {
                Some(time) => Moment::of_london(day, time) > self.now.plus_seconds(60),
                None => day > today,
            };
            if ahead {
                self.problem(&name.part("day"), format!("{what} must be now or in the past"));
                return None;
            }
        }
        if day.year() < today.year() - 130 || day.year() > today.year() + 30 {
            self.problem(
                &name.part("year"),
                format!("{what} must have a year that makes sense, like {}", today.year()),
            );
            return None;
        }
        Some((day, time))
    }

    fn headline(&mut self) -> (Option<String>, BTreeMap<RecordId, String>) {
        let name = Name::of(standing::HEADLINE);
        let wanted = match self.form.chronology {
            InChronology::Never => false,
            InChronology::Always => true,
            InChronology::Ask => self.typed.get(&Name::of(standing::SIGNIFICANT)).is_some(),
        };
        if !wanted {
            return (None, BTreeMap::new());
        }
        let headline = self.text(&name);
        let own = self.own_texts(&name);
        if headline.is_none() && own.len() < self.about.len() {
            self.problem(&name, "Enter the headline for the chronology, in a few words");
        }
        (headline, own)
    }

    /// What was typed for one child in the place of what is for all.
    fn own_texts(&mut self, name: &Name) -> BTreeMap<RecordId, String> {
        let about = self.about;
        if about.len() < 2 {
            return BTreeMap::new();
        }
        let own = |record: &RecordId| Some((*record, self.text(&name.clone().in_part_of(Some(*record)))?));
        about.iter().filter_map(own).collect()
    }

    /// One child's own answer to a question that is asked once for all.
    fn differing(&mut self, field: &Field, common: &Answers, each: &mut BTreeMap<RecordId, Answers>) {
        let find = |id: &str| common.get(id).map(|answered| answered.answer.clone());
        if !asked(field.when.as_ref(), find) {
            return;
        }
        for (record, text) in self.own_texts(&Name::of(&field.id)) {
            let answered = Answered { answer: Answer::Text(text), reason: None };
            each.entry(record).or_default().insert(field.id.clone(), answered);
        }
    }

    /// Whether every child has its own answer to this question, so that none is needed for all.
    fn each_has_its_own(&self, field: &Field) -> bool {
        let own = |record: &RecordId| self.typed.get(&Name::of(&field.id).in_part_of(Some(*record))).is_some();
        field.may_differ && self.about.len() > 1 && self.about.iter().all(own)
    }

    /// Late by any limit that is in force (R-TIME-X07): each that has passed is named (R-TIME-X12), and why is asked once.
    fn lateness(&mut self, day: Date, time: Option<Time>, common: &Answers) -> Option<Late> {
        let now = self.now.london();
        let find = |id: &str| common.get(id).map(|answered| answered.answer.clone());
        let mut passed: Option<(Date, bool, Vec<String>)> = None;
        for limit in self.form.limits.iter().filter(|limit| limit.when.iter().all(|when| asked(Some(when), find))) {
            // What was learned later than it happened is late only from when it was learned.
            let learned =
                limit.after.as_ref().and_then(|field| match common.get(field).map(|answered| &answered.answer) {
                    Some(Answer::Date(learned)) if *learned > day => Some(*learned),
                    _ => None,
                });
            let (day, time) = learned.map_or((day, time), |learned| (learned, None));
            if now <= limit.due(day, time, self.pack.calendar()) {
                continue;
            }
            let (.., words) = passed.get_or_insert_with(|| (day, limit.counts_working_days(), Vec::new()));
            words.push(limit.in_words());
        }
        let (day, in_working_days, words) = passed?;
        let taken = if in_working_days {
            let days = self.pack.calendar().working_days_between(day, now.date());
            format!("{days} working {}", if days == 1 { "day" } else { "days" })
        } else {
            let days = day.until(now.date()).map_or(0, |span| span.get_days());
            format!("{days} {}", if days == 1 { "day" } else { "days" })
        };
        let limit = words.join(", and at most ");
        let name = Name::of(standing::LATE_REASON);
        let reason = self.text(&name);
        if reason.is_none() {
            self.problem(&name, format!("This is {taken} after it happened and the limit is {limit}. {SAY_WHY_LATE}"));
        }
        Some(Late { limit, taken, reason: reason? })
    }

    fn field(&mut self, field: &Field, record: Option<RecordId>, common: &Answers, answers: &mut Answers) {
        let find = |id: &str| answers.get(id).or_else(|| common.get(id)).map(|answered| answered.answer.clone());
        if !asked(field.when.as_ref(), find) {
            return;
        }
        let name = Name::of(&field.id).in_part_of(record);
        let before = self.problems.len();
        match self.answer(field, &name) {
            Some(answer) => {
                let reason = match &field.reason_if {
                    Some(code) if answer.codes().contains(&code.as_str()) => {
                        let at = name.clone().part(REASON);
                        let reason = self.text(&at);
                        if reason.is_none() {
                            let message = field.reason_label.clone().unwrap_or_else(|| "Give the reason".to_owned());
                            self.problem(&at, message.trim_end_matches('?').to_owned());
                        }
                        reason
                    }
                    _ => None,
                };
                self.contradiction(field, &name, &answer, common);
                answers.insert(field.id.clone(), Answered { answer, reason });
            }
            None if field.required && self.problems.len() == before && !self.each_has_its_own(field) => {
                let at = first_box(field, name);
                self.problem(&at, format!("Answer “{}”", field.label));
            }
            None => {}
        }
    }

    /// A yes or no about a child beside a list of people that says otherwise.
    fn contradiction(&mut self, field: &Field, name: &Name, answer: &Answer, common: &Answers) {
        let (Some(list), Answer::YesNo(yes), Some(record)) = (&field.among, answer, name.record) else { return };
        let Some(Answer::People(people)) = common.get(list).map(|answered| &answered.answer) else { return };
        let picked = |record: RecordId| {
            let holder = self.directory.holder(record);
            holder.is_some() && people.iter().any(|named| named.person == holder)
        };
        // Somebody who ticks no child at all has listed the adults.
        let lists_children = self.about.iter().any(|record| picked(*record));
        let label = self.form.field(list).map_or(list.as_str(), |field| &field.label);
        if picked(record) && !yes {
            let message = format!("“{label}” has this child ticked, and here it says no. Put one of the two right");
            self.problem(name, message);
        } else if lists_children && !picked(record) && *yes {
            let message =
                format!("“{label}” does not have this child ticked, and here it says yes. Put one of the two right");
            self.problem(name, message);
        }
    }

    fn answer(&mut self, field: &Field, name: &Name) -> Option<Answer> {
        match &field.kind {
            FieldKind::Text | FieldKind::LongText => self.text(name).map(Answer::Text),
            FieldKind::Telephone => {
                let text = self.text(name)?;
                let digits = text.chars().filter(char::is_ascii_digit).count();
                if !(7..=15).contains(&digits) || text.chars().any(char::is_alphabetic) {
                    self.problem(name, "Enter a telephone number, like 01706 647474");
                    return None;
                }
                Some(Answer::Code(text))
            }
            FieldKind::NhsNumber | FieldKind::Upn => {
                Some(Answer::Code(self.text(name)?.to_ascii_uppercase().split_whitespace().collect()))
            }
            FieldKind::Passages => self.passages(field, name),
            FieldKind::Date { span, most_days } => {
                let day = self.date(name, &field.label, self.now.day())?;
                let fits = self.within(*span, day, name, &field.label)
                    && most_days.is_none_or(|days| self.soon_enough(days, day, name, &field.label));
                fits.then_some(Answer::Date(day))
            }
            FieldKind::Number { min, max } => {
                let text = self.text(name)?;
                match text.parse() {
                    Ok(number) if (*min..=*max).contains(&number) => Some(Answer::Number(number)),
                    _ => {
                        self.problem(name, format!("{} must be a whole number from {min} to {max}", field.label));
                        None
                    }
                }
            }
            FieldKind::YesNo => match self.typed.get(name)? {
                "yes" => Some(Answer::YesNo(true)),
                "no" => Some(Answer::YesNo(false)),
                _ => self.unknown(name),
            },
            FieldKind::Choice { list } => {
                let code = self.typed.get(name)?;
                if self.pack.list(list)?.item(code).is_some() {
                    Some(Answer::Code(code.to_owned()))
                } else {
                    self.unknown(name)
                }
            }
            FieldKind::Choices { list } => {
                let given: Vec<_> = self.typed.all(name).collect();
                let list = self.pack.list(list)?;
                if given.iter().any(|code| list.item(code).is_none()) {
                    return self.unknown(name);
                }
                let codes: Vec<_> = list
                    .items
                    .iter()
                    .filter(|item| given.contains(&item.code.as_str()))
                    .map(|item| item.code.clone())
                    .collect();
                (!codes.is_empty()).then_some(Answer::Codes(codes))
            }
            FieldKind::Roles => {
                let codes: Vec<_> = self.typed.all(name).map(str::to_owned).collect();
                if codes.iter().any(|role| self.pack.role(role).is_none()) {
                    return self.unknown(name);
                }
                (!codes.is_empty()).then_some(Answer::Codes(codes))
            }
            FieldKind::Person | FieldKind::Staff => {
                let person = self.typed.get(name)?.parse().ok();
                let staff = field.kind == FieldKind::Staff;
                match person {
                    Some(person) if staff && self.directory.knows_staff(person) => Some(Answer::Person(person)),
                    Some(person) if !staff && self.directory.knows_person(person) => Some(Answer::Person(person)),
                    _ => self.unknown(name),
                }
            }
            FieldKind::Team => match self.typed.get(name)?.parse() {
                Ok(team) if self.directory.knows_team(team) => Some(Answer::Team(team)),
                _ => self.unknown(name),
            },
            FieldKind::People => self.people(field, name),
            FieldKind::Address => self.address(name),
            FieldKind::Actions => self.actions(field, name),
            FieldKind::Entry { .. } => {
                // Asked for each child, or in a form that is about one: so it is clear in whose record the entry stands.
                let entry = self.typed.get(name)?.parse().ok();
                let record = name.record.or_else(|| self.about.first().copied());
                let known = record.zip(entry).and_then(|(record, entry)| self.directory.form_of_entry(record, entry));
                match (entry, known) {
                    (Some(entry), Some(form)) if field.kind.takes_entry_of(form) => Some(Answer::Entry(entry)),
                    _ => self.unknown(name),
                }
            }
            FieldKind::Document { takes } => self.documents(field, takes, name),
            FieldKind::Time => self.time(field, name),
            FieldKind::Table { columns } => self.table(field, columns, name),
            FieldKind::Signature { list } => self.signatures(field, list, name),
        }
    }

    fn unknown(&mut self, name: &Name) -> Option<Answer> {
        self.problem(name, NOT_OFFERED);
        None
    }

    fn date(&mut self, name: &Name, label: &str, today: Date) -> Option<Date> {
        let label = label.trim_end_matches('?');
        let parts = ["day", "month", "year"].map(|part| name.clone().part(part));
        let [day, month, year] = parts.clone().map(|part| self.typed.get(&part));
        if day.is_none() && month.is_none() && year.is_none() {
            return None;
        }
        if let Some(missing) = [day, month, year].iter().position(Option::is_none) {
            let word = ["a day", "a month", "a year"][missing];
            self.problem(&parts[missing], format!("{label} must include {word}"));
            return None;
        }
        let month = month.and_then(month_number);
        let year = year.and_then(|year| match year.len() {
            4 => year.parse::<i16>().ok(),
            // Two digits mean this century unless that lies ahead: 98 is 1998.
            2 => year
                .parse::<i16>()
                .ok()
                .map(|short| if 2000 + short > today.year() + 5 { 1900 + short } else { 2000 + short }),
            _ => None,
        });
        let date = day.and_then(|day| day.parse::<i8>().ok()).zip(month).zip(year);
        let date = date.and_then(|((day, month), year)| Date::new(year, month, day).ok());
        if date.is_none() {
            self.problem(&parts[0], format!("{label} must be a real date, like 27 3 {}", today.year()));
        }
        date
    }

    /// Whether a day lies at most so many days after the day from which the entry takes effect, and not before it.
    fn soon_enough(&mut self, days: u32, day: Date, name: &Name, label: &str) -> bool {
        let label = label.trim_end_matches('?');
        let from = self.happened_on.unwrap_or_else(|| self.now.day());
        let last = from.saturating_add(jiff::Span::new().days(i64::from(days)));
        let message = if day <= from {
            format!("{label} must be after it begins ({})", day_in_words(from))
        } else if day > last {
            format!("{label} must be at most {days} days after it begins, so by {}", day_in_words(last))
        } else {
            return true;
        };
        self.problem(&name.clone().part("day"), message);
        false
    }

    fn within(&mut self, span: DateSpan, day: Date, name: &Name, label: &str) -> bool {
        let label = label.trim_end_matches('?');
        let today = self.now.day();
        let years = |years: i16| today.saturating_add(jiff::Span::new().years(years));
        let months = |months: i32| today.saturating_add(jiff::Span::new().months(months));
        let message = match span {
            DateSpan::Past if day > today => format!("{label} must be today or in the past"),
            DateSpan::Future if day < today => format!("{label} must be today or in the future"),
            DateSpan::Birth if day > today => {
                format!("{label} must be today or in the past; for a child not yet born give the expected date")
            }
            DateSpan::Birth if day < years(-130) => format!("{label} must be less than 130 years ago"),
            DateSpan::Expected if day > months(10) || day < months(-10) => {
                format!("{label} must be within ten months of today ({})", day_in_words(today))
            }
            _ if day < years(-130) || day > years(130) => format!("{label} must have a year that makes sense"),
            _ => return true,
        };
        self.problem(&name.clone().part("day"), message);
        false
    }

    fn passages(&mut self, field: &Field, name: &Name) -> Option<Answer> {
        let mut passages = Vec::new();
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let Some(text) = self.text(&at.clone().part("text")) else { continue };
            let nature = self.typed.get(&at.clone().part("nature")).map(str::to_owned);
            let who = self.text(&at.clone().part("who"));
            if let Some(code) = &nature {
                match self.pack.nature(code) {
                    None => {
                        self.unknown(&at.clone().part("nature"));
                    }
                    Some(nature) if nature.asks_who && who.is_none() => {
                        let message = format!("Say who «{}» is from", nature.label.to_lowercase());
                        self.problem(&at.clone().part("who"), message);
                    }
                    Some(_) => {}
                }
            }
            let whose = at.part(FOR);
            let only_for = match self.typed.get(&whose) {
                None => None,
                Some(record) => match record.parse() {
                    Ok(record) if self.about.contains(&record) => Some(record),
                    _ => {
                        self.problem(&whose, "This passage is for a child whom the entry is not about. Choose again");
                        continue;
                    }
                },
            };
            // A blank line makes a paragraph of its own with the same nature.
            for paragraph in paragraphs(&text) {
                passages.push(Passage { nature: nature.clone(), who: who.clone(), text: paragraph, only_for });
            }
        }
        (!passages.is_empty()).then_some(Answer::Passages(passages))
    }

    fn people(&mut self, field: &Field, name: &Name) -> Option<Answer> {
        let mut people = Vec::new();
        for picked in self.typed.all(name) {
            match picked.parse() {
                Ok(person) if self.directory.knows_person(person) || self.directory.knows_staff(person) => {
                    people.push(Named { person: Some(person), ..Named::default() });
                }
                _ => return self.unknown(name),
            }
        }
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let who = self.text(&at.clone().part("name"));
            let role = self.text(&at.clone().part("role"));
            match (who, role) {
                (Some(name), Some(role)) => people.push(Named { person: None, name, role }),
                (Some(_), None) => {
                    self.problem(
                        &at.part("role"),
                        "Say who this person is, so that a stranger to the family would know",
                    );
                }
                (None, Some(_)) => self.problem(&at.part("name"), "Enter this person's name"),
                (None, None) => {}
            }
        }
        (!people.is_empty()).then_some(Answer::People(people))
    }

    fn address(&mut self, name: &Name) -> Option<Answer> {
        let lines = self.text(&name.clone().part("lines")).unwrap_or_default();
        let town = self.text(&name.clone().part("town")).unwrap_or_default();
        let typed = self.text(&name.clone().part("postcode")).unwrap_or_default();
        if lines.is_empty() && town.is_empty() && typed.is_empty() {
            return None;
        }
        if lines.is_empty() {
            self.problem(&name.clone().part("lines"), "Enter the house and street");
        }
        let postcode = if typed.is_empty() { Some(String::new()) } else { identifier::postcode(&typed) };
        let Some(postcode) = postcode else {
            self.problem(&name.clone().part("postcode"), "Enter a full UK postcode, like OL16 1XU, or leave it blank");
            return None;
        };
        Some(Answer::Address(Address { lines, town, postcode }))
    }

    fn actions(&mut self, field: &Field, name: &Name) -> Option<Answer> {
        let mut actions = Vec::new();
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let what = self.text(&at.clone().part("what"));
            let who = self.text(&at.clone().part("who"));
            let box_of_by = at.clone().part("by");
            let by = match self.typed.get(&box_of_by) {
                None => None,
                Some(text) => {
                    let day = day_from_text(text, self.now.day());
                    if day.is_none() {
                        self.problem(
                            &box_of_by,
                            format!("By when must be a date, like 27/3/{}", self.now.day().year()),
                        );
                    }
                    day
                }
            };
            match (what, who) {
                (Some(what), Some(who)) => actions.push(Action { what, who, by }),
                (Some(_), None) => self.problem(&at.part("who"), "Say who will do this"),
                (None, Some(_)) => self.problem(&at.part("what"), "Say what will be done"),
                (None, None) if by.is_some() => self.problem(&at.part("what"), "Say what will be done"),
                (None, None) => {}
            }
        }
        (!actions.is_empty()).then_some(Answer::Actions(actions))
    }

    fn time(&mut self, field: &Field, name: &Name) -> Option<Answer> {
        let time = parse_time(self.typed.get(name)?).ok();
        if time.is_none() {
            self.problem(name, format!("{} must be a time like 15:20", field.label.trim_end_matches('?')));
        }
        Some(Answer::Code(time_in_words(time?)))
    }

    /// The rows of a table that have anything in them, each with the columns that are filled.
    fn table(&mut self, field: &Field, columns: &[Column], name: &Name) -> Option<Answer> {
        let mut table = Vec::new();
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let mut cell = |column: &Column| Some((column.id.clone(), self.text(&at.clone().part(&column.id))?));
            let cells: Vec<_> = columns.iter().filter_map(&mut cell).collect();
            if !cells.is_empty() {
                table.push(cells);
            }
        }
        (!table.is_empty()).then_some(Answer::Table(table))
    }

    /// Who signed: each with the day and the way, or said what is missing.
    fn signatures(&mut self, field: &Field, list: &str, name: &Name) -> Option<Answer> {
        let mut signed = Vec::new();
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let [who, on, how] = ["name", "on", "how"].map(|part| at.clone().part(part));
            let given = self.text(&who);
            let way = self.typed.get(&how).map(str::to_owned);
            let day = self.typed.get(&on).map(|text| day_from_text(text, self.now.day()));
            let Some(person) = given else {
                if day.is_some() || way.is_some() {
                    self.problem(&who, "Enter the name of whoever signed");
                }
                continue;
            };
            let day = match day.flatten() {
                Some(day) if day <= self.now.day() => Some(day),
                _ => {
                    let year = self.now.day().year();
                    self.problem(
                        &on,
                        format!("Enter the day on which it was signed, like 27/3/{year}, not in the future"),
                    );
                    None
                }
            };
            let way = way.filter(|code| self.pack.list(list).is_some_and(|list| list.item(code).is_some()));
            if way.is_none() {
                self.problem(&how, "Say how it was signed");
            }
            if let (Some(on), Some(how)) = (day, way) {
                signed.push(Signed { name: person, on, how });
            }
        }
        (!signed.is_empty()).then_some(Answer::Signatures(signed))
    }
}

/// A text without marks that nobody sees and that turn what is written round or hide it: they have no place in a record
/// that must say to every reader what it says to its writer.
fn plain(text: &str) -> String {
    let hidden = |c: char| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || (c.is_control() && c != '\n' && c != '\t')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

impl Reader<'_> {
    /// The files of an answer: each one that was sent for this draft, and said in words.
    fn documents(&mut self, field: &Field, takes: &[FileKind], name: &Name) -> Option<Answer> {
        let mut documents = Vec::new();
        for row in self.typed.rows(&field.id, name.record) {
            let at = name.clone().row(row);
            let Some(file) = self.typed.get(&at.clone().part(standing::FILE)) else { continue };
            let sent = file.parse().ok().and_then(|file| self.directory.sent(file, name.record)).cloned();
            let says_box = at.clone().part(standing::SAYS);
            let says = self.text(&says_box);
            match (sent, says) {
                (None, _) => {
                    self.problem(&says_box, "This file is not here any more. Take it off this form, and add it again");
                }
                (Some(sent), _) if !takes.contains(&sent.kind) => {
                    self.problem(
                        &says_box,
                        format!("{} is {}, which this question does not take", sent.name, sent.kind.in_words()),
                    );
                }
                (Some(_), None) => {
                    self.problem(
                        &says_box,
                        "Say in words what it shows or says, for somebody who cannot see or hear it",
                    );
                }
                (Some(sent), Some(says)) => documents.push(Document { sent, says }),
            }
        }
        (!documents.is_empty()).then_some(Answer::Documents(documents))
    }
}

/// The box that a message about the whole answer should lead to.
fn first_box(field: &Field, name: Name) -> Name {
    match &field.kind {
        FieldKind::Date { .. } => name.part("day"),
        FieldKind::Passages => name.row(0).part("text"),
        FieldKind::Actions => name.row(0).part("what"),
        FieldKind::Address => name.part("lines"),
        FieldKind::People | FieldKind::Signature { .. } => name.row(0).part("name"),
        FieldKind::Table { columns } => match columns.first() {
            Some(column) => name.row(0).part(&column.id),
            None => name,
        },
        _ => name,
    }
}

/// The paragraphs of a text: what blank lines part.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(line.trim_end());
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

fn month_number(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    text.parse().ok().or_else(|| {
        let start: String = text.chars().take(3).collect::<String>().to_ascii_lowercase();
        NAMES.iter().position(|name| *name == start).and_then(|place| i8::try_from(place + 1).ok())
    })
}

/// A day in one box: `27/3/2026`, `27 March 2026`, `2026-03-27`.
pub fn day_from_text(text: &str, today: Date) -> Option<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let (day, month, year) = match parts[..] {
        [day, month, year] => (day, month, year.parse::<i16>().ok()?),
        [day, month] => (day, month, today.year()),
        _ => return None,
    };
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    Date::new(year, month_number(month)?, day.parse().ok()?).ok()
}
