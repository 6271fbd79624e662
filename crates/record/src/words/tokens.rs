//! A text as words, each with where it stands.

use super::stem::stem;
use crate::likeness::name::bare;

/// The most letters of a word that count. Longer ones are no words of anybody's.
const MOST_LETTERS: usize = 40;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// In bare small letters.
    pub word: String,
    /// Without what grammar adds: what is kept and compared.
    pub stem: String,
    /// Where it begins in the text, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

/// The words of a text in their order. An apostrophe is part of a word, and the s of «Gran’s» is not.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut open: Option<Open> = None;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if letter.is_alphanumeric() {
            open.get_or_insert_with(|| Open { from: at, ..Open::default() }).push(letter, end);
        } else if let Some(word) = &mut open {
            match letter {
                '\'' | '’' | 'ʼ' => word.apostrophe = Some(word.word.len()),
                // An accent may be a character of its own.
                '\u{300}'..='\u{36f}' => word.to = end,
                _ => all.extend(open.take().map(Open::close)),
            }
        }
    }
    all.extend(open.map(Open::close));
    all.retain(|token| !token.word.is_empty());
    all
}

#[derive(Default)]
struct Open {
    word: String,
    letters: usize,
    from: usize,
    to: usize,
    /// How long the word was at its last apostrophe.
    apostrophe: Option<usize>,
}

impl Open {
    fn push(&mut self, letter: char, end: usize) {
        self.to = end;
        for small in letter.to_lowercase() {
            self.letters += 1;
            if self.letters > MOST_LETTERS {
                return;
            }
            match bare(small) {
                "" if small.is_alphanumeric() => self.word.push(small),
                bare => self.word.push_str(bare),
            }
        }
    }

    fn close(mut self) -> Token {
        if let Some(length) = self.apostrophe
            && &self.word[length..] == "s"
            && length > 0
        {
            self.word.truncate(length);
        }
        Token { stem: stem(&self.word), word: self.word, from: self.from, to: self.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn words_are_bare_and_know_where_they_stand() {
        assert_eq!(
            words("Gran’s tea: O'Brien, José’s follow-up at 15:20!"),
            ["gran", "tea", "obrien", "jose", "follow", "up", "at", "15", "20"]
        );
        assert_eq!(words("  \u{301}… *"), Vec::<String>::new());
        assert_eq!(words("Jose\u{301} łódź أمينة"), ["jose", "lodz", "أمينة"]);
        let text = "Said: Żaneta’s here";
        let token = &tokens(text)[1];
        assert_eq!((&text[token.from..token.to], token.word.as_str()), ("Żaneta’s", "zaneta"));
        assert_eq!(words(&"x".repeat(100))[0].len(), MOST_LETTERS);
    }
}
