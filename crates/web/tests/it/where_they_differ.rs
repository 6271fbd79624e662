//! Where the authorities differ (`docs/where-authorities-differ.md`): one and the same act, under two packs.
//!
//! Each test is named after its row. What is asked, refused, offered or said differs, and not one line of the program.

use casework::{CaseError, records};
use jiff::civil::date;

use crate::{
    looked::hire,
    page::{Form, Page},
    town::{Browser, Child, Town, dated, opening},
};

/// The page on which an entry with this form is begun.
pub async fn begin(who: &mut Browser, child: &Child, form: &str) -> Page {
    let mut page = who.get(&child.at(&format!("new/{form}"))).await.is(200);
    page.path = page.form("Complete").action;
    page
}

/// The boxes at which something is asked for.
fn asked_for(page: &Page) -> Vec<String> {
    page.problems().into_iter().map(|(_, at)| at).collect()
}

/// A visit of yesterday that took place, with what every pack asks of it; more as the test says.
fn visit(page: &Page, child: &Child) -> Form {
    let form = page.form("Complete");
    let form = [
        ("happened.day", "2"),
        ("happened.month", "3"),
        ("happened.year", "2026"),
        ("happened.time", "15:30"),
        ("kind", "cin"),
        ("purpose", "To see how the week had been"),
        ("result", "took-place"),
        ("place", "home"),
        ("present.0.name", "Gran Ali"),
        ("present.0.role", "grandmother"),
        ("account.0.text", "The kitchen was clean and warm."),
        ("outcome", "The child is well."),
    ]
    .into_iter()
    .fold(form, |form, (name, value)| form.with(name, value));
    let (seen, alone) = (child.part("seen"), child.part("seen-alone"));
    form.with(&seen, "yes").with(&alone, "yes")
}

/// The same with what only some packs ask.
fn whole_visit(page: &Page, child: &Child) -> Form {
    [
        ("interpreter", "no"),
        ("done-without", "no"),
        ("exchanged", "We talked about school."),
        ("circumstances", "no"),
        ("household", "no"),
        ("analysis", "The plan is working."),
    ]
    .into_iter()
    .fold(visit(page, child), |form, (name, value)| form.with(name, value))
}

/// A call of this morning, with these words in it.
pub async fn call(town: &Town, who: &str, child: &Child, more: &[(&str, &str)]) -> String {
    let typed = dated("2026-03-03")
        .with("happened.time", "10:00")
        .with("type", "telephone")
        .with("where", "The office")
        .with("people.0.name", "Nan")
        .with("people.0.role", "grandmother")
        .with("purpose", "A call")
        .with("interpreter", "no")
        .with("account.0.text", "She rang.")
        .with("outcome", "Noted")
        .with("about", child.record.to_string());
    let typed = more.iter().fold(typed, |mut typed, (name, value)| {
        typed.set(name.parse().expect("the name of a box"), *value);
        typed
    });
    town.write(who, child, "case-note", &typed).await
}

/// What happened at three in the afternoon on a day of this year, written down now, on Tuesday 3 March at 15:20: whether
/// the pack asks why that is so late. What else it asks for does not matter here.
pub async fn is_late(town: &Town, form: &str, day: (&str, &str), answers: &[(&str, &str)]) -> bool {
    is_late_for(town, "sam", form, day, answers).await
}

async fn is_late_for(town: &Town, who: &str, form: &str, (month, day): (&str, &str), answers: &[(&str, &str)]) -> bool {
    let mut browser = town.browser_of(who);
    let page = begin(&mut browser, &town.amira, form).await;
    let mut filled = page.form("Complete");
    let happened =
        [("happened.year", "2026"), ("happened.month", month), ("happened.day", day), ("happened.time", "15:00")];
    for (name, value) in happened.iter().chain(answers) {
        if filled.has(name) {
            filled.set(name, value);
        } else {
            assert_eq!(*name, "happened.time", "{form} asks for {name}");
        }
    }
    asked_for(&browser.press(&filled, "Complete").await).contains(&"late-reason".to_owned())
}

/// Six working days ago.
const MONDAY_BEFORE: (&str, &str) = ("2", "23");
const WEDNESDAY_BEFORE: (&str, &str) = ("2", "25");
const FRIDAY: (&str, &str) = ("2", "27");
const MONDAY: (&str, &str) = ("3", "2");

