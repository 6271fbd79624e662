//! Children brought in from yearly SSDA903 sets: into records of their own, once, and then worked with like any other.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it is")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use casework::{
    Desk, caseload, import,
    import::Imported,
    organisation::{self, First, NewAccount},
    reading, recording, records,
    story::{self, Asked, At},
};
use jiff::civil::Date;
use record::{Moment, PersonId, RecordId, TeamId, Typed};
use store::{Actor, Db, Place, Read};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/903");
const CLEAN: &str = "hand-clean";
const YEARS: &str = "cs-demand-model-903-2017-2021";
const DIRTY: &str = "d2i-903-fake";

/// Their sets contradict each other: episodes of one year lie within episodes of another, so that what goes on and what
/// was interrupted hangs on what is read together.
const OVERLAPPING: [&str; 3] = ["Child 119095", "Child 156679", "Child 276736"];

/// What the imports set of a child.
const KINDS: [&str; 14] = [
    "name",
    "birth",
    "sex",
    "ethnicity",
    "upn",
    "upn-unknown",
    "legal-status",
    "category-of-need",
    "placement",
    "placement-provider",
    "placement-address",
    "review",
    "missing-episode",
    "uasc",
];

type Files = Vec<(String, Vec<u8>)>;

/// A small service: a team with its manager and a worker.
struct Service {
    _folder: tempfile::TempDir,
    db: Db,
    team: TeamId,
    manager: PersonId,
    worker: PersonId,
}

fn at(day: i8) -> Moment {
    format!("2026-07-{day:02}T09:00:00.000000Z").parse().unwrap()
}

impl Service {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pack = Arc::new(policy::load(&policy::embedded(), "rochdale").unwrap());
        let place = Place::Folder(folder.path().to_owned());
        let db = Db::open(&place, &folder.path().join("keys"), pack, Arc::new(|| at(1))).await.unwrap();
        let job = organisation::job(db.clone(), "test", at(1));
        let first = First { name: "Ada Admin", username: "ada", password: "correct horse battery" };
        let admin = organisation::found(&job, &first, "invented for a test").await.unwrap();
        let desk = Desk::new(db.clone(), Actor::Person(admin), at(1));
        let today = dated(1);
        let staff = async |name: &str, roles: &str, team: Option<TeamId>| {
            let team = team.map(|team| team.to_string()).unwrap_or_default();
            let typed = today
                .clone()
                .with("name", name)
                .with("designation", "Social worker")
                .with("roles", roles)
                .with("team", team)
                .with("account-status", "open");
            let account = NewAccount { username: roles, password: "correct horse battery", must_change: false };
            organisation::record_staff(&desk, desk.new_id(), None, &typed, Some(&account)).await.unwrap()
        };
        let manager = staff("Mona Manager", "team-manager", None).await;
        let typed = today.clone().with("name", "Looked After").with("service", "Children in care");
        let typed = typed.with("manager", manager.to_string());
        let team = organisation::record_team(&desk, desk.new_id(), None, &typed).await.unwrap();
        let worker = staff("Will Worker", "worker", Some(team)).await;
        Self { _folder: folder, db, team, manager, worker }
    }

    fn desk(&self, person: PersonId, day: i8) -> Desk {
        Desk::new(self.db.clone(), Actor::Person(person), at(day))
    }

    async fn bring_in(&self, files: &Files, day: i8) -> Imported {
        let desk = import::desk(self.db.clone(), at(day));
        let mut heard = Vec::new();
        let imported = import::bring_in(&desk, files, self.team, |done, of| heard.push((done, of))).await.unwrap();
        assert!(
            heard
                .last()
                .is_none_or(|(done, of)| done == of && *done == imported.children_new + imported.children_known)
        );
        imported
    }

    /// The team's children by what they are called.
    async fn children(&self) -> BTreeMap<String, RecordId> {
        let team = caseload::my_team(&self.desk(self.manager, 30)).await.unwrap();
        team.children.into_iter().map(|child| (child.who.name.unwrap(), child.record)).collect()
    }

    /// Every fact of each child that ever held, without the entry that says so.
    async fn facts(&self) -> BTreeMap<String, Vec<String>> {
        let tx = self.db.begin(Actor::System("test"), at(30)).await.unwrap();
        let mut all = BTreeMap::new();
        for (name, record) in self.children().await {
            let grant = tx.authorise(Read("test"), record, "").await.unwrap();
            let mut said = Vec::new();
            for kind in KINDS {
                for fact in tx.history(&grant, kind).await.unwrap() {
                    let (from, until) = (fact.said.from, fact.until);
                    // What was said anew for the same days, or taken back, holds on no day.
                    if until != Some(from) || fact.said.said_until == until && !fact.said.value.is_empty() {
                        let until = until.map_or("now".to_owned(), |day| day.to_string());
                        said.push(format!("{kind} {} {from} {until}", fact.said.value));
                    }
                }
            }
            said.dedup();
            all.insert(name, said);
        }
        all
    }

    /// How many entries each child's record has.
    async fn entries(&self) -> BTreeMap<String, i64> {
        let tx = self.db.begin(Actor::System("test"), at(30)).await.unwrap();
        let mut all = BTreeMap::new();
        for (name, record) in self.children().await {
            let grant = tx.authorise(Read("test"), record, "").await.unwrap();
            all.insert(name, tx.extent(&grant).await.unwrap().0);
        }
        all
    }
}

