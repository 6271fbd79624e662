//! Support: people of the supplier, or of the authority's own IT, who look at one record for some hours to mend a fault.
//! They are no staff and hold no role. Somebody of the authority opens the record to one of them, saying why; it closes by
//! itself, or when that is said. What they may do there is to read it: `record::access` and the actions of the door say so.

use std::sync::Arc;

use policy::Capability;
use record::{
    ActId, EntryId, Moment, PersonId, RecordId, Typed, answer::Answer, known, read::FieldProblem, typed::Name,
};
use store::{AccountKind, Colleagues, OfSupport, OpenToSupport, ReadUnder, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried, write},
    organisation::NewAccount,
};

/// The form that says who somebody of support is.
pub const STAFF_FORM: &str = "support-staff";
/// The form with which a record is opened to somebody of support.
pub const OPENING_FORM: &str = "support-access";
/// The form with which that ends before its time.
pub const END_FORM: &str = "support-access-ended";
/// The question of the first that is in the address of its page.
pub const PERSON: &str = "person";
/// The question to whom a record is opened, which the page asks in a way of its own: whoever it is, is no member of staff.
pub const WHO: &str = "who";
/// The question of the end that nobody is asked: it is the opening that is on the page.
pub const OPENING: &str = "opening";

/// Adds somebody of support with an account, or records a change of one.
///
/// # Errors
/// [`CaseError::Problems`] for what says too little; [`CaseError::Closed`] for somebody who is not of support.
pub async fn record_person(
    desk: &Desk,
    act: ActId,
    known: Option<PersonId>,
    typed: &Typed,
    account: Option<&NewAccount<'_>>,
) -> Result<PersonId, CaseError> {
    retried!({
        let form = desk.form(STAFF_FORM)?;
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return known.ok_or(CaseError::DraftEnded);
        }
        tx.permit(form.may_complete).await?;
        let grant = tx.authorise(Write(form.may_complete), organisation, "manage").await?;
        let person = known.unwrap_or_else(|| desk.new_id());
        // Nobody becomes support by an address: a member of staff least of all.
        if known.is_some() == account.is_some()
            || known.is_some() && !tx.colleagues().await?.support.contains_key(&person)
        {
            return Err(CaseError::Closed);
        }
        if let Some(account) = account {
            if tx.username_taken(account.username).await? {
                return Err(problem("username", "This username is taken. Choose another"));
            }
            tx.make_person(person);
        }
        tx.begin_act(act);
        let typed = typed.clone().with(PERSON, person.to_string());
        let mut around = Around::of(&tx, form, &typed).await?;
        around.people.insert(person);
        write(desk, &tx, act, form, &typed, &around, &[(organisation, grant)].into()).await?;
        match account {
            Some(account) => {
                tx.make_account(person, account.username, account.password, account.must_change, AccountKind::Support)
                    .await?;
            }
            None => {
                if let Some(status) = typed.get(&Name::of(known::ACCOUNT_STATUS)) {
                    tx.set_account(person, status == "open").await?;
                }
            }
        }
        tx.commit().await?;
        Ok(person)
    })
}

fn problem(field: &str, message: &str) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at: Name::of(field), message: message.to_owned() }])
}

/// An opening that goes on, on the page where it is ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The entry that says why.
    pub entry: EntryId,
    /// To whom.
    pub to: PersonId,
    /// Until when.
    pub until: Moment,
    /// Why, as it was written.
    pub reason: String,
}

/// To whom of support a record is open.
#[derive(Clone, Debug)]
pub struct OfRecord {
    /// Its number.
    pub number: i64,
    /// Whether it is restricted: then it is open to nobody of support.
    pub restricted: bool,
    /// What goes on.
    pub opened: Vec<Opened>,
    /// Who is of support.
    pub colleagues: Arc<Colleagues>,
}

/// To whom of support a record is open, for whoever decides that.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else.
pub async fn look(desk: &Desk, record: RecordId) -> Result<OfRecord, CaseError> {
    let tx = desk.begin().await?;
    let found = of_record(&tx, record).await?;
    tx.commit().await?;
    Ok(found)
}

