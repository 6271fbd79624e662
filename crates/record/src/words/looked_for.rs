//! What somebody looks for: all of some words, a phrase in quotation marks, the beginning of a word before a star.

use super::{
    stem::stem,
    tokens::{Token, tokens},
};

/// The most words of one search.
pub const MOST_WORDS: usize = 20;
/// The most characters that are looked at.
pub const MOST_CHARACTERS: usize = 1_000;
/// The fewest letters before a star.
pub const FEWEST_LETTERS: usize = 3;

/// One thing that an entry must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// This word, whatever grammar adds to it: its stem.
    Word(String),
    /// A word that begins so, in bare letters, or whose stem is that of these.
    Begins(String),
    /// These words after each other: their stems.
    Phrase(Vec<String>),
}

/// What somebody looks for: an entry must say all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordsWanted {
    terms: Vec<Term>,
}

/// Why nothing can be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was typed.
    Nothing,
    /// Signs and no word.
    NoWord,
    /// Only words that say how to search.
    OnlyOperators,
    /// A word that means something elsewhere and not here.
    Operator(String),
    /// A star after too few letters.
    ShortBeginning,
    /// More words than one search takes.
    TooManyWords,
    /// More characters than one search takes.
    TooLong,
}

impl Trouble {
    /// What to do, in plain words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Nothing => "Type the words to look for".to_owned(),
            Self::NoWord => "Type at least one word: signs alone find nothing".to_owned(),
            Self::OnlyOperators => {
                "Type the words to look for: AND and * only say how to look, not what for".to_owned()
            }
            Self::Operator(word) => format!(
                "Take out {word}: this search finds entries that have all of the words. To find the word itself, put it in quotation marks"
            ),
            Self::ShortBeginning => format!("Type at least {FEWEST_LETTERS} letters before a *"),
            Self::TooManyWords => format!("Look for {MOST_WORDS} words or fewer"),
            Self::TooLong => format!("Look for {MOST_CHARACTERS} characters or fewer"),
        }
    }
}

impl WordsWanted {
    /// Reads what somebody typed. A quotation mark that is never closed reaches to the end.
    ///
    /// # Errors
    /// What cannot be looked for, and why.
    pub fn read(text: &str) -> Result<Self, Trouble> {
        if text.trim().is_empty() {
            return Err(Trouble::Nothing);
        }
        if text.chars().count() > MOST_CHARACTERS {
            return Err(Trouble::TooLong);
        }
        let (mut terms, mut operators) = (Vec::new(), false);
        for (nth, part) in text.split(['"', '“', '”', '„', '«', '»']).enumerate() {
            if nth % 2 == 1 {
                let mut stems: Vec<String> = tokens(part).into_iter().map(|token| token.stem).collect();
                match stems.len() {
                    0 => {}
                    1 => terms.extend(stems.pop().map(Term::Word)),
                    _ => terms.push(Term::Phrase(stems)),
                }
                continue;
            }
            for piece in part.split_whitespace() {
                match piece {
                    "AND" | "*" | "+" | "&" => operators = true,
                    "OR" | "NOT" | "NEAR" | "|" => return Err(Trouble::Operator(piece.to_owned())),
                    piece => unquoted(piece, &mut terms)?,
                }
            }
        }
        terms = once_each(terms);
        let words: usize = terms.iter().map(|term| if let Term::Phrase(words) = term { words.len() } else { 1 }).sum();
        match words {
            0 if operators => Err(Trouble::OnlyOperators),
            0 => Err(Trouble::NoWord),
            _ if words > MOST_WORDS => Err(Trouble::TooManyWords),
            _ => Ok(Self { terms }),
        }
    }