fn dated(day: i8) -> Typed {
    Typed::default().with("happened.day", day.to_string()).with("happened.month", "7").with("happened.year", "2026")
}

/// The files of a sample whose names begin so.
fn sample(folder: &str, beginning: &str) -> Files {
    fn find(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                find(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "csv") {
                found.push(path);
            }
        }
        found.sort();
    }
    let mut paths = Vec::new();
    find(&Path::new(SAMPLES).join(folder), &mut paths);
    let wanted = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(beginning);
    let name = |path: &PathBuf| path.strip_prefix(SAMPLES).unwrap().display().to_string();
    paths.iter().filter(|path| wanted(path)).map(|path| (name(path), fs::read(path).unwrap())).collect()
}

fn counts(imported: &Imported) -> [usize; 6] {
    let Imported { children_new, children_known, items_new, items_known, items_changed, items_kept, .. } = *imported;
    [children_new, children_known, items_new, items_known, items_changed, items_kept]
}

/// R-BAS-01, R-PPL-07, R-GOV-12: a record for each child; legal statuses and placements with their dates; each fact
/// opens the entry that says so, and the entry says in which file and line it stood.
#[tokio::test]
async fn r_ppl_07_a_clean_set_becomes_records() {
    let service = Service::new().await;
    let imported = service.bring_in(&sample(CLEAN, ""), 2).await;
    assert_eq!(imported.children_new, 3);
    let facts = service.facts().await;
    assert_eq!(
        facts["Child C1001"],
        [
            "name Child C1001 2013-06-12 now",
            "birth 2013-06-12 2013-06-12 now",
            "sex F 2013-06-12 now",
            "ethnicity WBRI 2013-06-12 now",
            "upn R301202518001 2013-06-12 now",
            "legal-status C2 2024-01-14 now",
            "category-of-need N1 2024-01-14 now",
            "placement U6 2024-01-14 2025-09-20",
            "placement U4 2025-09-20 now",
            "placement-provider PR1 2024-01-14 2025-09-20",
            "placement-provider PR1 2025-09-20 now",
            "placement-address Ofsted number SC400001, RM10 7AA 2024-01-14 2025-09-20",
            "placement-address Ofsted number SC400001, RM8 1AA 2025-09-20 now",
            "review PN1 2024-05-01 2025-05-01",
            "review PN1 2025-05-01 2025-10-20",
            "review PN1 2025-10-20 now",
        ]
    );
    assert!(facts["Child C1002"].contains(&"missing-episode M 2025-08-01 2025-08-02".to_owned()));
    assert!(facts["Child C1003"].contains(&"uasc yes 2024-07-10 2025-05-05".to_owned()));
    assert!(facts["Child C1003"].contains(&"upn-unknown UN2 2007-05-05 now".to_owned()));

    let record = service.children().await["Child C1001"];
    let desk = service.desk(service.manager, 3);
    let front = reading::front_page(&desk, record).await.unwrap();
    assert_eq!(front.header.called(), "Child C1001");
    let status = front.of_child("legal-status").next().unwrap();
    let entry = reading::entry(&desk, record, status.said.entry).await.unwrap().stored.content;
    assert_eq!((entry.form.as_str(), entry.author.name.as_str()), ("legal-status", "SSDA903 import"));
    let informant = entry.informant.unwrap();
    assert!(informant.contains("hand-clean/ssda903-2026/episodes.csv, line 2"), "{informant}");
    assert_eq!(front.of_record("to-check").count(), 0);
    assert_eq!(front.of_record("allocated-team").next().unwrap().said.value, service.team.to_string());
    assert_eq!(front.of_record("allocated-worker").count(), 0);
}

