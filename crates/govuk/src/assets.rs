//! The design system's style sheet and script, as the program carries them.
//!
//! They come from the npm package `govuk-frontend` by lock file; `build.rs` puts a system font in
//! the place of GDS Transport and takes out the crest, neither of which may be used outside
//! GOV.UK. An address holds a hash of what it serves, so it can be kept for ever.

/// A file to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its address, with a hash of its content: `/assets/govuk-1a2b3c4d.css`.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
    /// Its entity tag, quotes included.
    pub etag: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Everything that a server of pages made with this crate has to serve.
pub const ALL: &[Asset] = &[CSS, JS];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_belongs_to_gov_uk_is_left() {
        let css = std::str::from_utf8(CSS.bytes).expect("a style sheet is text");
        for forbidden in ["GDS Transport", "@font-face", "url(", "govuk-crest", "sourceMappingURL"] {
            assert!(!css.contains(forbidden), "{forbidden}");
        }
        assert!(css.contains("@media print"));
        assert!(css.contains("system-ui"));
        assert_eq!(css.matches('{').count(), css.matches('}').count());
    }

    #[test]
    fn an_address_holds_the_hash_of_what_it_serves() {
        for asset in ALL {
            let hash = asset.path.split(['-', '.']).nth(1).expect("a hash follows the name");
            assert_eq!(hash.len(), 8, "{}", asset.path);
            assert!(asset.etag.starts_with(&format!("\"{hash}")), "{}", asset.etag);
            assert!(!asset.bytes.is_empty());
        }
    }
}
