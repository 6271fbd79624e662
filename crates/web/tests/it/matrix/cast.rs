//! The people of the matrix and the records that they ask for.
//!
//! A state is told once for all relations: in every record of the North somebody is its worker, stands in, did so, is on
//! duty, was, has opened it in an emergency, is named, knows the family; and each such record is in another state.

use std::collections::BTreeMap;

use casework::{
    emergency,
    organisation::{self, NewAccount},
    recording, records,
    right::moving::{self, Choice},
    staffing, support,
};
use record::{RecordId, TeamId, Typed};
use store::{Actor, SessionName, SignIn, Wanted};

use crate::{
    other,
    town::{PASSWORD, Town, dated, dated_in, opening},
};

/// Somebody who asks.
pub struct Persona {
    pub name: &'static str,
    pub role: &'static str,
    pub team: &'static str,
    /// How they stand to every record of the North that has ties, beside what their team says.
    pub tie: &'static str,
    /// What is so with their session.
    pub session: &'static str,
    pub cookie: String,
}

/// Name, role, team, tie, session. The first twelve are the town's own.
const PEOPLE: [(&str, &str, &str, &str, &str); 39] = [
    ("sam", "worker", "North", "its-worker", ""),
    ("priya", "senior-practitioner", "North", "", ""),
    ("grace", "team-manager", "North", "manages-it", ""),
    ("tom", "worker", "South", "", ""),
    ("helen", "head-of-service", "", "", ""),
    ("ivy", "information-governance", "", "", ""),
    ("rita", "records-manager", "", "", ""),
    ("pat", "provider-worker", "", "", ""),
    ("admin", "administrator", "", "", ""),
    ("wes", "worker", "North", "", ""),
    ("leo", "worker", "North", "", "proved-long-ago"),
    ("mo", "team-manager", "South", "", ""),
    ("selma", "senior-practitioner", "South", "", ""),
    ("cora", "worker", "South", "stands-in", ""),
    ("eddie", "worker", "South", "", ""),
    ("dora", "out-of-hours", "", "opened-it-on-duty", ""),
    ("neil", "out-of-hours", "", "", ""),
    ("emma", "worker", "South", "opened-it-in-an-emergency", ""),
    ("evan", "worker", "South", "", ""),
    ("rex", "worker", "South", "", ""),
    ("nina", "worker", "South", "named", ""),
    ("norma", "worker", "South", "", ""),
    ("nora", "worker", "South", "", ""),
    ("nico", "team-manager", "South", "named", ""),
    ("connie", "worker", "North", "knows-the-family", ""),
    ("cleo", "worker", "South", "knows-the-family", ""),
    ("cate", "worker", "North", "", ""),
    ("cyril", "information-governance", "", "knows-the-family", ""),
    ("fay", "worker", "South", "", ""),
    ("len", "worker", "North", "", "left"),
    ("col", "worker", "North", "", "closed"),
    ("tess", "worker", "North", "", "idle"),
    ("otis", "worker", "North", "", "signed-out"),
    ("newt", "worker", "North", "", "temporary-password"),
    ("sol", "support", "", "opened-to-support", ""),
    ("seb", "support", "", "", ""),
    ("sid", "support", "", "", ""),
    ("sue", "support", "", "", ""),
    ("nobody", "", "", "", "none"),
];

/// What is so with a record.
#[derive(Default)]
pub struct Kept {
    /// In which state it is.
    pub state: &'static str,
    /// Whether it is the North's, with everybody tied to it.
    pub tied: bool,
    /// Whether somebody works with the child.
    pub has_worker: bool,
    /// Its kind of restriction; blank for none.
    pub restricted: &'static str,
    /// As an address has it.
    pub id: String,
    pub child: String,
    /// What nobody learns who may not read it: names, number, and the words of its entries.
    pub planted: Vec<String>,
    /// Its entries, and those that are not its own.
    pub entries: BTreeMap<&'static str, String>,
}

