//! What rests on a consent: asking others, answering an enquiry. And what needs none: what a child sees of their own record.

use record::{Typed, typed::Name};

use crate::{
    attaching::{ORDER, add},
    disclosing::{chosen, decision, go_on, paper},
    moving::{moved, now_at},
    page::{Form, Page},
    town::{Browser, Town, dated},
    where_they_differ::{begin, call},
};

/// What Amira's mother said when she was asked.
pub fn asked(town: &Town, purpose: &str, how: &str) -> Typed {
    dated("2026-03-03")
        .with("person", town.sana.to_string())
        .with("as", "parent")
        .with("purpose", purpose)
        .with("what", "With the school, how Amira is.")
        .with("answer", "given")
        .with("how", how)
        .with("about", town.amira.record.to_string())
}

fn at(page: &Page) -> Vec<String> {
    page.problems().into_iter().map(|(_, at)| at).collect()
}

/// The school is to be asked, on this day of March.
async fn seeking(sam: &mut Browser, town: &Town, day: &str) -> Form {
    let page = sam.begin(&town.amira, "Asking others what they know").await;
    page.form("Complete")
        .with("happened.day", day)
        .with("of", &town.amira.person.to_string())
        .with("from", "The headteacher")
        .with("what", "Whether she comes in time, for the plan.")
}

both_engines! {
    /// R-SHR-03, R-SHR-04: others are asked about somebody on their consent in writing, given for that, before, and not taken
    /// back; without it on a ground of the policy, with why.
    async fn r_shr_03_others_are_asked_on_a_consent_in_writing(town: Town) {
        let mut sam = town.browser_of("sam");
        let form = seeking(&mut sam, &town, "3").await;
        let none = sam.press(&form.with("has-consent", "yes"), "Save draft").await.is(200);
        none.must_say("This record has no entry that holds and in which «What for?» is «To ask others what they know» and «How was it given?» is «In writing».");
        // Given for another purpose, or in spoken words: neither is offered, and neither is taken.
        let share = town.write("sam", &town.amira, "consent", &asked(&town, "share", "written")).await;
        let said = town.write("sam", &town.amira, "consent", &asked(&town, "seek", "said")).await;
        for wrong in [&share, &said] {
            let form = seeking(&mut sam, &town, "3").await.with("has-consent", "yes");
            assert!(!form.offers("consent", wrong));
            let refused = sam.press(&form.forged("consent", wrong), "Complete").await.is(422);
            assert_eq!(at(&refused), ["consent"]);
            refused.must_say("Choose an entry in which «What for?» is «To ask others what they know»");
        }
        let written = town.write("sam", &town.amira, "consent", &asked(&town, "seek", "written")).await;
        let early = seeking(&mut sam, &town, "2").await.with("has-consent", "yes").with("consent", &written);
        let refused = sam.press(&early, "Complete").await.is(422);
        assert_eq!(refused.problems()[0].0, "This holds from 3 March 2026, after the day of this entry. Choose another one");
        let form = seeking(&mut sam, &town, "3").await.with("has-consent", "yes").with("consent", &written);
        sam.press(&form, "Complete").await.is(200).must_say("completed");
        // Taken back: nobody else is asked on it.
        town.wait(60);
        let before = seeking(&mut sam, &town, "3").await.with("has-consent", "yes").with("consent", &written);
        let back = dated("2026-03-03").with("consent", written.as_str()).with("said", "She rang.");
        town.write("sam", &town.amira, "consent-withdrawn", &back).await;
        let refused = sam.press(&before, "Complete").await.is(422);
        assert_eq!(refused.problems()[0].0, "This holds no more since 3 March 2026. Choose another one");
        assert!(!seeking(&mut sam, &town, "3").await.has("consent"));
        // What others are asked of her mother is her mother's to say, and not hers.
        let mut hers = asked(&town, "seek", "written");
        hers.set(Name::of("person"), town.amira.person.to_string());
        hers.set(Name::of("as"), "young-person");
        let hers = town.write("sam", &town.amira, "consent", &hers).await;
        let form = seeking(&mut sam, &town, "3").await.with("of", &town.sana.to_string());
        let refused = sam.press(&form.with("has-consent", "yes").with("consent", &hers), "Complete").await.is(422);
        assert_eq!(at(&refused), ["consent"]);
        let why = "This is somebody else’s. Choose one of whom you named under «Of whom are they asked to tell?»";
        assert_eq!(refused.problems()[0].0, why);
        let own = town.write("sam", &town.amira, "consent", &asked(&town, "seek", "written")).await;
        sam.press(&refused.form("Complete").forged("consent", &own), "Complete").await.is(200).must_say("completed");
        // Nor once what was asked of her is put right to have been asked of her mother.
        let form = seeking(&mut sam, &town, "3").await.with("has-consent", "yes").with("consent", &hers);
        let done = sam.press(&form, "Complete").await.is(200);
        let of_her = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
        let mut grace = town.browser_of("grace");
        let page = grace.get(&town.amira.at(&format!("entries/{of_her}/amendment"))).await.is(200);
        let form = page.form("Complete").with("of", &town.sana.to_string()).with("put-right-because", "A slip.");
        let refused = grace.press(&form, "Complete").await.is(422);
        assert_eq!(refused.problems()[0].0, why);
        // Without consent, on a ground.
        let without = seeking(&mut sam, &town, "3").await.with("has-consent", "no");
        let unsaid = sam.press(&without, "Complete").await.is(422);
        assert_eq!(at(&unsaid), ["ground", "why"]);
        let other = unsaid.form("Complete").forged("ground", "child-protection").with("why", "He hurts her.");
        let refused = sam.press(&other, "Complete").await.is(422);
        assert_eq!(at(&refused), ["ground"], "no ground of this policy");
        let form = refused.form("Complete").with("ground", "safety");
        sam.press(&form, "Complete").await.is(200).must_say("completed");
        town.assert_sound().await;
    }
}

