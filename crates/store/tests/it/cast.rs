//! The people of the tests, what they write, and the children they write about. All invented.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, date};
use policy::{Capability, form::RecordKind};
use record::{
    ActId, EntryId, Moment, PersonId, RecordId, TeamId,
    answer::{Answer, Answered, Named, Passage},
    content::{Author, Content},
    entry::{About, changes},
};
use store::{Actor, Grant, Refused, StoreError, SystemChance, Tx, Write};

use crate::test_db::{PACK, TestDb};

/// Words that only sealed content holds: a dump must not show them.
pub const WORDS: &str = "zebrafinch marmalade quillwort";
/// A good enough password.
pub const PASSWORD: &str = "correct horse battery";

/// Staff of two teams.
pub struct Cast {
    pub organisation: RecordId,
    pub east: TeamId,
    pub west: TeamId,
    /// Worker in the east.
    pub amy: PersonId,
    /// Worker in the west.
    pub ben: PersonId,
    /// Manager of the east.
    pub mona: PersonId,
    /// Information governance.
    pub ivy: PersonId,
    /// Administrator.
    pub ada: PersonId,
}

/// A child with a record.
#[derive(Clone, Copy)]
pub struct Child {
    pub record: RecordId,
    pub person: PersonId,
}

/// The program itself, on the tests' job.
pub const JOB: Actor = Actor::System("tests");

pub type Answers = Vec<(&'static str, Answer)>;

pub fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}
pub fn code(code: &str) -> Answer {
    Answer::Code(code.to_owned())
}

/// What a note says.
pub fn note(words: &str) -> Answers {
    let passage = Passage { text: words.to_owned(), ..Passage::default() };
    let who = Named { person: None, name: "Nan Okafor".to_owned(), role: "grandmother".to_owned() };
    vec![
        ("type", code("telephone")),
        ("where", text("her mobile")),
        ("people", Answer::People(vec![who])),
        ("purpose", text("a call")),
        ("account", Answer::Passages(vec![passage])),
        ("child-views", text(words)),
        ("outcome", text("nothing changed")),
    ]
}

/// A child's legal status from a day on.
pub async fn status(t: &TestDb, child: Child, status: &str, on: Date) -> EntryId {
    let answers = vec![("status", code(status))];
    t.record(JOB, child.record, t.id(), "legal-status", on, answers).await.unwrap().unwrap()
}

impl TestDb {
    /// A new identifier.
    pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(&self) -> T {
        record::id::Id::new(self.now(), &mut SystemChance).to_string().parse().unwrap()
    }

    pub async fn begin(&self, actor: Actor) -> Tx {
        self.db.begin(actor, self.now()).await.unwrap()
    }

    /// The organisation with its staff; accounts for those named in `accounts`.
    pub async fn cast(&self, accounts: &str) -> Cast {
        let tx = self.begin(JOB).await;
        let organisation: RecordId = self.id();
        let [east, west]: [TeamId; 2] = [self.id(), self.id()];
        let [amy, ben, mona, ivy, ada]: [PersonId; 5] = std::array::from_fn(|_| self.id());
        let act: ActId = self.id();
        tx.begin_act(act);
        let grant = tx.open_record(organisation, RecordKind::Organisation, None).await.unwrap();
        for (team, name) in [(east, "East"), (west, "West")] {
            let mut answers = vec![("team", Answer::Team(team)), ("name", text(name)), ("service", text("Children"))];
            if team == east {
                answers.push(("manager", Answer::Person(mona)));
            }
            self.write(&tx, &grant, act, "team", date(2025, 1, 6), answers).await.unwrap();
        }
        let staff = [
            ("amy", amy, "worker", Some(east)),
            ("ben", ben, "worker", Some(west)),
            ("mona", mona, "team-manager", Some(east)),
            ("ivy", ivy, "information-governance", None),
            ("ada", ada, "administrator", None),
        ];
        for (name, person, role, team) in staff {
            tx.make_person(person);
            let mut answers = vec![
                ("person", Answer::Person(person)),
                ("name", text(&format!("{name} of the tests"))),
                ("designation", text("Social worker")),
                ("roles", Answer::Codes(vec![role.to_owned()])),
                ("account-status", code("open")),
            ];
            answers.extend(team.map(|team| ("team", Answer::Team(team))));
            self.write(&tx, &grant, act, "staff", date(2025, 1, 6), answers).await.unwrap();
            if accounts.split(' ').any(|one| one == name) {
                tx.make_account(person, name, PASSWORD, false, store::AccountKind::Staff).await.unwrap();
            }
        }
        drop(grant);
        tx.commit().await.unwrap();
        Cast { organisation, east, west, amy, ben, mona, ivy, ada }
    }

