//! What one version of an entry says, whole in itself, and the exact bytes that are sealed and committed to.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use ledger::encode::{DecodeError, Reader, Writer};

use policy::{FileKind, form::Stands};

use crate::{
    answer::{Action, Address, Answer, Answered, Document, Named, Passage, Sent, Shown, Signed},
    id::PersonId,
    right::{Amends, Away, Moved, Right},
    time::Moment,
};

/// Who wrote an entry, as they were then (R-OBS-06): a later promotion or marriage changes nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The member of staff.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Designation: Social worker, Team manager …
    pub designation: String,
    /// Team.
    pub team: String,
}

/// One version of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The form's name.
    pub form: String,
    /// The form's version.
    pub form_version: u32,
    /// Who wrote it.
    pub author: Author,
    /// The day it happened: what orders the record (R-BAS-22).
    pub happened_on: Date,
    /// The time of day it happened, where known.
    pub happened_at: Option<Time>,
    /// When it was completed (R-OBS-02: apart from when it happened).
    pub written: Moment,
    /// Who gave the information, if not the writer (R-OBS-05).
    pub informant: Option<String>,
    /// The headline under which it stands in the chronology, if it does (R-CHR-04).
    pub headline: Option<String>,
    /// Lateness, where it was late (R-TIME-X07).
    pub late: Option<Late>,
    /// Why a second record of the same contact was made (R-VIS-12).
    pub second_because: Option<String>,
    /// For which colleague it was written, by somebody who stands in for them.
    pub on_behalf_of: Option<Colleague>,
    /// What it has to do with an entry that was wrong.
    pub right: Right,
    /// Whether somebody must authorise it, and whether it stands before that; none for most.
    pub needs: Option<Stands>,
    /// The answers.
    pub answers: BTreeMap<String, Answered>,
}

/// A member of staff for whom somebody stands in, as they were then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The member of staff.
    pub person: PersonId,
    /// Full name.
    pub name: String,
}

/// That an entry was completed after its limit, or that what it tells was done after the day by which it was due; and
/// why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The limit in words: «3 working days»; «“First review” was due by Monday 2 March 2026».
    pub limit: String,
    /// How long after it was written, in words: «6 working days»; blank where it was written in time.
    pub taken: String,
    /// The reason given.
    pub reason: String,
}

const KIND: &str = "content";
/// What most entries are written in.
const PLAIN: u8 = 1;
/// What is written on behalf of somebody says so in one more part.
const ON_BEHALF: u8 = 2;
/// What has to do with an entry that was wrong says so in more parts.
const PUT_RIGHT: u8 = 3;
/// What must be authorised says so beside all of that.
const TO_AUTHORISE: u8 = 4;

impl Content {
    /// When it was first said: what an amendment says has the place of what it amends.
    pub fn first_written(&self) -> Moment {
        self.right.amends.as_ref().map_or(self.written, |amends| amends.first)
    }

    /// When the act was done that wrote it: for what was moved, when it was moved.
    pub fn kept_at(&self) -> Moment {
        self.right.moved.as_ref().map_or(self.written, |moved| moved.at)
    }

    /// Whether it stands only once somebody has authorised it.
    pub fn waits(&self) -> bool {
        self.needs == Some(Stands::Authorised)
    }

    /// Whether it was written late: what it tells may have been done late and written at once.
    pub fn was_written_late(&self) -> bool {
        self.late.as_ref().is_some_and(|late| !late.taken.is_empty())
    }

    const fn in_version(&self) -> u8 {
        match (self.needs, &self.on_behalf_of, self.right.is_blank()) {
            (Some(_), ..) => TO_AUTHORISE,
            (None, _, false) => PUT_RIGHT,
            (None, Some(_), true) => ON_BEHALF,
            (None, None, true) => PLAIN,
        }
    }

    /// The answer to a field.
    pub fn answer(&self, field: &str) -> Option<&Answer> {
        self.answers.get(field).map(|answered| &answered.answer)
    }

