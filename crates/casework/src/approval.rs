//! Which version of the policy the organisation works by: offered, compared, approved from a day on (R-GOV-03, D-62).
//!
//! That a version is in force is an entry of the organisation's own record, written through the door like any other; the
//! versions themselves are kept whole beside it. What was approved stays: another version takes its place by another
//! entry, from the day that it names.

pub mod simulating;

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use policy::{
    Capability, Pack,
    approval::BeforeUse,
    diff::{Comparison, Concern, Weight, compare, concerns},
};
use record::{
    ActId, Moment, RecordId, Typed,
    answer::Answer,
    content::Author,
    read::{FieldProblem, LONGEST, standing},
    typed::Name,
};
use store::{Grant, InForce, KeptPack, ReadUnder, Tx, Write};

use crate::desk::{Around, CaseError, Desk, author, keep, retried};

/// The form in which it stands that a version is in force, with its questions.
const FORM: &str = "policy-in-force";
const PACK: &str = "pack";
const VERSION: &str = "pack-version";
const FINGERPRINT: &str = "fingerprint";
const HOW: &str = "how";
/// Why it is approved: what the person who approves is asked.
pub const WHY: &str = "why";
const CHANGED: &str = "changed";

/// How a version came into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody approved it who may.
    Approved,
    /// It was there from the beginning, or when the program began to keep this; nobody had approved it.
    Beginning,
    /// The program was started with it, and the policy before it asks for no approval.
    NothingAsked,
}

impl How {
    const fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Beginning => "beginning",
            Self::NothingAsked => "nothing-asked",
        }
    }
}

/// The program itself as an author: an entry has one. The same in every database, and nobody's.
fn program() -> Author {
    Author {
        person: "000000000000000000000packs".parse().expect("26 characters of the alphabet of identifiers"),
        name: "Lifestory".to_owned(),
        designation: "The program itself".to_owned(),
        team: String::new(),
    }
}

/// What stands in the entry of a version.
struct Said<'a> {
    pack: &'a Pack,
    how: How,
    from: Date,
    why: &'a str,
    changed: &'a str,
}

impl Said<'_> {
    fn typed(&self) -> Typed {
        let mut typed = Typed::default()
            .with(PACK, self.pack.title())
            .with(VERSION, self.pack.version().to_string())
            .with(FINGERPRINT, policy::in_hex(&self.pack.hash()))
            .with(HOW, self.how.code())
            .with(WHY, self.why);
        let at = Name::of(standing::HAPPENED);
        let parts =
            [("day", i16::from(self.from.day())), ("month", i16::from(self.from.month())), ("year", self.from.year())];
        for (part, number) in parts {
            typed.put(at.clone().part(part), number.to_string());
        }
        if !self.changed.is_empty() {
            typed.put(Name::of(CHANGED), self.changed);
        }
        typed
    }
}

/// The first version of a new place: chosen by whoever set it up, and said so.
pub(crate) async fn begin(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    author: &Author,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
    (pack, from): (&Pack, Date),
) -> Result<(), CaseError> {
    let said = Said {
        pack,
        how: How::Beginning,
        from,
        why: "The record was begun with this version. Whoever set the system up chose it; nobody in the organisation had approved it then.",
        changed: "",
    };
    tx.keep_pack(said.pack).await?;
    say(desk, tx, act, &said, (author, &Around::default()), grants).await
}

async fn say(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    said: &Said<'_>,
    (author, around): (&Author, &Around),
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<(), CaseError> {
    let form = desk.form(FORM)?;
    let about: Vec<RecordId> = grants.keys().copied().collect();
    let read = desk.read(form, &desk.explained(&said.typed()), &about, around)?;
    keep(desk, tx, act, form, &read, (author, &around.colleagues), grants).await?;
    Ok(())
}

/// What the program's start with a pack came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It is in force already.
    InForce,
    /// It was put in force: nothing was yet, or the policy before it asks for no approval.
    PutInForce,
    /// It was kept, and waits until somebody approves it.
    Waits,
    /// It was approved, and holds from this day on.
    Ahead(Date),
    /// It cannot take the place of the one in force; how many things are in the way.
    Refused(usize),
}

