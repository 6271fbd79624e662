//! Names as people hear, write and carry them: folded to bare letters, turned into how they sound, compared.

use std::collections::BTreeSet;

/// The most words of one name that are looked at.
const MOST_WORDS: usize = 6;

/// The words of a name in bare small letters: no accents, no apostrophes; a hyphen parts words as a space does.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            // O'Brien is OBrien, however the apostrophe was typed; an accent may be a character of its own.
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '.' | '\u{300}'..='\u{36f}' => {}
            letter if letter.is_alphanumeric() => {
                if let Some(word) = words.last_mut() {
                    match bare(letter) {
                        "" => word.push(letter),
                        bare => word.push_str(bare),
                    }
                }
            }
            _ if words.last().is_some_and(|word| !word.is_empty()) => words.push(String::new()),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words.truncate(MOST_WORDS);
    words
}

/// The bare letters of an accented one; blank where there is nothing to bare.
pub(crate) const fn bare(letter: char) -> &'static str {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ' | 'ả' | 'ấ' | 'ầ' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ế' | 'ề' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ọ' | 'ố' | 'ồ' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ụ' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        _ => "",
    }
}

/// How a word sounds, roughly and for names of many languages: what is spelt Catherine or Kathryn, Mohammed or
/// Muhammad, Aisha or Ayesha gives one text. A word that is not in Latin letters sounds as it is written.
pub fn sound(word: &str) -> String {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let word = SPOKEN.iter().find(|(written, _)| *written == word).map_or(word, |(_, spoken)| spoken);
    let mut plain: Vec<u8> = word.bytes().collect();
    plain.dedup();
    let letters = plain.as_slice();
    // The first letter of Knight, Gnanam, Wright and Psyche is not spoken.
    let letters = match letters {
        [b'k' | b'g', b'n', ..] | [b'w', b'r', ..] | [b'p', b's', ..] => &letters[1..],
        _ => letters,
    };
    let mut heard: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let next = letters.get(at + 1).copied();
        let after = letters.get(at + 2).copied();
        let mut step = 1;
        let sounds: &[u8] = match (letter, next) {
            (b'a' | b'e' | b'i' | b'o' | b'u' | b'y', _) if at == 0 && !(letter == b'y' && next.is_some()) => b"a",
            (b'p', Some(b'h')) => {
                step = 2;
                b"f"
            }
            // Schmidt as Shmidt, Christopher as Kristopher.
            (b's', Some(b'c')) if after == Some(b'h') => {
                step = 3;
                b"x"
            }
            (b'c', Some(b'h')) if matches!(after, Some(b'r' | b'l')) => {
                step = 2;
                b"k"
            }
            (b'c' | b's', Some(b'h')) => {
                step = 2;
                b"x"
            }
            (b't', Some(b'h')) => {
                step = 2;
                b"t"
            }
            (b'c', Some(b'k')) => {
                step = 2;
                b"k"
            }
            (b'c', Some(b'e' | b'i' | b'y')) | (b'z', _) => b"s",
            (b'g', Some(b'h')) if at > 0 => {
                step = 2;
                b""
            }
            (b'd', Some(b'g')) => {
                step = 2;
                b"j"
            }
            (b'g', Some(b'e' | b'i' | b'y')) => b"j",
            (b'c' | b'q' | b'k', _) => b"k",
            (b'x', _) if at == 0 => b"s",
            (b'x', _) => b"ks",
            (b'v' | b'f', _) => b"f",
            (b'h' | b'w', _) if at > 0 => b"",
            (b'b' | b'd' | b'g' | b'h' | b'j' | b'l' | b'm' | b'n' | b'p' | b'r' | b's' | b't' | b'w', _) => {
                &letters[at..=at]
            }
            // Vowels within a word, and what no name is told by.
            _ => b"",
        };
        heard.extend_from_slice(sounds);
        at += step;
    }
    String::from_utf8(heard).unwrap_or_default()
}

/// Names whose spelling says little of how they are spoken, beside a spelling that says it.
const SPOKEN: [(&str, &str); 9] = [
    ("sean", "shaun"),
    ("shawn", "shaun"),
    ("siobhan", "shivaun"),
    ("chevonne", "shivaun"),
    ("sinead", "shinade"),
    ("niamh", "neev"),
    ("caoimhe", "keeva"),
    ("kiva", "keeva"),
    ("eoin", "owen"),
];

/// How like two words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Not at all.
    Other,
    /// One begins the other: Cath, Catherine.
    Begins,
    /// A letter or two apart.
    Near,
    /// Spelt otherwise, and they sound the same.
    Sounds,
    /// The same.
    Same,
}

/// Compares two folded words.
pub fn compare_words(a: &str, b: &str) -> Word {
    if a == b {
        return Word::Same;
    }
    let heard = sound(a);
    // One consonant alone says too little.
    if heard.len() > 1 && heard == sound(b) {
        return Word::Sounds;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let letters = short.chars().count();
    let apart = distance(short, long, 2);
    if apart == Some(1) && letters >= 4 || apart == Some(2) && letters >= 8 {
        return Word::Near;
    }
    if letters >= 3 && long.starts_with(short) { Word::Begins } else { Word::Other }
}

/// How many letters were missed, added, changed or exchanged with their neighbour; none beyond `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let [a, b] = [a, b].map(|word| word.chars().collect::<Vec<_>>());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(letter != other)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last()?.last().copied().filter(|apart| *apart <= most)
}