    /// The canonical bytes: versioned, length-prefixed, every field in a fixed order.
    pub fn to_bytes(&self) -> Vec<u8> {
        let version = self.in_version();
        let mut w = Writer::new(KIND, version);
        w.put_text(&self.form).put_u32(self.form_version);
        put_author(&mut w, &self.author);
        w.put_text(&self.happened_on.to_string());
        put_text_option(&mut w, self.happened_at.map(crate::time::time_in_words).as_deref());
        w.put_text(&self.written.to_string());
        put_text_option(&mut w, self.informant.as_deref());
        put_text_option(&mut w, self.headline.as_deref());
        w.put_option(self.late.as_ref(), |w, late| {
            w.put_text(&late.limit).put_text(&late.taken).put_text(&late.reason);
        });
        put_text_option(&mut w, self.second_because.as_deref());
        if version >= PUT_RIGHT {
            w.put_option(self.on_behalf_of.as_ref(), put_colleague);
            put_right(&mut w, &self.right);
            if let Some(needs) = self.needs {
                w.put_bool(needs == Stands::Authorised);
            }
        } else if let Some(colleague) = &self.on_behalf_of {
            put_colleague(&mut w, colleague);
        }
        let answers: Vec<_> = self.answers.iter().collect();
        w.put_list(&answers, |w, (field, answered)| {
            w.put_text(field);
            put_text_option(w, answered.reason.as_deref());
            put_answer(w, &answered.answer);
        });
        w.finish()
    }

    /// Reads canonical bytes back.
    ///
    /// # Errors
    /// Bytes that are not such bytes, to the last one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::open(bytes, KIND)?;
        let version = r.version();
        if ![PLAIN, ON_BEHALF, PUT_RIGHT, TO_AUTHORISE].contains(&version) {
            return Err(DecodeError::Version(version));
        }
        let r = &mut r;
        let content = Self {
            form: owned(r)?,
            form_version: r.u32()?,
            author: author(r)?,
            happened_on: parsed(r)?,
            happened_at: r.option(|r| parse_time(r.text()?).map_err(|_| UNREADABLE))?,
            written: parsed(r)?,
            informant: r.option(owned)?,
            headline: r.option(owned)?,
            late: r.option(|r| Ok(Late { limit: owned(r)?, taken: owned(r)?, reason: owned(r)? }))?,
            second_because: r.option(owned)?,
            on_behalf_of: match version {
                ON_BEHALF => Some(colleague(r)?),
                PUT_RIGHT | TO_AUTHORISE => r.option(colleague)?,
                _ => None,
            },
            right: if version >= PUT_RIGHT { right(r)? } else { Right::default() },
            needs: match version {
                TO_AUTHORISE if r.bool()? => Some(Stands::Authorised),
                TO_AUTHORISE => Some(Stands::Completed),
                _ => None,
            },
            answers: r
                .list(|r| {
                    let field = owned(r)?;
                    let reason = r.option(owned)?;
                    Ok((field, Answered { reason, answer: answer(r)? }))
                })?
                .into_iter()
                .collect(),
        };
        r.clone().finish()?;
        // The same content has one writing only: what reads back must be what was read.
        if content.to_bytes() == bytes { Ok(content) } else { Err(UNREADABLE) }
    }
}

/// Reads `15:20`, also `1520`, `15.20`, `3:20pm` and `3pm`.
///
/// # Errors
/// What is not a time of day.
pub fn parse_time(text: &str) -> Result<Time, NotATime> {
    let lower = text.trim().to_ascii_lowercase().replace([' ', '.'], ":");
    let (digits, afternoon) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(rest), _) => (rest, Some(true)),
        (_, Some(rest)) => (rest, Some(false)),
        _ => (lower.as_str(), None),
    };
    let digits = digits.trim_matches(':');
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) => (hour, minute),
        None if digits.len() == 4 => digits.split_at(2),
        None if afternoon.is_some() => (digits, "0"),
        None => return Err(NotATime),
    };
    let number = |text: &str| text.parse::<i8>().map_err(|_| NotATime);
    let hour = match (number(hour)?, afternoon) {
        (12, Some(false)) => 0,
        (hour @ 1..=11, Some(true)) => hour + 12,
        (hour, _) => hour,
    };
    Time::new(hour, number(minute)?, 0, 0).map_err(|_| NotATime)
}

