//! A small invented service: one team, one worker, its children.

use std::path::Path;

use casework::{
    Desk,
    organisation::{self, First, NewAccount},
    past::{self, Deed, NewChild},
};
use jiff::civil::{Date, Time};
use record::{
    ActId, Moment, PersonId, RecordId, TeamId, Typed, content::Author, id::Id, read::Directory, time::time_in_words,
    typed::Name,
};
use store::{Actor, Db, Past, Place, SystemChance};

use crate::place::open;

/// The worker's username and password.
pub const USERNAME: &str = "will";
/// A good enough password for nobody's data.
pub const PASSWORD: &str = "correct horse battery";

/// A database with a team and a worker.
#[derive(Clone)]
pub struct Service {
    /// The database.
    pub db: Db,
    /// The one team.
    pub team: TeamId,
    /// Its worker, who may read and write every record of the team.
    pub worker: PersonId,
}

/// A child with a record.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    /// The record.
    pub record: RecordId,
    /// Whose.
    pub person: PersonId,
}

impl Service {
    /// Makes it in an empty place.
    pub async fn make(place: &Place, keys: &Path) -> anyhow::Result<Self> {
        let db = open(place, keys).await?;
        let now = db.now();
        let job = organisation::job(db.clone(), "bench", now);
        let first = First { name: "Ada Admin", username: "ada", password: PASSWORD };
        let admin = organisation::found(&job, &first, "invented for measurements").await?;
        let desk = Desk::new(db.clone(), Actor::Person(admin), now);
        let today = on(now.day());
        let team = today.clone().with("name", "Bench team").with("service", "Children in care");
        let team = organisation::record_team(&desk, desk.new_id(), None, &team).await?;
        let staff = today
            .with("name", "Will Worker")
            .with("designation", "Social worker")
            .with("roles", "worker")
            .with("team", team.to_string())
            .with("account-status", "open");
        let account = NewAccount { username: USERNAME, password: PASSWORD, must_change: false };
        let worker = organisation::record_staff(&desk, desk.new_id(), None, &staff, Some(&account)).await?;
        Ok(Self { db, team, worker })
    }

    /// Somebody else who works here, in the team or in none.
    pub async fn employ(&self, username: &str, role: &str, in_team: bool) -> anyhow::Result<PersonId> {
        let admin = self.db.begin(Actor::System("bench"), self.db.now()).await?.accounts().await?[0].person;
        let desk = Desk::new(self.db.clone(), Actor::Person(admin), self.db.now());
        let staff = on(desk.now.day())
            .with("name", format!("{username} Staff"))
            .with("designation", role)
            .with("roles", role)
            .with("account-status", "open");
        let staff = if in_team { staff.with("team", self.team.to_string()) } else { staff };
        let account = NewAccount { username, password: PASSWORD, must_change: false };
        Ok(organisation::record_staff(&desk, desk.new_id(), None, &staff, Some(&account)).await?)
    }

    /// The worker's desk now.
    pub fn desk(&self) -> Desk {
        Desk::new(self.db.clone(), Actor::Person(self.worker), self.db.now())
    }

    /// The author of what was written in the past.
    pub fn author(&self) -> Author {
        let [name, designation, team] = ["Will Worker", "Social worker", "Bench team"].map(str::to_owned);
        Author { person: self.worker, name, designation, team }
    }

    /// Children with nothing but an opening and their own details, with this team since a month ago.
    pub async fn children(&self, count: usize) -> anyhow::Result<Vec<Child>> {
        let from = self.db.now().plus_seconds(-30 * 86_400).day();
        let children: Vec<Child> = (0..count).map(|_| new_child(self.db.now())).collect();
        let deeds =
            children.iter().enumerate().flat_map(|(nth, child)| self.beginning(*child, nth, from)).collect::<Vec<_>>();
        let pasts = self.pasts(&children, &deeds)?;
        self.take_in(&pasts).await?;
        Ok(children)
    }

