//! What a reading is called: what somebody did, through what it was open to them, why they were refused.

use casework::looked::FOLLOW;
use policy::{Pack, Relation};
use record::{
    adoption::REASONS,
    looked::{How, Why},
};
use store::{Colleagues, Leaf, Looked};

/// What somebody did, as a person would say it.
pub fn what(pack: &Pack, one: &Looked) -> String {
    let leaf = &one.leaf;
    match one.how {
        How::Refused => {
            let what = attempt(leaf.thing.as_deref().unwrap_or_default());
            format!("was refused{}: {what}", refusal(&leaf.purpose))
        }
        How::Printed => printed(pack, leaf),
        _ if leaf.act == FOLLOW => {
            let why = Why::of(&leaf.purpose).said;
            format!("went from one record of an adoption to the other: {}", pack.label(REASONS, &why).to_lowercase())
        }
        _ => act(&leaf.act).map_or_else(|| leaf.act.replace('-', " "), str::to_owned),
    }
}

/// How they stood to the child then: «as the child’s worker». Blank where the reading does not say.
pub fn through(leaf: &Leaf, colleagues: &Colleagues) -> String {
    if leaf.act == "refused" {
        return String::new();
    }
    let why = Why::of(&leaf.purpose);
    let words = match why.through {
        None => "",
        Some(Relation::Allocated) => "as the child’s worker",
        Some(Relation::Covers) => {
            let worker = why.for_whom.and_then(|worker| colleagues.staff.get(&worker));
            return format!("in the place of {}", worker.map_or("a former colleague", |one| &one.name));
        }
        Some(Relation::Team) => "in the team that works with the child",
        Some(Relation::Manages) => "as manager of the child’s team",
        Some(Relation::Duty) => "on duty out of hours",
        Some(Relation::Emergency) => "in an emergency",
        Some(Relation::Support) => "to mend a fault",
        Some(Relation::Named) => "named for this restricted record",
        Some(Relation::Any) => "in a role that may open any record",
    };
    words.to_owned()
}

/// «printed the chronology: for a court or tribunal».
fn printed(pack: &Pack, leaf: &Leaf) -> String {
    let what = match leaf.thing.as_deref() {
        Some("front-sheet") => "the front sheet",
        Some("chronology") => "the chronology",
        Some(made) if made.starts_with("chronology ") => "a chronology made for a purpose",
        _ => "an entry",
    };
    let reason = Why::of(&leaf.purpose).said;
    format!("printed {what}: {}", pack.label(casework::printing::REASONS, &reason).to_lowercase())
}

/// A kind of looking, for a box by which one chooses.
pub const fn kind(how: How) -> &'static str {
    match how {
        How::Opened => "Read the record",
        How::SawTo => "Looked at who may see it",
        How::Found => "Found the child by searching",
        How::Listed => "Saw the child in a list",
        How::Printed => "Printed",
        How::Exported => "Took it out of the system",
        How::Refused => "Was refused",
    }
}

