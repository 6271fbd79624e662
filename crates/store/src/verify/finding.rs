//! What can be wrong with a record, in words that name the record and the entry and never what they say.

use std::fmt;

use ledger::verify::Finding as LogFinding;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The database's own structure is not the one that the program made.
    Schema(SchemaProblem),
    /// A log of the ledger does not hold together.
    Log {
        /// Which log.
        log: String,
        /// What is wrong with it.
        problem: LogProblem,
        /// What the leaf at that place says it is about, where it can be read.
        about: Option<About>,
    },
    /// A record as a whole.
    Record {
        /// Its number; none where no such record is there.
        number: Option<i64>,
        /// Its identifier.
        record: String,
        /// What is wrong.
        problem: RecordProblem,
    },
    /// An entry.
    Entry {
        /// The record's number; none where no such record is there.
        number: Option<i64>,
        /// The entry.
        entry: String,
        /// What is wrong.
        problem: EntryProblem,
    },
    /// A fact: names the entry that asserts it.
    Fact {
        /// The record's number; none where no such record is there.
        number: Option<i64>,
        /// The entry.
        entry: String,
        /// The kind of fact.
        kind: String,
        /// What is wrong.
        problem: FactProblem,
    },
    /// Whether an entry stands.
    Standing {
        /// The record's number; none where no such record is there.
        number: Option<i64>,
        /// The entry.
        entry: String,
        /// What is wrong.
        problem: StandingProblem,
    },
    /// A draft.
    Draft {
        /// The number of the record from which it was opened.
        number: Option<i64>,
        /// The draft.
        draft: String,
        /// What is wrong.
        problem: DraftProblem,
    },
    /// An account.
    Account {
        /// Whose.
        person: String,
        /// What is wrong.
        problem: AccountProblem,
    },
    /// The keys under which a person is looked for, as a record says them.
    Keys {
        /// The record's number; none where no such record is there.
        number: Option<i64>,
        /// The person.
        person: String,
        /// What is wrong.
        problem: KeysProblem,
    },
    /// Something that a record owes.
    Obligation {
        /// The record's number.
        number: Option<i64>,
        /// The rule, what set it off and which occurrence.
        obligation: String,
        /// What is wrong.
        problem: ObligationProblem,
    },
    /// Who stands for a person is not what entries say.
    SamePerson {
        /// The person.
        person: String,
    },
    /// Whom a reading showed is not what its leaf says.
    Looked {
        /// The leaf.
        leaf: String,
    },
    /// A form that was kept for ever is not the one that was approved.
    FormChanged {
        /// The form's name, as the row has it.
        form: String,
        /// Its version, as the row has it.
        version: i64,
    },
    /// A policy pack that was kept for ever is not the one that was offered and approved, or nothing says that it was kept.
    PackChanged {
        /// The pack's name, as the row has it.
        pack: String,
        /// Its version, as the row has it.
        version: i64,
    },
}

/// What a leaf says it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What was done.
    pub act: String,
    /// The record, by its identifier.
    pub record: Option<String>,
    /// The entry or other thing.
    pub thing: Option<String>,
}