/// A text that is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day")]
pub struct NotATime;

const UNREADABLE: DecodeError = DecodeError::Code { at: 0, code: 0 };

fn put_text_option(w: &mut Writer, text: Option<&str>) {
    w.put_option(text, |w, text| {
        w.put_text(text);
    });
}

fn owned(r: &mut Reader<'_>) -> Result<String, DecodeError> {
    r.text().map(str::to_owned)
}

fn parsed<T: std::str::FromStr>(r: &mut Reader<'_>) -> Result<T, DecodeError> {
    r.text()?.parse().map_err(|_| UNREADABLE)
}

fn put_author(w: &mut Writer, author: &Author) {
    w.put_text(&author.person.to_string()).put_text(&author.name);
    w.put_text(&author.designation).put_text(&author.team);
}

fn author(r: &mut Reader<'_>) -> Result<Author, DecodeError> {
    Ok(Author { person: parsed(r)?, name: owned(r)?, designation: owned(r)?, team: owned(r)? })
}

fn put_colleague(w: &mut Writer, colleague: &Colleague) {
    w.put_text(&colleague.person.to_string()).put_text(&colleague.name);
}

fn colleague(r: &mut Reader<'_>) -> Result<Colleague, DecodeError> {
    Ok(Colleague { person: parsed(r)?, name: owned(r)? })
}

fn put_right(w: &mut Writer, right: &Right) {
    w.put_option(right.amends.as_ref(), |w, amends| {
        w.put_text(&amends.entry.to_string()).put_text(&amends.first.to_string()).put_text(&amends.why);
        put_text_option(w, amends.approval_of.map(|person| person.to_string()).as_deref());
    });
    w.put_option(right.moved.as_ref(), |w, moved| {
        w.put_text(&moved.from.to_string()).put_text(&moved.entry.to_string());
        put_author(w, &moved.by);
        w.put_text(&moved.at.to_string()).put_text(&moved.why);
    });
    w.put_option(right.away.as_ref(), |w, away| {
        w.put_text(&away.to.to_string()).put_text(&away.form).put_text(&away.why);
        w.put_list(&away.took, |w, (here, there)| {
            w.put_text(&here.to_string()).put_text(&there.to_string());
        });
    });
}

fn right(r: &mut Reader<'_>) -> Result<Right, DecodeError> {
    Ok(Right {
        amends: r.option(|r| {
            Ok(Amends { entry: parsed(r)?, first: parsed(r)?, why: owned(r)?, approval_of: r.option(parsed)? })
        })?,
        moved: r.option(|r| {
            Ok(Moved { from: parsed(r)?, entry: parsed(r)?, by: author(r)?, at: parsed(r)?, why: owned(r)? })
        })?,
        away: r.option(|r| {
            let (to, form, why) = (parsed(r)?, owned(r)?, owned(r)?);
            Ok(Away { to, took: r.list(|r| Ok((parsed(r)?, parsed(r)?)))?, form, why })
        })?,
    })
}

