//! Finds the tests of a Rust source and the requirements that each names.
//!
//! A test is a function with an attribute such as `#[test]` or `#[tokio::test]`, or one handed to a macro of ours that
//! makes tests (a `macro_rules!` with such an attribute in it), by writing it inside or by naming it. A requirement is
//! named in the function's name (`r_vis_07`) or in the comment directly above it (`R-VIS-07`). A test that is ignored
//! does not count: nobody runs it.

use std::collections::BTreeSet;

use crate::catalogue::Id;
use crate::lex::{Kind, Token};

/// The last word of an attribute that makes a test.
const ATTRIBUTES: [&str; 3] = ["test", "rstest", "test_case"];

#[derive(Debug, Default)]
struct Above {
    ids: Vec<Id>,
    test: bool,
    ignored: bool,
}

/// The macros of this source that make tests.
pub fn test_macros(tokens: &[Token]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in 0..tokens.len() {
        if let Some((name, body)) = definition(tokens, at)
            && (body.clone()).any(|at| attribute(tokens, at).is_some_and(|(words, _)| makes_a_test(&words)))
        {
            found.insert(name.to_owned());
        }
    }
    found
}

/// Each test with its requirements, also those that name none.
pub fn tests(tokens: &[Token], macros: &BTreeSet<String>) -> Vec<(String, Vec<Id>)> {
    let mut functions: Vec<(String, Above)> = Vec::new();
    let mut handed: Vec<(String, Vec<Id>)> = Vec::new();
    let mut above = Above::default();
    // Ends of the calls of test macros that we are in, and the depth of what stands directly in each.
    let mut calls: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        calls.retain(|(end, _)| at < *end);
        let directly = calls.last().is_some_and(|(_, inside)| *inside == depth);
        let token = &tokens[at];
        if let Some((_, body)) = definition(tokens, at) {
            at = body.end;
            above = Above::default();
            continue;
        }
        if let Some((words, end)) = attribute(tokens, at) {
            above.test |= makes_a_test(&words);
            above.ignored |= words.first() == Some(&"ignore");
            at = end;
            continue;
        }
        match &token.kind {
            Kind::Doc(text) => above.ids.extend(Id::all_in(text)),
            Kind::Comment(text) => {
                let next = tokens.get(at + 1).map_or(usize::MAX, |next| next.line);
                if text.starts_with("//!") || next > token.last_line + 1 {
                    above = Above::default();
                } else {
                    above.ids.extend(Id::all_in(text));
                }
            }
            Kind::Word(word) if word == "fn" => {
                if let Some(name) = tokens.get(at + 1).and_then(Token::word) {
                    let mut above = std::mem::take(&mut above);
                    above.test |= directly;
                    functions.push((name.to_owned(), above));
                    at += 1;
                }
            }
            Kind::Word(word) if ["pub", "crate", "async", "unsafe", "const"].contains(&word.as_str()) => {}
            Kind::Word(word) if macros.contains(word) && opens_call(tokens, at) => {
                calls.push((close(tokens, at + 2), depth + 1));
                at += 2;
                depth += 1;
                at += 1;
                continue; // what stands above the call belongs to the first that it is handed
            }
            Kind::Word(word) if directly && stands_alone(tokens, at) => {
                handed.push((word.clone(), std::mem::take(&mut above).ids));
            }
            Kind::Mark('(' | '[' | '{') => {
                depth += 1;
                if !token.is('(') {
                    above = Above::default();
                }
            }
            Kind::Mark(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if !token.is(')') {
                    above = Above::default();
                }
            }
            _ => above = Above::default(),
        }
        at += 1;
    }
    gather(functions, &handed)
}

fn gather(functions: Vec<(String, Above)>, handed: &[(String, Vec<Id>)]) -> Vec<(String, Vec<Id>)> {
    let mut tests = Vec::new();
    for (name, above) in functions {
        let call = handed.iter().find(|(other, _)| *other == name);
        if (above.test || call.is_some()) && !above.ignored {
            let also = call.map(|(_, ids)| ids.as_slice()).unwrap_or_default();
            tests.push((name.clone(), named(&name, above.ids.iter().chain(also))));
        }
    }
    for (name, ids) in handed {
        if !tests.iter().any(|(other, _)| other == name) {
            tests.push((name.clone(), named(name, ids.iter())));
        }
    }
    tests
}

fn named<'a>(name: &str, above: impl Iterator<Item = &'a Id>) -> Vec<Id> {
    let ids: BTreeSet<Id> = above.cloned().chain(Id::all_in_name(name)).collect();
    ids.into_iter().collect()
}

fn makes_a_test(words: &[&str]) -> bool {
    words.last().is_some_and(|word| ATTRIBUTES.contains(word))
}

