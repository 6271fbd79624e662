//! One pack made wrong in one way for each check: the mistake must stand at its place and say what to do.

use policy::load;

use crate::memory::Memory;

/// What is changed in the small pack (file, text, by which text), and what must be said of it.
struct Case {
    file: &'static str,
    old: &'static str,
    new: &'static str,
    said: &'static [&'static str],
}

#[test]
fn r_gov_01_a_good_pack_has_no_mistake() {
    let pack = load(&Memory::good(), "small").expect("nothing is wrong with it");
    assert_eq!(pack.title(), "Small");
    assert_eq!(pack.form("note").and_then(policy::Form::limit_in_words).as_deref(), Some("3 days"));
}

/// R-GOV-01, R-GOV-03: a pack that does not fit together is refused, with file, line, column and remedy.
#[test]
fn r_gov_01_each_mistake_is_found_at_its_place() {
    let wrong: Vec<_> = CASES
        .iter()
        .filter_map(|case| {
            let pack = Memory::good().but(case.file, case.old, case.new);
            let said: Vec<_> = load(&pack, "small")
                .map_or_else(|mistakes| mistakes.iter().map(ToString::to_string).collect(), |_| Vec::new());
            (said != case.said).then(|| format!("«{}» for «{}» says\n  {}", case.new, case.old, said.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mistake_is_given_and_not_only_the_first() {
    let pack = Memory::good()
        .but("facts.toml", "list = \"kind\"", "list = \"sort\"")
        .but("forms/note.toml", "kind = \"person\"", "kind = \"persona\"")
        .but("forms/note.toml", "record-entry", "write")
        .but("roles.toml", "allocated", "nearby");
    let mistakes = load(&pack, "small").expect_err("much is wrong with it");
    let places: Vec<_> = mistakes.iter().map(|mistake| (mistake.file.as_str(), mistake.line)).collect();
    for place in [
        ("packs/small/facts.toml", 12),
        ("packs/small/forms/note.toml", 5),
        ("packs/small/forms/note.toml", 50),
        ("packs/small/roles.toml", 6),
    ] {
        assert!(places.contains(&place), "{place:?} is not among {places:?}");
    }
}

const CASES: &[Case] = &[
    Case {
        file: "amendment.toml",
        old: "\"at-once\"",
        new: "\"some-day\"",
        said: &[
            "packs/small/amendment.toml:2:10: `some-day` is not known here; use one of `at-once`, `author-approves`",
        ],
    },
    Case {
        file: "amendment.toml",
        old: "never = []",
        new: "never = [\"letter\"]",
        said: &["packs/small/amendment.toml:3:10: there is no form `letter` that could be amended"],
    },
    Case {
        file: "amendment.toml",
        old: "[\"Ask.\"]",
        new: "[\" \"]",
        said: &["packs/small/amendment.toml:4:10: say where a worker finds advice, in a sentence"],
    },
    Case {
        file: "amendment.toml",
        old: "[\"R-INT-05\"]",
        new: "[]",
        said: &["packs/small/amendment.toml:1:10: name at least one requirement that this comes from"],
    },
    Case {
        file: "amendment.toml",
        old: "stands",
        new: "takes",
        said: &[
            "packs/small/amendment.toml:2:1: there is no key `takes` here; the keys are `stands`, `never`, `advice`, `source`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"entry\"",
        said: &[
            "packs/small/forms/note.toml:21:8: `call-why` refers to an entry of one child's record; ask it in a section for each child",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"yes-no\"\nlabel = \"Seen?\"\nreason-if = \"no\"\nreason-label = \"Why not?\"\n\n[[section.field]]",
        new: "kind = \"yes-no\"\nlabel = \"Seen?\"\n\n[[section.field]]\nid = \"plan\"\nkind = \"entry\"\nof = [\"plan\"]\nsealed = true\nlabel = \"Which?\"\n\n[[section.field]]",
        said: &[
            "packs/small/forms/note.toml:36:6: `plan` refers to an entry, which cannot be found again if it is sealed",
            "packs/small/forms/note.toml:38:6: there is no form `plan` to refer to; take it out or correct the name",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"yes-no\"\nlabel = \"Seen?\"\nreason-if = \"no\"\nreason-label = \"Why not?\"\n\n[[section.field]]",
        new: "kind = \"yes-no\"\nlabel = \"Seen?\"\n\n[[section.field]]\nid = \"call\"\nkind = \"entry\"\nof = [\"note\"]\nhaving = [{ field = \"kind\", is = \"fax\" }, { field = \"how\", answered = true }]\nholding = \"asked\"\nwhose = { field = \"kind\", of = \"who\" }\nlabel = \"Which?\"\n\n[[section.field]]",
        said: &[
            "packs/small/forms/note.toml:39:10: `fax` is no code of the list `kind`, which `kind` is answered from",
            "packs/small/forms/note.toml:39:10: there is no question `how` in the form `note`",
            "packs/small/forms/note.toml:40:11: there is no fact `asked`; add it to facts.toml, or name one that exists",
            "packs/small/forms/note.toml:41:9: `who` may stay without an answer, and then it could be anybody's; require it",
            "packs/small/forms/note.toml:41:9: there is no question `kind` for one person in the form `note`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"yes-no\"\nlabel = \"Seen?\"\nreason-if = \"no\"\nreason-label = \"Why not?\"\n\n[[section.field]]",
        new: "kind = \"yes-no\"\nlabel = \"Seen?\"\n\n[[section.field]]\nid = \"call\"\nkind = \"entry\"\nhaving = [{ field = \"kind\", is = \"call\" }]\nholding = \"last-seen\"\nlabel = \"Which?\"\n\n[[section.field]]",
        said: &[
            "packs/small/forms/note.toml:38:10: what it must say hangs on the form; name the forms in `of`",
            "packs/small/forms/note.toml:39:11: `last-seen` must hold many, to be told apart by the entry that began it",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"date\"",
        new: "kind = \"date\"\nhaving = [{ field = \"kind\", is = \"call\" }]\nholding = \"last-seen\"\nwhose = { field = \"kind\", of = \"kind\" }",
        said: &[
            "packs/small/forms/note.toml:56:10: only the kind entry has `having`; take it out or change the kind",
            "packs/small/forms/note.toml:57:11: only the kind entry has `holding`; take it out or change the kind",
            "packs/small/forms/note.toml:58:9: only the kind entry has `whose`; take it out or change the kind",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"date\"",
        new: "kind = \"date\"\nof = [\"note\"]",
        said: &["packs/small/forms/note.toml:56:6: only the kind entry has `of`; take it out or change the kind"],
    },
    Case {
        file: "pack.toml",
        old: "id = \"small\"",
        new: "id = \"large\"",
        said: &["packs/small/pack.toml:1:6: the pack is in the folder `small`; let id say the same"],
    },
    Case {
        file: "pack.toml",
        old: "title = \"Small\"",
        new: "title = \"\"",
        said: &["packs/small/pack.toml:1:6: the pack has no title; add the authority's name for it"],
    },
    Case {
        file: "pack.toml",
        old: "version = 1",
        new: "version = \"one\"",
        said: &["packs/small/pack.toml:3:11: this should be a whole number, and is string \"one\""],
    },
    Case {
        file: "pack.toml",
        old: "\"holidays\"",
        new: "\"closures\"",
        said: &["packs/small/pack.toml:4:14: there is no list `closures`; add it, or name one that exists"],
    },
    Case {
        file: "pack.toml",
        old: "\"holidays\"",
        new: "\"kind\"",
        said: &[
            "packs/small/lists.toml:2:6: `call` in the list `kind` is no date; closed days are written 2026-12-25",
            "packs/small/lists.toml:2:6: `letter` in the list `kind` is no date; closed days are written 2026-12-25",
            "packs/small/lists.toml:2:6: `telegram` in the list `kind` is no date; closed days are written 2026-12-25",
        ],
    },
    Case {
        file: "pack.toml",
        old: "version = 1",
        new: "version = 1\nextends = \"nowhere\"",
        said: &[
            "packs/small/pack.toml:4:11: there is no pack `nowhere`; a pack is a folder of this name with a pack.toml in it",
        ],
    },
    Case {
        file: "pack.toml",
        old: "version = 1",
        new: "version = 1\nextends = \"small\"",
        said: &[
            "packs/small/pack.toml:4:11: `small` extends itself by this; let one pack of the circle extend nothing",
        ],
    },
    Case {
        file: "lists.toml",
        old: "id = \"kind\"",
        new: "id = \"Kind of note\"",
        said: &[
            "packs/small/facts.toml:12:8: there is no list `kind`; add it, or name one that exists",
            "packs/small/forms/note.toml:15:8: there is no list `kind`; add it, or name one that exists",
            "packs/small/lists.toml:2:6: `Kind of note` is no name: names are small letters, figures and hyphens, and begin with a letter",
        ],
    },
    Case {
        file: "lists.toml",
        old: "code = \"letter\"",
        new: "code = \"call\"",
        said: &[
            "packs/small/lists.toml:4:3: the inverse `letter` of `call` is no code of the list `kind`; add it",
            "packs/small/lists.toml:5:3: `call` is here twice; keep one",
        ],
    },
    Case {
        file: "lists.toml",
        old: "label = \"Letter\"",
        new: "label = \"\"",
        said: &["packs/small/lists.toml:5:3: every code has a code and a label; add what is missing"],
    },
    Case {
        file: "lists.toml",
        old: "inverse = \"letter\"",
        new: "inverse = \"fax\"",
        said: &["packs/small/lists.toml:4:3: the inverse `fax` of `call` is no code of the list `kind`; add it"],
    },
    Case {
        file: "lists/holidays.csv",
        old: "code,label",
        new: "day,name",
        said: &["packs/small/lists/holidays.csv:1:1: a list has the columns code and label, named in the first line"],
    },
    Case {
        file: "lists/holidays.csv",
        old: "2026-12-25,Christmas Day,2026",
        new: "2026-12-25,Christmas Day",
        said: &[
            "packs/small/lists/holidays.csv:2:1: this line has 2 cells, and the first line 3; text with a comma in it goes in quotes",
        ],
    },
    Case {
        file: "facts.toml",
        old: "id = \"kind\"",
        new: "id = \"last-seen\"",
        said: &[
            "packs/small/facts.toml:8:6: `last-seen` is here twice; keep one",
            "packs/small/forms/note.toml:61:9: the day it happened is a date, and the fact `last-seen` says a code of the list `kind`",
            "packs/small/forms/note.toml:64:8: there is no fact `kind`; add it to facts.toml, or name one that exists",
        ],
    },
    Case {
        file: "facts.toml",
        old: "holds = \"many\"",
        new: "holds = \"some\"",
        said: &["packs/small/facts.toml:10:9: `some` is not known here; use one of `one`, `many`"],
    },
    Case {
        file: "facts.toml",
        old: "says = \"date\"",
        new: "says = \"day\"",
        said: &[
            "packs/small/facts.toml:5:8: `day` is not known here; use one of `text`, `code`, `codes`, `yes-no`, `date`, `number`, `address`, `telephone`, `person`, `staff`, `team`, `roles`",
            "packs/small/forms/note.toml:61:9: the day it happened is a date, and the fact `last-seen` says words",
        ],
    },
    Case {
        file: "facts.toml",
        old: "list = \"kind\"",
        new: "list = \"sort\"",
        said: &[
            "packs/small/facts.toml:12:8: there is no list `sort`; add it, or name one that exists",
            "packs/small/forms/note.toml:65:9: the answer to `kind` is a code of the list `kind`, and the fact `kind` says a code of the list `sort`",
        ],
    },
    Case {
        file: "facts.toml",
        old: "list = \"kind\"\n",
        new: "",
        said: &[
            "packs/small/facts.toml:11:8: `kind` says codes; name their list with list = \"…\"",
            "packs/small/forms/note.toml:65:9: the answer to `kind` is a code of the list `kind`, and the fact `kind` says a code of the list ``",
        ],
    },
    Case {
        file: "facts.toml",
        old: "says = \"date\"",
        new: "says = \"date\"\nlist = \"kind\"",
        said: &["packs/small/facts.toml:6:8: `last-seen` says no codes, so it has no list; take `list` out"],
    },
    Case {
        file: "facts.toml",
        old: "A {value}",
        new: "A {thing}",
        said: &["packs/small/facts.toml:13:14: a headline can have {value} and {other} filled in, and nothing else"],
    },
    Case {
        file: "facts.toml",
        old: "says = \"date\"",
        new: "says = \"date\"\nsealed = true\nwarns = \"See {thing}\"",
        said: &[
            "packs/small/facts.toml:7:9: `last-seen` is sealed, and a warning stands on every page; take one of them out",
            "packs/small/facts.toml:7:9: a warning can have {value} and {other} filled in, and nothing else",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"\n",
        new: "about = \"children\"\nauthorised-by = [\"worker\"]\n",
        said: &["packs/small/forms/note.toml:7:18: the role `worker` may authorise nothing; give it `authorise-entry`"],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"\n",
        new: "about = \"children\"\nstands = \"authorised\"\nself-authorised = true\n",
        said: &[
            "packs/small/forms/note.toml:7:10: nobody authorises this, so it would never stand; add authorised-by",
            "packs/small/forms/note.toml:8:19: nobody authorises this; add authorised-by, or take self-authorised out",
        ],
    },
    Case {
        file: "roles.toml",
        old: "title = \"Worker\"\n",
        new: "",
        said: &["packs/small/roles.toml:2:6: the role `worker` has no title; add what people call it"],
    },
    Case {
        file: "roles.toml",
        old: "source = [\"R-ACC-01\"]\n",
        new: "",
        said: &["packs/small/roles.toml:2:6: the role `worker` has no source; name the requirement that it comes from"],
    },
    Case {
        file: "roles.toml",
        old: "record-entry",
        new: "write-entry",
        said: &[
            "packs/small/forms/note.toml:5:16: no role has `record-entry`, so nobody may complete this form; give it to one",
            "packs/small/roles.toml:6:1: `write-entry` is not known here; use one of `read-record`, `record-entry`, `record-decision`, `open-record`, `close-record`, `allocate`, `open-separate-file`, `send-observation`, `see-team`, `see-drafts`, `search-people`, `join-people`, `see-readings`, `manage-staff`, `read-organisation`, `import`, `verify`, `see-counts`, `arrange-cover`, `change-staff`, `plan-duty`, `open-on-duty`, `amend-entry`, `authorise-entry`, `move-entry`, `read-moved`, `approve-policy`, `open-in-emergency`, `review-emergency`, `restrict-record`, `reveal-address`, `read-confidential`, `declare-conflict`, `decide-conflict`, `record-use`, `grant-support`, `link-adoption`, `follow-adoption`",
        ],
    },
    Case {
        file: "roles.toml",
        old: "\"allocated\"",
        new: "\"nearby\"",
        said: &[
            "packs/small/forms/note.toml:5:16: no role has `record-entry`, so nobody may complete this form; give it to one",
            "packs/small/roles.toml:6:1: say for which records: allocated, covers, team, manages, duty, emergency or any",
            "packs/small/roles.toml:6:17: `nearby` is not known here; use one of `allocated`, `covers`, `team`, `manages`, `duty`, `emergency`, `any`",
        ],
    },
    Case {
        file: "roles.toml",
        old: "\"allocated\"",
        new: "",
        said: &[
            "packs/small/forms/note.toml:5:16: no role has `record-entry`, so nobody may complete this form; give it to one",
            "packs/small/roles.toml:6:1: say for which records: allocated, covers, team, manages, duty, emergency or any",
        ],
    },
    Case {
        file: "roles.toml",
        old: "\"allocated\"",
        new: "\"allocated\", \"named\"",
        said: &["packs/small/roles.toml:6:30: whom a decision names is open to any role; leave `named` out"],
    },
    Case {
        file: "roles.toml",
        old: "approve-policy",
        new: "read-record = [\"any\"]\nopen-in-emergency = [\"any\"]\napprove-policy",
        said: &[
            "packs/small/roles.toml:2:6: the role `worker` has `open-in-emergency` and could read nothing that it opened; add `emergency` to its `read-record`",
        ],
    },
    Case {
        file: "access.toml",
        old: "\"covers\"",
        new: "\"nearby\"",
        said: &[
            "packs/small/access.toml:8:24: `nearby` is not known here; use one of `allocated`, `covers`, `team`, `manages`, `duty`, `any`",
        ],
    },
    Case {
        file: "access.toml",
        old: "\"covers\"",
        new: "\"named\"",
        said: &[
            "packs/small/access.toml:8:24: whom the decision names reads the record whatever their role; leave `named` out",
        ],
    },
    Case {
        file: "access.toml",
        old: "\"covers\"",
        new: "\"emergency\"",
        said: &[
            "packs/small/access.toml:8:24: whether it opens in an emergency is said once, by in-emergency; leave `emergency` out",
        ],
    },
    Case {
        file: "access.toml",
        old: "\"allocated\", \"covers\"",
        new: "",
        said: &["packs/small/access.toml:8:1: say for which records: allocated, covers, team, manages, duty or any"],
    },
    Case {
        file: "sign-in.toml",
        old: "\"password\"",
        new: "\"fingerprint\"",
        said: &[
            "packs/small/sign-in.toml:2:20: `fingerprint` is not known here; use one of `passkey`, `password`, `password-and-code`, `single-sign-on`",
        ],
    },
    Case {
        file: "sign-in.toml",
        old: "[\"passkey\", \"password\"]",
        new: "[]",
        said: &["packs/small/sign-in.toml:2:8: leave at least one way of signing in"],
    },
    Case {
        file: "sign-in.toml",
        old: "[\"passkey\", \"password\"]",
        new: "[\"single-sign-on\"]",
        said: &[
            "packs/small/sign-in.toml:2:8: leave another way beside `single-sign-on`: for support, and for the day on which the identity provider does not answer",
        ],
    },
    Case {
        file: "sign-in.toml",
        old: "dormant-after-days = 20",
        new: "dormant-after-days = -1",
        said: &[
            "packs/small/sign-in.toml:3:22: this is not TOML as expected: invalid value: integer `-1`, expected u32",
        ],
    },
    Case {
        file: "display.toml",
        old: "[mark.child]",
        new: "[mark.chorus]",
        said: &[
            "packs/small/display.toml:1:7: nobody speaks as `chorus`; the voices are child, family and manager",
            "packs/small/forms/note.toml:42:9: nothing says how the voice `child` is set apart; add [mark.child] to display.toml",
        ],
    },
    Case {
        file: "display.toml",
        old: "word = \"Child's words\"",
        new: "word = \"\"",
        said: &["packs/small/display.toml:1:7: a voice is never shown by look alone; give the mark a word"],
    },
    Case {
        file: "display.toml",
        old: "[mark.child]\nword = \"Child's words\"",
        new: "[mark.family]\nword = \"Family\"",
        said: &[
            "packs/small/forms/note.toml:42:9: nothing says how the voice `child` is set apart; add [mark.child] to display.toml",
        ],
    },
    Case {
        file: "natures.toml",
        old: "margin = \"seen\"",
        new: "margin = \"seen\"\nvoice = \"manager\"",
        said: &[
            "packs/small/natures.toml:5:9: nothing says how the voice `manager` is set apart; add [mark.manager] to display.toml",
        ],
    },
    Case {
        file: "natures.toml",
        old: "margin = \"seen\"",
        new: "margin = \"seen\"\nvoice = \"neighbour\"",
        said: &["packs/small/natures.toml:5:9: `neighbour` is not known here; use one of `child`, `family`, `manager`"],
    },
    Case {
        file: "facts.toml",
        old: "says = \"date\"",
        new: "says = \"date\"\ntoo-long-after-days = 0",
        said: &["packs/small/facts.toml:6:23: today is never too long ago; give at least 1 day"],
    },
    Case {
        file: "facts.toml",
        old: "says = \"text\"",
        new: "says = \"text\"\ntoo-long-after-days = 28",
        said: &["packs/small/facts.toml:20:23: `words` says no date that could be too long ago; take this out"],
    },
    Case {
        file: "clocks.toml",
        old: "\"note\" }",
        new: "\"letter\" }",
        said: &[
            "packs/small/clocks.toml:5:10: there is no form `letter`; name one that exists, or say in words what it waits for: waits-for = \"…\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "3 days",
        new: "3 moons",
        said: &[
            "packs/small/clocks.toml:6:7: `3 moons` is no limit; write a number and hours, working days, days, calendar days, weeks, months, years or half terms, as in \"3 working days\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "3 days",
        new: "three days",
        said: &[
            "packs/small/clocks.toml:6:7: `three days` is no limit; write a number and hours, working days, days, calendar days, weeks, months, years or half terms, as in \"3 working days\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "3 days",
        new: "0 days",
        said: &["packs/small/clocks.toml:6:7: nothing is done in no time; write \"immediately\", or \"on the day\""],
    },
    Case {
        file: "clocks.toml",
        old: "[\"R-TIME-27\"]",
        new: "[]",
        said: &["packs/small/clocks.toml:4:10: name at least one requirement that this comes from"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"note-recorded-too\"\nwhat = \"The note\"\nsource = [\"R-TIME-28\"]\nstarts = { form = \"note\" }\ndue = \"3 working days\"\nmet-by = { this = \"completed\" }\nowner = \"author\"\n",
        said: &[
            "packs/small/clocks.toml:11:6: `note-recorded` and `note-recorded-too` are both in force and count the same; let one be in-force = false, or say beside = \"note-recorded\" if both are meant",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "3 days\"",
        new: "3 days\"\nin-force = false",
        said: &[
            "packs/small/clocks.toml:7:12: `note-recorded` is kept and not in force; say in `why` which one is, and why",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "starts = { form = \"note\" }\n",
        new: "",
        said: &["packs/small/clocks.toml:2:6: nothing sets the clock `note-recorded` off; add `starts`"],
    },
    Case {
        file: "clocks.toml",
        old: "starts = { form = \"note\" }\ndue = \"3 days\"\n",
        new: "due = \"3 days\"\nrepeats = true\n",
        said: &[
            "packs/small/clocks.toml:2:6: the clock `note-recorded` repeats and has nothing that sets it off the first time; add `starts`",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "starts = { form = \"note\" }",
        new: "starts = { form = \"note\", begins = \"care\" }",
        said: &[
            "packs/small/clocks.toml:5:10: one thing sets a clock off: `form`, `plan`, `begins`, `ends`, `says`, `reaches`, `met`, `record` or `waits-for`",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "starts = { form = \"note\" }",
        new: "starts = { waits-for = \"a letter comes\", of = \"completed\" }",
        said: &[
            "packs/small/clocks.toml:5:10: `of` belongs to a form, `when` to a form or a plan, `called-off-by` to a plan; take it out",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "{ form = \"note\" }",
        new: "{ form = \"note\", of = { field = \"posted\" } }",
        said: &[
            "packs/small/clocks.toml:5:10: the form `note` asks no `posted`; ask it there, or name one of its questions",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "{ form = \"note\" }",
        new: "{ form = \"note\", of = { field = \"who\" } }",
        said: &["packs/small/clocks.toml:5:10: `who` of the form `note` is no date to count from"],
    },
    Case {
        file: "clocks.toml",
        old: "{ form = \"note\" }",
        new: "{ form = \"note\", when = { field = \"kind\", is = \"fax\" } }",
        said: &["packs/small/clocks.toml:5:10: `fax` is no answer that `kind` of the form `note` can have"],
    },
    Case {
        file: "clocks.toml",
        old: "{ form = \"note\" }",
        new: "{ form = \"note\", when = { field = \"said\", answered = true } }",
        said: &["packs/small/clocks.toml:5:10: `said` is sealed, so no clock can look at it"],
    },
    Case {
        file: "clocks.toml",
        old: "{ form = \"note\" }",
        new: "{ form = \"note\", when = [{ field = \"kind\", is = \"call\" }, { field = \"sort\", is = \"x\" }] }",
        said: &[
            "packs/small/clocks.toml:5:10: the form `note` asks no `sort`; ask it there, or name one of its questions",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { plan = \"note\" }\ndue = \"before\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &["packs/small/clocks.toml:14:10: the form `note` plans nothing: it has no happens = \"ahead\""],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { begins = \"care\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: there is no period `care`; add [[period]] with this id, or name one that exists",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { says = \"words\" }\ndue = { before = \"3 days\" }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &["packs/small/clocks.toml:14:10: the fact `words` says no date; name one that does"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { says = \"sent\" }\ndue = { before = \"3 days\" }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: there is no fact `sent`; add it to facts.toml, or name one that exists",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { reaches = \"16\" }\ndue = \"on the day\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: ages are counted from the fact `birth`, which says a date; add it to facts.toml",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { reaches = \"sixteen\" }\ndue = \"on the day\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: `sixteen` is no age; write years and perhaps a quarter, as in \"16\" or \"16¼\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { met = \"b\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &["packs/small/clocks.toml:14:10: there is no clock `b` to be counted from"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { met = \"b\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n\n[[clock]]\nid = \"b\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { met = \"a\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: these clocks are each counted from the one before and never begin: a, b, and again a; let one of them be set off by something else",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { met = \"b\" }\ndue = \"3 days\"\nmet-by = { form = \"note\" }\nowner = { other = \"Somebody\" }\n\n[[clock]]\nid = \"b\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:14:10: `b` sets nothing off itself, so this would never begin; let it wait too",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"",
        new: "due = { before = \"3 days\" }",
        said: &[
            "packs/small/clocks.toml:6:7: this can never be met: what `note` tells has happened when it is written, and it would be due before; count from something that is planned",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { record = \"begins\" }\ndue = \"before\"\nmet-by = { form = \"note\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:15:7: this can never be met: nobody knows of it before it has happened; count backwards from a plan, from a date that a fact says, or from a period",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"",
        new: "due = { by = \"3 days\" }",
        said: &[
            "packs/small/clocks.toml:6:9: there is no key `by` here; the keys are `before`, `by-age`, `before-age`, `at-the`, `before-the`, `form`, `planned`, `at-least`, `at-least-to-age`, `either`, `later-of`, `no-number`",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"",
        new: "due = { before = \"3 days\", by-age = \"16\" }",
        said: &[
            "packs/small/clocks.toml:6:7: say one of these: `before`, `by-age`, `before-age`, `at-the`, `before-the`, `at-least`, `at-least-to-age`, `either`, `later-of`, `no-number`; or in words \"3 working days\", \"immediately\", \"before\", \"on the day\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = { at-the = 2, form = \"letter\" }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:15:7: there is no form `letter`; name one that exists, or say in words what it waits for: waits-for = \"…\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = { at-the = 0, form = \"note\" }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &["packs/small/clocks.toml:15:7: say which time, from 1, and of what: { at-the = 2, form = \"review\" }"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = { either = [{ due = \"3 days\" }, { due = \"5 days\" }] }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:15:7: each choice but the last needs a `when`, and the last has none, so that one always holds",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = { later-of = [\"3 days\"] }\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &["packs/small/clocks.toml:15:7: the later of what? Give two limits"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = \"1 half term\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\n",
        said: &[
            "packs/small/clocks.toml:15:7: no half terms are known; add them to clocks.toml as [[half-term]] with first and last",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = \"before\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\nrepeats = true\n",
        said: &[
            "packs/small/clocks.toml:18:11: what repeats is counted anew from the last time, so it is due within an amount of time; give one, or take `repeats` out",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\nrepeats = true\n",
        said: &[
            "packs/small/clocks.toml:7:11: what is met by the entry that sets it off cannot be met a second time; take `repeats` out",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\ngrace = \"1 day\"\n",
        said: &[
            "packs/small/clocks.toml:7:9: grace belongs to due = \"immediately\" alone; every other limit is its own",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\nremind = \"1 week\"\n",
        said: &[
            "packs/small/clocks.toml:7:10: the reminder 1 week before would come before it begins: the limit is 3 days; give a shorter one",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\nduring = \"care\"\n",
        said: &[
            "packs/small/clocks.toml:7:10: there is no period `care`; add [[period]] with this id, or name one that exists",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\nbeside = \"other\"\n",
        said: &["packs/small/clocks.toml:7:10: there is no clock `other` to stand beside"],
    },
    Case {
        file: "clocks.toml",
        old: "due = \"3 days\"\n",
        new: "due = \"3 days\"\nbeside = \"note-recorded\"\n",
        said: &[
            "packs/small/clocks.toml:7:10: a clock does not stand beside itself; name the other limit of the same act",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[clock]]\nid = \"a\"\nwhat = \"It\"\nsource = [\"R-TIME-28\"]\nstarts = { waits-for = \"a letter comes\" }\ndue = \"3 days\"\nmet-by = { waits-for = \"something else is done\" }\nowner = { other = \"Somebody\" }\nbeside = \"note-recorded\"\n",
        said: &[
            "packs/small/clocks.toml:18:10: `note-recorded` is set off by something else, so it is no other limit of the same act",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "met-by = { this = \"completed\" }",
        new: "met-by = { this = \"finished\" }",
        said: &[
            "packs/small/clocks.toml:7:19: `finished` is not known here; use one of `happened`, `started`, `completed`, `authorised`",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "met-by = { this = \"completed\" }",
        new: "met-by = { form = \"letter\" }",
        said: &[
            "packs/small/clocks.toml:7:10: there is no form `letter`; name one that exists, or say in words what it waits for: waits-for = \"…\"",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "met-by = { this = \"completed\" }",
        new: "met-by = { form = \"note\", names = \"who\" }",
        said: &["packs/small/clocks.toml:7:10: `who` refers to no entry made with `note`, which sets this off"],
    },
    Case {
        file: "clocks.toml",
        old: "met-by = { this = \"completed\" }",
        new: "met-by = []",
        said: &["packs/small/clocks.toml:7:10: say what satisfies it: `this`, `form`, `in-chronology` or `waits-for`"],
    },
    Case {
        file: "clocks.toml",
        old: "met-by = { this = \"completed\" }",
        new: "met-by = { in-chronology = \"completed\" }",
        said: &["packs/small/clocks.toml:7:10: no form stands in the chronology, so this can never be met"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"",
        new: "owner = { role = \"chair\" }",
        said: &[
            "packs/small/clocks.toml:8:9: there is no role `chair`; name one that exists, or say who it is in words: { other = \"…\" }",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"",
        new: "owner = { field = \"who\" }",
        said: &["packs/small/clocks.toml:8:9: `who` of the form `note` names no member of staff"],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"",
        new: "owner = {}",
        said: &[
            "packs/small/clocks.toml:8:9: whose task it is: \"author\", \"allocated-worker\", \"manager\", { role = \"…\" }, { field = \"…\" } or { other = \"…\" }",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[period]]\nid = \"care\"\ntitle = \"in care\"\nfact = \"kind\"\nis = \"fax\"\nsource = [\"R-PPL-07\"]\n",
        said: &[
            "packs/small/clocks.toml:13:8: `fax` is no code of the list `kind`, which the fact `kind` is told in",
            "packs/small/clocks.toml:13:8: `kind` holds many at once, so it makes no one time; name a fact that holds one, or say each = true",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[period]]\nid = \"care\"\ntitle = \"in care\"\nfact = \"status\"\nsource = []\n",
        said: &[
            "packs/small/clocks.toml:13:8: there is no fact `status`; add it to facts.toml, or name one that exists",
            "packs/small/clocks.toml:14:10: name at least one requirement that this comes from",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[half-term]]\nfirst = \"2026-09-02\"\nlast = \"2026-09-01\"\n\n[[half-term]]\nfirst = \"soon\"\nlast = \"2026-10-23\"\n",
        said: &[
            "packs/small/clocks.toml:12:8: this half term is over before it begins; correct one of its days",
            "packs/small/clocks.toml:15:9: this is no date; days are written 2026-09-02",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[[half-term]]\nfirst = \"2026-09-02\"\nlast = \"2026-10-23\"\n\n[[half-term]]\nfirst = \"2026-10-23\"\nlast = \"2026-12-18\"\n",
        said: &[
            "packs/small/clocks.toml:15:9: half terms stand in order and do not overlap; correct its days or move it",
        ],
    },
    Case {
        file: "clocks.toml",
        old: "owner = \"author\"\n",
        new: "owner = \"author\"\n\n[reading]\ndays = \"weekdays\"\nremind = \"soon\"\nover-when = \"shut\"\nsource = [\"R-TIME-X03\"]\n",
        said: &[
            "packs/small/clocks.toml:11:8: `weekdays` is not known here; use one of `calendar`, `working`",
            "packs/small/clocks.toml:12:10: `soon` is no limit; write a number and hours, working days, days, calendar days, weeks, months, years or half terms, as in \"3 working days\"",
            "packs/small/clocks.toml:13:13: there is no period `shut`; add [[period]] with this id, or name one that exists",
        ],
    },
    Case {
        file: "guidance.toml",
        old: "[\"R-STD-10\"]",
        new: "[]",
        said: &["packs/small/guidance.toml:2:6: the guidance `tips` has no source; name the requirement"],
    },
    Case {
        file: "guidance.toml",
        old: "text = [\"Be brief.\"]\n",
        new: "",
        said: &["packs/small/guidance.toml:1:1: the key `text` is missing; add it"],
    },
    Case {
        file: "avoid.toml",
        old: "\"absconded\"",
        new: "\"Absconded\"",
        said: &["packs/small/avoid.toml:2:10: a phrase is written in small letters; it is found in either"],
    },
    Case {
        file: "words.toml",
        old: "\"Record\"",
        new: "1",
        said: &["packs/small/words.toml:1:13: this should be text in quotes, and is integer `1`"],
    },
    Case {
        file: "words.toml",
        old: "statement",
        new: "satement",
        said: &[
            "packs/small/words.toml:1:1: no page says `satement`; the words are `statement`, `decisions`, `child-words`, `locks`, `system-before`, `pasted-mail`, `confidential`, `confidential-duty`, `print-only-if`, `print-destroy`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "form = \"note\"",
        new: "form = \"letter\"",
        said: &[
            "packs/small/clocks.toml:5:10: there is no form `note`; name one that exists, or say in words what it waits for: waits-for = \"…\"",
            "packs/small/forms/note.toml:1:8: the form `letter` is in the file of `note`; one must take the other's name",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "title = \"Note\"\n",
        new: "",
        said: &["packs/small/forms/note.toml:1:8: the form `note` has no title; add what people call it"],
    },
    Case {
        file: "forms/note.toml",
        old: "source = [\"R-OBS-01\"]\n",
        new: "",
        said: &[
            "packs/small/forms/note.toml:1:8: the form `note` has no source; name the requirement that it comes from",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "source = [\"R-OBS-01\"]",
        new: "source = []",
        said: &[
            "packs/small/forms/note.toml:1:8: the form `note` has no source; name the requirement that it comes from",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "title = \"Note\"",
        new: "titel = \"Note\"",
        said: &[
            "packs/small/forms/note.toml:2:1: there is no key `titel` here; the keys are `form`, `changes`, `version`, `title`, `source`, `intro`, `guidance`, `record`, `may-complete`, `stands`, `about`, `offered`, `happens`, `asks-informant`, `chronology`, `voice`, `check-before`, `last-things-when`, `recorded-by`, `second`, `authorised-by`, `self-authorised`, `copies-to`, `section`, `field`, `sets`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "may-complete = \"record-entry\"\n",
        new: "",
        said: &[
            "packs/small/forms/note.toml:1:8: the form `note` does not say what a person must be able to do; add may-complete",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "may-complete = \"record-entry\"",
        new: "may-complete = \"write\"",
        said: &[
            "packs/small/forms/note.toml:5:16: `write` is not known here; use one of `read-record`, `record-entry`, `record-decision`, `open-record`, `close-record`, `allocate`, `open-separate-file`, `send-observation`, `see-team`, `see-drafts`, `search-people`, `join-people`, `see-readings`, `manage-staff`, `read-organisation`, `import`, `verify`, `see-counts`, `arrange-cover`, `change-staff`, `plan-duty`, `open-on-duty`, `amend-entry`, `authorise-entry`, `move-entry`, `read-moved`, `approve-policy`, `open-in-emergency`, `review-emergency`, `restrict-record`, `reveal-address`, `read-confidential`, `declare-conflict`, `decide-conflict`, `record-use`, `grant-support`, `link-adoption`, `follow-adoption`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "may-complete = \"record-entry\"",
        new: "may-complete = \"import\"",
        said: &[
            "packs/small/forms/note.toml:5:16: no role has `import`, so nobody may complete this form; give it to one",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "guidance = [\"tips\"]",
        new: "guidance = [\"tips\", \"tricks\"]",
        said: &["packs/small/forms/note.toml:4:21: there is no guidance `tricks`; add it to guidance.toml"],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"",
        new: "stands = \"sometime\"",
        said: &[
            "packs/small/forms/note.toml:6:10: `sometime` is not known here; use one of `completed`, `authorised`",
            "packs/small/forms/note.toml:26:6: only a form with about = \"children\" asks something for each child",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"\n",
        new: "",
        said: &[
            "packs/small/forms/note.toml:25:6: only a form with about = \"children\" asks something for each child",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"",
        new: "about = \"children\"\nrecord = \"organisation\"",
        said: &[
            "packs/small/forms/note.toml:1:8: a form for the organisation's record is about no children; take `about` out",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "about = \"children\"",
        new: "about = \"children\"\nvoice = \"manager\"",
        said: &[
            "packs/small/forms/note.toml:7:9: nothing says how the voice `manager` is set apart; add [mark.manager] to display.toml",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "id = \"each\"\n",
        new: "id = \"what\"\n",
        said: &[
            "packs/small/forms/note.toml:26:6: the section `what` is in the form twice; give one of them another name",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "id = \"call-why\"",
        new: "id = \"kind\"",
        said: &[
            "packs/small/forms/note.toml:20:6: the question `kind` is in the form twice; give one of them another name",
            "packs/small/forms/note.toml:23:8: `kind` is asked after `kind`; put it before",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "id = \"call-why\"",
        new: "id = \"Call_why\"",
        said: &[
            "packs/small/forms/note.toml:20:6: `Call_why` is no name: names are small letters, figures and hyphens, and begin with a letter",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "id = \"call-why\"",
        new: "id = \"happened\"",
        said: &[
            "packs/small/forms/note.toml:20:6: `happened` is asked by the program itself; give the question another name",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"Why a call?\"",
        new: "label = \" \"",
        said: &["packs/small/forms/note.toml:22:9: the question `call-why` has no words; write it in `label`"],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"prose\"",
        said: &[
            "packs/small/forms/note.toml:21:8: `prose` is not known here; use one of `text`, `long-text`, `passages`, `date`, `number`, `yes-no`, `choice`, `choices`, `person`, `people`, `address`, `telephone`, `nhs-number`, `upn`, `staff`, `team`, `roles`, `actions`, `entry`, `document`, `time`, `table`, `signature`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"choice\"\nlist = \"kind\"",
        new: "kind = \"choice\"\nlist = \"sort\"",
        said: &[
            "packs/small/forms/note.toml:15:8: there is no list `sort`; add it, or name one that exists",
            "packs/small/forms/note.toml:65:9: the answer to `kind` is a code of the list `sort`, and the fact `kind` says a code of the list `kind`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"choice\"\nlist = \"kind\"\nlabel = \"What was it?\"",
        new: "kind = \"text\"\nlist = \"kind\"\nlabel = \"What was it?\"",
        said: &[
            "packs/small/forms/note.toml:15:8: only the kinds choice, choices and signature have a list; take `list` out or change the kind",
            "packs/small/forms/note.toml:23:8: `kind` has no fixed answers; only yes-no, choice and choices can be asked for one (else use answered = true)",
            "packs/small/forms/note.toml:65:9: the answer to `kind` is words, and the fact `kind` says a code of the list `kind`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"choice\"",
        said: &[
            "packs/small/forms/note.toml:21:8: a choice is made from a list, and so is the way of signing; name it with list = \"…\"",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"number\"",
        said: &[
            "packs/small/forms/note.toml:21:8: a number needs `min` and `max`, the smallest and the largest that make sense",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"text\"\nmax = 3",
        said: &[
            "packs/small/forms/note.toml:21:8: only the kind number has `min` and `max`; take them out or change the kind",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"text\"",
        new: "kind = \"text\"\ndates = \"past\"",
        said: &[
            "packs/small/forms/note.toml:21:8: only the kind date has `dates` and `most-days`; take them out or change the kind",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "kind = \"date\"",
        new: "kind = \"date\"\ndates = \"soon\"",
        said: &[
            "packs/small/forms/note.toml:56:9: `soon` is not known here; use one of `any`, `past`, `future`, `birth`, `expected`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"sort\", is = \"call\" }",
        said: &["packs/small/forms/note.toml:23:8: there is no question `sort` in this form"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"until\", answered = true }",
        said: &["packs/small/forms/note.toml:23:8: `until` is asked after `call-why`; put it before"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"kind\", is = \"fax\" }",
        said: &["packs/small/forms/note.toml:23:8: `fax` is no code of the list `kind`, which `kind` is answered from"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"kind\", is = \"telegram\" }\nrequired = true",
        said: &["packs/small/forms/note.toml:23:8: this can never be so: no answer of `kind` that it needs is offered"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"kind\", is = [] }",
        said: &["packs/small/forms/note.toml:23:8: this can never be so: no answer of `kind` that it needs is offered"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"kind\", is = \"call\" }",
        new: "when = { field = \"kind\" }",
        said: &[
            "packs/small/forms/note.toml:23:8: a condition has one of these: `is` or `is-not` with an answer, or `answered = true`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"With whom?\"",
        new: "label = \"With whom?\"\nwhen = { field = \"seen\", is = \"yes\" }",
        said: &[
            "packs/small/forms/note.toml:52:8: `seen` is asked for each child in another section; ask `who` in that one",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"Until\"",
        new: "label = \"Until\"\nwhen = { field = \"who\", is = \"me\" }",
        said: &[
            "packs/small/forms/note.toml:57:8: `who` has no fixed answers; only yes-no, choice and choices can be asked for one (else use answered = true)",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "reason-if = \"no\"",
        new: "reason-if = \"perhaps\"",
        said: &["packs/small/forms/note.toml:34:13: `seen` is answered yes or no, not `perhaps`"],
    },
    Case {
        file: "forms/note.toml",
        old: "reason-if = \"no\"\n",
        new: "",
        said: &[
            "packs/small/forms/note.toml:34:16: a reason is asked only with `reason-if`; add the answer that needs one",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"Why a call?\"",
        new: "label = \"Why a call?\"\nreason-if = \"no\"",
        said: &[
            "packs/small/forms/note.toml:23:13: `call-why` has no fixed answers; only yes-no, choice and choices can be asked for one (else use answered = true)",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "voice = \"child\"",
        new: "voice = \"chorus\"",
        said: &[
            "packs/small/forms/note.toml:42:9: `chorus` is not known here; use one of `child`, `family`, `manager`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "voice = \"child\"",
        new: "voice = \"family\"",
        said: &[
            "packs/small/forms/note.toml:42:9: nothing says how the voice `family` is set apart; add [mark.family] to display.toml",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"Until\"",
        new: "label = \"Until\"\ncarry = \"first-seen\"",
        said: &[
            "packs/small/forms/note.toml:57:9: there is no fact `first-seen`; add it to facts.toml, or name one that exists",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "label = \"Until\"",
        new: "label = \"Until\"\ncarry = \"kind\"",
        said: &[
            "packs/small/forms/note.toml:57:9: `until` takes a date and cannot be filled from `kind`, which says a code of the list `kind`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "fact = \"last-seen\"",
        new: "fact = \"seen\"",
        said: &[
            "packs/small/forms/note.toml:59:8: there is no fact `seen`; add it to facts.toml, or name one that exists",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"seen\", is = \"yes\" }\nvalue",
        new: "when = { field = \"seen\", is = \"si\" }\nvalue",
        said: &["packs/small/forms/note.toml:60:8: `seen` is answered yes or no, not `si`"],
    },
    Case {
        file: "forms/note.toml",
        old: "when = { field = \"seen\", is = \"yes\" }\nvalue",
        new: "when = { field = \"glimpsed\", is = \"yes\" }\nvalue",
        said: &["packs/small/forms/note.toml:60:8: there is no question `glimpsed` in this form"],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { date = \"happened\" }",
        new: "value = { field = \"kind\" }",
        said: &[
            "packs/small/forms/note.toml:61:9: the answer to `kind` is a code of the list `kind`, and the fact `last-seen` says a date",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { date = \"happened\" }",
        new: "value = { text = \"soon\" }",
        said: &["packs/small/forms/note.toml:61:9: the fact `last-seen` says a date, and `soon` is none"],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { date = \"happened\" }",
        new: "value = { joined = [\"call-why\", \"who\"] }",
        said: &[
            "packs/small/forms/note.toml:61:9: joined answers are words, and the fact `last-seen` says a date",
            "packs/small/forms/note.toml:61:9: this must be one line of text, and the answer to `who` is something else",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { field = \"kind\" }",
        new: "value = { date = \"happened\" }",
        said: &[
            "packs/small/forms/note.toml:65:9: the day it happened is a date, and the fact `kind` says a code of the list `kind`",
        ],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { field = \"kind\" }",
        new: "value = { text = \"fax\" }",
        said: &["packs/small/forms/note.toml:65:9: the fact `kind` says a code of the list `kind`, and `fax` is none"],
    },
    Case {
        file: "forms/note.toml",
        old: "value = { field = \"said\" }",
        new: "value = { field = \"wrote\" }",
        said: &["packs/small/forms/note.toml:71:9: there is no question `wrote` in this form"],
    },
    Case {
        file: "forms/note.toml",
        old: "other = \"who\"",
        new: "other = \"until\"",
        said: &["packs/small/forms/note.toml:66:9: this must be a person, and the answer to `until` is something else"],
    },
    Case {
        file: "forms/note.toml",
        old: "until = \"until\"\n",
        new: "until = \"who\"\n",
        said: &["packs/small/forms/note.toml:67:9: this must be a date, and the answer to `who` is something else"],
    },
    Case {
        file: "forms/note.toml",
        old: "until = \"until\"\n",
        new: "until = \"until\"\nsubject = { team = \"who\" }\n",
        said: &["packs/small/forms/note.toml:68:11: this must be a team, and the answer to `who` is something else"],
    },
    Case {
        file: "forms/note.toml",
        old: "until = \"until\"\n",
        new: "until = \"until\"\nsubject = { person = \"kind\" }\n",
        said: &["packs/small/forms/note.toml:68:11: this must be a person, and the answer to `kind` is something else"],
    },
    Case {
        file: "forms/note.toml",
        old: "[[sets]]",
        new: "[[field]]\nid = \"more\"\nkind = \"text\"\nlabel = \"More\"\n\n[[sets]]",
        said: &[
            "packs/small/forms/note.toml:59:6: a question stands in a section: write [[section.field]]; [[field]] alone is for a form that changes another pack's",
        ],
    },
    Case {
        file: "facts.toml",
        old: "sealed = true\n",
        new: "",
        said: &["packs/small/forms/note.toml:71:9: the answer to `said` is sealed, so `words` must be sealed too"],
    },
];
