//! The difference between words and markup, which every component keeps.
//!
//! Text is escaped whenever it is written. Markup is written as it stands, and can be had only by
//! saying so: [`Html::trusted`], or [`Html::of`] something that already promises safe markup.

use std::fmt::{self, Display, Write};

use askama::filters::HtmlSafe;

/// Further HTML attributes, as name and value, in the order in which they are written.
///
/// A boolean attribute is one with an empty value: `("hidden", "")`. Names and values are escaped.
pub type Attributes = Vec<(String, String)>;

/// Markup that its maker vouches for; it is written without escaping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Takes a string of markup on trust. Anything that a person typed must not come this way.
    pub fn trusted(markup: impl Into<String>) -> Self {
        Self(markup.into())
    }

    /// Renders a component, or another value that askama takes to be safe.
    pub fn of(value: &impl HtmlSafe) -> Self {
        Self(value.to_string())
    }

    /// Escapes a text, so that it can stand among markup.
    pub fn escaped(text: &str) -> Self {
        Self(escape(text))
    }

    /// Adds a component, or another value that askama takes to be safe, at the end.
    pub fn push(&mut self, value: &impl HtmlSafe) {
        // Writing to a string has no error of its own; a component's `Display` has none either.
        let _ = write!(self.0, "{value}");
    }

    /// The markup itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

/// What a reader sees: text, which is escaped, or markup, which is not.
///
/// Made from `&str` or `String` (text) or [`Html`] (markup) by `.into()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Words; escaped when written.
    Text(String),
    /// Markup; written as it stands.
    Html(Html),
}

impl Content {
    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Html(html) => html.is_empty(),
        }
    }

    /// Whether it is markup.
    pub fn is_markup(&self) -> bool {
        matches!(self, Self::Html(_))
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&escape(text)),
            Self::Html(html) => html.fmt(f),
        }
    }
}

impl HtmlSafe for Content {}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Html> for Content {
    fn from(html: Html) -> Self {
        Self::Html(html)
    }
}

/// Escapes the five characters that can end a text or an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 1.1.2, 1.2.1
    #[test]
    fn text_is_escaped_and_markup_is_not() {
        assert_eq!(Content::from("<b> & 'x' \"y\"").to_string(), "&lt;b&gt; &amp; &#39;x&#39; &quot;y&quot;");
        assert_eq!(Content::from(Html::trusted("<b>x</b>")).to_string(), "<b>x</b>");
    }
}