/// What is wrong with the structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaProblem {
    /// Something that the program made is not there: a table, column, index, trigger, function or constraint.
    Missing(String),
    /// It is there, and says something else.
    Changed(String),
    /// It is there, and the program never made it.
    Unknown(String),
    /// It is there, and switched off.
    Off(String),
    /// The steps that made the database are not those of this program.
    Step(i64),
    /// This SQLite is not safe.
    Engine(String),
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogProblem {
    /// Leaves, tiles and checkpoint disagree.
    Tree(LogFinding),
    /// The numbers of the leaves leave these out.
    Gap {
        /// The first missing.
        from: u64,
        /// The first that is there again.
        to: u64,
    },
    /// The log's row says another size than its signed checkpoint.
    Size,
    /// There are leaves, and no row that says what was signed.
    Unsigned,
    /// A leaf has waited for its number too long.
    Waiting,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordProblem {
    /// Its key does not open with the keys in use.
    Key,
    /// It holds the key of another record.
    KeyOf(i64),
    /// No leaf says that it was opened.
    NeverOpened,
    /// A leaf says that it was opened, and it is not there.
    Gone,
    /// More than one leaf says that it was opened.
    OpenedTwice,
    /// Its row is not one that the program writes.
    Row(&'static str),
    /// It has the key of a file, by its identifier, that no entry of it names.
    StrayFile(String),
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryProblem {
    /// What it says does not open under its record's key.
    Sealed,
    /// It holds what another entry says.
    ContentOf(String),
    /// It opens, and is not what the program writes.
    Unreadable,
    /// It has no version of this number.
    NoVersion(u32),
    /// A column of its plain rows disagrees with what it says.
    Column(&'static str),
    /// The coded answer to this question disagrees with what it says.
    Answer(String),
    /// Nothing says in which act it was written.
    NoAct,
    /// Its record is not there.
    NoRecord,
    /// It was made with a form that is kept nowhere.
    NoForm,
    /// It stands in a record of another kind than its form is for.
    WrongRecord,
    /// The ledger has no leaf of it: it was put in behind the program's back.
    NoLeaf,
    /// The ledger has more than one leaf of it.
    TwoLeaves,
    /// The ledger has it otherwise: which part.
    Leaf(&'static str),
    /// The ledger has it, and it is not there.
    Removed,
    /// One of its files, by its identifier.
    File(String, FileProblem),
}

/// What is wrong with a file of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// Its bytes are not there.
    Missing,
    /// Its bytes are not those that were sent.
    Changed,
    /// Its key is not there, or does not open under the record's key.
    Key,
    /// Its row is not there, or says another length.
    Row,
}

/// What is wrong with a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactProblem {
    /// The entry asserts it, and it is not there.
    Missing,
    /// It is there, and no standing entry asserts it.
    Extra,
    /// It is there otherwise than its entries say.
    Changed,
    /// It does not open or cannot be read.
    Unreadable,
}

/// What is wrong with whether an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingProblem {
    /// Its amendment, or the marker of its move, says that it does not stand, and it is shown as standing.
    Missing,
    /// It is shown as not standing, and no entry says so.
    Extra,
    /// It does not stand for another reason than the one that is kept.
    Changed,
    /// It was moved, by what one of the two records says, and the other knows nothing of it.
    Unpaired,
    /// It is the link of an adoption, and the other record knows nothing of it.
    Unlinked,
    /// That it waits to be authorised, was returned or needs neither is not what the entries say.
    Authorising,
}

/// What is wrong with something that a record owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObligationProblem {
    /// It follows from the record's entries and facts, and is not there: nobody is asked for it.
    Missing,
    /// It is there, and nothing sets it off.
    Extra,
    /// It says another thing than what follows: another date, another owner, that it was met.
    Changed,
}

/// What is wrong with the keys under which a person is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysProblem {
    /// Some that follow from the record's facts are not there: the person may not be found.
    Missing,
    /// Some are there that follow from no fact.
    Extra,
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftProblem {
    /// No leaf says that it was begun.
    NeverBegun,
    /// It was begun by somebody else than its author.
    Author,
    /// A leaf says that it was begun, and it is not there.
    Gone,
    /// A part of it does not open under its record's key.
    Sealed,
}

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountProblem {
    /// No leaf says that it was made.
    NeverMade,
    /// It is open or closed otherwise than the ledger says.
    State,
    /// A leaf says that it was made, and it is not there.
    Gone,
    /// Who its person is at an identity provider is not what the program wrote for them, or not as the ledger says.
    Identity,
}

impl Finding {
    /// The entry that this finding names, where it names one.
    pub fn entry(&self) -> Option<&str> {
        match self {
            Self::Entry { entry, .. } | Self::Fact { entry, .. } | Self::Standing { entry, .. } => Some(entry),
            Self::Log { about: Some(about), .. } => about.thing.as_deref(),
            _ => None,
        }
    }

    /// The number of the record that this finding names, where it names one.
    pub const fn record_number(&self) -> Option<i64> {
        match self {
            Self::Record { number, .. }
            | Self::Entry { number, .. }
            | Self::Fact { number, .. }
            | Self::Keys { number, .. }
            | Self::Standing { number, .. }
            | Self::Draft { number, .. } => *number,
            _ => None,
        }
    }
}

/// A record by its number, the way that pages show it.
struct Numbered(Option<i64>);

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => write!(f, "record R-{number}"),
            None => f.write_str("a record that is not there"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(problem) => write!(f, "{problem}"),
            Self::Log { log, problem, about } => {
                write!(f, "log {log}: {problem}")?;
                match about {
                    Some(About { act, record, thing }) => {
                        write!(f, " (the leaf there says {act}")?;
                        if let Some(thing) = thing {
                            write!(f, " of {thing}")?;
                        }
                        if let Some(record) = record {
                            write!(f, " in the record {record}")?;
                        }
                        f.write_str(")")
                    }
                    None => Ok(()),
                }
            }
            Self::Record { number: None, record, problem } => write!(f, "record {record}: {problem}"),
            Self::Record { number, problem, .. } => write!(f, "{}: {problem}", Numbered(*number)),
            Self::Entry { number, entry, problem } => write!(f, "{}, entry {entry}: {problem}", Numbered(*number)),
            Self::Fact { number, entry, kind, problem } => {
                write!(f, "{}, entry {entry}: the fact «{kind}» {problem}", Numbered(*number))
            }
            Self::Standing { number, entry, problem } => {
                write!(f, "{}, entry {entry}: {problem}", Numbered(*number))
            }
            Self::Keys { number, person, problem } => {
                write!(f, "{}, person {person}: {problem}", Numbered(*number))
            }
            Self::Obligation { number, obligation, problem } => {
                write!(f, "{}, obligation {obligation}: {problem}", Numbered(*number))
            }
            Self::SamePerson { person } => {
                write!(f, "person {person}: who stands for them is not what the entries say that join and part people")
            }
            Self::Looked { leaf } => write!(f, "reading {leaf}: whom it showed is not what its leaf says"),
            Self::Draft { number, draft, problem } => write!(f, "{}, draft {draft}: {problem}", Numbered(*number)),
            Self::Account { person, problem } => write!(f, "the account of {person} {problem}"),
            Self::PackChanged { pack, version } => {
                write!(
                    f,
                    "the policy pack «{pack}», version {version}, is not as it was kept: its text or its files were changed"
                )
            }
            Self::FormChanged { form, version } => {
                write!(
                    f,
                    "the form «{form}», version {version}, is not the one that was approved: its text does not have its hash"
                )
            }
        }
    }
}

