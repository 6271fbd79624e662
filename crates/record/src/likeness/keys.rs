//! The keys under which somebody is kept, and under which they are looked for: so chosen that two who are likely the
//! same share one, and few others do.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Called, Described, NameKind, Number, birth, name};
use crate::{
    fact::{Assertion, Place},
    identifier, known,
};

/// A key. Names, births and numbers stand in it as they stand in facts; an address must be hidden before it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// To be kept as it is.
    Plain(String),
    /// An address with one sound of a name: never to be kept in clear. Nobody is found by an address alone, so that
    /// who lives at a door cannot be asked.
    Address(String),
}

/// The kinds of fact from which keys follow.
pub const KINDS: [&str; 9] = [
    known::NAME,
    known::PREFERRED_NAME,
    known::FORMER_NAME,
    known::BIRTH,
    known::EXPECTED_BIRTH,
    known::NHS_NUMBER,
    known::UPN,
    known::ADDRESS,
    known::ADDRESS_PROTECTED,
];

/// The kinds of fact by which somebody is [`recognised`], and that which says that their address is protected.
pub const COMPARED: [&str; 9] = [
    known::NAME,
    known::PREFERRED_NAME,
    known::FORMER_NAME,
    known::BIRTH,
    known::EXPECTED_BIRTH,
    known::NHS_NUMBER,
    known::UPN,
    known::SEX,
    known::ADDRESS_PROTECTED,
];

/// What one record's assertions about one person describe: names, births and numbers of any time, since people are
/// looked for by what they once were. Addresses are given as text, and none where the address is protected.
pub fn described<'a>(said: impl IntoIterator<Item = &'a Assertion> + Clone) -> (Described, Vec<String>) {
    let known = recognised(said.clone().into_iter().map(|said| (said.line.kind.as_str(), said.value.as_str())));
    let mut addresses = Vec::new();
    let mut protected: Option<(&Place, bool)> = None;
    for said in said {
        match said.line.kind.as_str() {
            known::ADDRESS if !said.value.is_empty() => addresses.extend(address(&said.value)),
            known::ADDRESS_PROTECTED
                if !said.value.is_empty() && protected.is_none_or(|(place, _)| *place < said.place) =>
            {
                protected = Some((&said.place, said.value == "yes"));
            }
            _ => {}
        }
    }
    if protected.is_some_and(|(_, protected)| protected) {
        addresses.clear();
    }
    (known, addresses)
}

/// What facts about one person describe, each by its kind and value: whatever somebody is recognised by but where they
/// live.
pub fn recognised<'a>(said: impl IntoIterator<Item = (&'a str, &'a str)>) -> Described {
    let mut known = Described::default();
    for (kind, value) in said {
        if value.is_empty() {
            continue;
        }
        let mut named = |kind| {
            let words = name::words(value);
            // «Child 566910», as a return calls somebody, is a number.
            for number in words.iter().filter(|word| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
            {
                known.numbers.insert((Number::Child, number.clone()));
            }
            if !words.is_empty() {
                known.names.push(Called { kind, words });
            }
        };
        match kind {
            known::NAME => named(NameKind::Full),
            known::PREFERRED_NAME => named(NameKind::Preferred),
            known::FORMER_NAME => named(NameKind::Former),
            known::BIRTH => known.births.extend(value.parse::<Date>()),
            known::EXPECTED_BIRTH => known.expected.extend(value.parse::<Date>()),
            known::SEX => known.sexes.extend([value.to_owned()]),
            known::NHS_NUMBER => known.numbers.extend(number(Number::Nhs, value)),
            known::UPN => known.numbers.extend(number(Number::Upn, value)),
            _ => {}
        }
    }
    known.with_names_put_together()
}

/// A number without spaces, in capitals; none where too little was typed to be one.
pub fn number(kind: Number, text: &str) -> Option<(Number, String)> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    (plain.len() >= 4).then_some((kind, plain))
}

