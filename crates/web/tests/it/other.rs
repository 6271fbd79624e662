//! The same stories in other words: with `LIFESTORY_OTHER_NAMES=1` every pack of these tests is one in which every form,
//! role, list, code, label and limit has another name and number (`tools/other-names`).
//!
//! Tests are written in the words of the shipped packs. What they type and where they go is put into the other words on its
//! way to the program, and pages are put back into the first words on their way to the test. So a test passes in other
//! words where the program does what the pack says, and fails where it has a name or a label of its own for it. Which tests
//! cannot be told so, and why, is in `other-names.txt`.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use other_names::{Names, named_by_the_program, other_pack};
use policy::Pack;
use record::Typed;

/// Whether this run is in other words.
pub fn is_on() -> bool {
    static ON: LazyLock<bool> = LazyLock::new(|| std::env::var_os("LIFESTORY_OTHER_NAMES").is_some());
    *ON
}

/// The names of every pack that these tests load.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut all = Names::default();
    if is_on() {
        for id in ["rochdale", "bolton", "carefirst", "glebe-house", "looked-after"] {
            all.extend(made(id).1.clone());
        }
    }
    all
});

fn made(id: &str) -> (Arc<Pack>, Names) {
    static MADE: Mutex<BTreeMap<String, (Arc<Pack>, Names)>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let one = made.entry(id.to_owned()).or_insert_with(|| {
        let pack = policy::load(&policy::embedded(), id).expect("the shipped pack loads");
        let kept =
            named_by_the_program(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("the source is there");
        let (pack, names) = other_pack(&pack, &kept).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        (Arc::new(pack), names)
    });
    one.clone()
}

/// A pack that is shipped; in other words where this run is.
pub fn pack(id: &str) -> Arc<Pack> {
    if is_on() {
        return made(id).0;
    }
    Arc::new(policy::load(&policy::embedded(), id).unwrap_or_else(|mistakes| panic!("{mistakes:?}")))
}

/// The name that something has in this run.
pub fn name(first: &str) -> &str {
    NAMES.other(first)
}

/// What is typed into one box: its name, and a code where it is one.
pub fn typed_box(box_name: &str, value: &str) -> (String, String) {
    if !is_on() {
        return (box_name.to_owned(), value.to_owned());
    }
    let own = box_name.starts_with('_');
    (if own { box_name.to_owned() } else { NAMES.to(box_name) }, NAMES.other(value).to_owned())
}

/// What is typed into a whole form.
pub fn typed(typed: &Typed) -> Typed {
    typed.pairs().fold(Typed::default(), |all, (at, value)| {
        let (at, value) = typed_box(&at.to_string(), value);
        all.also(&at, value)
    })
}

/// An address, with the names that can stand in one. Behind the `?` most words are the program's own.
pub fn path(path: &str) -> String {
    if !is_on() {
        return path.to_owned();
    }
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let mut named = false;
    let parts = path.split('/').map(|part| {
        let other = if named { NAMES.other(part) } else { part };
        named = matches!(part, "new" | "forms" | "lists");
        other
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let asked = |pair: &str| match pair.split_once('=') {
        Some((key @ ("only" | "kind" | "for"), value)) => format!("{key}={}", NAMES.to(value)),
        _ => pair.to_owned(),
    };
    let query = query.map(|query| query.split('&').map(asked).collect::<Vec<_>>().join("&"));
    query.map_or(path.clone(), |query| format!("{path}?{query}"))
}

/// A page in the words of the tests.
pub fn page(body: String) -> String {
    if is_on() { NAMES.back(&body) } else { body }
}
