//! An entry and a chronology as they stand on paper, and what every paper says of itself.

use casework::{
    chronologies::Made,
    printing::{Order, REASONS, WholeChronology},
    reading::{EntryPage, Header},
};
use paper::{Block, Document, Voice};
use record::{chronology::field, time::day_in_words};
use store::Db;

use crate::{
    record::{
        chronologies,
        chronology::rows,
        view::{EntryView, Reader, mark},
    },
    words,
};

/// The document with what every paper says: whose record, that it is confidential, who printed it, when and why
/// (R-ACC-10, R-ACC-11). Without an order nobody has printed it yet.
pub fn framed(db: &Db, header: &Header, document: Document, order: Option<&Order>) -> Document {
    let pack = db.pack();
    let now = db.now();
    let printed = order.map_or_else(String::new, |order| {
        let by = [&order.by.name, &order.by.designation, &order.by.team];
        let by: Vec<_> = by.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
        format!("Printed {} by {}. {}.", words::moment(now), by.join(", "), pack.label(REASONS, &order.why))
    });
    let full = header.who.name.clone().filter(|name| name != header.called()).map(|name| format!(" ({name})"));
    let mut notice = document.notice;
    notice.extend([printed.clone(), format!("{} {}", pack.word("confidential-duty"), pack.word("print-destroy"))]);
    notice.retain(|line| !line.is_empty());
    Document {
        about: format!(
            "{}{} · {} · R-{}",
            header.called(),
            full.unwrap_or_default(),
            words::age_and_birth(&header.who, now.day()),
            header.number
        ),
        marking: pack.word("confidential").to_owned(),
        running: format!("R-{}", header.number),
        foot: printed,
        notice,
        made: now.utc(),
        ..document
    }
}

/// One entry: the date of the event large, then what was written, each voice set apart.
pub fn entry(db: &Db, page: &EntryPage) -> Document {
    let reader = Reader {
        record: page.header.record,
        pack: db.pack(),
        packs: db.packs(),
        people: &page.people,
        colleagues: &page.colleagues,
        refers_to: &page.refers_to,
    };
    let mut view = reader.entry(&page.stored);
    view.mark = page.right.mark.as_ref().map(|one| mark((page.stored.record, page.stored.entry), one));
    let at = if view.time.is_empty() { view.day.clone() } else { format!("{}, {}", view.day, view.time) };
    let mut blocks = told(&view);
    // What was put right later, or fulfilled what is planned here: whoever has the paper alone must know of it.
    if !page.referred_by.is_empty() {
        blocks.push(Block::Heading { text: "Entries that refer to this one".to_owned() });
    }
    for link in &page.referred_by {
        let field = db.pack().form(&link.from.form).and_then(|form| form.field(&link.field));
        let why = field.map_or_else(String::new, |field| format!(" ({})", field.label));
        let text = format!("{}{why}", words::entry(db.pack(), &link.from));
        blocks.push(Block::Said { margin: String::new(), text, voice: Voice::default() });
    }
    Document { title: format!("{}: {at}", view.title), blocks, ..Document::default() }
}

fn quiet(text: String) -> Block {
    Block::Quiet { text }
}

/// What an entry says, block by block.
pub fn told(view: &EntryView) -> Vec<Block> {
    let mut blocks = Vec::new();
    let plain = |margin: &str, text: &str| Block::Said {
        margin: margin.to_owned(),
        text: text.to_owned(),
        voice: Voice::default(),
    };
    let mut written = view.written.clone();
    if let Some(first) = written.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    blocks.push(quiet(format!("{written}.")));
    if let Some(mark) = &view.mark {
        blocks.push(plain("", &mark.text));
    }
    if !view.moved.is_empty() {
        blocks.push(plain("", &view.moved));
    }
    if let Some((why, _)) = &view.amends {
        blocks.push(plain("", why));
    }
    if let Some(voice) = &view.voice {
        blocks.push(plain("", &voice.word));
    }
    if !view.informant.is_empty() {
        blocks.push(plain("", &format!("Told by {}; the writer was not there.", view.informant)));
    }
    if !view.headline.is_empty() {
        blocks.push(plain("", &format!("In the chronology: {}", view.headline)));
    }
    for (title, answers) in &view.sections {
        if !title.is_empty() {
            blocks.push(Block::Heading { text: title.clone() });
        }
        for answer in answers {
            blocks.push(Block::Question { text: answer.label.clone() });
            blocks.extend(answer.paragraphs.iter().map(|paragraph| Block::Said {
                margin: paragraph.margin.clone(),
                text: paragraph.text.clone(),
                voice: voice(&paragraph.classes),
            }));
            if !answer.reason.is_empty() {
                blocks.push(plain("reason", &answer.reason));
            }
        }
    }
    if !view.late.is_empty() {
        blocks.push(quiet(format!("{}.", view.late)));
    }
    if !view.second.is_empty() {
        blocks.push(quiet(format!("A second record of the same contact, because: {}.", view.second)));
    }
    blocks
}

