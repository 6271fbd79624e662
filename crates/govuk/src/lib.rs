//! GOV.UK Design System components as typed structs that render themselves.
//!
//! Each component is a struct whose fields are its options and whose template is its markup. It
//! implements [`Display`](std::fmt::Display), so it can be written anywhere, and askama's
//! [`HtmlSafe`](askama::filters::HtmlSafe), so `{{ component }}` puts it into another template as it
//! stands. Most options are strings, and an empty one is one that is not given:
//!
//! ```
//! use govuk::{Input, InputWidth};
//!
//! let postcode = Input {
//!     name: "postcode".into(),
//!     label: "Postcode".into(),
//!     error: Some("Enter a postcode".into()),
//!     width: InputWidth::Chars10,
//!     ..Input::default()
//! };
//! assert!(postcode.to_string().contains(r#"aria-describedby="postcode-error""#));
//! ```
//!
//! The markup is tested against the fixtures that the design system itself publishes
//! (`tests/it/fixtures.rs`); those that the types cannot express are listed with their reasons in
//! `tests/not-expressed.toml`.
//!
//! Deliberately absent: the crown, the crest and GDS Transport, which belong to GOV.UK; and any
//! knowledge of what the pages are about.

pub mod assets;
mod filters;
mod form_group;
pub mod markup;

mod back_link;
mod breadcrumbs;
mod button;
mod character_count;
mod checkboxes;
mod date_input;
mod details;
mod error_message;
mod error_summary;
mod fieldset;
mod file_upload;
mod footer;
mod header;
mod hint;
mod input;
mod inset_text;
mod label;
mod notification_banner;
mod page;
mod pagination;
mod panel;
mod password_input;
mod phase_banner;
mod radios;
mod select;
mod service_navigation;
mod skip_link;
mod summary_list;
mod table;
mod tabs;
mod tag;
mod task_list;
mod textarea;
mod warning_text;

pub use back_link::*;
pub use breadcrumbs::*;
pub use button::*;
pub use character_count::*;
pub use checkboxes::*;
pub use date_input::*;
pub use details::*;
pub use error_message::*;
pub use error_summary::*;
pub use fieldset::{Fieldset, Legend};
pub use file_upload::*;
pub use footer::*;
pub use form_group::FormGroup;
pub use header::*;
pub use hint::*;
pub use input::*;
pub use inset_text::*;
pub use label::*;
pub use markup::{Attributes, Content, Html};
pub use notification_banner::*;
pub use page::*;
pub use pagination::*;
pub use panel::*;
pub use password_input::*;
pub use phase_banner::*;
pub use radios::*;
pub use select::*;
pub use service_navigation::*;
pub use skip_link::*;
pub use summary_list::*;
pub use table::*;
pub use tabs::*;
pub use tag::*;
pub use task_list::*;
pub use textarea::*;
pub use warning_text::*;