both_engines! {
    /// R-SHR-01: what was taken back does not hold again because somebody puts a word of it right, or moves it to the child
    /// whom it is about.
    async fn r_shr_01_what_was_taken_back_stays_so(town: Town) {
        let mut said = asked(&town, "share", "written");
        said.set(Name::of("happened").part("day"), "2");
        let consent = town.write("sam", &town.amira, "consent", &said).await;
        let typed = decision(&town, "share").with("has-consent", "yes").with("consent", consent.as_str());
        let decided = town.write("sam", &town.amira, "sharing", &typed).await;
        let note = town.note("sam", &town.amira, "She is well.").await;
        town.wait(60);
        let back = dated("2026-03-03").with("consent", consent.as_str()).with("said", "She rang.");
        town.write("sam", &town.amira, "consent-withdrawn", &back).await;
        // Another decision of today rests on it no more; a page leads from it to none.
        let mut sam = town.browser_of("sam");
        let page = begin(&mut sam, &town.amira, "sharing").await;
        let mut form = page.form("Complete");
        let typed = decision(&town, "share").with("has-consent", "yes").with("consent", consent.as_str());
        for (name, value) in typed.pairs() {
            form.set(&name.to_string(), value);
        }
        let refused = sam.press(&form.with("happened.day", "3"), "Complete").await.is(422);
        assert_eq!(refused.problems()[0].0, "This holds no more since 3 March 2026. Choose another one");
        let mut grace = town.browser_of("grace");
        let page = grace.get(&town.amira.at(&format!("entries/{consent}/amendment"))).await.is(200);
        let form = page.form("Complete").with("what", "With the school, how she is.").with("put-right-because", "Words.");
        let done = grace.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        let again = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
        let made = replied(&town, &decided, &note).await.is(422);
        assert_eq!(made.problems()[0].0, "The consent on which this decision rests was taken back. Decide again");
        // The decision itself is put right all the same: it was one.
        let page = grace.get(&town.amira.at(&format!("entries/{decided}/amendment"))).await.is(200);
        let form = page.form("Complete").with("reasoning", "It helps her.").with("put-right-because", "Words.");
        let done = grace.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        // Moved to a brother, it is as it was.
        let marker = moved(&mut grace, &town.amira, &again, &town.bilal, "It is about him").await;
        let there = now_at(&mut grace, &marker, "Bilal Ali").await;
        let there = there.path.rsplit('/').next().unwrap().to_owned();
        let mut form = begin(&mut sam, &town.bilal, "sharing").await.form("Complete");
        let typed = decision(&town, "share").with("has-consent", "yes");
        for (name, value) in typed.pairs() {
            form.set(&name.to_string(), value);
        }
        let refused = sam.press(&form.with("happened.day", "3").forged("consent", &there), "Complete").await.is(422);
        assert_eq!(refused.problems()[0].0, "This holds no more since 3 March 2026. Choose another one");
        town.assert_sound().await;
    }
}