/// D-01, R-TIME-27, R-TIME-50, R-TIME-83, R-TIME-87: how soon a contact is written down. Three working days in Rochdale, five
/// with the `CareFirst` council, at once in Bolton (late after a working day), without a number in Glebe House, which is never
/// late. Late is written down all the same, with its reason, for ever.
#[tokio::test]
async fn d_01_how_soon_a_contact_is_written_down() {
    for (pack, monday_before, wednesday, friday, monday) in [
        ("rochdale", true, true, false, false),
        ("carefirst", true, false, false, false),
        ("bolton", true, true, true, false),
        ("glebe-house", false, false, false, false),
        ("looked-after", false, false, false, false),
    ] {
        let town = Town::under(pack).await;
        let days = [(MONDAY_BEFORE, monday_before), (WEDNESDAY_BEFORE, wednesday), (FRIDAY, friday), (MONDAY, monday)];
        for (day, late) in days {
            assert_eq!(is_late(&town, "case-note", day, &[]).await, late, "{pack} {day:?}");
        }
    }
    let rochdale = Town::under("rochdale").await;
    let more = [("happened.month", "2"), ("happened.day", "25"), ("late-reason", "I was ill.")];
    let entry = call(&rochdale, "sam", &rochdale.amira, &more).await;
    let entry = rochdale.browser_of("grace").get(&rochdale.amira.at(&format!("entries/{entry}"))).await;
    entry.must_say("Written 4 working days after; limit 3 working days. Reason: I was ill.");
}

/// D-02, D-74, R-TIME-05, R-TIME-88: how soon the record of an inquiry into harm. The `CareFirst` council gives one working day
/// to the visit of one and Rochdale its three; Rochdale gives a strategy discussion a day, and Bolton names none.
#[tokio::test]
async fn d_02_how_soon_an_inquiry_into_harm_is_written_down() {
    for (pack, late) in [("carefirst", true), ("rochdale", false), ("glebe-house", false)] {
        let town = Town::under(pack).await;
        assert_eq!(is_late(&town, "visit", FRIDAY, &[("kind", "section-47")]).await, late, "{pack}");
        assert!(!is_late(&town, "visit", FRIDAY, &[("kind", "cin")]).await, "{pack}: any other visit has longer");
    }
    for (pack, late) in [("rochdale", true), ("bolton", false), ("carefirst", false)] {
        let town = Town::under(pack).await;
        assert_eq!(is_late(&town, "strategy-discussion", MONDAY, &[("kind", "initial")]).await, late, "{pack}");
    }
}

/// D-03, R-TIME-52: a detailed write-up has ten working days in Bolton; nobody else names any.
#[tokio::test]
async fn d_03_how_soon_a_detailed_write_up() {
    for (pack, late) in [("bolton", true), ("rochdale", false), ("carefirst", false), ("glebe-house", false)] {
        let town = Town::under(pack).await;
        assert_eq!(is_late(&town, "write-up", ("2", "16"), &[]).await, late, "{pack}: eleven working days");
        assert!(!is_late(&town, "write-up", ("2", "17"), &[]).await, "{pack}: ten");
    }
}

/// D-04, R-TIME-14, R-TIME-26, R-TIME-51, R-TIME-87: how soon the record of a visit. The same days as of any contact.
#[tokio::test]
async fn d_04_how_soon_a_visit_is_written_down() {
    for (pack, monday_before, wednesday, friday) in [
        ("rochdale", true, true, false),
        ("carefirst", true, false, false),
        ("bolton", true, true, true),
        ("glebe-house", false, false, false),
    ] {
        let town = Town::under(pack).await;
        for (day, late) in [(MONDAY_BEFORE, monday_before), (WEDNESDAY_BEFORE, wednesday), (FRIDAY, friday)] {
            assert_eq!(is_late(&town, "visit", day, &[("kind", "cin")]).await, late, "{pack} {day:?}");
        }
    }
}

/// D-05, R-TIME-78: a child who was away: 24 hours in Glebe House, three working days in Rochdale. An incident has a form of
/// its own in the home alone, and the same hours.
#[tokio::test]
async fn d_05_how_soon_an_incident_is_written_down() {
    for (pack, wednesday, monday) in
        [("glebe-house", true, true), ("rochdale", true, false), ("carefirst", false, false), ("bolton", true, false)]
    {
        let town = Town::under(pack).await;
        assert_eq!(is_late(&town, "missing", WEDNESDAY_BEFORE, &[]).await, wednesday, "{pack}");
        assert_eq!(is_late(&town, "missing", MONDAY, &[]).await, monday, "{pack}");
        let incident = town.browser_of("sam").look(&town.amira.at("new/incident")).await;
        assert_eq!(incident.status == 200, pack == "glebe-house", "{pack}");
    }
    let home = Town::under("glebe-house").await;
    assert!(is_late(&home, "incident", MONDAY, &[]).await);
    assert!(!is_late(&home, "incident", ("3", "3"), &[("happened.time", "09:00")]).await);
}

