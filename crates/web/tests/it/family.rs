//! Family and other people: one form for one relative, and connections read from both sides.

use crate::town::{Town, dated};

both_engines! {
    /// R-PPL-04, R-PPL-05, R-PPL-09, R-PPL-14: one form says who somebody is, what they are to the children, who decides and where
    /// they live, in each ticked child's own record.
    async fn one_form_adds_a_relative_to_two_records(town: Town) {
        let mut sam = town.browser_of("sam");
        let search = sam.get(&town.amira.at("family")).await.form("Search").with("name", "Rukhsana Ali");
        let found = sam.press(&search, "Search").await;
        let page = sam.press(&found.form("None of these"), "None of these").await.is(200);
        let mut form = page.form("Complete");
        assert_eq!(form.value("given-names"), "Rukhsana", "what was looked for is there");
        for (name, value) in [
            ("about", town.bilal.record.to_string().as_str()),
            ("kind", "grandparent"),
            ("parental-responsibility", "no"),
            ("close", "yes"),
            ("lives-here", "no"),
            ("address.lines", "3 Mill Lane"),
            ("address.town", "Rochdale"),
            ("protected", "no"),
            ("ethnicity", "APKN"),
        ] {
            form.set(name, value);
        }
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        for child in [town.amira, town.bilal] {
            let family = sam.get(&child.at("family")).await;
            family.must_say("Rukhsana Ali grandparent");
            let person = sam.get(&family.link("Rukhsana Ali")).await.is(200);
            for text in ["grandparent", "3 Mill Lane, Rochdale", "Pakistani", "Particularly close Yes"] {
                person.must_say(text);
            }
        }
        sam.get(&town.noor.at("family")).await.must_not_hold("Rukhsana");
        // R-PPL-09: what somebody is beside a relative.
        let family = sam.get(&town.amira.at("family")).await;
        let details = sam.press(&family.form("Details of Rukhsana Ali"), "Details of Rukhsana Ali").await.is(200);
        let form = details.form("Complete").with("born", "yes").with("person-kind", "foster-carer").with("confirmed", "no");
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        sam.get(&family.link("Rukhsana Ali")).await.must_say("Is also Foster carer");
        // The person's page says what she is to the brother too, by the brother's own entry.
        let family = sam.get(&town.amira.at("family")).await;
        sam.get(&family.link("Rukhsana Ali")).await.must_say("grandparent of Bilal Ali");
    }
}

/// R-PPL-04: a question for somebody in the child's life offers those, and not whoever works with the child; a colleague who
/// is a relative is one of them.
#[tokio::test]
async fn r_ppl_04_whoever_works_with_a_child_is_not_offered_as_somebody_in_the_childs_life() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let who = |page: crate::page::Page| {
        let form = page.form("Complete");
        ["sam", "grace", "tom"]
            .map(|staff| form.offers("person", &town.staff[staff].to_string()))
            .into_iter()
            .chain([form.offers("person", &town.sana.to_string())])
            .collect::<Vec<_>>()
    };
    let at = town.amira.at("new/consent");
    // Who will visit stands in a fact about the child.
    let plan = dated("2026-03-04").with("kind", "cp").with("place", "home").with("purpose", "To see her");
    let plan = plan.with("joint", "alone").with("visitor", town.staff["sam"].to_string());
    town.write("sam", &town.amira, "planned-visit", &plan).await;
    assert_eq!(who(sam.get(&at).await.is(200)), [false, false, false, true]);
    let uncle = dated("2026-03-02").with("person", town.staff["tom"].to_string()).with("kind", "aunt-uncle");
    town.write("sam", &town.amira, "relationship", &uncle).await;
    assert_eq!(who(sam.get(&at).await.is(200)), [false, false, true, true]);
}

both_engines! {
    /// R-PPL-05, R-BAS-12: a connection is stored once and read from both sides, by readers of both records only.
    async fn a_connection_is_read_from_the_other_side(town: Town) {
        // Zara's record names Bilal as her cousin; Bilal's own names no Zara.
        let typed = dated("2026-03-02").with("person", town.bilal.person.to_string()).with("kind", "aunt-uncle");
        town.write("tom", &town.zara, "relationship", &typed).await;
        let helen = town.browser_of("helen").get(&town.bilal.at("family")).await.is(200);
        helen.must_say("Said in another child’s record");
        helen.must_say("Zara Khan niece or nephew");
        let sam = town.browser_of("sam").get(&town.bilal.at("family")).await.is(200);
        sam.must_not_hold("Zara");
        sam.must_not_hold("Said in another");
        // On the page of Bilal in Zara's record he is what it says there; nobody learns of him who may not read it.
        let page = town.zara.at(&format!("people/{}", town.bilal.person));
        town.browser_of("tom").get(&page).await.is(200).must_say("aunt or uncle");
        town.browser_of("sam").get(&page).await.is(404);
        // Somebody whom the record does not name has no page there.
        town.browser_of("sam").get(&town.bilal.at(&format!("people/{}", town.sana))).await.is(404);
    }
}