    /// A child whose record is with a team and perhaps a worker.
    pub async fn child(&self, name: &str, team: TeamId, worker: Option<PersonId>) -> Child {
        let (record, person, act): (RecordId, PersonId, ActId) = (self.id(), self.id(), self.id());
        let tx = self.begin(JOB).await;
        tx.make_person(person);
        tx.begin_act(act);
        let grant = tx.open_record(record, RecordKind::Child, Some(person)).await.unwrap();
        let details = vec![
            ("given-names", text(name)),
            ("family-name", text("Okafor")),
            ("born", Answer::YesNo(true)),
            ("birth", Answer::Date(date(2016, 5, 14))),
            ("confirmed", Answer::YesNo(false)),
        ];
        self.write(&tx, &grant, act, "person", date(2026, 1, 5), details).await.unwrap();
        let opening = vec![
            ("reason", text("school asked for help")),
            ("referral-source", code("2A")),
            ("team", Answer::Team(team)),
            ("informed", Answer::YesNo(true)),
        ];
        self.write(&tx, &grant, act, "opening", date(2026, 1, 5), opening).await.unwrap();
        drop(grant);
        tx.commit().await.unwrap();
        if let Some(worker) = worker {
            self.allocate(record, team, Some(worker), date(2026, 1, 6)).await;
        }
        Child { record, person }
    }

    pub async fn allocate(&self, record: RecordId, team: TeamId, worker: Option<PersonId>, on: Date) {
        let mut answers = vec![("team", Answer::Team(team)), ("has-worker", Answer::YesNo(worker.is_some()))];
        answers.extend(worker.map(|worker| ("worker", Answer::Person(worker))));
        self.record(JOB, record, self.id(), "allocation", on, answers).await.unwrap();
    }

    /// One entry in one act, begun again where somebody else was faster. None when the act was done before.
    pub async fn record(
        &self,
        actor: Actor,
        record: RecordId,
        act: ActId,
        form: &str,
        on: Date,
        answers: Answers,
    ) -> Result<Option<EntryId>, Refused> {
        let may = PACK.form(form).unwrap().may_complete;
        for tries in 1.. {
            let tx = self.begin(actor).await;
            if !tx.done(act).await?.is_empty() {
                return Ok(None);
            }
            let grant = tx.authorise(Write(may), record, "record").await?;
            tx.begin_act(act);
            let entry = self.write(&tx, &grant, act, form, on, answers.clone()).await?;
            drop(grant);
            match tx.commit().await {
                Err(StoreError::Conflict) if tries < 400 => {
                    tokio::time::sleep(std::time::Duration::from_millis(tries % 7)).await;
                }
                done => return Ok(done.map(|()| Some(entry))?),
            }
        }
        unreachable!("the loop ends by returning")
    }

    /// A note of today's about a child.
    pub async fn note(&self, actor: Actor, child: Child, words: &str) -> EntryId {
        self.record(actor, child.record, self.id(), "case-note", date(2026, 3, 2), note(words)).await.unwrap().unwrap()
    }

    /// Puts an entry and what follows from it into a transaction.
    pub async fn write(
        &self,
        tx: &Tx,
        grant: &Grant<'_, Write>,
        act: ActId,
        form: &str,
        on: Date,
        answers: Answers,
    ) -> Result<EntryId, StoreError> {
        let form = PACK.form(form).unwrap();
        tx.keep_form(&form.hash, &form.id, form.version, || PACK.canonical_form(form)).await?;
        let author = match tx.actor() {
            Actor::Person(person) | Actor::Support(person) => person,
            Actor::System(_) => "01h00000000000000000000000".parse().unwrap(),
        };
        let entry: EntryId = self.id();
        let about = About { record: grant.record(), holder: grant.holder(), entry };
        tx.keep(grant, act, changes(&PACK, form, content(form, author, on, tx.now(), answers), about)).await?;
        Ok(entry)
    }
}

pub fn content(form: &policy::Form, author: PersonId, on: Date, now: Moment, answers: Answers) -> Content {
    let answers: BTreeMap<String, Answered> =
        answers.into_iter().map(|(field, answer)| (field.to_owned(), Answered::plain(answer))).collect();
    for field in answers.keys() {
        assert!(form.field(field).is_some(), "{} has no question {field}", form.id);
    }
    Content {
        form: form.id.clone(),
        form_version: form.version,
        author: Author {
            person: author,
            name: "Amy of the tests".to_owned(),
            designation: "Social worker".to_owned(),
            team: "East".to_owned(),
        },
        happened_on: on,
        happened_at: Time::new(15, 20, 0, 0).ok(),
        written: now,
        informant: None,
        headline: (form.id == "case-note").then(|| format!("{} rang", WORDS.split(' ').next().unwrap())),
        late: None,
        second_because: None,
        on_behalf_of: None,
        right: record::right::Right::default(),
        needs: form.needs(),
        answers,
    }
}

/// To write ordinary entries.
pub const WRITE: Write = Write(Capability::RecordEntry);