/// State, given and family name. No other child of the town has either.
const CHILDREN: [(&str, &str, &str); 10] = [
    ("open", "Ondine", "Plumtree"),
    ("closed", "Corin", "Shutlock"),
    ("employee", "Emeric", "Staffold"),
    ("adoption", "Amabel", "Matchwick"),
    ("legal-privilege", "Privet", "Lawsome"),
    ("other", "Otho", "Elsewick"),
    ("lifted", "Lettice", "Upwell"),
    ("protected", "Perdita", "Hidewell"),
    ("unallocated", "Undine", "Waitley"),
    ("southern", "Soren", "Australe"),
];

/// The street of the address that is kept from somebody.
pub const STREET: &str = "Quillwort Lane";

/// An identifier that nothing has, and one that is none.
pub const ABSENT: &str = "01h00000000000000000000000";
pub const MALFORMED: &str = "no-identifier";

/// A draft, and whose.
pub struct Draft {
    pub id: String,
    pub author: &'static str,
    pub state: &'static str,
}

pub struct World {
    pub town: Town,
    pub people: Vec<Persona>,
    pub records: Vec<Kept>,
    pub drafts: Vec<Draft>,
    /// A member of staff about whose looking there is a question, and of whom accounts are looked after.
    pub quin: String,
}

impl World {
    pub fn record(&self, state: &str) -> &Kept {
        self.records.iter().find(|record| record.state == state).expect("a record in this state")
    }
}

/// Makes all of it; leaves the clock at half past six on an evening, with everybody signed in for a quarter of an hour.
pub async fn world() -> World {
    let mut town = Town::new().await;
    let mut people = staff(&mut town).await;
    let (mut records, ids) = children(&town).await;
    let mut drafts = write(&town, &ids, &mut records).await;
    before(&town, &ids).await;
    today(&town, &ids, &mut records, &mut drafts).await;
    sign_in(&town, &mut people).await;

    let note = |of: &str| records.iter().find(|one| one.state == of).expect("such a record").entries["note"].clone();
    let (open, southern) = (note("open"), note("southern"));
    let organisation = town.db.organisation().await.unwrap().expect("it was founded").to_string();
    for (state, id) in [("organisation", &*organisation), ("absent", ABSENT), ("malformed", MALFORMED)] {
        records.push(Kept { state, id: id.to_owned(), child: ABSENT.to_owned(), ..Kept::default() });
    }
    for record in &mut records {
        let foreign = if record.state == "southern" { &open } else { &southern };
        for (what, id) in [("of-another-record", &**foreign), ("absent", ABSENT), ("malformed", MALFORMED)] {
            record.entries.insert(what, id.to_owned());
        }
    }
    let drafts = drafts.into_iter().map(|((author, state), id)| Draft { id, author, state }).collect();
    let quin = town.staff["quin"].to_string();
    World { town, people, records, drafts, quin }
}

/// Everybody who is not in the town from its beginning.
async fn staff(town: &mut Town) -> Vec<Persona> {
    let admin = town.desk("admin");
    for (name, role, team, _, session) in PEOPLE.iter().copied().chain([("quin", "worker", "South", "", "")]) {
        if town.staff.contains_key(name) || name == "nobody" {
            continue;
        }
        if role == "support" {
            let typed = dated("2026-03-03")
                .with("name", format!("{name} of the matrix"))
                .with("works-for", "Careware")
                .with("account-status", "open");
            let account = NewAccount { username: name, password: PASSWORD, must_change: false };
            let typed = other::typed(&typed);
            let made = support::record_person(&admin, admin.new_id(), None, &typed, Some(&account)).await.unwrap();
            town.cast.staff.insert(name, made);
            continue;
        }
        let typed = dated("2026-03-03")
            .with("name", format!("{name} of the matrix"))
            .with("designation", "Of the matrix")
            .with("roles", role)
            .with("account-status", "open");
        let typed = match team {
            "" => typed,
            team => typed.with("team", if team == "North" { town.north } else { town.south }.to_string()),
        };
        let must_change = session == "temporary-password";
        let account = NewAccount { username: name, password: PASSWORD, must_change };
        let typed = other::typed(&typed);
        let made = organisation::record_staff(&admin, admin.new_id(), None, &typed, Some(&account)).await.unwrap();
        town.cast.staff.insert(name, made);
    }
    let managed = dated("2026-03-03").with("name", "South").with("service", "Children");
    let managed = managed.with("manager", town.staff["mo"].to_string());
    organisation::record_team(&admin, admin.new_id(), Some(town.south), &other::typed(&managed)).await.unwrap();
    let persona = |(name, role, team, tie, session)| Persona { name, role, team, tie, session, cookie: String::new() };
    PEOPLE.into_iter().map(persona).collect()
}

