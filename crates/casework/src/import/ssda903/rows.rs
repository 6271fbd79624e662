//! One row of a file, and what can be said of it without looking at any other.
//!
//! A row is refused only if it has no child number, no date of birth or no date of its own, or is in conflict with
//! itself. Anything else is taken as received and noted.

use jiff::civil::{Date, date};

use super::codes::{self, Codes, Known, list};
use super::day::{self, Day};
use super::files::{Kind, Row};
use super::report::{Note, Outcome};
use super::shape::{self, Upn};

/// Born before this is a slip of the pen: the collection began in 1992.
const EARLIEST: Date = date(1960, 1, 1);
/// Nobody begins an episode of care after this birthday.
const OLDEST: i16 = 21;

/// A child's row for the year.
#[derive(Clone)]
pub(super) struct HeaderRow {
    pub born: Date,
    pub sex: Option<String>,
    pub ethnicity: Option<String>,
    pub upn: Option<String>,
    pub mother: Option<bool>,
    pub own_child_born: Option<Date>,
}

/// A stretch of care under one legal status in one placement.
#[derive(Clone)]
pub(super) struct EpisodeRow {
    pub from: Date,
    pub until: Option<Date>,
    pub reason_new: Option<String>,
    pub legal_status: Option<String>,
    pub need: Option<String>,
    pub place: Option<String>,
    pub provider: Option<String>,
    pub reason_ceased: Option<String>,
    pub reason_change: Option<String>,
    pub home_postcode: Option<String>,
    pub postcode: Option<String>,
    pub urn: Option<String>,
}

#[derive(Clone)]
pub(super) struct ReviewRow {
    pub on: Date,
    pub participation: Option<String>,
}

#[derive(Clone)]
pub(super) struct MissingRow {
    pub kind: Option<String>,
    pub from: Date,
    pub until: Option<Date>,
}

#[derive(Clone)]
pub(super) struct UascRow {
    pub sex: Option<String>,
    pub ceased: Option<Date>,
}

pub(super) enum Says {
    Header(HeaderRow),
    Episode(EpisodeRow),
    Review(ReviewRow),
    Missing(MissingRow),
    Uasc(UascRow),
}

/// How well a date says which year a set is of; the greater, the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    Never,
    AtYearEnd,
}

/// A row that makes sense on its own.
pub(super) struct Typed {
    pub child: String,
    /// The row's own date of birth. Episodes have none.
    pub born: Option<Date>,
    pub says: Says,
}

impl Typed {
    /// The dates on which something happened, by which a set's year is known. Episodes come first: they alone are cut
    /// at the end of the year.
    pub fn happened(&self) -> impl Iterator<Item = (Cut, Date)> {
        let (cut, from, until) = match &self.says {
            Says::Episode(row) => (Cut::AtYearEnd, Some(row.from), row.until),
            Says::Review(row) => (Cut::Never, Some(row.on), None),
            Says::Missing(row) => (Cut::Never, Some(row.from), row.until),
            Says::Header(_) | Says::Uasc(_) => (Cut::Never, None, None),
        };
        from.into_iter().chain(until).map(move |day| (cut, day))
    }

    /// The first thing that happened, with its column: nothing happens before birth.
    pub fn first(&self) -> Option<(&'static str, Date)> {
        match &self.says {
            Says::Header(_) => None,
            Says::Episode(row) => Some(("DECOM", row.from)),
            Says::Review(row) => Some(("REVIEW", row.on)),
            Says::Missing(row) => Some(("MIS_START", row.from)),
            Says::Uasc(row) => row.ceased.map(|ceased| ("DUC", ceased)),
        }
    }
}

/// Reads one row.
pub(super) fn read(row: &Row, codes: &dyn Codes, today: Date) -> Outcome<Typed> {
    let mut look = Look { row, codes, today, notes: Vec::new() };
    match look.typed() {
        Err(note) => Outcome::Refused(note),
        Ok(typed) if look.notes.is_empty() => Outcome::Taken(typed),
        Ok(typed) => Outcome::ToCheck(typed, look.notes),
    }
}

