//! Tasks and how far they are.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};
use crate::tag::Tag;

/// Tasks, each with its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "task_list.html")]
pub struct TaskList {
    /// The tasks.
    pub items: Vec<Task>,
    /// What starts the ids of hints and states: `task-list` unless given.
    pub id_prefix: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for TaskList {}

impl TaskList {
    fn hint_id(&self, position: usize) -> String {
        format!("{}-{position}-hint", crate::form_group::first(&self.id_prefix, "task-list"))
    }

    fn status_id(&self, position: usize) -> String {
        format!("{}-{position}-status", crate::form_group::first(&self.id_prefix, "task-list"))
    }
}

/// One task of a [`TaskList`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub title: Content,
    /// Further classes of the name.
    pub title_classes: String,
    /// A line of help below the name.
    pub hint: Content,
    /// Where it is done; empty where it cannot be done yet.
    pub href: String,
    /// How far it is.
    pub status: TaskStatus,
    /// Further classes of the state.
    pub status_classes: String,
    /// Further classes.
    pub classes: String,
}

/// How far a [`Task`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStatus {
    /// In plain words, for a state that asks for nothing.
    Plain(Content),
    /// As a tag, for a state that asks for something.
    Tag(Tag),
}

impl Default for TaskStatus {
    fn default() -> Self {
        Self::Plain(Content::default())
    }
}
