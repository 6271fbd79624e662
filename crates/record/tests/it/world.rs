//! The smallest world in which forms make sense: the Rochdale pack, three children, a worker, a moment.

use std::sync::LazyLock;

use policy::Pack;
use record::{
    EntryId, Moment, PersonId, RecordId, TeamId, Typed,
    content::Author,
    read::{Act, Directory, FieldProblem, read},
    time::Moment as At,
};

pub static PACK: LazyLock<Pack> = LazyLock::new(|| {
    policy::load(&policy::embedded(), "rochdale")
        .unwrap_or_else(|mistakes| panic!("the pack does not load: {mistakes:?}"))
});

/// Thursday 5 March 2026, ten in the morning.
pub fn now() -> Moment {
    At::of_london(jiff::civil::date(2026, 3, 5), jiff::civil::time(10, 0, 0, 0))
}

pub fn record(n: u8) -> RecordId {
    format!("0{n}h00000000000000000000000").parse().expect("26 characters of the alphabet")
}

pub fn person(n: u8) -> PersonId {
    format!("0{n}p00000000000000000000000").parse().expect("26 characters of the alphabet")
}

pub fn team(n: u8) -> TeamId {
    format!("0{n}t00000000000000000000000").parse().expect("26 characters of the alphabet")
}

pub fn entry(n: u8) -> EntryId {
    format!("0{n}e00000000000000000000000").parse().expect("26 characters of the alphabet")
}

/// Everybody whose number is below 8 is known here; 7 is the member of staff. The first entry is a visit, in the first
/// child's record.
pub struct Town;

impl Directory for Town {
    fn knows_person(&self, one: PersonId) -> bool {
        (0..8).any(|n| person(n) == one)
    }
    fn knows_staff(&self, one: PersonId) -> bool {
        one == person(7)
    }
    fn knows_team(&self, one: TeamId) -> bool {
        one == team(1)
    }
    fn form_of_entry(&self, of: RecordId, one: EntryId) -> Option<&str> {
        (of == record(1) && one == entry(1)).then_some("visit")
    }
}

pub fn sam() -> Author {
    Author {
        person: person(7),
        name: "Sam Okafor".into(),
        designation: "Social worker".into(),
        team: "North team".into(),
    }
}

/// What was typed: `name=value` lines. `@1` stands for the part of the first child.
pub fn typed(lines: &str) -> Typed {
    lines.lines().map(str::trim).filter(|line| !line.is_empty()).fold(Typed::default(), |typed, line| {
        let (name, value) = line.split_once('=').expect("a line is name=value");
        let number = |n: u8| format!("@{}", record(n));
        let name = (1..4).fold(name.to_owned(), |name, n| name.replace(&format!("@{n}"), &number(n)));
        let value =
            (1..4).fold(value.to_owned(), |value, n| value.replace(&format!("child {n}"), &record(n).to_string()));
        typed.also(&name, value)
    })
}

pub fn read_form(form: &str, lines: &str, about: &[RecordId]) -> Result<Act, Vec<FieldProblem>> {
    let form = PACK.form(form).expect("the pack has this form");
    read(&PACK, form, &typed(lines), about, &Town, now())
}

/// The boxes with problems, in the order of the page, for one child.
pub fn problems(form: &str, lines: &str) -> Vec<String> {
    let found = read_form(form, lines, &[record(1)]).err().unwrap_or_default();
    found.iter().map(|problem| problem.at.to_string().replace(&record(1).to_string(), "1")).collect()
}

/// A visit to one child with nothing wrong.
pub const VISIT: &str = "
    happened.day=4
    happened.month=3
    happened.year=2026
    happened.time=15:30
    kind=cin
    purpose=To see how the week went
    result=took-place
    place=home
    present.0.name=Sana Ali
    present.0.role=mother
    seen@1=yes
    seen-alone@1=yes
    interpreter=no
    done-without=no
    account.0.text=The kitchen was warm and there was food.
    exchanged=We talked about breakfast club.
    circumstances=no
    household=no
    outcome=A calm visit
    analysis=The plan is working: breakfast every day this week.";

/// The visit with one answer changed, or taken away.
pub fn visit_with(name: &str, value: Option<&str>) -> String {
    let kept = VISIT
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && line.split_once('=').is_some_and(|(n, _)| n != name));
    let changed = value.map(|value| format!("{name}={value}"));
    kept.map(str::to_owned).chain(changed).collect::<Vec<_>>().join("\n")
}