/// D-35, R-CHR-03, R-TIME-04: every two months the chronology is due in Rochdale, and nowhere else by a number.
#[tokio::test]
async fn d_35_how_often_the_chronology_is_brought_up_to_date() {
    for (pack, due) in [("rochdale", true), ("bolton", false), ("carefirst", false), ("glebe-house", false)] {
        let town = Town::under(pack).await;
        town.at("2026-05-11T10:00:00.000000Z");
        let mut sam = town.sign_in("sam").await;
        let owed = sam.get("/my-work/owed").await.is(200);
        assert_eq!(owed.holds("Chronology brought up to date"), due, "{pack}: {}", owed.main());
        assert_eq!(owed.holds("days late"), due, "{pack}: {}", owed.main());
    }
}

/// D-39, R-TIME-29: the note of a supervision is written in five working days in Rochdale, where any other note has three;
/// Bolton has a form for it and no number.
#[tokio::test]
async fn d_39_how_soon_the_note_of_a_supervision() {
    for (pack, late) in [("rochdale", true), ("bolton", false)] {
        let town = Town::under(pack).await;
        assert_eq!(
            is_late_for(&town, "grace", "supervision", ("2", "23"), &[]).await,
            late,
            "{pack}: six working days"
        );
        assert!(!is_late_for(&town, "grace", "supervision", ("2", "24"), &[]).await, "{pack}: five");
    }
    let rochdale = Town::under("rochdale").await;
    assert!(!is_late(&rochdale, "case-note", WEDNESDAY_BEFORE, &[("class", "supervision")]).await);
    assert!(is_late(&rochdale, "case-note", WEDNESDAY_BEFORE, &[]).await);
}

/// D-40: how soon a manager's decision is on the record: two working days in Rochdale, and a day where it is on a referral;
/// five working days with the `CareFirst` council, at once in Bolton.
#[tokio::test]
async fn d_40_how_soon_a_decision_is_written_down() {
    let referral: &[(&str, &str)] = &[("made-in", "referral")];
    for (pack, monday_before, thursday, monday, of_referral) in [
        ("rochdale", true, true, false, referral),
        ("carefirst", true, false, false, &[]),
        ("bolton", true, true, false, &[]),
        ("glebe-house", false, false, false, &[]),
    ] {
        let town = Town::under(pack).await;
        assert_eq!(is_late_for(&town, "grace", "decision", MONDAY_BEFORE, &[]).await, monday_before, "{pack}");
        assert_eq!(is_late_for(&town, "grace", "decision", ("2", "26"), &[]).await, thursday, "{pack}");
        assert_eq!(is_late_for(&town, "grace", "decision", MONDAY, &[]).await, monday, "{pack}");
        if !of_referral.is_empty() {
            assert!(is_late_for(&town, "grace", "decision", MONDAY, of_referral).await, "{pack}: on a referral");
        }
    }
}

/// D-06, R-VIS-13: a colleague records a child protection visit. The `CareFirst` council keeps it for the responsible social
/// worker; Bolton does not.
#[tokio::test]
async fn d_06_who_must_write_the_record() {
    for (pack, refused) in [("carefirst", true), ("bolton", false), ("glebe-house", false)] {
        let town = Town::under(pack).await;
        let mut priya = town.browser_of("priya");
        let page = begin(&mut priya, &town.amira, "visit").await;
        let form = whole_visit(&page, &town.amira).with("kind", "cp");
        let done = priya.press(&form, "Complete").await;
        assert_eq!(done.status == 422, refused, "{pack}: {:?}", done.problems());
        if refused {
            assert!(done.problems()[0].0.contains("responsible social worker"), "{:?}", done.problems());
        }
        town.assert_sound().await;
    }
}

/// A file that is kept elsewhere, of this kind.
async fn kept_elsewhere(town: &Town, kind: &str, more: &[(&str, &str)]) -> Page {
    let mut grace = town.browser_of("grace");
    let page = begin(&mut grace, &town.amira, "separate-file").await;
    let form = page.form("Complete").with("kind", kind).with("service", "Our own").with("holder", "The office");
    let form = form.with("location", "Room 2, shelf 4");
    let form = more.iter().fold(form, |form, (name, value)| form.with(name, value));
    grace.press(&form, "Complete").await
}

/// D-07: a volume on paper has its days on the cover in Glebe House; elsewhere nobody asks for them.
#[tokio::test]
async fn d_07_a_volume_shows_its_days() {
    let glebe = Town::under("glebe-house").await;
    let page = kept_elsewhere(&glebe, "volume", &[("agrees", "yes")]).await.is(422);
    assert_eq!(asked_for(&page), ["volume-from-day"]);
    let rochdale = Town::under("rochdale").await;
    kept_elsewhere(&rochdale, "paper", &[]).await.is(200).must_say("completed");
}

