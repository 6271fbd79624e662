//! What the program can be told on the command line or by the environment.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The record of a child's life with a children's service.
#[derive(Debug, Parser)]
#[command(name = "lifestory", version)]
pub struct Program {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages over a database; the first time, make it with its first administrator.
    Serve {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
        /// The port on 127.0.0.1; put a reverse proxy with HTTPS in front.
        #[arg(long, default_value_t = 8040, env = "LIFESTORY_PORT")]
        port: u16,
        /// The browser reaches the pages by HTTPS, through a proxy.
        #[arg(long, env = "LIFESTORY_HTTPS")]
        https: bool,
        /// The address at which people open the pages. Passkeys are made for it; without one nobody is offered any.
        #[arg(long, value_name = "URL", env = "LIFESTORY_PAGES")]
        pages: Option<String>,
        /// The identity provider for single sign-on.
        #[command(flatten)]
        single_sign_on: SingleSignOnArgs,
        /// The virus scanner: clamd's host:port, or the path of its socket. Without one, files say that they were not scanned.
        #[arg(long, env = "LIFESTORY_SCANNER")]
        scanner: Option<String>,
        /// The largest file that is taken, in megabytes, where that is less than the pack says.
        #[arg(long, env = "LIFESTORY_LARGEST_FILE")]
        largest_file: Option<u64>,
    },
    /// Serve a demonstration over an invented authority. Nothing in it is real.
    Demo {
        /// The folder of the demonstration; a new temporary one when not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Keep it in PostgreSQL instead of a file.
        #[arg(long)]
        database: Option<String>,
        /// The port on 127.0.0.1; 0 takes any free one.
        #[arg(long, default_value_t = 8040)]
        port: u16,
        /// How many children.
        #[arg(long, default_value_t = 300)]
        children: usize,
        /// The same seed and day give the same past.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The identity provider for single sign-on; without one the demonstration has none.
        #[command(flatten)]
        single_sign_on: SingleSignOnArgs,
    },
    /// Check the whole database against its ledger, facts included.
    Verify {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Take a backup of the whole record, sealed for a key whose private half is not here.
    ///
    /// It is of one moment, and work goes on meanwhile. The record's own keys are not in it: `backup keys` takes those.
    Backup(BackupArgs),
    /// Restore a backup into an empty place, and prove it there before it may be served.
    Restore(RestoreArgs),
    /// Say where the ledger stands, signed: a few lines to keep elsewhere, against which a restore is checked.
    Checkpoint {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Make the extract from which everything is counted, now.
    ///
    /// The pages make it by themselves, when they start and once a day. It holds coded facts and answers in a SQLite
    /// file of its own, for whoever works with numbers: no narrative, no name.
    Extract {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Send the daily e-mail of what is late or due to those who asked for it: numbers and kinds, and where to look.
    ///
    /// For a timer, as often as one likes: nobody is mailed twice for one day, and what failed is tried again. There is
    /// no child in it, no name, and nothing from a record.
    Digest {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
        /// How mail is sent.
        #[command(flatten)]
        mail: MailArgs,
    },
    /// Look after the index of words, in which the pages search.
    ///
    /// It stands apart from the record, holds nothing that is not there, and is never backed up.
    Words {
        /// What to do with it.
        #[command(subcommand)]
        what: Words,
    },
    /// Look after accounts, when nobody is left who can do it on the pages.
    Account {
        /// What to do.
        #[command(subcommand)]
        what: Account,
    },
    /// Take another system's data into records.
    Import {
        /// What kind of data.
        #[command(subcommand)]
        what: Import,
    },
    /// Look at policy packs.
    Policy {
        /// What to do with them.
        #[command(subcommand)]
        what: Policy,
    },
}

/// The identity provider at which people have accounts of the authority's own (`OpenID` Connect).
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are called as the options are")]
pub struct SingleSignOnArgs {
    /// The address of the identity provider, to the letter as it gives it as its issuer. Accounts there can then be linked
    /// with accounts here; without one, nobody is offered that.
    #[arg(
        long,
        value_name = "URL",
        env = "LIFESTORY_SINGLE_SIGN_ON",
        requires_all = ["single_sign_on_client", "single_sign_on_secret_file"]
    )]
    pub single_sign_on: Option<String>,
    /// How Lifestory is known there (client ID).
    #[arg(long, value_name = "ID", env = "LIFESTORY_SINGLE_SIGN_ON_CLIENT")]
    pub single_sign_on_client: Option<String>,
    /// A file with the client's secret, which nobody but its owner can read.
    #[arg(long, value_name = "FILE", env = "LIFESTORY_SINGLE_SIGN_ON_SECRET_FILE")]
    pub single_sign_on_secret_file: Option<PathBuf>,
    /// What people call their account there, as in «Sign in with Northmoor account».
    #[arg(long, value_name = "NAME", env = "LIFESTORY_SINGLE_SIGN_ON_NAME", default_value = "your work account")]
    pub single_sign_on_name: String,
}

/// How mail is sent.
#[derive(Debug, Args)]
pub struct MailArgs {
    /// The mail server: `smtps://mail.council.gov.uk`, `smtp://mail.council.gov.uk:587?tls=required`, or
    /// `smtp://127.0.0.1:25` for one on this machine.
    #[arg(long, value_name = "URL", env = "LIFESTORY_SMTP")]
    pub smtp: String,
    /// The user name there, where it wants one.
    #[arg(long, env = "LIFESTORY_SMTP_USER", requires = "smtp_password_file")]
    pub smtp_user: Option<String>,
    /// A file with the password there.
    #[arg(long, value_name = "FILE", env = "LIFESTORY_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// From whom the e-mail is: `Lifestory <lifestory@council.gov.uk>`.
    #[arg(long, value_name = "ADDRESS", env = "LIFESTORY_MAIL_FROM")]
    pub mail_from: String,
    /// The address at which people open the pages.
    #[arg(long, value_name = "URL", env = "LIFESTORY_PAGES")]
    pub pages: String,
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Open an account again that was closed, or that nobody used for too long.
    Open {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
        /// The username.
        username: String,
    },
}

/// What can be done with the index of words.
#[derive(Debug, Subcommand)]
pub enum Words {
    /// Throw it away and gather it again; the pages may be served meanwhile.
    Rebuild {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Say how fresh it is.
    Status {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// What a backup is made of and for.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BackupArgs {
    /// Something else to do with backups.
    #[command(subcommand)]
    pub what: Option<Backup>,
    /// Where the record is kept.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Where to.
    #[command(flatten)]
    pub to: BackupTo,
}

/// Where a backup is written to, and who can open it.
#[derive(Debug, Args)]
pub struct BackupTo {
    /// The file to write, or a folder that is there: then the file is named after the time.
    #[arg(long, value_name = "FILE OR FOLDER", env = "LIFESTORY_BACKUP_TO")]
    pub to: Option<PathBuf>,
    /// The public key that can open it (`age1…`, from `backup new-key`); several, and each can.
    #[arg(long = "for", value_name = "PUBLIC KEY", value_delimiter = ',', env = "LIFESTORY_BACKUP_FOR")]
    pub recipients: Vec<String>,
}

/// What else is done with backups.
#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Make a key pair for backups: the private half into a file for the safe, the public half is shown.
    NewKey {
        /// The file that the private half is written to.
        file: PathBuf,
    },
    /// Put the record's own keys into a sealed file of their own. Once, and after every change of them.
    Keys {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
        /// Where to.
        #[command(flatten)]
        to: BackupTo,
    },
    /// Read a backup through and say whether it is whole. Changes nothing.
    ///
    /// Without a private key only the sum of its bytes is checked, which the machine that keeps it can do.
    Check {
        /// The backup.
        file: PathBuf,
        /// A file with the private half of the key that it is sealed for.
        #[arg(long, value_name = "FILE")]
        private_key: Vec<PathBuf>,
        /// The folder of the record's keys: then it is also checked that this record made it.
        #[arg(long)]
        keys: Option<PathBuf>,
    },
}

/// What is restored, where, and what it is held to.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup.
    pub file: PathBuf,
    /// A file with the private half of the key that it is sealed for; again for that of the keys, if it is another.
    #[arg(long, value_name = "FILE", required = true)]
    pub private_key: Vec<PathBuf>,
    /// The file that `backup keys` wrote; not needed where the record's key folder is in place already.
    #[arg(long, value_name = "FILE")]
    pub keys_file: Option<PathBuf>,
    /// Where the record will be kept: an empty place.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Refuse a backup of any other record than this (the identifier that every backup shows).
    #[arg(long, value_name = "RECORD")]
    pub expect: Option<String>,
    /// Refuse a backup that was taken before this day or moment (2026-03-03, or 2026-03-03T15:20:00Z).
    #[arg(long, value_name = "TIME")]
    pub not_before: Option<String>,
    /// A checkpoint that was kept elsewhere: refuse a backup that does not reach it or does not continue to it.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Take an older backup all the same; what was written after it is lost.
    #[arg(long)]
    pub go_back: bool,
    /// Serve it though so many things in it are wrong, as the last try counted them.
    #[arg(long, value_name = "HOW MANY", default_value_t = 0)]
    pub accept: usize,
}

/// Kinds of data that can be taken in.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// The yearly return of children looked after, as CSV files.
    Ssda903 {
        /// Where the record is kept.
        #[command(flatten)]
        place: PlaceArgs,
        /// The team that receives the children, by its name.
        #[arg(long)]
        team: String,
        /// Where to write what is to check and what was refused, line by line.
        #[arg(long, default_value = "lifestory-import.txt")]
        report: PathBuf,
        /// Folders with CSV files, one for each year or all in one.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
}

/// What can be done with packs.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Say every mistake of a pack at its file, line and column. Ends with 1 if there is one.
    Check {
        /// The pack: its folder (`./northmoor`), or its name.
        pack: String,
        /// The folder in which packs are looked for by name; the program has some of its own.
        #[arg(long, env = "LIFESTORY_PACKS")]
        packs: Option<PathBuf>,
    },
    /// Show what a pack says, in plain words: all of it in short, or one thing whole.
    ///
    /// `policy show ./northmoor` lists what there is; `policy show ./northmoor form visit` shows the form with its questions.
    Show {
        /// The pack: its folder (`./northmoor`), or its name.
        pack: String,
        /// What to show; everything in short when not given.
        part: Option<Part>,
        /// Which one, by its name; all of them in short when not given.
        name: Option<String>,
        /// The folder in which packs are looked for by name; the program has some of its own.
        #[arg(long, env = "LIFESTORY_PACKS")]
        packs: Option<PathBuf>,
    },
    /// Show the files of which a pack is made, as they are written, to copy from; one that extends another has its own alone.
    ///
    /// `policy files england` lists them; `policy files england forms/visit.toml` shows that one.
    Files {
        /// The pack: its folder (`./northmoor`), or its name.
        pack: String,
        /// Which file; all of them are listed when not given.
        file: Option<String>,
        /// The folder in which packs are looked for by name; the program has some of its own.
        #[arg(long, env = "LIFESTORY_PACKS")]
        packs: Option<PathBuf>,
    },
    /// Compare two packs in plain words, and say what would hurt where the second took the place of the first.
    ///
    /// Ends with 1 where the second cannot take the place of the first.
    Diff {
        /// The pack as it is: its folder, its name, or `in-force` for the one in force in the place.
        old: String,
        /// The pack as it would be: its folder, or its name.
        new: String,
        /// Say also how many entries and facts of the place have what is gone.
        #[arg(long)]
        in_use: bool,
        /// Where the record is kept; looked into only for `in-force` and `--in-use`.
        #[command(flatten)]
        place: Box<PlaceArgs>,
    },
    /// Say what a record would owe under a pack, beside what it owes under the one in force. Nothing of it is kept.
    ///
    /// It reads the record, and the record says so for ever: by the program, and under which pack.
    Simulate {
        /// The pack: its folder (`./northmoor`), or its name.
        #[arg(value_name = "PACK")]
        then: String,
        /// The record's number, as people see it (`10482`, `R-10482`).
        #[arg(long, value_name = "NUMBER", value_parser = record_number)]
        record: i64,
        /// Where the record is kept.
        #[command(flatten)]
        place: Box<PlaceArgs>,
    },
    /// Offer a pack to the organisation of a place: it is kept there, and waits until somebody approves it on the pages.
    ///
    /// `lifestory serve` does the same when it is started with a pack; this needs no new start. A broken pack is refused,
    /// and what is in force goes on.
    Offer {
        /// The pack: its folder (`./northmoor`), or its name.
        new: String,
        /// Where the record is kept.
        #[command(flatten)]
        place: Box<PlaceArgs>,
    },
}

