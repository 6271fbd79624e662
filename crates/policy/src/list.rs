//! Lists of codes: the pack's own and the national ones.

/// A list of codes, in the order in which people should see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Stable name, for example `legal-status`.
    pub id: String,
    /// The codes.
    pub items: Vec<Item>,
}

impl List {
    /// The item of this code.
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }
}

/// One code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Stored, never changed.
    pub code: String,
    /// Shown.
    pub label: String,
    /// What it is called from the other person's side, for relationships: `mother` has the inverse `child`.
    pub inverse: Option<String>,
    /// The heading that it stands under, where a list has groups.
    pub group: Option<String>,
    /// No longer offered, still understood.
    pub withdrawn: bool,
}
