//! Passwords that are too easy to guess.
//!
//! By NIST SP 800-63B-4 (3.1.1.2) and the National Cyber Security Centre: length counts, no rule asks for certain kinds
//! of characters, and what attackers try first is refused with the reason: common passwords, repeated or sequential
//! characters, words of this very service, the person's own name.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::signing_in::{LONGEST_PASSWORD, SHORTEST_PASSWORD};

/// Words of which no password may be made, because they are those of this very service: whoever guesses knows where they
/// are. The list for people is docs/security.md's, and a test compares the two.
const OF_THE_SERVICE: [&str; 7] =
    ["lifestory", "socialworker", "socialwork", "childrensservices", "safeguarding", "council", "england"];

/// What attackers try first, in small letters: a password that is one of these with figures or signs around it is
/// refused. Only what grows to the shortest length by such padding or by repetition needs to stand here.
const COMMON: [&str; 41] = [
    "password",
    "passwort",
    "passphrase",
    "passcode",
    "letmein",
    "welcome",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "liverpool",
    "arsenal",
    "chelsea",
    "everton",
    "manchester",
    "united",
    "princess",
    "sunshine",
    "superman",
    "batman",
    "pokemon",
    "master",
    "shadow",
    "charlie",
    "michael",
    "jordan",
    "ashley",
    "jessica",
    "trustno",
    "whatever",
    "freedom",
    "starwars",
    "computer",
    "internet",
    "samsung",
    "administrator",
    "admin",
    "changeme",
    "secret",
    "default",
];

/// The commonest passwords that are long enough, one a line; a line that begins with `#` is for people.
const COMMONEST: &str = include_str!("passwords/commonest.txt");

/// Below so many letters, what is left of a password without the figures and signs around it says too little: `test` of
/// `test-1989-1990` would refuse what has nothing else in common with it.
const TELLING_LETTERS: usize = 8;

/// The commonest, each as it is and, where enough of it is left, without what stands around it.
static TRIED_FIRST: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let passwords = COMMONEST.lines().filter(|line| !line.starts_with('#'));
    let both = |one: &str| {
        let bare = plain(&one.chars().collect::<Vec<_>>());
        let bare = Some(bare).filter(|bare| bare.len() >= TELLING_LETTERS);
        std::iter::once(one.to_owned()).chain(bare)
    };
    passwords.flat_map(both).collect()
});

/// Rows of keys, the alphabet and figures, forwards; backwards is looked at as well.
const ROWS: [&str; 6] =
    ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"];

/// A first password, by chance: four groups of letters and figures that nobody confuses, which can be read out on the
/// telephone. There are 31 of them, and the last is twice as likely as the others: together 79 bits.
pub fn by_chance(chance: &mut impl record::Chance) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let mut random = [0_u8; 16];
    chance.fill(&mut random);
    let letters: Vec<char> = random.iter().map(|byte| LETTERS[usize::from(byte & 31)].into()).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Why a password cannot be taken, in a sentence without its full stop; none when it can. `names` are the username and
/// the full name.
pub fn weakness(password: &str, names: &[&str]) -> Option<&'static str> {
    if password.chars().count() < SHORTEST_PASSWORD || password.len() > LONGEST_PASSWORD {
        return Some("The password must have from 12 to 200 characters");
    }
    let letters: Vec<char> = password.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    if repeats(&letters) {
        return Some(
            "This password repeats the same few characters. Choose three words that have nothing to do with each other",
        );
    }
    if mostly_in_a_row(&letters) {
        return Some(
            "This password is a row of keys or figures. Choose three words that have nothing to do with each other",
        );
    }
    let word = plain(&letters);
    let is_common = COMMON.iter().chain(&OF_THE_SERVICE).any(|common| is_made_of(&word, common));
    let typed: String = letters.iter().collect();
    if is_common || TRIED_FIRST.contains(&typed) || TRIED_FIRST.contains(&word) {
        return Some(
            "This password is one of those that are tried first. Choose three words that have nothing to do with each other",
        );
    }
    let own: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|part| part.chars().count() >= 3)
        .collect();
    let mut rest = typed;
    for part in &own {
        rest = rest.replace(part.as_str(), "");
    }
    let left = rest.chars().filter(|c| c.is_alphabetic()).count();
    if rest.chars().count() < letters.len() && left < 8 {
        return Some(
            "This password is your own name with little more. Choose three words that have nothing to do with each other",
        );
    }
    None
}

/// Whether it is one short piece again and again, or made of very few characters.
fn repeats(letters: &[char]) -> bool {
    let distinct: std::collections::BTreeSet<_> = letters.iter().collect();
    let again = |length: usize| letters.chunks(length).all(|piece| letters.starts_with(piece));
    distinct.len() < 5 || (1..=letters.len() / 2).any(again)
}