/// R-GOV-12: taken once, however often the sets are read; a year read again after later ones changes nothing.
#[tokio::test]
async fn r_gov_12_running_again_doubles_nothing() {
    let service = Service::new().await;
    let files = sample(CLEAN, "");
    let first = service.bring_in(&files, 2).await;
    let before = (service.entries().await, service.facts().await);
    let again = service.bring_in(&files, 3).await;
    assert_eq!(counts(&again), [0, 3, 0, first.items_new, 0, 0]);
    assert_eq!((service.entries().await, service.facts().await), before);
}

/// R-PPL-07, R-GOV-12: five years one after another say the same of each child as all at once.
#[tokio::test(flavor = "multi_thread")]
async fn r_ppl_07_years_one_by_one_and_all_at_once_give_the_same_facts() {
    let (at_once, one_by_one) = (Service::new().await, Service::new().await);
    let all = sample(YEARS, "");
    let started = std::time::Instant::now();
    let imported = at_once.bring_in(&all, 7).await;
    eprintln!("all at once {:?} {:?}", started.elapsed(), counts(&imported));
    for (day, year) in (3..).zip(2017..=2021) {
        let started = std::time::Instant::now();
        let imported = one_by_one.bring_in(&sample(YEARS, &year.to_string()), day).await;
        eprintln!("{year} {:?} {:?}", started.elapsed(), counts(&imported));
    }
    // Since when a child was seeking asylum stands in no set: it is taken from when care began, as far as the sets so far
    // say.
    let facts = async |service: &Service| {
        let mut all = service.facts().await;
        for facts in all.values_mut() {
            facts.retain(|fact| !fact.starts_with("uasc"));
        }
        all
    };
    let (expected, found) = (facts(&at_once).await, facts(&one_by_one).await);
    assert_eq!(expected.len(), 820);
    let differ: Vec<_> = expected.keys().filter(|child| found.get(*child) != expected.get(*child)).collect();
    assert_eq!(differ, OVERLAPPING);
    // Any of it again, in any order, changes nothing; where the sets contradict each other, nothing the second time.
    let consistent = async |service: &Service| {
        let mut all = service.entries().await;
        all.retain(|child, _| !OVERLAPPING.contains(&child.as_str()));
        all
    };
    let before = (consistent(&one_by_one).await, consistent(&at_once).await);
    for (files, service) in
        [(&all, &one_by_one), (&sample(YEARS, "2018"), &at_once), (&sample(YEARS, "2021"), &at_once)]
    {
        let once = service.bring_in(files, 9).await;
        assert_eq!((once.children_new, once.items_new), (0, 0));
        let twice = service.bring_in(files, 10).await;
        assert_eq!((twice.children_new, twice.items_new, twice.items_changed), (0, 0, 0));
    }
    assert_eq!((consistent(&one_by_one).await, consistent(&at_once).await), before);
}

