//! Addresses that must be kept from somebody: hidden on every page until somebody says why they need them. Each showing is
//! an entry of the record, and the manager of the child's team is told.

use record::{
    ActId, RecordId, Typed,
    content::Content,
    fact::{Fact, Subject},
    known,
    protected::{REVEAL_FORM, has_address, says_address},
    read::FieldProblem,
    typed::Name,
};
use store::{Action, Grant, ReadUnder, Reveal, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried, write},
    reading::{Header, plain_header},
    recording::called,
};

/// The question of the form that nobody is asked: it is whoever is on the page.
pub const WORKER: &str = "worker";
/// The question why.
pub const REASON: &str = "reason";

/// The addresses of a record.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Whose record.
    pub header: Header,
    /// Each with whose it is, what it is called, and since when it holds.
    pub addresses: Vec<(String, String, Fact)>,
}

/// The page on which somebody says why they need the addresses.
///
/// # Errors
/// [`CaseError::Closed`] for a record whose addresses this person may not see.
pub async fn ask(desk: &Desk, record: RecordId) -> Result<Header, CaseError> {
    let tx = desk.begin().await?;
    // The page says whose record it is: a reading, with its leaf.
    let asks = ReadUnder(desk.form(REVEAL_FORM)?.may_complete, "read-addresses-page");
    let grant = tx.authorise(asks, record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(header)
}

/// Keeps why, and shows the addresses that hold now. What was kept once is not shown again without another reason.
///
/// # Errors
/// [`CaseError::Closed`] as [`ask`]; [`CaseError::Problems`] without a reason, or with the one of another time.
pub async fn reveal(desk: &Desk, act: ActId, record: RecordId, typed: &Typed) -> Result<Shown, CaseError> {
    let person = desk.actor.person().ok_or(CaseError::NoRight)?;
    let said = desk.happening_now(typed).with(WORKER, person.to_string());
    retried!({
        let form = desk.form(REVEAL_FORM)?;
        let tx = desk.begin().await?;
        let grant = tx.authorise(Write(form.may_complete), record, "reveal").await?;
        if !tx.done(act).await?.is_empty() {
            let message =
                "They were shown to you for this reason already. Say once more what you need them for".to_owned();
            return Err(CaseError::Problems(vec![FieldProblem { at: Name::of(REASON), message }]));
        }
        let around = Around::of(&tx, form, &said).await?;
        tx.begin_act(act);
        let grants = [(record, grant)].into();
        write(desk, &tx, act, form, &said, &around, &grants).await?;
        drop(grants);
        let why = said.get(&Name::of(REASON)).unwrap_or_default().to_owned();
        let grant = tx.authorise(Reveal, record, &why).await?;
        let mut facts = tx.current_facts(&grant).await?;
        facts.retain(|fact| says_address(desk.db.pack(), fact) && !fact.said.value.is_empty());
        let header = plain_header(desk, &tx, &grant).await?;
        let of = |fact: &Fact| match fact.said.line.subject {
            Subject::Person(person) => Some(person),
            _ => None,
        };
        let who = tx.who(&grant, &facts.iter().filter_map(of).collect::<Vec<_>>()).await?;
        let named = |fact: &Fact| match of(fact) {
            Some(person) if Some(person) != header.person => who.get(&person).map(called).unwrap_or_default(),
            _ => header.called().to_owned(),
        };
        let title = |fact: &Fact| {
            let kind = desk.db.pack().fact(&fact.said.line.kind);
            kind.map_or_else(String::new, |kind| kind.title.clone())
        };
        let addresses = facts.into_iter().map(|fact| (named(&fact), title(&fact), fact)).collect();
        drop(grant);
        tx.commit().await?;
        Ok(Shown { header, addresses })
    })
}

/// Whether an entry may be written again by this person as it stands: one with a protected address only by whoever was shown
/// the addresses of the record today, saying why.
pub(crate) async fn may_retype<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    content: &Content,
) -> Result<bool, CaseError> {
    if !grant.situation().protected || !has_address(content) {
        return Ok(true);
    }
    let me = desk.actor.person().map(|person| person.to_string());
    let shown = tx.current_of(grant, &[known::ADDRESSES_SHOWN]).await?;
    Ok(shown.iter().any(|fact| Some(&fact.said.value) == me.as_ref() && fact.said.from == desk.now.day()))
}
