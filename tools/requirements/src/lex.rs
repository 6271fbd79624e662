//! Just enough of Rust's lexical rules to tell code from comments and strings.
//!
//! A parser would know more, but would also refuse a file that is half written, and weigh more than all the rest. What
//! is in a string never counts, so the samples in this tool's own tests are not taken for tests.

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `///` and `/** */`.
    Doc(String),
    /// `//` and `/* */`, and also `//!`, which belongs to what it stands in.
    Comment(String),
    Word(String),
    /// A string, character, number or lifetime: of no interest.
    Literal,
    Mark(char),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    /// From 1: where it begins, and where it ends.
    pub line: usize,
    pub last_line: usize,
}

impl Token {
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }
}

pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if first.is_whitespace() { (None, first.len_utf8()) } else { one(rest, first) };
        let (taken, after) = rest.split_at(length);
        let last_line = line + taken.bytes().filter(|b| *b == b'\n').count();
        if let Some(kind) = kind {
            tokens.push(Token { kind, line, last_line });
        }
        (rest, line) = (after, last_line);
    }
    tokens
}

/// The token that `rest` begins with, and its length in bytes.
fn one(rest: &str, first: char) -> (Option<Kind>, usize) {
    if rest.starts_with("//") {
        let length = rest.find('\n').unwrap_or(rest.len());
        let text = &rest[..length];
        let doc = text.starts_with("///") && !text.starts_with("////");
        return (Some(comment(text, doc)), length);
    }
    if rest.starts_with("/*") {
        let length = block(rest);
        let text = &rest[..length];
        let doc = text.starts_with("/**") && !text.starts_with("/***") && length > 4;
        return (Some(comment(text, doc)), length);
    }
    if let Some(length) = string(rest) {
        return (Some(Kind::Literal), length);
    }
    if first.is_alphabetic() || first == '_' {
        let length = word(rest);
        return (Some(Kind::Word(rest[..length].to_owned())), length);
    }
    if first.is_ascii_digit() {
        return (Some(Kind::Literal), word(rest));
    }
    if first == '\'' {
        return (Some(Kind::Literal), quoted(rest));
    }
    (Some(Kind::Mark(first)), first.len_utf8())
}

fn comment(text: &str, doc: bool) -> Kind {
    if doc { Kind::Doc(text.to_owned()) } else { Kind::Comment(text.to_owned()) }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
}

/// The length of a block comment; they nest.
fn block(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a string of any sort, if one begins here.
fn string(rest: &str) -> Option<usize> {
    let letters = ["br", "cr", "b", "c", "r", ""].iter().find_map(|prefix| {
        let after = rest.strip_prefix(prefix)?;
        let raw = prefix.ends_with('r');
        (after.starts_with('"') || raw && after.starts_with('#')).then_some((prefix.len(), raw))
    });
    let (start, raw) = letters?;
    if raw {
        let hashes = rest[start..].bytes().take_while(|b| *b == b'#').count();
        let open = start + hashes + 1;
        if rest.as_bytes().get(open - 1) != Some(&b'"') {
            return None; // r#type, a word
        }
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(rest[open..].find(&close).map_or(rest.len(), |at| open + at + close.len()));
    }
    Some(until(rest, start + 1, b'"'))
}

/// A character, or a lifetime, which has no second quote.
fn quoted(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match (inside.next(), inside.next()) {
        (Some('\\'), _) => until(rest, 1, b'\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 1 + word(&rest[1..]),
    }
}

/// The place after the closing quote, a backslash hiding what follows it.
fn until(rest: &str, mut at: usize, quote: u8) -> usize {
    while let Some(byte) = rest.as_bytes().get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source).into_iter().filter_map(|token| token.word().map(str::to_owned)).collect()
    }

    #[test]
    fn strings_hold_no_words() {
        assert_eq!(words(r#"a "b \" c" d"#), ["a", "d"]);
        assert_eq!(words("a r#\"b \" c\"# d br\"e\" f b\"g\" h"), ["a", "d", "f", "h"]);
        assert_eq!(words("a \"never closed"), ["a"]);
        assert_eq!(words("a 'b' '\\'' '\u{1F600}' c b'd' e"), ["a", "c", "b", "e"]);
        assert_eq!(words("fn f<'a>(x: &'a str) {}"), ["fn", "f", "x", "str"]);
        assert_eq!(words("x 0x1f 1_000 y"), ["x", "y"]);
        assert_eq!(words("r#type"), ["r", "type"]);
    }

    #[test]
    fn comments_are_told_apart_and_lines_counted() {
        let all = tokens("//! a\n/// b\n// c\n/* d /* e */\n*/ f\n\"g\n\" h");
        let kinds: Vec<_> = all.iter().map(|token| (&token.kind, token.line, token.last_line)).collect();
        assert_eq!(
            kinds,
            [
                (&Kind::Comment("//! a".into()), 1, 1),
                (&Kind::Doc("/// b".into()), 2, 2),
                (&Kind::Comment("// c".into()), 3, 3),
                (&Kind::Comment("/* d /* e */\n*/".into()), 4, 5),
                (&Kind::Word("f".into()), 5, 5),
                (&Kind::Literal, 6, 7),
                (&Kind::Word("h".into()), 7, 7),
            ]
        );
    }

    #[test]
    fn nothing_of_the_text_stops_it() {
        for odd in ["/*", "'", "'\\", "\"\\", "r#\"", "é'é", "#", "b'", "🙂"] {
            tokens(odd);
        }
    }
}