impl fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "the database lacks its {what}"),
            Self::Changed(what) => write!(f, "the database's {what} was changed"),
            Self::Unknown(what) => write!(f, "the database has a {what} that Lifestory did not make"),
            Self::Off(what) => write!(f, "the database's {what} is switched off"),
            Self::Step(n) => write!(f, "step {n} by which the database was made is not one of Lifestory's"),
            Self::Engine(version) => write!(f, "SQLite {version} is older than 3.51.3, which is the first safe one"),
        }
    }
}

impl fmt::Display for LogProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tree(finding) => write!(f, "{finding}"),
            Self::Gap { from, to } if from + 1 == *to => write!(f, "leaf {from} is missing"),
            Self::Gap { from, to } => write!(f, "leaves {from} to {} are missing", to - 1),
            Self::Size => f.write_str("its size is not the one in its signed checkpoint"),
            Self::Unsigned => f.write_str("it has leaves, and no signed checkpoint"),
            Self::Waiting => {
                f.write_str("a leaf has waited for its number for more than a minute: the numbering stands still")
            }
        }
    }
}

impl fmt::Display for RecordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("its key does not open with the key file in use; nothing in it could be checked"),
            Self::KeyOf(other) => write!(f, "it holds the key of record R-{other}; nothing in it could be checked"),
            Self::NeverOpened => f.write_str("no leaf of the ledger says that it was opened"),
            Self::Gone => f.write_str("the ledger says that it was opened, and it is not there"),
            Self::OpenedTwice => f.write_str("the ledger says twice that it was opened"),
            Self::Row(column) => write!(f, "its {column} is not one that Lifestory writes"),
            Self::StrayFile(file) => write!(f, "it has the key of file {file}, which no entry of it names"),
        }
    }
}