fn put_answer(w: &mut Writer, answer: &Answer) {
    match answer {
        Answer::Text(text) => w.put_u8(1).put_text(text),
        Answer::Passages(passages) => w.put_u8(2).put_list(passages, |w, passage| {
            put_text_option(w, passage.nature.as_deref());
            put_text_option(w, passage.who.as_deref());
            w.put_text(&passage.text);
            put_text_option(w, passage.only_for.map(|record| record.to_string()).as_deref());
        }),
        Answer::Date(day) => w.put_u8(3).put_text(&day.to_string()),
        Answer::Number(number) => w.put_u8(4).put_text(&number.to_string()),
        Answer::YesNo(yes) => w.put_u8(5).put_bool(*yes),
        Answer::Code(code) => w.put_u8(6).put_text(code),
        Answer::Codes(codes) => w.put_u8(7).put_list(codes, |w, code| {
            w.put_text(code);
        }),
        Answer::Person(person) => w.put_u8(8).put_text(&person.to_string()),
        Answer::People(people) => w.put_u8(9).put_list(people, |w, named| {
            put_text_option(w, named.person.map(|person| person.to_string()).as_deref());
            w.put_text(&named.name).put_text(&named.role);
        }),
        Answer::Address(address) => {
            w.put_u8(10).put_text(&address.lines).put_text(&address.town).put_text(&address.postcode)
        }
        Answer::Team(team) => w.put_u8(11).put_text(&team.to_string()),
        Answer::Actions(actions) => w.put_u8(12).put_list(actions, |w, action| {
            w.put_text(&action.what).put_text(&action.who);
            put_text_option(w, action.by.map(|day| day.to_string()).as_deref());
        }),
        Answer::Entry(entry) => w.put_u8(13).put_text(&entry.to_string()),
        Answer::Documents(documents) => w.put_u8(14).put_list(documents, |w, document| {
            put_sent(w, &document.sent);
            w.put_text(&document.says);
        }),
        Answer::Table(rows) => w.put_u8(15).put_list(rows, |w, row| {
            w.put_list(row, |w, (column, cell)| {
                w.put_text(column).put_text(cell);
            });
        }),
        Answer::Signatures(signed) => w.put_u8(16).put_list(signed, |w, one| {
            w.put_text(&one.name).put_text(&one.on.to_string()).put_text(&one.how);
        }),
    };
}

fn answer(r: &mut Reader<'_>) -> Result<Answer, DecodeError> {
    Ok(match r.code(Some)? {
        1 => Answer::Text(owned(r)?),
        2 => Answer::Passages(r.list(|r| {
            Ok(Passage {
                nature: r.option(owned)?,
                who: r.option(owned)?,
                text: owned(r)?,
                only_for: r.option(parsed)?,
            })
        })?),
        3 => Answer::Date(parsed(r)?),
        4 => Answer::Number(parsed(r)?),
        5 => Answer::YesNo(r.bool()?),
        6 => Answer::Code(owned(r)?),
        7 => Answer::Codes(r.list(owned)?),
        8 => Answer::Person(parsed(r)?),
        9 => Answer::People(r.list(|r| Ok(Named { person: r.option(parsed)?, name: owned(r)?, role: owned(r)? }))?),
        10 => Answer::Address(Address { lines: owned(r)?, town: owned(r)?, postcode: owned(r)? }),
        11 => Answer::Team(parsed(r)?),
        12 => Answer::Actions(r.list(|r| Ok(Action { what: owned(r)?, who: owned(r)?, by: r.option(parsed)? }))?),
        13 => Answer::Entry(parsed(r)?),
        14 => Answer::Documents(r.list(|r| Ok(Document { sent: sent(r)?, says: owned(r)? }))?),
        15 => Answer::Table(r.list(|r| r.list(|r| Ok((owned(r)?, owned(r)?))))?),
        16 => Answer::Signatures(r.list(|r| Ok(Signed { name: owned(r)?, on: parsed(r)?, how: owned(r)? }))?),
        _ => return Err(UNREADABLE),
    })
}

fn put_sent(w: &mut Writer, sent: &Sent) {
    w.put_text(&sent.file.to_string()).put_text(&sent.name).put_text(sent.kind.name()).put_text(&sent.media);
    w.put_u64(sent.bytes).put_fixed(&sent.print);
    w.put_option(sent.shown.as_ref(), |w, shown| {
        w.put_u64(shown.bytes).put_fixed(&shown.print).put_u32(shown.width).put_u32(shown.height);
    });
    w.put_bool(sent.scanned);
}

