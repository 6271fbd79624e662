//! The code lists and forms that the source documents name: each is in a shipped pack, or says what it waits for.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use policy::{embedded, load};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    list: Vec<ListRow>,
    form: Vec<FormRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListRow {
    what: String,
    values: String,
    #[serde(default)]
    lists: Vec<String>,
    elsewhere: Option<String>,
    waits: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormRow {
    what: String,
    of: String,
    part: String,
    #[serde(default)]
    forms: Vec<String>,
    elsewhere: Option<String>,
    waits: Option<String>,
}

/// Where a thing is, and what it or the rest of it waits for.
fn place(names: &[String], elsewhere: Option<&String>, waits: Option<&String>) -> String {
    let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let there = [names, elsewhere.cloned().unwrap_or_default()];
    let there = there.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(", ");
    match (there.is_empty(), waits) {
        (false, None) => there,
        (false, Some(waits)) => format!("{there}; the rest waits for {waits}"),
        (true, waits) => format!("Waits for {}", waits.map_or("", String::as_str)),
    }
}

fn page(named: &Named) -> String {
    let mut page = String::from(
        "# Lists and forms that the sources name\n\n\
         Every code list and every form or record that the source documents name, and what it is in the packs, or what it\n\
         waits for. Made from [lists-and-forms.toml](lists-and-forms.toml) by a test.\n\n\
         ## Lists\n| List | Values that the sources have | In the packs |\n|---|---|---|\n",
    );
    let cell = |text: &str| text.replace('|', "\\|");
    for row in &named.list {
        let there = place(&row.lists, row.elsewhere.as_ref(), row.waits.as_ref());
        writeln!(page, "| {} | {} | {there} |", cell(&row.what), cell(&row.values)).expect("a String takes it");
    }
    let mut part = "";
    for row in &named.form {
        if row.part != part {
            part = &row.part;
            let head = "| Form or record | Named by | In the packs |\n|---|---|---|";
            writeln!(page, "\n## Forms: {}\n{head}", part.to_lowercase()).expect("a String takes it");
        }
        let there = place(&row.forms, row.elsewhere.as_ref(), row.waits.as_ref());
        writeln!(page, "| {} | {} | {there} |", cell(&row.what), cell(&row.of)).expect("a String takes it");
    }
    let whole = |waits: usize, all: usize| format!("{} of {all}", all - waits);
    let lists = whole(named.list.iter().filter(|row| row.waits.is_some()).count(), named.list.len());
    let forms = whole(named.form.iter().filter(|row| row.waits.is_some()).count(), named.form.len());
    writeln!(page, "\n{lists} lists and {forms} forms are whole; the others wait for what the last column says.")
        .expect("a String takes it");
    page
}

/// R-GOV-01: each is named once, and either is there or says what it waits for.
#[test]
fn r_gov_01_every_list_and_form_of_the_sources_is_there_or_says_what_it_waits_for() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = fs::read_to_string(docs.join("lists-and-forms.toml")).expect("the data is there");
    let named: Named = toml::from_str(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!((named.list.len(), named.form.len()), (32, 109), "as many as the requirements name");
    let (mut lists, mut forms) = (BTreeSet::new(), BTreeSet::new());
    for id in ["england", "rochdale", "bolton", "carefirst", "glebe-house", "looked-after"] {
        let pack = load(&embedded(), id).expect("it loads");
        lists.extend(pack.lists().map(|list| list.id.clone()));
        forms.extend(pack.forms().map(|form| form.id.clone()));
    }
    let mut once = BTreeSet::new();
    for row in &named.list {
        assert!(once.insert(&row.what), "{} is there twice", row.what);
        assert!(!row.lists.is_empty() || row.elsewhere.is_some() || row.waits.is_some(), "{}", row.what);
        for list in &row.lists {
            assert!(lists.contains(list), "{}: no pack has the list `{list}`", row.what);
        }
    }
    for row in &named.form {
        assert!(!row.forms.is_empty() || row.elsewhere.is_some() || row.waits.is_some(), "{}", row.what);
        for form in &row.forms {
            assert!(forms.contains(form), "{}: no pack has the form `{form}`", row.what);
        }
    }
    let (made, file) = (page(&named), docs.join("lists-and-forms.md"));
    if std::env::var_os("LIFESTORY_WRITE_GOLDEN").is_some() {
        fs::write(&file, &made).expect("it is written");
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), made, "write it anew with LIFESTORY_WRITE_GOLDEN=1");
}
