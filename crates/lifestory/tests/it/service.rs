//! A small invented service: a team, a worker, a child, and a note about the child.

use std::path::Path;

use casework::{
    Desk,
    organisation::{self, First, NewAccount},
    past::{self, Deed, NewChild},
    recording,
};
use jiff::civil::{Date, date};
use record::{ActId, Moment, PersonId, RecordId, TeamId, Typed, content::Author, read::Directory};
use store::{Actor, Db, Place, SystemChance};

use crate::server::{PASSWORD, open};

/// Words that stand in the first note.
pub const WORDS: &str = "zebrafinch marmalade quillwort";
/// The day of everything.
const DAY: Date = date(2026, 3, 2);

/// Who and what was made.
pub struct Service {
    pub db: Db,
    pub worker: PersonId,
    pub child: RecordId,
    /// The page of the first note.
    pub page: String,
}

impl Service {
    /// Makes it in an empty place; the worker is `will`, with the password of all tests.
    pub async fn make(place: &Place, keys: &Path) -> Self {
        let db = open(place, keys).await;
        let now = db.now();
        let job = organisation::job(db.clone(), "test", now);
        let first = First { name: "Ada Admin", username: "ada", password: PASSWORD };
        let admin = organisation::found(&job, &first, "").await.unwrap();
        let desk = Desk::new(db.clone(), Actor::Person(admin), now);
        let team = on(DAY).with("name", "East").with("service", "Children in care");
        let team = organisation::record_team(&desk, desk.new_id(), None, &team).await.unwrap();
        let staff = on(DAY)
            .with("name", "Will Worker")
            .with("designation", "Social worker")
            .with("roles", "worker")
            .with("team", team.to_string())
            .with("account-status", "open");
        let account = NewAccount { username: "will", password: PASSWORD, must_change: false };
        let worker = organisation::record_staff(&desk, desk.new_id(), None, &staff, Some(&account)).await.unwrap();
        let author = Author {
            person: worker,
            name: "Will Worker".to_owned(),
            designation: "Social worker".to_owned(),
            team: "East".to_owned(),
        };
        let child =
            NewChild { record: RecordId::new(now, &mut SystemChance), person: PersonId::new(now, &mut SystemChance) };
        let deeds = beginning(&child, team, &author, now);
        let pasts = past::pasts(db.pack(), &[child], &deeds, &Everybody, &mut SystemChance);
        let pasts = pasts.unwrap_or_else(|(at, problems)| panic!("{}: {problems:?}", deeds[at].form));
        past::take_in(&job, &pasts).await.unwrap();
        let record = deeds[0].about[0];
        let mut service = Self { db, worker, child: record, page: String::new() };
        service.page = service.note(1, WORDS).await;
        crate::server::come_back(&service.db, &["ada", "will"]).await;
        service
    }

    /// Another note, at a minute of its own; gives its page.
    pub async fn note(&self, n: usize, words: &str) -> String {
        let desk = Desk::new(self.db.clone(), Actor::Person(self.worker), self.db.now());
        let child = self.child;
        let typed = on(DAY)
            .with("happened.time", format!("{:02}:{:02}", n / 60 % 24, n % 60))
            .with("type", "letter")
            .with("where", "By post")
            .with("people.0.name", "Nan Okafor")
            .with("people.0.role", "grandmother")
            .with("purpose", "to let us know")
            .with("account.0.nature", "seen")
            .with("account.0.text", words)
            .with("outcome", "Nothing changes.")
            .with("about", child.to_string())
            .with(&format!("child-views@{child}"), words)
            .with(&format!("views-how@{child}"), "said");
        let written = recording::record_now(&desk, desk.new_id(), child, "case-note", &typed).await.unwrap();
        format!("/records/{child}/entries/{}", written[0].entry)
    }
}

fn beginning(child: &NewChild, team: TeamId, author: &Author, now: Moment) -> [Deed; 2] {
    let details = on(DAY)
        .with("given-names", "Amira")
        .with("family-name", "Okafor")
        .with("born", "yes")
        .with("birth.day", "14")
        .with("birth.month", "5")
        .with("birth.year", "2016")
        .with("sex", "F")
        .with("confirmed", "no");
    let opening = on(DAY)
        .with("reason", "The family asked for help.")
        .with("referral-source", "2A")
        .with("team", team.to_string())
        .with("informed", "no")
        .with("informed.reason", "The first visit is tomorrow.");
    [("person", details), ("opening", opening)].map(|(form, typed)| Deed {
        act: ActId::new(now, &mut SystemChance),
        form: form.to_owned(),
        written: Moment::of_london(DAY, jiff::civil::time(18, 0, 0, 0)),
        author: author.clone(),
        about: vec![child.record],
        typed,
    })
}

fn on(day: Date) -> Typed {
    Typed::default()
        .with("happened.day", day.day().to_string())
        .with("happened.month", day.month().to_string())
        .with("happened.year", day.year().to_string())
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
