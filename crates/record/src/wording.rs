//! Gentle prompts about wording: what the pack asks to think again about, and abbreviations that nobody explained.
//! They never stop anybody.

use std::collections::BTreeSet;

use policy::Pack;

/// What to think again about in a text, each thing once.
pub fn prompts(pack: &Pack, text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let avoid = pack
        .avoid()
        .iter()
        .filter(|avoid| has_phrase(&lower, &avoid.phrase))
        .map(|avoid| format!("«{}»: {}", avoid.phrase, avoid.why));
    let asks = pack.pasted_mail() == policy::pack::PastedMail::AskAgain;
    let mail = (asks && has_pasted_mail(text)).then(|| pack.word("pasted-mail").to_owned());
    mail.into_iter().chain(avoid).chain(abbreviations(pack, text)).collect()
}

/// Whether somebody pasted an e-mail whole: two of its heads close together, the line above an answer, or what the
/// answer quotes (R-OBS-07).
pub fn has_pasted_mail(text: &str) -> bool {
    let lines: Vec<_> = text.lines().map(|line| line.trim().to_lowercase()).filter(|line| !line.is_empty()).collect();
    let heads: Vec<_> = lines.iter().enumerate().filter_map(|(at, line)| Some((at, head(line)?))).collect();
    heads.windows(2).any(|two| two[0].1 != two[1].1 && two[1].0 - two[0].0 <= HEADS_APART)
        || lines.iter().any(|line| announces_mail(line))
        || lines.windows(QUOTED_LINES).any(|some| some.iter().all(|line| line.starts_with('>')))
}

/// How many lines apart two heads of one e-mail stand at most.
const HEADS_APART: usize = 3;
/// How many lines that each begin with `>` are a quotation.
const QUOTED_LINES: usize = 3;

/// Which head of an e-mail this line is.
fn head(line: &str) -> Option<&'static str> {
    ["from", "to", "cc", "sent", "date", "subject"]
        .into_iter()
        .find(|head| line.strip_prefix(head).is_some_and(|rest| rest.starts_with(':')))
}

fn announces_mail(line: &str) -> bool {
    line.starts_with("on ") && line.ends_with(" wrote:")
        || line.starts_with('-') && (line.contains("original message") || line.contains("forwarded message"))
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Abbreviations in capitals that are not explained where they stand («independent reviewing officer (IRO)»).
fn abbreviations(pack: &Pack, text: &str) -> Vec<String> {
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| (2..=6).contains(&word.len()) && word.chars().filter(char::is_ascii_uppercase).count() >= 2)
        .filter(|word| word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
        .filter(|word| !text.contains(&format!("({word})")))
        .collect();
    let explain = |word: &str| match pack.glossary().get(word) {
        Some(meaning) => format!("«{word}» is short for {meaning}. Write it out once, so that the child can read it"),
        None => format!("«{word}» may not be known to the reader. Write it out once"),
    };
    words.into_iter().filter(|word| !ORDINARY.contains(word)).map(explain).collect()
}

/// Abbreviations that everybody knows.
const ORDINARY: [&str; 10] = ["TV", "UK", "OK", "AM", "PM", "GP", "PE", "NHS", "CD", "DVD"];

#[cfg(test)]
mod tests {
    use super::has_pasted_mail;

    /// R-OBS-07: an e-mail that was pasted whole is noticed, and a sentence about one is not.
    #[test]
    fn r_obs_07_a_pasted_e_mail_is_noticed() {
        for mail in [
            "From: A Teacher\nSent: Monday\nTo: Sam\nSubject: lunch\n\nHe had none.",
            "See below.\n\nfrom: school\n\nsubject: lunch",
            "-----Original Message-----\nHe had no lunch.",
            "---------- Forwarded message ----------\nHe had no lunch.",
            "Thank you.\nOn 3 March 2026 at 10:04, Sam Okafor wrote:\nhello",
            "> He had\n> no lunch\n> again",
        ] {
            assert!(has_pasted_mail(mail), "{mail}");
        }
        for note in [
            "",
            "Mrs Khan wrote to me: he had no lunch.",
            "From: what he says, he walked home.\nThen he slept.",
            "To: do is to ring the school.\n\nShe said:\nTo: me it looks the same.",
            "He is > 9 years old",
        ] {
            assert!(!has_pasted_mail(note), "{note}");
        }
    }
}