fn act(act: &str) -> Option<&'static str> {
    Some(match act {
        "read-front-page" => "opened the front page",
        "read-front-sheet" => "looked at the front sheet",
        "read-family" => "opened family and people",
        "read-chronology" => "read the chronology",
        "read-entry" | "read-entry-page" => "read an entry",
        "read-file" => "opened a file",
        "read-for-disclosure" => "looked for what somebody is given from the record",
        "read-confidential" => "read what is kept in the confidential section",
        "reveal-addresses" => "had the protected addresses shown",
        "read-picture" => "looked at a picture",
        "read-story" => "read the story",
        "read-contents" => "looked at what the record has",
        "read-chronologies" => "looked at the chronologies",
        "read-made-chronology" => "read a chronology made for a purpose",
        "read-choices" => "looked for entries to name in a form",
        "read-to-write" => "opened a form to write in the record",
        "read-addresses-page" => "looked at how to have protected addresses shown",
        "read-forms" => "looked at what can be recorded",
        "read-receipt" | "receipt" => "saw what they had just recorded",
        "read-tie" => "came from another child’s entry of the same act",
        "read-moved-trace" => "read what an entry said here before it was moved away",
        "read-print-page" => "looked at what could be printed",
        "read-to-check" => "looked at what was brought in from another system",
        "read-count-list" => "saw the child in the list behind a count",
        "read-owed" => "looked at what is due, and what came of it",
        "read-restriction" => "looked at who may open the record",
        "read-support" => "looked at who of support may open it",
        "list-support" => "saw its number among the records that are open to support",
        "list-opened-to-me" => "saw its number among the records that were opened to them",
        "list-restricted" => "saw its number among the restricted records",
        "read-emergency" => "asked about an opening in an emergency",
        "follow-adoption" => "gone from one record of an adoption to the other",
        "read-adoption-page" => "looked at what there is to do about an adoption",
        "opened" => "opened the record",
        "read-conflict-page" => "looked at how to say that they know the family",
        "read-readings" => "looked at who has looked",
        "read-question" => "asked about somebody who had looked",
        "list-questions" => "saw its number among readings to ask about",
        "simulate-policy" => "looked at what the child would be owed under another version of the policy",
        "read-uses" => "read what the record was used for",
        "read-decisions" => "read the decisions",
        "read-words" => "read the child’s own words",
        "read-workers" => "looked at who has worked with the child",
        "compare-people" => "compared what two records say of the child",
        "list-caseload" => "saw the child in My work",
        "list-my-work" => "saw the child by name in My work",
        "list-covered" => "saw the child among those of a colleague who is away",
        "list-worker" => "saw the child among those of a worker",
        "list-owed" => "saw what is to be done for the child, in a list",
        "list-team" => "saw the child in My team",
        "list-conflicts" => "saw the child among those whose family a colleague may know",
        "list-to-authorise" => "saw the child among what waits to be authorised",
        "list-unallocated" => "saw the child among those with nobody allocated",
        "list-likely-duplicates" => "saw the child among those who may have been made twice",
        "search-people" => "found the child by searching",
        "search-words" => "found an entry by searching for words",
        "count-words" => "counted the entries that have some words",
        "search-record" => "searched inside entries",
        _ => return None,
    })
}

/// What somebody tried to do and was refused.
fn attempt(action: &str) -> String {
    match action {
        "open-in-emergency" => "tried to open the record in an emergency".to_owned(),
        "write" | "record" => "tried to write in the record".to_owned(),
        "allocate" => "tried to allocate the child".to_owned(),
        action => match act(action) {
            Some(words) => format!("would have {words}"),
            None => format!("tried to {}", action.replace('-', " ")),
        },
    }
}

/// Why somebody was refused.
pub fn refusal(why: &str) -> &'static str {
    match why {
        "account-closed" => " (their account is closed)",
        "no-role" => " (their role does not include it)",
        "no-relation" => " (the child is not theirs)",
        "restricted" => " (the record is restricted)",
        "conflict" => " (they know the family in their own life)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_said_as_people_would() {
        assert_eq!(act("read-entry-page"), Some("read an entry"));
        assert_eq!(attempt("read-story"), "would have read the story");
        assert_eq!(attempt("close-record"), "tried to close record");
        assert_eq!(refusal("no-relation"), " (the child is not theirs)");
    }

    /// Every act that the program leaves among the readings has words of its own.
    #[test]
    fn every_reading_has_its_words() {
        let sources = [
            include_str!("../../../casework/src/reading.rs"),
            include_str!("../../../casework/src/story.rs"),
            include_str!("../../../casework/src/chronologies.rs"),
            include_str!("../../../casework/src/contents.rs"),
            include_str!("../../../casework/src/looked.rs"),
        ];
        for source in sources {
            for after in source.split("Read(\"").skip(1).chain(source.split("SeeReadings, \"").skip(1)) {
                let name = after.split('"').next().unwrap_or_default();
                assert!(act(name).is_some(), "no words for {name}");
            }
        }
    }
}
