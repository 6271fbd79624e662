//! Who works at the invented authority: teams, those who work there now, those who left.

use jiff::{Span, civil::Date};
use record::{Moment, PersonId, TeamId, content::Author};

use super::dice::Dice;

/// A team of the invented authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Team {
    /// Help and protection, north.
    North,
    /// Help and protection, south.
    South,
    /// Disabled children.
    Disabled,
    /// Children in care.
    InCare,
    /// Care leavers.
    Leaving,
}

/// The teams: which, their names, their services.
pub(super) const TEAMS: [(Team, &str, &str); 5] = [
    (Team::North, "North team", "Help and protection"),
    (Team::South, "South team", "Help and protection"),
    (Team::Disabled, "Disabled Children's team", "Help and protection"),
    (Team::InCare, "Children in Care team", "Children in care"),
    (Team::Leaving, "Leaving Care team", "Children in care"),
];

/// Somebody who works there or did.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The person.
    pub person: PersonId,
    /// Full name.
    pub name: &'static str,
    /// Designation.
    pub designation: &'static str,
    /// Role of the pack.
    pub role: &'static str,
    /// Team.
    pub team: Option<Team>,
    /// Since.
    pub from: Date,
    /// Until, for those who left.
    pub until: Option<Date>,
    /// Username, for those who have an account.
    pub username: Option<&'static str>,
    /// For a visitor: what this person can show.
    pub try_it: &'static str,
}