/// D-08, R-OBS-13: notes on paper are destroyed after the entry in Bolton and with the `CareFirst` council, which say so as
/// soon as the entry is complete; Glebe House keeps them signed; Rochdale does not ask.
#[tokio::test]
async fn d_08_what_becomes_of_notes_on_paper() {
    for pack in ["bolton", "carefirst"] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "visit").await;
        let form = whole_visit(&page, &town.amira).with("notes-on-paper", "yes");
        sam.press(&form, "Complete").await.is(200).must_say("Destroy");
    }
    let rochdale = Town::under("rochdale").await;
    let page = begin(&mut rochdale.browser_of("sam"), &rochdale.amira, "visit").await;
    assert!(!page.form("Complete").has("notes-on-paper"));
    let glebe = Town::under("glebe-house").await;
    let entry = call(&glebe, "sam", &glebe.amira, &[]).await;
    let mut sam = glebe.browser_of("sam");
    let page = begin(&mut sam, &glebe.amira, "rough-notes").await;
    let form = page.form("Complete").with("entry", &entry).with("became", "kept").with("kept-why", "In the volume");
    let page = sam.press(&form, "Complete").await.is(422);
    assert_eq!(asked_for(&page), ["signed-0-name"]);
}

/// D-09, R-VIS-12: a second record of the same moment needs a reason, but in the chapter on looked after children, which
/// wants it written wherever it bears on a child.
#[tokio::test]
async fn d_09_a_second_record_of_the_same_moment() {
    for (pack, asks) in [("carefirst", true), ("rochdale", true), ("looked-after", false)] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "visit").await;
        sam.press(&whole_visit(&page, &town.amira), "Complete").await.is(200);
        let mut priya = town.browser_of("priya");
        let page = begin(&mut priya, &town.amira, "visit").await;
        let form = whole_visit(&page, &town.amira).with("kind", "other");
        let page = priya.press(&form, "Complete").await;
        assert_eq!(asked_for(&page) == ["second-because"], asks, "{pack}: {:?}", page.problems());
        assert_eq!(page.path.ends_with("/done"), !asks, "{pack}");
    }
}

/// D-10, R-OBS-07: an e-mail that was pasted whole is asked about in Rochdale, and may stay in Bolton.
#[tokio::test]
async fn d_10_pasting_an_e_mail() {
    const MAIL: &str = "From: A Teacher\nSent: Monday\nTo: Sam\nSubject: lunch\n\nHe had none.";
    for (pack, asks) in [("rochdale", true), ("carefirst", true), ("bolton", false)] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "case-note").await;
        let form = page.form("Complete").with("account.0.text", MAIL);
        let page = sam.press(&form, "Save draft").await.is(200);
        assert_eq!(page.holds("pasted e-mail"), asks, "{pack}: {}", page.main());
    }
}

/// D-11, R-BAS-03: what must have happened before a file opens. Bolton asks whether the case is accepted for longer
/// action, the `CareFirst` council whether work has begun, the chapter since when the child is looked after; Rochdale opens
/// it at the referral.
#[tokio::test]
async fn d_11_when_the_file_opens() {
    for (pack, box_id) in [
        ("rochdale", None),
        ("glebe-house", None),
        ("bolton", Some("accepted")),
        ("carefirst", Some("work-begun")),
        ("looked-after", Some("looked-after-since")),
    ] {
        let town = Town::under(pack).await;
        let grace = town.desk("grace");
        let typed = opening("Omar", "Aziz", "2018-01-01", town.north);
        let opened = records::open(&grace, grace.new_id(), None, &typed).await;
        let asked = match &opened {
            Err(CaseError::Problems(problems)) => problems.first().map(|problem| problem.at.field.as_str()),
            _ => None,
        };
        let expected = box_id.map(crate::other::name);
        assert_eq!((asked, opened.is_ok()), (expected, box_id.is_none()), "{pack}: {opened:?}");
    }
}

/// D-12: a file on paper may be the family's in Bolton and with the `CareFirst` council, so they ask whose it is; the
/// electronic record is one child's everywhere.
#[tokio::test]
async fn d_12_whose_file_it_is() {
    let carefirst = Town::under("carefirst").await;
    let page = kept_elsewhere(&carefirst, "paper", &[]).await.is(422);
    assert_eq!(asked_for(&page), ["whose"]);
    kept_elsewhere(&carefirst, "paper", &[("whose", "family")]).await.is(200).must_say("completed");
    let rochdale = Town::under("rochdale").await;
    kept_elsewhere(&rochdale, "paper", &[]).await.is(200).must_say("completed");
}

/// D-13, R-GOV-10: whose record it is, as staff are told at every form.
#[tokio::test]
async fn d_13_whose_record_it_is() {
    for (pack, says, says_not) in [
        ("rochdale", "belongs to that child", "property of the local authority"),
        ("bolton", "property of the local authority", "belongs to that child"),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "case-note").await;
        page.must_say(says);
        page.must_not_hold(says_not);
        sam.get(&town.amira.at("")).await.must_say(says);
    }
}