/// Whether most of it runs along the alphabet, the figures or a row of keys.
fn mostly_in_a_row(letters: &[char]) -> bool {
    let beside = |pair: &[char]| {
        ROWS.iter().any(|row| {
            let forwards: String = pair.iter().collect();
            let backwards: String = pair.iter().rev().collect();
            row.contains(&forwards) || row.contains(&backwards)
        })
    };
    // Runs of three and more: two letters beside each other stand in every word.
    let in_runs = (0..letters.len()).filter(|at| {
        let from = at.saturating_sub(2);
        (from..=*at)
            .any(|start| letters.get(start..start + 3).is_some_and(|three| beside(&three[..2]) && beside(&three[1..])))
    });
    in_runs.count() * 10 >= letters.len() * 6
}

/// With the figures that stand for letters as letters, and without figures and signs at the ends.
fn plain(letters: &[char]) -> String {
    let trimmed: String = letters.iter().collect();
    // A nought that begins stands for a letter; one that ends belongs to a year.
    let trimmed = trimmed.trim_start_matches(|c: char| !c.is_alphabetic() && !"@$0".contains(c));
    let trimmed = trimmed.trim_end_matches(|c: char| !c.is_alphabetic() && !"@$".contains(c));
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    };
    let word: String = trimmed.chars().map(letter).filter(|c| c.is_alphabetic()).collect();
    word
}

/// Whether a word is this common one once or several times over.
fn is_made_of(word: &str, common: &str) -> bool {
    !word.is_empty() && word.replace(common, "").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 6.2.11
    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "short",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcabcabcabcabc",
            "123456789012",
            "987654321098",
            "qwertyuiop12",
            "1qaz2wsx3edc",
            "abcdefghijkl",
            "Password1234",
            "P@ssw0rd2026!",
            "passwordpassword",
            "Welcome2026!!!",
            "Lifestory2026",
            "SocialWorker1!",
            "sam.okafor2026",
            "SamOkafor12345",
            "okafor-okafor-sam",
        ] {
            assert!(weakness(password, &["sam.okafor", "Sam Okafor"]).is_some(), "{password}");
        }
    }

    /// ASVS 6.2.4
    #[test]
    fn the_three_thousand_commonest_that_are_long_enough_are_refused() {
        let listed: Vec<&str> = COMMONEST.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(listed.len() >= 3_000, "{}", listed.len());
        assert!(listed.is_sorted() && listed.windows(2).all(|two| two[0] != two[1]), "each once, in order");
        for password in listed {
            assert!(password.chars().count() >= SHORTEST_PASSWORD, "{password} is refused for its length alone");
            assert!(weakness(password, &[]).is_some(), "{password}");
            assert!(weakness(&password.to_uppercase(), &[]).is_some(), "{password} in capitals");
        }
        // Rules refuse others that are as common, and the list is not tried again with another figure behind it.
        for password in ["password1234", "qwertyuiop12", "Professional1!", "99-finalfantasy-99", "IntelLigence 2026"] {
            assert!(weakness(password, &[]).is_some(), "{password}");
        }
    }

    /// ASVS 6.1.2
    #[test]
    fn the_words_of_the_service_are_those_that_are_written_down_and_no_password_is_made_of_them() {
        let document = include_str!("../../../docs/security.md");
        let (_, said) = document.split_once("the words of this very service (").expect("docs/security.md names them");
        let (said, _) = said.split_once(')').expect("they end");
        let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
        let said: BTreeSet<String> = said.split(',').map(letters).collect();
        assert_eq!(said, OF_THE_SERVICE.map(str::to_owned).into_iter().collect());
        for word in OF_THE_SERVICE {
            for around in ["2026!!!!!!!!", "-8642975", "! 926 864"] {
                let tried = weakness(&format!("{word}{around}"), &[]).expect("it is refused");
                assert!(tried.contains("tried first"), "{word}{around}: {tried}");
            }
            assert!(weakness(&word.repeat(4), &[]).is_some(), "{word}");
        }
    }

    /// ASVS 6.2.5, 6.2.9
    #[test]
    fn three_words_are_taken_without_any_rule_of_composition() {
        for password in [
            "correct horse battery",
            "tern lantern gravel",
            "only for the first time",
            "kettle-Thursday-9",
            "samovar under the bridge",
            "ŵylan y môr heddiw",
            "mmmm that was good tea",
            "a whole sentence that somebody remembers well, with a comma in it, and 1 figure: sixty-four letters and more",
        ] {
            assert_eq!(weakness(password, &["sam.okafor", "Sam Okafor"]), None, "{password}");
        }
    }
}