type Ids = BTreeMap<&'static str, RecordId>;

/// Opens the records and gives them to their workers.
async fn children(town: &Town) -> (Vec<Kept>, Ids) {
    let (grace, helen) = (town.desk("grace"), town.desk("helen"));
    let (mut kept, mut ids) = (Vec::new(), Ids::new());
    for (state, given, family) in CHILDREN {
        let tied = state != "southern";
        let team = if tied { town.north } else { town.south };
        let typed = opening(given, family, "2014-04-04", team);
        let id = records::open(&grace, grace.new_id(), None, &typed).await.unwrap();
        let found =
            records::search(&grace, &record::likeness::LookedFor::new(&format!("{given} {family}"), None)).await;
        ids.insert(state, id);
        let restricted = if ["employee", "adoption", "legal-privilege", "other"].contains(&state) { state } else { "" };
        kept.push(Kept {
            state,
            tied,
            has_worker: state != "unallocated",
            restricted,
            id: id.to_string(),
            child: found.unwrap()[0].person.to_string(),
            planted: vec![given.to_owned(), family.to_owned(), word(state)],
            entries: BTreeMap::new(),
        });
    }
    let to = |team: TeamId, worker: Option<&str>| {
        let typed = dated("2026-01-05").with("team", team.to_string());
        let typed = match worker {
            Some(worker) => typed
                .with("has-worker", "yes")
                .with("worker", town.staff[worker].to_string())
                .with("file-holder", "yes"),
            None => typed.with("has-worker", "no").with("unallocated-reason", "no-worker"),
        };
        other::typed(&typed)
    };
    // First they were Fay's.
    for (worker, states) in [(Some("fay"), states_but(&["unallocated", "southern"])), (Some("tom"), vec!["southern"])] {
        let team = if worker == Some("tom") { town.south } else { town.north };
        let which: Vec<_> = states.iter().map(|state| ids[state]).collect();
        records::allocate(&helen, helen.new_id(), &which, &to(team, worker)).await.unwrap();
    }
    town.wait(60);
    let which: Vec<_> = states_but(&["unallocated", "southern"]).iter().map(|state| ids[state]).collect();
    let typed = dated("2026-03-03")
        .with("team", town.north.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff["sam"].to_string())
        .with("file-holder", "yes");
    let helen = town.desk("helen");
    records::allocate(&helen, helen.new_id(), &which, &other::typed(&typed)).await.unwrap();
    town.wait(60);
    for record in &mut kept {
        record.planted.push(town.number(&child_of(record, &ids)).await);
    }
    (kept, ids)
}

fn child_of(record: &Kept, ids: &Ids) -> crate::town::Child {
    crate::town::Child { record: ids[record.state], person: record.child.parse().unwrap() }
}

fn states_but(but: &[&str]) -> Vec<&'static str> {
    CHILDREN.iter().map(|(state, ..)| *state).filter(|state| !but.contains(state)).collect()
}

/// A word that stands in the entries of one record alone.
fn word(state: &str) -> String {
    format!("tamarisk{}", state.replace('-', ""))
}

fn one(record: RecordId) -> crate::town::Child {
    crate::town::Child { record, person: record.to_string().parse().unwrap() }
}