/// D-14: what may stand in one child's record about another, as the form says it.
#[tokio::test]
async fn d_14_other_children_in_a_record() {
    for (pack, says) in [
        ("carefirst", "nothing in it about another"),
        ("bolton", "What is common to brothers and sisters"),
        ("looked-after", "the same entry in more than one record"),
        ("glebe-house", "Somebody else's affairs"),
    ] {
        let town = Town::under(pack).await;
        begin(&mut town.browser_of("sam"), &town.amira, "case-note").await.must_say(says);
    }
}

/// D-15: paper is for what cannot be electronic in Bolton, which asks why; Glebe House asks whether the two agree.
#[tokio::test]
async fn d_15_what_paper_is_for() {
    for (pack, more, box_id) in [
        ("bolton", &[("whose", "child")][..], Some("paper-because")),
        ("glebe-house", &[], Some("agrees")),
        ("rochdale", &[], None),
    ] {
        let town = Town::under(pack).await;
        let page = kept_elsewhere(&town, "paper", more).await;
        assert_eq!(asked_for(&page).first().map(String::as_str), box_id, "{pack}");
    }
}

/// D-16, R-INT-03: when an entry locks, as whoever completes it is told. Before, a draft can be changed; afterwards nothing
/// can, under any pack.
#[tokio::test]
async fn d_16_when_an_entry_locks() {
    for (pack, says) in [
        ("bolton", Some("When you complete it, it is locked")),
        ("glebe-house", Some("After the event nobody can change a record")),
        ("rochdale", None),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "case-note").await;
        for other in ["When you complete it, it is locked", "After the event nobody can change a record"] {
            assert_eq!(page.holds(other), says == Some(other), "{pack}: {other}");
        }
        let saved = sam.press(&page.form("Complete").with("purpose", "A call"), "Save draft").await.is(200);
        let again = sam.press(&saved.form("Complete").with("purpose", "Another"), "Save draft").await.is(200);
        assert_eq!(again.form("Complete").value("purpose"), "Another");
    }
}

/// D-17, R-INT-04, R-INT-05: a manager puts an entry of a worker right. In Rochdale it stands at once; in Bolton it waits
/// for the author's yes.
#[tokio::test]
async fn d_17_who_may_put_right_and_how() {
    for (pack, more, waits) in [
        ("rochdale", &[][..], false),
        ("bolton", &[("with", "family"), ("class", "contact"), ("done-without", "no")], true),
    ] {
        let town = Town::under(pack).await;
        let entry = call(&town, "sam", &town.amira, more).await;
        let mut grace = town.browser_of("grace");
        let page = grace.get(&town.amira.at(&format!("entries/{entry}/amendment"))).await.is(200);
        page.must_say(if waits { "once its author has agreed" } else { "stands in its place from then on" });
        let form = page.form("Complete").with("outcome", "She was told.").with("put-right-because", "It was left out.");
        let done = grace.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{pack}: {:?}", done.problems());
        let mut sam = town.browser_of("sam");
        assert_eq!(sam.get("/my-work").await.holds("wants to put right"), waits, "{pack}");
        town.assert_sound().await;
    }
}

/// D-18, R-INT-01: no entry can be deleted anywhere; the `CareFirst` council lets the e-mail itself go once it is kept here,
/// and says so where it is written down.
#[tokio::test]
async fn d_18_what_may_be_deleted() {
    for (pack, may) in [("carefirst", true), ("rochdale", false)] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "case-note").await;
        assert_eq!(page.holds("the one in your mailbox may be deleted"), may, "{pack}");
        let more = if may { &[("done-without", "no")][..] } else { &[] };
        let entry = call(&town, "sam", &town.amira, more).await;
        let entry = sam.get(&town.amira.at(&format!("entries/{entry}"))).await.is(200);
        assert!(!entry.holds("Delete"), "{pack}");
    }
}

/// D-40: what a manager's decision must say. Rochdale asks for where it was made, the risk and the other ways; Glebe House
/// for who and the basis.
#[tokio::test]
async fn d_40_what_a_decision_must_say() {
    for (pack, asks) in [
        ("rochdale", &["made-in", "options", "risk"][..]),
        ("glebe-house", &[]),
        ("bolton", &[]),
        ("looked-after", &["options", "risk", "child-wish-", "family-wish"]),
    ] {
        let town = Town::under(pack).await;
        let mut grace = town.browser_of("grace");
        let page = begin(&mut grace, &town.amira, "decision").await;
        let form = page.form("Complete").with("happened.time", "10:00").with("decision", "She stays at home.");
        let form = form.with("decided-by.0.name", "Grace Obi").with("decided-by.0.role", "Team manager");
        let page = grace.press(&form.with("reasons", "It is safe."), "Complete").await;
        let asked = asked_for(&page);
        assert_eq!(asked.len(), asks.len(), "{pack}: {asked:?}");
        for one in asks {
            assert!(asked.iter().any(|at| at.starts_with(one)), "{pack}: {one} in {asked:?}");
        }
    }
}

