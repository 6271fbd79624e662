//! Why a file is not taken, in words for whoever sends it.

/// Why a file is not taken. What it says is for the person, at the box; nothing of the file is in it.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No bytes.
    #[error("This file is empty. Choose it again")]
    Empty,
    /// Nothing that is taken begins like this.
    #[error(
        "This is not a kind of file that can be kept here. Pictures (PNG, JPEG, WebP, GIF), PDF, office documents since 2007, sound and video can be"
    )]
    Unknown,
    /// A program.
    #[error("This is a program, or has one inside. Programs cannot be kept here")]
    Program,
    /// A picture of a kind that telephones make and browsers do not show.
    #[error(
        "This picture is in a form (HEIC or AVIF) that not everybody can open. Save or send it as JPEG, and choose it again"
    )]
    Heic,
    /// An office document of before 2007, or one with a password: they look the same from outside.
    #[error(
        "This document is from before 2007 or has a password. Open it, save it without a password as a newer document or as PDF, and choose it again"
    )]
    OldOffice,
    /// An archive.
    #[error("This is an archive of files. Take the files out of it, and add those that belong here one by one")]
    Archive,
    /// Macros, where the pack refuses them.
    #[error("This document has a macro, a program inside. Save it without macros or as PDF, and choose it again")]
    Macro,
    /// An archive that unpacks to more than makes sense, holds too many parts, or archives in archives.
    #[error(
        "This document unpacks to far more than a document needs, so it was not opened. Save it as PDF, and choose it again"
    )]
    Bomb,
    /// A picture with more points than can be shown.
    #[error(
        "This picture has too many points to be shown (at most 20,000 each way and 64 million in all). Make it smaller, and choose it again"
    )]
    PictureTooLarge,
    /// Two kinds of file in one.
    #[error(
        "This file can be read as two different kinds of file at once, which no ordinary program makes. It cannot be kept here"
    )]
    TwoKinds,
    /// It begins as one kind and goes on as none.
    #[error(
        "This file is damaged or was cut short: it begins like {0} and cannot be read to its end. Choose it again, or open and save it first"
    )]
    Damaged(&'static str),
    /// The disk or its seal.
    #[error("The file could not be read back: {0}")]
    Io(#[from] std::io::Error),
}
