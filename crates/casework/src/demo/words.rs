//! The sentences of the demonstration: banks in `words/*.txt`, drawn without repeating, with names put in.

use std::{collections::BTreeMap, sync::LazyLock};

use super::dice::Dice;

const FILES: [&str; 14] = [
    include_str!("words/neglect.txt"),
    include_str!("words/abuse.txt"),
    include_str!("words/disability.txt"),
    include_str!("words/mind.txt"),
    include_str!("words/stress.txt"),
    include_str!("words/exploitation.txt"),
    include_str!("words/uasc.txt"),
    include_str!("words/care.txt"),
    include_str!("words/leaving.txt"),
    include_str!("words/children.txt"),
    include_str!("words/visiting.txt"),
    include_str!("words/notes.txt"),
    include_str!("words/deciding.txt"),
    include_str!("words/life.txt"),
];

/// Every sentence under the name of its section.
static BANK: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut bank: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in FILES {
        let mut section = "";
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => section = name,
                None => bank.entry(section).or_default().push(line),
            }
        }
    }
    bank
});

/// What stands for a name in a sentence: `{child}`, `{carer}`, `{his}`.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<&'static str, String>);

/// Names that make a sentence one about one child.
const ABOUT_ONE: [&str; 9] = ["child", "he", "He", "his", "him", "age", "school", "teacher", "brother"];

impl Names {
    pub fn put(&mut self, key: &'static str, name: impl Into<String>) {
        self.0.insert(key, name.into());
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The sentence with names in it; none when it needs one that is not known here.
    pub fn fill(&self, sentence: &str) -> Option<String> {
        let mut filled = String::with_capacity(sentence.len() + 40);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, after) = after.split_once('}')?;
            filled.push_str(before);
            let name = self.0.get(key)?;
            let begins =
                filled.trim_end_matches(['"', '«']).trim_end().chars().last().is_none_or(|last| ".!?|>".contains(last));
            let mut letters = name.chars();
            match letters.next() {
                Some(first) if begins => {
                    filled.extend(first.to_uppercase());
                    filled.push_str(letters.as_str());
                }
                _ => filled.push_str(name),
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }
}

/// Whether a sentence is about one child.
fn about_one(sentence: &str) -> bool {
    ABOUT_ONE.iter().any(|key| sentence.contains(&format!("{{{key}}}")))
}

/// A sentence that was drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    /// With names.
    pub text: String,
    /// Its headline, for the chronology.
    pub headline: Option<String>,
    /// Whether it is about one child.
    pub one: bool,
}

/// Sentences not yet used in one family.
#[derive(Default)]
pub(super) struct Deck(BTreeMap<&'static str, Vec<&'static str>>);

impl Deck {
    /// One from a section, not drawn before as long as there are others; none when no sentence of it fits.
    pub fn draw(&mut self, dice: &mut Dice, section: &str, names: &Names) -> Option<Drawn> {
        let (section, all) = BANK.get_key_value(section)?;
        let left = self.0.entry(section).or_default();
        for fresh in [false, true] {
            if fresh {
                left.clone_from(all);
                dice.shuffle(left);
            }
            for place in (0..left.len()).rev() {
                if let Some(filled) = names.fill(left[place]) {
                    let one = about_one(left[place]);
                    left.remove(place);
                    let (text, headline) = match filled.split_once(" => ") {
                        Some((text, headline)) => (text.trim().to_owned(), Some(headline.trim().to_owned())),
                        None => (filled, None),
                    };
                    return Some(Drawn { text, headline, one });
                }
            }
        }
        None
    }

    /// The text alone, or nothing.
    pub fn text(&mut self, dice: &mut Dice, section: &str, names: &Names) -> Option<String> {
        self.draw(dice, section, names).map(|drawn| drawn.text)
    }
}

/// Names as people say them: «Amira, Bilal and Noor».
pub(super) fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_stand_where_they_belong_and_begin_a_sentence_with_a_capital() {
        let mut names = Names::default();
        names.put("child", "Noor");
        names.put("his", "her");
        assert_eq!(
            names.fill("{child} lost {his} hat. {his} knees were cold.").as_deref(),
            Some("Noor lost her hat. Her knees were cold.")
        );
        assert_eq!(names.fill("{father} came"), None);
        assert_eq!(and(&["Amira", "Bilal", "Noor"]), "Amira, Bilal and Noor");
    }

    #[test]
    fn a_deck_runs_through_a_section_before_it_repeats() {
        let (mut deck, mut dice, mut names) = (Deck::default(), Dice::new(1, 1), Names::default());
        for key in ["child", "he", "He", "his", "him", "carer", "cher"] {
            names.put(key, "x");
        }
        let drawn: BTreeSet<_> = (0..BANK["moment-primary"].len())
            .map(|_| deck.text(&mut dice, "moment-primary", &names).unwrap())
            .collect();
        assert_eq!(drawn.len(), BANK["moment-primary"].len());
    }

    #[test]
    fn every_need_has_its_sections() {
        for need in ["neglect", "abuse", "disability", "mind", "stress", "exploitation", "uasc", "care", "leaving"] {
            for tone in ["worry", "mixed", "good"] {
                for part in ["", "parent-", "means-"] {
                    assert!(BANK.contains_key(format!("{need}-{part}{tone}").as_str()), "{need}-{part}{tone}");
                }
            }
        }
    }
}
