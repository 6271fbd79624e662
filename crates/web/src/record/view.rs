//! How an entry is read: the date of the event large, who wrote it and when small, each voice set apart.

use std::collections::BTreeMap;

use policy::{Field, FieldKind, Pack, form::Voice};
use record::{
    EntryId, PersonId, RecordId,
    answer::{Answer, Document},
    confidential::KEPT,
    content::Content,
    identifier,
    right::Fate,
    time::{day_in_words, time_in_words, weekday_in_words},
};
use store::{Brief, Colleagues, InSection, Packs, Person, StoredEntry};

use casework::{disclosing::DISCLOSURE, right::Mark};

use crate::words;

/// An entry, ready to be read.
pub struct EntryView {
    /// Its identifier, for links.
    pub entry: String,
    /// Where its files are.
    pub files_at: String,
    /// What kind of entry: the form's title.
    pub title: String,
    /// The day, large.
    pub day: String,
    /// The time of day.
    pub time: String,
    /// Who wrote it and when.
    pub written: String,
    /// That it was late, said once and calmly.
    pub late: String,
    /// Who gave the information, if not the writer.
    pub informant: String,
    /// Why there is a second record.
    pub second: String,
    /// The headline in the chronology.
    pub headline: String,
    /// The word and edge of the whole entry's voice: «Manager's decision», green.
    pub voice: Option<VoiceView>,
    /// Its answers, section by section.
    pub sections: Vec<(String, Vec<AnswerView>)>,
    /// Why it stands in the place of another entry of the record, and where that one is.
    pub amends: Option<(String, String)>,
    /// That it stood in another child's record; blank for nearly all.
    pub moved: String,
    /// Why it does not stand, where it does not.
    pub mark: Option<MarkView>,
}

impl EntryView {
    /// With these words in the place of files.
    pub fn without_files(&mut self, words: &str) {
        let answers = self.sections.iter_mut().flat_map(|(_, answers)| answers);
        for answer in answers.filter(|answer| !answer.files.is_empty()) {
            answer.files.clear();
            answer.paragraphs.push(Paragraph::plain(words));
        }
    }
}

/// That an entry does not stand, and why.
pub struct MarkView {
    /// «Put right on 5 March 2026 by Grace Obi, Team manager: it was the aunt».
    pub text: String,
    /// The entry because of which it does not.
    pub href: String,
    /// What that one is; blank where there is no other.
    pub link: &'static str,
    /// Whether what it says is not in force: put right, or refused.
    pub is_past: bool,
}

/// How an entry of this record is marked.
pub fn mark((record, entry): (RecordId, EntryId), mark: &Mark) -> MarkView {
    let by = [&mark.author.name, &mark.author.designation];
    let by = by.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let on = day_in_words(mark.written.day());
    let why = if mark.why.is_empty() { String::new() } else { format!(": {}", mark.why.trim_end_matches('.')) };
    let (text, link) = match mark.how {
        Fate::Amended => (format!("Put right on {on} by {by}{why}."), "Read what stands now"),
        Fate::Moved => (format!("Moved to another record on {on} by {by}{why}."), "The marker"),
        Fate::Waiting => (
            "This amendment does not stand yet. It waits for the answer of whoever wrote the entry.".to_owned(),
            "Read the entry that it would put right",
        ),
        Fate::Refused => (format!("Not agreed to on {on} by {by}{why}. It does not stand."), "Read the answer"),
        Fate::Unauthorised => (
            "It does not count yet: it waits to be authorised.".to_owned(),
            if mark.by == entry { "" } else { "Read the entry in whose place it would stand" },
        ),
        Fate::Returned => (format!("Returned on {on} by {by}{why}. It does not count."), "Read the answer"),
        // Nobody reads such an entry, so no page has the mark.
        Fate::Apart => (String::new(), ""),
    };
    let is_past = matches!(mark.how, Fate::Amended | Fate::Refused | Fate::Returned);
    MarkView { text, href: format!("/records/{record}/entries/{}", mark.by), link, is_past }
}

