//! The catalogue of requirements, and which of them hold now.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::asvs;

pub const FILE: &str = "docs/requirements.csv";
pub const SCOPE_FILE: &str = "docs/requirements-scope.toml";

/// What a test can say that it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// `R-VIS-07`, or `R-TIME-X07` for a rule of the calendar: of this catalogue.
    Ours {
        /// `VIS`.
        group: String,
        /// `07`.
        number: String,
    },
    /// `ASVS 6.2.1`: of the OWASP standard (see `asvs`).
    Asvs(asvs::Number),
}

impl Id {
    /// `group` and `number` in any case; none if they do not look like an identifier's.
    pub fn new(group: &str, number: &str) -> Option<Self> {
        let number = number.to_ascii_uppercase();
        let digits = number.strip_prefix('X').unwrap_or(&number);
        let good = !group.is_empty()
            && group.bytes().all(|b| b.is_ascii_alphabetic())
            && (2..=3).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit());
        good.then(|| Self::Ours { group: group.to_ascii_uppercase(), number })
    }

    /// Every `R-VIS-07` in a piece of text, in order, each once; then every `ASVS 6.2.1`.
    pub fn all_in(text: &str) -> Vec<Self> {
        let mut ids = Self::ours_in(text);
        for number in asvs::Number::all_in(text) {
            if !ids.contains(&Self::Asvs(number)) {
                ids.push(Self::Asvs(number));
            }
        }
        ids
    }

    fn ours_in(text: &str) -> Vec<Self> {
        let mut ids = Vec::new();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            // Only capitals count here: `r-vis-07` is a CSS class or a branch name.
            let mut parts = word.splitn(4, '-');
            let (Some("R"), Some(group), Some(number)) = (parts.next(), parts.next(), parts.next()) else { continue };
            if group.bytes().all(|b| b.is_ascii_uppercase())
                && let Some(id) = Self::new(group, number)
                && !ids.contains(&id)
            {
                ids.push(id);
            }
        }
        ids
    }

    fn group(&self) -> &str {
        if let Self::Ours { group, .. } = self { group } else { "" }
    }

    fn number(&self) -> &str {
        if let Self::Ours { number, .. } = self { number } else { "" }
    }

    /// Every `r_vis_07` among the words of a function's name.
    pub fn all_in_name(name: &str) -> Vec<Self> {
        let words: Vec<&str> = name.split('_').collect();
        words.windows(3).filter(|w| w[0] == "r").filter_map(|w| Self::new(w[1], w[2])).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours { group, number } => write!(f, "R-{group}-{number}"),
            Self::Asvs(number) => write!(f, "ASVS {number}"),
        }
    }
}

#[derive(Debug)]
pub struct Requirement {
    pub id: Id,
    pub text: String,
    pub now: bool,
}

#[derive(Debug)]
pub struct Group {
    pub code: String,
    pub title: String,
    pub requirements: Vec<Requirement>,
}

/// All groups, in the order of the catalogue.
#[derive(Debug)]
pub struct Catalogue {
    pub groups: Vec<Group>,
}

impl Catalogue {
    pub fn read(root: &Path) -> Result<Self> {
        let text =
            |file: &str| std::fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"));
        Self::parse(&text(FILE)?, &text(SCOPE_FILE)?)
    }

    fn parse(catalogue: &str, scope: &str) -> Result<Self> {
        let mut groups: Vec<Group> = Vec::new();
        for row in csv::Reader::from_reader(catalogue.as_bytes()).records() {
            let row = row.with_context(|| format!("{FILE} is not the CSV that it should be"))?;
            ensure!(row.len() == 3, "{FILE}: a row has {} columns and not id, kind, text", row.len());
            let [id]: [Id; 1] = Id::ours_in(&row[0])
                .try_into()
                .map_err(|_| anyhow::anyhow!("{FILE}: {:?} is no identifier", &row[0]))?;
            let requirement = Requirement { text: row[2].to_owned(), now: false, id };
            match groups.iter_mut().find(|group| group.code == requirement.id.group()) {
                Some(group) => {
                    let twice = group.requirements.iter().any(|other| other.id == requirement.id);
                    ensure!(!twice, "{FILE}: {} stands there twice", requirement.id);
                    group.requirements.push(requirement);
                }
                None => groups.push(Group {
                    code: requirement.id.group().to_owned(),
                    title: String::new(),
                    requirements: vec![requirement],
                }),
            }
        }
        let mut catalogue = Self { groups };
        catalogue.take_scope(scope).with_context(|| format!("{SCOPE_FILE} is wrong"))?;
        Ok(catalogue)
    }

    pub fn has(&self, id: &Id) -> bool {
        self.groups.iter().any(|group| group.code == id.group() && group.requirements.iter().any(|r| r.id == *id))
    }

