//! The policy: compared, approved from a day on, and changed over to while people work.

use std::sync::Arc;

use casework::{
    approval::{self, Offered},
    organisation::job,
};
use policy::Pack;

use crate::{
    owed::{looked_after, placed},
    page::{Form, Page},
    town::{PACK, Town, dated},
};

/// The town's policy in its next version, with texts of its files taken for others (pack, file, text, other text).
fn next(edits: &[(&str, &str, &str, &str)]) -> Arc<Pack> {
    after(&PACK, edits)
}

/// The version that follows this one.
pub fn after(pack: &Pack, edits: &[(&str, &str, &str, &str)]) -> Arc<Pack> {
    let id = pack.id();
    let of = format!("version = {}", pack.version());
    let to = format!("version = {}", pack.version() + 1);
    let mut files = pack.made_of().clone();
    for (pack, path, old, new) in edits.iter().chain(&[(id, "pack.toml", of.as_str(), to.as_str())]) {
        let text = files.text(pack, path).unwrap_or_else(|| panic!("{pack} has no {path}"));
        assert!(text.contains(old), "{pack}/{path} has no «{old}»");
        let text = text.replacen(old, new, 1);
        files = files.with(pack, path, &text);
    }
    Arc::new(policy::load(&files, id).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")))
}

const NOTE: (&str, &str) = ("england", "forms/case-note.toml");

/// Another wording, a question gone, and a code gone.
fn changed() -> Arc<Pack> {
    let whole = PACK.made_of().text(NOTE.0, NOTE.1).unwrap();
    let from = whole.find("[[section.field]]\nid = \"where\"").unwrap();
    let to = from + whole[from..].find("\n\n").unwrap() + 2;
    next(&[
        (NOTE.0, NOTE.1, "version = 1", "version = 2"),
        (NOTE.0, NOTE.1, "label = \"What was it for?\"", "label = \"What did you talk about, and why?\""),
        (NOTE.0, NOTE.1, &whole[from..to], ""),
        ("rochdale", "forms/case-note.toml", "version = 1", "version = 2"),
        ("england", "lists.toml", "  { code = \"record\", label = \"Record\" },\n", ""),
    ])
}

/// A note on the telephone, as far as it was typed.
fn note(page: &Page, town: &Town) -> Form {
    let mut form = page.form("Complete");
    for (name, value) in [
        ("happened.day", "3"),
        ("happened.month", "3"),
        ("happened.year", "2026"),
        ("happened.time", "10:00"),
        ("type", "telephone"),
        ("class", "record"),
        ("where", "Her mobile"),
        ("people.0.name", "Nan"),
        ("people.0.role", "grandmother"),
        ("purpose", "To hear how the week was"),
        ("interpreter", "no"),
        ("account.0.text", "The week was good."),
        ("outcome", "Noted"),
        ("about", town.amira.record.to_string().as_str()),
    ] {
        form.set(name, value);
    }
    form
}

async fn offered(town: &Town, pack: &Pack) -> Offered {
    let db = town.db.at_this_moment().await.unwrap();
    approval::offer(&job(db.clone(), "tests", db.now()), pack).await.unwrap()
}

/// The page on which a version is compared and approved.
fn changes(pack: &Pack) -> String {
    format!("/organisation/policy/{}/changes", policy::in_hex(&pack.hash()))
}

both_engines! {
    /// R-GOV-03: a new version waits until somebody approves it who may, with its day and reason kept; and everybody works
    /// by it from that day on, in every process, without a start of the program.
    async fn r_gov_03_a_version_is_used_once_it_is_approved_and_from_its_day(town: Town) {
        let pack = changed();
        assert_eq!(offered(&town, &pack).await, Offered::Waits);
        // Who looks after accounts may look, and not approve.
        let mut admin = town.browser_of("admin");
        admin.get("/organisation/policy").await.must_say("Waiting for approval Rochdale, version 3");
        let page = admin.get(&changes(&pack)).await.is(200);
        page.must_say("Approving it is not part of your role here");
        assert!(!page.has_button("Approve this version"));
        // A worker sees nothing of it.
        town.browser_of("sam").look("/organisation/policy").await.is(403);

        let mut helen = town.browser_of("helen");
        let overview = helen.get("/organisation/policy").await;
        overview.must_say("In force Rochdale, version 2, since 5 January 2026");
        overview.must_say("nobody had approved it");
        let page = helen.get(&overview.link("What would change, and approve it: Rochdale, version 3")).await;
        page.must_say("What was it for?");
        page.must_say("What did you talk about, and why?");
        page.must_say("the question «Where, or how?» gone");
        page.must_say("«Record» is gone");
        page.must_say("nothing has it now");
        // Not from a day that has passed, and not without a reason.
        let form = page.form("Approve this version");
        assert_eq!((form.value("happened.day").as_str(), form.value("happened.month").as_str()), ("1", "4"));
        let wrong = helen.press(&form.clone().with("happened.month", "2"), "Approve this version").await.is(422);
        wrong.must_say("It can hold from today on");
        let none = form.clone().with("happened.day", "31").with("happened.month", "4");
        let wrong = helen.press(&none, "Approve this version").await.is(422);
        wrong.must_say("The day from which it holds must be a real date, like 1 4 2026");
        let wrong = helen.press(&form, "Approve this version").await.is(422);
        wrong.must_say("Say why it is approved");
        let form = form.with("happened.day", "9").with("happened.month", "3").with("why", "Agreed on 2 March");
        let after = helen.press(&form, "Approve this version").await.is(200);
        after.must_say("Approved for later Rochdale, version 3 from 9 March 2026");
        after.must_say("Helen");
        after.must_say("Agreed on 2 March");

        // Another process over the same database, that was started before and never hears of it.
        let other = town.again().await;
        let title = |db: store::Db| async move { db.at_this_moment().await.unwrap().pack().version() };
        town.at("2026-03-08T23:59:59.000000Z");
        assert_eq!((title(town.db.clone()).await, title(other.clone()).await), (2, 2));
        town.at("2026-03-09T00:00:00.000000Z");
        assert_eq!((title(town.db.clone()).await, title(other.clone()).await), (3, 3));
        // What began before is judged by what was in force then.
        let now = town.db.at_this_moment().await.unwrap();
        assert_eq!(now.packs().on("2026-03-08".parse().unwrap()).version(), 2);
        assert_eq!(now.packs().on("2026-03-09".parse().unwrap()).version(), 3);
        let mut sam = town.sign_in("sam").await;
        let page = sam.begin(&town.amira, "Case note").await;
        page.must_say("What did you talk about, and why?");
        page.must_not_hold("Where, or how?");
        other.close().await;
        town.assert_sound().await;
    }

    /// R-GOV-03: a draft is finished in the version in which it began, and what was written stays readable as it was asked,
    /// with a question and a code that are gone.
    async fn r_gov_03_a_draft_is_finished_in_the_version_in_which_it_began(town: Town) {
        let mut sam = town.browser_of("sam");
        let opened = sam.begin(&town.amira, "Case note").await;
        let saved = sam.press(&note(&opened, &town), "Save draft").await.is(200);
        // Opened, and nothing typed yet: it too goes on as it was shown.
        let shown = sam.get(&format!("/records/{}/new/case-note", town.amira.record)).await;
        let pack = changed();
        let mut town = town;
        town.approve(&pack, "2026-03-04").await;
        town.at("2026-03-04T09:00:00.000000Z");

        let mut sam = town.sign_in("sam").await;
        let page = sam.get(&saved.path).await;
        page.must_say("What was it for?");
        assert_eq!(page.form("Complete").value("where"), "Her mobile");
        let done = sam.press(&page.form("Complete"), "Complete").await;
        let entry = done.entry_of("Amira");
        let read = sam.get(&entry).await;
        for words in ["What was it for? To hear how the week was", "Where, or how? Her mobile", "Kept as Record"] {
            read.must_say(words);
        }
        // The story and the paper of the record say it as it was asked too.
        sam.get(&town.amira.at("story")).await.must_say("The week was good.");
        // A form that was shown yesterday begins its draft as it was shown.
        let late = sam.press(&note(&shown, &town).with("purpose", "Another call").forged("_token", &sam.token()), "Save draft").await;
        late.is(200).must_say("What was it for?");

        // Put right in the version in which it was made: nothing of it is lost.
        let mut grace = town.sign_in("grace").await;
        let page = grace.get(&format!("{entry}/amendment")).await.is(200);
        let form = page.form("Complete");
        assert_eq!((form.value("where").as_str(), form.value("class").as_str()), ("Her mobile", "record"));
        let form = form.with("where", "Her work number").with("put-right-because", "She was at work");
        let done = grace.press(&form, "Complete").await;
        let read = grace.get(&done.entry_of("Amira")).await;
        read.must_say("Where, or how? Her work number");
        read.must_say("Kept as Record");
        town.assert_sound().await;
    }

    /// Bad input: a code removed while in use is refused, with how much has it, where it was and what to do; what is in force
    /// goes on.
    async fn r_gov_01_a_code_in_use_is_not_taken_away(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Case note").await;
        sam.press(&note(&page, &town), "Complete").await.must_say("completed");
        let pack = changed();
        assert_eq!(offered(&town, &pack).await, Offered::Waits);
        let mut helen = town.browser_of("helen");
        let page = helen.get(&changes(&pack)).await.is(200);
        page.must_say("It cannot be put in force like this");
        page.must_say("put it back and mark it withdrawn = true (one entry or fact has it now)");
        page.must_say("lists.toml, list `note-class`, code `record`");
        assert!(!page.has_button("Approve this version"));
        let desk = town.desk("helen");
        let typed = dated("2026-03-04").with("why", "All the same");
        let refused = approval::approve(&desk, desk.new_id(), &pack.hash(), &typed).await;
        assert!(matches!(refused, Err(casework::CaseError::Problems(_))), "{refused:?}");
        assert_eq!(town.db.at_this_moment().await.unwrap().packs().history().len(), 1);
        town.assert_sound().await;
    }
}

/// D-62: where the policy asks for approval a new version waits; where it does not, the program's start is enough. Either
/// way it is kept which one is in force since when, and how that came about.
#[tokio::test]
async fn d_62_r_gov_03_whether_a_new_version_is_approved_is_the_packs_to_say() {
    let mut town = Town::new().await;
    let asks_nothing =
        next(&[("england", "approval.toml", "before-use = \"approved\"", "before-use = \"nothing-asked\"")]);
    assert_eq!(offered(&town, &asks_nothing).await, Offered::Waits);
    assert_eq!(offered(&town, &asks_nothing).await, Offered::Waits, "offering it again changes nothing");
    town.approve(&asks_nothing, "2026-03-03").await;
    assert_eq!(offered(&town, &asks_nothing).await, Offered::InForce);
    town.wait(60);
    // The version in force says it of the one that follows.
    assert_eq!(offered(&town, &PACK).await, Offered::PutInForce);
    let now = town.db.at_this_moment().await.unwrap();
    assert_eq!((now.pack().hash(), now.packs().history().len()), (PACK.hash(), 3));
    let mut helen = town.browser_of("helen");
    let page = helen.get("/organisation/policy").await;
    page.must_say("By a start of the program; the policy before it asked for no approval");
    page.must_say("Lifestory, The program itself");
    page.must_say("never: another took its place that day");
    town.assert_sound().await;
}

/// R-TIME-X13, R-GOV-01: whoever answers for the policy reads what it says: forms as they look, lists, who may do what,
/// and of two limits for one act both, with the one in force.
#[tokio::test]
async fn r_time_x13_r_gov_01_the_policy_is_read_on_pages() {
    let town = Town::new().await;
    let mut helen = town.browser_of("helen");
    let overview = helen.get("/organisation/policy").await;
    let policy = helen.get(&overview.link("Rochdale, version 2")).await.is(200);
    policy.must_say("In force since 5 January 2026.");
    policy.must_say("Yes The table of the policy has 3 working days for statutory and child protection visits");
    policy.must_say("No, only stated Another row of the same table.");
    policy.must_say(
        "read a record those allocated to them, those of a colleague for whom they stand in, those of their team and those that they opened in an emergency",
    );
    let form = helen.get(&policy.link("Visit")).await.is(200);
    form.must_say("What did you tell them, and they you?");
    form.must_say("nothing is sent or kept");
    let sends = form.root.named("form").into_iter().filter(|form| form.attribute("action") != "/sign-out").count();
    assert_eq!(sends, 0, "nothing here can be sent");
    let list = helen.get(&policy.link("note-class")).await.is(200);
    list.must_say("Case note: Kept as");
    // What is not there is not there.
    helen.look("/organisation/policy/00").await.is(404);
    helen.look(&format!("/organisation/policy/{}", "0".repeat(64))).await.is(404);
}

/// What a simulation shows of one obligation: its row, without the heading.
fn row(page: &Page, what: &str) -> (String, String) {
    let rows = page.root.named("tr");
    let found: Vec<_> = rows.iter().filter(|row| row.named("th").iter().any(|cell| cell.text() == what)).collect();
    assert_eq!(found.len(), 1, "{what} in {}", page.main());
    let cells = found[0].named("td");
    (cells[0].text(), cells[1].text())
}

both_engines! {
    /// R-GOV-03: before a version is approved, it is tried on a real record: what would be owed then beside what is owed
    /// now, and how what was done would have been judged. It is a reading, and the record says so.
    async fn r_gov_03_a_version_is_tried_on_a_record(town: Town) {
        placed(&town, &town.amira, "2026-03-02").await;
        looked_after(&town, &town.amira, "2026-02-20").await;
        let looser = next(&[
            ("england", "clocks.toml", "due = \"1 week\"", "due = \"2 weeks\""),
            ("rochdale", "clocks.toml", "id = \"personal-education-plan\"\n", "id = \"education-plan\"\n"),
            ("rochdale", "clocks.toml", "\"complaint\", \"closing\"] }\ndue = \"3 working days\"", "\"complaint\", \"closing\"] }\ndue = \"9 working days\""),
        ]);
        assert_eq!(offered(&town, &looser).await, Offered::Waits);
        let mut helen = town.browser_of("helen");
        let changes = helen.get(&changes(&looser)).await.is(200);
        let page = helen.get(&changes.link("Try it on a record")).await.is(200);
        let number = town.number(&town.amira).await;
        let form = page.form("Show");
        let shown = helen.press(&form.clone().with("number", &number), "Show").await.is(200);
        assert_eq!(shown.path, page.path, "what is typed stands in no address");
        let visit = row(&shown, "First visit to the child in the placement");
        assert_eq!(visit, ("by 9 March 2026; the allocated worker".to_owned(), "by 16 March 2026; the allocated worker".to_owned()));
        let heading = |what: &str| shown.main().find(what).unwrap_or_else(|| panic!("{what} in {}", shown.main()));
        assert!(heading("Another date") < heading("First visit") && heading("First visit") < heading("Asked for only under the new one"));
        // What bears another name then is another rule: gone, and new.
        shown.must_say("Personal education plan not asked for by");
        shown.must_say("by 12 March 2026; the allocated worker not asked for");
        // What was recorded eight working days late by one is in time by the other.
        let (now, then) = row(&shown, "Record of what happened");
        assert!(now.starts_with("2, 1 late: within 3 working days"), "{now}");
        assert!(then.starts_with("2, none late: within 9 working days"), "{then}");
        // Nothing is kept of it, and the reading is.
        town.browser_of("sam").get("/my-work/owed").await.must_say("by Monday 9 March");
        let readings = town.browser_of("grace").get(&town.amira.at("readings")).await;
        readings.must_say("looked at what the child would be owed under another version of the policy");
        // A number that nobody has; and a record that is closed to who asks is as if it were not there.
        for number in ["R-99999", "none"] {
            let none = helen.press(&form.clone().with("number", number), "Show").await.is(422);
            none.must_say("There is no record with this number that is open to you");
        }
        let mut admin = town.browser_of("admin");
        let form = admin.get(&page.path).await.form("Show");
        let closed = admin.press(&form.clone().with("number", &number), "Show").await.is(422);
        let absent = admin.press(&form.with("number", "R-99999"), "Show").await.is(422);
        assert_eq!(closed.body.replace(&number, "R-99999"), absent.body);
        town.browser_of("sam").look(&page.path).await.is(403);
        town.assert_sound().await;
    }
}
