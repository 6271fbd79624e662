//! Which files belong to one year, in which order the years come, and who was born when.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, date};

/// What files of one set have in common: the folder, and the year that may begin the file's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SetName {
    folder: String,
    year: Option<i16>,
}

impl SetName {
    /// `old/2017-header.csv` belongs to the folder `old` and the year 2017.
    pub fn of(file: &str) -> Self {
        let (folder, name) = file.rsplit_once(['/', '\\']).unwrap_or(("", file));
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let year = (digits == 4).then(|| name[..4].parse().ok()).flatten().filter(|year| (1990..2200).contains(year));
        Self { folder: folder.to_owned(), year }
    }
}

/// The sets, earliest first, with the year in which each begins.
///
/// Where every name begins with a year, that is the order. Otherwise it is the latest date in each, and a return may
/// name 1 April as the day on which its last episodes end, so the day before counts.
pub(super) fn in_order(sets: BTreeMap<SetName, Option<Date>>) -> Vec<(SetName, Option<i16>)> {
    let named = sets.keys().all(|name| name.year.is_some());
    let mut sets: Vec<_> = sets.into_iter().collect();
    sets.sort_by_key(|(name, latest)| if named { (name.year, *latest) } else { (None, *latest) });
    let year = |name: &SetName, latest: Option<Date>| {
        if named { name.year } else { latest.map(begins).or(name.year) }
    };
    sets.into_iter().map(|(name, latest)| (name.clone(), year(&name, latest))).collect()
}

/// The April in which the year of a set begins.
fn begins(latest: Date) -> i16 {
    let year = latest.year();
    if latest > date(year, 4, 1) { year } else { year - 1 }
}

/// The birth of a child number, as far as the sets agree on it.
#[derive(Clone, Copy)]
enum Birth {
    One(Date),
    Two,
}

impl Birth {
    fn add(births: &mut HashMap<String, Self>, child: &str, born: Date) {
        let said = births.entry(child.to_owned()).or_insert(Self::One(born));
        if matches!(said, Self::One(other) if *other != born) {
            *said = Self::Two;
        }
    }
}

/// What is known of a birth when a row of a set is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Born {
    /// By the header of the set.
    Here(Date),
    /// By another set's header, the latest.
    Elsewhere(Date),
    /// By the rows of other files alone.
    NoHeader(Date),
    /// Two dates for one number: perhaps two children.
    Conflict,
    /// Nowhere.
    Unknown,
}

/// Every date of birth in the sets.
#[derive(Default)]
pub(super) struct Births {
    here: HashMap<(usize, String), Birth>,
    elsewhere: HashMap<String, (usize, Date)>,
    rows: HashMap<String, Birth>,
}

impl Births {
    pub fn header(&mut self, set: usize, child: &str, born: Date) {
        let said = self.here.entry((set, child.to_owned())).or_insert(Birth::One(born));
        if matches!(said, Birth::One(other) if *other != born) {
            *said = Birth::Two;
        }
        let latest = self.elsewhere.entry(child.to_owned()).or_insert((set, born));
        if set >= latest.0 {
            *latest = (set, born);
        }
    }

    pub fn row(&mut self, child: &str, born: Date) {
        Birth::add(&mut self.rows, child, born);
    }

    pub fn of(&self, set: usize, child: &str) -> Born {
        match self.here.get(&(set, child.to_owned())) {
            Some(Birth::One(born)) => return Born::Here(*born),
            Some(Birth::Two) => return Born::Conflict,
            None => {}
        }
        if let Some((latest, born)) = self.elsewhere.get(child) {
            let torn = matches!(self.here.get(&(*latest, child.to_owned())), Some(Birth::Two));
            return if torn { Born::Conflict } else { Born::Elsewhere(*born) };
        }
        match self.rows.get(child) {
            Some(Birth::One(born)) => Born::NoHeader(*born),
            Some(Birth::Two) => Born::Conflict,
            None => Born::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Births, Born, SetName, in_order};
    use jiff::civil::date;

    #[test]
    fn years_come_in_order() {
        let set = |file: &str, latest| (SetName::of(file), Some(latest));
        let years =
            |sets: Vec<_>| in_order(sets.into_iter().collect()).into_iter().map(|(_, year)| year).collect::<Vec<_>>();
        // By name, even where a slip gives a set a late date.
        let named = vec![set("2018-header.csv", date(2019, 3, 31)), set("2017-header.csv", date(2020, 1, 1))];
        assert_eq!(years(named), [Some(2017), Some(2018)]);
        // By date, the 1st of April being the end of a year.
        let dated = vec![set("b/header.csv", date(2018, 4, 1)), set("a/header.csv", date(2019, 4, 2))];
        assert_eq!(years(dated), [Some(2017), Some(2019)]);
        assert!(SetName::of("x/20170401.csv") == SetName::of("x/header.csv"));
        assert!(SetName::of("x/2017-a.csv") == SetName::of("x/2017-b.csv"));
    }

    #[test]
    fn a_birth_is_the_headers() {
        let (old, new) = (date(2001, 1, 1), date(2002, 2, 2));
        let mut births = Births::default();
        births.header(0, "a", old);
        births.header(1, "a", new);
        births.header(1, "torn", old);
        births.header(1, "torn", new);
        births.row("b", old);
        births.row("c", old);
        births.row("c", new);
        for (set, child, expected) in [
            (0, "a", Born::Here(old)),
            (1, "a", Born::Here(new)),
            (2, "a", Born::Elsewhere(new)),
            (1, "torn", Born::Conflict),
            (0, "torn", Born::Conflict),
            (0, "b", Born::NoHeader(old)),
            (0, "c", Born::Conflict),
            (0, "d", Born::Unknown),
        ] {
            assert_eq!(births.of(set, child), expected, "{set} {child}");
        }
    }
}
