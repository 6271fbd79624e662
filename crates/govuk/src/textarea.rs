//! A block to write in.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::{Attributes, escape};

/// A block to write in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "textarea.html")]
pub struct Textarea {
    /// Its id: the name unless given.
    pub id: String,
    /// The name that is sent with the form.
    pub name: String,
    /// What it asks for.
    pub label: Label,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer.
    pub error: Option<ErrorMessage>,
    /// The answer so far.
    pub value: String,
    /// How many lines it shows: 5 unless given.
    pub rows: Option<u32>,
    /// What the browser may fill in.
    pub autocomplete: String,
    /// Whether the browser checks the spelling.
    pub spellcheck: Option<bool>,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// Ids of further elements that describe it.
    pub described_by: String,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Textarea {}

impl Textarea {
    fn own_id(&self) -> &str {
        first(&self.id, &self.name)
    }

    fn described(&self) -> Described {
        Described::new(self.own_id(), &self.described_by, self.hint.as_ref(), self.error.as_ref())
    }

    /// The answer, escaped. A browser drops a line break that directly follows the opening tag, so
    /// an answer which begins with one gets another: what was typed comes back as it was.
    fn text(&self) -> crate::markup::Html {
        let lost = self.value.starts_with(['\n', '\r']);
        crate::markup::Html::trusted(format!("{}{}", if lost { "\n" } else { "" }, escape(&self.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_at_the_start_is_not_lost() {
        let textarea = Textarea { value: "\nMum <3".to_owned(), ..Textarea::default() };
        assert!(textarea.to_string().contains(">\n\nMum &lt;3</textarea>"));
    }
}
