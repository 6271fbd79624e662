//! Answers of several rows: passages, people, actions. Each has some empty rows at the end; the script adds more in
//! place, and without it the button does.

use govuk::{CheckboxItem, Checkboxes, Html, Input, InputWidth, Select, SelectItem, Textarea};
use policy::{Field, form::Column};
use record::typed::{FOR, Name};

use super::{Drawing, box_id, field::offered, label, legend};

impl Drawing<'_> {
    /// The rows to draw: those typed, and empty ones behind them.
    fn rows(&self, name: &Name, at_least: usize) -> Vec<usize> {
        let typed = self.typed.rows(&name.field, name.record);
        let next = typed.last().map_or(0, |last| last.saturating_add(1));
        let empty = at_least.saturating_sub(typed.len()).max(1);
        // What is asked of the whole answer is asked at the first row, so there always is one.
        let first = (!typed.is_empty() && !typed.contains(&0)).then_some(0);
        first.into_iter().chain(typed).chain(next..next.saturating_add(empty)).collect()
    }

    pub(super) fn passages(&self, field: &Field, name: &Name, question: &str) -> Html {
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&govuk::Hint::from(hint.as_str()));
        }
        content.push(&Html::trusted("<div class=\"ls-rows\">"));
        for (nth, row) in self.rows(name, 3).into_iter().enumerate() {
            content.push(&self.passage(&name.clone().row(row), nth + 1));
        }
        content.push(&Html::trusted("</div>"));
        content.push(&more("Add another paragraph"));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    fn passage(&self, at: &Name, nth: usize) -> Html {
        let text = at.clone().part("text");
        let nature = at.clone().part("nature");
        let who = at.clone().part("who");
        let mut html = Html::trusted("<div class=\"ls-row ls-passage\"><div class=\"ls-passage__kind\">");
        let natures = self.pack.natures().iter().map(|nature| {
            let item = SelectItem::new(nature.code.as_str(), nature.label.as_str());
            let asks = if nature.asks_who { vec![("data-asks-who".to_owned(), String::new())] } else { Vec::new() };
            SelectItem { attributes: asks, ..item }
        });
        html.push(&Select {
            id: box_id(&nature),
            name: nature.to_string(),
            label: hidden_label(&format!("What is paragraph {nth}?"), "What is this?"),
            error: self.error(&nature),
            value: self.value(&nature),
            items: std::iter::once(SelectItem::new("", "Not marked")).chain(natures).collect(),
            classes: "ls-nature".to_owned(),
            ..Select::default()
        });
        html.push(&Input {
            id: box_id(&who),
            name: who.to_string(),
            label: hidden_label(&format!("Who said paragraph {nth}?"), "Who said it?"),
            error: self.error(&who),
            value: self.value(&who),
            autocomplete: "off".to_owned(),
            classes: "ls-who".to_owned(),
            ..Input::default()
        });
        if self.children.len() > 1 {
            let whose = at.clone().part(FOR);
            let children =
                self.children.iter().map(|(record, name)| SelectItem::new(record.to_string(), format!("Only {name}")));
            html.push(&Select {
                id: box_id(&whose),
                name: whose.to_string(),
                label: hidden_label(&format!("For whom is paragraph {nth}?"), "For whom?"),
                error: self.error(&whose),
                value: self.value(&whose),
                items: std::iter::once(SelectItem::new("", "For all")).chain(children).collect(),
                ..Select::default()
            });
        }
        html.push(&Html::trusted("</div><div class=\"ls-passage__text\">"));
        html.push(&Textarea {
            id: box_id(&text),
            name: text.to_string(),
            label: hidden_label(&format!("Paragraph {nth}"), "Paragraph"),
            error: self.error(&text),
            value: self.value(&text),
            rows: Some(3),
            spellcheck: Some(true),
            classes: "ls-grows".to_owned(),
            ..Textarea::default()
        });
        html.push(&Html::trusted("</div></div>"));
        html
    }

    pub(super) fn people_box(&self, field: &Field, name: &Name, question: &str) -> Html {
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&govuk::Hint::from(hint.as_str()));
        }
        let known: Vec<_> =
            self.named().into_iter().map(|(id, name)| CheckboxItem::new(id.to_string(), name)).collect();
        if !known.is_empty() {
            content.push(&Checkboxes {
                name: name.to_string(),
                id_prefix: box_id(name),
                error: self.error(name),
                values: self.typed.all(name).map(str::to_owned).collect(),
                items: known,
                small: true,
                classes: "ls-people".to_owned(),
                ..Checkboxes::default()
            });
        }
        if field.offers_staff {
            content.push(&self.staff_rows(name));
        }
        content.push(&Html::trusted("<div class=\"ls-rows\">"));
        for (nth, row) in self.rows(name, 1).into_iter().enumerate() {
            let at = name.clone().row(row);
            content.push(&Html::trusted("<div class=\"ls-row ls-pair\">"));
            content.push(&self.row_input(
                &at.clone().part("name"),
                "Somebody else: name",
                &format!("Other person {}: name", nth + 1),
            ));
            content.push(&self.row_input(
                &at.part("role"),
                "Who they are",
                &format!("Other person {}: who they are", nth + 1),
            ));
            content.push(&Html::trusted("</div>"));
        }
        content.push(&Html::trusted("</div>"));
        content.push(&more("Add another person"));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    /// Members of staff who are among the people: those chosen, and one more to choose.
    fn staff_rows(&self, name: &Name) -> Html {
        let is_staff = |id: &&str| id.parse().is_ok_and(|id| self.colleagues.staff.contains_key(&id));
        let mut chosen: Vec<String> = self.typed.all(name).filter(is_staff).map(str::to_owned).collect();
        chosen.push(String::new());
        let mut html = Html::default();
        for (nth, value) in chosen.iter().enumerate() {
            let items = self.staff(&chosen).into_iter().map(|(id, text)| SelectItem::new(id, text));
            html.push(&Select {
                id: format!("{}-staff-{nth}", box_id(name)),
                name: name.to_string(),
                label: hidden_label(&format!("Member of staff {}", nth + 1), "A member of staff"),
                value: value.clone(),
                items: std::iter::once(SelectItem::new("", "Choose")).chain(items).collect(),
                ..Select::default()
            });
        }
        html
    }

    pub(super) fn actions(&self, field: &Field, name: &Name, question: &str) -> Html {
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&govuk::Hint::from(hint.as_str()));
        }
        content.push(&Html::trusted("<div class=\"ls-rows\">"));
        for (nth, row) in self.rows(name, 2).into_iter().enumerate() {
            let at = name.clone().row(row);
            let nth = nth + 1;
            content.push(&Html::trusted("<div class=\"ls-row ls-triple\">"));
            content.push(&self.row_input(&at.clone().part("what"), "What", &format!("Action {nth}: what")));
            content.push(&self.row_input(&at.clone().part("who"), "Who", &format!("Action {nth}: who")));
            content.push(&self.row_input(&at.part("by"), "By when", &format!("Action {nth}: by when, like 27/3/2026")));
            content.push(&Html::trusted("</div>"));
        }
        content.push(&Html::trusted("</div>"));
        content.push(&more("Add another action"));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    /// A table with the columns of the pack.
    pub(super) fn table(&self, field: &Field, columns: &[Column], name: &Name, question: &str) -> Html {
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&govuk::Hint::from(hint.as_str()));
        }
        content.push(&Html::trusted("<div class=\"ls-rows\">"));
        for (nth, row) in self.rows(name, 2).into_iter().enumerate() {
            let at = name.clone().row(row);
            content.push(&Html::trusted("<div class=\"ls-row ls-cells\">"));
            for column in columns {
                let heard = format!("Row {}: {}", nth + 1, column.label);
                content.push(&self.row_input(&at.clone().part(&column.id), &column.label, &heard));
            }
            content.push(&Html::trusted("</div>"));
        }
        content.push(&Html::trusted("</div>"));
        content.push(&more("Add another row"));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    /// Who signed, when and how.
    pub(super) fn signatures(&self, field: &Field, list: &str, name: &Name, question: &str) -> Html {
        let ways = self.pack.list(list).map(offered).unwrap_or_default();
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&govuk::Hint::from(hint.as_str()));
        }
        content.push(&Html::trusted("<div class=\"ls-rows\">"));
        for (nth, row) in self.rows(name, 1).into_iter().enumerate() {
            let at = name.clone().row(row);
            let nth = nth + 1;
            let how = at.clone().part("how");
            content.push(&Html::trusted("<div class=\"ls-row ls-signed\">"));
            content.push(&self.row_input(&at.clone().part("name"), "Who signed", &format!("Signature {nth}: who")));
            content.push(&self.row_input(&at.part("on"), "When", &format!("Signature {nth}: when, like 27/3/2026")));
            content.push(&Select {
                id: box_id(&how),
                name: how.to_string(),
                label: hidden_label(&format!("Signature {nth}: how"), "How"),
                error: self.error(&how),
                value: self.value(&how),
                items: std::iter::once(SelectItem::new("", "Choose"))
                    .chain(ways.iter().map(|(code, text)| SelectItem::new(code.as_str(), text.as_str())))
                    .collect(),
                ..Select::default()
            });
            content.push(&Html::trusted("</div>"));
        }
        content.push(&Html::trusted("</div>"));
        content.push(&more("Add another signature"));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    fn row_input(&self, at: &Name, seen: &str, heard: &str) -> Input {
        Input {
            id: box_id(at),
            name: at.to_string(),
            label: hidden_label(heard, seen),
            error: self.error(at),
            value: self.value(at),
            width: InputWidth::Full,
            autocomplete: "off".to_owned(),
            ..Input::default()
        }
    }
}

/// A label that is short to the eye and whole to the ear.
fn hidden_label(heard: &str, seen: &str) -> govuk::Label {
    let content = Html::trusted(format!(
        "<span aria-hidden=\"true\">{}</span><span class=\"govuk-visually-hidden\">{}</span>",
        Html::escaped(seen),
        Html::escaped(heard)
    ));
    govuk::Label { content: content.into(), ..label("", "ls-row-label") }
}

fn more(text: &str) -> Html {
    Html::trusted(format!(
        "<button class=\"govuk-button govuk-button--secondary ls-more\" name=\"_do\" value=\"save\" data-more>{text}</button>"
    ))
}