/// A record's number.
fn record_number(text: &str) -> Result<i64, String> {
    casework::records::number_typed(text)
        .ok_or_else(|| format!("`{text}` is no number of a record; write it as the pages show it, like R-10482"))
}

/// A part of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Forms, with their questions.
    Form,
    /// Lists, with their codes.
    List,
    /// Roles, with what they may do.
    Role,
    /// Kinds of fact.
    Fact,
    /// What must be done by when.
    Clock,
    /// Writing help.
    Guidance,
    /// What things are called.
    Word,
}

/// Where the record is kept.
#[derive(Clone, Debug, Args)]
pub struct PlaceArgs {
    /// The folder of an embedded database (SQLite), and of the keys where no other folder is given.
    #[arg(long, default_value = "lifestory-data", env = "LIFESTORY_DATA")]
    pub data: PathBuf,
    /// A PostgreSQL connection string, instead of an embedded database.
    #[arg(long, env = "LIFESTORY_DATABASE")]
    pub database: Option<String>,
    /// The folder of the keys. Whoever has the database and this folder can read everything.
    #[arg(long, env = "LIFESTORY_KEYS")]
    pub keys: Option<PathBuf>,
    /// The folder where the sealed bytes of files lie; `files` beside an embedded database when not given. Several
    /// programs over one PostgreSQL share it.
    #[arg(long, env = "LIFESTORY_FILES")]
    pub files: Option<PathBuf>,
    /// The file of the extract that counts are made from; `extract.db` in the folder of the data when not given.
    #[arg(long, env = "LIFESTORY_EXTRACT")]
    pub extract: Option<PathBuf>,
    /// The policy pack: its folder (`./northmoor`), or its name. A new place begins with it; where one is in force already,
    /// another is offered, and waits until somebody approves it.
    #[arg(long, env = "LIFESTORY_PACK")]
    pub pack: Option<String>,
    /// The folder in which packs are looked for by name; the program has some of its own.
    #[arg(long, env = "LIFESTORY_PACKS")]
    pub packs: Option<PathBuf>,
}