/// What stands in each record: a note, a note that was moved away, an alert that waits, a chronology made by hand.
async fn write(town: &Town, ids: &Ids, records: &mut [Kept]) -> BTreeMap<(&'static str, &'static str), String> {
    for record in records.iter_mut() {
        let (state, id) = (record.state, ids[record.state]);
        let writer = if state == "southern" { "tom" } else { "wes" };
        let child = one(id);
        let note = town.note(writer, &child, &format!("She said {}.", word(state))).await;
        let made = dated("2026-03-03").with("name", format!("About {}", word(state))).with("purpose", "court");
        let made = town.write(writer, &child, "chronology", &made).await;
        let alert = dated("2026-03-03")
            .with("kind", "animal")
            .with("risk", format!("A dog called {}.", word(state)))
            .with("based-on", "A visit.")
            .with("about", id.to_string());
        let alert = town.write(writer, &child, "risk-alert", &dated_in(alert, "since", "2026-03-01")).await;
        record.entries.extend([("note", note), ("made", made), ("waiting", alert)]);
        if state != "southern" {
            let target = if state == "open" { "closed" } else { "open" };
            let moved = town.note("wes", &child, &format!("It is of {}.", word(target))).await;
            let grace = town.desk("grace");
            let choice = Choice {
                to: moving::boxes::OTHER.to_owned(),
                number: String::new(),
                why: "It was of another child.".to_owned(),
            };
            let choice = Choice { number: town.number(&one(ids[target])).await, ..choice };
            moving::move_entry(&grace, grace.new_id(), id, moved.parse().unwrap(), &choice).await.unwrap();
            record.entries.insert("moved-away", moved);
        }
    }
    let address = dated("2026-02-01")
        .with("person", people_of(town, ids["protected"]).await)
        .with("address.lines", format!("7 {STREET}"))
        .with("address.town", "Rochdale")
        .with("address.postcode", "OL16 1AA")
        .with("protected", "yes")
        .with("protected.reason", "From her father: a court order.");
    town.write("sam", &one(ids["protected"]), "address", &address).await;
    let mut drafts = BTreeMap::new();
    for (author, state) in
        [("sam", "open"), ("sam", "adoption"), ("sam", "closed"), ("connie", "open"), ("len", "open")]
    {
        drafts.insert((author, state), begun(town, author, ids[state]).await);
    }
    drafts
}

async fn people_of(town: &Town, record: RecordId) -> String {
    let page = casework::reading::front_page(&town.desk("sam"), record).await.unwrap();
    page.header.person.expect("whose record it is").to_string()
}

const EVERY_KIND: [&str; 4] = ["employee", "adoption", "legal-privilege", "other"];

async fn restrict(town: &Town, record: RecordId, kind: &str) {
    let typed = dated(&day(town)).with("kind", kind).with("reason", "It would harm the child.");
    town.write("helen", &one(record), "restriction", &typed).await;
    town.wait(1);
}

async fn name(town: &Town, record: RecordId, who: &str, until: Option<&str>) -> String {
    let typed = dated(&day(town)).with("who", town.staff[who].to_string()).with("as", "Reviewing officer");
    let typed = match until {
        Some(until) => dated_in(typed, "until", until),
        None => typed,
    };
    let named = town.write("helen", &one(record), "restricted-to", &typed).await;
    town.wait(1);
    named
}

async fn lift(town: &Town, record: RecordId) {
    let typed = dated(&day(town)).with("reason", "It is no longer needed.");
    town.write("helen", &one(record), "restriction-lifted", &typed).await;
    town.wait(1);
}

fn day(town: &Town) -> String {
    town.db.now().day().to_string()
}

async fn cover(town: &Town, ids: &Ids, deputy: &str, until: &str) {
    let grace = town.desk("grace");
    let typed = dated_in(dated(&day(town)), "until", until)
        .with("why", "absent")
        .with("deputy", town.staff[deputy].to_string());
    let which: Vec<_> = states_but(&["unallocated", "southern"]).iter().map(|state| ids[state]).collect();
    let sam = town.staff["sam"];
    staffing::arrange_cover(&grace, grace.new_id(), sam, &which, &other::typed(&typed)).await.unwrap();
}

async fn on_duty(town: &Town, ids: &Ids, who: &str) {
    let desk = town.desk(who);
    let why = Typed::default().with("reason", "call").with("more", "Gran rang.");
    for state in states_but(&["southern", "other"]) {
        staffing::open_on_duty(&desk, desk.new_id(), ids[state], &other::typed(&why)).await.unwrap();
    }
}

async fn plan_duty(town: &Town, who: &str) {
    let grace = town.desk("grace");
    let typed = dated(&day(town)).with("person", town.staff[who].to_string()).with("shift", "1700-0830");
    staffing::plan_duty(&grace, grace.new_id(), &other::typed(&typed)).await.unwrap();
}