/// A voice on paper: italic where the pack says so, and with a line at its edge, since paper is often grey.
pub fn voice(classes: &str) -> Voice {
    let has = |class: &str| classes.split(' ').any(|one| one.starts_with(class));
    Voice { italic: has("ls-italic"), edge: has("ls-voice") }
}

/// The chronology from past to present.
pub fn chronology(db: &Db, page: &WholeChronology) -> Document {
    let rows = rows(db.pack(), &page.rows);
    let mut notice = Vec::new();
    if let (Some(first), Some(last)) = (page.rows.first(), page.rows.last()) {
        let count = words::count(page.rows.len(), "event", "events");
        notice.push(format!("{count}, from {} to {}, oldest first.", day_in_words(first.day), day_in_words(last.day)));
    }
    if page.older_left_out {
        notice.push("The record has older events, which are not on this paper.".to_owned());
    }
    let blocks = if rows.is_empty() {
        vec![quiet("Nothing stands in the chronology yet.".to_owned())]
    } else {
        vec![Block::Table {
            summary: "The chronology, oldest first: the day, what happened, and the kind of entry that says so"
                .to_owned(),
            head: vec!["Day".to_owned(), "What happened".to_owned(), "From".to_owned()],
            widths: vec![5, 11, 4],
            rows: rows
                .into_iter()
                .map(|row| {
                    let day = if row.time.is_empty() { row.day } else { format!("{}, {}", row.day, row.time) };
                    vec![day, row.headline, row.source]
                })
                .collect(),
        }]
    };
    Document { title: "Chronology".to_owned(), notice, blocks, ..Document::default() }
}

/// A chronology made for a purpose, from past to present: each event with why it matters, what it did to the child, and
/// what it comes from.
pub fn made_chronology(db: &Db, page: &Made) -> Document {
    let pack = db.pack();
    let mut notice = vec![chronologies::purpose(pack, &page.stored.content)];
    notice.push(chronologies::text(&page.stored.content, field::QUESTION));
    notice.push(format!("{}, oldest first.", words::count(page.rows.len(), "event", "events")));
    let said = |margin: &str, text: &str| Block::Said {
        margin: margin.to_owned(),
        text: text.to_owned(),
        voice: Voice::default(),
    };
    let mut blocks = Vec::new();
    for row in &page.rows {
        blocks.push(Block::Heading { text: format!("{}: {}", day_in_words(row.day), row.headline) });
        if row.kept {
            continue;
        }
        let told = [
            ("Why it matters", &row.significance),
            ("For the child at the time", &row.effect_now),
            ("Together with what came before", &row.effect_together),
        ];
        for (question, text) in told.into_iter().filter(|(_, text)| !text.is_empty()) {
            blocks.push(Block::Question { text: question.to_owned() });
            blocks.push(said("", text));
        }
        let source = row.source.and_then(|source| page.sources.get(&source));
        let from = source.map_or_else(|| row.known_from.clone(), |brief| words::entry(pack, brief));
        blocks.push(quiet(format!("From: {}.", if from.is_empty() { "not said" } else { &from })));
    }
    Document { title: chronologies::text(&page.stored.content, field::NAME), notice, blocks, ..Document::default() }
}
