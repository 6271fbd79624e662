//! The formats that are taken.

use policy::FileKind;

/// A format that is taken. What is not here is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// `WebP`.
    WebP,
    /// GIF; only the first picture of a moving one is shown.
    Gif,
    /// PDF.
    Pdf,
    /// A text of Word.
    Docx,
    /// A table of Excel.
    Xlsx,
    /// Slides of `PowerPoint`.
    Pptx,
    /// A text with macros.
    Docm,
    /// A table with macros.
    Xlsm,
    /// Slides with macros.
    Pptm,
    /// An `OpenDocument` text.
    Odt,
    /// An `OpenDocument` table.
    Ods,
    /// `OpenDocument` slides.
    Odp,
    /// MPEG audio.
    Mp3,
    /// AAC in an MP4, as telephones record.
    M4a,
    /// Uncompressed sound.
    Wav,
    /// Ogg: Vorbis or Opus.
    Ogg,
    /// MP4.
    Mp4,
    /// `QuickTime`.
    Mov,
    /// `WebM` and Matroska.
    WebM,
}

impl Format {
    /// What people think of it as.
    pub const fn kind(self) -> FileKind {
        match self {
            Self::Png | Self::Jpeg | Self::WebP | Self::Gif => FileKind::Picture,
            Self::Pdf => FileKind::Pdf,
            Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Docm
            | Self::Xlsm
            | Self::Pptm
            | Self::Odt
            | Self::Ods
            | Self::Odp => FileKind::Office,
            Self::Mp3 | Self::M4a | Self::Wav | Self::Ogg => FileKind::Sound,
            Self::Mp4 | Self::Mov | Self::WebM => FileKind::Video,
        }
    }

    /// The media type with which it is sent.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Docm => "application/vnd.ms-word.document.macroEnabled.12",
            Self::Xlsm => "application/vnd.ms-excel.sheet.macroEnabled.12",
            Self::Pptm => "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Ogg => "audio/ogg",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }

    /// The ends that names of such files have; the first is given where there is none.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::WebP => &["webp"],
            Self::Gif => &["gif"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Docm => &["docm"],
            Self::Xlsm => &["xlsm"],
            Self::Pptm => &["pptm"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
            Self::Mp3 => &["mp3"],
            Self::M4a => &["m4a"],
            Self::Wav => &["wav"],
            Self::Ogg => &["ogg", "oga", "opus"],
            Self::Mp4 => &["mp4", "m4v", "3gp"],
            Self::Mov => &["mov"],
            Self::WebM => &["webm", "mkv"],
        }
    }
}
