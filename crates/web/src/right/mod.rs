//! Pages on which something in a record is put right.

pub mod amending;
pub mod asking;
pub mod authorising;
pub mod moving;

use govuk::{Html, Radio, RadioItem, Radios, Textarea};
use record::{
    ActId, EntryId, RecordId, Typed,
    read::FieldProblem,
    typed::{Name, REASON},
};

use crate::form::{box_id, label, legend};

/// The record and the entry of an address.
fn parsed(record: &str, entry: &str) -> Option<(RecordId, EntryId)> {
    Some((record.parse().ok()?, entry.parse().ok()?))
}

/// A question about an entry, answered on its own page: yes, or no with the reason.
pub(crate) struct YesOrNo {
    /// The box of the answer.
    pub of: &'static str,
    /// The question.
    pub question: &'static str,
    /// What no means.
    pub no: &'static str,
    /// What is asked of whoever says no.
    pub why: &'static str,
    /// Who reads that.
    pub hint: Option<&'static str>,
}

impl YesOrNo {
    /// Its boxes, with the act's name, as they were filled in.
    pub(crate) fn boxes(&self, act: ActId, typed: &Typed, problems: &[FieldProblem]) -> Html {
        let error = |name: &Name| {
            problems.iter().find(|problem| problem.at == *name).map(|problem| problem.message.as_str().into())
        };
        let answer = Name::of(self.of);
        let reason = answer.clone().part(REASON);
        let radio = |value: &str, words: &str| {
            RadioItem::Radio(Radio { value: value.to_owned(), content: words.into(), ..Radio::default() })
        };
        let value = |name: &Name| typed.get(name).unwrap_or_default().to_owned();
        let mut html = Html::trusted(format!("<input type=\"hidden\" name=\"_act\" value=\"{act}\">"));
        html.push(&Radios {
            name: answer.to_string(),
            id_prefix: box_id(&answer),
            fieldset: Some(legend(self.question, "govuk-fieldset__legend--s")),
            error: error(&answer),
            value: value(&answer),
            items: vec![radio("yes", "Yes"), radio("no", self.no)],
            ..Radios::default()
        });
        html.push(&Textarea {
            id: box_id(&reason),
            name: reason.to_string(),
            label: label(self.why, "govuk-label--s"),
            hint: self.hint.map(Into::into),
            error: error(&reason),
            value: value(&reason),
            rows: Some(2),
            ..Textarea::default()
        });
        html
    }
}