/// R-PPL-07: an end that a later year knows is an entry of its own, and the one before stays.
#[tokio::test]
async fn r_ppl_07_a_later_year_ends_what_was_open() {
    const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
    const EPISODES: &str =
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";
    let set = |year: i16, header: &str, episodes: &str| -> Files {
        vec![
            (format!("{year}-header.csv"), format!("{HEADER}{header}").into_bytes()),
            (format!("{year}-episodes.csv"), format!("{EPISODES}{episodes}").into_bytes()),
        ]
    };
    let first = set(2017, "566910,F,02/03/2010,WBRI,UN1,,\n", "566910,01/05/2017,S,V2,N1,U4,PR1,,,,,M1 1AE,\n");
    let second = set(
        2018,
        "566910,F,02/03/2010,WBRI,A950000178301,,\n",
        "566910,01/05/2017,S,V2,N1,U4,PR1,01/06/2018,E8,,,M1 1AE,\n",
    );
    let service = Service::new().await;
    service.bring_in(&first, 2).await;
    assert_eq!(service.entries().await["Child 566910"], 4, "brought in, opened, a status and a placement");
    let later = service.bring_in(&second, 3).await;
    assert_eq!(counts(&later), [0, 1, 0, 2, 2, 0]);
    assert_eq!(service.entries().await["Child 566910"], 7, "brought in again, and two ends");
    let facts = service.facts().await;
    assert_eq!(
        facts["Child 566910"],
        [
            "name Child 566910 2010-03-02 now",
            "birth 2010-03-02 2010-03-02 now",
            "sex F 2010-03-02 now",
            "ethnicity WBRI 2010-03-02 now",
            "upn A950000178301 2010-03-02 now",
            "legal-status V2 2017-05-01 2018-06-01",
            "category-of-need N1 2017-05-01 now",
            "placement U4 2017-05-01 2018-06-01",
            "placement-provider PR1 2017-05-01 2018-06-01",
            "placement-address M1 1AE 2017-05-01 2018-06-01",
        ]
    );
    // The older set once more: it knows that it is older.
    service.bring_in(&first, 4).await;
    assert_eq!(service.facts().await, facts);
    assert_eq!(service.entries().await["Child 566910"], 7);
    // What staff recorded holds over what the next year repeats.
    let record = service.children().await["Child 566910"];
    let named = dated(5)
        .with("given-names", "Robin")
        .with("family-name", "Example")
        .with("born", "yes")
        .with("birth.day", "2")
        .with("birth.month", "3")
        .with("birth.year", "2010")
        .with("ethnicity", "MWBC")
        .with("confirmed", "no");
    let desk = service.desk(service.manager, 5);
    recording::record_now(&desk, desk.new_id(), record, "person", &named).await.unwrap();
    let third = set(2019, "566910,F,02/03/2010,WIRI,A950000178301,,\n", "");
    service.bring_in(&third, 6).await;
    let front = reading::front_page(&service.desk(service.manager, 7), record).await.unwrap();
    assert_eq!(front.header.called(), "Robin Example");
    assert_eq!(front.of_child("ethnicity").next().unwrap().said.value, "MWBC");
    assert_eq!(front.of_record("to-check").count(), 1, "the next year says something else");
    let checked = dated(7).with("result", "put-right").with("found", "The return was wrong.");
    let desk = service.desk(service.manager, 7);
    recording::record_now(&desk, desk.new_id(), record, "import-checked", &checked).await.unwrap();
    assert_eq!(reading::front_page(&desk, record).await.unwrap().of_record("to-check").count(), 0);
}

