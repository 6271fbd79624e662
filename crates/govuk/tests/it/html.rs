//! HTML in a form in which only differences that a browser would show remain.
//!
//! Attributes are sorted, runs of white space are one space, and white space beside or directly
//! inside a block is dropped. Between words and inline elements it stays, because there it is seen.
//! Markup that is not well formed is refused, which catches an element left open.

use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Element { name: String, attributes: BTreeMap<String, String>, children: Vec<Node> },
    Text(String),
}

const VOID: [&str; 8] = ["input", "br", "hr", "img", "meta", "link", "path", "circle"];
const INLINE: [&str; 10] = ["a", "span", "strong", "em", "b", "i", "code", "abbr", "small", "br"];

/// The canonical form, one node a line.
pub fn canonical(nodes: &[Node]) -> String {
    let mut out = String::new();
    write_nodes(&mut out, &tidy(nodes, true), 0);
    out
}

pub fn parse(source: &str) -> Result<Vec<Node>, String> {
    let mut open: Vec<(String, BTreeMap<String, String>, Vec<Node>)> =
        vec![(String::new(), BTreeMap::new(), Vec::new())];
    let mut rest = source;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            add(&mut open, Node::Text(decode(rest)));
            break;
        };
        if at > 0 {
            add(&mut open, Node::Text(decode(&rest[..at])));
        }
        let end = tag_end(&rest[at..]).ok_or("a tag that does not end")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if VOID.contains(&name.trim()) {
                continue;
            }
            let (opened, attributes, children) = open.pop().ok_or("nothing is open")?;
            if opened != name.trim() || open.is_empty() {
                return Err(format!("</{name}> closes <{opened}>"));
            }
            add(&mut open, Node::Element { name: opened, attributes, children });
        } else if !tag.starts_with('!') {
            let (name, attributes) = opening(tag)?;
            if VOID.contains(&name.as_str()) {
                add(&mut open, Node::Element { name, attributes, children: Vec::new() });
            } else {
                open.push((name, attributes, Vec::new()));
            }
        }
    }
    let (name, _, children) = open.pop().ok_or("nothing is open")?;
    if name.is_empty() { Ok(children) } else { Err(format!("<{name}> stays open")) }
}

/// Takes out every element with a class that the test does not want to see.
pub fn without(nodes: Vec<Node>, unwanted: &impl Fn(&str) -> bool) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::new();
    for node in nodes {
        match (node, kept.last_mut()) {
            (Node::Text(text), Some(Node::Text(before))) => before.push_str(&text),
            (Node::Text(text), _) => kept.push(Node::Text(text)),
            (Node::Element { name, attributes, children }, _) => {
                if !unwanted(attributes.get("class").map_or("", String::as_str)) {
                    let children = without(children, unwanted);
                    kept.push(Node::Element { name, attributes, children });
                }
            }
        }
    }
    kept
}

fn add(open: &mut [(String, BTreeMap<String, String>, Vec<Node>)], node: Node) {
    if let Some((_, _, children)) = open.last_mut() {
        children.push(node);
    }
}

/// Where a tag ends: the first `>` that is not in quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

fn opening(tag: &str) -> Result<(String, BTreeMap<String, String>), String> {
    let tag = tag.trim_end_matches('/');
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').ok_or("an attribute that does not end")?;
            value = &quoted[..close];
            rest = &quoted[close + 1..];
        } else if rest.starts_with('=') {
            return Err(format!("{key} without quotes"));
        }
        let value = decode(value);
        let value = match key.as_str() {
            // Classes are a set; descriptions are read out in their order.
            "class" => {
                let mut classes: Vec<&str> = value.split_whitespace().collect();
                classes.sort_unstable();
                classes.join(" ")
            }
            "aria-describedby" => value.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => value,
        };
        if attributes.insert(key.clone(), value).is_some() {
            return Err(format!("{key} twice in <{name}>"));
        }
    }
    Ok((name.to_lowercase(), attributes))
}

fn decode(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find(';').and_then(|end| Some((entity(&rest[1..end])?, end)));
        let (character, length) = known.map_or(('&', 1), |(character, end)| (character, end + 1));
        out.push(character);
        rest = &rest[length..];
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "ctdot" => '⋯',
        "hellip" => '…',
        _ => char::from_u32(name.strip_prefix('#')?.parse().ok()?)?,
    })
}

fn is_inline(node: &Node) -> bool {
    match node {
        Node::Element { name, .. } => INLINE.contains(&name.as_str()),
        Node::Text(_) => true,
    }
}

fn collapse(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if !matches!(character, ' ' | '\n' | '\t' | '\r') {
            out.push(character);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn tidy(nodes: &[Node], in_block: bool) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        match node {
            Node::Text(text) => {
                let text = collapse(text);
                let mut text = text.as_str();
                let beside_block = |other: Option<&Node>| other.map_or(in_block, |o| !is_inline(o));
                if beside_block(at.checked_sub(1).and_then(|before| nodes.get(before))) {
                    text = text.trim_start_matches(' ');
                }
                if beside_block(nodes.get(at + 1)) {
                    text = text.trim_end_matches(' ');
                }
                if !text.is_empty() {
                    out.push(Node::Text(text.to_owned()));
                }
            }
            Node::Element { name, attributes, children } => out.push(Node::Element {
                name: name.clone(),
                attributes: attributes.clone(),
                children: if name == "textarea" || name == "pre" {
                    children.clone()
                } else {
                    tidy(children, !is_inline(node))
                },
            }),
        }
    }
    out
}

fn write_nodes(out: &mut String, nodes: &[Node], depth: usize) {
    for node in nodes {
        let _ = write!(out, "{}", "  ".repeat(depth));
        match node {
            Node::Text(text) => {
                let _ = writeln!(out, "{text:?}");
            }
            Node::Element { name, attributes, children } => {
                let _ = write!(out, "<{name}");
                for (key, value) in attributes {
                    let _ = write!(out, " {key}={value:?}");
                }
                out.push_str(">\n");
                write_nodes(out, children, depth + 1);
            }
        }
    }
}

#[test]
fn white_space_counts_only_where_it_is_seen() {
    let form = |html: &str| canonical(&parse(html).expect("well formed"));
    let same = |a: &str, b: &str| form(a) == form(b);
    assert!(same("<p b=\"1\" a=\"2\">\n x\n  y </p>", "<p a=\"2\" b=\"1\">x y</p>"));
    assert!(!same("<p>x<span> y</span></p>", "<p>x<span>y</span></p>"));
    assert!(!same("<textarea>x</textarea>", "<textarea> x</textarea>"));
    assert!(same("<p>&lt;&#39;</p>", "<p>&#60;'</p>"));
    assert!(parse("<p><b></p></b>").is_err());
}
