//! How people sign in (R-ACC-02): which ways there are, when an account that nobody uses is closed, and after how long
//! somebody is asked again who they are before something leaves.

use std::collections::BTreeSet;

use serde::Deserialize;

/// A way of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A passkey: a device that knows its owner.
    Passkey,
    /// A username and a password, and nothing more.
    Password,
    /// A username, a password, and a code that an app on a telephone shows for half a minute.
    PasswordAndCode,
    /// An account of the authority's own, at the identity provider that whoever runs the program names. Without one it is
    /// offered to nobody.
    SingleSignOn,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::Password, Self::PasswordAndCode, Self::SingleSignOn];

    /// The name that packs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::PasswordAndCode => "password-and-code",
            Self::SingleSignOn => "single-sign-on",
        }
    }

    /// What people call it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Passkey => "a passkey",
            Self::Password => "a password alone",
            Self::PasswordAndCode => "a password with a code",
            Self::SingleSignOn => "single sign-on",
        }
    }
}

/// What a pack says of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRules {
    /// The ways that are open. Whoever has none of them yet signs in with their password and adds one before anything
    /// else.
    pub ways: BTreeSet<Way>,
    /// After how many days without signing in an account is closed. 0: never.
    pub dormant_after_days: u32,
    /// How many minutes ago somebody must have proved who they are before something leaves: before printing, an export, a
    /// protected address. 0: each time anew.
    pub again_after_minutes: u32,
    /// How many minutes a session of somebody of support lasts, whatever they do in it.
    pub support_session_minutes: u32,
    /// For how many hours a first password lets its bearer in, who then chooses one of their own.
    pub first_password_hours: u32,
    /// Where it comes from.
    pub source: Vec<String>,
}

/// How many hours a first password lives where a pack does not say.
pub const FIRST_PASSWORD_HOURS: u32 = 72;

/// How long a session of support lasts where a pack does not say.
pub const SUPPORT_SESSION_MINUTES: u32 = 60;

impl Default for SignInRules {
    /// For a pack that says nothing: every way, no account is closed, and twenty minutes.
    fn default() -> Self {
        Self {
            ways: Way::ALL.into_iter().collect(),
            dormant_after_days: 0,
            again_after_minutes: 20,
            support_session_minutes: SUPPORT_SESSION_MINUTES,
            first_password_hours: FIRST_PASSWORD_HOURS,
            source: Vec::new(),
        }
    }
}

impl SignInRules {
    /// How support signs in: as everybody does, but not with an account of the authority's, whose people they are not, and
    /// never with a password alone where there is another way. A pack leaves a way beside single sign-on.
    #[must_use]
    pub fn for_support(&self) -> Self {
        let mut rules = self.clone();
        for way in [Way::SingleSignOn, Way::Password] {
            if rules.ways.len() > 1 {
                rules.ways.remove(&way);
            }
        }
        rules
    }

    /// Whether this way is open.
    pub fn allows(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-ACC-02: whatever a pack opens, support never comes in with an account of the authority's, nor by a password alone
    /// where there is another way.
    #[test]
    fn r_acc_02_support_signs_in_by_no_account_of_the_authority() {
        let of = |ways: &[Way]| SignInRules { ways: ways.iter().copied().collect(), ..SignInRules::default() };
        let left = |ways: &[Way]| of(ways).for_support().ways.into_iter().collect::<Vec<_>>();
        assert_eq!(left(&Way::ALL), [Way::Passkey, Way::PasswordAndCode]);
        assert_eq!(left(&[Way::Passkey, Way::SingleSignOn]), [Way::Passkey]);
        assert_eq!(left(&[Way::Password, Way::SingleSignOn]), [Way::Password], "there is no other");
        assert_eq!(left(&[Way::Password]), [Way::Password]);
        assert!(of(&Way::ALL).allows(Way::SingleSignOn));
    }
}