    /// The same, allocated to the worker.
    pub async fn allocated(&self, count: usize) -> anyhow::Result<Vec<Child>> {
        let day = self.db.now().plus_seconds(-30 * 86_400).day();
        let children: Vec<Child> = (0..count).map(|_| new_child(self.db.now())).collect();
        let mut deeds = Vec::new();
        for (nth, child) in children.iter().enumerate() {
            deeds.extend(self.beginning(*child, nth, day));
            let typed = on(day)
                .with("team", self.team.to_string())
                .with("has-worker", "yes")
                .with("worker", self.worker.to_string())
                .with("file-holder", "yes");
            deeds.push(self.deed(*child, "allocation", day, typed));
        }
        self.take_in(&self.pasts(&children, &deeds)?).await?;
        Ok(children)
    }

    /// The first deeds of every record.
    pub fn beginning(&self, child: Child, nth: usize, day: Date) -> [Deed; 2] {
        self.beginning_in(self.team, child, nth, day)
    }

    /// The same of a child of any team.
    pub fn beginning_in(&self, team: TeamId, child: Child, nth: usize, day: Date) -> [Deed; 2] {
        let details = on(day)
            .with("given-names", format!("Child{nth}"))
            .with("family-name", "Bench")
            .with("born", "yes")
            .with("birth.day", "14")
            .with("birth.month", "5")
            .with("birth.year", (day.year() - 1).to_string())
            .with("sex", "F")
            .with("confirmed", "no");
        let opening = on(day)
            .with("reason", "The family asked for help.")
            .with("referral-source", "2A")
            .with("team", team.to_string())
            .with("informed", "no")
            .with("informed.reason", "The first visit is tomorrow.");
        [("person", details), ("opening", opening)].map(|(form, typed)| self.deed(child, form, day, typed))
    }

    /// A deed about one child, written on the afternoon of its day.
    pub fn deed(&self, child: Child, form: &str, day: Date, typed: Typed) -> Deed {
        let written = Moment::of_london(day, jiff::civil::time(18, 0, 0, 0));
        let about = vec![child.record];
        Deed {
            act: ActId::new(written, &mut SystemChance),
            form: form.to_owned(),
            written,
            author: self.author(),
            about,
            typed,
        }
    }

    /// Whole records from deeds.
    pub fn pasts(&self, children: &[Child], deeds: &[Deed]) -> anyhow::Result<Vec<Past>> {
        let new: Vec<_> =
            children.iter().map(|child| NewChild { record: child.record, person: child.person }).collect();
        past::pasts(self.db.pack(), &new, deeds, &Everybody, &mut SystemChance).map_err(|(at, problems)| {
            anyhow::anyhow!("an invented {} does not fit its form: {problems:?}", deeds[at].form)
        })
    }

    /// Keeps whole records.
    pub async fn take_in(&self, pasts: &[Past]) -> anyhow::Result<()> {
        Ok(past::take_in(&organisation::job(self.db.clone(), "bench", self.db.now()), pasts).await?)
    }
}

/// A child who is nowhere yet.
pub fn new_child(now: Moment) -> Child {
    Child { record: RecordId::new(now, &mut SystemChance), person: PersonId::new(now, &mut SystemChance) }
}

/// A new identifier as text.
pub fn new_id(now: Moment) -> String {
    Id::new(now, &mut SystemChance).to_string()
}

/// A form about a day.
pub fn on(day: Date) -> Typed {
    dated(Typed::default(), "happened", day)
}

/// A form about a day and a time.
pub fn at(day: Date, time: Time) -> Typed {
    on(day).with("happened.time", time_in_words(time))
}

/// With a date typed into its boxes.
pub fn dated(mut typed: Typed, field: &str, day: Date) -> Typed {
    for (part, number) in [("day", i16::from(day.day())), ("month", i16::from(day.month())), ("year", day.year())] {
        typed.put(Name::of(field).part(part), number.to_string());
    }
    typed
}

/// What every case note says at least.
pub fn note(typed: Typed, account: &str) -> Typed {
    typed
        .with("type", "letter")
        .with("where", "By post")
        .with("people.0.name", "Nan Okafor")
        .with("people.0.role", "grandmother")
        .with("purpose", "to let us know")
        .with("account.0.nature", "seen")
        .with("account.0.text", account)
        .with("outcome", "Nothing changes.")
}

/// Knows whoever is named: the deeds are our own.
struct Everybody;

impl Directory for Everybody {
    fn knows_person(&self, _: PersonId) -> bool {
        true
    }
    fn knows_staff(&self, _: PersonId) -> bool {
        true
    }
    fn knows_team(&self, _: TeamId) -> bool {
        true
    }
}