    fn take_scope(&mut self, scope: &str) -> Result<()> {
        let scope: toml::Table = scope.parse()?;
        for (key, value) in &scope {
            let table = value.as_table().with_context(|| format!("{key} is not a table"))?;
            for (code, value) in table {
                let group = self.groups.iter_mut().find(|group| group.code == *code);
                let group = group.with_context(|| format!("{key}.{code}: the catalogue has no group {code}"))?;
                match key.as_str() {
                    "groups" => value.as_str().context("a group's title is text")?.clone_into(&mut group.title),
                    "now" => group.take_now(value).with_context(|| format!("now.{code}"))?,
                    _ => bail!("[{key}] is neither [now] nor [groups]"),
                }
            }
        }
        Ok(())
    }
}

impl Group {
    fn take_now(&mut self, value: &toml::Value) -> Result<()> {
        let table = value.as_table().context("not a table")?;
        let mut rules = table.iter();
        let (Some((rule, value)), None) = (rules.next(), rules.next()) else {
            bail!("exactly one of all, except and only is wanted");
        };
        let numbers = match (rule.as_str(), value) {
            ("all", toml::Value::Boolean(true)) => Vec::new(),
            ("except" | "only", toml::Value::Array(numbers)) => numbers
                .iter()
                .map(|number| number.as_str().context("numbers are text, as in the catalogue"))
                .collect::<Result<Vec<_>>>()?,
            _ => bail!("all = true, except = [\"07\"] or only = [\"07\"] is wanted"),
        };
        let known: BTreeMap<&str, usize> =
            self.requirements.iter().enumerate().map(|(place, r)| (r.id.number(), place)).collect();
        let named = numbers
            .iter()
            .map(|number| known.get(number).copied().with_context(|| format!("the group has no {number}")))
            .collect::<Result<Vec<_>>>()?;
        for (place, requirement) in self.requirements.iter_mut().enumerate() {
            requirement.now = named.contains(&place) == (rule == "only");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        Id::all_in(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn identifiers_in_text() {
        assert_eq!(ids("R-VIS-07: seen (R-TIME-X07, R-TIME-105; R-VIS-07)"), ["R-VIS-07", "R-TIME-X07", "R-TIME-105"]);
        assert_eq!(ids("R-VIS-07's rule, \"R-OBS-01\""), ["R-VIS-07", "R-OBS-01"]);
        assert_eq!(ids("ASVS 6.2.1, and R-VIS-07"), ["R-VIS-07", "ASVS 6.2.1"]);
        assert_eq!(ids("r-vis-07 R-VIS R-VIS-7 R-VIS-0700 PR-VIS-07 R-VIS-0x R-vis-07"), [] as [&str; 0]);
    }

    #[test]
    fn identifiers_in_names() {
        let ids = |name: &str| Id::all_in_name(name).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(ids("r_vis_07_seen_alone_and_r_time_x07"), ["R-VIS-07", "R-TIME-X07"]);
        assert_eq!(ids("late_r_obs_01"), ["R-OBS-01"]);
        assert_eq!(ids("for_vis_07"), [] as [&str; 0]);
        assert_eq!(ids("r_7_vis"), [] as [&str; 0]);
    }

    const ROWS: &str = "id,kind,text\nR-VIS-01,ENFORCE,a\nR-VIS-02,RECORD,b\nR-OBS-01,RECORD,\"c, d\"\n";

    fn now(scope: &str) -> Result<Vec<String>> {
        let catalogue = Catalogue::parse(ROWS, scope)?;
        let all = catalogue.groups.into_iter().flat_map(|group| group.requirements);
        Ok(all.filter(|r| r.now).map(|r| r.id.to_string()).collect())
    }

    #[test]
    fn the_scope() {
        assert_eq!(now("").unwrap(), [] as [&str; 0]);
        assert_eq!(now("[now]\nVIS = { all = true }").unwrap(), ["R-VIS-01", "R-VIS-02"]);
        assert_eq!(now("[now]\nVIS = { except = [\"01\"] }").unwrap(), ["R-VIS-02"]);
        assert_eq!(now("[now]\nVIS = { only = [\"01\"] }\nOBS = { all = true }").unwrap(), ["R-VIS-01", "R-OBS-01"]);
    }

    #[test]
    fn a_wrong_scope_says_what_is_wrong() {
        for (scope, told) in [
            ("[now]\nVIS = { only = [\"07\"] }", "the group has no 07"),
            ("[now]\nXYZ = { all = true }", "no group XYZ"),
            ("[now]\nVIS = { all = false }", "is wanted"),
            ("[now]\nVIS = { all = true, only = [] }", "exactly one"),
            ("[then]\nVIS = { all = true }", "neither"),
        ] {
            let error = format!("{:#}", now(scope).unwrap_err());
            assert!(error.contains(told), "{scope}: {error}");
        }
    }

    #[test]
    fn a_row_twice_or_without_an_identifier() {
        let wrong = |rows: &str| Catalogue::parse(rows, "").unwrap_err().to_string();
        assert!(wrong("id,kind,text\nR-VIS-01,E,a\nR-VIS-01,E,b\n").contains("twice"));
        assert!(wrong("id,kind,text\nVIS-01,E,a\n").contains("no identifier"));
    }
}
