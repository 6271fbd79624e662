//! Who looked: what a record was used for, readings that somebody is asked about, and how often records are read.

use casework::{CaseError, looked, recording};
use record::{PersonId, Typed};
use store::LooksWanted;

use crate::{
    page::Page,
    town::{Browser, Child, Town, dated},
};

/// Somebody at work, of a team, who is not in the town from the beginning.
pub async fn hire(
    town: &Town,
    username: &'static str,
    name: &str,
    role: &str,
    team: Option<record::TeamId>,
) -> PersonId {
    let admin = town.desk("admin");
    let mut typed = dated("2026-01-05").with("name", name).with("designation", "Social worker");
    typed = typed.with("roles", role).with("account-status", "open");
    if let Some(team) = team {
        typed = typed.with("team", team.to_string());
    }
    let account = casework::organisation::NewAccount { username, password: crate::town::PASSWORD, must_change: false };
    let typed = crate::other::typed(&typed);
    casework::organisation::record_staff(&admin, admin.new_id(), None, &typed, Some(&account)).await.unwrap()
}

fn desk_of(town: &Town, person: PersonId) -> casework::Desk {
    casework::Desk::new(town.db.clone(), store::Actor::Person(person), town.db.now())
}

async fn opens(town: &Town, person: PersonId, child: &Child, pages: usize) {
    for _ in 0..pages {
        town.wait(1);
        casework::reading::words(&desk_of(town, person), child.record).await.unwrap();
    }
}

/// A use of the record by a member of staff.
fn used_by(person: PersonId) -> Typed {
    dated("2026-03-03")
        .with("purpose", "subject-access")
        .with("by-staff", "yes")
        .with("worker", person.to_string())
        .with("part", "All of it")
        .with("why", "She asked for her record.")
        .with("authority", "work")
}

async fn use_it(town: &Town, username: &str, child: &Child, typed: &Typed) -> Result<(), CaseError> {
    let desk = town.desk(username);
    let (form, typed) = (crate::other::name("record-use"), crate::other::typed(typed));
    recording::record_now(&desk, desk.new_id(), child.record, form, &typed).await.map(|_| ())
}

async fn list(browser: &mut Browser) -> Page {
    browser.get("/looked").await.is(200)
}

/// Families who are like none of the town’s.
const FAMILIES: [&str; 16] = [
    "Quillon",
    "Abara",
    "Fenwick",
    "Drozd",
    "Haldane",
    "Okoro",
    "Vance",
    "Ishida",
    "Mbeki",
    "Tolland",
    "Zielinski",
    "Bray",
    "Laurent",
    "Nkemelu",
    "Corrigan",
    "Sato",
];