/// Something to check about an episode begun at an unlikely age.
pub(super) fn too_old(born: Date, typed: &Typed) -> Option<Note> {
    let Says::Episode(row) = &typed.says else {
        return None;
    };
    let old = row.from.year() - born.year() > OLDEST;
    old.then(|| Note::on("DECOM", "the child would have been over 21; taken as received"))
}

struct Look<'a> {
    row: &'a Row,
    codes: &'a dyn Codes,
    today: Date,
    notes: Vec<Note>,
}

impl Look<'_> {
    fn typed(&mut self) -> Result<Typed, Note> {
        let child = self.row.get("CHILD").to_owned();
        if child.is_empty() {
            return Err(Note::on("CHILD", "there is no child number; not taken"));
        }
        let born = if self.row.kind == Kind::Episodes { None } else { Some(self.born()?) };
        let says = match self.row.kind {
            Kind::Header => Says::Header(self.header(born.unwrap_or(self.today))),
            Kind::Episodes => Says::Episode(self.episode()?),
            Kind::Reviews => Says::Review(self.review()?),
            Kind::Missing => Says::Missing(self.missing()?),
            _ => Says::Uasc(UascRow { sex: self.sex(), ceased: self.day("DUC") }),
        };
        Ok(Typed { child, born, says })
    }

    fn header(&mut self, born: Date) -> HeaderRow {
        let mother = match self.row.get("MOTHER") {
            "" => None,
            "0" | "0.0" => Some(false),
            "1" | "1.0" => Some(true),
            _ => {
                self.note("MOTHER", "neither 0 nor 1; left blank");
                None
            }
        };
        let own_child_born = self.day("MC_DOB");
        if own_child_born.is_some_and(|day| day <= born) {
            self.note("MC_DOB", "the child of this child is not the younger; taken as received");
        }
        HeaderRow {
            born,
            sex: self.sex(),
            ethnicity: self.needed_code("ETHNIC", list::ETHNICITY),
            upn: self.upn(),
            mother,
            own_child_born,
        }
    }

    fn episode(&mut self) -> Result<EpisodeRow, Note> {
        let from = self.needed_day("DECOM")?;
        let until = self.day("DEC");
        in_order(from, "DEC", until)?;
        let reason_ceased = self.code("REC", list::REASON_EPISODE_CEASED);
        match (until, &reason_ceased) {
            (None, Some(_)) => {
                self.note("REC", "a reason for ceasing without the date; taken as not ended in this set");
            }
            (Some(_), None) => self.note("REC", "the episode ended without a reason; taken as received"),
            _ => {}
        }
        let row = EpisodeRow {
            from,
            until,
            reason_new: self.needed_code("RNE", list::REASON_NEW_EPISODE),
            legal_status: self.needed_code("LS", list::LEGAL_STATUS),
            need: self.needed_code("CIN", list::CATEGORY_OF_NEED),
            place: self.needed_code("PLACE", list::PLACEMENT_TYPE),
            provider: self.code("PLACE_PROVIDER", list::PLACEMENT_PROVIDER),
            reason_ceased,
            reason_change: self.code("REASON_PLACE_CHANGE", list::REASON_PLACEMENT_CHANGE),
            home_postcode: self.postcode("HOME_POST"),
            postcode: self.postcode("PL_POST"),
            urn: self.given("URN"),
        };
        if row.urn.as_deref().is_some_and(|urn| !shape::urn(urn)) {
            self.note("URN", "not the shape of an Ofsted number; taken as received");
        }
        if matches!(row.need.as_deref(), Some("N0" | "N9")) {
            self.note("CIN", "a code of the children in need census, not of this collection; taken as received");
        }
        Ok(row)
    }

    fn review(&mut self) -> Result<ReviewRow, Note> {
        let on = self.needed_day("REVIEW")?;
        Ok(ReviewRow { on, participation: self.needed_code("REVIEW_CODE", list::REVIEW_PARTICIPATION) })
    }

    fn missing(&mut self) -> Result<MissingRow, Note> {
        let from = self.needed_day("MIS_START")?;
        let until = self.day("MIS_END");
        in_order(from, "MIS_END", until)?;
        Ok(MissingRow { kind: self.needed_code("MISSING", list::MISSING_TYPE), from, until })
    }

    fn note(&mut self, column: &'static str, reason: &'static str) {
        self.notes.push(Note::on(column, reason));
    }

    fn given(&self, column: &'static str) -> Option<String> {
        Some(self.row.get(column)).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    fn born(&mut self) -> Result<Date, Note> {
        match day::read(self.row.get("DOB")) {
            Day::Blank => Err(Note::on("DOB", "there is no date of birth; not taken")),
            Day::Not => Err(Note::on("DOB", "the date of birth is not a date; not taken")),
            Day::On { date, .. } if date > self.today => {
                Err(Note::on("DOB", "the date of birth is in the future; not taken"))
            }
            Day::On { date, .. } if date < EARLIEST => {
                Err(Note::on("DOB", "the date of birth is too long ago to be a child's; not taken"))
            }
            Day::On { date, usual } => Ok(self.usual("DOB", date, usual)),
        }
    }

    fn needed_day(&mut self, column: &'static str) -> Result<Date, Note> {
        match day::read(self.row.get(column)) {
            Day::Blank => Err(Note::on(column, "there is no date; not taken")),
            Day::Not => Err(Note::on(column, "not a date; not taken")),
            Day::On { date, usual } => {
                if date > self.today {
                    self.note(column, "in the future; taken as received");
                }
                Ok(self.usual(column, date, usual))
            }
        }
    }

    fn day(&mut self, column: &'static str) -> Option<Date> {
        match day::read(self.row.get(column)) {
            Day::Blank => None,
            Day::Not => {
                self.note(column, "not a date; left blank");
                None
            }
            Day::On { date, usual } => Some(self.usual(column, date, usual)),
        }
    }

    fn usual(&mut self, column: &'static str, date: Date, usual: bool) -> Date {
        if !usual {
            self.note(column, "not written as dd/mm/yyyy; taken as yyyy-mm-dd");
        }
        date
    }

    fn needed_code(&mut self, column: &'static str, list: &str) -> Option<String> {
        let code = self.code(column, list);
        if code.is_none() {
            self.note(column, "there is no code; left blank");
        }
        code
    }

    /// The code as received, but in capitals.
    fn code(&mut self, column: &'static str, list: &str) -> Option<String> {
        let received = self.given(column)?;
        let code = received.to_uppercase();
        match codes::ask(self.codes, list, &code) {
            Known::Current if code == received => {}
            Known::Current => self.note(column, "in small letters; taken as if in capitals"),
            Known::Withdrawn => self.note(column, "a code of an older year; taken as received"),
            Known::Unknown => {
                self.note(column, "a code that is in no list; taken as received");
                return Some(received);
            }
        }
        Some(code)
    }

    fn sex(&mut self) -> Option<String> {
        let now = match self.row.get("SEX") {
            "1" => "M",
            "2" => "F",
            _ => return self.needed_code("SEX", list::SEX),
        };
        self.note("SEX", "a code of an older year; taken as the letter that replaced it");
        Some(now.to_owned())
    }

    fn upn(&mut self) -> Option<String> {
        let upn = self.given("UPN")?.to_uppercase();
        if let Some(Ok(reason)) = upn.strip_prefix("UN").map(str::parse::<u8>) {
            if (8..=10).contains(&reason) {
                self.note("UPN", "a reason code of other collections; taken as received");
                return Some(upn);
            }
            return self.code("UPN", list::UPN_UNKNOWN);
        }
        match shape::upn(&upn) {
            Upn::Right => {}
            Upn::WrongLetter => self.note("UPN", "the check letter does not follow from the digits; taken as received"),
            Upn::Temporary => {
                self.note("UPN", "a temporary number, whose check letter is not checked; taken as received");
            }
            Upn::Misshapen => self.note("UPN", "not the shape of a unique pupil number; taken as received"),
        }
        Some(upn)
    }

    fn postcode(&mut self, column: &'static str) -> Option<String> {
        let received = self.given(column)?;
        let usual = shape::postcode(&received);
        if usual.is_none() {
            self.note(column, "there can be no such postcode; taken as received");
        }
        Some(usual.unwrap_or(received))
    }
}

fn in_order(from: Date, column: &'static str, until: Option<Date>) -> Result<(), Note> {
    if until.is_some_and(|until| until < from) {
        return Err(Note::on(column, "in conflict with itself: it ends before it starts; not taken"));
    }
    Ok(())
}
