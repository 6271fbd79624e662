//! Looking for people: who is shown, why, and how a second record is kept from being opened.

use crate::{
    drafts::summary_leads_somewhere,
    page::Page,
    records::{opened, search},
    town::{Browser, Town},
};

const BORN: [(&str, &str); 3] = [("born.day", "14"), ("born.month", "5"), ("born.year", "2016")];

async fn said(browser: &mut Browser, name: &str, born: [&str; 3]) -> Page {
    let boxes = [("name", name), ("born.day", born[0]), ("born.month", born[1]), ("born.year", born[2])];
    search(browser, &boxes).await
}

/// R-BAS-01, R-PPL-03: likely the same, and why, the likest first; of a closed record name, birth and number alone.
#[tokio::test]
async fn r_bas_01_the_search_says_why_somebody_is_shown() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    for (name, born, why) in [
        ("Ameera Ali", ["14", "5", "2016"], "Same date of birth, name sounds alike"),
        ("Ali, Amira", ["14", "5", "2016"], "Same date of birth, same names in another order"),
        ("Amira Ali", ["15", "5", "2016"], "Same name, date of birth differs in one digit"),
    ] {
        let page = said(&mut sam, name, born).await;
        page.must_say("1 person found Amira Ali");
        for part in why.split(", ") {
            assert!(page.main().to_lowercase().contains(&part.to_lowercase()), "{name}: {}", page.main());
        }
        assert_eq!(page.form("Search").value("name"), name, "what was typed stays");
    }
    // Sam works in another team, and opens no records.
    search(&mut sam, &[("name", "Zaara Kahn")]).await.must_say("Nobody found");
    let zara = search(&mut town.browser_of("grace"), &[("name", "Zaara Kahn")]).await;
    zara.must_say("Zara Khan 10, born 7 July 2015");
    zara.must_not_hold(&town.zara.record.to_string());
    // A part of an address, or an address alone, is put right at its box.
    for (boxes, at) in [
        (&[("house", "12")][..], "postcode"),
        (&[("name", "Ali"), ("postcode", "OL16")], "postcode"),
        (&[("house", "12"), ("postcode", "OL16 1XU")], "name"),
    ] {
        let page = search(&mut sam, boxes).await.is(422);
        assert_eq!(page.problems()[0].1, at);
    }
}

/// R-BAS-01: a record for somebody who is likely known is opened only by who has looked at each of those shown.
#[tokio::test]
async fn r_bas_01_a_second_record_is_not_opened_in_passing() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let nobody = search(&mut grace, &[&[("name", "Nobody Yet")][..], &BORN[..]].concat()).await;
    let page = grace.press(&nobody.form("Open a record for a new child"), "Open a record for a new child").await;
    let form = opened(page.form("Open the record"), &town).with("given-names", "Ameera").with("family-name", "Ali");
    let asked = grace.press(&form, "Open the record").await.is(422);
    summary_leads_somewhere(&asked);
    assert_eq!(asked.problems()[0].1, "another-person");
    asked.must_say("Amira Ali (9, born 14 May 2016, person");
    asked.must_say("Name sounds alike, same date of birth");
    search(&mut grace, &[("name", "Ameera")]).await.must_say("1 person found");
    let again = asked.form("Open the record");
    assert_eq!(again.value("given-names"), "Ameera", "what was typed stays");
    let front = grace.press(&again.with("another-person", &town.amira.person.to_string()), "Open the record").await;
    front.is(200).must_say("Ameera Ali");
    search(&mut grace, &[("name", "Ameera")]).await.must_say("2 people found");
}