async fn in_an_emergency(town: &Town, kept: &[Kept], who: &str) {
    let desk = town.desk(who);
    let why = other::typed(&Typed::default().with("reason", "safety").with("more", "The school rang."));
    for record in kept.iter().filter(|record| record.tied) {
        let number = records::number_typed(record.planted.last().expect("its number")).expect("a number");
        emergency::open(&desk, desk.new_id(), &Wanted::Number(number), &why).await.unwrap();
    }
}

async fn open_to_support(town: &Town, kept: &[Kept], who: &str, hours: &str) {
    let ivy = town.desk("ivy");
    let typed = Typed::default().with("who", town.staff[who].to_string()).with("reason", "It does not load.");
    let typed = other::typed(&typed.with("hours", hours));
    // What is restricted by then is open to nobody of support.
    for record in kept.iter().filter(|record| record.tied && record.state != "other") {
        support::open(&ivy, ivy.new_id(), record.id.parse().unwrap(), &typed).await.unwrap();
    }
}

/// What was so on the days before, and is so no longer.
async fn before(town: &Town, ids: &Ids) {
    cover(town, ids, "eddie", "2026-03-04").await;
    for kind in EVERY_KIND {
        restrict(town, ids[kind], "other").await;
        name(town, ids[kind], "norma", None).await;
        lift(town, ids[kind]).await;
    }
    town.at("2026-03-04T09:00:00.000000Z");
    restrict(town, ids["other"], "other").await;
    name(town, ids["other"], "nora", Some("2026-03-05")).await;
    plan_duty(town, "neil").await;
    town.at("2026-03-04T18:00:00.000000Z");
    on_duty(town, ids, "neil").await;
}

/// What is so today.
async fn today(town: &Town, ids: &Ids, kept: &mut [Kept], drafts: &mut BTreeMap<(&str, &str), String>) {
    town.at("2026-03-05T09:00:00.000000Z");
    cover(town, ids, "cora", "2026-03-10").await;
    plan_duty(town, "dora").await;
    town.at("2026-03-05T17:00:00.000000Z");
    in_an_emergency(town, kept, "evan").await;
    open_to_support(town, kept, "sue", "1").await;
    drafts.insert(("evan", "open"), begun(town, "evan", ids["open"]).await);
    town.at("2026-03-05T18:00:00.000000Z");
    on_duty(town, ids, "dora").await;
    for who in ["emma", "cleo", "rex"] {
        in_an_emergency(town, kept, who).await;
    }
    drafts.insert(("cleo", "open"), begun(town, "cleo", ids["open"]).await);
    open_to_support(town, kept, "sol", "8").await;
    open_to_support(town, kept, "sid", "8").await;
    let openings = openings(town).await;
    town.wait(60);
    for record in kept.iter().filter(|record| record.tied && record.state != "other") {
        let (ivy, id) = (town.desk("ivy"), ids[record.state]);
        let opened = support::look(&ivy, id).await.unwrap().opened;
        let of_sid = opened.iter().find(|one| one.to == town.staff["sid"]).expect("it is open to him");
        let typed = other::typed(&Typed::default().with("result", "It is mended."));
        support::end(&ivy, ivy.new_id(), id, of_sid.entry, &typed).await.unwrap();
    }
    for record in kept.iter_mut().filter(|record| record.tied) {
        let id = ids[record.state];
        for who in ["connie", "cleo", "cyril", "cate"] {
            let typed = dated(&day(town)).with("who", town.staff[who].to_string()).with("how", "family");
            let conflict = town.write("grace", &one(id), "conflict", &typed.with("more", "A cousin.")).await;
            if who == "cate" {
                town.wait(1);
                let typed = dated(&day(town)).with("conflict", conflict).with("reason", "Another Cate.");
                town.write("grace", &one(id), "conflict-ended", &typed).await;
            }
        }
        let opened_by = |who: &str| openings[&(who, record.id.clone())].clone();
        let typed = dated(&day(town)).with("opening", opened_by("rex")).with("result", "needed");
        town.write("grace", &one(id), "emergency-review", &typed.with("reason", "He said so.")).await;
        record.entries.insert("opening", opened_by("emma"));
    }
    for record in kept.iter_mut().filter(|record| record.tied) {
        let id = ids[record.state];
        match record.state {
            "employee" | "adoption" | "legal-privilege" => restrict(town, id, record.state).await,
            "lifted" => {
                restrict(town, id, "adoption").await;
                name(town, id, "nina", None).await;
                lift(town, id).await;
            }
            "closed" => {
                let typed = dated(&day(town))
                    .with("reason", "needs-met")
                    .with("summary", "It was done.")
                    .with("support", "Gran helps.")
                    .with("about", id.to_string());
                town.write("grace", &one(id), "closing", &typed).await;
            }
            _ => {}
        }
        if !record.restricted.is_empty() {
            record.entries.insert("naming", name(town, id, "nina", None).await);
            name(town, id, "nico", None).await;
        }
    }
    // Somebody is curious; nobody of the matrix is asked about that by accident.
    for record in kept.iter().filter(|record| record.tied) {
        assert!(casework::reading::front_page(&town.desk("quin"), ids[record.state]).await.is_err());
    }
}

