//! The lists of codes that the sets use. The caller owns the lists (they are policy); this module only asks.

/// What a list says of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Offered today.
    Current,
    /// No longer offered, still understood.
    Withdrawn,
    /// Not in the list.
    Unknown,
}

/// The caller's lists of codes. `list` is one of the names in [`list`].
pub trait Codes {
    /// What the list says of the code, which comes trimmed and in capitals.
    fn knows(&self, list: &str, code: &str) -> Known;
}

/// The names by which [`Codes::knows`] is asked.
pub mod list {
    /// SEX.
    pub const SEX: &str = "sex";
    /// ETHNIC.
    pub const ETHNICITY: &str = "ethnicity";
    /// UPN, where it gives a reason instead of a number.
    pub const UPN_UNKNOWN: &str = "upn-unknown";
    /// LS.
    pub const LEGAL_STATUS: &str = "legal-status";
    /// CIN.
    pub const CATEGORY_OF_NEED: &str = "category-of-need";
    /// PLACE.
    pub const PLACEMENT_TYPE: &str = "placement-type";
    /// `PLACE_PROVIDER`.
    pub const PLACEMENT_PROVIDER: &str = "placement-provider";
    /// RNE.
    pub const REASON_NEW_EPISODE: &str = "reason-new-episode";
    /// REC.
    pub const REASON_EPISODE_CEASED: &str = "reason-episode-ceased";
    /// `REASON_PLACE_CHANGE`.
    pub const REASON_PLACEMENT_CHANGE: &str = "reason-placement-change";
    /// `REVIEW_CODE`.
    pub const REVIEW_PARTICIPATION: &str = "review-participation";
    /// MISSING.
    pub const MISSING_TYPE: &str = "missing-type";

    /// All of them, so that a caller can prove that it has each.
    pub const ALL: [&str; 12] = [
        SEX,
        ETHNICITY,
        UPN_UNKNOWN,
        LEGAL_STATUS,
        CATEGORY_OF_NEED,
        PLACEMENT_TYPE,
        PLACEMENT_PROVIDER,
        REASON_NEW_EPISODE,
        REASON_EPISODE_CEASED,
        REASON_PLACEMENT_CHANGE,
        REVIEW_PARTICIPATION,
        MISSING_TYPE,
    ];
}

/// Codes that left the collection before today's lists were drawn up. Only the wording of a remark hangs on this:
/// a code in neither place is taken as received too, and called unknown.
const OLDER: [(&str, &[&str]); 4] = [
    (list::SEX, &["1", "2"]),                                   // M and F from 2024/25
    (list::REASON_EPISODE_CEASED, &["E1", "E4", "E43", "E44"]), // split into E11 and E12, E4A and E4B, E45 to E48
    (list::PLACEMENT_TYPE, &["A1", "A2", "F1", "F2", "F3", "F4", "F5", "F6", "H3", "H4", "M1", "M2", "M3", "Q1", "Q2"]),
    (list::LEGAL_STATUS, &["V1"]),
];

/// What is known of a code, the caller's list first.
pub(super) fn ask(codes: &dyn Codes, list: &str, code: &str) -> Known {
    match codes.knows(list, code) {
        Known::Unknown if OLDER.iter().any(|(of, older)| *of == list && older.contains(&code)) => Known::Withdrawn,
        answer => answer,
    }
}