both_engines! {
    /// R-ACC-08, R-CRT-07: who uses the record, when, why and by what right stands in the record, and the order of the court
    /// is named; the child's page of who looked says so.
    async fn r_acc_08_r_crt_07_a_use_is_recorded_with_its_right(town: Town) {
        let guardian = dated("2026-03-03")
            .with("purpose", "guardian")
            .with("by-staff", "no")
            .with("outside", "Lena Voss, children’s guardian")
            .with("part", "The last year")
            .with("why", "She reports to the court.")
            .with("authority", "court-order");
        let Err(CaseError::Problems(problems)) = use_it(&town, "ivy", &town.amira, &guardian).await else {
            panic!("the order is not named");
        };
        assert_eq!(problems.len(), 1, "{problems:?}");
        use_it(&town, "ivy", &town.amira, &guardian.with("authority-details", "Family Court, ZZ26C00001, 2 March 2026")).await.unwrap();
        use_it(&town, "sam", &town.amira, &used_by(town.staff["helen"])).await.unwrap();
        for who in ["ivy", "grace"] {
            let page = town.browser_of(who).get(&town.amira.at("readings")).await.is(200);
            page.must_say("A children’s guardian, since 3 March 2026");
            page.must_say("Lena Voss, children’s guardian A court ordered it: Family Court, ZZ26C00001, 2 March 2026");
            page.must_say("Somebody asks for their own record, since 3 March 2026");
            page.must_say("Helen Price");
        }
        assert!(use_it(&town, "tom", &town.amira, &used_by(town.staff["tom"])).await.is_err(), "she is not his");
        town.assert_sound().await;
    }

    /// R-ACC-07: an attempt on a restricted record is shown to information governance and to the manager of the record's area,
    /// who writes down whether a breach was meant; then nobody is asked again, until it happens again.
    async fn r_acc_07_an_attempt_on_a_restricted_record_is_asked_about(town: Town) {
        let number = town.number(&town.bilal).await;
        let restricted = dated("2026-03-03").with("kind", "employee").with("reason", "His aunt works here.");
        town.write("helen", &town.bilal, "restriction", &restricted).await;
        town.wait(60);
        town.browser_of("tom").get(&town.bilal.at("")).await.is(404);
        let (mut ivy, mut grace) = (town.browser_of("ivy"), town.browser_of("grace"));
        for browser in [&mut ivy, &mut grace] {
            let page = list(browser).await;
            page.must_say("Tom Weld (Social worker)");
            page.must_say("Tried to open it once; the record is restricted.");
        }
        let page = list(&mut ivy).await;
        assert!(page.says(&number) && !page.says("Bilal"), "the record is closed to her: {}", page.main());
        // Who is asked does not see it, and whoever sees no readings has no such page.
        for who in ["tom", "sam", "admin"] {
            assert_eq!(town.browser_of(who).get("/looked").await.status, 403, "{who}");
        }
        let question = ivy.get(&page.link("Tom Weld")).await.is(200);
        question.must_say("North, which Grace Obi manages");
        question.must_say("was refused (the record is restricted)");
        let link = list(&mut grace).await.link("Tom Weld");
        let question = grace.get(&link).await.is(200);
        let short = grace.press(&question.form("Record the answer"), "Record the answer").await.is(422);
        assert_eq!(short.problems().len(), 2, "{:?}", short.problems());
        let form = short.form("Record the answer").with("outcome", "breach").with("said", "He knows the aunt, and wanted to know.");
        // Whom and what it is about is not what is posted.
        let form = form.forged("reader", &town.staff["ivy"].to_string()).forged("asked-about", "many 2027-01-01T00:00:00.000000Z");
        // What he does while she writes is not answered with it.
        town.wait(60);
        town.browser_of("tom").get(&town.bilal.at("")).await.is(404);
        grace.press(&form, "Record the answer").await.is(409).must_say("They looked again since you opened this page");
        let question = grace.get(&link).await.is(200);
        let form = question.form("Record the answer").with("outcome", "breach").with("said", "He knows the aunt, and wanted to know.");
        let form = form.forged("reader", &town.staff["ivy"].to_string()).forged("asked-about", "many 2027-01-01T00:00:00.000000Z");
        assert_eq!(grace.press(&form, "Record the answer").await.is(200).path, "/looked");
        for browser in [&mut ivy, &mut grace] {
            list(browser).await.must_say("There is nothing to ask about.");
        }
        let looked = grace.get(&town.bilal.at("readings")).await.is(200);
        looked.must_say("Tom Weld was asked on 3 March 2026 whether there was a reason to look. No: it was a breach of confidentiality, and meant as one");
        assert_eq!(grace.get(&question.path).await.status, 409, "it was answered");
        town.wait(60);
        town.browser_of("tom").get(&town.bilal.at("")).await.is(404);
        list(&mut ivy).await.must_say("Tried to open it once; the record is restricted.");
        town.assert_sound().await;
    }

    /// R-ACC-01, R-ACC-08: who opens a record in a role that opens any, with no work there, is asked; not by themselves, and
    /// not once it is written down what they use it for. At night somebody is asked who is not on duty.
    /// ASVS 2.4.1
    async fn r_acc_08_what_nothing_explains_is_asked_about(town: Town) {
        opens(&town, town.staff["ivy"], &town.amira, 3).await;
        opens(&town, town.staff["helen"], &town.zara, 3).await;
        let (mut ivy, mut grace) = (town.browser_of("ivy"), town.browser_of("grace"));
        let page = list(&mut grace).await;
        page.must_say("Ivy Marsh (Information governance officer)");
        page.must_say("Opened 3 pages; nothing here says that they had work with the child.");
        page.must_say("Amira Ali");
        assert!(!page.says("Helen Price"), "Zara is of another team: {}", page.main());
        let page = list(&mut ivy).await;
        assert!(page.says("Helen Price") && !page.says("Ivy Marsh"), "{}", page.main());
        // Sam and Grace, whose work it is, are on no list, however often they look.
        for who in ["sam", "grace"] {
            opens(&town, town.staff[who], &town.amira, 20).await;
        }
        use_it(&town, "ivy", &town.amira, &used_by(town.staff["ivy"])).await.unwrap();
        assert!(!list(&mut grace).await.says("Ivy Marsh"), "it is written down what she uses it for");
        let mina = hire(&town, "mina", "Mina Rao", "worker", Some(town.north)).await;
        opens(&town, mina, &town.bilal, 2).await;
        assert!(!list(&mut grace).await.says("Mina Rao"), "a child of her team, by day");
        town.at("2026-03-04T02:10:00.000000Z");
        opens(&town, mina, &town.bilal, 2).await;
        town.at("2026-03-04T09:00:00.000000Z");
        let mut grace = town.sign_in("grace").await;
        let page = list(&mut grace).await;
        page.must_say("Mina Rao (Social worker)");
        page.must_say("Opened it in one night, and was not on duty.");
        // A name that few have is asked about at any hour, and so is whoever is somebody in the child's life.
        let omar = hire(&town, "omar", "Omar Ali", "worker", Some(town.north)).await;
        opens(&town, omar, &town.bilal, 1).await;
        list(&mut grace).await.must_say("Has the family name of somebody in this record: Ali.");
        let aunt = dated("2026-03-03").with("person", mina.to_string()).with("kind", "aunt-uncle");
        town.write("sam", &town.noor, "relationship", &aunt).await;
        opens(&town, mina, &town.noor, 1).await;
        list(&mut grace).await.must_say("Is somebody in the child’s life, as this record says.");
        town.assert_sound().await;
    }

    /// R-ACC-01: who goes through many records is asked once, about all of them.
    async fn r_acc_01_many_records_are_one_question(town: Town) {
        let mina = hire(&town, "mina", "Mina Rao", "worker", Some(town.north)).await;
        let grace = town.desk("grace");
        for (nth, family) in FAMILIES.into_iter().enumerate() {
            let born = format!("20{:02}-{:02}-{:02}", 8 + nth % 10, 1 + nth % 12, 1 + nth);
            let typed = crate::town::opening("Remy", family, &born, town.north);
            let record = casework::records::open(&grace, grace.new_id(), None, &typed).await.unwrap();
            casework::reading::words(&desk_of(&town, mina), record).await.unwrap();
        }
        let mut ivy = town.browser_of("ivy");
        let page = list(&mut ivy).await;
        page.must_say("16 records");
        page.must_say("Opened 16 records that are not theirs in a short time, from 3 March 2026.");
        let question = ivy.get(&page.link("Mina Rao")).await.is(200);
        let form = question.form("Record the answer").with("outcome", "no-reason").with("said", "She looked for a family by name.");
        ivy.press(&form, "Record the answer").await.is(200).must_say("There is nothing to ask about.");
        // A manager answers for the records of their team, and not for what somebody did with many.
        town.browser_of("grace").get(&question.path).await.is(409);
        town.assert_sound().await;
    }

    /// R-REP-09: how often records were read and by what right, and how often somebody was refused, month by month.
    async fn r_rep_09_readings_and_refusals_are_counted(town: Town) {
        opens(&town, town.staff["sam"], &town.amira, 4).await;
        opens(&town, town.staff["grace"], &town.amira, 2).await;
        town.write("helen", &town.bilal, "restriction", &dated("2026-03-03").with("kind", "employee").with("reason", "Here.")).await;
        town.browser_of("tom").get(&town.bilal.at("")).await.is(404);
        town.browser_of("tom").get(&town.amira.at("")).await.is(404);
        use_it(&town, "ivy", &town.amira, &used_by(town.staff["ivy"])).await.unwrap();
        town.extract().await;
        let page = town.browser_of("ivy").get("/counts/readings").await.is(200);
        let cells = |label: &str| page.root.all(&|cell| cell.attribute("data-label") == label)[0].text();
        assert_eq!(cells("The child’s worker"), "4");
        assert_eq!(cells("The child’s team"), "2", "{}", page.main());
        assert_eq!((cells("Restricted"), cells("Not theirs")), ("1".to_owned(), "1".to_owned()));
        page.must_say("March 2026 Somebody asks for their own record 1");
        let of_team = town.browser_of("grace").get("/counts/readings").await.is(200);
        assert!(of_team.says("shown to those who count all of its teams") && !of_team.says("Restricted"), "{}", of_team.main());
    }
}

/// R-ACC-08: nobody answers what they did themselves, whatever address they know.
#[tokio::test]
async fn r_acc_08_nobody_answers_for_themselves() {
    let town = Town::new().await;
    opens(&town, town.staff["ivy"], &town.amira, 3).await;
    let own = format!("/looked/{}/{}", town.staff["ivy"], town.amira.record);
    assert_eq!(town.browser_of("ivy").get(&own).await.status, 409);
    let said = Typed::default().with("outcome", "justified").with("said", "It was.");
    let desk = town.desk("ivy");
    let answered =
        looked::answer(&desk, desk.new_id(), town.staff["ivy"], Some(town.amira.record), (desk.now, &said)).await;
    assert!(matches!(answered, Err(CaseError::CannotBePutRight(_))), "{answered:?}");
    let tom = town.desk("tom");
    let answered =
        looked::answer(&tom, tom.new_id(), town.staff["ivy"], Some(town.amira.record), (desk.now, &said)).await;
    assert!(matches!(answered, Err(CaseError::Closed)), "{answered:?}");
    let readings = looked::of_record(&town.desk("grace"), town.amira.record, &LooksWanted::default()).await.unwrap();
    assert!(readings.answered.is_empty());
}
