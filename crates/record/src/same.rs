//! One person who was made twice: which of them stands for both, and what may not be joined.
//!
//! That two are one is a fact between them, said by an entry; nothing is moved. A fact of the kind `same-person` about
//! the one who was made by mistake names the one who stands for both. Whoever has no such fact stands for themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    fact::{Assertion, Subject, project},
    id::PersonId,
    known,
};

/// One person, and whoever may read one record may read the other.
pub const SHARED: &str = "shared";
/// One person, and each record stays with those who may read it.
pub const APART: &str = "apart";
/// Two people: said of some who look alike, and of some who were joined by mistake.
pub const TWO: &str = "two";

/// That two are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Who was made beside the other.
    pub alias: PersonId,
    /// Who stands for both.
    pub one: PersonId,
    /// Whether whoever may read one record may read the other.
    pub shared: bool,
}

/// Where somebody who was made twice belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who stands for all of them.
    pub one: PersonId,
    /// The least of those whose records are read by the same people; none who shares with nobody.
    pub shares: Option<PersonId>,
}

/// Why two are not joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJoined {
    /// They are one person already, by one entry.
    #[error("These are one and the same person: nobody can be joined with themselves")]
    Oneself,
    /// They stand for one person since an earlier entry, directly or by way of others.
    #[error("These two stand for one person already")]
    Already,
    /// The one that would become the other's stands for somebody else.
    #[error("One of the two is joined with somebody else already. Join the one who stands for them")]
    Elsewhere,
}

/// What assertions of the kind `same-person` say in the end: the links, and the pairs of whom it is said that they are
/// two. A pair is joined while one record says so.
pub fn links(said: impl IntoIterator<Item = Assertion>) -> (Vec<Link>, BTreeSet<(PersonId, PersonId)>) {
    let mut lines: BTreeMap<_, Vec<Assertion>> = BTreeMap::new();
    for one in said.into_iter().filter(|said| said.line.kind == known::SAME_PERSON) {
        lines.entry(one.line.clone()).or_default().push(one);
    }
    let mut links: BTreeMap<(PersonId, PersonId), bool> = BTreeMap::new();
    let mut two = BTreeSet::new();
    for fact in lines.into_values().flat_map(project).filter(|fact| fact.until.is_none()) {
        let (Subject::Person(alias), Some(one)) = (fact.said.line.subject, fact.said.other) else { continue };
        match fact.said.value.as_str() {
            TWO => {
                two.insert((alias.min(one), alias.max(one)));
            }
            value => *links.entry((alias, one)).or_default() |= value == SHARED,
        }
    }
    let links = links.into_iter().map(|((alias, one), shared)| Link { alias, one, shared }).collect();
    (links, two)
}

/// Where everybody belongs whom links name. The same in whatever order they come; links that lead round in circles,
/// which no act makes, leave the least of them to stand for all.
pub fn places(links: &[Link]) -> BTreeMap<PersonId, Place> {
    let everybody: BTreeSet<PersonId> = links.iter().flat_map(|link| [link.alias, link.one]).collect();
    let all = together(links);
    let sharing = together(&links.iter().copied().filter(|link| link.shared).collect::<Vec<_>>());
    let aliases: BTreeSet<PersonId> = links.iter().map(|link| link.alias).collect();
    let head = |least: PersonId| {
        let group = everybody.iter().filter(|person| all.get(person) == Some(&least));
        group.clone().find(|person| !aliases.contains(person)).or_else(|| group.clone().next()).copied()
    };
    let heads: BTreeMap<PersonId, PersonId> = all
        .values()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|least| Some((least, head(least)?)))
        .collect();
    everybody
        .iter()
        .filter_map(|person| {
            let one = *heads.get(all.get(person)?)?;
            Some((*person, Place { one, shares: sharing.get(person).copied() }))
        })
        .collect()
}

/// The least of all with whom somebody is linked, however far.
fn together(links: &[Link]) -> BTreeMap<PersonId, PersonId> {
    let mut least: BTreeMap<PersonId, PersonId> =
        links.iter().flat_map(|link| [link.alias, link.one]).map(|person| (person, person)).collect();
    loop {
        let mut changed = false;
        for link in links {
            let both = [link.alias, link.one];
            let Some(least_of_both) = both.iter().filter_map(|one| least.get(one)).min().copied() else { continue };
            for one in both {
                if least.insert(one, least_of_both) != Some(least_of_both) {
                    changed = true;
                }
            }
        }
        if !changed {
            return least;
        }
    }
}

/// Whether one may become the other's, given how everybody near them is linked.
///
/// # Errors
/// Why not.
pub fn may_join(links: &[Link], alias: PersonId, one: PersonId) -> Result<(), NotJoined> {
    let places = places(links);
    let stands_for = |person: PersonId| places.get(&person).map_or(person, |place| place.one);
    if alias == one {
        Err(NotJoined::Oneself)
    } else if stands_for(alias) == stands_for(one) {
        Err(NotJoined::Already)
    } else if stands_for(alias) != alias || stands_for(one) != one {
        Err(NotJoined::Elsewhere)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        format!("{n:02}h00000000000000000000000").parse().unwrap()
    }
    fn link(alias: u8, one: u8, shared: bool) -> Link {
        Link { alias: person(alias), one: person(one), shared }
    }

    #[test]
    fn nobody_is_joined_with_themselves_twice_or_in_a_circle() {
        let links = [link(2, 1, true), link(3, 2, false)];
        for (alias, one, answer) in [
            (1, 1, Err(NotJoined::Oneself)),
            (2, 1, Err(NotJoined::Already)),
            (1, 2, Err(NotJoined::Already)),
            (1, 3, Err(NotJoined::Already)),
            (3, 4, Err(NotJoined::Elsewhere)),
            (4, 2, Err(NotJoined::Elsewhere)),
            (4, 1, Ok(())),
            (1, 4, Ok(())),
            (4, 5, Ok(())),
        ] {
            assert_eq!(may_join(&links, person(alias), person(one)), answer, "{alias} {one}");
        }
    }

    #[test]
    fn everybody_has_one_who_stands_for_them_in_whatever_order_it_was_said() {
        let mut links = vec![link(2, 1, true), link(3, 2, false), link(5, 4, false)];
        let one_way = places(&links);
        links.reverse();
        assert_eq!(places(&links), one_way);
        let of = |n| one_way[&person(n)];
        assert_eq!((of(1).one, of(2).one, of(3).one, of(5).one), (person(1), person(1), person(1), person(4)));
        assert_eq!((of(1).shares, of(2).shares), (Some(person(1)), Some(person(1))));
        assert_eq!((of(3).shares, of(4).shares), (None, None), "their readers stay apart");
        assert!(!one_way.contains_key(&person(6)));
    }

    #[test]
    fn a_circle_that_no_act_makes_ends_somewhere() {
        let round = places(&[link(1, 2, true), link(2, 3, true), link(3, 1, true)]);
        assert!(round.values().all(|place| place.one == person(1)));
    }
}
