//! The team at work: a worker and what they carry, cover, handing over, leaving, moving, duty out of hours.

pub mod cover;
pub mod duty;
pub mod handover;
pub mod training;
pub mod worker;

use casework::staffing::WorkerPage;
use govuk::{DateInput, DatePart, ErrorMessage, Fieldset, Hint, Html, Input, InputWidth, Legend, Select, SelectItem};
use policy::Pack;
use record::{PersonId, Typed, read::FieldProblem, typed::Name};
use store::Colleagues;

use crate::form::box_id;

/// Boxes of a page that is no form of the pack.
struct Boxes<'a> {
    typed: &'a Typed,
    problems: &'a [FieldProblem],
}

impl Boxes<'_> {
    fn error(&self, name: &Name) -> Option<ErrorMessage> {
        self.problems.iter().find(|problem| problem.at == *name).map(|problem| problem.message.as_str().into())
    }

    fn value(&self, name: &Name) -> String {
        self.typed.get(name).unwrap_or_default().to_owned()
    }

    fn day(&self, field: &str, question: &str, hint: &str) -> Html {
        let name = Name::of(field);
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
        Html::of(&DateInput {
            id: box_id(&name),
            fieldset: Some(Fieldset {
                legend: Some(Legend {
                    content: question.into(),
                    classes: "govuk-fieldset__legend--s".to_owned(),
                    ..Legend::default()
                }),
                ..Fieldset::default()
            }),
            hint: (!hint.is_empty()).then(|| Hint::from(hint)),
            error: ["day", "month", "year"].iter().find_map(|part| self.error(&name.clone().part(part))),
            parts: vec![
                part("day", "Day", InputWidth::Chars2),
                part("month", "Month", InputWidth::Chars2),
                part("year", "Year", InputWidth::Chars4),
            ],
            ..DateInput::default()
        })
    }

    fn select(&self, name: &Name, question: &str, hidden: bool, hint: &str, items: &[(String, String)]) -> Html {
        let classes = if hidden { "govuk-visually-hidden" } else { "govuk-label--s" };
        Html::of(&Select {
            id: box_id(name),
            name: name.to_string(),
            label: govuk::Label { content: question.into(), classes: classes.to_owned(), ..govuk::Label::default() },
            hint: (!hint.is_empty()).then(|| Hint::from(hint)),
            error: self.error(name),
            value: self.value(name),
            items: items.iter().map(|(code, text)| SelectItem::new(code.as_str(), text.as_str())).collect(),
            ..Select::default()
        })
    }

    fn line(&self, field: &str, question: &str, hint: &str) -> Html {
        let name = Name::of(field);
        Html::of(&Input {
            id: box_id(&name),
            name: name.to_string(),
            label: govuk::Label {
                content: question.into(),
                classes: "govuk-label--s".to_owned(),
                ..govuk::Label::default()
            },
            hint: (!hint.is_empty()).then(|| Hint::from(hint)),
            error: self.error(&name),
            value: self.value(&name),
            autocomplete: "off".to_owned(),
            ..Input::default()
        })
    }
}

fn name_of(colleagues: &Colleagues, person: PersonId) -> String {
    colleagues.staff.get(&person).map_or_else(|| "A former colleague".to_owned(), |one| one.name.clone())
}

/// Who could take children: those who work with children and are not about to leave, the worker's own team first, each
/// with how many children they have.
fn takers(pack: &Pack, page: &WorkerPage) -> Vec<(String, String)> {
    let own = page.colleagues.staff.get(&page.person).and_then(|one| one.team);
    let mut all: Vec<_> = page
        .colleagues
        .staff
        .iter()
        .filter(|(person, one)| {
            **person != page.person && !one.left && casework::staffing::works_with_children(pack, &one.roles)
        })
        .map(|(person, one)| {
            let team = one.team.and_then(|team| page.colleagues.teams.get(&team));
            let team = team.map(|team| format!(", {}", team.name)).unwrap_or_default();
            let load = crate::words::count(
                page.loads.get(person).copied().and_then(|load| usize::try_from(load).ok()).unwrap_or_default(),
                "child",
                "children",
            );
            let text = format!("{} ({}{team}; {load})", one.name, one.designation);
            (one.team != own, text, person.to_string())
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, text, person)| (person, text)).collect()
}
