//! The daily e-mail to those who ask for it: how much of what kind is late or due, and where to look. It goes through
//! machines that are not ours, so there is no child in it, no name, and nothing from a record.

use std::collections::BTreeMap;

use policy::Capability;
use record::{read::FieldProblem, typed::Name};
use store::{Digest, ListOf};

use crate::{
    authorising,
    caseload::{
        listed, news,
        owed::{self, Due, When},
    },
    desk::{CaseError, Desk},
    right::asking,
};

/// What one e-mail says: numbers, and kinds of things in the words of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Late, by kind.
    pub late: BTreeMap<String, usize>,
    /// Due today or tomorrow, by kind.
    pub soon: BTreeMap<String, usize>,
    /// The time of its reminder has come, by kind.
    pub coming: BTreeMap<String, usize>,
    /// What waits for this person's answer.
    pub to_answer: usize,
    /// What colleagues wrote and they have not read.
    pub unread: usize,
    /// Whether something happened to their own account since the last e-mail: what, they see when they sign in.
    pub account: bool,
}

impl Told {
    /// Whether there is nothing to say.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, due: &Due, desk: &Desk) {
        let part = match due.when(desk.now.day()) {
            When::Late => &mut self.late,
            When::Today | When::Tomorrow => &mut self.soon,
            When::Coming => &mut self.coming,
            When::Later | When::NoDate => return,
        };
        *part.entry(due.what.clone()).or_default() += 1;
    }

    /// «3 late, 2 due today or tomorrow».
    pub fn subject(&self) -> String {
        let sum = |part: &BTreeMap<String, usize>| part.values().sum::<usize>();
        let said: Vec<String> = [
            (sum(&self.late), "late"),
            (sum(&self.soon), "due today or tomorrow"),
            (sum(&self.coming), "coming up"),
            (self.to_answer, "waiting for your answer"),
            (self.unread, "not read yet"),
        ]
        .into_iter()
        .filter(|(many, _)| *many > 0)
        .map(|(many, what)| format!("{many} {what}"))
        .chain(self.account.then(|| "something about your account".to_owned()))
        .collect();
        format!("Lifestory: {}", said.join(", "))
    }

    /// The whole text, with the address of the pages.
    pub fn text(&self, pages: &str) -> String {
        let mut lines = Vec::new();
        if self.account {
            let told = "Something happened to your account, or somebody tried to sign in to it. What it was is shown when you sign in.";
            lines.extend([told.to_owned(), String::new()]);
        }
        for (title, part) in [("Late", &self.late), ("Due today or tomorrow", &self.soon), ("Coming up", &self.coming)]
        {
            if !part.is_empty() {
                lines.push(format!("{title}: {}", part.values().sum::<usize>()));
                lines.extend(part.iter().map(|(what, many)| format!("  {what}: {many}")));
                lines.push(String::new());
            }
        }
        for (title, many) in [
            ("Waiting for your answer", self.to_answer),
            ("Written by colleagues, and not read by you yet", self.unread),
        ] {
            if many > 0 {
                lines.extend([format!("{title}: {many}"), String::new()]);
            }
        }
        let pages = pages.trim_end_matches('/');
        lines.push(format!("For whom and by when: {pages}/my-work/owed"));
        lines.push(String::new());
        lines.push(format!("You asked for this e-mail. To change or stop it: {pages}/account"));
        lines.join("\n") + "\n"
    }
}

/// What this person's e-mail says now; none for somebody whose account is closed, or who sees no record.
///
/// Nothing is shown to anybody and no record is opened, so this leaves nothing in the ledger: the transaction is not
/// committed.
pub async fn told(desk: &Desk) -> Result<Option<Told>, CaseError> {
    let tx = desk.begin().await?;
    if !tx.standing().await?.active || tx.reach(Capability::ReadRecord).await?.is_empty() {
        return Ok(None);
    }
    let (children, covered) = (listed(&tx, ListOf::Caseload).await?, listed(&tx, ListOf::Covered).await?);
    let mut told = Told::default();
    for due in owed::of_mine(desk, &tx, &children, &covered).await? {
        told.add(&due, desk);
    }
    let mut records = children.iter().chain(&covered).map(|child| child.record).collect();
    told.unread = news::of(&tx, &mut records).await?.len();
    let openings = tx.openings_to_review().await?.len();
    let (to_authorise, own) = authorising::lists(desk, &tx).await?;
    let returned = own.iter().filter(|one| one.one.returned_by.is_some()).count();
    told.to_answer = asking::lists(&tx).await?.0.len() + tx.waiting_for_me().await?.len() + openings;
    told.to_answer += to_authorise.len() + returned;
    let last = tx.own_digest().await?.and_then(|digest| digest.sent);
    told.account = tx.has_notice_since(last).await?;
    Ok(Some(told))
}

/// What somebody asked for.
pub async fn own(desk: &Desk) -> Result<Option<Digest>, CaseError> {
    let tx = desk.begin().await?;
    Ok(tx.own_digest().await?.filter(|digest| !digest.address.is_empty()))
}

/// The box of the page.
pub const ADDRESS: &str = "address";

/// Asks for the daily e-mail.
///
/// # Errors
/// [`CaseError::Problems`] for what is no address.
pub async fn ask(desk: &Desk, address: &str) -> Result<(), CaseError> {
    let address = address.trim();
    let well_formed = address.len() <= 254
        && address.is_ascii()
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c))
        && address.split_once('@').is_some_and(|(who, at)| {
            !who.is_empty() && at.contains('.') && !at.contains('@') && !at.starts_with('.') && !at.ends_with('.')
        });
    if !well_formed {
        let message = "Type an e-mail address in full, like name@council.gov.uk".to_owned();
        return Err(CaseError::Problems(vec![FieldProblem { at: Name::of(ADDRESS), message }]));
    }
    let tx = desk.begin().await?;
    tx.standing().await?;
    tx.ask_for_digest(address);
    Ok(tx.commit().await?)
}

/// Asks for it no more.
pub async fn stop(desk: &Desk) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    tx.standing().await?;
    tx.stop_digest();
    Ok(tx.commit().await?)
}
