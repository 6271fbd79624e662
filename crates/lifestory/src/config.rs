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
    },
    /// Check the whole database against its ledger, facts included.
    Verify {
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
    /// Look after the index of words, in which the pages search.
    ///
    /// It stands apart from the record, holds nothing that is not there, and is never backed up.
    Words {
        /// What to do with it.
        #[command(subcommand)]
        what: Words,
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
    /// Say every mistake of a pack at its file, line and column.
    Check {
        /// The pack's name.
        pack: String,
        /// The folder of packs; those that the program carries when not given.
        #[arg(long)]
        packs: Option<PathBuf>,
    },
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
    /// The policy pack.
    #[arg(long, default_value = "rochdale", env = "LIFESTORY_PACK")]
    pub pack: String,
    /// A folder of packs of your own; those that the program carries when not given.
    #[arg(long, env = "LIFESTORY_PACKS")]
    pub packs: Option<PathBuf>,
}
