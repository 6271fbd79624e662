//! Somebody reads while what lets them in is taken away. No reading that began after that was acknowledged shows anything,
//! and none has its leaf after it that began before.
//!
//! `LIFESTORY_RACES=1000 cargo nextest run -p web races` runs a thousand; without it fewer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::body::Body;
use casework::{
    organisation::{self, NewAccount},
    records, staffing,
};
use store::{LooksWanted, SignIn};

use crate::{
    other,
    town::{Browser, Child, PASSWORD, Town, dated},
};

/// What is taken away.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Allocation,
    Role,
    Session,
    Name,
    Conflict,
    Account,
    Cover,
}

const ALL: [Taken; 7] =
    [Taken::Allocation, Taken::Role, Taken::Session, Taken::Name, Taken::Conflict, Taken::Account, Taken::Cover];

impl Taken {
    /// Who reads then, and which child; what they see shows in the child's name.
    fn reader(self, town: &Town) -> (&'static str, Child, &'static str) {
        match self {
            Self::Allocation => ("tom", town.amira, "Amira"),
            Self::Role | Self::Account => ("nan", town.amira, "Amira"),
            Self::Session => ("sam", town.amira, "Amira"),
            Self::Name => ("tom", town.bilal, "Bilal"),
            Self::Conflict => ("priya", town.noor, "Noor"),
            Self::Cover => ("tom", town.noor, "Noor"),
        }
    }
}

async fn allocate(town: &Town, child: &Child, worker: &str) {
    let grace = town.desk("grace");
    let typed = dated("2026-03-03")
        .with("team", town.north.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff[worker].to_string())
        .with("file-holder", "yes");
    records::allocate(&grace, grace.new_id(), &[child.record], &other::typed(&typed)).await.unwrap();
}

async fn staff(town: &Town, role: &str, status: &str) {
    let admin = town.desk("admin");
    let typed = dated("2026-03-03")
        .with("name", "Nan Frost")
        .with("designation", "Officer")
        .with("roles", role)
        .with("account-status", status);
    let (nan, typed) = (town.staff["nan"], other::typed(&typed));
    organisation::record_staff(&admin, admin.new_id(), Some(nan), &typed, None).await.unwrap();
}

/// Lets the reader in; gives what ends it.
async fn let_in(town: &Town, taken: Taken) -> String {
    match taken {
        Taken::Allocation => allocate(town, &town.amira, "tom").await,
        Taken::Role | Taken::Account => staff(town, "information-governance", "open").await,
        Taken::Session | Taken::Conflict => {}
        Taken::Name => {
            let typed = dated("2026-03-03").with("who", town.staff["tom"].to_string()).with("as", "Deputy");
            return town.write("helen", &town.bilal, "restricted-to", &typed).await;
        }
        Taken::Cover => {
            let grace = town.desk("grace");
            let typed = dated("2026-03-03")
                .with("until.day", "10")
                .with("until.month", "3")
                .with("until.year", "2026")
                .with("why", "absent")
                .with("deputy", town.staff["tom"].to_string());
            let (sam, typed) = (town.staff["sam"], other::typed(&typed));
            staffing::arrange_cover(&grace, grace.new_id(), sam, &[town.noor.record], &typed).await.unwrap();
        }
    }
    String::new()
}

/// Takes it away; gives what says so, where that is an entry.
async fn take_away(town: &Town, taken: Taken, by: &str, session: &store::SessionName) -> String {
    match taken {
        Taken::Allocation => allocate(town, &town.amira, "sam").await,
        Taken::Role => staff(town, "records-manager", "open").await,
        Taken::Account => staff(town, "information-governance", "ended").await,
        Taken::Session => town.db.sign_out(session, town.staff["sam"], false, town.db.now()).await.unwrap(),
        Taken::Name => {
            let typed = dated("2026-03-03").with("named", by).with("reason", "The review is over.");
            town.write("helen", &town.bilal, "restricted-to-ended", &typed).await;
        }
        Taken::Conflict => {
            let typed = dated("2026-03-03").with("who", town.staff["priya"].to_string()).with("how", "family");
            return town.write("grace", &town.noor, "conflict", &typed.with("more", "A cousin.")).await;
        }
        Taken::Cover => {
            let grace = town.desk("grace");
            let typed = dated("2026-03-03").with("reason", "Sam is back");
            let (sam, typed) = (town.staff["sam"], other::typed(&typed));
            staffing::end_cover(&grace, grace.new_id(), sam, &typed).await.unwrap();
        }
    }
    String::new()
}

/// What must be so again before the next time.
async fn put_back(town: &Town, taken: Taken, conflict: &str) {
    if let Taken::Conflict = taken {
        let typed = dated("2026-03-03").with("conflict", conflict).with("reason", "Another Priya.");
        town.write("grace", &town.noor, "conflict-ended", &typed).await;
    }
    if let Taken::Account = taken {
        staff(town, "information-governance", "open").await;
    }
}