/// `#[path::of::words …]` at `at`: its words before any argument, and the place after it.
fn attribute(tokens: &[Token], at: usize) -> Option<(Vec<&str>, usize)> {
    if !tokens[at].is('#') || !tokens.get(at + 1)?.is('[') {
        return None;
    }
    let inside = tokens[at + 2..].iter().take_while(|token| token.word().is_some() || token.is(':'));
    Some((inside.filter_map(Token::word).collect(), close(tokens, at + 1)))
}

/// `macro_rules! name { … }` at `at`: its name and what it spans.
fn definition(tokens: &[Token], at: usize) -> Option<(&str, std::ops::Range<usize>)> {
    if tokens[at].word() != Some("macro_rules") || !tokens.get(at + 1)?.is('!') {
        return None;
    }
    let name = tokens.get(at + 2)?.word()?;
    Some((name, at + 3..close(tokens, at + 3)))
}

fn opens_call(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|token| token.is('!'))
        && tokens.get(at + 2).is_some_and(|token| ['(', '[', '{'].into_iter().any(|mark| token.is(mark)))
}

/// Whether the word at `at` is a whole argument, or what one begins with (`name, …`, `name => …`, `name: …`).
fn stands_alone(tokens: &[Token], at: usize) -> bool {
    let code = |token: &&Token| !matches!(token.kind, Kind::Doc(_) | Kind::Comment(_));
    let before = tokens[..at].iter().rev().find(code);
    let after = tokens[at + 1..].iter().find(code);
    let any = |token: Option<&Token>, marks: &[char]| token.is_some_and(|token| marks.iter().any(|m| token.is(*m)));
    any(before, &['(', '[', '{', ',', ';']) && any(after, &[')', ']', '}', ',', ';', '=', ':'])
}

/// The place after what closes the bracket at `open`.
fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::lex;

    fn found(source: &str) -> Vec<String> {
        let tokens = lex::tokens(source);
        let tests = tests(&tokens, &test_macros(&tokens));
        let said = tests.into_iter().map(|(name, ids)| {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            format!("{name} {}", ids.join(" ")).trim_end().to_owned()
        });
        said.collect()
    }

    #[test]
    fn by_name_and_by_the_comment_above() {
        let source = "
            /// R-VIS-08: and who was there.
            #[test]
            fn r_vis_07_seen_alone() {}

            #[tokio::test(flavor = \"multi_thread\")]
            // R-TIME-X07
            async fn late() -> anyhow::Result<()> { Ok(()) }

            #[test]
            pub(crate) fn plain() {}
        ";
        assert_eq!(found(source), ["r_vis_07_seen_alone R-VIS-07 R-VIS-08", "late R-TIME-X07", "plain"]);
    }

    #[test]
    fn only_tests_count() {
        let source = "
            //! R-VIS-01
            /// R-VIS-02
            fn helper() {}
            /// R-VIS-03
            struct S { /// R-VIS-04
                a: u8 }
            #[cfg(test)]
            mod tests {
                // R-VIS-05 is about what follows

                #[test]
                fn first() { let s = \"#[test] fn r_vis_06_no() {}\"; fn r_vis_07_inner() {} }
                #[test]
                #[ignore = \"slow\"]
                fn r_vis_08_ignored() {}
            }
        ";
        assert_eq!(found(source), ["first"]);
    }

    #[test]
    fn inside_a_macro_that_others_made() {
        let source = "proptest! {
            #![proptest_config(few())]
            /// R-INT-02
            #[test]
            fn comes_back_whole(leaf in leaves(), bit in 0..8_u8) { r_vis_01(); }
        }";
        assert_eq!(found(source), ["comes_back_whole R-INT-02"]);
    }

    const BOTH: &str = "
        macro_rules! both_engines {
            ($($name:ident),*) => { $( #[tokio::test] async fn $name() { super::$name(&any()).await } )* };
        }
    ";

    #[test]
    fn named_to_a_macro_of_ours() {
        let source = format!(
            "{BOTH}
            both_engines!(freezes, // R-OBS-01
                r_vis_02_held, other);
            /// R-BAS-12
            async fn freezes(db: &Db) {{}}
            /// R-BAS-13
            async fn helper(db: &Db) {{}}
            // R-STD-01
            both_engines! {{ alone }}
            "
        );
        assert_eq!(found(&source), ["freezes R-BAS-12", "r_vis_02_held R-OBS-01 R-VIS-02", "other", "alone R-STD-01"]);
    }

    #[test]
    fn written_inside_a_macro_of_ours() {
        let source = format!(
            "{BOTH}
            both_engines! {{
                /// R-BAS-12
                async fn one(db: &Db) {{ fn r_vis_01_inner() {{}} }}
                async fn r_vis_02_two(db: &Db) {{ call(a, b); }}
            }}
            fn r_vis_03_after() {{}}
            "
        );
        assert_eq!(found(&source), ["one R-BAS-12", "r_vis_02_two R-VIS-02"]);
    }

    #[test]
    fn a_macro_that_makes_no_tests() {
        assert_eq!(found("macro_rules! ids { ($n:ident) => { struct $n; } } ids!(r_vis_01);"), [] as [&str; 0]);
    }
}
