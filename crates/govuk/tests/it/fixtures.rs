//! Every official fixture is either expressed by our types, with the same HTML, or listed with the
//! reason why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::html::{Node, canonical, parse, without};
use crate::mapping::express;
use crate::options::{Obstacles, Options};

#[derive(Deserialize)]
struct Component {
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    options: Map<String, Value>,
    html: String,
}

/// Component, then fixture (or `*` for all of a component), then why we do not express it.
type Listed = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn every_fixture_is_expressed_or_listed() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/not-expressed.toml");
    let listed: Listed = toml::from_str(&fs::read_to_string(here).expect("the list")).expect("a list by component");
    let mut unused: BTreeSet<(String, String)> = listed
        .iter()
        .flat_map(|(component, names)| names.keys().map(|name| (component.clone(), name.clone())))
        .collect();
    let (mut expressed, mut not, mut problems) = (0, 0, Vec::new());

    for (component, fixtures) in components() {
        let names = listed.get(&component);
        let mut here = (0, 0);
        for fixture in &fixtures {
            let entry = names.and_then(|names| names.get_key_value(&fixture.name).or_else(|| names.get_key_value("*")));
            if let Some((name, _)) = entry {
                unused.remove(&(component.clone(), name.clone()));
            }
            let result = check(&component, fixture);
            let place = format!("{component}: {}", fixture.name);
            match (&result, entry) {
                (Ok(()), None) => here.0 += 1,
                (Ok(()), Some(_)) => problems.push(format!("{place}: listed, but it passes")),
                (Err(_), Some(_)) => here.1 += 1,
                (Err(why), None) => problems.push(format!("{place}: {why}")),
            }
        }
        println!("{component}: {} expressed, {} listed", here.0, here.1);
        expressed += here.0;
        not += here.1;
    }
    problems.extend(unused.iter().map(|(component, name)| format!("{component}: {name}: listed, no such fixture")));
    println!("in all: {expressed} expressed, {not} listed, {} problems", problems.len());
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

fn components() -> Vec<(String, Vec<Fixture>)> {
    let folder = Path::new(env!("GOVUK_FRONTEND_DIST")).join("components");
    let mut components: Vec<(String, Vec<Fixture>)> = fs::read_dir(folder)
        .expect("components in the package")
        .filter_map(|entry| {
            let path = entry.expect("a component's folder").path();
            let text = fs::read_to_string(path.join("fixtures.json")).ok()?;
            let component: Component = serde_json::from_str(&text).expect("fixtures as we know them");
            let name = path.file_name()?.to_str()?.to_owned();
            Some((name, component.fixtures))
        })
        .collect();
    components.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert!(components.len() > 30, "only {} components have fixtures", components.len());
    components
}

fn check(component: &str, fixture: &Fixture) -> Result<(), String> {
    let obstacles = Obstacles::default();
    let html = express(component, Options::new(&fixture.options, &obstacles));
    let obstacles = obstacles.into_inner();
    if !obstacles.is_empty() {
        return Err(obstacles.join(", "));
    }
    let html = html.ok_or("we have no such component")?;
    let ours = canonical(&parse(&html).map_err(|why| format!("ours is not well formed: {why}"))?);
    let theirs = parse(&fixture.html).map_err(|why| format!("theirs is not well formed: {why}"))?;
    let theirs = if component == "footer" { without_crown(theirs) } else { theirs };
    let theirs = canonical(&theirs);
    if ours == theirs {
        return Ok(());
    }
    Err(format!("differs\n--- theirs\n{theirs}--- ours\n{ours}"))
}

/// Our footer has neither the crown nor the licence and copyright that go with it.
fn without_crown(footer: Vec<Node>) -> Vec<Node> {
    without(footer, &|class| {
        matches!(
            class,
            "govuk-footer__crown"
                | "govuk-footer__licence-logo"
                | "govuk-footer__licence-description"
                | "govuk-footer__meta-item"
        )
    })
}
