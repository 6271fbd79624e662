//! A form as somebody fills it in.

use jiff::civil::{Date, Time};
use record::{PersonId, RecordId, Typed, time::time_in_words, typed::Name};

/// What is typed into one form.
#[derive(Default)]
pub(super) struct Sheet {
    typed: Typed,
    rows: usize,
}

impl Sheet {
    /// A form about a day.
    pub fn on(day: Date) -> Self {
        Self::default().day("happened", day)
    }
    /// A form about a day and a time of day.
    pub fn at((day, time): (Date, Time)) -> Self {
        let mut sheet = Self::on(day);
        sheet.typed.put(Name::of("happened").part("time"), time_in_words(time));
        sheet
    }
    /// Everything typed.
    pub fn done(self) -> Typed {
        self.typed
    }
    pub fn put(mut self, field: &str, value: impl Into<String>) -> Self {
        self.typed.put(Name::of(field), value);
        self
    }
    pub fn maybe(self, field: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.put(field, value),
            None => self,
        }
    }
    pub fn yes(self, field: &str, yes: bool) -> Self {
        self.put(field, if yes { "yes" } else { "no" })
    }
    pub fn reason(mut self, field: &str, reason: impl Into<String>) -> Self {
        self.typed.put(Name::of(field).part("reason"), reason);
        self
    }
    pub fn person(self, field: &str, person: PersonId) -> Self {
        self.put(field, person.to_string())
    }
    pub fn day(mut self, field: &str, day: Date) -> Self {
        for (part, number) in [("day", i16::from(day.day())), ("month", i16::from(day.month())), ("year", day.year())] {
            self.typed.put(Name::of(field).part(part), number.to_string());
        }
        self
    }
    pub fn each(mut self, record: RecordId, field: &str, value: impl Into<String>) -> Self {
        self.typed.put(Name::of(field).in_part_of(Some(record)), value);
        self
    }
    pub fn each_reason(mut self, record: RecordId, field: &str, reason: impl Into<String>) -> Self {
        self.typed.put(Name::of(field).in_part_of(Some(record)).part("reason"), reason);
        self
    }
    pub fn each_day(mut self, record: RecordId, field: &str, day: Date) -> Self {
        for (part, number) in [("day", i16::from(day.day())), ("month", i16::from(day.month())), ("year", day.year())] {
            self.typed.put(Name::of(field).in_part_of(Some(record)).part(part), number.to_string());
        }
        self
    }
    /// One passage: its nature with from whom, its text, and for which child alone.
    pub fn passage(
        mut self,
        field: &str,
        nature: (&str, Option<&str>),
        text: impl Into<String>,
        only: Option<RecordId>,
    ) -> Self {
        let at = Name::of(field).row(self.rows);
        self.rows += 1;
        self.typed.put(at.clone().part("nature"), nature.0);
        if let Some(who) = nature.1 {
            self.typed.put(at.clone().part("who"), who);
        }
        self.typed.put(at.clone().part("text"), text);
        if let Some(record) = only {
            self.typed.put(at.part("for"), record.to_string());
        }
        self
    }
    /// Somebody who is named and has no record here: who they are is said.
    pub fn named(mut self, field: &str, name: &str, role: &str) -> Self {
        let at = Name::of(field).row(self.rows);
        self.rows += 1;
        self.typed.put(at.clone().part("name"), name);
        self.typed.put(at.part("role"), role);
        self
    }
    pub fn action(mut self, what: &str, who: &str, by: Date) -> Self {
        let at = Name::of("actions").row(self.rows);
        self.rows += 1;
        self.typed.put(at.clone().part("what"), what);
        self.typed.put(at.clone().part("who"), who);
        self.typed.put(at.part("by"), by.to_string());
        self
    }
    pub fn address(mut self, home: &super::numbers::Home) -> Self {
        for (part, value) in [("lines", home.lines.as_str()), ("town", home.town), ("postcode", home.postcode.as_str())]
        {
            self.typed.put(Name::of("address").part(part), value);
        }
        self
    }
    /// Goes to the chronology under this headline.
    pub fn headline(self, headline: &str) -> Self {
        self.put("significant", "yes").put("headline", headline)
    }
}
