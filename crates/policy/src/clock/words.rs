//! Clocks in the words of somebody who answers for them and writes no TOML.

use super::{Amount, Clock, Due, MetBy, Of, Owner, Period, Planned, Starts, Test};
use crate::{form::Condition, words::either};

impl Clock {
    /// By when, counted from what: «within 3 working days after an entry «visit»».
    pub fn in_words(&self) -> String {
        let due = due(&self.due);
        let counted = match &self.due {
            Due::NoNumber(_) => format!("{due}, from {}", starts(&self.starts)),
            Due::Within(_) => format!("{due} after {}", starts(&self.starts)),
            Due::Before(_) => format!("{due} {}", starts(&self.starts)),
            _ => format!("{due}, counted from {}", starts(&self.starts)),
        };
        let again = if self.repeats { ", and again each time from then" } else { "" };
        let during = self.during.as_ref().map_or_else(String::new, |period| format!(", during `{period}`"));
        format!("{counted}{again}{during}")
    }

    /// What satisfies it.
    pub fn met_in_words(&self) -> String {
        either(self.met_by.iter().map(met))
    }

    /// Whose task it is.
    pub fn owner_in_words(&self) -> String {
        match &self.owner {
            Owner::Author => "whoever wrote it".to_owned(),
            Owner::AllocatedWorker => "the allocated worker".to_owned(),
            Owner::Manager => "the manager of the team".to_owned(),
            Owner::Named(field) => format!("whoever is named in `{field}`"),
            Owner::Role(role) => format!("whoever has the role `{role}`"),
            Owner::Other(words) => words.clone(),
        }
    }

    /// Where it can be seen for when it is planned.
    pub fn planned_in_words(&self) -> Option<String> {
        Some(match self.planned.as_ref()? {
            Planned::Fact(fact) => format!("the date of the fact `{fact}`"),
            Planned::Plan { form, when } => format!("an open plan made with `{form}`{}", conditions(when)),
        })
    }
}

impl Period {
    /// What has to hold.
    pub fn in_words(&self) -> String {
        let values = if self.any_of.is_empty() {
            "is anything".to_owned()
        } else {
            format!("is {}", either(self.any_of.iter().map(|code| format!("`{code}`"))))
        };
        let each = if self.each { ", each a time of its own" } else { "" };
        format!("the fact `{}` {values}{each}", self.fact)
    }
}

fn starts(starts: &Starts) -> String {
    match starts {
        Starts::Entry { forms, when, of } => {
            let forms = either(forms.iter().map(|form| format!("`{form}`")));
            let conditions = conditions(when);
            match of {
                Of::Happened => format!("what an entry made with {forms} tells{conditions}"),
                Of::Started => format!("the beginning of an entry made with {forms}{conditions}"),
                Of::Completed => format!("the completion of an entry made with {forms}{conditions}"),
                Of::Authorised => format!("the authorising of an entry made with {forms}{conditions}"),
                Of::Field(field) => format!("the date `{field}` of an entry made with {forms}{conditions}"),
            }
        }
        Starts::Plan { form, when, .. } => format!("the day planned with `{form}`{}", conditions(when)),
        Starts::Begins(period) => format!("the beginning of `{period}`"),
        Starts::Ends(period) => format!("the end of `{period}`"),
        Starts::Says(fact) => format!("the date of the fact `{fact}`"),
        Starts::Reaches(age) => format!("the day on which the child is {age}"),
        Starts::Met(clock) => format!("what met `{clock}`"),
        Starts::Record => "the first entry of the record".to_owned(),
        Starts::Waits(act) => format!("«{act}»"),
    }
}

fn met(met: &MetBy) -> String {
    match met {
        MetBy::This(of) => format!("the same entry, {}", of_in_words(of)),
        MetBy::Entry { forms, when, of, names } => {
            let forms = either(forms.iter().map(|form| format!("`{form}`")));
            let names = names.as_ref().map_or_else(String::new, |field| format!(" that names it in `{field}`"));
            format!("an entry made with {forms}{names}{}, {}", conditions(when), of_in_words(of))
        }
        MetBy::InChronology(of) => format!("any entry in the chronology, {}", of_in_words(of)),
        MetBy::Waits(act) => format!("«{act}», which no form records yet"),
    }
}

fn of_in_words(of: &Of) -> String {
    match of {
        Of::Happened => "when it happened".to_owned(),
        Of::Started => "when it was begun".to_owned(),
        Of::Completed => "when it is complete".to_owned(),
        Of::Authorised => "when it is authorised".to_owned(),
        Of::Field(field) => format!("on the date `{field}`"),
    }
}

fn due(due: &Due) -> String {
    match due {
        Due::Within(amount) => format!("within {amount}"),
        Due::AtOnce { grace } => {
            let grace = grace.map_or_else(String::new, |grace| format!(" (late after {grace})"));
            format!("immediately{grace}")
        }
        Due::Before(amount) => format!("at least {amount} before"),
        Due::BeforeIt => "before it".to_owned(),
        Due::OnTheDay => "on the day".to_owned(),
        Due::ByAge(age) => format!("by the age of {age}"),
        Due::BeforeAge(age) => format!("before the age of {age}"),
        Due::AtNth { form, nth, before, .. } => {
            let by = if *before { "before" } else { "by" };
            format!("{by} number {nth} of the entries made with `{form}`")
        }
        Due::AtLeast(amount) => format!("for at least {amount}"),
        Due::AtLeastToAge(age) => format!("at least to the age of {age}"),
        Due::Either(choices) => either(choices.iter().map(|choice| {
            let test = choice
                .when
                .as_ref()
                .map_or_else(|| " otherwise".to_owned(), |test| format!(" {}", test_in_words(test)));
            format!("{}{test}", self::due(&choice.due))
        })),
        Due::LaterOf(all) => format!("the later of: {}", all.iter().map(self::due).collect::<Vec<_>>().join("; ")),
        Due::NoNumber(words) => words.clone(),
    }
}

fn test_in_words(test: &Test) -> String {
    match test {
        Test::Answer(condition) => condition_in_words(condition),
        Test::Holds { fact, any_of } if any_of.is_empty() => format!("while there is a fact `{fact}`"),
        Test::Holds { fact, any_of } => {
            format!("while the fact `{fact}` is {}", either(any_of.iter().map(|code| format!("`{code}`"))))
        }
        Test::YoungerThan(age) => format!("if the child is younger than {age}"),
        Test::InFirst(amount) => format!("in the first {amount}"),
    }
}

fn conditions(all: &[Condition]) -> String {
    let all: Vec<_> = all.iter().map(condition_in_words).collect();
    if all.is_empty() { String::new() } else { format!(" {}", all.join(" and ")) }
}

fn condition_in_words(condition: &Condition) -> String {
    let codes = |codes: &[String]| either(codes.iter().map(|code| format!("`{code}`")));
    match condition {
        Condition::Answered { field } => format!("with an answer to `{field}`"),
        Condition::Is { field, any_of } => format!("where `{field}` is {}", codes(any_of)),
        Condition::IsNot { field, none_of } => format!("unless `{field}` is {}", codes(none_of)),
    }
}

/// How long before something is due somebody is reminded.
pub(crate) fn reminder(remind: Option<Amount>) -> String {
    remind.map_or_else(|| "not".to_owned(), |amount| format!("{amount} before"))
}