/// Offers a pack to the organisation: keeps it, and puts it in force where nobody has to approve it. For the program's
/// start and for whoever runs it.
///
/// # Errors
/// [`CaseError::NoRight`] for a person: this is the program's own job.
pub async fn offer(desk: &Desk, pack: &Pack) -> Result<Offered, CaseError> {
    if desk.actor.person().is_some() {
        return Err(CaseError::NoRight);
    }
    retried!({
        // What is in force is read anew: whoever asks may have opened the database before anything was.
        let desk = &Desk::new(desk.db.at_this_moment().await?, desk.actor, desk.now);
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        let (packs, today) = (desk.db.packs(), desk.now.day());
        let at = packs
            .history()
            .iter()
            .rfind(|line| line.hash == pack.hash() && line.until.is_none_or(|until| until > today));
        if let Some(line) = at {
            return Ok(if line.from > today { Offered::Ahead(line.from) } else { Offered::InForce });
        }
        let (how, why) = match packs.history() {
            [] => (
                How::Beginning,
                "The program began to keep which version of the policy is in force. This is the one that it was started with; nobody had approved it.",
            ),
            _ if desk.db.pack().approval().before_use == BeforeUse::NothingAsked => (
                How::NothingAsked,
                "Whoever runs the program started it with this version. The policy in force until then asks for no approval.",
            ),
            _ => {
                tx.keep_pack(pack).await?;
                tx.commit().await?;
                return Ok(Offered::Waits);
            }
        };
        let mut changed = String::new();
        if how == How::NothingAsked {
            let change = change(desk, &tx, pack).await?;
            let refused = change.concerns.iter().filter(|concern| concern.weight == Weight::Refused).count();
            if refused > 0 {
                tx.keep_pack(pack).await?;
                tx.commit().await?;
                return Ok(Offered::Refused(refused));
            }
            changed = change.between.in_lines().join("\n");
        }
        tx.keep_pack(pack).await?;
        let form = desk.form(FORM)?;
        let grant = tx.authorise(Write(form.may_complete), organisation, "policy").await?;
        let act = desk.new_id();
        tx.begin_act(act);
        let said = Said { pack, how, from: today, why, changed: cut(&changed) };
        say(desk, &tx, act, &said, (&program(), &Around::default()), &[(organisation, grant)].into()).await?;
        tx.commit().await?;
        Ok(Offered::PutInForce)
    })
}

/// What would change if a version took the place of the one in force.
#[derive(Clone, Debug)]
pub struct Change {
    /// What differs.
    pub between: Comparison,
    /// What would hurt, the heaviest first; what is in use says how often.
    pub concerns: Vec<Concern>,
}

impl Change {
    /// Whether it may not be put in force like this.
    pub fn is_refused(&self) -> bool {
        self.concerns.iter().any(|concern| concern.weight == Weight::Refused)
    }
}

/// Compares a version with the one in force; and, for what must never change under what was written, with every one
/// that ever was.
async fn change(desk: &Desk, tx: &Tx, new: &Pack) -> Result<Change, CaseError> {
    let old = desk.db.pack();
    let between = compare(old, new);
    let mut found = concerns(old, new, &between);
    for line in desk.db.packs().history() {
        let earlier = concerns(&line.pack, new, &compare(&line.pack, new));
        found.extend(earlier.into_iter().filter(|concern| concern.weight == Weight::Refused));
    }
    found.sort();
    found.dedup();
    count(tx, &mut found).await?;
    Ok(Change { between, concerns: found })
}

async fn count(tx: &Tx, concerns: &mut [Concern]) -> Result<(), CaseError> {
    for concern in concerns.iter_mut() {
        let Some(of) = &concern.of else { continue };
        let uses = tx.uses(of).await?;
        concern.is_used(uses);
    }
    concerns.sort();
    Ok(())
}

/// Says of what a new version no longer has how often it is used, for whoever writes one.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who may not read the organisation's record.
pub async fn count_uses(desk: &Desk, concerns: &mut [Concern]) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    count(&tx, concerns).await?;
    Ok(tx.commit().await?)
}

/// A version in the organisation's history.
#[derive(Clone, Debug)]
pub struct Line {
    /// From when to when, and which pack.
    pub in_force: InForce,
    /// Who put it in force.
    pub by: Author,
    /// When that was written.
    pub written: Moment,
    /// How: a code of the pack.
    pub how: String,
    /// Why.
    pub why: String,
    /// What changed by it, as it was said then.
    pub changed: String,
}

/// The policy of the organisation: what is in force, what was, and what waits.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Every version that was put in force, the newest first.
    pub lines: Vec<Line>,
    /// Versions that were offered and never put in force, the newest first.
    pub waiting: Vec<KeptPack>,
    /// Whether this person may approve.
    pub may_approve: bool,
}

/// The capability that these pages need: the policy is part of the organisation's record.
const READ: ReadUnder = ReadUnder(Capability::ReadOrganisation, "read-policy");

/// The policy in force with its approval, its history, and what waits.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who may not read the organisation's record.
pub async fn overview(desk: &Desk) -> Result<Overview, CaseError> {
    let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
    let tx = desk.begin().await?;
    tx.permit(Capability::ReadOrganisation).await?;
    let grant = tx.authorise(READ, organisation, "policy").await?;
    let mut lines = Vec::new();
    for in_force in desk.db.packs().history().iter().rev() {
        let stored = tx.entry(&grant, in_force.entry).await?.ok_or(CaseError::Closed)?;
        let said = |field: &str| stored.content.answer(field).map(Answer::stated).unwrap_or_default();
        lines.push(Line {
            in_force: in_force.clone(),
            how: said(HOW),
            why: said(WHY),
            changed: said(CHANGED),
            by: stored.content.author,
            written: stored.content.written,
        });
    }
    let mut waiting = tx.kept_packs().await?;
    waiting.retain(|kept| !lines.iter().any(|line| line.in_force.hash == kept.hash));
    let may_approve = tx.may(Capability::ApprovePolicy, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Overview { lines, waiting, may_approve })
}

