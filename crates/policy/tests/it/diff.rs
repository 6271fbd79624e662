//! Two packs compared: nothing that differs is left out, and what would hurt is said with its place and remedy.

use policy::{
    Pack,
    diff::{Concern, Fate, Part, Use, Weight, compare, concerns},
    load,
    load::Bundle,
};

use crate::memory::Memory;

fn small(sources: &Memory) -> Pack {
    load(sources, "small").unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

/// One change of the small pack (file, text, by which text), and the lines in which it is told.
const CHANGES: &[(&str, &str, &str, &[&str])] = &[
    (
        "pack.toml",
        "title = \"Small\"",
        "title = \"Little\"",
        &["The pack itself", "  The pack", "    its title: was «Small»; now «Little»"],
    ),
    (
        "pack.toml",
        "closed-on = [\"holidays\"]\n",
        "",
        &[
            "Days on which offices are closed",
            "  Closed days",
            "    gone: a day on which offices are closed: «2026-12-25»",
        ],
    ),
    (
        "clocks.toml",
        "3 days",
        "5 working days",
        &[
            "Limits of time",
            "  The note",
            "    by when: was within 3 days after what an entry made with `note` tells; now within 5 working days after what an entry made with `note` tells",
        ],
    ),
    (
        "lists.toml",
        "label = \"Letter\"",
        "label = \"A letter\"",
        &["Lists", "  the list `kind`", "    what `letter` is called: was «Letter»; now «A letter»"],
    ),
    (
        "lists.toml",
        "  { code = \"letter\"",
        "  { code = \"visit\", label = \"Visit\" },\n  { code = \"letter\"",
        &["Lists", "  the list `kind`", "    new: the code `visit`: «Visit»"],
    ),
    (
        "roles.toml",
        "record-entry = [\"allocated\"]",
        "record-entry = [\"allocated\", \"team\"]\nread-record = [\"any\"]",
        &[
            "Roles",
            "  Worker",
            "    may write entries in a record: was those allocated to them; now those allocated to them and those of their team",
            "    new: may read a record: any",
        ],
    ),
    (
        "forms/note.toml",
        "label = \"Seen?\"",
        "label = \"Was the child seen?\"\nrequired = true",
        &[
            "Forms",
            "  Note",
            "    the wording of «Seen?»: was «Seen?»; now «Was the child seen?»",
            "    «Seen?» must be answered: was no; now yes",
        ],
    ),
    (
        "forms/note.toml",
        "fact = \"words\"\n",
        "fact = \"words\"\nwhen = { field = \"kind\", is = \"letter\" }\n",
        &[
            "Forms",
            "  Note",
            "    gone: makes known: «Words» of the child: the answer to «What did the child say?», always",
            "    new: makes known: «Words» of the child: the answer to «What did the child say?», when «What was it?» is «Letter»",
        ],
    ),
    (
        "facts.toml",
        "title = \"Words\"",
        "title = \"The child's words\"",
        &["What is known of a child", "  The child's words", "    its title: was «Words»; now «The child's words»"],
    ),
    (
        "amendment.toml",
        "at-once",
        "author-approves",
        &[
            "Putting entries right",
            "  How an entry is put right",
            "    an amendment stands: was at once; now when the author agrees",
        ],
    ),
    (
        "sign-in.toml",
        "[\"passkey\", \"password\"]\ndormant-after-days = 20\nagain-after-minutes = 5",
        "[\"passkey\", \"password-and-code\"]\ndormant-after-days = 0\nagain-after-minutes = 0",
        &[
            "Roles",
            "  Signing in",
            "    gone: a way of signing in: «a password alone»",
            "    new: a way of signing in: «a password with a code»",
            "    an account that nobody uses is closed after: was 20 days; now no time",
            "    before something leaves, who somebody is has been proved: was at most 5 minutes ago; now at that moment",
        ],
    ),
    (
        "guidance.toml",
        "Be brief.",
        "Be brief and kind.",
        &["Writing help", "  Tips", "    gone: a sentence: «Be brief.»", "    new: a sentence: «Be brief and kind.»"],
    ),
    (
        "display.toml",
        "word = \"Child's words\"",
        "word = \"Child's words\"\nitalic = true",
        &[
            "Words and how they are shown",
            "  Voices",
            "    how the voice `child` is set apart: was «Child's words»; now «Child's words», in italic",
        ],
    ),
];

/// R-GOV-03: the comparison says each change in plain words, and says nothing where nothing differs.
#[test]
fn r_gov_03_every_change_is_told_in_plain_words() {
    let old = small(&Memory::good());
    assert!(compare(&old, &old).is_empty());
    for (file, before, after, lines) in CHANGES {
        let new = small(&Memory::good().but(file, before, after));
        assert_ne!(old.hash(), new.hash(), "{file}: {after}");
        assert_eq!(compare(&old, &new).in_lines(), *lines, "{file}: {after}");
    }
}

/// Whatever changes a hash is in the comparison: each line of each file of the small pack, changed or taken out, gives
/// either a pack of the same hash, or a comparison that is not empty, or no pack at all.
#[test]
fn r_gov_03_nothing_that_changes_a_pack_is_left_out_of_its_comparison() {
    let old = small(&Memory::good());
    let mut differing = 0;
    for at in 0..Memory::good().0.len() {
        let lines = Memory::good().0[at].2.lines().count();
        for line in 0..lines {
            for changed in [
                |_: &str| String::new(),
                |line: &str| line.replacen("\"\n", "x\"\n", 1),
                |line: &str| line.replace("true", "false"),
            ] {
                let mut sources = Memory::good();
                let text = &sources.0[at].2;
                let text: String = text
                    .split_inclusive('\n')
                    .enumerate()
                    .map(|(n, text)| if n == line { changed(text) } else { text.to_owned() })
                    .collect();
                sources.0[at].2 = text;
                let Ok(new) = load(&sources, "small") else { continue };
                assert_eq!(
                    old.hash() == new.hash(),
                    compare(&old, &new).is_empty(),
                    "{} line {}: {:?}",
                    sources.0[at].1,
                    line + 1,
                    compare(&old, &new).in_lines()
                );
                differing += usize::from(old.hash() != new.hash());
            }
        }
    }
    assert!(differing > 30, "only {differing} packs differed: this test no longer shows anything");
}

#[test]
fn shipped_packs_are_compared_with_each_other() {
    let of = |id| load(&policy::embedded(), id).unwrap();
    let (england, rochdale) = (of("england"), of("rochdale"));
    let between = compare(&england, &rochdale);
    let visit = between.things.iter().find(|thing| thing.part == Part::Forms && thing.id == "visit").unwrap();
    assert!(matches!(&visit.fate, Fate::Changed(points) if points.len() > 2), "{visit:?}");
    assert!(between.in_short().contains("Forms: "), "{}", between.in_short());
    assert_eq!(compare(&rochdale, &rochdale).in_short(), "Nothing differs");
}

fn told(old: &Memory, new: &Memory) -> Vec<Concern> {
    let (old, new) = (small(old), small(new));
    concerns(&old, &new, &compare(&old, &new))
}

fn raised(memory: Memory) -> Memory {
    let memory = memory.but("pack.toml", "version = 1", "version = 2");
    memory.but("forms/note.toml", "title = \"Note\"", "version = 2\ntitle = \"Note\"")
}

/// Bad input: a code removed while it may be in use, with where to look for it and what to do.
#[test]
fn r_gov_01_a_code_that_is_gone_is_warned_of() {
    let gone = raised(Memory::good()).but("lists.toml", "  { code = \"letter\", label = \"Letter\" },\n", "");
    let gone = gone.but("lists.toml", ", inverse = \"letter\"", "");
    let found = told(&Memory::good(), &gone);
    let [concern] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(concern.weight, Weight::Warned);
    assert_eq!(concern.place, "lists.toml, list `kind`, code `letter`");
    assert!(concern.message.contains("put it back and mark it withdrawn = true"), "{concern}");
    let questions = vec![("note".to_owned(), "kind".to_owned())];
    let of = Use::Code { code: "letter".to_owned(), questions, facts: vec!["kind".to_owned()], sealed: false };
    assert_eq!(concern.of, Some(of));
    // Withdrawn is the right way, and hurts nobody.
    let withdrawn =
        raised(Memory::good()).but("lists.toml", "label = \"Letter\" }", "label = \"Letter\", withdrawn = true }");
    assert_eq!(told(&Memory::good(), &withdrawn), []);
}

/// Bad input: a question whose id changed between versions.
#[test]
fn r_gov_01_a_question_that_was_renamed_is_warned_of() {
    let renamed = raised(Memory::good()).but("forms/note.toml", "id = \"call-why\"", "id = \"why-call\"").but(
        "forms/note.toml",
        "Why a call?",
        "Why a call, and from whom?",
    );
    let found = told(&Memory::good(), &renamed);
    let [concern] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(concern.weight, Weight::Warned);
    assert_eq!(concern.place, "forms/note.toml, question `call-why`");
    assert!(concern.message.contains("if this is the same question, keep the id `call-why`"), "{concern}");
}

/// Bad input: an id that stood for one question and now stands for another kind, and a kind of fact that means something
/// else: these are refused.
#[test]
fn r_gov_01_an_id_that_is_used_again_is_refused() {
    let reused =
        raised(Memory::good()).but("forms/note.toml", "kind = \"text\"", "kind = \"number\"\nmin = 1\nmax = 9");
    let found = told(&Memory::good(), &reused);
    let [concern] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((concern.weight, concern.place.as_str()), (Weight::Refused, "forms/note.toml, question `call-why`"));

    let other = raised(Memory::good()).but(
        "facts.toml",
        "holds = \"one\"\nsays = \"text\"",
        "holds = \"many\"\nsays = \"text\"",
    );
    let found = told(&Memory::good(), &other);
    let [concern] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((concern.weight, concern.place.as_str()), (Weight::Refused, "facts.toml, fact `words`"));

    // Longer text under the same id is the same question.
    let longer = raised(Memory::good()).but("forms/note.toml", "kind = \"text\"", "kind = \"long-text\"");
    assert_eq!(told(&Memory::good(), &longer), []);
}

/// A pack that nobody could ever replace, and versions that were not counted up.
#[test]
fn r_gov_03_nobody_locks_themselves_out() {
    let locked = raised(Memory::good()).but("roles.toml", "approve-policy = [\"any\"]\n", "");
    let found = told(&Memory::good(), &locked);
    assert_eq!((found[0].weight, found[0].place.as_str()), (Weight::Refused, "roles.toml"));
    let silent = Memory::good().but("forms/note.toml", "Why a call?", "Why was it a call?");
    let places: Vec<_> = told(&Memory::good(), &silent).into_iter().map(|concern| concern.place).collect();
    assert_eq!(places, ["forms/note.toml, version", "pack.toml, version"]);
}

/// What was kept of a pack loads again into the very same pack, also where it extends another.
#[test]
fn r_gov_03_a_pack_loads_again_from_what_was_kept_of_it() {
    let pack = load(&policy::embedded(), "rochdale").unwrap();
    let text = pack.made_of().to_text();
    let kept = Bundle::from_text(&text).unwrap();
    assert_eq!(&kept, pack.made_of());
    assert_eq!(load(&kept, "rochdale").unwrap().hash(), pack.hash());
    assert_eq!(Bundle::from_text(&text[..text.len() - 1]), None);
    assert_eq!(Bundle::from_text(&text.replacen('\n', " \n", 1)), None);
}