/// What stands in the place of what is kept in the confidential section (R-CNF-01).
fn kept(record: RecordId, stored: &StoredEntry) -> AnswerView {
    let opens = stored.in_section == InSection::Opens;
    let text = Paragraph {
        href: if opens { format!("/records/{record}/confidential") } else { String::new() },
        ..Paragraph::plain(if opens { "Open the confidential section" } else { "It is not open to you." })
    };
    AnswerView { label: KEPT.to_owned(), paragraphs: vec![text], files: Vec::new(), reason: String::new() }
}

/// How a voice is set apart: a word always, italic or an edge by the pack.
#[derive(Clone)]
pub struct VoiceView {
    /// The word.
    pub word: String,
    /// The classes.
    pub classes: String,
}

/// One answer, ready to be read.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerView {
    /// The question.
    pub label: String,
    /// Paragraphs, each with the word at its margin.
    pub paragraphs: Vec<Paragraph>,
    /// Its files.
    pub files: Vec<FileView>,
    /// The reason that was given with it.
    pub reason: String,
}

/// One file of an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct FileView {
    /// Its identifier.
    pub file: String,
    /// Whether a picture is shown of it.
    pub is_shown: bool,
    /// Pixels across and down, so that the page does not jump.
    pub size: (u32, u32),
    /// Its name, what it is, and how large.
    pub name: String,
    /// What it shows or says.
    pub says: String,
    /// Whose voice it is: the word at the margin, blank where it is nobody's.
    pub margin: String,
    /// Whether a virus scanner looked at it.
    pub scanned: bool,
}

/// One paragraph.
#[derive(Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// The small word at the margin: «seen», «told by Mrs Khan», «opinion».
    pub margin: String,
    /// The text.
    pub text: String,
    /// The classes of its voice.
    pub classes: String,
    /// The page that it opens, where it names another entry; blank otherwise.
    pub href: String,
    /// Whether it was written for this child alone, of several. Shown to the author before it is recorded and to nobody
    /// else: it would say that there were others.
    pub only_here: bool,
}

impl Paragraph {
    /// One that nobody said.
    fn plain(text: &str) -> Self {
        Self {
            margin: String::new(),
            text: text.to_owned(),
            classes: String::new(),
            href: String::new(),
            only_here: false,
        }
    }
}

/// What names and words an entry needs to be read.
pub struct Reader<'a> {
    /// The record that is read.
    pub record: RecordId,
    /// By which pack it is read: the one in force, but for an entry that was made with another.
    pub pack: &'a Pack,
    /// Every pack that was in force.
    pub packs: &'a Packs,
    /// Everybody named by identifier.
    pub people: &'a BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: &'a Colleagues,
    /// The entries to which others refer.
    pub refers_to: &'a BTreeMap<EntryId, Brief>,
}

