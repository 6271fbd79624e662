//! Files of a draft: each with what it says in words, and the way to add one more.
//!
//! A file is sent on a page of its own, so that a form that is not in order never asks for it again.

use govuk::{Hint, Html, Input, InputWidth};
use policy::Field;
use record::{FileId, read::standing, typed::Name};

use super::{Drawing, box_id, label, legend};
use crate::words;

impl Drawing<'_> {
    pub(super) fn documents(&self, field: &Field, name: &Name, question: &str) -> Html {
        let mut content = Html::default();
        if let Some(hint) = &field.hint {
            content.push(&Hint::from(hint.as_str()));
        }
        if self.files.is_none() {
            content.push(&Html::trusted("<p class=\"govuk-body\">Files can be added once the record is open.</p>"));
            return Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") });
        }
        if let Some(error) = self.error(name) {
            content.push(&error);
        }
        let mut number = 0;
        for row in self.typed.rows(&name.field, name.record) {
            let at = name.clone().row(row);
            if let Some(file) = self.typed.get(&at.clone().part(standing::FILE)) {
                number += 1;
                content.push(&self.document(&at, file, number));
            }
        }
        let (text, place) = (if number == 0 { "Add a file" } else { "Add another file" }, name.to_string());
        content.push(&Html::trusted(format!(
            "<button class=\"govuk-button govuk-button--secondary ls-attach\" id=\"{}\" name=\"_do\" value=\"attach:{place}\">{text}\
             <span class=\"govuk-visually-hidden\"> to “{}”</span></button>",
            box_id(name),
            Html::escaped(&field.label)
        )));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }

    fn document(&self, at: &Name, file: &str, number: usize) -> Html {
        let found = self.files.and_then(|(draft, files)| Some((draft, files.get(&file.parse::<FileId>().ok()?)?)));
        let mut html = Html::trusted("<div class=\"ls-file\">");
        match found {
            Some((draft, found)) => {
                let sent = &found.sent;
                if let Some(shown) = sent.shown {
                    html.push(&Html::trusted(format!(
                        "<img class=\"ls-picture ls-picture--small\" src=\"/drafts/{draft}/files/{}/picture\" alt=\"\" width=\"{}\" height=\"{}\">",
                        sent.file, shown.width, shown.height
                    )));
                }
                let scanned =
                    if sent.scanned { "" } else { " <span class=\"govuk-hint\">Not scanned for viruses</span>" };
                html.push(&Html::trusted(format!(
                    "<p class=\"govuk-body\"><a class=\"govuk-link\" href=\"/drafts/{draft}/files/{}\" download>{}</a>{scanned}</p>",
                    sent.file,
                    Html::escaped(&words::file(sent))
                )));
            }
            None => html.push(&Html::trusted("<p class=\"govuk-body\">This file is not here any more.</p>")),
        }
        let name = at.clone().part(standing::FILE);
        html.push(&Html::trusted(format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", Html::escaped(file))));
        let says = at.clone().part(standing::SAYS);
        html.push(&Input {
            id: box_id(&says),
            name: says.to_string(),
            label: label(&format!("What file {number} shows or says, in words"), ""),
            error: self.error(&says),
            value: self.value(&says),
            width: InputWidth::Full,
            autocomplete: "off".to_owned(),
            ..Input::default()
        });
        html.push(&Html::trusted(format!(
            "<button class=\"ls-link-button\" name=\"_do\" value=\"remove:{at}\">Take file {number} off this form</button></div>"
        )));
        html
    }
}