/// R-BAS-01: a bad file and refused rows harm nothing, and nothing is dropped in silence.
#[tokio::test]
async fn r_bas_01_bad_files_harm_nothing() {
    let (good, mixed) = (Service::new().await, Service::new().await);
    let mut files = sample(CLEAN, "");
    let imported = good.bring_in(&files, 2).await;
    let folder = files[0].0.rsplit_once('/').unwrap().0.to_owned();
    files.insert(1, (format!("{folder}/broken.csv"), b"PK\x03\x04\0\0\xff".to_vec()));
    files.insert(0, (format!("{folder}/notes.csv"), b"A,B\n1,2\n".to_vec()));
    let rows = "CHILD,DOB,REVIEW,REVIEW_CODE\n,01/01/2010,01/05/2025,PN1\nC1001,secret,01/05/2025,PN1\nC1001,12/06/2013,01/05/2012,PN1\n\"C1001\n";
    files.push((format!("{folder}/bad-reviews.csv"), rows.as_bytes().to_vec()));
    let with_bad = mixed.bring_in(&files, 2).await;
    assert_eq!(counts(&with_bad), counts(&imported));
    assert_eq!(mixed.facts().await, good.facts().await);
    assert_eq!(with_bad.report.totals().refused, imported.report.totals().refused + 5);
    let shown: Vec<_> = with_bad.report.remarks.iter().map(ToString::to_string).collect();
    assert!(shown.iter().any(|line| line.contains("bad-reviews.csv, line 3, DOB: the date of birth is not a date")));
    assert!(!shown.concat().contains("secret") && !format!("{with_bad:?}").contains("secret"));
    // A team that does not exist, and somebody who may not import.
    let desk = import::desk(mixed.db.clone(), at(3));
    let nobodys = import::bring_in(&desk, &files, desk.new_id(), |_, _| ()).await;
    assert!(matches!(nobodys, Err(casework::CaseError::Closed)));
    let refused = import::bring_in(&mixed.desk(mixed.worker, 3), &files, mixed.team, |_, _| ()).await;
    assert!(matches!(refused, Err(casework::CaseError::NoRight)));
    assert_eq!(import::team_named(&desk, "looked after").await.unwrap(), Some(mixed.team));
}

/// R-BAS-01, R-PPL-11, R-VIS-01: 2,675 children are brought in, the manager allocates several in one act, and a worker
/// visits one of them.
#[tokio::test(flavor = "multi_thread")]
async fn r_ppl_11_the_dirty_set_ends_with_a_visit() {
    let service = Service::new().await;
    let files = sample(DIRTY, "");
    let started = std::time::Instant::now();
    let imported = service.bring_in(&files, 2).await;
    eprintln!("dirty {:?} {:?}", started.elapsed(), counts(&imported));
    assert_eq!(imported.children_new, 2_675);
    assert_eq!(imported.report.totals().refused, 0);

    let manager = service.desk(service.manager, 3);
    let unallocated = caseload::unallocated(&manager).await.unwrap();
    assert_eq!(unallocated.children.len(), 2_675);
    let some: Vec<_> = unallocated.children.iter().take(5).map(|child| child.record).collect();
    let typed = dated(3)
        .with("team", service.team.to_string())
        .with("has-worker", "yes")
        .with("worker", service.worker.to_string())
        .with("file-holder", "yes");
    let written = records::allocate(&manager, manager.new_id(), &some, &typed).await.unwrap();
    assert_eq!(written.len(), 5);
    assert_eq!(caseload::unallocated(&manager).await.unwrap().children.len(), 2_670);

    let worker = service.desk(service.worker, 3);
    let mine = caseload::my_work(&worker).await.unwrap();
    assert_eq!(mine.children.len(), 5);
    let child = &mine.children[0];
    let name = child.who.name.clone().unwrap();
    assert!(name.strip_prefix("Child ").is_some_and(|number| number.parse::<u32>().is_ok()), "{name}");
    let draft = recording::begin(&worker, child.record, "visit", None).await.unwrap();
    let open = recording::open(&worker, draft).await.unwrap();
    assert_eq!(open.header.called(), name);
    let record = child.record;
    let typed = dated(3)
        .with("about", record.to_string())
        .with("happened.time", "08:10")
        .with("significant", "yes")
        .with("headline", "First visit")
        .with("kind", "cic")
        .with("purpose", "To meet for the first time")
        .with("result", "took-place")
        .with("place", "placement")
        .with("present.0.name", "Robin")
        .with("present.0.role", "foster carer")
        .with(&format!("seen@{record}"), "yes")
        .with(&format!("seen-alone@{record}"), "yes")
        .with("interpreter", "no")
        .with("done-without", "no")
        .with("account.0.text", "We talked about school.")
        .with("exchanged", "How to reach me.")
        .with("circumstances", "no")
        .with("household", "no")
        .with("outcome", "We know each other now.")
        .with("analysis", "The plan stands.");
    let saved = recording::save(&worker, draft, open.texts.last().unwrap().n, &typed, true).await.unwrap();
    let completed = recording::complete(&worker, draft, saved.n, &typed).await.unwrap();
    let newest = Asked { at: At::End, ..Asked::default() };
    let story = story::story(&worker, record, &newest).await.unwrap();
    assert!(story.entries.iter().any(|(stored, _)| stored.entry == completed.written[0].entry));
    let chronology = reading::chronology(&worker, record, None).await.unwrap();
    assert!(chronology.rows.iter().any(|row| row.headline == "First visit"));
    assert_eq!(caseload::my_work(&worker).await.unwrap().children[0].seen, Some(Date::constant(2026, 7, 3)));

    // What was doubtful stands in the record, word for word.
    let front = reading::front_page(&manager, record).await.unwrap();
    let told = front.of_child("name").next().unwrap().said.entry;
    let entry = reading::entry(&manager, record, told).await.unwrap().stored.content;
    let check = &entry.answers["check"];
    assert_eq!(front.of_record("to-check").count(), usize::from(check.reason.is_some()));
    assert!(
        matches!(&entry.answers["received"].answer, record::answer::Answer::Text(text) if text.contains("header.csv, line "))
    );

    let started = std::time::Instant::now();
    let again = service.bring_in(&files, 4).await;
    eprintln!("dirty again {:?} {:?}", started.elapsed(), counts(&again));
    assert_eq!(counts(&again), [0, 2_675, 0, imported.items_new, 0, 0]);
}

