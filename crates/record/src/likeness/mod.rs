//! Whether two descriptions may be of one person, and why: the one rule behind the search before a person is made,
//! the check when a record is opened or imported, and the list of likely duplicates.
//!
//! It decides nothing. It gives points with the reasons for and against, and people look. [`keys`] says under which
//! keys somebody is kept and looked for, so that a database need not compare everybody with everybody.

pub mod birth;
pub mod keys;
pub mod name;

use std::{collections::BTreeSet, fmt};

use jiff::civil::Date;

use self::{birth::Birth, name::Whole};

/// From how many points somebody is shown to a person who searches.
pub const SHOWN: i32 = 45;
/// From how many points two are likely the same: they stand on the list of likely duplicates, and a record is opened
/// only when somebody says that they are two.
pub const LIKELY: i32 = 70;

/// What is known of somebody, as far as it helps to recognise them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Every name that they have or had.
    pub names: Vec<Called>,
    /// Every date of birth that was ever said.
    pub births: BTreeSet<Date>,
    /// Expected dates of birth.
    pub expected: BTreeSet<Date>,
    /// Codes of sex.
    pub sexes: BTreeSet<String>,
    /// Numbers from outside, each with its kind.
    pub numbers: BTreeSet<(Number, String)>,
    /// Addresses in a form that can be compared and not read.
    pub addresses: BTreeSet<String>,
}

/// A name with what it is to its bearer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Called {
    /// What kind of name.
    pub kind: NameKind,
    /// Its folded words.
    pub words: Vec<String>,
}

/// What kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// The full name.
    Full,
    /// What they like to be called.
    Preferred,
    /// A name that they had before.
    Former,
}

/// What kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// NHS number.
    Nhs,
    /// Unique pupil number.
    Upn,
    /// The child's number in another system or return.
    Child,
    /// Typed into a search, of whatever kind.
    Any,
}

/// How like two people are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Points; more is liker.
    pub score: i32,
    /// What speaks for one person, the weightiest first.
    pub why: Vec<Reason>,
    /// What speaks against it.
    pub against: Vec<Against>,
}

/// What speaks for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same number.
    Number(Number),
    /// The name is the same.
    Name,
    /// The same words in another order.
    NameTurned,
    /// It sounds the same.
    NameSounds,
    /// A letter or two apart.
    NameNear,
    /// One has all of the other.
    NamePart,
    /// Only the first name.
    FirstName,
    /// Only the family name.
    FamilyName,
    /// What was typed begins the name.
    NameBegins,
    /// The same day of birth.
    Birth,
    /// Day and month are exchanged.
    BirthTurned,
    /// One digit is another.
    BirthDigit,
    /// Born near the day on which a baby was expected.
    BirthExpected,
    /// The same address.
    Address,
    /// The name that is like is the one that they prefer.
    Preferred,
    /// The name that is like is a former one.
    Former,
}

/// What speaks against one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// Both have a number of this kind, and not the same.
    Number(Number),
    /// Born more than two years apart.
    BornApart,
    /// Other dates of birth.
    Birth,
    /// Another sex.
    Sex,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nhs => "NHS number",
            Self::Upn => "unique pupil number",
            Self::Child => "child number",
            Self::Any => "number",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(kind) => return write!(f, "same {kind}"),
            Self::Name => "same name",
            Self::NameTurned => "same names in another order",
            Self::NameSounds => "name sounds alike",
            Self::NameNear => "name spelt nearly the same",
            Self::NamePart => "part of the name is the same",
            Self::FirstName => "same or like first name",
            Self::FamilyName => "same or like family name",
            Self::NameBegins => "name begins so",
            Self::Birth => "same date of birth",
            Self::BirthTurned => "date of birth with day and month exchanged",
            Self::BirthDigit => "date of birth differs in one digit",
            Self::BirthExpected => "born near the day on which the baby was expected",
            Self::Address => "same address",
            Self::Preferred => "by the name they prefer",
            Self::Former => "by a former name",
        }
        .fmt(f)
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(kind) => return write!(f, "another {kind}"),
            Self::BornApart => "born years apart",
            Self::Birth => "another date of birth",
            Self::Sex => "sex is recorded otherwise",
        }
        .fmt(f)
    }
}

