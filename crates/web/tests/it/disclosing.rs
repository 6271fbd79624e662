//! What somebody outside is given from a record: made from entries, for one person, looked at and agreed to by another.

use axum::body::Body;

use crate::{
    page::{Form, Page},
    reader::Read,
    town::{Browser, Town, dated},
};

const STREET: &str = "Quillwort Lane";

/// A consent of Amira's mother, and the decision that rests on it; gives both.
async fn decided(town: &Town) -> (String, String) {
    let consent = dated("2026-03-02")
        .with("person", town.sana.to_string())
        .with("as", "parent")
        .with("purpose", "share")
        .with("what", "With the school, how Amira is.")
        .with("answer", "given")
        .with("how", "written")
        .with("about", town.amira.record.to_string());
    let consent = town.write("sam", &town.amira, "consent", &consent).await;
    let decision = decision(town, "share").with("has-consent", "yes").with("consent", consent.as_str());
    (consent, town.write("sam", &town.amira, "sharing", &decision).await)
}

pub fn decision(town: &Town, decision: &str) -> record::Typed {
    dated("2026-03-02")
        .with("asked-by", "agency")
        .with("with", "The headteacher")
        .with("what", "How Amira is.")
        .with("purpose", "The plan at school.")
        .with("names-others", "no")
        .with("in-doubt", "no")
        .with("decision", decision)
        .with("decided-by", town.staff["sam"].to_string())
        .with("reasoning", "It helps Amira.")
}

/// The page on which it is said who gets what, filled in for the mother.
pub async fn chosen(browser: &mut Browser, town: &Town, decision: &str, entries: &[&str]) -> Form {
    let page = browser.get(&town.amira.at("disclosure")).await.is(200);
    let mut form = page
        .form("Go on to what is left out")
        .with("decision", decision)
        .with("recipient", &town.sana.to_string())
        .with("as", "Her mother");
    for entry in entries {
        form.set("_entry", entry);
    }
    form
}

pub async fn go_on(browser: &mut Browser, form: &Form) -> Page {
    browser.press(form, "Go on to what is left out").await
}

/// What stands on the paper of an entry, as this person may download it.
pub async fn paper(town: &Town, who: &str, entry: &Page) -> (String, Read) {
    let page = town.browser_of(who).get(&entry.path).await.is(200);
    let href = page.links().into_iter().find(|(text, _)| text.starts_with("Download")).unwrap().1;
    let browser = town.browser_of(who);
    let request = browser.request("GET", &href).body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(town.router(), request).await.unwrap();
    assert_eq!(response.status(), 200, "{href}");
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (href, Read::of(&bytes))
}

