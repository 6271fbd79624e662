//! The record is written here and nowhere else: every form that a child's record offers can be completed, wholly, on
//! its page.

use std::collections::BTreeMap;

use policy::{
    Condition, Field, FieldKind, Pack,
    form::{InChronology, Stands},
};

use crate::{
    other::pack,
    page::{Form, Page},
    town::{Browser, Child, Town, dated},
};

/// The first answer that a list on the page offers.
fn first_offered(page: &Page, name: &str) -> Option<String> {
    let lists = page.root.all(&|one| one.name == "select" && one.attribute("name") == name);
    let options = lists.first()?.named("option");
    let offered: Vec<_> = options.iter().filter(|option| !option.attribute("value").is_empty()).collect();
    // Whoever is given the child stays within reach of those who go on recording.
    let near = offered.iter().find(|option| option.text().contains("North"));
    near.or(offered.first()).map(|option| option.attribute("value").to_owned())
}

/// Answers a question on its page, as shortly as it can be answered; none where there is nothing yet to choose.
fn answer(pack: &Pack, page: &Page, form: &mut Form, field: &Field, name: &str) -> Option<String> {
    let mut set = |part: &str, value: &str| form.set(&format!("{name}{part}"), value);
    let given = match &field.kind {
        FieldKind::Text | FieldKind::LongText => "In words",
        FieldKind::Telephone => "01706 900456",
        FieldKind::NhsNumber => "943 476 5919",
        FieldKind::Upn => "A123456789012",
        FieldKind::YesNo => "no",
        FieldKind::Number { min, .. } => {
            set("", &min.to_string());
            return Some(min.to_string());
        }
        FieldKind::Choice { list } | FieldKind::Choices { list } => {
            let item = pack.list(list)?.items.iter().find(|item| !item.withdrawn)?;
            set("", &item.code);
            return Some(item.code.clone());
        }
        FieldKind::Passages => {
            set(".0.text", "What happened");
            return Some(String::new());
        }
        FieldKind::People => {
            set(".0.name", "Mrs Khan");
            set(".0.role", "teacher");
            return Some(String::new());
        }
        FieldKind::Actions => {
            set(".0.what", "Ring the school");
            set(".0.who", "Sam Okafor");
            return Some(String::new());
        }
        FieldKind::Address => {
            set(".lines", "3 Mill Lane");
            return Some(String::new());
        }
        FieldKind::Time => "10:15",
        FieldKind::Table { columns } => {
            set(&format!(".0.{}", columns[0].id), "In words");
            return Some(String::new());
        }
        FieldKind::Signature { list } => {
            set(".0.name", "Mrs Khan");
            set(".0.on", "3/3/2026");
            set(".0.how", &pack.list(list)?.items[0].code);
            return Some(String::new());
        }
        FieldKind::Date { .. } => {
            for (part, value) in [(".day", "3"), (".month", "3"), (".year", "2026")] {
                set(part, value);
            }
            return Some(String::new());
        }
        _ => {
            let first = first_offered(page, name)?;
            set("", &first);
            return Some(first);
        }
    };
    set("", given);
    if field.reason_if.as_deref() == Some(given) {
        set(".reason", "Because it was so");
    }
    Some(given.to_owned())
}

fn asked(when: Option<&Condition>, given: &BTreeMap<String, String>) -> bool {
    match when {
        None => true,
        Some(Condition::Answered { field }) => given.contains_key(field),
        Some(Condition::Is { field, any_of }) => given.get(field).is_some_and(|answer| any_of.contains(answer)),
        Some(Condition::IsNot { field, none_of }) => given.get(field).is_none_or(|answer| !none_of.contains(answer)),
    }
}