/// R-PPL-07, R-BAS-01: a child who is brought in under a new number and is likely known already is taken in, listed with
/// why, and never merged in silence; a manager finds the list, and what was checked goes from it.
#[tokio::test]
async fn r_bas_01_who_is_likely_known_is_listed_and_not_merged() {
    const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
    let set = |child: &str, upn: &str| -> Files {
        let row = format!("{HEADER}{child},F,02/03/2010,WBRI,{upn},,\n");
        vec![(format!("2017-header-{child}.csv"), row.into_bytes())]
    };
    let service = Service::new().await;
    let first = service.bring_in(&set("566910", "A950000178301"), 2).await;
    assert_eq!(first.likely, []);
    let again = service.bring_in(&set("700001", "A950000178301"), 3).await;
    assert_eq!((again.children_new, again.likely.len()), (1, 1));
    let number = again.likely[0].to_string();
    assert!(number.contains("likely the child of record R-") && number.contains("pupil number"), "{number}");
    assert!(!number.contains("A950000178301"), "no value where it is displayed");
    // Without a number there is only a birth, which many share.
    assert_eq!(service.bring_in(&set("700002", "UN1"), 4).await.likely, []);
    assert_eq!(service.children().await.len(), 3, "each keeps a record of their own");

    let manager = service.desk(service.manager, 5);
    let list = import::to_check(&manager, None).await.unwrap();
    assert_eq!(list.children.len(), 1, "{list:?}");
    let child = &list.children[0];
    assert!(child.doubts.iter().any(|doubt| doubt.contains("likely the child of record")), "{child:?}");
    assert!(!list.more);
    let checked = dated(5).with("result", "right").with("found", "They are two cousins with a wrong number at school.");
    recording::record_now(&manager, manager.new_id(), child.record, "import-checked", &checked).await.unwrap();
    assert!(import::to_check(&manager, None).await.unwrap().children.is_empty());
    let refused = import::to_check(&service.desk(service.worker, 5), None).await;
    assert!(matches!(refused, Err(casework::CaseError::NoRight)));
}