both_engines! {
    /// R-SHR-08, R-SHR-09, R-SHR-14, R-CNF-06: each gets a paper of their own from entries of the record, in which what is left out is
    /// marked with the reason; somebody else looks at the same bytes and agrees.
    async fn r_shr_09_what_somebody_gets_is_made_and_agreed_to(town: Town) {
        let (_, decision) = decided(&town).await;
        let note = town.note("sam", &town.amira, "Amira reads to her grandmother.\n\nThe neighbour drinks.").await;
        let other = town.note("sam", &town.amira, "Not for anybody outside.").await;
        let mut sam = town.browser_of("sam");
        let front = sam.get(&town.amira.at("")).await;
        let page = sam.get(&front.link("Give something from this record")).await.is(200);
        let bare = go_on(&mut sam, &page.form("Go on to what is left out")).await;
        let asked: Vec<String> = bare.problems().into_iter().map(|(_, at)| at).collect();
        assert_eq!(asked, ["decision", "recipient", "as", "_entry"]);

        let form = chosen(&mut sam, &town, &decision, &[&note]).await;
        let parts = go_on(&mut sam, &form).await.is(200);
        parts.must_say("What is left out for Sana Ali");
        parts.must_say("The neighbour drinks.");
        parts.must_not_hold("Not for anybody outside.");
        let out = format!("_out.{note}");
        let only_why = parts.form("Make the paper").with(&format!("_why.{note}"), "third-party");
        let unticked = sam.press(&only_why, "Make the paper").await;
        assert_eq!(unticked.problems()[0].1, format!("_out-{note}"), "{:?}", unticked.problems());
        let forged = parts.form("Make the paper").with(&format!("_why.{note}"), "harm").forged(&out, "account.9");
        let not_there = sam.press(&forged, "Make the paper").await;
        assert!(not_there.problems()[0].0.starts_with("Something that was to be left out is not there"));
        let form = parts.form("Make the paper").with(&out, "account.1");
        let back = sam.press(&form, "Choose again").await.is(200);
        let again = go_on(&mut sam, &back.form("Go on to what is left out")).await.is(200);
        assert_eq!(again.form("Make the paper").ticked(&out), ["account.1"], "what was ticked stays");
        let unsaid = sam.press(&form, "Make the paper").await;
        assert_eq!(unsaid.problems(), [("Choose why it is left out".to_owned(), format!("_why-{note}"))]);
        let form = unsaid.form("Make the paper");
        assert_eq!(form.ticked(&out), ["account.1"], "what was ticked stays");
        let made = sam.press(&form.with(&format!("_why.{note}"), "third-party"), "Make the paper").await.is(200);
        made.must_say("It does not count yet: it waits to be authorised.");
        made.must_say("1 answer or paragraph: It names somebody who has not agreed");
        // Before somebody agrees the paper is had by nobody but those who may.
        made.must_say("It can be had once somebody has agreed to it");
        let (download, _) = paper(&town, "grace", &made).await;
        for who in ["sam", "priya", "ivy"] {
            assert_eq!(town.browser_of(who).get(&download).await.status, 404, "{who}");
        }

        // Whoever made it does not agree to it; a manager looks at the same bytes.
        assert!(!made.has_button("Answer"));
        let (href, read) = paper(&town, "grace", &made).await;
        for said in ["Made for Sana Ali (Her mother) alone", "Amira reads to her grandmother.", "[Left out here: it names somebody"] {
            assert!(read.says(said), "{said}: {}", read.text());
        }
        for unsaid in ["neighbour", "Not for anybody", &other] {
            assert!(!read.says(unsaid), "{unsaid}");
        }
        let mut grace = town.browser_of("grace");
        let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
        let given = grace.press(&answer, "Answer").await.is(200);
        given.must_say("Authorised on 3 March 2026 by Grace Obi, Team manager");
        assert_eq!(paper(&town, "sam", &given).await.0, href, "the very bytes");
        // What it was made from goes into the confidential section: the paper is had by nobody any more.
        town.wait(60);
        let keep = dated("2026-03-03").with("entry", &note).with("reason", "harm");
        let keep = keep.with("because", "He would know.").with("originator", "Nan");
        town.write("sam", &town.amira, "confidential", &keep).await;
        assert_eq!(town.browser_of("sam").get(&download).await.status, 404);
        // Nobody writes such an entry past its page.
        let forged = [("form", "disclosure")];
        assert_eq!(sam.post_own(&town.amira.at("drafts"), &forged).await.status, 404);
        town.assert_sound().await;
    }

    /// R-SHR-08, R-CNF-05: nothing leaves that tells where the child lives or lived, in whose words ever; nothing for whoever
    /// must never learn anything.
    async fn r_shr_08_nothing_leaves_that_must_be_kept_from_somebody(town: Town) {
        let (_, decision) = decided(&town).await;
        let address = |lines: &str, day: &str, yes: &str| {
            dated(day)
                .with("person", town.amira.person.to_string())
                .with("address.lines", lines)
                .with("address.town", "Rochdale")
                .with("address.postcode", "OL16 1AA")
                .with("protected", yes)
                .with("protected.reason", "From her father: a court order.")
        };
        town.write("sam", &town.amira, "address", &address("3 Old Mill Row", "2026-01-06", "no")).await;
        town.write("sam", &town.amira, "address", &address(&format!("7 {STREET}"), "2026-02-01", "yes")).await;
        let note = town.note("sam", &town.amira, "She is well.\n\nThey moved to 7, quillwort lane.\n\nBefore: Old Mill Row.").await;
        let mut sam = town.browser_of("sam");
        let form = chosen(&mut sam, &town, &decision, &[&note]).await;
        let parts = go_on(&mut sam, &form).await.is(200);
        let refused = sam.press(&parts.form("Make the paper"), "Make the paper").await;
        let problems = refused.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].0.starts_with("Several answers of the entry of 3 March 2026 tell where the child lives"), "{problems:?}");
        assert_eq!(problems[0].1, format!("_out-{note}"));
        let form = refused.form("Make the paper").with(&format!("_why.{note}"), "harm");
        let form = form.with(&format!("_out.{note}"), "account.1");
        let refused = sam.press(&form, "Make the paper").await;
        assert!(refused.problems()[0].0.starts_with("One answer"), "{:?}", refused.problems());
        let form = refused.form("Make the paper").with(&format!("_out.{note}"), "account.2");
        let made = sam.press(&form, "Make the paper").await.is(200);
        let (_, read) = paper(&town, "grace", &made).await;
        assert!(read.says("She is well.") && !read.says(STREET) && !read.says("Old Mill"), "{}", read.text());

        // Meanwhile they must never learn anything: the same paper is not agreed to, and no other is made.
        town.wait(60);
        let never = dated("2026-03-03")
            .with("person", town.sana.to_string())
            .with("what", "anything")
            .with("why", "The court ordered it today.")
            .with("about", town.amira.record.to_string());
        town.write("priya", &town.amira, "must-never-learn", &never).await;
        let mut grace = town.browser_of("grace");
        let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
        grace.press(&answer, "Answer").await.is(409).must_say("They must never learn anything of this child");
        let form = chosen(&mut sam, &town, &decision, &[&note]).await;
        let parts = go_on(&mut sam, &form).await;
        let refused = sam.press(&parts.form("Make the paper"), "Make the paper").await;
        assert_eq!(refused.problems()[0].1, "recipient", "{:?}", refused.problems());
        town.assert_sound().await;
    }

    /// R-SHR-08: an address that becomes protected after the paper was made is not agreed to; and what says who may know what is
    /// not offered at all.
    async fn r_shr_08_an_address_that_becomes_protected_is_not_given(town: Town) {
        let (_, decision) = decided(&town).await;
        let address = |day: &str, yes: &str| {
            dated(day)
                .with("person", town.amira.person.to_string())
                .with("address.lines", format!("7 {STREET}"))
                .with("address.town", "Rochdale")
                .with("address.postcode", "OL16 1AA")
                .with("protected", yes)
                .with("protected.reason", "From her father.")
        };
        let entry = town.write("sam", &town.amira, "address", &address("2026-01-06", "no")).await;
        let mut sam = town.browser_of("sam");
        let form = chosen(&mut sam, &town, &decision, &[&entry]).await;
        let parts = go_on(&mut sam, &form).await.is(200);
        let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
        assert!(paper(&town, "grace", &made).await.1.says(STREET));
        town.wait(60);
        let hidden = town.write("priya", &town.amira, "address", &address("2026-03-03", "yes")).await;
        let mut grace = town.browser_of("grace");
        let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
        grace.press(&answer, "Answer").await.is(409).must_say("tell where the child lives");
        let never = dated("2026-03-03")
            .with("person", town.sana.to_string())
            .with("what", "contact")
            .with("why", "The court.")
            .with("about", town.amira.record.to_string());
        let never = town.write("priya", &town.amira, "must-never-learn", &never).await;
        let page = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
        assert!(page.offers("_entry", &hidden) && !page.offers("_entry", &never) && !page.offers("_entry", &decision));
        // In what capacity stands on every page of the paper: it is looked at as well.
        let note = town.note("sam", &town.amira, "She is well.").await;
        let form = chosen(&mut sam, &town, &decision, &[&note]).await.with("as", &format!("Neighbour of {STREET}"));
        let parts = go_on(&mut sam, &form).await.is(200);
        let refused = sam.press(&parts.form("Make the paper"), "Make the paper").await;
        assert_eq!(refused.problems()[0].1, "as", "{:?}", refused.problems());
        town.assert_sound().await;
    }

    /// R-SHR-02, R-SHR-10: what is given rests on a decision that says so, and on a consent that holds until the answer.
    async fn r_shr_02_what_is_given_rests_on_a_consent_that_holds(town: Town) {
        let (consent, decision) = decided(&town).await;
        let no = self::decision(&town, "refuse").with("has-consent", "no").with("ground", "safety");
        let no = town.write("sam", &town.amira, "sharing", &no).await;
        let note = town.note("sam", &town.amira, "She is well.").await;
        let mut sam = town.browser_of("sam");
        let page = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
        assert!(page.offers("decision", &decision) && !page.offers("decision", &no));
        // Whoever works here reads the record and is given nothing from it.
        let sams = town.staff["sam"].to_string();
        let plan = dated("2026-03-20").with("happened.time", "10:00").with("kind", "cin").with("purpose", "A look");
        let plan = plan.with("place", "home").with("joint", "alone").with("visitor", &sams).with("about", town.amira.record.to_string());
        town.write("sam", &town.amira, "planned-visit", &plan).await;
        let page = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
        assert!(page.offers("recipient", &town.sana.to_string()) && !page.offers("recipient", &sams));
        let form = chosen(&mut sam, &town, &decision, &[&note]).await;
        let parts = go_on(&mut sam, &form).await.is(200);
        let forged = parts.form("Make the paper").forged("decision", &no);
        let refused = sam.press(&forged, "Make the paper").await;
        assert_eq!(refused.problems()[0].0, "This decision does not say that anything is given");
        let forged = parts.form("Make the paper").forged("recipient", &sams);
        let refused = sam.press(&forged, "Make the paper").await;
        assert_eq!(refused.problems()[0].1, "recipient", "{:?}", refused.problems());
        let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
        town.wait(60);
        let back = dated("2026-03-03").with("consent", consent.as_str()).with("said", "She rang.");
        town.write("sam", &town.amira, "consent-withdrawn", &back).await;
        let mut grace = town.browser_of("grace");
        let answer = grace.get(&made.path).await.form("Answer");
        let refused = grace.press(&answer.with("authorised", "yes"), "Answer").await.is(409);
        refused.must_say("The consent on which this decision rests was taken back");
        let answer = grace.get(&made.path).await.form("Answer").with("authorised", "no");
        grace.press(&answer.with("authorised.reason", "She took it back."), "Answer").await.is(200).must_say("Returned on");
        // It is made again, and never changed past the check.
        let back = sam.get(&made.path).await;
        assert!(!back.says("Change it and complete it again"));
        sam.get(&format!("{}/again", made.path)).await.is(409).must_say("Make it again");
        town.assert_sound().await;
    }
}