/// How often this person has read this record, by the ledger.
async fn readings(town: &Town, who: &str, child: &Child) -> usize {
    let wanted = LooksWanted { reader: Some(town.staff[who]), ..LooksWanted::default() };
    let tx = town.db.begin(store::Actor::System("tests"), town.db.now()).await.unwrap();
    let action = store::ReadUnder(policy::Capability::SeeReadings, "read-readings");
    let grant = tx.authorise(action, child.record, "").await.unwrap();
    let looks = tx.looked_at(&grant, &wanted, 100_000).await.unwrap();
    looks.iter().filter(|look| look.leaf.act != "refused").count()
}

/// Reads as long as it is let in, and some times more; says how often it was shown something that it should not have been.
async fn read(
    browser: Browser,
    paths: Vec<String>,
    name: &'static str,
    over: Arc<AtomicBool>,
    shown: Arc<AtomicUsize>,
) -> usize {
    let (mut wrong, mut after) = (0, 0);
    for path in paths.iter().cycle() {
        let is_over = over.load(Ordering::SeqCst);
        let request = browser.request("GET", path).body(Body::empty()).unwrap();
        let (status, _, body) = browser.raw(request).await;
        assert!(status < 500, "{path}: {status}");
        if String::from_utf8_lossy(&body).contains(name) {
            shown.fetch_add(1, Ordering::SeqCst);
            wrong += usize::from(is_over);
        }
        after += usize::from(is_over);
        if after == paths.len() {
            return wrong;
        }
    }
    wrong
}

async fn race(town: &Town, taken: Taken, n: usize) {
    let (who, child, name) = taken.reader(town);
    let by = let_in(town, taken).await;
    town.wait(1);
    let SignIn::In(session) = town.db.sign_in(who, PASSWORD, town.db.now()).await.unwrap() else { panic!("{who}") };
    let mut browser = town.browser();
    browser.cookie = format!("lifestory={}", session.as_cookie());
    let over = Arc::new(AtomicBool::new(false));
    let shown = Arc::new(AtomicUsize::new(0));
    let paths: Vec<_> = ["", "story", "family", "workers"].iter().map(|page| child.at(page)).collect();
    let readers: Vec<_> =
        (0..3).map(|_| tokio::spawn(read(browser.clone(), paths.clone(), name, over.clone(), shown.clone()))).collect();
    let in_time = std::time::Instant::now();
    while shown.load(Ordering::SeqCst) == 0 {
        assert!(in_time.elapsed().as_secs() < 60, "race {n}: {who} is not let in by the {taken:?}");
        tokio::time::sleep(std::time::Duration::from_micros(200)).await;
    }
    // Not always at the same place of a reading.
    tokio::time::sleep(std::time::Duration::from_micros(u64::try_from(n * 137 % 3_000).unwrap())).await;
    let said = take_away(town, taken, &by, &session).await;
    let kept = readings(town, who, &child).await;
    over.store(true, Ordering::SeqCst);
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 0, "race {n}: shown after the {taken:?} was taken away");
    }
    assert_eq!(readings(town, who, &child).await, kept, "race {n}: a leaf under the {taken:?} that was taken away");
    town.wait(1);
    put_back(town, taken, &said).await;
    town.wait(1);
}

macro_rules! races {
    ($($name:ident $town:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $name() {
            let Some(mut town) = $town else { return };
            let races: usize = std::env::var("LIFESTORY_RACES").map_or(21, |races| races.parse().unwrap());
            prepare(&mut town).await;
            for n in 0..races {
                race(&town, ALL[n % ALL.len()], n).await;
            }
            town.assert_sound().await;
        }
    )*};
}

mod r_acc_02_what_is_taken_away_is_read_no_more {
    use super::{ALL, Town, prepare, race};

    races! {
        sqlite Some(Town::new().await);
        postgres Town::on_postgres().await;
    }
}

async fn prepare(town: &mut Town) {
    let restricted = dated("2026-03-03").with("kind", "other").with("reason", "His father works for us.");
    town.write("helen", &town.bilal, "restriction", &restricted).await;
    let admin = town.desk("admin");
    let typed = dated("2026-03-03")
        .with("name", "Nan Frost")
        .with("designation", "Officer")
        .with("roles", "information-governance")
        .with("account-status", "open");
    let account = NewAccount { username: "nan", password: PASSWORD, must_change: false };
    let typed = other::typed(&typed);
    let nan = organisation::record_staff(&admin, admin.new_id(), None, &typed, Some(&account)).await.unwrap();
    town.cast.staff.insert("nan", nan);
    town.wait(1);
}