async fn of_record(tx: &Tx, record: RecordId) -> Result<OfRecord, CaseError> {
    let grant = tx.authorise(ReadUnder(Capability::GrantSupport, "read-support"), record, "").await?;
    let mut opened = Vec::new();
    for fact in tx.current_of(&grant, &[known::OPENED_TO_SUPPORT]).await? {
        let (Some(to), Ok(until)) = (fact.said.other, fact.said.value.parse::<Moment>()) else { continue };
        if fact.said.line.record != record || until <= tx.now() {
            continue;
        }
        let stored = tx.entry(&grant, fact.said.entry).await?;
        let reason = stored.and_then(|one| one.content.answer("reason").map(Answer::stated)).unwrap_or_default();
        opened.push(Opened { entry: fact.said.entry, to, until, reason });
    }
    let restricted = grant.situation().restriction.is_some();
    Ok(OfRecord { number: grant.number(), restricted, opened, colleagues: tx.colleagues().await? })
}

/// Opens a record to somebody of support for some hours.
///
/// # Errors
/// [`CaseError::Closed`] for whoever may not, and for a record that is not there; [`CaseError::Problems`] for what says too
/// little; [`CaseError::CannotBePutRight`] for a restricted record, which is never open to support.
pub async fn open(desk: &Desk, act: ActId, record: RecordId, typed: &Typed) -> Result<(), CaseError> {
    let typed = desk.happening_now(typed);
    retried!({
        let form = desk.form(OPENING_FORM)?;
        let tx = desk.begin().await?;
        let grant = tx.authorise(Write(form.may_complete), record, "support").await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        if grant.situation().restriction.is_some() {
            let message = "A restricted record is never open to support. Show them the fault without it.";
            return Err(CaseError::CannotBePutRight(message.to_owned()));
        }
        let around = Around::of(&tx, form, &typed).await?;
        // Whoever named nobody is asked by the form, with all else that is missing.
        let who = typed.get(&Name::of(WHO)).filter(|who| !who.is_empty());
        let of_support = |who: PersonId| around.colleagues.support.get(&who).is_some_and(|one: &OfSupport| !one.left);
        if who.is_some_and(|who| !who.parse().is_ok_and(of_support)) {
            return Err(problem(WHO, "Choose somebody who is of support"));
        }
        tx.begin_act(act);
        write(desk, &tx, act, form, &typed, &around, &[(record, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// Closes a record again to somebody of support, before its time.
///
/// # Errors
/// As [`open`]; [`CaseError::CannotBePutRight`] for an opening that is over.
pub async fn end(desk: &Desk, act: ActId, record: RecordId, opening: EntryId, typed: &Typed) -> Result<(), CaseError> {
    let typed = desk.happening_now(typed).with(OPENING, opening.to_string());
    retried!({
        let form = desk.form(END_FORM)?;
        let tx = desk.begin().await?;
        let grant = tx.authorise(Write(form.may_complete), record, "support").await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        if tx.entry(&grant, opening).await?.is_none_or(|stored| stored.content.form != OPENING_FORM) {
            return Err(CaseError::Closed);
        }
        if !of_record(&tx, record).await?.opened.iter().any(|one| one.entry == opening) {
            return Err(CaseError::CannotBePutRight("It is closed to them already.".to_owned()));
        }
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        write(desk, &tx, act, form, &typed, &around, &[(record, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// Records that are open to support, with who is of support.
#[derive(Clone, Debug)]
pub struct All {
    /// The first to close first.
    pub opened: Vec<OpenToSupport>,
    /// Staff, teams, and who is of support.
    pub colleagues: Arc<Colleagues>,
}

/// The records that are open to support now.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who opens none.
pub async fn all(desk: &Desk) -> Result<All, CaseError> {
    let tx = desk.begin().await?;
    let all = All { opened: tx.open_to_support().await?, colleagues: tx.colleagues().await? };
    tx.commit().await?;
    Ok(all)
}

/// The records that are open now to the person of support who asks.
///
/// # Errors
/// [`CaseError::NoRight`] for anybody else.
pub async fn mine(desk: &Desk) -> Result<All, CaseError> {
    let tx = desk.begin().await?;
    let all = All { opened: tx.opened_to_me().await?, colleagues: tx.colleagues().await? };
    tx.commit().await?;
    Ok(all)
}