impl Reader<'_> {
    /// An entry as people read it.
    pub fn entry(&self, stored: &StoredEntry) -> EntryView {
        let files_at = format!("/records/{}/entries/{}/files", self.record, stored.entry);
        let mut content = self.made_with(stored).content(&stored.content);
        if stored.in_section != InSection::No {
            content.sections = vec![(String::new(), vec![kept(self.record, stored)])];
        }
        EntryView { entry: stored.entry.to_string(), files_at, ..content }
    }

    /// The same reader, with the pack that this entry was made with: its questions and codes as they were asked, and not as
    /// another version has them.
    fn made_with(&self, stored: &StoredEntry) -> Reader<'_> {
        let pack = self.packs.of_form(&stored.form_hash).map_or(self.pack, |pack| pack);
        Reader { pack, ..*self }
    }

    /// What an entry says, as people read it, whether it stands already or is about to.
    pub fn content(&self, content: &Content) -> EntryView {
        let form = self.pack.form(&content.form);
        let author = &content.author;
        let by = [&author.name, &author.designation, &author.team]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>();
        let written = content.written.london();
        let sections = form.map_or_else(
            || vec![(String::new(), unknown(content))],
            |form| {
                let sections = form.sections.iter().map(|section| {
                    let answers =
                        section.fields.iter().filter_map(|field| self.answer(content, field)).collect::<Vec<_>>();
                    (section.title.clone(), answers)
                });
                sections.filter(|(_, answers)| !answers.is_empty()).collect()
            },
        );
        EntryView {
            entry: String::new(),
            files_at: String::new(),
            title: form.map_or_else(|| content.form.clone(), |form| form.title.clone()),
            day: weekday_in_words(content.happened_on),
            time: content.happened_at.map(time_in_words).unwrap_or_default(),
            written: format!(
                "written {} {} by {}{}",
                day_in_words(written.date()),
                time_in_words(written.time()),
                by.join(", "),
                content.on_behalf_of.as_ref().map(|one| format!(", for {}", one.name)).unwrap_or_default()
            ),
            late: content.late.as_ref().map_or_else(String::new, |late| {
                if content.was_written_late() {
                    format!("Written {} after; limit {}. Reason: {}", late.taken, late.limit, late.reason)
                } else {
                    format!("Done late: {}. Reason: {}", late.limit, late.reason)
                }
            }),
            informant: content.informant.clone().unwrap_or_default(),
            second: content.second_because.clone().unwrap_or_default(),
            headline: content.headline.clone().unwrap_or_default(),
            voice: form.and_then(|form| form.voice).and_then(|voice| self.voice(voice)),
            sections,
            amends: content.right.amends.as_ref().map(|amends| {
                let why = amends.why.trim_end_matches('.');
                (format!("Puts an entry right: {why}."), format!("/records/{}/entries/{}", self.record, amends.entry))
            }),
            moved: content.right.moved.as_ref().map_or_else(String::new, |moved| {
                format!(
                    "Moved here on {} by {}, from the record of another child: {}.",
                    day_in_words(moved.at.day()),
                    moved.by.name,
                    moved.why.trim_end_matches('.')
                )
            }),
            mark: None,
        }
    }

    /// An entry as the story tells it: what was written in words and what was said; the coded answers are one click away.
    pub fn told(&self, stored: &StoredEntry) -> EntryView {
        let mut view = self.entry(stored);
        if stored.in_section != InSection::No {
            return view;
        }
        if let Some(form) = self.made_with(stored).pack.form(&stored.content.form) {
            let words: Vec<&str> = form
                .fields()
                .filter(|field| {
                    matches!(
                        field.kind,
                        FieldKind::LongText
                            | FieldKind::Passages
                            | FieldKind::Actions
                            | FieldKind::Document { .. }
                            | FieldKind::Table { .. }
                    ) || field.voice.is_some()
                })
                .map(|field| field.label.as_str())
                .collect();
            for (_, answers) in &mut view.sections {
                answers.retain(|answer| words.contains(&answer.label.as_str()) || !answer.reason.is_empty());
            }
            view.sections.retain(|(_, answers)| !answers.is_empty());
        }
        // Whether the paper may be had is said on its own page.
        if stored.content.form == DISCLOSURE {
            view.without_files("It is had from its own page");
        }
        view
    }

    /// An entry that tells nothing in words, for the story: what it says but for where and how to reach somebody, which
    /// nobody is to read in passing.
    pub fn in_brief(&self, stored: &StoredEntry) -> EntryView {
        let mut view = self.entry(stored);
        let form = self.made_with(stored).pack.form(&stored.content.form);
        let reach = |field: &&Field| field.sealed || matches!(field.kind, FieldKind::Address | FieldKind::Telephone);
        let kept_back: Vec<_> =
            form.iter().flat_map(|form| form.fields()).filter(reach).map(|field| &field.label).collect();
        for (_, answers) in &mut view.sections {
            answers.retain(|answer| !kept_back.contains(&&answer.label));
        }
        view.sections.retain(|(_, answers)| !answers.is_empty());
        view
    }

    /// How this pack sets a voice apart.
    pub fn voice(&self, voice: Voice) -> Option<VoiceView> {
        let mark = self.pack.mark(voice)?;
        let mut classes = "ls-voice".to_owned();
        if mark.italic {
            classes.push_str(" ls-italic");
        }
        if let Some(edge) = &mark.edge {
            classes.push_str(" ls-edge-");
            classes.push_str(edge);
        }
        Some(VoiceView { word: mark.word.clone(), classes })
    }

    /// One answer of an entry, by the pack that it was made with.
    pub fn answer_of(&self, stored: &StoredEntry, field: &Field) -> Option<AnswerView> {
        self.made_with(stored).answer(&stored.content, field)
    }

    fn answer(&self, content: &Content, field: &Field) -> Option<AnswerView> {
        let answered = content.answers.get(&field.id)?;
        let voice = field.voice.and_then(|voice| self.voice(voice));
        let files = match &answered.answer {
            Answer::Documents(documents) => {
                documents.iter().map(|document| file_view(document, voice.as_ref())).collect()
            }
            _ => Vec::new(),
        };
        let paragraphs = match &answered.answer {
            Answer::Passages(passages) => passages
                .iter()
                .map(|passage| {
                    let nature = passage.nature.as_ref().and_then(|code| self.pack.nature(code));
                    let margin = nature.map_or_else(String::new, |nature| match &passage.who {
                        Some(who) => format!("{} {who}", nature.margin),
                        None => nature.margin.clone(),
                    });
                    let voice = nature.and_then(|nature| nature.voice).and_then(|voice| self.voice(voice));
                    Paragraph {
                        margin,
                        text: passage.text.clone(),
                        classes: voice.map_or_else(String::new, |voice| voice.classes),
                        href: String::new(),
                        only_here: passage.only_for.is_some(),
                    }
                })
                .collect(),
            Answer::Entry(entry) => vec![self.reference(*entry)],
            answer => {
                let (margin, classes) = voice.map_or_else(Default::default, |voice| (voice.word, voice.classes));
                self.texts(field, answer)
                    .into_iter()
                    .map(|text| Paragraph {
                        margin: margin.clone(),
                        text,
                        classes: classes.clone(),
                        href: String::new(),
                        only_here: false,
                    })
                    .collect()
            }
        };
        Some(AnswerView {
            label: field.label.clone(),
            paragraphs,
            files,
            reason: answered.reason.clone().unwrap_or_default(),
        })
    }

    /// The answer in words, one text for each line of it.
    fn texts(&self, field: &Field, answer: &Answer) -> Vec<String> {
        let label = |list: &str, code: &str| self.pack.label(list, code).to_owned();
        match (answer, &field.kind) {
            (Answer::Text(text), _) => record::read::paragraphs(text),
            (Answer::Date(day), _) => vec![day_in_words(*day)],
            (Answer::Number(number), _) => vec![number.to_string()],
            (Answer::YesNo(yes), _) => vec![if *yes { "Yes" } else { "No" }.to_owned()],
            (Answer::Code(code), FieldKind::Choice { list }) => vec![label(list, code)],
            (Answer::Code(code), FieldKind::NhsNumber) => {
                vec![checked(&identifier::nhs_number_spaced(code), identifier::nhs_number_is_right(code))]
            }
            (Answer::Code(code), FieldKind::Upn) => vec![checked(code, identifier::upn_is_right(code))],
            (Answer::Code(code), _) => vec![code.clone()],
            (Answer::Codes(codes), FieldKind::Choices { list }) => {
                vec![words::list(&codes.iter().map(|code| label(list, code)).collect::<Vec<_>>())]
            }
            (Answer::Codes(codes), _) => {
                vec![words::list(
                    &codes
                        .iter()
                        .map(|code| self.pack.role(code).map_or_else(|| code.clone(), |role| role.title.clone()))
                        .collect::<Vec<_>>(),
                )]
            }
            (Answer::Person(person), _) => vec![self.person(*person)],
            (Answer::People(people), _) => people
                .iter()
                .map(|named| match named.person {
                    Some(person) => self.person(person),
                    None => format!("{} ({})", named.name, named.role),
                })
                .collect(),
            (Answer::Address(address), _) => vec![address.on_one_line()],
            (Answer::Team(team), _) => {
                vec![self.colleagues.teams.get(team).map_or_else(String::new, |team| team.name.clone())]
            }
            (Answer::Actions(actions), _) => actions
                .iter()
                .map(|action| {
                    let by = action.by.map(|day| format!(", by {}", day_in_words(day))).unwrap_or_default();
                    format!("{}: {}{by}", action.who, action.what)
                })
                .collect(),
            (Answer::Table(rows), kind) => rows.iter().map(|row| row_in_words(kind, row)).collect(),
            (Answer::Signatures(signed), kind) => signed
                .iter()
                .map(|one| {
                    let how = kind.list().map_or_else(|| one.how.clone(), |list| label(list, &one.how));
                    format!("{}, {} ({how})", one.name, day_in_words(one.on))
                })
                .collect(),
            (Answer::Passages(_) | Answer::Entry(_) | Answer::Documents(_), _) => Vec::new(),
        }
    }

    /// An entry that is referred to, as a link to it.
    fn reference(&self, entry: EntryId) -> Paragraph {
        let known = self.refers_to.get(&entry);
        Paragraph {
            margin: String::new(),
            text: known.map_or_else(|| "An entry of this record".to_owned(), |brief| words::entry(self.pack, brief)),
            classes: String::new(),
            href: known.map(|brief| format!("/records/{}/entries/{entry}", brief.record)).unwrap_or_default(),
            only_here: false,
        }
    }

    /// A person's name, whoever they are.
    pub fn person(&self, person: PersonId) -> String {
        let staff = self.colleagues.staff.get(&person).map(|one| format!("{} ({})", one.name, one.designation));
        let known = || self.people.get(&person).and_then(|who| who.name.clone().or_else(|| who.preferred.clone()));
        staff
            .or_else(|| self.colleagues.of_support(person))
            .or_else(known)
            .unwrap_or_else(|| "somebody whose name is not known".to_owned())
    }
}