fn sent(r: &mut Reader<'_>) -> Result<Sent, DecodeError> {
    Ok(Sent {
        file: parsed(r)?,
        name: owned(r)?,
        kind: {
            let name = r.text()?;
            FileKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or(UNREADABLE)?
        },
        media: owned(r)?,
        bytes: r.u64()?,
        print: r.fixed()?,
        shown: r.option(|r| Ok(Shown { bytes: r.u64()?, print: r.fixed()?, width: r.u32()?, height: r.u32()? }))?,
        scanned: r.bool()?,
    })
}

impl Sent {
    /// The canonical bytes: what is sealed beside a file that is not part of an entry yet.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new("sent file", 1);
        put_sent(&mut w, self);
        w.finish()
    }

    /// Reads the canonical bytes back; none when they are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut r = Reader::open(bytes, "sent file").ok().filter(|r| r.version() == 1)?;
        let read = sent(&mut r).ok()?;
        r.finish().ok()?;
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn sample_document(picture: bool) -> Document {
        let shown = Shown { bytes: 9, print: [3; 32], width: 640, height: 480 };
        Document {
            sent: Sent {
                file: "04h00000000000000000000000".parse().unwrap(),
                name: "our house.png".into(),
                kind: if picture { FileKind::Picture } else { FileKind::Sound },
                media: "image/png".into(),
                bytes: u64::MAX,
                print: [7; 32],
                shown: picture.then_some(shown),
                scanned: !picture,
            },
            says: "A house with four people".into(),
        }
    }

    #[test]
    fn what_is_kept_beside_a_file_reads_back_byte_for_byte() {
        let sent = sample_document(true).sent;
        assert_eq!(Sent::from_bytes(&sent.to_bytes()), Some(sent.clone()));
        assert_eq!(Sent::from_bytes(&sent.to_bytes()[1..]), None);
    }

    fn sample() -> Content {
        let person: PersonId = "01h00000000000000000000000".parse().unwrap();
        let record: crate::id::RecordId = "02h00000000000000000000000".parse().unwrap();
        let answers = [
            ("a", Answer::Text("two\nlines".into())),
            (
                "b",
                Answer::Passages(vec![
                    Passage {
                        nature: Some("told".into()),
                        who: Some("Gran".into()),
                        text: "x".into(),
                        only_for: Some(record),
                    },
                    Passage { text: "y".into(), ..Passage::default() },
                ]),
            ),
            ("c", Answer::Date(date(2026, 3, 3))),
            ("d", Answer::Number(-4)),
            ("e", Answer::YesNo(true)),
            ("f", Answer::Code("C2".into())),
            ("g", Answer::Codes(vec!["a".into(), "b".into()])),
            ("h", Answer::Person(person)),
            ("i", Answer::People(vec![Named { person: Some(person), name: "Sana".into(), role: "mother".into() }])),
            ("j", Answer::Address(Address { lines: "12 Fern Rd".into(), town: "X".into(), postcode: "M1 1AA".into() })),
            ("n", Answer::Table(vec![vec![("aim".into(), "Sleep".into()), ("who".into(), "Sana".into())], Vec::new()])),
            ("o", Answer::Signatures(vec![Signed { name: "Sana".into(), on: date(2026, 3, 9), how: "paper".into() }])),
            ("k", Answer::Team("03h00000000000000000000000".parse().unwrap())),
            ("m", Answer::Documents(vec![sample_document(true), sample_document(false)])),
            ("l", Answer::Actions(vec![Action { what: "ring".into(), who: "Sam".into(), by: Some(date(2026, 3, 9)) }])),
            ("m", Answer::Entry("04h00000000000000000000000".parse().unwrap())),
        ];
        Content {
            form: "visit".into(),
            form_version: 2,
            author: Author { person, name: "Sam".into(), designation: "Social worker".into(), team: "North".into() },
            happened_on: date(2026, 3, 3),
            happened_at: Some(time(15, 20, 0, 0)),
            written: "2026-03-04T09:00:00.000001Z".parse().unwrap(),
            informant: Some("K. Novak".into()),
            headline: None,
            late: Some(Late { limit: "3 working days".into(), taken: "6 working days".into(), reason: "ill".into() }),
            second_because: None,
            on_behalf_of: None,
            right: Right::default(),
            needs: None,
            answers: answers
                .into_iter()
                .map(|(id, answer)| (id.to_owned(), Answered { answer, reason: (id == "e").then(|| "why".to_owned()) }))
                .collect(),
        }
    }

    #[test]
    fn every_kind_of_answer_reads_back() {
        let content = sample();
        assert_eq!(Content::from_bytes(&content.to_bytes()), Ok(content));
    }

    #[test]
    fn what_is_written_on_behalf_of_somebody_says_so_and_nothing_else_changes() {
        let plain = sample();
        let colleague = Colleague { person: plain.author.person, name: "Ali Khan".into() };
        let content = Content { on_behalf_of: Some(colleague), ..plain.clone() };
        let bytes = content.to_bytes();
        assert_ne!(bytes, plain.to_bytes());
        assert_eq!(Content::from_bytes(&bytes), Ok(content));
    }

    #[test]
    fn what_puts_right_reads_back_byte_for_byte() {
        let plain = sample();
        let [a, b]: [crate::id::EntryId; 2] =
            ["05h00000000000000000000000", "06h00000000000000000000000"].map(|id| id.parse().unwrap());
        let record = "02h00000000000000000000000".parse().unwrap();
        let why = String::from("it was Bilal");
        let amends = |approval_of| Amends { entry: a, first: plain.written, why: why.clone(), approval_of };
        let moved = Moved { from: record, entry: a, by: plain.author.clone(), at: plain.written, why: why.clone() };
        let away = Away { to: record, took: vec![(a, b)], form: "visit".into(), why: why.clone() };
        let colleague = Colleague { person: plain.author.person, name: "Ali Khan".into() };
        for right in [
            Right { amends: Some(amends(None)), ..Right::default() },
            Right { amends: Some(amends(Some(plain.author.person))), moved: Some(moved), away: None },
            Right { away: Some(away), ..Right::default() },
        ] {
            for on_behalf_of in [None, Some(colleague.clone())] {
                for needs in [None, Some(Stands::Completed), Some(Stands::Authorised)] {
                    let (right, on_behalf_of) = (right.clone(), on_behalf_of.clone());
                    let content = Content { on_behalf_of, right, needs, ..plain.clone() };
                    assert_eq!(Content::from_bytes(&content.to_bytes()), Ok(content));
                }
            }
        }
    }

    #[test]
    fn what_must_be_authorised_says_so_and_nothing_else_changes() {
        let plain = sample();
        for needs in [Stands::Completed, Stands::Authorised] {
            let content = Content { needs: Some(needs), ..plain.clone() };
            assert_ne!(content.to_bytes(), plain.to_bytes());
            assert_eq!(content.waits(), needs == Stands::Authorised);
            assert_eq!(Content::from_bytes(&content.to_bytes()), Ok(content));
        }
    }

    /// R-INT-02: two different contents never have the same bytes, so a commitment to the bytes is one to the content.
    #[test]
    fn bytes_cut_or_changed_are_no_content_or_another() {
        let content = sample();
        let bytes = content.to_bytes();
        for place in 0..bytes.len() {
            assert!(Content::from_bytes(&bytes[..place]).is_err(), "cut at {place}");
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_ne!(Content::from_bytes(&changed), Ok(content.clone()), "changed at {place}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, hour, minute) in [
            ("15:20", 15, 20),
            ("1520", 15, 20),
            ("9.05", 9, 5),
            ("3:20pm", 15, 20),
            ("3 pm", 15, 0),
            ("12am", 0, 0),
            ("12:10 pm", 12, 10),
        ] {
            assert_eq!(parse_time(text), Ok(time(hour, minute, 0, 0)), "{text}");
        }
        for text in ["", "25:00", "15:60", "noon", "15", "1:2:3"] {
            assert_eq!(parse_time(text), Err(NotATime), "{text}");
        }
    }
}