impl Likeness {
    /// Whether it is enough to be shown to a person who searches.
    pub const fn is_shown(&self) -> bool {
        self.score >= SHOWN
    }

    /// Whether the two are likely one.
    pub const fn is_likely(&self) -> bool {
        self.score >= LIKELY
    }

    /// Whether something certain speaks against it, so that nobody joins them in passing: each has a number of the same
    /// kind that is not the other's, or they were born years apart.
    pub fn is_contradicted(&self) -> bool {
        self.against.iter().any(|one| matches!(one, Against::Number(_) | Against::BornApart))
    }

    /// The reasons in one line: «same date of birth, name sounds alike».
    pub fn in_words(&self) -> String {
        self.why.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn speaks_for(&mut self, reason: Reason, points: i32) {
        self.why.push(reason);
        self.score += points;
    }

    fn speaks_against(&mut self, reason: Against, points: i32) {
        self.against.push(reason);
        self.score -= points;
    }
}

impl Described {
    /// A description by a name as it is typed.
    pub fn named(name: &str) -> Self {
        let words = name::words(name);
        let names = if words.is_empty() { Vec::new() } else { vec![Called { kind: NameKind::Full, words }] };
        Self { names, ..Self::default() }
    }

    /// Whether nothing at all is known.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what is known of the same person from elsewhere.
    pub fn extend(&mut self, more: Self) {
        self.names.extend(more.names);
        self.births.extend(more.births);
        self.expected.extend(more.expected);
        self.sexes.extend(more.sexes);
        self.numbers.extend(more.numbers);
        self.addresses.extend(more.addresses);
    }

    /// Adds the names that follow from others: who is called Mimi and is Amira Ali may be looked for as Mimi Ali.
    #[must_use]
    pub fn with_names_put_together(mut self) -> Self {
        let full: Vec<_> = self.names.iter().filter(|name| name.kind == NameKind::Full).cloned().collect();
        let alone: Vec<_> =
            self.names.iter().filter(|name| name.kind != NameKind::Full && name.words.len() == 1).cloned().collect();
        for one in &alone {
            for full in full.iter().filter(|full| full.words.len() > 1) {
                let mut words = full.words.clone();
                let place = match one.kind {
                    NameKind::Former => words.len() - 1,
                    _ => 0,
                };
                words[place].clone_from(&one.words[0]);
                self.names.push(Called { kind: one.kind, words });
            }
        }
        self.names.sort();
        self.names.dedup();
        self
    }
}

/// Compares two descriptions. The order of the two makes no difference.
pub fn compare(a: &Described, b: &Described) -> Likeness {
    let mut like = Likeness::default();
    compare_numbers(a, b, &mut like);
    compare_names(a, b, &mut like);
    compare_births(a, b, &mut like);
    if !a.addresses.is_disjoint(&b.addresses) {
        like.speaks_for(Reason::Address, 15);
    }
    if !a.sexes.is_empty() && !b.sexes.is_empty() && a.sexes.is_disjoint(&b.sexes) {
        like.speaks_against(Against::Sex, 5);
    }
    // What was said with the greatest weight is read first.
    like.why.sort_unstable();
    like
}

/// What somebody looks for: as much as they know, some of it perhaps wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedFor {
    /// Name, birth, numbers.
    pub who: Described,
    /// An address, by [`keys::typed_address`].
    pub address: Option<String>,
}

impl LookedFor {
    /// By a name as it is typed, and a date of birth where it is known.
    pub fn new(name: &str, born: Option<Date>) -> Self {
        let mut who = Described::named(name);
        who.births.extend(born);
        Self { who, address: None }
    }

    /// With a number of whatever kind.
    #[must_use]
    pub fn with_number(mut self, kind: Number, number: &str) -> Self {
        self.who.numbers.extend(keys::number(kind, number));
        self
    }

    /// With an address.
    #[must_use]
    pub fn with_address(mut self, house: &str, postcode: &str) -> Self {
        self.address = keys::typed_address(house, postcode);
        self
    }
}