/// R-TIME-X08: whoever made it does not agree to it, though their role may: another one does.
#[tokio::test]
async fn r_time_x08_nobody_agrees_to_what_they_made_themselves() {
    let town = Town::new().await;
    let (_, decision) = decided(&town).await;
    let note = town.note("sam", &town.amira, "She is well.").await;
    let mut grace = town.browser_of("grace");
    let form = chosen(&mut grace, &town, &decision, &[&note]).await;
    let parts = go_on(&mut grace, &form).await.is(200);
    let made = grace.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
    assert!(!made.has_button("Answer"));
    let mut helen = town.browser_of("helen");
    let theirs = helen.get(&made.path).await.form("Answer");
    let own = [("_act", theirs.value("_act")), ("authorised", "yes".to_owned())];
    let own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = grace.post_own(&theirs.action, &own).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    grace.get(&made.path).await.must_not_hold("Authorised on");
    helen
        .press(&theirs.with("authorised", "yes"), "Answer")
        .await
        .is(200)
        .must_say("Authorised on 3 March 2026 by Helen Price");
    town.assert_sound().await;
}

/// R-SHR-14, R-SHR-15: where it tells of somebody else who has not agreed, it is given on a ground of the pack alone, with why.
#[tokio::test]
async fn r_shr_15_of_others_it_is_given_on_a_ground_alone() {
    let town = Town::new().await;
    let (_, decision) = decided(&town).await;
    let note = town.note("sam", &town.amira, "Her cousin lives there too.").await;
    let mut sam = town.browser_of("sam");
    let form = chosen(&mut sam, &town, &decision, &[&note]).await.with("third-parties", "child");
    let parts = go_on(&mut sam, &form).await.is(200);
    let asked = sam.press(&parts.form("Make the paper"), "Make the paper").await;
    assert_eq!(asked.problems().into_iter().map(|(_, at)| at).collect::<Vec<_>>(), ["third-agreed"]);
    let form = asked.form("Go on to what is left out").with("third-agreed", "no");
    let parts = go_on(&mut sam, &form).await.is(200);
    let asked = sam.press(&parts.form("Make the paper"), "Make the paper").await;
    assert_eq!(asked.problems().into_iter().map(|(_, at)| at).collect::<Vec<_>>(), ["third-ground", "third-why"]);
    let form =
        asked.form("Go on to what is left out").with("third-ground", "risk").with("third-why", "They share a room.");
    let parts = go_on(&mut sam, &form).await.is(200);
    let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
    made.must_say("Somebody is at risk, of the family or of any agency");
    town.assert_sound().await;
}

