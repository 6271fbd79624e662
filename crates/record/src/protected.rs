//! Addresses that must be kept from somebody: not shown where the record is read, until somebody says why they need them.
//!
//! Where one address of a record is protected, all are hidden: whoever lives with the child, and where the child lived
//! before, lead to the door as well. What people wrote in their own words cannot be hidden so.

use policy::{Pack, fact::Says};

use crate::{
    answer::{Address, Answer},
    content::Content,
    fact::Fact,
};

/// What stands in the place of an address.
pub const HIDDEN: &str = "Protected address, not shown";

/// The capability's form: why the addresses of a record were shown to somebody.
pub const REVEAL_FORM: &str = "addresses-shown";

/// Takes the addresses out of what an entry says.
pub fn hide_in_entry(content: &mut Content) {
    for answered in content.answers.values_mut() {
        if let Answer::Address(address) = &mut answered.answer {
            *address = Address { lines: HIDDEN.to_owned(), town: String::new(), postcode: String::new() };
        }
    }
}

/// Takes the address out of a fact that says one.
pub fn hide_in_fact(pack: &Pack, fact: &mut Fact) {
    if says_address(pack, fact) && !fact.said.value.is_empty() {
        HIDDEN.clone_into(&mut fact.said.value);
    }
}

/// Whether a fact says an address.
pub fn says_address(pack: &Pack, fact: &Fact) -> bool {
    pack.fact(&fact.said.line.kind).is_some_and(|kind| kind.says == Says::Address)
}

/// Whether an entry says an address.
pub fn has_address(content: &Content) -> bool {
    content.answers.values().any(|answered| matches!(answered.answer, Answer::Address(_)))
}
