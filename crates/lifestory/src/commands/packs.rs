//! Finding a policy pack that somebody names on the command line.

use std::{path::Path, sync::Arc};

use policy::{
    Folder, Mistake, Pack, Sources as _, embedded,
    load::{Embedded, Over, SourceFile},
};

use crate::config::PlaceArgs;

/// A pack by its name, and where its files are: a folder of the authority's, with what it extends beside it or in the
/// program, or the program alone.
pub struct Named {
    id: String,
    sources: Over<Option<Folder>, Embedded>,
}

impl Named {
    /// `northmoor` is a pack in the folder of packs, if one is given, or carried by the program; `./northmoor`, `/etc/packs/northmoor`
    /// is a folder.
    pub fn find(named: &str, packs: Option<&Path>) -> anyhow::Result<Self> {
        let is_path = named.contains(['/', '\\', '.']);
        if !is_path {
            let folder = packs.map(|packs| Folder(packs.to_owned()));
            return Ok(Self { id: named.to_owned(), sources: Over(folder, embedded()) });
        }
        let there =
            Path::new(named).canonicalize().ok().filter(|there| there.is_dir()).ok_or_else(|| {
                anyhow::anyhow!("there is no folder {named}. A pack is a folder with a pack.toml in it")
            })?;
        let id = there.file_name().map(|name| name.to_string_lossy().into_owned());
        let (Some(id), Some(beside)) = (id, there.parent()) else {
            anyhow::bail!("{named} is no folder of a pack: a pack's folder has the pack's name");
        };
        Ok(Self { id, sources: Over(Some(Folder(beside.to_owned())), embedded()) })
    }

    /// The pack's name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether there is such a pack at all.
    pub fn is_there(&self) -> bool {
        self.sources.has(&self.id)
    }

    /// Its own files, as they are written.
    pub fn files(&self) -> anyhow::Result<Vec<SourceFile>> {
        Ok(self.sources.files(&self.id)?)
    }

    /// Loads it, with everything that is wrong with it.
    pub fn load(&self) -> Result<Arc<Pack>, Vec<Mistake>> {
        let pack = policy::load(&self.sources, &self.id)?;
        let wanting: Vec<Mistake> = record::known::wanting(&pack)
            .into_iter()
            .map(|message| Mistake { file: self.place(), line: 1, column: 1, message })
            .collect();
        if wanting.is_empty() { Ok(Arc::new(pack)) } else { Err(wanting) }
    }

    fn place(&self) -> String {
        self.sources.place(&self.id, "pack.toml")
    }
}

/// Every mistake, one a line.
pub fn in_lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Loads a pack, or says everything that is wrong with it.
pub fn load(named: &str, packs: Option<&Path>) -> anyhow::Result<Arc<Pack>> {
    let named = Named::find(named, packs)?;
    named.load().map_err(|mistakes| {
        anyhow::anyhow!(
            "the policy pack «{}» cannot be used:\n{}\nPut right what is said, and check again: one mistake can hide another.",
            named.id(),
            in_lines(&mistakes)
        )
    })
}

/// The pack that the arguments name for a place where none is in force yet.
pub fn named(args: &PlaceArgs) -> anyhow::Result<Arc<Pack>> {
    load(args.pack.as_deref().unwrap_or(policy::DEFAULT), args.packs.as_deref())
}

/// A pack as people speak of it.
pub fn called(pack: &Pack) -> String {
    format!("{} (`{}`, version {})", pack.title(), pack.id(), pack.version())
}
