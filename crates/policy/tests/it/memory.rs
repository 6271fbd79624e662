//! Packs written in a test.

use policy::{
    Sources,
    load::{SourceFile, Unreadable},
};

/// Files by pack and path.
#[derive(Clone)]
pub struct Memory(pub Vec<(&'static str, &'static str, String)>);

impl Memory {
    /// A small pack in which everything fits.
    pub fn good() -> Self {
        let file = |path, text: &str| ("small", path, text.to_owned());
        Self(vec![
            file("pack.toml", PACK),
            file("lists.toml", LISTS),
            file("lists/holidays.csv", "code,label,group\n2026-12-25,Christmas Day,2026\n"),
            file("facts.toml", FACTS),
            file("roles.toml", ROLES),
            file("display.toml", "[mark.child]\nword = \"Child's words\"\n"),
            file("natures.toml", "[[nature]]\ncode = \"seen\"\nlabel = \"I saw it\"\nmargin = \"seen\"\n"),
            file("clocks.toml", CLOCKS),
            file(
                "guidance.toml",
                "[[guidance]]\nid = \"tips\"\ntitle = \"Tips\"\ntext = [\"Be brief.\"]\nsource = [\"R-STD-10\"]\n",
            ),
            file("avoid.toml", "[[avoid]]\nphrase = \"absconded\"\nwhy = \"Left?\"\n"),
            file("amendment.toml", "source = [\"R-INT-05\"]\nstands = \"at-once\"\nnever = []\nadvice = [\"Ask.\"]\n"),
            file("access.toml", ACCESS),
            file(
                "sign-in.toml",
                "source = [\"R-ACC-02\"]\nways = [\"passkey\", \"password\"]\ndormant-after-days = 20\nagain-after-minutes = 5\n",
            ),
            file("words.toml", "statement = \"Record\"\n"),
            file("forms/note.toml", NOTE),
        ])
    }

    /// The same with one text in one file replaced by another.
    pub fn but(mut self, path: &str, old: &str, new: &str) -> Self {
        let (.., text) = self.0.iter_mut().find(|(_, at, _)| *at == path).expect("the file is there");
        assert!(text.contains(old), "{path} has no «{old}»");
        *text = text.replacen(old, new, 1);
        self
    }

    /// The same with one more file.
    pub fn with(mut self, pack: &'static str, path: &'static str, text: &str) -> Self {
        self.0.push((pack, path, text.to_owned()));
        self
    }
}

impl Sources for Memory {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        let own = self.0.iter().filter(|(of, ..)| *of == pack);
        let files: Vec<_> =
            own.map(|(_, path, text)| SourceFile { path: (*path).to_owned(), text: text.clone() }).collect();
        if files.is_empty() { Err(Unreadable::Absent(pack.to_owned())) } else { Ok(files) }
    }
}

const PACK: &str = r#"id = "small"
title = "Small"
version = 1
closed-on = ["holidays"]
"#;

const CLOCKS: &str = r#"[[clock]]
id = "note-recorded"
what = "The note"
source = ["R-TIME-27"]
starts = { form = "note" }
due = "3 days"
met-by = { this = "completed" }
owner = "author"
"#;

const LISTS: &str = r#"[[list]]
id = "kind"
items = [
  { code = "call", label = "Call", inverse = "letter" },
  { code = "letter", label = "Letter" },
  { code = "telegram", label = "Telegram", withdrawn = true },
]

[[list]]
id = "restriction-kind"
items = [{ code = "staff", label = "Of staff" }]
"#;

const ACCESS: &str = r#"source = ["R-ACC-03"]

[[restriction]]
kind = "staff"
source = ["R-ACC-03"]
in-emergency = false
[restriction.open-to]
worker = ["allocated", "covers"]
"#;

const FACTS: &str = r#"[[fact]]
id = "last-seen"
title = "Last seen"
holds = "one"
says = "date"

[[fact]]
id = "kind"
title = "Kind"
holds = "many"
says = "code"
list = "kind"
chronology = "A {value}"

[[fact]]
id = "words"
title = "Words"
holds = "one"
says = "text"
sealed = true
"#;

const ROLES: &str = r#"[[role]]
id = "worker"
title = "Worker"
source = ["R-ACC-01"]
[role.may]
record-entry = ["allocated"]
approve-policy = ["any"]
"#;

const NOTE: &str = r#"form = "note"
title = "Note"
source = ["R-OBS-01"]
guidance = ["tips"]
may-complete = "record-entry"
about = "children"

[[section]]
id = "what"
title = "What"

[[section.field]]
id = "kind"
kind = "choice"
list = "kind"
label = "What was it?"
required = true

[[section.field]]
id = "call-why"
kind = "text"
label = "Why a call?"
when = { field = "kind", is = "call" }

[[section]]
id = "each"
title = "The child"
for = "each child"

[[section.field]]
id = "seen"
kind = "yes-no"
label = "Seen?"
reason-if = "no"
reason-label = "Why not?"

[[section.field]]
id = "said"
kind = "long-text"
label = "What did the child say?"
when = { field = "seen", is = "yes" }
voice = "child"

[[section]]
id = "end"
title = "End"

[[section.field]]
id = "who"
kind = "person"
label = "With whom?"

[[section.field]]
id = "until"
kind = "date"
label = "Until"

[[sets]]
fact = "last-seen"
when = { field = "seen", is = "yes" }
value = { date = "happened" }

[[sets]]
fact = "kind"
value = { field = "kind" }
other = "who"
until = "until"

[[sets]]
fact = "words"
value = { field = "said" }
"#;
