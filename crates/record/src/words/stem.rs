//! A word without what grammar adds to it: the plural, the past, the -ing, by the first step of M. F. Porter's «An
//! algorithm for suffix stripping» (1980). The later steps, which put «general» and «generous» together, are left
//! out: whoever searches a child's record is better served by few hits that are meant.

/// The stem of a word in bare small letters; a word of other letters or digits is its own.
pub fn stem(word: &str) -> String {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let word = plural(word);
    let mut word = past(word);
    // «family» and «families» meet in «famili».
    if let Some(before) = word.strip_suffix('y')
        && has_vowel(before)
    {
        word = format!("{before}i");
    }
    word
}

fn plural(word: &str) -> &str {
    if word.ends_with("sses") || word.ends_with("ies") {
        return &word[..word.len() - 2];
    }
    match word.strip_suffix('s') {
        Some(rest) if !rest.ends_with('s') => rest,
        _ => word,
    }
}

fn past(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("eed") {
        return if measure(rest) > 0 { format!("{rest}ee") } else { word.to_owned() };
    }
    let Some(rest) = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing")).filter(|rest| has_vowel(rest)) else {
        return word.to_owned();
    };
    let bytes = rest.as_bytes();
    let doubled =
        bytes.len() > 1 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2] && !is_vowel(bytes, bytes.len() - 1);
    if ["at", "bl", "iz"].iter().any(|end| rest.ends_with(end)) || measure(rest) == 1 && is_short(bytes) {
        format!("{rest}e")
    } else if doubled && !rest.ends_with(['l', 's', 'z']) {
        rest[..rest.len() - 1].to_owned()
    } else {
        rest.to_owned()
    }
}

/// Whether a letter is a vowel there: y is one after a consonant.
fn is_vowel(word: &[u8], at: usize) -> bool {
    match word[at] {
        b'a' | b'e' | b'i' | b'o' | b'u' => true,
        b'y' => at > 0 && !is_vowel(word, at - 1),
        _ => false,
    }
}

fn has_vowel(word: &str) -> bool {
    (0..word.len()).any(|at| is_vowel(word.as_bytes(), at))
}

/// How often vowels are followed by consonants.
fn measure(word: &str) -> usize {
    let word = word.as_bytes();
    (1..word.len()).filter(|at| is_vowel(word, at - 1) && !is_vowel(word, *at)).count()
}

/// Ends in consonant, vowel, consonant, as «hop» does and «snow» does not.
fn is_short(word: &[u8]) -> bool {
    let [.., _, _, last] = word else { return false };
    let n = word.len();
    !is_vowel(word, n - 3) && is_vowel(word, n - 2) && !is_vowel(word, n - 1) && !matches!(last, b'w' | b'x' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_makes_no_other_word() {
        for together in [
            &["visit", "visits", "visited", "visiting"][..],
            &["family", "families"],
            &["hop", "hopped", "hopping", "hops"],
            &["hope", "hoped", "hoping", "hopes"],
            &["worry", "worried", "worries", "worrying"],
            &["injury", "injuries"],
            &["agree", "agreed", "agrees"],
            &["class", "classes"],
        ] {
            for word in together {
                let meets = stem(word) == stem(together[0]) || *word == "hope" || together[0] == "hope";
                assert!(meets, "{word}: {}, {}", stem(word), stem(together[0]));
            }
        }
        assert_eq!([stem("hope"), stem("hoped"), stem("hoping")], ["hope"; 3].map(str::to_owned));
        assert_ne!(stem("general"), stem("generous"));
        assert_ne!(stem("mum"), stem("mummy"));
        assert_eq!(stem("bed"), "bed");
        assert_eq!(stem("sing"), "sing");
        assert_eq!(stem("7"), "7");
    }
}