/// Opens the form, answers every question that must be answered, completes it and finds it in the record. What went
/// wrong, where something did.
async fn complete(pack: &Pack, browser: &mut Browser, child: &Child, form: &policy::Form) -> Result<(), String> {
    let page = browser.get(&child.at(&format!("new/{}", form.id))).await;
    if page.status != 200 {
        return Err(format!("{}: {}", form.id, page.status));
    }
    let mut filled = page.form(if page.has_button("Complete") { "Complete" } else { "Save" });
    if filled.has("happened.time") {
        filled.set("happened.time", "09:10");
    }
    // What lies ahead has no day yet.
    if form.happens == policy::form::Happens::Ahead {
        for (part, value) in [("day", "20"), ("month", "3"), ("year", "2026")] {
            filled.set(&format!("happened.{part}"), value);
        }
    }
    if form.chronology == InChronology::Always {
        filled.set("headline", "What happened");
    }
    let mut given = BTreeMap::new();
    for section in &form.sections {
        for field in &section.fields {
            if !field.required || !asked(field.when.as_ref(), &given) {
                continue;
            }
            let name = if section.for_each_child { child.part(&field.id) } else { field.id.clone() };
            if let Some(answer) = answer(pack, &page, &mut filled, field, &name) {
                given.insert(field.id.clone(), answer);
            }
        }
    }
    let mut done = browser.press(&filled, "Complete").await;
    // Under a limit like «immediately» it is late already, and says why.
    if done.status == 422 && done.form("Complete").has("late-reason") {
        let late = done.form("Complete").with("late-reason", "It was written with the family.");
        done = browser.press(&late, "Complete").await;
    }
    if !done.path.ends_with("/done") {
        return Err(format!("{}: {:?}", form.id, done.problems()));
    }
    // The bar leads to what every page warns of; the main part to what was written.
    let entries: Vec<_> = done.links().into_iter().filter(|(text, _)| text.ends_with("’s entry")).collect();
    match entries.first() {
        Some((_, href)) => browser.get(href).await.is(200).must_say(&form.title),
        None => return Err(format!("{} stands nowhere", form.id)),
    }
    Ok(())
}

/// Completes every form that a child's record offers under this pack.
async fn every_form_of(id: &str) {
    let pack = pack(id);
    let town = Town::of_pack(pack.clone()).await;
    let mut grace = town.browser_of("grace");
    let known = dated("2026-03-02").with("person", town.sana.to_string()).with("kind", "mother");
    town.write("sam", &town.amira, "relationship", &known).await;
    // Where what was signed goes with it, a consent needs a file.
    town.write("sam", &town.amira, "consent", &crate::consent::asked(&town, "share", "said")).await;
    let offered: Vec<policy::Form> = pack.offered().into_iter().cloned().collect();
    assert!(offered.len() > 20, "{}", offered.len());
    // What needs a file is tested where files are sent (`attaching`).
    let needs_file = |form: &policy::Form| {
        form.fields().any(|field| field.required && matches!(field.kind, FieldKind::Document { .. }))
    };
    let offered: Vec<_> = offered.into_iter().filter(|form| !needs_file(form)).collect();
    // What answers an entry of another form waits for that one; closing comes last.
    let (closing, mut waiting): (Vec<_>, Vec<_>) = offered.into_iter().partition(|form| form.id == "closing");
    let mut failed = Vec::new();
    for _ in 0..3 {
        failed.clear();
        let mut again = Vec::new();
        for form in waiting {
            // Each at a moment of its own: one contact has one record.
            town.wait(20);
            let mut browser = if form.may_complete == policy::Capability::RecordEntry {
                town.browser_of("sam")
            } else {
                grace.clone()
            };
            if let Err(wrong) = complete(&pack, &mut browser, &town.amira, &form).await {
                failed.push(wrong);
                again.push(form);
                continue;
            }
            if form.needs() == Some(Stands::Authorised) {
                let mut helen = town.browser_of("helen");
                let waits = helen.get("/my-work").await;
                let (_, href) = waits.links().into_iter().find(|(text, _)| text.contains("to be authorised")).unwrap();
                let page = helen.get(&href).await;
                helen.press(&page.form("Answer").with("authorised", "yes"), "Answer").await.is(200);
            }
        }
        waiting = again;
        if waiting.is_empty() {
            break;
        }
    }
    for form in &closing {
        failed.extend(complete(&pack, &mut grace, &town.amira, form).await.err());
    }
    assert_eq!(failed, Vec::<String>::new(), "{id}");
    town.assert_sound().await;
}

/// R-GOV-02: the electronic record is the primary record. Whatever may be recorded of a child is asked, answered and
/// kept in the system; no form needs paper beside it. So it is under every pack that is shipped.
#[tokio::test]
async fn r_gov_02_every_form_is_completed_wholly_in_the_system() {
    for id in ["rochdale", "bolton", "carefirst", "glebe-house", "looked-after", "england"] {
        every_form_of(id).await;
    }
}
