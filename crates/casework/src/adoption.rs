//! Adoption: the order is recorded, the record before it closes, and the one after it begins as that of somebody else. The
//! few to whom both are open can go from one to the other, saying why.
//!
//! Both records change in one commit, by two acts: neither entries nor facts of the two share a number, and nothing but a
//! sealed entry in each says which record the other is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use policy::{Capability, Form};
use record::{
    ActId, PersonId, RecordId, Typed,
    adoption::{AFTER_FORM, LINK_FORM, Link, ORDER_FORM, REASONS, RESTRICTION, Side, leads},
    fact::{Fact, Subject},
    known,
    read::FieldProblem,
    typed::Name,
};
use store::{Action, Colleagues, Grant, ReadUnder, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, nothing_in_the_way, retried, write},
    reading::{Header, plain_header},
    records::{OTHERS, looked_for},
};

/// The box in which somebody says why they go from one record to the other.
pub const WHY: &str = "why";

/// What a record's front page offers of an adoption, to this reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Whether they are led to record the order here.
    pub order: bool,
    /// To which record they may go.
    pub to: BTreeSet<Side>,
}

/// What to offer: nothing in a record that is not restricted.
pub(crate) async fn offered<A: Action>(tx: &Tx, grant: &Grant<'_, A>) -> Result<Offered, CaseError> {
    let to = tx.adoptions_to_follow(grant).await?;
    let order =
        is_for_adoption(grant) && tx.may(Capability::LinkAdoption, grant).await? && !tx.is_linked(grant).await?;
    Ok(Offered { order, to })
}

fn is_for_adoption<A: Action>(grant: &Grant<'_, A>) -> bool {
    grant.situation().restriction.as_ref().is_some_and(|restricted| restricted.kind == RESTRICTION)
}

/// Whether the order can be recorded here.
async fn fits<A: Action>(tx: &Tx, grant: &Grant<'_, A>) -> Result<(), CaseError> {
    let cannot = |why: &str| Err(CaseError::CannotBePutRight(why.to_owned()));
    if !is_for_adoption(grant) {
        return cannot(
            "This record is not restricted for an adoption. Record the match with the adopters first, or ask a head of service to restrict it.",
        );
    }
    if tx.has_record_after(grant).await? {
        return cannot("The order was recorded already, and the record after the adoption has begun.");
    }
    Ok(())
}

/// The page on which an order is recorded.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// Whose record closes.
    pub header: Header,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The page, for whoever records adoption orders.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else; [`CaseError::CannotBePutRight`] where it cannot be recorded.
pub async fn begin(desk: &Desk, record: RecordId) -> Result<OrderPage, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(ReadUnder(Capability::LinkAdoption, "read-adoption-page"), record, "").await?;
    fits(&tx, &grant).await?;
    let header = plain_header(desk, &tx, &grant).await?;
    drop(grant);
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    Ok(OrderPage { header, colleagues })
}

