//! A pack's form, drawn from the design system's components: the engine's own questions, then the sections.
//!
//! Everything is there without a script; with it, questions come when they matter and rows are added in place.

mod documents;
mod field;
mod rows;
pub mod spoken;

use std::collections::BTreeMap;

use casework::recording::Choice;
use govuk::{
    CheckboxItem, Checkboxes, DateInput, DatePart, ErrorMessage, Fieldset, Hint, Html, Input, InputWidth, Legend,
    Textarea,
};
use policy::{
    Form, Pack, Section,
    form::{About, Happens, InChronology},
};
use record::{
    DraftId, FileId, PersonId, RecordId, Typed,
    read::{FieldProblem, standing},
    typed::Name,
};
use store::{Colleagues, Person, SentFile};

/// What a form may refer to, and what has been typed into it.
pub struct Drawing<'a> {
    /// The pack in force.
    pub pack: &'a Pack,
    /// The form.
    pub form: &'a Form,
    /// What has been typed.
    pub typed: &'a Typed,
    /// What must be put right.
    pub problems: &'a [FieldProblem],
    /// The children whom the act may be about, the one in front first.
    pub children: &'a [(RecordId, String)],
    /// People known in this record.
    pub people: &'a [(PersonId, Person)],
    /// Staff and teams.
    pub colleagues: &'a Colleagues,
    /// Entries that it may refer to, newest first.
    pub entries: &'a [Choice],
    /// Under a question that was filled in: from where and from which day, by the question.
    pub carried: &'a BTreeMap<String, String>,
    /// The draft with the files that were sent for it; none where a form is not a draft and takes no files.
    pub files: Option<(DraftId, &'a BTreeMap<FileId, SentFile>)>,
}

/// For a form that is filled in from nothing.
pub static NOTHING_CARRIED: BTreeMap<String, String> = BTreeMap::new();

/// The questions of a form that is not a draft, without those whose answers are known.
pub fn draw_alone(
    pack: &Pack,
    form: &Form,
    without: &[&str],
    (typed, problems): (&Typed, &[FieldProblem]),
    colleagues: &Colleagues,
) -> Html {
    let mut asked = form.clone();
    for section in &mut asked.sections {
        section.fields.retain(|field| !without.contains(&field.id.as_str()));
    }
    asked.sections.retain(|section| !section.fields.is_empty());
    let sections: Vec<&str> = asked.sections.iter().map(|section| section.id.as_str()).collect();
    alone(pack, &asked, (typed, problems), colleagues).draw_sections(&sections)
}

/// The question when it happened, of a form that is not a draft.
pub fn draw_alone_when(pack: &Pack, form: &Form, typed: (&Typed, &[FieldProblem]), colleagues: &Colleagues) -> Html {
    alone(pack, form, typed, colleagues).draw_when()
}

fn alone<'a>(
    pack: &'a Pack,
    form: &'a Form,
    (typed, problems): (&'a Typed, &'a [FieldProblem]),
    colleagues: &'a Colleagues,
) -> Drawing<'a> {
    Drawing {
        pack,
        form,
        typed,
        problems,
        carried: &NOTHING_CARRIED,
        children: &[],
        people: &[],
        colleagues,
        entries: &[],
        files: None,
    }
}

/// The id of a box in the page: its name, with the marks that a link cannot hold replaced.
pub fn box_id(name: &Name) -> String {
    name.to_string().replace(['@', '.'], "-")
}