/// D-42, R-SUP-04: how a manager's reading is marked: in Bolton as Team Leader Monitoring; in Rochdale with the part that
/// is endorsed.
#[tokio::test]
async fn d_42_how_a_managers_reading_is_marked() {
    for (pack, asks, title) in
        [("rochdale", &["part"][..], "File read by a manager"), ("bolton", &[], "Team Leader Monitoring")]
    {
        let town = Town::under(pack).await;
        let mut grace = town.browser_of("grace");
        let page = begin(&mut grace, &town.bilal, "file-reading").await;
        page.must_say(title);
        let form = page.form("Complete").with("occasion", "supervision").with("in-order", "yes");
        let page = grace.press(&form, "Complete").await;
        assert_eq!(asked_for(&page), asks, "{pack}");
        if asks.is_empty() {
            grace.get(&page.entry_of("Bilal")).await.must_say(title);
        }
    }
}

/// D-59, R-VIS-05, R-VIS-06: what is asked about interpreters of a visit that says nothing about it.
#[tokio::test]
async fn d_59_what_is_asked_about_interpreters() {
    for (pack, asks) in [
        ("rochdale", &["interpreter", "done-without"][..]),
        ("bolton", &["done-without"]),
        ("carefirst", &["done-without"]),
        ("glebe-house", &[]),
        ("looked-after", &[]),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "visit").await;
        let form = whole_visit(&page, &town.amira).without("interpreter").without("done-without");
        let page = sam.press(&form, "Complete").await;
        assert_eq!(asked_for(&page), asks, "{pack}");
    }
}

/// D-60, R-STD-07: how the child's words look to a reader.
#[tokio::test]
async fn d_60_how_voices_are_shown() {
    for (pack, class, word) in [
        ("rochdale", "ls-italic", "Child's words"),
        ("looked-after", "ls-edge-blue", "Child's view"),
        ("glebe-house", "ls-voice", "Resident's words"),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "visit").await;
        let form = whole_visit(&page, &town.amira);
        let form =
            form.with(&town.amira.part("child-views"), "I like my room.").with(&town.amira.part("views-how"), "said");
        let done = sam.press(&form, "Complete").await.is(200);
        let entry = sam.get(&done.entry_of("Amira")).await;
        entry.must_say(word);
        let said = entry.root.of_class("ls-voice");
        let own = said.iter().find(|one| one.text().contains("I like my room.")).expect("it is set apart");
        for other in ["ls-italic", "ls-edge-blue"] {
            assert_eq!(own.has_class(other), class == other, "{pack}: {other}");
        }
    }
}

/// D-61, R-VIS-09: what a visit must say: the information exchanged and an analysis in Rochdale, neither in Bolton, where
/// the home visit template asks what the home is like.
#[tokio::test]
async fn d_61_what_a_visit_must_say() {
    for (pack, asks, has) in [
        ("rochdale", &["exchanged", "circumstances", "household", "analysis"][..], "exchanged"),
        ("bolton", &["circumstances", "household"], "home"),
        ("glebe-house", &[], "place"),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "visit").await;
        let form = visit(&page, &town.amira).with("interpreter", "no").with("done-without", "no");
        assert!(form.has(has), "{pack}");
        let page = sam.press(&form, "Complete").await;
        assert_eq!(asked_for(&page), asks, "{pack}");
    }
}

/// D-69, D-70, D-71, R-GOV-09: the help shows where records were kept before, and the laws with the version that the
/// policy cites.
#[tokio::test]
async fn d_69_d_70_d_71_the_system_before_and_the_laws() {
    for (pack, before, data_protection, other) in [
        ("glebe-house", "Clearcare", "Data Protection Act 2018", "Children's Homes (England) Regulations"),
        ("carefirst", "CareFirst 6", "Data Protection Act 1998", "Caldicott principles"),
        ("rochdale", "LCS", "Data Protection Act 1998 (GDPR)", "Private Arrangements for Fostering"),
        ("bolton", "Liquid Logic", "1999 in the note on its scope", "Climbié Inquiry"),
        ("looked-after", "", "Data Protection Act and UK GDPR", "Inquiries Act"),
    ] {
        let town = Town::under(pack).await;
        let page = town.browser_of("sam").get("/help").await.is(200);
        for words in [data_protection, other, before] {
            page.must_say(words);
        }
        assert_eq!(page.holds("Records from before"), !before.is_empty(), "{pack}");
        for foreign in ["Clearcare", "CareFirst 6", "Liquid Logic"].iter().filter(|name| **name != before) {
            assert!(!page.holds(foreign), "{pack}: {foreign}");
        }
    }
}

