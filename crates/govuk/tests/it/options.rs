//! A fixture's options, read one by one; whatever nobody reads is an option that we cannot express.

use std::cell::RefCell;
use std::collections::BTreeSet;

use govuk::{Attributes, Content, ErrorMessage, Fieldset, FormGroup, Hint, Html, Label, Legend};
use serde_json::{Map, Value};

/// What stood in the way of expressing a fixture.
pub type Obstacles = RefCell<Vec<String>>;

pub struct Options<'a> {
    map: &'a Map<String, Value>,
    obstacles: &'a Obstacles,
    read: RefCell<BTreeSet<&'a str>>,
}

impl Drop for Options<'_> {
    fn drop(&mut self) {
        let read = self.read.borrow();
        let unread = self.map.keys().filter(|key| !read.contains(key.as_str()));
        self.obstacles.borrow_mut().extend(unread.map(|key| format!("option {key}")));
    }
}

impl<'a> Options<'a> {
    pub fn new(map: &'a Map<String, Value>, obstacles: &'a Obstacles) -> Self {
        Self { map, obstacles, read: RefCell::default() }
    }

    pub fn value(&self, key: &'a str) -> Option<&'a Value> {
        self.read.borrow_mut().insert(key);
        self.map.get(key)
    }

    /// Whether there are no options at all.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    pub fn refuse(&self, what: &str) {
        self.obstacles.borrow_mut().push(what.to_owned());
    }

    /// Text, or a number as text; what JavaScript takes for nothing is nothing.
    pub fn text(&self, key: &'a str) -> String {
        self.maybe_text(key).unwrap_or_default()
    }

    pub fn maybe_text(&self, key: &'a str) -> Option<String> {
        match self.value(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some("true".to_owned()),
            Value::Bool(false) | Value::Null => None,
            _ => {
                self.refuse(&format!("{key} is no text"));
                None
            }
        }
    }

    pub fn number<T: TryFrom<u64>>(&self, key: &'a str) -> Option<T> {
        T::try_from(self.value(key)?.as_u64()?).ok()
    }

    pub fn maybe_flag(&self, key: &'a str) -> Option<bool> {
        self.value(key)?.as_bool()
    }

    pub fn flag(&self, key: &'a str) -> bool {
        self.maybe_flag(key).unwrap_or(false)
    }

    pub fn html(&self, key: &'a str) -> Html {
        Html::trusted(self.text(key))
    }

    /// Markup where there is any, otherwise text.
    pub fn content_of(&self, html: &'a str, text: &'a str) -> Content {
        let (html, text) = (self.html(html), self.text(text));
        if html.is_empty() { text.into() } else { html.into() }
    }

    pub fn content(&self) -> Content {
        self.content_of("html", "text")
    }

    pub fn classes(&self) -> String {
        self.text("classes")
    }

    pub fn attributes(&self) -> Attributes {
        self.attributes_of("attributes")
    }

    pub fn attributes_of(&self, key: &'a str) -> Attributes {
        let Some(map) = self.value(key).and_then(Value::as_object) else { return Attributes::new() };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        map.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// Options within an option. An empty or false one is none.
    pub fn inner(&self, key: &'a str) -> Option<Options<'a>> {
        Some(Options::new(self.value(key)?.as_object()?, self.obstacles))
    }

    /// A list of options, without those that JavaScript takes for nothing.
    pub fn list(&self, key: &'a str) -> Vec<Options<'a>> {
        let items = self.value(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(Value::as_object).map(|map| Options::new(map, self.obstacles)).collect()
    }

    pub fn obstacles(&self) -> &'a Obstacles {
        self.obstacles
    }

    // Parts that many components share.

    pub fn label(&self) -> Label {
        self.inner("label").map_or_else(Label::default, |label| Label {
            content: label.content(),
            target: label.text("for"),
            page_heading: label.flag("isPageHeading"),
            classes: label.classes(),
            attributes: label.attributes(),
        })
    }

    pub fn hint(&self) -> Option<Hint> {
        self.inner("hint").map(|hint| Hint {
            content: hint.content(),
            id: hint.text("id"),
            classes: hint.classes(),
            attributes: hint.attributes(),
        })
    }

    pub fn error(&self) -> Option<ErrorMessage> {
        self.inner("errorMessage").map(|error| error.as_error())
    }

    pub fn as_error(&self) -> ErrorMessage {
        ErrorMessage {
            content: self.content(),
            id: self.text("id"),
            visually_hidden_text: match self.value("visuallyHiddenText") {
                None => "Error".to_owned(),
                Some(_) => self.text("visuallyHiddenText"),
            },
            classes: self.classes(),
            attributes: self.attributes(),
        }
    }

    pub fn form_group(&self) -> FormGroup {
        let Some(group) = self.inner("formGroup") else { return FormGroup::default() };
        let part = |one: &'a str, several: &'a str| {
            let part = group.inner(one).or_else(|| group.inner(several));
            part.map_or_else(Content::default, |part| part.content())
        };
        FormGroup {
            classes: group.classes(),
            attributes: group.attributes(),
            before: part("beforeInput", "beforeInputs"),
            after: part("afterInput", "afterInputs"),
        }
    }

    pub fn as_fieldset(&self) -> Fieldset {
        Fieldset {
            legend: self.inner("legend").map(|legend| Legend {
                content: legend.content(),
                page_heading: legend.flag("isPageHeading"),
                classes: legend.classes(),
            }),
            content: self.html("html"),
            described_by: self.text("describedBy"),
            role: self.text("role"),
            classes: self.classes(),
            attributes: self.attributes(),
        }
    }

    pub fn fieldset(&self) -> Option<Fieldset> {
        self.inner("fieldset").map(|fieldset| fieldset.as_fieldset())
    }
}