/// Others were asked while the consent held, which was taken back since: that stands in the record as it was, late or not.
#[tokio::test]
async fn what_was_done_while_a_consent_held_is_written_down() {
    let town = Town::new().await;
    let mut said = asked(&town, "seek", "written");
    said.set(Name::of("happened").part("day"), "2");
    let consent = town.write("sam", &town.amira, "consent", &said).await;
    town.wait(60);
    let back = dated("2026-03-03").with("consent", consent.as_str()).with("said", "She rang.");
    town.write("sam", &town.amira, "consent-withdrawn", &back).await;
    let mut sam = town.browser_of("sam");
    for (day, holds) in [("3", false), ("2", true)] {
        let form = seeking(&mut sam, &town, day).await.with("has-consent", "yes").with("consent", &consent);
        assert_eq!(sam.press(&form, "Complete").await.status == 200, holds, "{day}");
    }
    // What is kept apart carries nothing, and says so.
    let other = town.write("sam", &town.amira, "consent", &said).await;
    let keep = dated("2026-03-03").with("entry", &other).with("reason", "harm");
    let keep = keep.with("because", "He would know.").with("originator", "Nan");
    town.write("sam", &town.amira, "confidential", &keep).await;
    let form = seeking(&mut sam, &town, "3").await.with("has-consent", "yes").forged("consent", &other);
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(
        refused.problems()[0].0,
        "This is kept in the confidential section, so nothing can rest on it. Choose another one"
    );
    town.assert_sound().await;
}

/// A consent in writing is put right, and says then that it was given in spoken words: what rests on it is not given any more.
#[tokio::test]
async fn what_rests_on_a_consent_that_was_put_right_is_not_given() {
    let town = Town::under("carefirst").await;
    let (consent, decision) = enquiry(&town).await;
    let note = call(&town, "sam", &town.amira, &[("done-without", "no")]).await;
    let made = replied(&town, &decision, &note).await.is(200);
    town.wait(60);
    let mut grace = town.browser_of("grace");
    let page = grace.get(&town.amira.at(&format!("entries/{consent}/amendment"))).await.is(200);
    let form = page.form("Complete").with("how", "said").with("put-right-because", "She never signed.");
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
    grace
        .press(&answer, "Answer")
        .await
        .is(409)
        .must_say("was put right or kept apart since, and is not enough any more");
    town.assert_sound().await;
}

/// What somebody signed, with the form itself, as the `CareFirst` council keeps it.
async fn signed(town: &Town, said: &Typed) -> String {
    let mut sam = town.browser_of("sam");
    let page = begin(&mut sam, &town.amira, "consent").await;
    let mut form = page.form("Complete");
    for (name, value) in said.pairs() {
        form.set(&name.to_string(), value);
    }
    // What is on file is the signed form itself.
    let missing = sam.press(&form, "Complete").await.is(422);
    assert_eq!(at(&missing), ["papers"]);
    let page = add(&mut sam, &missing, "papers", ("signed.pdf", ORDER), "What she signed").await;
    let done = sam.press(&page.form("Complete"), "Complete").await;
    done.entry_of("Amira").rsplit('/').next().unwrap().to_owned()
}