impl Staff {
    pub(super) fn first_name(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
    fn works_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Everybody at work.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Staff, the administrator last.
    pub staff: Vec<Staff>,
    /// Teams with their identifiers.
    pub teams: Vec<(Team, TeamId)>,
}

const WORKER: (&str, &str) = ("Social worker", "worker");
const SENIOR: (&str, &str) = ("Senior practitioner", "senior-practitioner");
const MANAGER: (&str, &str) = ("Team manager", "team-manager");
const ADVISER: (&str, &str) = ("Personal adviser", "worker");

/// Name, what they do, team, months since they came, months since they left.
type Line = (&'static str, (&'static str, &'static str), Option<Team>, i32, Option<i32>);

const LINES: &[Line] = &[
    ("Sam Okafor", WORKER, Some(Team::North), 41, None),
    ("Grace Whitlock", MANAGER, Some(Team::North), 62, None),
    ("Priya Raman", SENIOR, Some(Team::North), 88, None),
    ("Tom Ferris", WORKER, Some(Team::South), 30, None),
    ("Helen Marchbank", ("Head of service", "head-of-service"), None, 70, None),
    ("Ines Duarte", ("Information governance officer", "information-governance"), None, 50, None),
    ("Rowan Pike", ("Records manager", "records-manager"), None, 160, None),
    ("Katya Novak", WORKER, Some(Team::North), 77, None),
    ("Bryony Leck", WORKER, Some(Team::North), 19, None),
    ("Daniel Osei-Hart", WORKER, Some(Team::North), 55, None),
    ("Mairead Quinlan", WORKER, Some(Team::North), 33, None),
    ("Judith Carrow", MANAGER, Some(Team::South), 49, None),
    ("Emeka Nwosu", SENIOR, Some(Team::South), 92, None),
    ("Lucy Tarn", WORKER, Some(Team::South), 26, None),
    ("Owen Pryce", WORKER, Some(Team::South), 64, None),
    ("Sunniva Hallam", WORKER, Some(Team::South), 37, None),
    ("Marcus Bell", WORKER, Some(Team::South), 15, None),
    ("Anil Deshmukh", MANAGER, Some(Team::Disabled), 101, None),
    ("Fiona Strang", WORKER, Some(Team::Disabled), 120, None),
    ("Leo Abara", WORKER, Some(Team::Disabled), 28, None),
    ("Catherine Mott", MANAGER, Some(Team::InCare), 58, None),
    ("Yusuf Karim", SENIOR, Some(Team::InCare), 97, None),
    ("Rosalind Fay", WORKER, Some(Team::InCare), 45, None),
    ("Patrick Dunne", WORKER, Some(Team::InCare), 22, None),
    ("Abigail Sowande", WORKER, Some(Team::InCare), 71, None),
    ("Megan Tilley", WORKER, Some(Team::InCare), 34, None),
    ("Stephen Orme", MANAGER, Some(Team::Leaving), 83, None),
    ("Dawn Whitaker", ADVISER, Some(Team::Leaving), 66, None),
    ("Jerome Stanley", ADVISER, Some(Team::Leaving), 39, None),
    ("Ellen Fairhurst", WORKER, Some(Team::North), 170, Some(60)),
    ("Gareth Moss", WORKER, Some(Team::North), 130, Some(24)),
    ("Patricia Lund", MANAGER, Some(Team::North), 170, Some(62)),
    ("Vera Cottam", WORKER, Some(Team::South), 170, Some(50)),
    ("Hugh Denby", WORKER, Some(Team::South), 120, Some(14)),
    ("Nadia Farouk", MANAGER, Some(Team::South), 170, Some(49)),
    ("Alison Brand", MANAGER, Some(Team::Disabled), 170, Some(101)),
    ("Keith Garland", WORKER, Some(Team::Disabled), 170, Some(40)),
    ("Wendy Arkle", MANAGER, Some(Team::InCare), 170, Some(58)),
    ("Terence Hope", WORKER, Some(Team::InCare), 170, Some(30)),
    ("Bridget Sayer", WORKER, Some(Team::InCare), 140, Some(66)),
    ("Moira Kettle", MANAGER, Some(Team::Leaving), 170, Some(83)),
    ("Ivan Prole", ADVISER, Some(Team::Leaving), 170, Some(35)),
];

/// Usernames, and what each can show.
const ACCOUNTS: [(&str, &str, &str); 7] = [
    ("Sam Okafor", "sam", "My work; the Ali family; record a visit to two of the children at once"),
    (
        "Grace Whitlock",
        "grace",
        "My team; a manager's decision; put an entry right, or move it; who has looked; open and allocate a record; a child before and after an adoption",
    ),
    ("Priya Raman", "priya", "A senior practitioner's view of the same team"),
    ("Tom Ferris", "tom", "Another team's worker: cannot open the Ali children, and cannot tell that they are there"),
    ("Helen Marchbank", "helen", "Every child, every team, and decisions"),
    ("Ines Duarte", "ig", "Information governance: any record, who has looked at it, and what was moved away"),
    ("Rowan Pike", "records", "Records manager: opening and closing, importing; reads no child's record"),
];

/// The administrator, whom founding makes.
pub(super) const ADMINISTRATOR: (&str, &str, &str) =
    ("Alex Thorne", "admin", "Staff, teams and accounts; reads no child's record");

fn months_ago(today: Date, months: i32) -> Date {
    today.saturating_sub(Span::new().months(months))
}

impl Cast {
    /// Everybody, with identifiers from chance.
    pub(super) fn new(today: Date, dice: &mut Dice) -> Self {
        let made = |day: Date| Moment::of_london(day, jiff::civil::time(9, 0, 0, 0));
        let mut staff = Vec::new();
        for (name, (designation, role), team, from, until) in LINES.iter().copied() {
            let from = months_ago(today, from);
            let account = ACCOUNTS.iter().find(|(of, ..)| *of == name);
            staff.push(Staff {
                person: PersonId::new(made(from), dice),
                name,
                designation,
                role,
                team,
                from,
                until: until.map(|months| months_ago(today, months)),
                username: account.map(|(_, username, _)| *username),
                try_it: account.map_or("", |(.., try_it)| try_it),
            });
        }
        let teams = TEAMS.iter().map(|(team, ..)| (*team, TeamId::new(made(months_ago(today, 170)), dice))).collect();
        Self { staff, teams }
    }

    /// A team's identifier.
    pub(super) fn team(&self, team: Team) -> Option<TeamId> {
        self.teams.iter().find(|(one, _)| *one == team).map(|(_, id)| *id)
    }

    /// Who managed a team on a day.
    pub(super) fn manager(&self, team: Team, day: Date) -> &Staff {
        let of_team = |one: &&Staff| one.team == Some(team) && one.role == "team-manager";
        let manager = self.staff.iter().filter(of_team).find(|one| one.works_on(day));
        manager.or_else(|| self.staff.iter().find(of_team)).unwrap_or(&self.staff[0])
    }

    /// The places of those who carried children in a team on a day.
    pub(super) fn carrying(&self, team: Team, day: Date) -> Vec<usize> {
        let carries = |one: &Staff| one.team == Some(team) && matches!(one.role, "worker" | "senior-practitioner");
        (0..self.staff.len()).filter(|at| carries(&self.staff[*at]) && self.staff[*at].works_on(day)).collect()
    }

    /// Somebody as the author of an entry.
    pub(super) fn author(staff: &Staff) -> Author {
        let team = TEAMS.iter().find(|(team, ..)| Some(*team) == staff.team).map_or("", |(_, name, _)| name);
        Author {
            person: staff.person,
            name: staff.name.to_owned(),
            designation: staff.designation.to_owned(),
            team: team.to_owned(),
        }
    }
}