impl fmt::Display for EntryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed => f.write_str("its words were changed: they do not open under their record's key"),
            Self::ContentOf(other) => write!(f, "it holds what entry {other} says: contents were exchanged"),
            Self::Unreadable => f.write_str("its words open and cannot be read"),
            Self::NoVersion(version) => write!(f, "its version {version} is not there"),
            Self::Column(column) => write!(f, "its {column} is not what it says itself"),
            Self::Answer(field) => write!(f, "the coded answer to «{field}» is not what it says itself"),
            Self::NoAct => f.write_str("the act that wrote it is not there"),
            Self::NoRecord => f.write_str("its record is not there"),
            Self::NoForm => f.write_str("the form that it was made with is kept nowhere"),
            Self::WrongRecord => f.write_str("it stands in a record of another kind than its form is for"),
            Self::NoLeaf => f.write_str("the ledger knows nothing of it: it was put in, or its leaf was taken out"),
            Self::TwoLeaves => f.write_str("the ledger has it twice"),
            Self::Leaf(part) => write!(f, "its {part} is not the one in the ledger"),
            Self::File(file, problem) => write!(f, "its file {file} {problem}"),
            Self::Removed => f.write_str("it was removed: the ledger has it, and it is not there"),
        }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Changed => "was changed, cut short or exchanged",
            Self::Key => "has no key that opens under its record's key",
            Self::Row => "has no row, or one that says another length",
        })
    }
}

impl fmt::Display for FactProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "that it asserts is not there",
            Self::Extra => "is there, and no standing entry asserts it",
            Self::Changed => "is not what its entries say",
            Self::Unreadable => "does not open or cannot be read",
        })
    }
}

impl fmt::Display for StandingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "an entry says that it was put right, moved or is kept apart, and nothing marks it so",
            Self::Extra => "it is marked as put right or moved, and no entry says so",
            Self::Changed => "it is marked as put right or moved otherwise than the entries say",
            Self::Unpaired => "it was moved, and the other record knows nothing of it",
            Self::Unlinked => "it links the records of an adoption, and the other one knows nothing of it",
            Self::Authorising => "whether it waits to be authorised is not what the entries say",
        })
    }
}

impl fmt::Display for ObligationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "it follows from the record's entries, and is not kept",
            Self::Extra => "it is kept, and nothing in the record sets it off",
            Self::Changed => "it is not what follows from the record's entries",
        })
    }
}

impl fmt::Display for KeysProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "a key under which they are looked for is not there: the search may miss them",
            Self::Extra => "a key under which they are looked for follows from nothing that the record says",
        })
    }
}

impl fmt::Display for DraftProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverBegun => "no leaf of the ledger says that it was begun",
            Self::Author => "its author is not the one who began it",
            Self::Gone => "the ledger says that it was begun, and it is not there",
            Self::Sealed => "a part of it was changed: it does not open under its record's key",
        })
    }
}

impl fmt::Display for AccountProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverMade => "is there, and no leaf of the ledger says that it was made",
            Self::State => "is open or closed otherwise than the ledger says",
            Self::Gone => "is not there, and the ledger says that it was made",
            Self::Identity => "is not linked with an account at an identity provider as the program linked it",
        })
    }
}
