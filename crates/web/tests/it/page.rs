//! A page as a browser has it: what it says, its links, and its forms with every box's answer.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::http::{HeaderMap, StatusCode, header};

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Node {
    Element(Element),
    Text(String),
}

/// An element with its attributes.
#[derive(Clone, Debug)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Node>,
}

const VOID: [&str; 9] = ["input", "br", "hr", "img", "meta", "link", "path", "circle", "col"];
const VERBATIM: [&str; 4] = ["textarea", "title", "script", "style"];

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_whitespace().any(|one| one == class)
    }

    /// What is written in it, runs of white space as one space.
    pub fn text(&self) -> String {
        let mut text = String::new();
        gather(&self.children, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What is written in it, to the letter.
    pub fn exact(&self) -> String {
        let mut text = String::new();
        gather(&self.children, &mut text);
        text
    }

    /// Every element in it that fits, in the order of the page.
    pub fn all(&self, fits: &dyn Fn(&Self) -> bool) -> Vec<&Self> {
        let mut found = Vec::new();
        search(&self.children, fits, &mut found);
        found
    }

    pub fn named(&self, name: &str) -> Vec<&Self> {
        self.all(&|element| element.name == name)
    }

    pub fn of_class(&self, class: &str) -> Vec<&Self> {
        self.all(&|element| element.has_class(class))
    }
}

fn gather(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(one) => text.push_str(one),
            Node::Element(element) if matches!(element.name.as_str(), "script" | "style") => {}
            Node::Element(element) => {
                gather(&element.children, text);
                if !matches!(element.name.as_str(), "a" | "span" | "strong" | "em") {
                    text.push(' ');
                }
            }
        }
    }
}

fn search<'a>(nodes: &'a [Node], fits: &dyn Fn(&Element) -> bool, found: &mut Vec<&'a Element>) {
    for node in nodes {
        if let Node::Element(element) = node {
            if fits(element) {
                found.push(element);
            }
            search(&element.children, fits, found);
        }
    }
}

/// Reads a page. One that leaves an element open, or closes one that is not open, is refused.
fn parse(source: &str) -> Result<Element, String> {
    let mut open = vec![Element { name: String::new(), attributes: BTreeMap::new(), children: Vec::new() }];
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        add(&mut open, Node::Text(decode(&rest[..at])));
        let end = at + tag_end(&rest[at..]).ok_or("a tag does not end")?;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim();
            if VOID.contains(&name) {
                continue;
            }
            let element = open.pop().ok_or("nothing is open")?;
            if element.name != name || open.is_empty() {
                return Err(format!("</{name}> closes <{}>", element.name));
            }
            add(&mut open, Node::Element(element));
        } else if !tag.starts_with('!') {
            let element = opening(tag);
            if VOID.contains(&element.name.as_str()) || tag.ends_with('/') {
                add(&mut open, Node::Element(element));
            } else if VERBATIM.contains(&element.name.as_str()) {
                let close = format!("</{}", element.name);
                let until = rest.find(&close).ok_or_else(|| format!("<{}> stays open", element.name))?;
                let inside = &rest[..until];
                // A browser drops the line break right after the tag.
                let inside =
                    if element.name == "textarea" { inside.strip_prefix('\n').unwrap_or(inside) } else { inside };
                let text = if matches!(element.name.as_str(), "script" | "style") {
                    inside.to_owned()
                } else {
                    decode(inside)
                };
                rest = &rest[until + rest[until..].find('>').ok_or("a tag does not end")? + 1..];
                add(&mut open, Node::Element(Element { children: vec![Node::Text(text)], ..element }));
            } else {
                open.push(element);
            }
        }
    }
    add(&mut open, Node::Text(decode(rest)));
    let root = open.pop().ok_or("nothing is open")?;
    if open.is_empty() { Ok(root) } else { Err(format!("<{}> stays open", root.name)) }
}

fn add(open: &mut [Element], node: Node) {
    if let Some(last) = open.last_mut() {
        last.children.push(node);
    }
}

