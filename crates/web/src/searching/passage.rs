//! The passages of an entry that say what was looked for, cut to what the eye takes in, with the words marked.

use policy::Pack;
use record::{
    content::Content,
    words::{Said, WordsWanted, said},
};

/// How many passages of one entry are shown.
const MOST: usize = 2;
/// About how many characters stand before the first mark, and in all.
const BEFORE: usize = 80;
const ALL: usize = 280;

/// A passage, ready to be read.
pub struct Passage {
    /// The question that it answers.
    pub label: String,
    /// The small word at its margin: «told by Mrs Khan».
    pub margin: String,
    /// Its parts: the text, and whether it is marked.
    pub parts: Vec<(String, bool)>,
}

/// The passages that say most of what was looked for, in the order of the entry.
pub fn shown(pack: &Pack, content: &Content, wanted: &WordsWanted) -> Vec<Passage> {
    let all = said(content);
    let mut best: Vec<(usize, usize)> = all
        .iter()
        .enumerate()
        .map(|(at, said)| (wanted.said_in(&said.text), at))
        .filter(|(terms, _)| *terms > 0)
        .collect();
    best.sort_by_key(|(terms, at)| (std::cmp::Reverse(*terms), *at));
    let mut places: Vec<usize> = best.into_iter().take(MOST).map(|(_, at)| at).collect();
    places.sort_unstable();
    places.into_iter().map(|at| passage(pack, content, &all[at], wanted)).collect()
}

fn passage(pack: &Pack, content: &Content, said: &Said<'_>, wanted: &WordsWanted) -> Passage {
    let field = said.field.and_then(|id| pack.form(&content.form)?.field(id));
    let nature = said.passage.and_then(|passage| {
        let nature = pack.nature(passage.nature.as_ref()?)?;
        Some(match &passage.who {
            Some(who) => format!("{} {who}", nature.margin),
            None => nature.margin.clone(),
        })
    });
    Passage {
        label: field.map_or_else(String::new, |field| field.label.clone()),
        margin: nature.unwrap_or_default(),
        parts: cut(&said.text, &wanted.marks(&said.text)),
    }
}

/// The text around its first mark, in parts.
fn cut(text: &str, marks: &[(usize, usize)]) -> Vec<(String, bool)> {
    let first = marks.first().map_or(0, |(from, _)| *from);
    let begins = if text[..first].chars().count() <= BEFORE {
        0
    } else {
        // Whole words: from the space after so many characters before the mark.
        let far = text[..first].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
        text[far..first].find(char::is_whitespace).map_or(first, |space| far + space + 1)
    };
    let ends = match text[begins..].char_indices().nth(ALL) {
        None => text.len(),
        Some((far, _)) => {
            let far = begins + far;
            let space = text[begins..far].rfind(char::is_whitespace).map_or(far, |space| begins + space);
            marks.first().map_or(space, |(_, to)| space.max(*to))
        }
    };
    let mut parts = Vec::new();
    let mut put = |text: &str, marked: bool| {
        if !text.is_empty() {
            parts.push((text.to_owned(), marked));
        }
    };
    if begins > 0 {
        put("… ", false);
    }
    let mut at = begins;
    for (from, to) in marks.iter().filter(|(from, to)| *from >= begins && *to <= ends) {
        put(&text[at..*from], false);
        put(&text[*from..*to], true);
        at = *to;
    }
    put(&text[at..ends], false);
    if ends < text.len() {
        put(" …", false);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_text(text: &str, words: &str) -> String {
        let marks = WordsWanted::read(words).unwrap().marks(text);
        let part = |(text, marked): (String, bool)| if marked { format!("[{text}]") } else { text };
        cut(text, &marks).into_iter().map(part).collect()
    }

    #[test]
    fn a_long_text_is_cut_at_words_around_the_first_mark() {
        assert_eq!(as_text("Gran’s kitchen was empty.", "gran empty"), "[Gran’s] kitchen was [empty].");
        let long = format!("{} the cupboards were bare {}", "before ".repeat(40), "after ".repeat(80));
        let shown = as_text(&long, "cupboard");
        assert!(shown.starts_with("… before before"), "{shown}");
        assert!(shown.contains("the [cupboards] were bare after") && shown.ends_with("after …"), "{shown}");
        assert!(shown.chars().count() < BEFORE + ALL, "{shown}");
        let wide = format!("{}ŵŷ Łódź", "ł".repeat(400));
        assert!(as_text(&wide, "lodz").contains("[Łódź]"));
    }
}