async fn begun(town: &Town, who: &str, record: RecordId) -> String {
    recording::begin(&town.desk(who), record, other::name("visit"), None).await.unwrap().to_string()
}

/// The openings that wait for a review, by who opened and which record.
async fn openings(town: &Town) -> BTreeMap<(&'static str, String), String> {
    let tx = town.db.begin(Actor::Person(town.staff["ivy"]), town.db.now()).await.unwrap();
    let all = tx.openings_to_review().await.unwrap();
    let name = |person| PEOPLE.iter().map(|(name, ..)| *name).find(|name| town.staff.get(name) == Some(&person));
    all.into_iter()
        .map(|one| ((name(one.by).expect("somebody of these"), one.record.to_string()), one.entry.to_string()))
        .collect()
}

/// Everybody signs in, and with some something happens then.
async fn sign_in(town: &Town, people: &mut [Persona]) {
    let signed_in = async |name: &str| {
        let SignIn::In(session) = town.db.sign_in(name, PASSWORD, town.db.now()).await.unwrap() else {
            panic!("{name} is not let in")
        };
        session
    };
    let limits = web::Config::default().session;
    let mut leo: Option<SessionName> = None;
    for (at, which) in [("17:30", "idle"), ("17:50", "proved-long-ago"), ("18:15", "")] {
        town.at(&format!("2026-03-05T{at}:00.000000Z"));
        if let Some(leo) = &leo {
            assert!(town.db.session(leo, limits, town.db.now()).await.unwrap().is_some());
        }
        for persona in people.iter_mut().filter(|one| one.name != "nobody" && one.cookie.is_empty()) {
            if !which.is_empty() && persona.session != which {
                continue;
            }
            let session = signed_in(persona.name).await;
            persona.cookie = format!("lifestory={}", session.as_cookie());
            if persona.role == "support" {
                // Nobody of support goes on by a password alone.
                let (person, now) = (town.staff[persona.name], town.db.now());
                let new = town.db.new_code(person, now).await.unwrap();
                let right = authenticator::code(&new.secret, now.millisecond() / 1_000);
                assert!(town.db.add_code(&session, person, (&new.ceremony, &right), now).await.unwrap().is_none());
            }
            match persona.session {
                "proved-long-ago" => leo = Some(session),
                "signed-out" => {
                    town.db.sign_out(&session, town.staff[persona.name], false, town.db.now()).await.unwrap();
                }
                "left" => {
                    let (helen, typed) = (town.desk("helen"), dated(&day(town)));
                    staffing::leave(&helen, helen.new_id(), town.staff[persona.name], &typed).await.unwrap();
                }
                "closed" => {
                    let (admin, typed) = (town.desk("admin"), dated(&day(town)));
                    let typed = typed
                        .with("name", "col of the matrix")
                        .with("designation", "Of the matrix")
                        .with("roles", "worker")
                        .with("team", town.north.to_string())
                        .with("account-status", "ended");
                    let (col, typed) = (town.staff[persona.name], other::typed(&typed));
                    organisation::record_staff(&admin, admin.new_id(), Some(col), &typed, None).await.unwrap();
                }
                _ => {}
            }
        }
    }
    town.at("2026-03-05T18:30:00.000000Z");
}