/// Whether somebody who is known is shown to whoever looks for this, and why.
///
/// Beside those who are like enough, whoever knows only a part is shown all whom it fits: the beginnings of words, one
/// word that sounds the same, a date of birth alone.
pub fn look(looked_for: &Described, known: &Described) -> Option<Likeness> {
    let mut like = compare(looked_for, known);
    if like.is_shown() {
        return Some(like);
    }
    let birth_fits = looked_for.births.is_empty()
        || like.why.iter().any(|why| matches!(why, Reason::Birth | Reason::BirthTurned | Reason::BirthDigit));
    if !birth_fits {
        return None;
    }
    if looked_for.names.is_empty() {
        let same_day = looked_for.births.iter().any(|day| known.births.contains(day) || known.expected.contains(day));
        return (same_day && looked_for.numbers.is_empty()).then_some(like);
    }
    let fits = looked_for.names.iter().find_map(|typed| {
        let begins = known.names.iter().find(|name| name::begins(&typed.words, &name.words));
        let sounds = |name: &&Called| match typed.words.as_slice() {
            [word] => name.words.iter().any(|known| name::compare_words(word, known) >= name::Word::Sounds),
            _ => false,
        };
        begins.map(|name| (Reason::NameBegins, name)).or_else(|| {
            let name = known.names.iter().find(sounds)?;
            Some((Reason::NameSounds, name))
        })
    });
    let (reason, name) = fits?;
    if !like.why.iter().any(|why| (Reason::Name..=Reason::NameBegins).contains(why)) {
        like.speaks_for(reason, 5);
        match name.kind {
            NameKind::Full => {}
            NameKind::Preferred => like.why.push(Reason::Preferred),
            NameKind::Former => like.why.push(Reason::Former),
        }
        like.why.sort_unstable();
    }
    Some(like)
}

fn compare_numbers(a: &Described, b: &Described, like: &mut Likeness) {
    let of = |one: &Described, kind| {
        one.numbers.iter().filter(|(of, _)| *of == kind).map(|(_, number)| number.clone()).collect::<BTreeSet<_>>()
    };
    for kind in [Number::Nhs, Number::Upn, Number::Child] {
        let (mine, theirs) = (of(a, kind), of(b, kind));
        if !mine.is_disjoint(&theirs) {
            like.speaks_for(Reason::Number(kind), 80);
        } else if !mine.is_empty() && !theirs.is_empty() {
            like.speaks_against(Against::Number(kind), 40);
        }
    }
    for (typed, known) in [(a, b), (b, a)] {
        for number in of(typed, Number::Any) {
            if let Some((kind, _)) = known.numbers.iter().find(|(_, one)| *one == number) {
                like.speaks_for(Reason::Number(*kind), 80);
            }
        }
    }
}

fn compare_names(a: &Described, b: &Described, like: &mut Likeness) {
    let best = a
        .names
        .iter()
        .flat_map(|one| b.names.iter().map(move |other| (one, other)))
        .map(|(one, other)| (name::compare(&one.words, &other.words), one.kind.max(other.kind)))
        // Of two that are as like, the one that needs no explaining.
        .max_by_key(|(whole, kind)| (*whole, std::cmp::Reverse(*kind)));
    let Some((whole, kind)) = best else { return };
    let (reason, points) = match whole {
        Whole::Same => (Reason::Name, 50),
        Whole::Turned => (Reason::NameTurned, 46),
        Whole::Sounds => (Reason::NameSounds, 45),
        Whole::Near => (Reason::NameNear, 42),
        Whole::Part => (Reason::NamePart, 38),
        Whole::First => (Reason::FirstName, 20),
        Whole::Family => (Reason::FamilyName, 5),
        Whole::Other => return,
    };
    like.speaks_for(reason, points);
    match kind {
        NameKind::Full => {}
        NameKind::Preferred => like.why.push(Reason::Preferred),
        NameKind::Former => like.why.push(Reason::Former),
    }
}