/// The mother's consent to the agency that asks, and the decision that rests on it.
async fn enquiry(town: &Town) -> (String, String) {
    let consent = signed(town, &asked(town, "enquiry", "written")).await;
    let typed = asks(town).with("enquiry-consent-given", "yes").with("enquiry-consent", consent.as_str());
    let decision = town.write("sam", &town.amira, "sharing", &typed.with("decision", "share")).await;
    (consent, decision)
}

/// Another agency makes a statutory enquiry.
fn asks(town: &Town) -> Typed {
    let mut typed = decision(town, "");
    typed.set(Name::of("asked-by"), "statutory-enquiry");
    typed.set(Name::of("happened").part("day"), "3");
    typed
}

/// A reply that rests on this decision, made of one entry.
async fn replied(town: &Town, decision: &str, entry: &str) -> Page {
    let mut sam = town.browser_of("sam");
    let form = chosen(&mut sam, town, decision, &[entry]).await;
    let parts = go_on(&mut sam, &form).await.is(200);
    sam.press(&parts.form("Make the paper"), "Make the paper").await
}

/// R-SHR-16: the enquiry of another agency is answered on the consent in writing that was given to it and is on file; no
/// ground takes its place, and without it the one decision is that it is not answered.
#[tokio::test]
async fn r_shr_16_an_enquiry_is_answered_on_a_consent_in_writing_that_is_on_file() {
    let town = Town::under("carefirst").await;
    let (consent, decided) = enquiry(&town).await;
    let note = call(&town, "sam", &town.amira, &[("done-without", "no")]).await;
    let made = replied(&town, &decided, &note).await.is(200);
    let mut grace = town.browser_of("grace");
    let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
    grace.press(&answer, "Answer").await.is(200).must_say("Authorised on 3 March 2026");

    // Neither for another purpose, nor in spoken words, nor by somebody else whom it names.
    let mut other = asked(&town, "enquiry", "written");
    other.set(Name::of("as"), "third-party");
    let wrong = [
        signed(&town, &asked(&town, "share", "written")).await,
        signed(&town, &other).await,
        town.write("sam", &town.amira, "consent", &asked(&town, "enquiry", "said")).await,
    ];
    let mut sam = town.browser_of("sam");
    let begun = async |sam: &mut Browser| {
        let mut form = begin(sam, &town.amira, "sharing").await.form("Complete");
        for (name, value) in asks(&town).pairs().filter(|(name, value)| !value.is_empty() && name.field != "decision") {
            form.set(&name.to_string(), value);
        }
        form
    };
    for wrong in &wrong {
        let form = begun(&mut sam).await.with("enquiry-consent-given", "yes").with("decision", "share");
        assert!(!form.offers("enquiry-consent", wrong));
        let refused = sam.press(&form.forged("enquiry-consent", wrong), "Complete").await.is(422);
        assert_eq!(at(&refused), ["enquiry-consent"]);
    }
    // Without: no ground is asked, nothing is given on it, and that it is not answered stands in the record.
    let no = begun(&mut sam).await.with("enquiry-consent-given", "no").with("has-consent", "no");
    let no = no.with("ground", "child-protection").with("decision", "share");
    let unsaid = sam.press(&no, "Complete").await.is(422);
    assert_eq!(at(&unsaid), ["enquiry-without-consent"]);
    let form = unsaid.form("Complete").with("enquiry-without-consent", "refuse");
    let done = sam.press(&form, "Complete").await.is(200);
    let decision = done.entry_of("Amira");
    let entry = sam.get(&decision).await.is(200);
    entry.must_say("It is not answered");
    entry.must_not_hold("Child protection enquiries");
    let page = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
    assert!(!page.offers("decision", decision.rsplit('/').next().unwrap()) && page.offers("decision", &decided));

    // Taken back between the paper and the answer.
    let made = replied(&town, &decided, &note).await.is(200);
    town.wait(60);
    let back = dated("2026-03-03").with("consent", consent.as_str()).with("said", "She rang.");
    town.write("sam", &town.amira, "consent-withdrawn", &back).await;
    let answer = grace.get(&made.path).await.form("Answer").with("authorised", "yes");
    grace.press(&answer, "Answer").await.is(409).must_say("The consent on which this decision rests was taken back");
    town.assert_sound().await;
}

