//! Adoption: the child before and the child after are two people, each with a record of their own, and nothing that is shown
//! leads from one to the other. A sealed entry in each says which record the other is; it asserts no fact, stands in no list,
//! and is opened by nobody but whoever goes from one to the other.

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::{
    answer::Answer,
    content::Content,
    id::RecordId,
    likeness::name::words,
    typed::{Name, Typed},
};

/// The kind of restriction under which both records are.
pub const RESTRICTION: &str = "adoption";
/// The form that closes the record before.
pub const ORDER_FORM: &str = "adoption-order";
/// The form that begins the record after.
pub const AFTER_FORM: &str = "after-adoption";
/// The form of the entry that says which record the other is.
pub const LINK_FORM: &str = "adoption-link";
/// Its question which record that is.
pub const OTHER: &str = "other-record";
/// Its question whether that is the one before or the one after.
pub const OTHER_IS: &str = "other-is";
/// The pack's list of why somebody goes from one to the other.
pub const REASONS: &str = "adoption-follow-reason";

/// Which of the two records one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Of the child as they were known until the adoption.
    Before,
    /// Of the child as they are known since.
    After,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Before => Self::After,
            Self::After => Self::Before,
        }
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A word that is neither side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a side of an adoption")]
pub struct NotASide;

impl FromStr for Side {
    type Err = NotASide;
    fn from_str(text: &str) -> Result<Self, NotASide> {
        [Self::Before, Self::After].into_iter().find(|side| side.code() == text).ok_or(NotASide)
    }
}

/// Which record the other one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The other record.
    pub other: RecordId,
    /// Which of the two that is.
    pub other_is: Side,
}

impl Link {
    /// What an entry says, where it is such a link.
    pub fn of(content: &Content) -> Option<Self> {
        if content.form != LINK_FORM {
            return None;
        }
        let said = |field: &str| content.answer(field).map(Answer::stated);
        Some(Self { other: said(OTHER)?.parse().ok()?, other_is: said(OTHER_IS)?.parse().ok()? })
    }

    /// The same as it is written.
    pub fn typed(self) -> Typed {
        Typed::default().with(OTHER, self.other.to_string()).with(OTHER_IS, self.other_is.code())
    }
}

/// Why the record after an adoption, or the one before, cannot be written as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// The child is called the same in both.
    SameName,
    /// This answer of the record after has the family name before.
    ToTheOneBefore(Name),
    /// This answer of the record before has the family name after.
    ToTheOneAfter(Name),
}

impl Leads {
    /// The box at which it is said.
    pub fn at(&self) -> Name {
        match self {
            Self::SameName => Name::of("family-name"),
            Self::ToTheOneBefore(at) | Self::ToTheOneAfter(at) => at.clone(),
        }
    }
}

impl fmt::Display for Leads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameName => {
                "This is the child’s name in the record before. Type the name from now on; who keeps their whole name needs no second record"
            }
            Self::ToTheOneBefore(_) => "The family name before must not stand in the record after",
            Self::ToTheOneAfter(_) => "The family name from now on must not stand in the record before",
        })
    }
}

/// What of this leads from one record to the other by a name: what the child is called in the record before, and the family
/// name there; what is typed for that record, and for the one after.
///
/// Names and nothing else: that a sentence gives somebody away in other words, only people see.
pub fn leads((called, family): (&str, &str), order: &Typed, after: &Typed) -> Vec<Leads> {
    let typed = |field: &str| after.get(&Name::of(field)).unwrap_or_default();
    let called_after = words(&format!("{} {}", typed("given-names"), typed("family-name")));
    if !called_after.is_empty() && words(called) == called_after {
        return vec![Leads::SameName];
    }
    let (before, from_now): (BTreeSet<_>, BTreeSet<_>) =
        (words(family).into_iter().collect(), words(typed("family-name")).into_iter().collect());
    let has = |text: &str, family: &BTreeSet<String>, but: &BTreeSet<String>| {
        // A word that is of both names, as half of a double one, gives nothing away.
        text.split_whitespace().flat_map(words).any(|word| family.contains(&word) && !but.contains(&word))
    };
    let in_after = after.pairs().filter(|(_, text)| has(text, &before, &from_now));
    let in_order = order.pairs().filter(|(_, text)| has(text, &from_now, &before));
    let leads = in_after.map(|(at, _)| Leads::ToTheOneBefore(at.clone()));
    leads.chain(in_order.map(|(at, _)| Leads::ToTheOneAfter(at.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(given: &str, family: &str, reason: &str) -> Typed {
        Typed::default().with("given-names", given).with("family-name", family).with("reason", reason)
    }

    /// R-ACC-04: a name that would lead from one record to the other is said at its box.
    #[test]
    fn r_acc_04_a_name_of_the_other_record_is_found_where_it_stands() {
        let before = ("Amabel Matchwick-Vale", "Matchwick-Vale");
        let order = Typed::default().with("summary", "She grew up with her gran.");
        assert_eq!(leads(before, &order, &after("Amabel", "Newland", "Support.")), []);
        assert_eq!(leads(before, &order, &after("amabel", " MATCHWICK vale", "Support.")), [Leads::SameName]);
        let told = leads(before, &order, &after("Amabel", "Newland", "For some weeks after, (Mátchwick) was said."));
        assert_eq!(told, [Leads::ToTheOneBefore(Name::of("reason"))]);
        let order = Typed::default().with("summary", "In the seventh of eight weeks Mrs Newland wrote.");
        let told = leads(before, &order, &after("Amabel", "Newland", "Support."));
        assert_eq!(told, [Leads::ToTheOneAfter(Name::of("summary"))]);
        // Who keeps half of it has that in both.
        assert_eq!(leads(before, &order, &after("Rose", "Vale", "Rose Vale’s.")), []);
        // Of a child without a name nothing is found.
        assert_eq!(leads(("", ""), &order, &after("", "", "Support.")), []);
    }

    #[test]
    fn a_link_reads_back_as_it_is_typed() {
        let other: RecordId = "01h00000000000000000000001".parse().expect("an identifier");
        let typed = Link { other, other_is: Side::After }.typed();
        assert_eq!(typed.get(&Name::of(OTHER)), Some("01h00000000000000000000001"));
        assert_eq!(typed.get(&Name::of(OTHER_IS)).map(str::parse), Some(Ok(Side::After)));
        assert_eq!(Side::After.opposite(), Side::Before);
        assert_eq!("behind".parse::<Side>(), Err(NotASide));
    }
}