/// Where a tag ends: a `>` outside quotation marks.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(mark), _) if mark == letter => quote = None,
            _ => {}
        }
    }
    None
}

fn opening(tag: &str) -> Element {
    let tag = tag.trim_end_matches('/');
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let close = after.find('"').expect("a value in quotation marks ends");
            value = decode(&after[..close]);
            rest = &after[close + 1..];
        } else {
            assert!(!rest.starts_with('='), "every value of an attribute is in quotation marks: <{tag}>");
        }
        assert!(attributes.insert(key.clone(), value).is_none(), "{key} stands twice in <{tag}>");
    }
    Element { name: name.to_owned(), attributes, children: Vec::new() }
}

/// Entities as letters.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end < 10);
        let letter = end.and_then(|end| match &rest[1..end] {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            "copy" => Some('©'),
            code => {
                let code = code.strip_prefix('#')?;
                let number =
                    code.strip_prefix('x').map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                number.and_then(char::from_u32)
            }
        });
        if let (Some(letter), Some(end)) = (letter, end) {
            out.push(letter);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// What came back: a page, or something else with a status.
#[derive(Clone, Debug)]
pub struct Page {
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub root: Element,
}

impl Page {
    pub fn new(path: &str, status: StatusCode, headers: HeaderMap, body: String) -> Self {
        let html =
            headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
        let body = if html { crate::other::page(body) } else { body };
        let root = if html {
            parse(&body).unwrap_or_else(|wrong| panic!("{path} is not well formed: {wrong}\n{body}"))
        } else {
            Element { name: String::new(), attributes: BTreeMap::new(), children: vec![Node::Text(body.clone())] }
        };
        Self { path: path.to_owned(), status, headers, body, root }
    }

    /// Where it sends the browser; blank when it does not.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}\n{}", self.path, self.location(), self.main());
        self
    }

    /// All that is written on it.
    pub fn text(&self) -> String {
        self.root.text()
    }

    /// What is written in its main part.
    pub fn main(&self) -> String {
        self.root.named("main").first().map_or_else(|| self.text(), |main| main.text())
    }

    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// Whether these letters stand anywhere in what was sent: seen or not, escaped or not.
    pub fn holds(&self, words: &str) -> bool {
        self.body.contains(words) || decode(&self.body).contains(words)
    }

    #[track_caller]
    pub fn must_say(&self, words: &str) {
        assert!(self.says(words), "{} does not say «{words}»:\n{}", self.path, self.main());
    }

    #[track_caller]
    pub fn must_not_hold(&self, words: &str) {
        assert!(!self.holds(words), "{} holds «{words}»:\n{}", self.path, self.main());
    }

    pub fn title(&self) -> String {
        self.root.named("title").first().map_or_else(String::new, |title| title.text())
    }

    /// Every link, with what it says.
    pub fn links(&self) -> Vec<(String, String)> {
        self.root.named("a").iter().map(|link| (link.text(), link.attribute("href").to_owned())).collect()
    }

    /// Where the link leads that says this.
    #[track_caller]
    pub fn link(&self, words: &str) -> String {
        let links = self.links();
        let found = links.iter().find(|(text, _)| text.contains(words));
        found.unwrap_or_else(|| panic!("{} has no link «{words}»: {links:?}", self.path)).1.clone()
    }

    /// Where this child's entry is, on the page that says what stands now.
    #[track_caller]
    pub fn entry_of(&self, child: &str) -> String {
        let links = self.links();
        let found = links.iter().find(|(text, href)| text.starts_with(child) && href.contains("/entries/"));
        found.unwrap_or_else(|| panic!("{} has no entry of {child}: {links:?}", self.path)).1.clone()
    }

    /// The messages of the summary, each with the id that it leads to.
    pub fn problems(&self) -> Vec<(String, String)> {
        let summary = self.root.of_class("govuk-error-summary__list");
        let links = summary.first().map(|summary| summary.named("a")).unwrap_or_default();
        links.iter().map(|link| (link.text(), link.attribute("href").trim_start_matches('#').to_owned())).collect()
    }

    /// The first password that it tells to whoever gives it.
    pub fn first_password(&self) -> String {
        let told = self.root.of_class("ls-key-in-letters");
        told.first().unwrap_or_else(|| panic!("no first password: {}", self.main())).text().trim().to_owned()
    }

    pub fn by_id(&self, id: &str) -> Option<&Element> {
        self.root.all(&|element| element.attribute("id") == id).first().copied()
    }

    /// The form with a button that says this, answered as it stands on the page.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        let holds_it = |form: &&&Element| form.named("button").iter().any(|one| one.text().starts_with(button));
        let forms = self.root.named("form");
        let form = forms
            .iter()
            .find(holds_it)
            .unwrap_or_else(|| panic!("{} has no button «{button}»:\n{}", self.path, self.main()));
        Form::of(form, &self.path)
    }

    pub fn has_button(&self, button: &str) -> bool {
        self.root.named("button").iter().any(|one| one.text().starts_with(button))
    }
}