/// R-ACC-09, R-SHR-07: in the home a child sees what is written of them; nobody's consent is asked for it, and it is kept back
/// for a reason of the home's list alone.
#[tokio::test]
async fn r_acc_09_a_record_is_open_to_its_child_unless_a_listed_reason_applies() {
    let town = Town::under("glebe-house").await;
    let mut sam = town.browser_of("sam");
    let page = begin(&mut sam, &town.amira, "sharing").await;
    let mut form = page.form("Complete");
    for (name, value) in decision(&town, "").pairs().filter(|(_, value)| !value.is_empty()) {
        form.set(&name.to_string(), value);
    }
    let form = form.with("asked-by", "child");
    let asked = sam.press(&form, "Complete").await.is(422);
    assert_eq!(at(&asked), ["own-record"], "no consent, no ground, no other decision");
    let no = sam.press(&asked.form("Complete").with("own-record", "refuse"), "Complete").await.is(422);
    assert_eq!(at(&no), ["kept-back", "kept-back-because"]);
    let other = sam.press(&no.form("Complete").forged("kept-back", "privilege"), "Complete").await.is(422);
    assert_eq!(at(&other), ["kept-back", "kept-back-because"], "no reason of this home");
    let done = sam.press(&other.form("Complete").with("own-record", "share"), "Complete").await.is(200);
    let decision = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();

    let note = town.note("sam", &town.amira, "Amira baked bread.").await;
    let told = town.note("sam", &town.amira, "A neighbour told it.").await;
    let offered = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
    assert!(offered.offers("_entry", &note) && offered.offers("_entry", &told));
    let own = chosen(&mut sam, &town, &decision, &[&note]).await;
    let own = own.with("recipient", &town.amira.person.to_string()).with("as", "Her own record");
    let parts = go_on(&mut sam, &own).await.is(200);
    let made = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(200);
    assert!(paper(&town, "grace", &made).await.1.says("Amira baked bread."));
    // By the same decision nobody else gets anything: no consent was asked for.
    let mothers = chosen(&mut sam, &town, &decision, &[&note]).await;
    let parts = go_on(&mut sam, &mothers).await.is(200);
    let refused = sam.press(&parts.form("Make the paper"), "Make the paper").await.is(422);
    assert_eq!(at(&refused), ["decision"]);
    refused.must_say("By this decision the child alone sees it");
    // What is kept from her says why, for a reason of the list; then it is not offered.
    let page = begin(&mut sam, &town.amira, "confidential").await;
    let form = page.form("Complete").with("entry", &told).with("because", "He would know.").with("originator", "Joan");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(at(&refused), ["reason"]);
    let refused = sam.press(&refused.form("Complete").forged("reason", "privilege"), "Complete").await.is(422);
    assert_eq!(at(&refused), ["reason"], "no reason of this home");
    sam.press(&refused.form("Complete").with("reason", "harm"), "Complete").await.is(200).must_say("completed");
    let offered = sam.get(&town.amira.at("disclosure")).await.form("Go on to what is left out");
    assert!(offered.offers("_entry", &note) && !offered.offers("_entry", &told));
    town.assert_sound().await;
}