/// How like two whole names are, the likest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whole {
    /// Not at all.
    Other,
    /// Only the last word.
    Family,
    /// Only the first word.
    First,
    /// All of the shorter one is in the longer one.
    Part,
    /// Word for word a letter or two apart.
    Near,
    /// Word for word it sounds the same.
    Sounds,
    /// The same words in another order.
    Turned,
    /// The same.
    Same,
}

/// Compares two names by their folded words.
pub fn compare(a: &[String], b: &[String]) -> Whole {
    if a.is_empty() || b.is_empty() {
        return Whole::Other;
    }
    if a.concat() == b.concat() {
        return Whole::Same;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut left: Vec<usize> = (0..long.len()).collect();
    let (mut least, mut in_order, mut met) = (Word::Same, true, 0);
    for (place, word) in short.iter().enumerate() {
        let best = left.iter().copied().max_by_key(|at| (compare_words(word, &long[*at]), *at == place));
        let Some(best) = best else { break };
        let like = compare_words(word, &long[best]);
        if like >= Word::Near {
            left.retain(|at| *at != best);
            in_order &= best == place;
            met += 1;
            least = least.min(like);
        }
    }
    let ends = |ends: fn(&[String]) -> Option<&String>| match (ends(a), ends(b)) {
        (Some(a), Some(b)) => compare_words(a, b) >= Word::Near,
        _ => false,
    };
    match (met == short.len(), short.len() == long.len()) {
        (true, true) if !in_order && short.len() > 1 => Whole::Turned,
        (true, true) if least == Word::Sounds => Whole::Sounds,
        (true, true) => Whole::Near,
        (true, false) if short.len() > 1 => Whole::Part,
        _ if ends(<[String]>::first) => Whole::First,
        _ if ends(<[String]>::last) => Whole::Family,
        _ => Whole::Other,
    }
}

/// Whether each of these words begins a word of the name: how somebody looks for a name of which they know a part.
pub fn begins(looked_for: &[String], name: &[String]) -> bool {
    !looked_for.is_empty() && looked_for.iter().all(|word| name.iter().any(|known| known.starts_with(word.as_str())))
}

/// The sounds of a name under which a double or broken name is found as well: of each word, and of what stands before
/// the last and after the first word written together.
pub fn sounds(words: &[String]) -> BTreeSet<String> {
    let mut sounds: BTreeSet<String> = words.iter().map(|word| sound(word)).collect();
    if words.len() > 2 {
        sounds.insert(sound(&words[..words.len() - 1].concat()));
        sounds.insert(sound(&words[1..].concat()));
    }
    sounds.retain(|sound| !sound.is_empty());
    sounds
}

/// Any two sounds of a name, the lesser first: a name is found whichever way round, and with a part left out.
pub fn pairs(words: &[String]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    let mut pair = |a: &str, b: &str| {
        let (a, b) = (sound(a), sound(b));
        if !a.is_empty() && !b.is_empty() {
            pairs.insert(if a <= b { (a, b) } else { (b, a) });
        }
    };
    for (at, word) in words.iter().enumerate() {
        for other in &words[at + 1..] {
            pair(word, other);
        }
    }
    if let ([first, rest @ ..], [before @ .., last]) = (words, words)
        && words.len() > 2
    {
        pair(first, &rest.concat());
        pair(&before.concat(), last);
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_to_bare_letters() {
        for (name, folded) in [
            ("Siân", "sian"),
            ("O’Brien", "obrien"),
            ("O'Brien", "obrien"),
            ("Smith-Jones", "smith jones"),
            ("  Zoë  Łukasz ", "zoe lukasz"),
            ("Sia\u{302}n", "sian"),
            ("100%", "100"),
            ("_mira", "mira"),
            ("Ms. Ægir Weiß", "ms aegir weiss"),
            ("%", ""),
            ("محمد", "محمد"),
        ] {
            assert_eq!(words(name).join(" "), folded, "{name}");
        }
    }

    #[test]
    fn what_sounds_the_same_has_one_sound() {
        for alike in [
            &["catherine", "kathryn", "katharine", "cathryn", "katherine", "catrin"][..],
            &["mohammed", "muhammad", "mohamed", "mohammad", "muhammed"],
            &["aisha", "ayesha", "aysha"],
            &["stephen", "steven", "stefan"],
            &["geoffrey", "jeffrey"],
            &["sean", "shaun", "shawn"],
            &["sara", "sarah"],
            &["philip", "phillip", "filip"],
            &["christopher", "kristofer"],
            &["khan", "kan"],
            &["leigh", "lee"],
            &["niamh", "neve"],
            &["yusuf", "yousef", "yousaf"],
            &["zainab", "zaynab", "saynab"],
            &["hussain", "hussein", "husain"],
        ] {
            for one in alike {
                assert_eq!(sound(one), sound(alike[0]), "{one} and {}", alike[0]);
            }
        }
        for (one, other) in
            [("amira", "mira"), ("bilal", "belle"), ("sana", "zara"), ("noor", "nan"), ("khan", "kane-x")]
        {
            assert_ne!(sound(one), sound(other), "{one} and {other}");
        }
    }

    #[test]
    fn words_of_any_kind_harm_nothing() {
        for word in ["", "a", "x", "yy", "h", "w", "ghgh", "schschsch", "محمد", "5"] {
            let _ = (sound(word), compare_words(word, "a"));
        }
    }
}
