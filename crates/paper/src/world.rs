//! The world as Typst sees it: one template, one text of data, six fonts. Everything else is denied.

use std::sync::LazyLock;

use typst::{
    Feature, Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::letters::LETTERS;

/// Identifiers of files are never given back to the process, so there are two, made once.
static TEMPLATE: LazyLock<Source> =
    LazyLock::new(|| Source::new(file("paper.typ"), include_str!("paper.typ").to_owned()));
static DATA: LazyLock<FileId> = LazyLock::new(|| file("data.json"));

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    // For heads of rows, which a reader of tables by ear needs as much as heads of columns.
    let extras = [Feature::A11yExtras].into_iter().collect();
    LazyHash::new(Library::builder().with_features(extras).build())
});

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names above are plain names of files");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One document's world.
pub(crate) struct Desk {
    data: Bytes,
}

impl Desk {
    /// With this data.
    pub fn new(data: Vec<u8>) -> Self {
        Self { data: Bytes::new(data) }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &LETTERS.book
    }

    fn main(&self) -> FileId {
        TEMPLATE.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == TEMPLATE.id() { Ok(TEMPLATE.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        LETTERS.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 1.2.8, 1.3.7
    #[test]
    fn nothing_but_the_template_and_the_data_can_be_had() {
        let desk = Desk::new(b"{}".to_vec());
        let other = file("other.json");
        assert!(desk.file(*DATA).is_ok() && desk.source(TEMPLATE.id()).is_ok());
        assert!(matches!(desk.file(other), Err(FileError::AccessDenied)));
        assert!(matches!(desk.source(*DATA), Err(FileError::AccessDenied)));
        assert!(desk.today(None).is_none());
    }
}