/// A box of a form: what may be answered, and what is.
#[derive(Clone, Debug)]
struct Box_ {
    name: String,
    value: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// One of these.
    Select(Vec<String>),
    /// Ticked or not.
    Tick {
        on: bool,
        one_of: bool,
    },
}

/// A form on its way.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    boxes: Vec<Box_>,
    /// What each button says, and the name and value that it sends.
    buttons: Vec<(String, String, String)>,
}

impl Form {
    #[track_caller]
    fn of(form: &Element, path: &str) -> Self {
        assert_eq!(form.attribute("method"), "post", "a form of {path} that is not a post");
        let mut boxes = Vec::new();
        for element in form.all(&|element| matches!(element.name.as_str(), "input" | "textarea" | "select")) {
            let name = element.attribute("name").to_owned();
            let value = element.attribute("value").to_owned();
            let on = element.attributes.contains_key("checked");
            let (value, kind) = match (element.name.as_str(), element.attribute("type")) {
                ("textarea", _) => (element.exact(), Kind::Text),
                ("select", _) => {
                    let options = element.named("option");
                    let value_of = |option: &Element| option.attribute("value").to_owned();
                    let chosen =
                        options.iter().find(|option| option.attributes.contains_key("selected")).or(options.first());
                    (
                        chosen.map_or_else(String::new, |option| value_of(option)),
                        Kind::Select(options.iter().map(|o| value_of(o)).collect()),
                    )
                }
                (_, "radio") => (value, Kind::Tick { on, one_of: true }),
                (_, "checkbox") => (value, Kind::Tick { on, one_of: false }),
                _ => (value, Kind::Text),
            };
            if !name.is_empty() && !element.attributes.contains_key("disabled") {
                boxes.push(Box_ { name, value, kind });
            }
        }
        let button = |one: &&Element| (one.text(), one.attribute("name").to_owned(), one.attribute("value").to_owned());
        Self {
            action: form.attribute("action").to_owned(),
            boxes,
            buttons: form.named("button").iter().map(button).collect(),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.boxes.iter().any(|one| one.name == name)
    }

    /// Whether one can choose this.
    pub fn offers(&self, name: &str, value: &str) -> bool {
        let has = |one: &Box_| match &one.kind {
            Kind::Select(values) => values.iter().any(|one| one == value),
            _ => one.value == value,
        };
        self.boxes.iter().any(|one| one.name == name && has(one))
    }

    /// The names of all boxes into which one can type.
    pub fn text_boxes(&self) -> Vec<String> {
        self.boxes
            .iter()
            .filter(|one| one.kind == Kind::Text && !one.name.starts_with('_'))
            .map(|one| one.name.clone())
            .collect()
    }

    /// The answer as it stands; blank when nothing is ticked.
    pub fn value(&self, name: &str) -> String {
        let mut all =
            self.boxes.iter().filter(|one| one.name == name && !matches!(one.kind, Kind::Tick { on: false, .. }));
        all.next().map_or_else(String::new, |one| one.value.clone())
    }

    /// Every value that is ticked.
    pub fn ticked(&self, name: &str) -> Vec<String> {
        let on = |one: &&Box_| one.name == name && matches!(one.kind, Kind::Tick { on: true, .. });
        self.boxes.iter().filter(on).map(|one| one.value.clone()).collect()
    }

    /// Types, chooses or ticks, as the box allows.
    #[must_use]
    #[track_caller]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    #[track_caller]
    pub fn set(&mut self, name: &str, value: &str) {
        let mut known = false;
        for one in self.boxes.iter_mut().filter(|one| one.name == name) {
            match &mut one.kind {
                Kind::Text => {
                    value.clone_into(&mut one.value);
                    known = true;
                }
                Kind::Select(options) => {
                    assert!(
                        options.iter().any(|option| option == value),
                        "{name} does not offer «{value}» but {options:?}"
                    );
                    value.clone_into(&mut one.value);
                    known = true;
                }
                Kind::Tick { on, one_of } => {
                    if one.value == value {
                        *on = true;
                        known = true;
                    } else if *one_of {
                        *on = false;
                        known |= value.is_empty();
                    }
                }
            }
        }
        let names: Vec<_> = self.boxes.iter().map(|one| (&one.name, &one.value)).collect();
        assert!(known, "no box {name} for «{value}» among {names:?}");
    }

    /// Leaves a question unanswered: empties the box, or unticks every choice.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        for one in self.boxes.iter_mut().filter(|one| one.name == name) {
            match &mut one.kind {
                Kind::Tick { on, .. } => *on = false,
                _ => one.value.clear(),
            }
        }
        self
    }

    /// Takes the tick from one of several boxes.
    pub fn untick(&mut self, name: &str, value: &str) {
        for one in self.boxes.iter_mut().filter(|one| one.name == name && one.value == value) {
            if let Kind::Tick { on, .. } = &mut one.kind {
                *on = false;
            }
        }
    }

    /// A box that the page does not have, as somebody with a tool would send it.
    #[must_use]
    pub fn forged(mut self, name: &str, value: &str) -> Self {
        self.boxes.retain(|one| one.name != name);
        self.boxes.push(Box_ { name: name.to_owned(), value: value.to_owned(), kind: Kind::Text });
        self
    }

    /// What a browser sends when this button is pressed.
    #[track_caller]
    pub fn body(&self, button: &str) -> String {
        let (_, name, value) = self
            .buttons
            .iter()
            .find(|(text, ..)| text.starts_with(button))
            .unwrap_or_else(|| panic!("no button «{button}» among {:?}", self.buttons));
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for one in &self.boxes {
            if !matches!(one.kind, Kind::Tick { on: false, .. }) {
                pairs.push((&one.name, &one.value));
            }
        }
        if !name.is_empty() {
            pairs.push((name, value));
        }
        encoded(&pairs)
    }

    /// Every answer but the page's own boxes, as a browser would send it.
    pub fn answers(&self) -> Vec<(String, String)> {
        let kept = |one: &&Box_| {
            !one.name.starts_with('_') && !matches!(one.kind, Kind::Tick { on: false, .. }) && !one.value.is_empty()
        };
        self.boxes.iter().filter(kept).map(|one| (one.name.clone(), one.value.clone())).collect()
    }
}

/// Names and values as a browser encodes them; line breaks as it sends them.
pub fn encoded(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
                b' ' => out.push('+'),
                _ => write!(out, "%{byte:02X}").unwrap(),
            }
        }
        out
    };
    let sent = pairs.iter().map(|(name, value)| {
        let (name, value) = crate::other::typed_box(name, value);
        format!("{}={}", escape(&name), escape(&value))
    });
    sent.collect::<Vec<_>>().join("&")
}