/// An address in the form in which two are the same: its postcode, and what says which door. None where it says no
/// door, since a street is many homes.
pub fn address(on_one_line: &str) -> Option<String> {
    let parts: Vec<&str> = on_one_line.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let (last, before) = parts.split_last()?;
    let (postcode, lines) = match identifier::postcode(last) {
        Some(postcode) => (postcode.replace(' ', ""), before),
        None => (String::new(), parts.as_slice()),
    };
    door(lines.iter().copied(), &postcode)
}

fn door<'a>(lines: impl Iterator<Item = &'a str> + Clone, postcode: &str) -> Option<String> {
    let words = lines.clone().flat_map(name::words);
    let numbers: Vec<_> = words.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).collect();
    let door = if numbers.is_empty() { name::words(lines.clone().next()?).concat() } else { numbers.join(" ") };
    // Without a postcode it takes the whole address to be sure.
    let whole =
        if postcode.is_empty() { name::words(&lines.collect::<Vec<_>>().join(" ")).concat() } else { String::new() };
    (!door.is_empty()).then(|| format!("{postcode}|{door}|{whole}"))
}

/// The address of a door and a postcode as they are typed into a search.
pub fn typed_address(house: &str, postcode: &str) -> Option<String> {
    let postcode = identifier::postcode(postcode)?.replace(' ', "");
    door(std::iter::once(house), &postcode)
}

/// The keys under which somebody is kept.
pub fn kept(known: &Described, addresses: &[String]) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for called in &known.names {
        for word in &called.words {
            keys.insert(Key::Plain(format!("w{word}")));
            keys.insert(Key::Plain(format!("s{}", name::sound(word))));
        }
        for (a, b) in name::pairs(&called.words) {
            // With the birth, so that those who are nearly certainly one are met without looking through a whole name.
            keys.extend(known.births.iter().map(|born| Key::Plain(format!("m{born} {a} {b}"))));
            keys.insert(Key::Plain(format!("n{a} {b}")));
        }
        for sound in name::sounds(&called.words) {
            keys.extend(known.births.iter().map(|born| born_key(*born, &sound)));
            keys.extend(addresses.iter().map(|address| Key::Address(format!("{address} {sound}"))));
        }
    }
    keys.extend(known.births.iter().chain(&known.expected).map(|born| Key::Plain(format!("d{born}"))));
    keys.extend(known.numbers.iter().map(|(_, number)| Key::Plain(format!("i{number}"))));
    keys.remove(&Key::Plain("s".to_owned()));
    keys
}

fn born_key(born: Date, sound: &str) -> Key {
    Key::Plain(format!("b{born} {sound}"))
}

/// The keys by which somebody is looked for, those that say most first: each group finds so many at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Numbers.
    pub numbers: BTreeSet<Key>,
    /// Birth, and slips of it, with a sound of the name.
    pub births: BTreeSet<Key>,
    /// Address with a sound of the name.
    pub addresses: BTreeSet<Key>,
    /// Two sounds of a name.
    pub pairs: BTreeSet<Key>,
    /// The birth alone, where no name was given; the sound of the name, where it is one word.
    pub alone: BTreeSet<Key>,
    /// Beginnings of words, of which a name must have each.
    pub begins: Vec<String>,
    /// Where a birth is known too, that day, also with day and month exchanged: whose name begins so is looked for among
    /// those who were born then. Another slip of the birth beside a part of the name finds nobody.
    pub born: BTreeSet<Key>,
}

