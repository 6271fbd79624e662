//! Which children of a list live together: one household, or one address.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::PersonId;

/// With whom and where a child lives, as the child's record says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Living {
    /// Who lives with the child.
    pub with: BTreeSet<PersonId>,
    /// The home address, on one line.
    pub address: Option<String>,
    /// The placement: a code.
    pub placement: Option<String>,
    /// Where the placement is.
    pub placement_address: Option<String>,
    /// Whether an address of this record must be kept from somebody.
    pub protected: bool,
}

impl Living {
    /// Takes out every address where one of them must be kept from somebody: a list is seen by whoever passes.
    pub fn hide_what_is_protected(&mut self) {
        if self.protected {
            self.address = None;
            self.placement_address = None;
        }
    }

    /// Where the child lives now.
    pub fn at(&self) -> Option<&str> {
        if self.placement.is_some() { self.placement_address.as_deref() } else { self.address.as_deref() }
    }

    /// By what others are found who live there too. A child who is placed lives with none of those at home.
    fn ties(&self, child: PersonId) -> BTreeSet<String> {
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let mut ties: BTreeSet<String> = self.at().map(plain).into_iter().collect();
        if self.placement.is_none() {
            ties.extend(self.with.iter().chain([&child]).map(ToString::to_string));
        }
        ties
    }
}

/// The children in groups who live together, each as its place in the list; groups and children in the list's order.
pub fn together(children: &[(PersonId, Living)]) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..children.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (child, living)) in children.iter().enumerate() {
        for tie in living.ties(*child) {
            let other = *first.entry(tie).or_insert(at);
            let (one, two) = (group[at].min(group[other]), group[at].max(group[other]));
            for of in &mut group {
                if *of == two {
                    *of = one;
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, of) in group.into_iter().enumerate() {
        groups.entry(of).or_default().push(at);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        format!("01h000000000000000000000{n:02}").parse().unwrap()
    }

    fn at(n: u8, with: &[u8], address: &str) -> (PersonId, Living) {
        let address = Some(address.to_owned()).filter(|address| !address.is_empty());
        (person(n), Living { with: with.iter().map(|n| person(*n)).collect(), address, ..Living::default() })
    }

    #[test]
    fn who_shares_a_household_or_an_address_stands_together() {
        // Brother and sister by each other; a third child by the mother; a fourth by the address, written otherwise.
        let list = [
            at(1, &[2, 50], ""),
            at(7, &[], "9 Elm Street, Rochdale"),
            at(2, &[], ""),
            at(3, &[50], "12 Fern Rd"),
            at(4, &[], "12, fern rd"),
        ];
        assert_eq!(together(&list), [vec![0, 2, 3, 4], vec![1]]);
    }

    #[test]
    fn a_child_who_is_placed_lives_where_the_placement_is() {
        let mut placed = at(2, &[1], "12 Fern Rd");
        placed.1.placement = Some("U4".to_owned());
        placed.1.placement_address = Some("3 Moor View".to_owned());
        assert_eq!(together(&[at(1, &[], "12 Fern Rd"), placed.clone()]), [vec![0], vec![1]]);
        assert_eq!(placed.1.at(), Some("3 Moor View"));
        placed.1.protected = true;
        placed.1.hide_what_is_protected();
        assert_eq!(placed.1.at(), None, "a protected address is on no list");
    }
}