/// Records the order: closes this record and begins the one after it, of a new person, with what is typed and nothing else.
///
/// # Errors
/// As [`begin`]; [`CaseError::Problems`] with all that must be put right on either side; [`CaseError::LikelyKnown`] with others
/// who are likely the child as they are called from now on, unless [`OTHERS`] says of each that it is somebody else.
pub async fn order_made(desk: &Desk, act: ActId, record: RecordId, typed: &Typed) -> Result<(), CaseError> {
    let (order_form, after_form) = (desk.form(ORDER_FORM)?, desk.form(AFTER_FORM)?);
    let (order, after) = (part_of(desk, order_form, typed), part_of(desk, after_form, typed));
    retried!({
        let tx = desk.begin().await?;
        let before = tx.authorise(Write(order_form.may_complete), record, "adoption").await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        fits(&tx, &before).await?;
        let mut problems = lead(&tx, &before, &order, &after).await?;
        let mut late = Vec::new();
        // What is written of the child after is another act, and tells by no identifier when it was made.
        let elsewhen = desk.with_undated_ids();
        let (begun, child, other_act) = (elsewhen.new_id(), elsewhen.new_id(), elsewhen.new_id());
        let child_before = before.holder();
        let new = tx.open_after_adoption((begun, child), &before)?;
        tx.begin_act(act);
        tx.begin_act(other_act);
        let (before, new) = (BTreeMap::from([(record, before)]), BTreeMap::from([(begun, new)]));
        for (desk, act, form, typed, grants) in
            [(desk, act, order_form, &order, &before), (&elsewhen, other_act, after_form, &after, &new)]
        {
            let around = Around::of(&tx, form, typed).await?;
            match write(desk, &tx, act, form, typed, &around, grants).await {
                Ok(_) => {}
                Err(CaseError::Problems(more)) => problems.extend(more),
                Err(CaseError::SayWhyLate(more)) => late.extend(more),
                Err(error) => return Err(error),
            }
        }
        nothing_in_the_way(problems, late)?;
        let ticked = Name::of(OTHERS);
        let others: Vec<PersonId> = typed.all(&ticked).filter_map(|one| one.parse().ok()).chain(child_before).collect();
        let likely = tx.likely_known(&looked_for(desk, &after), &others).await?;
        if !likely.is_empty() {
            return Err(CaseError::LikelyKnown(likely));
        }
        let link_form = desk.form(LINK_FORM)?;
        let to_after = Link { other: begun, other_is: Side::After };
        let to_before = Link { other: record, other_is: Side::Before };
        for (desk, act, link, grants) in [(desk, act, to_after, &before), (&elsewhen, other_act, to_before, &new)] {
            let typed = desk.happening_now(&link.typed());
            let around = Around::of(&tx, link_form, &typed).await?;
            write(desk, &tx, act, link_form, &typed, &around, grants).await?;
        }
        drop((before, new));
        tx.commit().await?;
        Ok(())
    })
}

/// What was typed for one of the two forms.
fn part_of(desk: &Desk, form: &Form, typed: &Typed) -> Typed {
    let mut part = Typed::default();
    for (name, value) in typed.pairs().filter(|(name, _)| form.field(&name.field).is_some()) {
        part.put(name.clone(), value);
    }
    desk.happening_now(&part)
}

/// Names that would lead from one record to the other, each at its box.
async fn lead(
    tx: &Tx,
    before: &Grant<'_, Write>,
    order: &Typed,
    after: &Typed,
) -> Result<Vec<FieldProblem>, CaseError> {
    let facts = tx.current_of(before, &[known::NAME, "family-name"]).await?;
    let own = |fact: &&Fact| before.holder().is_some_and(|child| fact.said.line.subject == Subject::Person(child));
    let said = |kind: &str| {
        let fact = facts.iter().filter(own).rfind(|fact| fact.said.line.kind == kind);
        fact.map(|fact| fact.said.value.clone()).unwrap_or_default()
    };
    let leads = leads((&said(known::NAME), &said("family-name")), order, after);
    Ok(leads.iter().map(|one| FieldProblem { at: one.at(), message: one.to_string() }).collect())
}

/// The page on which somebody says why they go to the other record.
///
/// # Errors
/// [`CaseError::Closed`] where there is no such record, and for whom one of the two is closed.
pub async fn ask(desk: &Desk, record: RecordId, to: Side) -> Result<Header, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(ReadUnder(Capability::FollowAdoption, "read-adoption-page"), record, "").await?;
    if !tx.adoptions_to_follow(&grant).await?.contains(&to) {
        return Err(CaseError::Closed);
    }
    let header = plain_header(desk, &tx, &grant).await?;
    drop(grant);
    tx.commit().await?;
    Ok(header)
}

/// Goes to the other record: gives which it is. Why is a code of the pack's list and no words, because it stands among those
/// who looked in both records.
///
/// # Errors
/// As [`ask`]; [`CaseError::Problems`] where no reason of the list is given.
pub async fn follow(desk: &Desk, record: RecordId, to: Side, why: &str) -> Result<RecordId, CaseError> {
    if desk.pack().list(REASONS).and_then(|list| list.item(why)).is_none() {
        ask(desk, record, to).await?;
        let message = "Choose why you go to the other record".to_owned();
        return Err(CaseError::Problems(vec![FieldProblem { at: Name::of(WHY), message }]));
    }
    let tx = desk.begin().await?;
    let other = tx.follow_adoption(record, to, why).await?;
    tx.commit().await?;
    Ok(other)
}