/// One version, to be looked at.
#[derive(Clone, Debug)]
pub struct Version {
    /// Under which hash it is kept.
    pub hash: [u8; 32],
    /// The pack.
    pub pack: Arc<Pack>,
    /// When it was in force, is, or will be.
    pub in_force: Vec<InForce>,
    /// What it would change, where it is another than the one in force.
    pub change: Option<Change>,
    /// Whether this person may approve it.
    pub may_approve: bool,
}

/// One version that was ever offered.
///
/// # Errors
/// [`CaseError::Closed`] for what is not there, or somebody who may not read the organisation's record.
pub async fn version(desk: &Desk, hash: &[u8; 32]) -> Result<Version, CaseError> {
    let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
    let tx = desk.begin().await?;
    tx.permit(Capability::ReadOrganisation).await?;
    let grant = tx.authorise(READ, organisation, "policy").await?;
    let pack = tx.kept_pack(hash).await?.ok_or(CaseError::Closed)?;
    let in_force = desk.db.packs().history().iter().filter(|line| line.hash == *hash).cloned().collect();
    let other = desk.db.pack().hash() != pack.hash();
    let change = if other { Some(change(desk, &tx, &pack).await?) } else { None };
    let may_approve = tx.may(Capability::ApprovePolicy, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Version { hash: *hash, pack, in_force, change, may_approve })
}

/// Approves a version that was kept, from a day on, today or later, saying why.
///
/// # Errors
/// [`CaseError::Problems`] for a day that has passed, no reason, or a version that cannot take the place of the one in
/// force; [`CaseError::Closed`] for somebody who may not.
pub async fn approve(desk: &Desk, act: ActId, hash: &[u8; 32], typed: &Typed) -> Result<(), CaseError> {
    retried!({
        let desk = &Desk::new(desk.db.at_this_moment().await?, desk.actor, desk.now);
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let (organisation, grant) = door(desk, &tx).await?;
        let pack = tx.kept_pack(hash).await?.ok_or(CaseError::Closed)?;
        let today = desk.now.day();
        let day_box = || Name::of(standing::HAPPENED).part("day");
        let Some(from) = crate::staffing::day_typed(typed, standing::HAPPENED, today) else {
            return Err(problem(day_box(), "The day from which it holds must be a real date, like 1 4 2026"));
        };
        if from < today {
            let message = "It can hold from today on, and not from a day that has passed: what was done then was done by the policy of that day";
            return Err(problem(day_box(), message));
        }
        let packs = desk.db.packs();
        if packs.history().iter().any(|line| line.holds_on(from) && line.hash == *hash) {
            return Err(problem(day_box(), "This version is in force on that day already"));
        }
        let why = typed.get(&Name::of(WHY)).unwrap_or_default().trim();
        if why.is_empty() {
            return Err(problem(Name::of(WHY), "Say why it is approved"));
        }
        let change = change(desk, &tx, &pack).await?;
        if let Some(concern) = change.concerns.iter().find(|concern| concern.weight == Weight::Refused) {
            return Err(problem(Name::of(WHY), &format!("This version cannot be put in force. {concern}")));
        }
        put_in_force(desk, &tx, act, &pack, (from, why, &change.between), [(organisation, grant)].into()).await?;
        Ok(tx.commit().await?)
    })
}

/// Keeps a version and approves it from a day on, whatever day that is: for a past that is invented.
pub(crate) async fn approve_offered(desk: &Desk, pack: &Pack, from: Date, why: &str) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    let (organisation, grant) = door(desk, &tx).await?;
    tx.keep_pack(pack).await?;
    let before = desk.db.at_this_moment().await?;
    let between = compare(before.pack(), pack);
    put_in_force(desk, &tx, desk.new_id(), pack, (from, why, &between), [(organisation, grant)].into()).await?;
    Ok(tx.commit().await?)
}

/// The door to the organisation's record, for whoever may approve.
async fn door<'tx>(desk: &Desk, tx: &'tx Tx) -> Result<(RecordId, Grant<'tx, Write>), CaseError> {
    tx.permit(Capability::ApprovePolicy).await?;
    let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
    Ok((organisation, tx.authorise(Write(Capability::ApprovePolicy), organisation, "policy").await?))
}

fn problem(at: Name, message: &str) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at, message: message.to_owned() }])
}

async fn put_in_force(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    pack: &Pack,
    (from, why, between): (Date, &str, &Comparison),
    grants: BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<(), CaseError> {
    tx.begin_act(act);
    let changed = between.in_lines().join("\n");
    let said = Said { pack, how: How::Approved, from, why, changed: cut(&changed) };
    let around = Around { colleagues: tx.colleagues().await?, ..Around::default() };
    let author = author(desk.actor, &around.colleagues)?;
    say(desk, tx, act, &said, (&author, &around), &grants).await
}

/// The beginning of a text, as much as fits into one answer.
fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at])
}