fn file_view(document: &Document, voice: Option<&VoiceView>) -> FileView {
    let Document { sent, says } = document;
    FileView {
        file: sent.file.to_string(),
        is_shown: sent.shown.is_some(),
        size: sent.shown.map_or((0, 0), |shown| (shown.width, shown.height)),
        name: words::file(sent),
        says: says.clone(),
        margin: voice.map_or_else(String::new, |voice| voice.word.clone()),
        scanned: sent.scanned,
    }
}

/// The answers of an entry whose form this pack no longer has: as they were stored.
fn unknown(content: &Content) -> Vec<AnswerView> {
    let view = |(field, answered): (&String, &record::answer::Answered)| AnswerView {
        label: field.replace('-', " "),
        paragraphs: vec![Paragraph {
            margin: String::new(),
            text: answered.answer.stated(),
            classes: String::new(),
            href: String::new(),
            only_here: false,
        }],
        files: Vec::new(),
        reason: answered.reason.clone().unwrap_or_default(),
    };
    content.answers.iter().map(view).collect()
}

/// A row of a table, each cell behind what stands over its column. A column that the form has no more is still read.
fn row_in_words(kind: &FieldKind, row: &[(String, String)]) -> String {
    let over = |id: &str| match kind {
        FieldKind::Table { columns } => columns.iter().find(|column| column.id == id).map(|column| &column.label),
        _ => None,
    };
    let cells = row.iter().map(|(id, cell)| match over(id) {
        Some(label) => format!("{label}: {cell}"),
        None => cell.clone(),
    });
    cells.collect::<Vec<_>>().join(" · ")
}

fn checked(number: &str, right: bool) -> String {
    if right { format!("{number} (check digit right)") } else { format!("{number} (check digit wrong)") }
}

/// The records of an act that are tied, in words: «also in Bilal's record».
pub fn tie(tied: &[(casework::desk::Written, String)]) -> Vec<(RecordId, String, String)> {
    tied.iter().map(|(written, name)| (written.record, written.entry.to_string(), name.clone())).collect()
}