fn compare_births(a: &Described, b: &Described, like: &mut Likeness) {
    let best = a.births.iter().flat_map(|one| b.births.iter().map(|other| birth::compare(*one, *other))).max();
    match best {
        Some(Birth::Same) => like.speaks_for(Reason::Birth, 40),
        Some(Birth::Turned) => like.speaks_for(Reason::BirthTurned, 33),
        Some(Birth::Digit) => like.speaks_for(Reason::BirthDigit, 30),
        Some(Birth::Other) => like.speaks_against(Against::Birth, 20),
        Some(Birth::Apart) => like.speaks_against(Against::BornApart, 40),
        None => {
            let near = |one: &Date, other: &Date| {
                one.until(*other).is_ok_and(|span| span.get_days().abs() <= MOST_DAYS_FROM_EXPECTED)
            };
            let (mine, theirs) = (a.births.iter().chain(&a.expected), b.births.iter().chain(&b.expected));
            if mine.flat_map(|one| theirs.clone().map(move |other| (one, other))).any(|(one, other)| near(one, other)) {
                like.speaks_for(Reason::BirthExpected, 25);
            }
        }
    }
}

/// A baby comes early, or late, or was expected wrongly.
const MOST_DAYS_FROM_EXPECTED: i32 = 70;

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn person(name: &str, born: Option<(i16, i8, i8)>) -> Described {
        let births = born.map(|(year, month, day)| date(year, month, day)).into_iter().collect();
        Described { births, ..Described::named(name) }
    }

    const MAY: Option<(i16, i8, i8)> = Some((2016, 5, 14));

    /// R-PPL-03, R-BAS-01: one table of what is likely one child, and why.
    #[test]
    fn who_is_likely_the_same_and_why() {
        for (a, b, likely, why) in [
            (person("Amira Ali", MAY), person("Amira Ali", MAY), true, "same name, same date of birth"),
            (person("Catherine Moss", MAY), person("Kathryn Moss", MAY), true, "name sounds alike, same date of birth"),
            (person("Mohammed Khan", MAY), person("Muhammad Khan", MAY), true, "name sounds alike, same date of birth"),
            (person("Siân Rees", MAY), person("Sian Rees", MAY), true, "same name, same date of birth"),
            (person("Ciara O'Brien", MAY), person("Ciara OBrien", MAY), true, "same name, same date of birth"),
            (person("Ciara O Brien", MAY), person("Ciara O’Brien", MAY), true, "same name, same date of birth"),
            (
                person("Anna-Lea Smith-Jones", MAY),
                person("Anna Lea Smith Jones", MAY),
                true,
                "same name, same date of birth",
            ),
            (
                person("Anna Smith-Jones", MAY),
                person("Anna Smith", MAY),
                true,
                "part of the name is the same, same date of birth",
            ),
            (
                person("Ali Amira", MAY),
                person("Amira Ali", MAY),
                true,
                "same names in another order, same date of birth",
            ),
            (person("Jayden Pike", MAY), person("Jaydon Pike", MAY), true, "name sounds alike, same date of birth"),
            (person("Oliver Marsh", MAY), person("Olivre Marsh", MAY), true, "name sounds alike, same date of birth"),
            (
                person("Robert Lunn", MAY),
                person("Rodert Lunn", MAY),
                true,
                "name spelt nearly the same, same date of birth",
            ),
            (
                person("Amira Ali", MAY),
                person("Amira Ali", Some((2016, 5, 15))),
                true,
                "same name, date of birth differs in one digit",
            ),
            (
                person("Amira Ali", Some((2016, 5, 4))),
                person("Amira Ali", Some((2016, 4, 5))),
                true,
                "same name, date of birth with day and month exchanged",
            ),
            (
                person("Catherine Moss", MAY),
                person("Moss Kathryn", Some((2016, 5, 24))),
                true,
                "same names in another order, date of birth differs in one digit",
            ),
            (person("Amira Ali", MAY), person("Amira Ali", None), false, "same name"),
            (person("Amira Ali", MAY), person("Amira Shah", MAY), false, "same or like first name, same date of birth"),
            // Twins, brothers and sisters, and strangers with common names.
            (person("Amira Ali", MAY), person("Bilal Ali", MAY), false, "same or like family name, same date of birth"),
            (person("Amira Ali", MAY), person("Bilal Ali", Some((2019, 10, 2))), false, "same or like family name"),
            (person("Mohammed Khan", MAY), person("Mohammed Khan", Some((2012, 11, 30))), false, "same name"),
            (person("Amira Ali", MAY), person("Jayden Pike", MAY), false, "same date of birth"),
            (person("Amira Ali", MAY), Described::default(), false, ""),
        ] {
            let like = compare(&a, &b);
            assert_eq!(
                (like.is_likely(), like.in_words().as_str()),
                (likely, why),
                "{:?} {:?}: {}",
                a.names,
                b.names,
                like.score
            );
            assert_eq!(compare(&b, &a), like, "the same from the other side");
        }
    }

    #[test]
    fn numbers_say_most_for_and_against() {
        let with = |mut one: Described, kind, number: &str| {
            one.numbers.insert((kind, number.to_owned()));
            one
        };
        let (amira, other) = (person("Amira Ali", MAY), person("Mimi Shah", None));
        let [a, b] = [&amira, &other].map(|one| with(one.clone(), Number::Nhs, "9434765919"));
        let like = compare(&a, &b);
        assert!(like.is_likely() && !like.is_contradicted());
        assert_eq!(like.in_words(), "same NHS number");
        let like = compare(&a, &with(amira.clone(), Number::Nhs, "9434765870"));
        assert_eq!(like.against, [Against::Number(Number::Nhs)]);
        assert!(like.is_contradicted() && like.is_shown(), "shown with what speaks against it");
        let typed = with(Described::default(), Number::Any, "9434765919");
        assert_eq!(compare(&typed, &a).in_words(), "same NHS number");
        assert!(compare(&amira, &person("Amira Ali", Some((2001, 1, 30)))).is_contradicted());
    }

    #[test]
    fn preferred_and_former_names_count() {
        let mut known = person("Amira Ali", MAY);
        known.names.push(Called { kind: NameKind::Preferred, words: name::words("Mimi") });
        known.names.push(Called { kind: NameKind::Former, words: name::words("Hussain") });
        let known = known.with_names_put_together();
        assert_eq!(
            compare(&person("Mimi Ali", MAY), &known).in_words(),
            "same name, same date of birth, by the name they prefer"
        );
        assert_eq!(
            compare(&person("Amira Hussein", MAY), &known).in_words(),
            "name sounds alike, same date of birth, by a former name"
        );
    }

    #[test]
    fn whoever_knows_a_part_is_shown_whom_it_fits() {
        let amira = person("Amira Ali", MAY);
        let shown =
            |name: &str, born: Option<(i16, i8, i8)>| look(&person(name, born), &amira).map(|like| like.in_words());
        for (name, born, why) in [
            ("amir al", None, "name sounds alike"),
            ("am al", None, "same or like family name"),
            ("am", None, "name begins so"),
            ("ali", None, "same or like family name"),
            ("ALI", MAY, "same or like family name, same date of birth"),
            ("Ameera", None, "same or like first name"),
            ("", MAY, "same date of birth"),
        ] {
            assert_eq!(shown(name, born).as_deref(), Some(why), "{name}");
        }
        for (name, born) in [
            ("khan", MAY),
            ("mira", None),
            ("ali", Some((2001, 1, 30))),
            ("", Some((2016, 5, 15))),
            ("", None),
            ("100%", None),
        ] {
            assert_eq!(shown(name, born), None, "{name}");
        }
    }

    #[test]
    fn a_baby_is_known_by_when_it_was_expected() {
        let expected = Described { expected: [date(2026, 3, 20)].into(), ..Described::named("Moss") };
        assert_eq!(
            compare(&expected, &person("Rosa Moss", Some((2026, 3, 2)))).why.last(),
            Some(&Reason::BirthExpected)
        );
        assert_eq!(compare(&expected, &person("Rosa Moss", Some((2025, 3, 2)))).why.last(), Some(&Reason::FamilyName));
    }
}
