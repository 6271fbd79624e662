//! A file that has its name only when it is whole: written under another, made durable, and then given its own.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use record::Moment;
use sha2::{Digest as _, Sha256};

/// A file on its way. Dropped without [`finish`](Self::finish), it is gone.
pub struct Coming {
    part: PathBuf,
    to: PathBuf,
    file: Option<File>,
    hash: Sha256,
    bytes: u64,
}

/// What was written.
pub struct Written {
    /// Where.
    pub to: PathBuf,
    /// How many bytes.
    pub bytes: u64,
}

/// How a file that has not its name yet ends.
const PART: &str = ".part";
/// What a kill left behind is taken away when it is this old: a backup in another process may still be written.
const LEFT_OVER: Duration = Duration::from_hours(24);

impl Coming {
    /// Begins a file: `to` itself, or, where that is a folder, one in it that is named after the moment.
    pub fn begin(to: &Path, now: Moment, ending: &str) -> anyhow::Result<Self> {
        let to = if to.is_dir() {
            sweep(to);
            to.join(format!("lifestory-{}.{ending}", now.utc().strftime("%Y%m%dT%H%M%SZ")))
        } else {
            to.to_owned()
        };
        anyhow::ensure!(
            !to.exists(),
            "there is a file {} already, and a backup never replaces anything. Give another name, or a folder",
            to.display()
        );
        let mut name = to.file_name().context("--to must name a file or a folder")?.to_owned();
        name.push(format!(".{}{PART}", std::process::id()));
        let part = to.with_file_name(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).with_context(|| {
            format!("{} cannot be written: is the folder there, and may this user write in it?", part.display())
        })?;
        Ok(Self { part, to, file: Some(file), hash: Sha256::new(), bytes: 0 })
    }

    /// Makes it durable and gives it its name, with the sum of its bytes beside it in the form of `sha256sum`.
    pub fn finish(mut self) -> anyhow::Result<Written> {
        let sum = self.hash.clone().finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let file = self.file.take().context("the file is not open any more")?;
        file.sync_all().context("the disk does not keep what was written")?;
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::rename(&self.part, &self.to)?;
        sync_folder(folder)?;
        let name = self.to.file_name().unwrap_or_default().to_string_lossy();
        let beside = sum_of(&self.to);
        let part = beside.with_extension(format!("sha256.{}{PART}", std::process::id()));
        let mut sums = File::create(&part)?;
        writeln!(sums, "{sum}  {name}")?;
        sums.sync_all()?;
        fs::rename(&part, &beside)?;
        sync_folder(folder)?;
        Ok(Written { to: self.to.clone(), bytes: self.bytes })
    }
}

impl Write for Coming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or_else(|| io::Error::other("the file is not open any more"))?;
        let written = file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        // After the renaming there is nothing of this name.
        fs::remove_file(&self.part).ok();
    }
}

/// Where the sum of a file's bytes stands.
pub fn sum_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".sha256");
    file.with_file_name(name)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Takes away what a kill left in the folder long ago.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let old = entry.metadata().and_then(|about| about.modified()).ok().and_then(|when| when.elapsed().ok());
        if name.starts_with("lifestory-") && name.ends_with(PART) && old.is_some_and(|old| old > LEFT_OVER) {
            // It only takes room; the next backup tries again.
            fs::remove_file(entry.path()).ok();
        }
    }
}