    /// What an entry must say, all of it.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Where a text says something of it: from and to in bytes, in order, none within another.
    pub fn marks(&self, text: &str) -> Vec<(usize, usize)> {
        let words = tokens(text);
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for term in &self.terms {
            match term {
                Term::Word(stem) => marks.extend(words.iter().filter(|word| word.stem == *stem).map(span)),
                Term::Begins(begins) => {
                    let whole = stem(begins);
                    let fits = |word: &&Token| {
                        word.word.starts_with(begins) || word.stem.starts_with(begins) || word.stem == whole
                    };
                    marks.extend(words.iter().filter(fits).map(span));
                }
                Term::Phrase(stems) => {
                    let fits = |some: &&[Token]| some.iter().zip(stems).all(|(word, stem)| word.stem == *stem);
                    let found = words.windows(stems.len()).filter(fits);
                    marks.extend(found.filter_map(|some| Some((some.first()?.from, some.last()?.to))));
                }
            }
        }
        marks.sort_unstable();
        let mut apart: Vec<(usize, usize)> = Vec::new();
        for (from, to) in marks {
            match apart.last_mut() {
                Some(last) if from < last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        apart
    }

    /// How many of its terms a text says.
    pub fn said_in(&self, text: &str) -> usize {
        let one = |term: &&Term| !Self { terms: vec![(*term).clone()] }.marks(text).is_empty();
        self.terms.iter().filter(one).count()
    }
}

fn span(word: &Token) -> (usize, usize) {
    (word.from, word.to)
}

/// A piece without quotation marks: «follow-up» is two words, «famil*» the beginning of one.
fn unquoted(piece: &str, terms: &mut Vec<Term>) -> Result<(), Trouble> {
    let words = tokens(piece);
    let star = |word: &Token| piece[word.to..].starts_with('*');
    for word in words {
        if !star(&word) {
            terms.push(Term::Word(word.stem));
        } else if word.word.chars().count() < FEWEST_LETTERS {
            return Err(Trouble::ShortBeginning);
        } else {
            terms.push(Term::Begins(word.word));
        }
    }
    Ok(())
}

fn once_each(terms: Vec<Term>) -> Vec<Term> {
    let mut once: Vec<Term> = Vec::new();
    for term in terms {
        if !once.contains(&term) {
            once.push(term);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Term> {
        WordsWanted::read(text).unwrap().terms
    }

    #[test]
    fn words_phrases_and_beginnings_are_told_apart() {
        let word = |stem: &str| Term::Word(stem.to_owned());
        assert_eq!(read("Visits AND Gran’s gran"), [word("visit"), word("gran")]);
        assert_eq!(
            read("“empty cupboards” famil*"),
            [Term::Phrase(vec!["empti".to_owned(), "cupboard".to_owned()]), Term::Begins("famil".to_owned())]
        );
        assert_eq!(read("\"never closed"), [Term::Phrase(vec!["never".to_owned(), "close".to_owned()])]);
        assert_eq!(read("\"OR\""), [word("or")]);
        assert_eq!(read("follow-up"), [word("follow"), word("up")]);
    }

    #[test]
    fn what_cannot_be_looked_for_says_why() {
        for (text, trouble) in [
            ("  ", Trouble::Nothing),
            ("?! -- ***", Trouble::NoWord),
            ("AND * AND", Trouble::OnlyOperators),
            ("\"\" AND", Trouble::OnlyOperators),
            ("mum OR dad", Trouble::Operator("OR".to_owned())),
            ("NOT", Trouble::Operator("NOT".to_owned())),
            ("ab*", Trouble::ShortBeginning),
        ] {
            assert_eq!(WordsWanted::read(text), Err(trouble), "{text}");
        }
        assert_eq!(WordsWanted::read(&"x".repeat(10_000)), Err(Trouble::TooLong));
        let many: Vec<String> = (0..21).map(|n| format!("w{n}")).collect();
        assert_eq!(WordsWanted::read(&many.join(" ")), Err(Trouble::TooManyWords));
        assert!(WordsWanted::read("nothing:here (or) {there} ^2").is_ok(), "signs of other searches are only signs");
    }

    #[test]
    fn marks_stand_where_the_words_stand() {
        let text = "Gran’s kitchen was empty. The families visited Gran.";
        let marked = |wanted: &str| -> Vec<&str> {
            WordsWanted::read(wanted).unwrap().marks(text).into_iter().map(|(from, to)| &text[from..to]).collect()
        };
        assert_eq!(marked("gran visit"), ["Gran’s", "visited", "Gran"]);
        assert_eq!(marked("family"), ["families"]);
        assert_eq!(marked("famil*"), ["families"]);
        assert_eq!(marked("\"was empty\" empty"), ["was empty"]);
        assert_eq!(marked("\"gran was\""), Vec::<&str>::new());
    }

    proptest::proptest! {
        /// ASVS 1.3.12
        #[test]
        fn nothing_that_is_typed_makes_it_fall(typed in "\\PC{0,60}", text in "\\PC{0,200}") {
            if let Ok(wanted) = WordsWanted::read(&typed) {
                for (from, to) in wanted.marks(&text) {
                    assert!(from < to && text.is_char_boundary(from) && text.is_char_boundary(to));
                }
                for term in wanted.terms() {
                    let words: Vec<&String> = match term {
                        Term::Word(word) | Term::Begins(word) => vec![word],
                        Term::Phrase(words) => words.iter().collect(),
                    };
                    assert!(words.iter().all(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric)));
                }
            }
        }
    }
}