/// R-GOV-01: what is shown is the authority's word: for a form, a role, a fact, a register.
#[tokio::test]
async fn r_gov_01_what_is_shown_is_the_authoritys_word() {
    for (pack, note, worker, decisions) in [
        ("bolton", "Observation", "Social worker", "Team Leaders’ decisions"),
        ("rochdale", "Case note", "Allocated worker", "Managers’ decisions"),
        ("glebe-house", "Record", "Keyworker", "Decisions of the home"),
        ("carefirst", "Case record", "Social worker", "Managers’ advice and decisions"),
    ] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let forms = sam.get(&town.amira.at("new")).await.is(200).links();
        assert!(forms.iter().any(|(text, _)| text == note), "{pack}: {forms:?}");
        let front = sam.get(&town.amira.at("")).await.is(200);
        let register = sam.get(&front.link(decisions)).await.is(200);
        register.must_say(decisions);
        sam.get(&town.amira.at("workers")).await.is(200).must_say(worker);
    }
}

/// D-56: an alert is a head of service's to decide wherever there is one; Rochdale alone says when it is looked at again.
#[tokio::test]
async fn d_56_who_decides_on_a_risk_alert_and_when_it_is_looked_at_again() {
    for (pack, again) in [("rochdale", true), ("bolton", false)] {
        let town = Town::under(pack).await;
        let typed = dated("2026-03-03")
            .with("kind", "violence")
            .on_day("since", date(2026, 3, 1))
            .with("risk", "Ring before you come.")
            .with("based-on", "Case note of 2 March 2026.")
            .with("about", town.amira.record.to_string());
        let entry = town.write("sam", &town.amira, "risk-alert", &typed).await;
        let mut helen = town.browser_of("helen");
        let page = helen.get(&town.amira.at(&format!("entries/{entry}"))).await;
        helen.press(&page.form("Answer").with("authorised", "yes"), "Answer").await.is(200);
        let owed = town.browser_of("grace").get(&town.amira.at("owed")).await;
        assert_eq!(owed.says("First review of a risk alert"), again, "{pack}");
        town.assert_sound().await;
    }
}

/// D-73: the `CareFirst` council and Bolton have a manager authorise a plan; Rochdale asks nobody.
#[tokio::test]
async fn d_73_who_authorises_a_plan() {
    for (pack, says) in [("carefirst", true), ("bolton", true), ("rochdale", false)] {
        let town = Town::under(pack).await;
        let page = begin(&mut town.browser_of("sam"), &town.amira, "plan-of-work").await;
        assert_eq!(page.says("To be authorised by:"), says, "{pack}");
    }
}

/// D-44, R-SHR-04, R-SHR-05, R-SHR-06: on what grounds something is shared without consent.
#[tokio::test]
async fn d_44_on_what_grounds_something_is_shared_without_consent() {
    for (pack, grounds) in [
        ("carefirst", &["child-protection"][..]),
        ("rochdale", &["safety", "court", "crime", "law"]),
        ("bolton", &["user-welfare", "worker-welfare", "law", "crime"]),
        ("looked-after", &["court", "law", "safety", "crime", "public-interest", "adoption-agency"]),
    ] {
        let town = Town::under(pack).await;
        let form = begin(&mut town.browser_of("sam"), &town.amira, "sharing").await.form("Complete");
        for ground in [
            "child-protection",
            "safety",
            "court",
            "crime",
            "law",
            "user-welfare",
            "worker-welfare",
            "public-interest",
            "adoption-agency",
        ] {
            assert_eq!(form.offers("ground", ground), grounds.contains(&ground), "{pack}: {ground}");
        }
    }
}

/// R-CNF-05, R-SHR-07: for which reasons something may be kept from the child is the authority's; for no other it is shared.
#[tokio::test]
async fn d_46_for_which_reasons_something_is_kept_from_the_child() {
    for (pack, reasons) in [
        ("carefirst", &["privilege"][..]),
        ("rochdale", &["harm", "third-party", "crime"]),
        ("bolton", &["third-party"]),
        ("glebe-house", &["harm", "police", "third-party"]),
        ("looked-after", &["harm", "third-party", "crime", "police", "privilege"]),
    ] {
        let town = Town::under(pack).await;
        let form = begin(&mut town.browser_of("sam"), &town.amira, "confidential-note").await.form("Complete");
        for reason in ["harm", "third-party", "crime", "police", "privilege"] {
            assert_eq!(form.offers("reason", reason), reasons.contains(&reason), "{pack}: {reason}");
        }
    }
}