impl Drawing<'_> {
    /// The whole form.
    pub fn draw(&self) -> Html {
        let mut html = self.about();
        html.push(&self.happened());
        for section in &self.form.sections {
            html.push(&self.section(section));
        }
        html.push(&self.standing_end());
        html
    }

    /// The sections of these names only, without the engine's own questions.
    pub fn draw_sections(&self, which: &[&str]) -> Html {
        self.form
            .sections
            .iter()
            .filter(|section| which.contains(&section.id.as_str()))
            .map(|section| self.section(section))
            .collect()
    }

    /// The engine's question when it happened, alone.
    pub fn draw_when(&self) -> Html {
        self.happened()
    }

    fn section(&self, section: &Section) -> Html {
        let of_child = |record| section.fields.iter().map(|field| self.field(field, Some(record))).collect::<Html>();
        // A section that has nothing to ask of anybody is not there.
        if section.for_each_child && self.children.iter().all(|(record, _)| of_child(*record).is_empty()) {
            return Html::default();
        }
        let title = Html::escaped(&section.title);
        let mut html = Html::trusted(format!(
            "<section class=\"ls-section\" id=\"section-{}\"><h2 class=\"govuk-heading-m\">{title}</h2>",
            section.id
        ));
        if let Some(help) = &section.help {
            html.push(&Html::trusted(format!("<p class=\"govuk-body govuk-hint\">{}</p>", Html::escaped(help))));
        }
        if section.for_each_child {
            html.push(&Html::trusted("<div class=\"ls-children\">"));
            for (record, name) in self.children {
                let hidden = if self.is_about(*record) { "" } else { " hidden" };
                let fields = of_child(*record);
                if fields.is_empty() {
                    continue;
                }
                // Beside the part that tells of the child, a part that only refers says what it is for.
                let refers = section.fields.iter().all(|field| matches!(field.kind, policy::FieldKind::Entry { .. }));
                let what = if refers {
                    format!("<span class=\"govuk-visually-hidden\">: {}</span>", Html::escaped(&section.title))
                } else {
                    String::new()
                };
                html.push(&Html::trusted(format!(
                    "<fieldset class=\"govuk-fieldset ls-child\" data-child=\"{record}\"{hidden}><legend class=\"govuk-fieldset__legend govuk-fieldset__legend--s\">{}{what}</legend>",
                    Html::escaped(name)
                )));
                html.push(&fields);
                html.push(&Html::trusted("</fieldset>"));
            }
            html.push(&Html::trusted("</div>"));
        } else {
            for field in &section.fields {
                html.push(&self.field(field, None));
            }
        }
        html.push(&Html::trusted("</section>"));
        html
    }

    /// Under a question that is answered once for all: a box for each child for whom the answer is another one.
    fn differing(&self, name: &Name, question: &str, long: bool) -> Html {
        if self.children.len() < 2 {
            return Html::default();
        }
        let own = |record: RecordId| name.clone().in_part_of(Some(record));
        let open = self.children.iter().any(|(record, _)| {
            self.typed.get(&own(*record)).is_some() || self.problems.iter().any(|problem| problem.at == own(*record))
        });
        let mut html = Html::trusted(format!(
            "<details class=\"govuk-details ls-differ\"{}><summary class=\"govuk-details__summary\"><span class=\"govuk-details__summary-text\">Different for one child<span class=\"govuk-visually-hidden\">: {}</span></span></summary><div class=\"govuk-details__text\">",
            if open { " open" } else { "" },
            Html::escaped(question)
        ));
        for (record, called) in self.children {
            let name = own(*record);
            let hidden = if self.is_about(*record) { "" } else { " hidden" };
            let words = Html::trusted(format!(
                "Only {}<span class=\"govuk-visually-hidden\">: {}</span>",
                Html::escaped(called),
                Html::escaped(question)
            ));
            let label = govuk::Label { content: words.into(), ..govuk::Label::default() };
            html.push(&Html::trusted(format!("<div class=\"ls-own\" data-child=\"{record}\"{hidden}>")));
            if long {
                html.push(&Textarea {
                    id: box_id(&name),
                    name: name.to_string(),
                    label,
                    error: self.error(&name),
                    value: self.value(&name),
                    rows: Some(2),
                    spellcheck: Some(true),
                    classes: "ls-grows".to_owned(),
                    ..Textarea::default()
                });
            } else {
                html.push(&Input {
                    id: box_id(&name),
                    name: name.to_string(),
                    label,
                    error: self.error(&name),
                    value: self.value(&name),
                    autocomplete: "off".to_owned(),
                    ..Input::default()
                });
            }
            html.push(&Html::trusted("</div>"));
        }
        html.push(&Html::trusted("</div></details>"));
        html
    }

    /// Whether this is the child whose record is open: what was filled in is theirs.
    pub(crate) fn is_front(&self, record: RecordId) -> bool {
        self.children.first().is_some_and(|(front, _)| *front == record)
    }

    fn is_about(&self, record: RecordId) -> bool {
        self.form.about == About::One
            || self.typed.all(&Name::of(standing::ABOUT)).any(|ticked| ticked == record.to_string())
    }

    /// The children whom the act is about, ticked.
    fn about(&self) -> Html {
        if self.form.about == About::One || self.children.len() < 2 {
            return self
                .children
                .first()
                .filter(|_| self.form.about == About::Children)
                .map(|(record, _)| Html::trusted(format!("<input type=\"hidden\" name=\"about\" value=\"{record}\">")))
                .unwrap_or_default();
        }
        let name = Name::of(standing::ABOUT);
        Html::of(&Checkboxes {
            name: standing::ABOUT.to_owned(),
            fieldset: Some(legend("Who is this about?", "govuk-fieldset__legend--s")),
            hint: Some(
                "Each child gets an entry of their own. What stands in a child’s own box, or in a paragraph marked “Only” for one child, goes into that child’s record alone. Everything else goes into the record of each child ticked."
                    .into(),
            ),
            error: self.error(&name),
            values: self.typed.all(&name).map(str::to_owned).collect(),
            items: self
                .children
                .iter()
                .map(|(record, called)| CheckboxItem::new(record.to_string(), called.as_str()))
                .collect(),
            classes: "ls-about".to_owned(),
            ..Checkboxes::default()
        })
    }

    fn happened(&self) -> Html {
        let name = Name::of(standing::HAPPENED);
        let (question, hint) = match self.form.happens {
            Happens::DateTime => ("When did it happen?", "The day and time of the event, not of writing."),
            Happens::Date => ("When was it?", ""),
            Happens::From => ("From when?", ""),
            Happens::Ahead => ("When is it planned?", "Today or later."),
        };
        let mut html = Html::trusted("<div class=\"ls-when\">");
        html.push(&self.date_input(&name, question, hint, "govuk-fieldset__legend--s"));
        if self.form.happens != Happens::From {
            let time = name.part("time");
            let optional = if self.form.happens == Happens::DateTime { "" } else { " (if known)" };
            html.push(&Input {
                id: box_id(&time),
                name: time.to_string(),
                label: label(&format!("Time{optional}"), "govuk-label--s"),
                hint: Some("For example 15:20".into()),
                error: self.error(&time),
                value: self.value(&time),
                width: InputWidth::Chars5,
                autocomplete: "off".to_owned(),
                ..Input::default()
            });
        }
        html.push(&Html::trusted("</div>"));
        html
    }

    /// The engine's questions that come last: who gave the information, the chronology, why it is late.
    fn standing_end(&self) -> Html {
        let mut asked = Html::default();
        if self.form.asks_informant {
            let name = Name::of(standing::INFORMANT);
            asked.push(&Input {
                id: box_id(&name),
                name: name.to_string(),
                label: label("Were you not there yourself? Say who told you", "govuk-label--s"),
                hint: Some("Leave this empty if you saw or took part in it yourself.".into()),
                error: self.error(&name),
                value: self.value(&name),
                width: InputWidth::TwoThirds,
                ..Input::default()
            });
        }
        asked.push(&self.significance());
        let mut html = Html::default();
        if !asked.is_empty() {
            let when = self.form.last_things_when.as_ref().map(|when| self.condition(when, None)).unwrap_or_default();
            html.push(&Html::trusted(format!("<div class=\"ls-field\"{when}>{asked}</div>")));
        }
        html.push(&self.reason_box(standing::LATE_REASON, "Why is it late?"));
        html.push(&self.reason_box(standing::SECOND_BECAUSE, "Why is there a second record of this?"));
        if html.is_empty() {
            return html;
        }
        Html::trusted(format!(
            "<section class=\"ls-section\"><h2 class=\"govuk-heading-m\">Last things</h2>{html}</section>"
        ))
    }

    fn significance(&self) -> Html {
        let headline = Name::of(standing::HEADLINE);
        let input = Input {
            id: box_id(&headline),
            name: headline.to_string(),
            label: label("Headline for the chronology", ""),
            hint: Some("A few words that say what happened. It stands in the record of each child ticked.".into()),
            error: self.error(&headline),
            value: self.value(&headline),
            width: InputWidth::TwoThirds,
            ..Input::default()
        };
        let mut boxes = Html::of(&input);
        boxes.push(&self.differing(&headline, "Headline for the chronology", false));
        match self.form.chronology {
            InChronology::Never => Html::default(),
            InChronology::Always => boxes,
            InChronology::Ask => {
                let mut item = govuk::Checkbox {
                    value: "yes".to_owned(),
                    content: "This is a significant event".into(),
                    ..govuk::Checkbox::default()
                };
                item.conditional = boxes;
                let checked = self.typed.get(&Name::of(standing::SIGNIFICANT)).is_some();
                Html::of(&Checkboxes {
                    name: standing::SIGNIFICANT.to_owned(),
                    fieldset: Some(legend("Does it belong in the chronology?", "govuk-fieldset__legend--s")),
                    values: if checked { vec!["yes".to_owned()] } else { Vec::new() },
                    items: vec![CheckboxItem::Checkbox(item)],
                    ..Checkboxes::default()
                })
            }
        }
    }

    /// A reason is asked only when there is something to explain, or when one was given.
    fn reason_box(&self, field: &str, question: &str) -> Html {
        let name = Name::of(field);
        if self.error(&name).is_none() && self.typed.get(&name).is_none() {
            return Html::default();
        }
        Html::of(&Textarea {
            id: box_id(&name),
            name: name.to_string(),
            label: label(question, "govuk-label--s"),
            error: self.error(&name),
            value: self.value(&name),
            rows: Some(2),
            ..Textarea::default()
        })
    }

    fn date_input(&self, name: &Name, question: &str, hint: &str, legend_size: &str) -> Html {
        let part = |part: &str, words: &str, width: InputWidth| {
            let at = name.clone().part(part);
            DatePart {
                id: box_id(&at),
                name: at.to_string(),
                label: words.to_owned(),
                value: self.value(&at),
                width,
                ..DatePart::new(part, "")
            }
        };
        let error = ["day", "month", "year"].iter().find_map(|part| self.error(&name.clone().part(part)));
        Html::of(&DateInput {
            id: box_id(name),
            fieldset: Some(legend(question, legend_size)),
            hint: (!hint.is_empty()).then(|| Hint::from(hint)),
            error,
            parts: vec![
                part("day", "Day", InputWidth::Chars2),
                part("month", "Month", InputWidth::Chars2),
                part("year", "Year", InputWidth::Chars4),
            ],
            ..DateInput::default()
        })
    }

    fn value(&self, name: &Name) -> String {
        // To the letter, as it was typed: white space at its ends too.
        self.typed.pairs().find(|(known, _)| *known == name).map_or_else(String::new, |(_, value)| value.to_owned())
    }

    fn error(&self, name: &Name) -> Option<ErrorMessage> {
        self.problems.iter().find(|problem| problem.at == *name).map(|problem| problem.message.as_str().into())
    }

    /// Staff who work here, and those chosen already, by name.
    fn staff(&self, chosen: &[String]) -> Vec<(String, String)> {
        let staff = self.colleagues.staff.iter().map(|(id, one)| (id.to_string(), one));
        let mut staff: Vec<_> = staff
            .filter(|(id, one)| !one.left || chosen.contains(id))
            .map(|(id, one)| (id, format!("{} ({})", one.name, one.designation)))
            .collect();
        staff.sort_by(|a, b| a.1.cmp(&b.1));
        staff
    }

    /// Known people by what they are called, for picking.
    fn named(&self) -> BTreeMap<PersonId, String> {
        self.people
            .iter()
            .filter_map(|(person, who)| Some((*person, who.name.clone().or_else(|| who.preferred.clone())?)))
            .collect()
    }
}

pub(crate) fn legend(text: &str, classes: &str) -> Fieldset {
    Fieldset {
        legend: Some(Legend { content: text.into(), classes: classes.to_owned(), ..Legend::default() }),
        ..Fieldset::default()
    }
}

pub(crate) fn label(text: &str, classes: &str) -> govuk::Label {
    govuk::Label { content: text.into(), classes: classes.to_owned(), ..govuk::Label::default() }
}