/// R-SHR-18: where adoption is the plan, what another agency gets of the record stands in it: what, to whom, when and why.
#[tokio::test]
async fn r_shr_18_another_adoption_agency_gets_a_part_of_the_record() {
    let town = Town::under("looked-after").await;
    let ground = decision(&town, "part").with("has-consent", "no").with("ground", "adoption-agency");
    let decision = town.write("sam", &town.amira, "sharing", &ground).await;
    let note = town.note("sam", &town.amira, "She sleeps with the light on.").await;
    let mut sam = town.browser_of("sam");
    let form = chosen(&mut sam, &town, &decision, &[&note]).await.with("as", "Adoption agency of the next county");
    let parts = go_on(&mut sam, &form).await.is(200);
    let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
    let mut grace = town.browser_of("grace");
    let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
    let given = grace.press(&answer, "Answer").await.is(200);
    for said in ["Record, 3 March 2026", "Sana Ali", "Adoption agency of the next county", "Authorised on 3 March 2026"]
    {
        given.must_say(said);
    }
    sam.get(&given.link("Decision to share information of")).await.must_say("Adoption is the plan");
    town.assert_sound().await;
}

/// R-CNF-04, R-ACC-01: what is kept in the confidential section is not offered and not given, put there in between or not; and
/// nothing of another record.
#[tokio::test]
async fn r_cnf_04_what_is_confidential_is_not_given() {
    let town = Town::new().await;
    let (_, decision) = decided(&town).await;
    let note = town.note("sam", &town.amira, "Nan told it.").await;
    let zaras = town.note("tom", &town.zara, "Zara is well.").await;
    let mut sam = town.browser_of("sam");
    let form = chosen(&mut sam, &town, &decision, &[&note]).await;
    let parts = go_on(&mut sam, &form).await.is(200);
    let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
    let keep = dated("2026-03-03")
        .with("entry", &note)
        .with("reason", "harm")
        .with("because", "He would know.")
        .with("originator", "Nan");
    town.write("sam", &town.amira, "confidential", &keep).await;
    let page = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
    assert!(!page.offers("_entry", &note));
    for wrong in [&note, &zaras] {
        let form = chosen(&mut sam, &town, &decision, &[]).await.forged("_entry", wrong);
        let refused = go_on(&mut sam, &form).await;
        assert_eq!(refused.problems()[0].1, "_entry", "{:?}", refused.problems());
        refused.must_not_hold("Zara is well");
    }
    let mut grace = town.browser_of("grace");
    let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
    grace.press(&answer, "Answer").await.is(409).must_say("put into the confidential section");
    for closed in ["tom", "pat"] {
        assert_eq!(town.browser_of(closed).get(&town.amira.at("disclosure")).await.status, 404);
    }
    town.assert_sound().await;
}