/// R-SHR-13, R-SHR-17: whom a policy counts as somebody else, and whether Legal Services are asked where one is named.
#[tokio::test]
async fn d_45_d_47_who_is_a_third_party_and_who_approves() {
    for (pack, parties, legal, role) in [
        ("carefirst", &["child", "other"][..], true, "Practice Manager"),
        ("rochdale", &["family", "child", "other"], false, "Team Manager"),
        ("bolton", &["agency", "independent", "team"], false, "Team Leader"),
        ("glebe-house", &["family", "child", "other"], false, "Data Protection Officer"),
    ] {
        let town = Town::under(pack).await;
        let page = town.browser_of("sam").get(&town.amira.at("disclosure")).await.is(200);
        let form = page.form("Go on to what is left out");
        for party in ["family", "child", "other", "agency", "independent", "team", "professional"] {
            assert_eq!(form.offers("third-parties", party), parties.contains(&party), "{pack}: {party}");
        }
        assert_eq!(form.has("legal-services"), legal, "{pack}");
        let policy = town.db.pack();
        let by = &policy.form("disclosure").unwrap().authorised_by;
        let titles: Vec<&str> =
            by.iter().filter_map(|role| policy.role(role)).map(|role| role.title.as_str()).collect();
        assert!(titles.iter().any(|title| title.starts_with(role)), "{pack}: {titles:?}");
    }
}

/// R-SHR-12, R-TIME-94: Bolton asks for consent at the earliest opportunity, in whatever form; the others do not time it.
#[tokio::test]
async fn d_43_how_soon_and_in_what_form_consent_is_asked_for() {
    const DUE: &str = "Informed consent obtained and recorded";
    for (pack, due) in [("bolton", true), ("carefirst", false), ("glebe-house", false)] {
        let town = Town::under(pack).await;
        let mut sam = town.browser_of("sam");
        let owed = sam.get(&town.amira.at("owed")).await;
        assert_eq!(owed.says(DUE), due, "{pack}: {}", owed.main());
        let consent = dated("2026-03-02")
            .with("person", town.sana.to_string())
            .with("as", "parent")
            .with("purpose", "share")
            .with("what", "With the school.")
            .with("answer", "given")
            .with("how", "plan")
            .with("about", town.amira.record.to_string());
        town.write("sam", &town.amira, "consent", &consent).await;
        let owed = sam.get(&town.amira.at("owed")).await;
        assert_eq!(owed.says(&format!("{DUE}, done on 2 March 2026")), due, "{pack}: {}", owed.main());
    }
}

/// R-ACC-01, R-ACC-03: a record of the home is restricted by its manager, in Rochdale by the head of service alone.
#[tokio::test]
async fn d_55_who_restricts_a_record() {
    for (pack, manager) in [("glebe-house", true), ("rochdale", false)] {
        let town = Town::under(pack).await;
        let mut grace = town.browser_of("grace");
        let page = grace.get(&town.amira.at("restriction")).await;
        assert_eq!(page.status == 200, manager, "{pack}");
        if manager {
            let page = grace.get(&page.link("Restrict it to few")).await.is(200);
            let form = page.form("Record it").with("kind", "employee").with("reason", "Her aunt works here.");
            grace.press(&form, "Record it").await.is(200);
        } else {
            let typed = dated("2026-03-03").with("kind", "employee").with("reason", "Her aunt works here.");
            town.write("helen", &town.amira, "restriction", &typed).await;
        }
        town.browser_of("sam").get(&town.amira.at("")).await.is(200);
        assert_eq!(town.browser_of("priya").get(&town.amira.at("")).await.status, 404, "{pack}");
    }
}

/// R-ACC-01, R-ACC-09: who works in the home reads its children's records, by night and at school too; in Rochdale a role of
/// the night opens none without saying why.
#[tokio::test]
async fn d_67_on_what_the_access_of_staff_rests() {
    for (pack, home) in [("glebe-house", true), ("rochdale", false)] {
        let town = Town::under(pack).await;
        let note = town.note("sam", &town.amira, "She sleeps with the light on.").await;
        let mut who = vec![("nina", "out-of-hours", home)];
        // A teacher is of the home alone.
        who.extend(home.then_some(("ted", "teacher", true)));
        for (username, role, may) in who {
            hire(&town, username, "Nina Bell", role, Some(town.north)).await;
            let mut browser = town.sign_in(username).await;
            let page = browser.get(&town.amira.at(&format!("entries/{note}"))).await;
            assert_eq!(page.status == 200, may, "{pack}: {role}");
            assert_eq!(page.holds("She sleeps with the light on."), may, "{pack}: {role}");
            assert_eq!(browser.get(&town.zara.at("")).await.status, 404, "of another home");
        }
    }
}
