//! The design system's own fixtures, against our components.

mod fixtures;
mod html;
mod mapping;
mod options;
