//! The fonts, and the signs that they have.

use std::sync::LazyLock;

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::Document;

const FILES: [&[u8]; 6] = [
    include_bytes!("../fonts/SourceSerif4-Regular.ttf"),
    include_bytes!("../fonts/SourceSerif4-Italic.ttf"),
    include_bytes!("../fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../fonts/SourceSans3-SemiBold.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-SemiBold.ttf"),
];

/// Stands for a sign that no font here has.
const NO_SIGN: char = '□';

/// Every font of this crate, and the book in which Typst looks them up.
pub(crate) struct Letters {
    pub fonts: Vec<Font>,
    pub book: LazyHash<FontBook>,
}

pub(crate) static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Letters { fonts, book }
});

impl Letters {
    fn have(&self, sign: char) -> bool {
        self.fonts.iter().any(|font| font.info().coverage.contains(sign as u32))
    }
}

/// Makes every text of a document printable, and gives how many signs no font has: each is shown as □. Signs that
/// only say how others are drawn go without a trace.
pub(crate) fn printable(document: &mut Document) -> usize {
    let mut without = 0;
    for text in document.texts() {
        if text.chars().any(|sign| !plain(sign)) {
            *text = text.chars().filter_map(|sign| printable_sign(sign, &mut without)).collect();
        }
    }
    without
}

/// What needs no looking up: most of what is ever written.
const fn plain(sign: char) -> bool {
    matches!(sign, ' '..='~' | '\n')
}

fn printable_sign(sign: char, without: &mut usize) -> Option<char> {
    match sign {
        _ if plain(sign) => Some(sign),
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(' '),
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => Some('\n'),
        // Controls, marks of direction, joiners, variation selectors, tones of skin: they draw nothing themselves.
        // Typst finds the direction of a text by its letters.
        _ if sign.is_control() => None,
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        _ if !private(sign) && LETTERS.have(sign) => Some(sign),
        _ => {
            *without += 1;
            Some(NO_SIGN)
        }
    }
}

/// Signs whose meaning nobody has agreed on, and which PDF/UA refuses.
const fn private(sign: char) -> bool {
    matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_languages_have_their_letters() {
        for name in [
            "Siân ŵ ŷ Ŵ Ŷ",
            "Łukasz Żółć ąęśćźń",
            "محمد عائشہ کھلا گ چ پ",
            "Ștefan ţ",
            "Đặng Nguyễn",
            "Οδυσσέας",
            "Юлія",
        ] {
            for sign in name.chars() {
                assert!(LETTERS.have(sign), "{sign} of {name}");
            }
        }
        assert!(LETTERS.have(NO_SIGN));
    }

    #[test]
    fn what_cannot_be_printed_is_counted_and_what_draws_nothing_goes() {
        let mut document =
            Document { title: "Ok 👍🏽\u{200d}\u{fe0f} then\u{7}".to_owned(), ..Document::default() };
        assert_eq!(printable(&mut document), 1);
        assert_eq!(document.title, "Ok □ then");
    }
}
