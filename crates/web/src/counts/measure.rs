//! A picture in the row of a table: a bar whose parts are the numbers beside it. It says nothing that the numbers do
//! not say, so a screen reader passes it by; parts differ by filling and edge, not by colour alone.

use std::fmt::Write as _;

use govuk::Html;

/// How a part is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Dark.
    Full,
    /// Middling, with an edge.
    Half,
    /// Empty, with an edge.
    Empty,
}

impl Fill {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "ls-measure__full",
            Self::Half => "ls-measure__half",
            Self::Empty => "ls-measure__empty",
        }
    }
}

/// A bar of parts that follow each other; `whole` is the number that fills the width.
pub fn bar(parts: &[(i64, Fill)], whole: i64) -> Html {
    let mut svg = String::from(
        "<svg class=\"ls-measure\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
    );
    let mut from = 0;
    for (number, fill) in parts {
        let until = from + number.max(&0);
        let at = |number: i64| (number * 1000).checked_div(whole.max(1)).unwrap_or(0).clamp(0, 1000);
        let (x, end) = (at(from), at(until));
        if end > x {
            // Writing to a text cannot fail.
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{x}\" y=\"0\" width=\"{}\" height=\"10\"></rect>",
                fill.class(),
                end - x
            );
        }
        from = until;
    }
    svg.push_str("</svg>");
    Html::trusted(svg)
}

/// What the fillings mean: a key above a table.
pub fn key(parts: &[(Fill, &str)]) -> Html {
    let mut html = Html::trusted("<p class=\"govuk-body-s ls-key\">");
    for (fill, words) in parts {
        html.push(&Html::trusted("<span class=\"ls-key__part\">"));
        html.push(&bar(&[(1, *fill)], 1));
        html.push(&Html::trusted(format!(" {}</span> ", Html::escaped(words))));
    }
    html.push(&Html::trusted("</p>"));
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_never_leave_the_bar() {
        let drawn = bar(&[(3, Fill::Full), (0, Fill::Half), (1, Fill::Empty)], 4).to_string();
        assert!(drawn.contains("x=\"0\" y=\"0\" width=\"750\"") && drawn.contains("x=\"750\" y=\"0\" width=\"250\""));
        assert!(!drawn.contains("ls-measure__half"));
        assert!(bar(&[(9, Fill::Full)], 4).to_string().contains("width=\"1000\""));
        assert!(!bar(&[(0, Fill::Full)], 0).to_string().contains("rect"));
    }
}
