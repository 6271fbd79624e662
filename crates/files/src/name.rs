//! The name under which a file is kept and downloaded.

use crate::Format;

/// The longest name, in characters, without its end.
const LONGEST: usize = 80;

/// The name that somebody's computer gave a file, made harmless: no folder, no control characters or marks that turn
/// the direction of writing, not too long, and ending in what the file is.
pub fn clean_name(given: &str, format: Format) -> String {
    let own = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = own
        .chars()
        .map(|c| if matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*' | '%' | ';') { '-' } else { c })
        .filter(|c| !c.is_control() && !turns_or_hides(*c))
        .collect();
    let (stem, end) = kept.rsplit_once('.').unwrap_or((kept.as_str(), ""));
    let ends = format.extensions();
    let end_fits = ends.iter().find(|known| end.eq_ignore_ascii_case(known));
    let stem = if end_fits.is_some() || is_end(end) { stem } else { kept.as_str() };
    let short: String = stem.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    let short = short.trim_matches(['.', ' ', '-']);
    let end = end_fits.or(ends.first()).copied().unwrap_or("bin");
    if short.is_empty() { format!("file.{end}") } else { format!("{short}.{end}") }
}

/// Whether the last part of a name is the end that says what a file is, and not part of a sentence.
fn is_end(end: &str) -> bool {
    (1..=5).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Marks that are not seen: they turn the direction of writing («exe.gpj») or hide letters.
const fn turns_or_hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{ad}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 1.3.3, 5.3.2, 5.4.1, 5.4.2
    #[test]
    fn names_are_made_harmless_and_say_what_the_file_is() {
        for (given, format, wanted) in [
            ("our house.png", Format::Png, "our house.png"),
            ("C:\\Users\\sam\\Order 14.3.PDF", Format::Pdf, "Order 14.3.pdf"),
            ("../../etc/passwd", Format::Pdf, "passwd.pdf"),
            ("photo.JPEG", Format::Jpeg, "photo.jpeg"),
            ("invoice.exe", Format::Pdf, "invoice.pdf"),
            ("ann\u{202e}gpj.exe", Format::Jpeg, "anngpj.jpg"),
            ("a\r\nSet-Cookie: x=1.png", Format::Png, "aSet-Cookie- x=1.png"),
            ("", Format::Mp3, "file.mp3"),
            ("...", Format::Gif, "file.gif"),
            ("Llŷr’s drawing no. two and more", Format::Png, "Llŷr’s drawing no. two and more.png"),
        ] {
            assert_eq!(clean_name(given, format), wanted, "{given:?}");
        }
        assert_eq!(clean_name(&"x".repeat(500), Format::Pdf).len(), LONGEST + 4);
    }
}
