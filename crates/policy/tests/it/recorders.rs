//! Who alone records something, what is the same as in another entry, and what is asked at the end only sometimes: each
//! mistake is found, and what is right is read.

use policy::{Relation, form::Recorder, load};

use crate::memory::Memory;

const HEAD: &str = "about = \"children\"\n";

fn with(more: &str) -> Memory {
    Memory::good().but("forms/note.toml", HEAD, &format!("{HEAD}{more}"))
}

fn said(pack: &Memory) -> String {
    load(pack, "small").map_or_else(
        |mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        |_| "nothing".to_owned(),
    )
}

/// R-VIS-13, R-GOV-01: whose task it is stands in the pack, and changes the form's hash.
#[test]
fn r_vis_13_who_alone_records_is_data_of_the_pack() {
    let rule = "[[recorded-by]]\nwhen = { field = \"kind\", is = \"call\" }\nby = [\"allocated\", \"covers\"]\nwhy = \"Theirs\"\nsource = [\"R-VIS-13\"]\n";
    let pack = load(&with(rule), "small").expect("nothing is wrong with it");
    let form = pack.form("note").expect("the form");
    let rule = &form.recorded_by[0];
    assert_eq!(rule.by, Recorder::Related(vec![Relation::Allocated, Relation::Covers]));
    let without = load(&Memory::good(), "small").expect("nothing is wrong with it");
    assert_ne!(form.hash, without.form("note").expect("the form").hash);
    assert!(pack.canonical_form(form).contains("recorded-by"));
}

/// R-GOV-01: each mistake says what to do.
#[test]
fn r_gov_01_mistakes_about_who_records_are_found() {
    for (more, message) in [
        ("[[recorded-by]]\nwhy = \"W\"\nsource = [\"R-X-1\"]\n", "either with `by`"),
        ("[[recorded-by]]\nby = []\nwhy = \"W\"\nsource = [\"R-X-1\"]\n", "either with `by`"),
        ("[[recorded-by]]\nby = [\"allocated\"]\nwhy = \" \"\nsource = [\"R-X-1\"]\n", "say why"),
        (
            "[[recorded-by]]\nwhen = { field = \"nobody\", is = \"x\" }\nby = [\"allocated\"]\nwhy = \"W\"\nsource = [\"R-X-1\"]\n",
            "there is no question `nobody`",
        ),
        (
            "[[recorded-by]]\nagreed = { fact = \"kind\", entry = \"kind\" }\nwhy = \"W\"\nsource = [\"R-X-1\"]\n",
            "must hold many and say a member of staff",
        ),
        (
            "[[recorded-by]]\nagreed = { fact = \"nothing\", entry = \"kind\", open = \"none\" }\nwhy = \"W\"\nsource = [\"R-X-1\"]\n",
            "there is no fact `none`",
        ),
        ("last-things-when = { field = \"seen\", is = \"yes\" }\n", "cannot look at one child's answer"),
        ("last-things-when = { field = \"kind\", is = \"dream\" }\n", "is no code of the list"),
    ] {
        let found = said(&with(more));
        assert!(found.contains(message), "{more} says {found}");
    }
}

/// R-GOV-12, R-GOV-01: what is filled from another entry names a question about one.
#[test]
fn r_gov_12_what_is_the_same_as_elsewhere_names_an_entry() {
    let field = "label = \"What was it?\"\n";
    let wrong = Memory::good().but("forms/note.toml", field, &format!("{field}same-as = \"call-why\"\n"));
    assert!(said(&wrong).contains("`call-why` is no question about another entry"), "{}", said(&wrong));
    let each = "label = \"Seen?\"\n";
    let wrong = Memory::good().but("forms/note.toml", each, &format!("{each}same-as = \"call-why\"\n"));
    assert!(said(&wrong).contains("only a plain answer that is given once"), "{}", said(&wrong));
    let leads =
        "label = \"What was it?\"\nleads-to = { is = [\"call\", \"dream\"], forms = [\"note\"], why = \"W\" }\n";
    let wrong = Memory::good().but("forms/note.toml", field, leads);
    assert!(said(&wrong).contains("`dream` is no code of the list"), "{}", said(&wrong));
}