/// What somebody is looked for by.
pub fn wanted(known: &Described, addresses: &[String]) -> Wanted {
    let mut wanted = Wanted::default();
    wanted.numbers.extend(known.numbers.iter().map(|(_, number)| Key::Plain(format!("i{number}"))));
    for called in &known.names {
        wanted.pairs.extend(name::pairs(&called.words).into_iter().map(|(a, b)| Key::Plain(format!("n{a} {b}"))));
        for sound in name::sounds(&called.words) {
            for born in &known.births {
                let days = birth::slips(*born).into_iter().chain([*born]);
                wanted.births.extend(days.map(|day| born_key(day, &sound)));
            }
            wanted.addresses.extend(addresses.iter().map(|address| Key::Address(format!("{address} {sound}"))));
        }
        if let [word] = called.words.as_slice() {
            wanted.alone.insert(Key::Plain(format!("s{}", name::sound(word))));
        }
    }
    if known.names.is_empty() {
        wanted.alone.extend(known.births.iter().chain(&known.expected).map(|born| Key::Plain(format!("d{born}"))));
    }
    wanted.alone.remove(&Key::Plain("s".to_owned()));
    if let [called] = known.names.as_slice() {
        // The longest first: it leaves the fewest.
        wanted.begins.clone_from(&called.words);
        wanted.begins.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let days = known.births.iter().flat_map(|born| [Some(*born), birth::turned(*born)]).flatten();
        wanted.born.extend(days.map(|day| Key::Plain(format!("d{day}"))));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn whoever_is_found_by_something_is_compared_by_it() {
        let found_by: BTreeSet<_> = KINDS.into_iter().filter(|kind| *kind != known::ADDRESS).collect();
        assert_eq!(BTreeSet::from(COMPARED), &found_by | &[known::SEX].into());
    }

    fn described(name: &str, born: Date) -> Described {
        Described { births: [born].into(), ..Described::named(name) }
    }

    fn found(looked_for: &Described, known: &Described) -> bool {
        let (wanted, kept) = (wanted(looked_for, &[]), kept(known, &[]));
        [wanted.numbers, wanted.births, wanted.pairs, wanted.alone].iter().any(|keys| !keys.is_disjoint(&kept))
    }

    /// Whoever is likely the same is met by a key: else the rule would never be asked.
    #[test]
    fn slips_of_every_kind_are_met_by_a_key() {
        let born = date(2016, 5, 4);
        for (name, typed, day) in [
            ("Catherine Moss", "Kathryn Moss", born),
            ("Mohammed Khan", "Muhammad Kahn", born),
            ("Siân Rees", "Sian Rees", born),
            ("Ciara O'Brien", "Ciara O Brien", born),
            ("Anna Smith-Jones", "Anna Smith", born),
            ("Anna Smithjones", "Anna Smith-Jones", born),
            ("Maryann Lunn", "Mary Ann Lunn", born),
            ("Amira Ali", "Ali Amira", born),
            ("Amira Ali", "Amira Ali", date(2016, 4, 5)),
            ("Amira Ali", "Amira Ali", date(2016, 5, 14)),
            ("Amira Ali", "Amira Ali", date(1999, 1, 1)),
            ("Robert Lunn", "Rodert Lunn", born),
            ("Robert Lunn", "Robert Lumn", date(2016, 5, 14)),
        ] {
            assert!(found(&described(typed, day), &described(name, born)), "{typed} for {name}");
        }
        assert!(!found(&described("Jayden Pike", born), &described("Amira Ali", born)));
    }

    #[test]
    fn an_address_is_a_door_and_a_postcode() {
        let fern = address("12 Fern Road, Harrowdale, ZZ1 4FR");
        assert_eq!(fern, typed_address("12", "zz14fr"));
        assert_eq!(fern, typed_address("12 Fern Rd", "ZZ1 4FR"));
        assert_eq!(address("Flat 3, 12 Fern Road, Harrowdale, ZZ1 4FR"), typed_address("3 12", "ZZ1 4FR"));
        assert_eq!(address("The Old Vicarage, Harrowdale, ZZ1 4FR"), typed_address("The Old Vicarage", "ZZ1 4FR"));
        assert_eq!(typed_address("12", "somewhere"), None);
        assert_eq!(typed_address("", "ZZ1 4FR"), None);
        assert_eq!(address(""), None);
        assert_eq!(address("ZZ1 4FR"), None, "a street is many homes");
    }

    #[test]
    fn an_address_is_no_key_in_clear() {
        let known = described("Amira Ali", date(2016, 5, 4));
        let keys = kept(&known, &address("12 Fern Road, Harrowdale, ZZ1 4FR").into_iter().collect::<Vec<_>>());
        assert_eq!(keys.iter().filter(|key| matches!(key, Key::Address(_))).count(), 2);
        assert!(keys.iter().all(|key| matches!(key, Key::Address(_)) || !format!("{key:?}").contains("ZZ1")));
    }
}
